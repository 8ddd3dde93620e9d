"""Streamable HTTP on this machine: both eras through the SDK's client, and refusals of all other clients."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx2 as httpx
import pytest
from anyio.from_thread import start_blocking_portal
from mcp.client.streamable_http import streamable_http_client

from mcp_server.commands.processes import HeadlessProcess, environment
from mcp_server.demo.agent import Agent, ToolRefused
from mcp_server.demo.tool_calls import ToolCalls
from mcp_server.http import SESSIONS
from mirror import load_token
from mirror.token import bearer, home
from remote_script.SetMirror.contract import auth
from tests.over_http import client, connected, serving

ERAS = pytest.mark.parametrize("mode", ["auto", "legacy"])
# The SDK's client leaves its streams' generators to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
END_S = 5.0


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int, Path]]:
    """The URL of a server for all tests that do not end it, the port of its Live, and their home."""
    folder = tmp_path_factory.mktemp("home")
    environ = {name: value for name, value in environment().items() if not name.startswith("SETMIRROR_")}
    environ["SETMIRROR_HOME"] = str(folder)
    with (
        start_blocking_portal("trio") as portal,
        portal.wrap_async_context_manager(HeadlessProcess.started(environ=environ)) as live,
        portal.wrap_async_context_manager(serving(live.port, environ=environ)) as (url, _),
    ):
        yield url, live.port, folder


@pytest.fixture
def port(shared: tuple[str, int, Path], monkeypatch: pytest.MonkeyPatch) -> int:
    """The port of the shared Live, whose token this process has."""
    monkeypatch.setenv("SETMIRROR_HOME", str(shared[2]))
    return shared[1]


@pytest.fixture
def url(shared: tuple[str, int, Path], port: int) -> str:
    """The URL of the shared server."""
    return shared[0]


@ERAS
async def test_an_agent_reads_writes_and_gets_notifications_over_http(mode: str, url: str) -> None:
    # The tests share a Set.
    tempo = 99.0 if mode == "auto" else 97.0
    async with (
        connected(url, mode, "one") as one,
        connected(url, mode, "two") as two,
    ):
        assert one.modern == (mode == "auto")
        async with one.subscribed("live://ref/song"):
            await two.call("set_song", tempo=tempo)
            await one.update_after(0, "live://ref/song")
        assert (await one.read("live://ref/song"))["tempo"] == tempo
        with pytest.raises(ToolRefused, match="tempo"):
            await one.call("set_song", tempo=5)
        events = (await one.call("get_changes", since=0))["events"]
        assert {each["who"] for each in events if each.get("after") == tempo} == {"two"}


INITIALIZE: dict[str, Any] = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "stranger", "version": "0"},
    },
}
ACCEPT = {"accept": "application/json, text/event-stream", "content-type": "application/json"}


async def test_unauthorized_requests_are_refused_with_little_information(url: str) -> None:
    async with httpx.AsyncClient(headers=ACCEPT) as nobody:
        for headers in (
            {},
            {"authorization": "Bearer " + "0" * 64},
            {"authorization": f"Basic {load_token()}"},
            {"authorization": load_token()},
            {"authorization": "Bearer"},
            {"authorization": f"bearer {bearer(load_token(), 'agent')[:-1]}"},
            # The bridge's own token identifies no client, and a client's key is valid for this client only.
            {"authorization": f"Bearer {load_token()}"},
            {"authorization": "Bearer " + bearer(load_token(), "one").replace("one.", "two.")},
            {"authorization": f"Bearer {bearer('0' * 64, 'agent')}"},
            {"authorization": "Bearer ." + "0" * 64},
            # A person's token is only for the page: an agent of the same name is another identity.
            {"authorization": f"Bearer {auth.bearer(load_token(), 'agent', auth.PERSON)}"},
        ):
            answer = await nobody.post(url, json=INITIALIZE, headers=headers)
            assert answer.status_code == 401, headers
            assert load_token() not in answer.text
        for method in ("GET", "DELETE", "OPTIONS", "PUT"):
            assert (await nobody.request(method, url)).status_code == 401
    async with client(**ACCEPT) as ours:
        assert (await ours.post(url, json=INITIALIZE)).status_code == 200
        small = {"authorization": f"bearer {bearer(load_token(), 'agent')}"}
        assert (await ours.post(url, json=INITIALIZE, headers=small)).status_code == 200
        port = url.split(":")[2].split("/")[0]
        for host in (f"127.0.0.1:{port}", f"localhost:{port}"):
            near = {"host": host, "origin": f"http://{host}"}
            assert (await ours.post(url, json=INITIALIZE, headers=near)).status_code == 200
        for host in ("127.0.0.1:1", "localhost", "127.0.0.1", f"127.0.0.2:{port}", f"127.0.0.1:{port}0"):
            assert (await ours.post(url, json=INITIALIZE, headers={"host": host})).status_code == 421
            origin = {"origin": f"http://{host}"}
            assert (await ours.post(url, json=INITIALIZE, headers=origin)).status_code == 403
        foreign = await ours.post(url, json=INITIALIZE, headers={"origin": "https://evil.example"})
        assert foreign.status_code == 403
        rebound = await ours.post(url, json=INITIALIZE, headers={"host": "evil.example:9861"})
        assert rebound.status_code == 421
        big = {**INITIALIZE, "params": {"x": "y" * (5 * 1024 * 1024)}}
        assert (await ours.post(url, json=big)).status_code == 413
        unknown = await ours.post(url, json=INITIALIZE, headers={"mcp-session-id": "f" * 32})
        assert unknown.status_code == 404
        bad = await ours.post(url, content=b"{not json")
        assert bad.status_code in (400, 415)
        elsewhere = await ours.post(url.replace("/mcp", "/../../etc/passwd"), json=INITIALIZE)
        assert elsewhere.status_code == 404


async def test_only_local_connections_are_accepted(url: str) -> None:
    assert url.startswith("http://127.0.0.1:")


@pytest.mark.skipif(os.name == "nt", reason="files have no such permissions there")
async def test_the_token_file_is_readable_by_its_owner_only() -> None:
    load_token()
    held = (home() / "token").stat()
    assert held.st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("mode", "number"),
    [
        ("auto", signal.SIGINT),
        ("legacy", signal.SIGTERM),
        pytest.param("auto", signal.SIGTERM, marks=pytest.mark.slow),
        pytest.param("legacy", signal.SIGINT, marks=pytest.mark.slow),
    ],
)
async def test_a_signal_ends_the_server_at_once_with_open_streams(mode: str, number: int, port: int) -> None:
    async with serving(port) as (url, process):
        with anyio.CancelScope() as scope:
            async with connected(url, mode) as agent, agent.subscribed("live://set"):
                process.send_signal(number)
                with anyio.fail_after(END_S):
                    assert await process.wait() == 0
                scope.cancel()


async def test_a_session_of_another_client_is_refused(url: str) -> None:
    """A session belongs to the client that opened it, and an ended session cannot be used."""
    async with client(**ACCEPT) as ours:
        first = await ours.post(url, json=INITIALIZE)
        session = {"mcp-session-id": first.headers["mcp-session-id"], "mcp-protocol-version": "2025-11-25"}
        ready = {"jsonrpc": "2.0", "method": "notifications/initialized"}
        assert (await ours.post(url, json=ready, headers=session)).status_code == 202
        ping = {"jsonrpc": "2.0", "id": 2, "method": "ping"}
        assert (await ours.post(url, json=ping, headers=session)).status_code == 200
        async with httpx.AsyncClient(headers=ACCEPT) as thief:
            assert (await thief.post(url, json=ping, headers=session)).status_code == 401
        async with client("other", **ACCEPT) as other:
            assert (await other.post(url, json=ping, headers=session)).status_code == 404
        assert (await ours.delete(url, headers=session)).status_code == 200
        assert (await ours.post(url, json=ping, headers=session)).status_code == 404


async def test_the_self_declared_name_of_a_client_grants_no_rights(url: str) -> None:
    async with (
        client("cursor") as http,
        Agent.over(streamable_http_client(url, http_client=http), name="claude") as agent,
    ):
        await ToolCalls(agent).wait_synced(30)
        await agent.call("set_song", tempo=98.0)
        events = (await agent.call("get_changes", since=0))["events"]
        assert {each["who"] for each in events if each.get("after") == 98.0} == {"cursor (claude)"}


async def _opened(url: str, ours: httpx.AsyncClient) -> dict[str, str]:
    answer = await ours.post(url, json=INITIALIZE)
    assert answer.status_code == 200, answer.text
    session = {"mcp-session-id": answer.headers["mcp-session-id"], "mcp-protocol-version": "2025-11-25"}
    ready = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    assert (await ours.post(url, json=ready, headers=session)).status_code == 202
    return session


async def test_abandoned_sessions_are_dropped_and_active_ones_kept(url: str) -> None:
    ping = {"jsonrpc": "2.0", "id": 2, "method": "ping"}
    subscribe = {**ping, "method": "resources/subscribe", "params": {"uri": "live://set"}}
    async with client(**ACCEPT) as ours:
        subscribed, used, abandoned = [await _opened(url, ours) for _ in range(3)]
        assert (await ours.post(url, json=subscribe, headers=subscribed)).status_code == 200
        async with ours.stream("GET", url, headers=(streaming := await _opened(url, ours))):
            for number in range(SESSIONS + 20):
                if number == SESSIONS // 2:
                    assert (await ours.post(url, json=ping, headers=used)).status_code == 200
                await _opened(url, ours)
            for session in (subscribed, used, streaming):
                assert (await ours.post(url, json=ping, headers=session)).status_code == 200
            assert (await ours.post(url, json=ping, headers=abandoned)).status_code == 404


async def test_a_client_that_reads_nothing_does_not_delay_shutdown(port: int) -> None:
    async with serving(port) as (url, process):
        async with client(**ACCEPT) as ours:
            session = await _opened(url, ours)
        port = int(url.split(":")[2].split("/")[0])
        deaf = await anyio.connect_tcp("127.0.0.1", port)
        ask = {"jsonrpc": "2.0", "id": 3, "method": "tools/list"}
        body = json.dumps(ask).encode()
        head = {"host": f"127.0.0.1:{port}", "authorization": f"Bearer {bearer(load_token(), 'agent')}"}
        head |= {**ACCEPT, **session, "content-length": str(len(body))}
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        with anyio.move_on_after(2):
            for _ in range(2000):
                await deaf.send(f"POST /mcp HTTP/1.1\r\n{lines}\r\n".encode() + body)
        process.send_signal(signal.SIGTERM)
        with anyio.fail_after(END_S):
            assert await process.wait() == 0
        assert process.stderr is not None
        left = b"".join([each async for each in process.stderr])
        assert b"Traceback" not in left
        await deaf.aclose()
