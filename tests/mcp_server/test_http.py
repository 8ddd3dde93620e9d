"""Streamable HTTP on this machine: both eras through the SDK's client, and everybody else kept out."""

from __future__ import annotations

import os
import signal
from typing import Any

import anyio
import httpx2 as httpx
import pytest

from mcp_server.commands.agent import ToolRefused
from mcp_server.commands.processes import HeadlessProcess
from mirror import load_token
from mirror.token import home
from tests.over_http import client, connected, serving

ERAS = pytest.mark.parametrize("mode", ["auto", "legacy"])
# The SDK's client leaves its streams' generators to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
END_S = 5.0


@ERAS
async def test_an_agent_reads_writes_and_is_told_over_http(mode: str) -> None:
    async with (
        HeadlessProcess.started() as live,
        serving(live.port) as (url, _),
        connected(url, mode, "one") as one,
        connected(url, mode, "two") as two,
    ):
        assert one.modern == (mode == "auto")
        async with one.subscribed("live://ref/song"):
            await two.call("set_song", tempo=99.0)
            await one.update_after(0, "live://ref/song")
        assert (await one.read("live://ref/song"))["tempo"] == 99.0
        with pytest.raises(ToolRefused, match="tempo"):
            await one.call("set_song", tempo=5)
        events = (await one.call("get_changes", since=0))["events"]
        assert {each["who"] for each in events if each.get("name") == "tempo"} == {"two"}


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


async def test_strangers_are_kept_out_and_told_little() -> None:
    async with HeadlessProcess.started() as live, serving(live.port) as (url, _):
        async with httpx.AsyncClient(headers=ACCEPT) as nobody:
            for headers in (
                {},
                {"authorization": "Bearer " + "0" * 64},
                {"authorization": f"Basic {load_token()}"},
                {"authorization": load_token()},
                {"authorization": "Bearer"},
                {"authorization": f"bearer {load_token()[:-1]}"},
            ):
                answer = await nobody.post(url, json=INITIALIZE, headers=headers)
                assert answer.status_code == 401, headers
                assert load_token() not in answer.text
            for method in ("GET", "DELETE", "OPTIONS", "PUT"):
                assert (await nobody.request(method, url)).status_code == 401
        async with client(**ACCEPT) as ours:
            assert (await ours.post(url, json=INITIALIZE)).status_code == 200
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


async def test_only_this_machine_is_listened_to() -> None:
    async with HeadlessProcess.started() as live, serving(live.port) as (url, _):
        assert url.startswith("http://127.0.0.1:")


@pytest.mark.skipif(os.name == "nt", reason="files have no such permissions there")
async def test_the_token_is_its_owners_alone() -> None:
    load_token()
    held = (home() / "token").stat()
    assert held.st_mode & 0o077 == 0


@ERAS
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_it_at_once_with_streams_open(mode: str, number: int) -> None:
    async with HeadlessProcess.started() as live, serving(live.port) as (url, process):
        with anyio.CancelScope() as scope:
            async with connected(url, mode) as agent, agent.subscribed("live://set"):
                process.send_signal(number)
                with anyio.fail_after(END_S):
                    assert await process.wait() == 0
                scope.cancel()


async def test_a_session_is_not_anothers(monkeypatch: pytest.MonkeyPatch) -> None:
    """All who have the token are one user; a made-up session is nobody's, and an ended one is over."""
    async with HeadlessProcess.started() as live, serving(live.port) as (url, _), client(**ACCEPT) as ours:
        first = await ours.post(url, json=INITIALIZE)
        session = {"mcp-session-id": first.headers["mcp-session-id"], "mcp-protocol-version": "2025-11-25"}
        ready = {"jsonrpc": "2.0", "method": "notifications/initialized"}
        assert (await ours.post(url, json=ready, headers=session)).status_code == 202
        ping = {"jsonrpc": "2.0", "id": 2, "method": "ping"}
        assert (await ours.post(url, json=ping, headers=session)).status_code == 200
        async with httpx.AsyncClient(headers=ACCEPT) as thief:
            assert (await thief.post(url, json=ping, headers=session)).status_code == 401
        assert (await ours.delete(url, headers=session)).status_code == 200
        assert (await ours.post(url, json=ping, headers=session)).status_code == 404
