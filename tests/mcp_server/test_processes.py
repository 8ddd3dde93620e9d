"""The server as a process over stdio beside headless Live, in both eras of the protocol."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
import trio

from mcp_server.commands.processes import HeadlessProcess, environment
from mcp_server.demo.agent import Agent, ToolRefused
from mirror.token import bearer, load_token

WAIT_S = 120.0
END_S = 20.0
"""The end takes a tenth of a second; the test looks for hangs."""
ERAS = ("auto", "legacy")
TRACK = "live://ref/tracks/0"

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


async def until(agent: Agent, synced: bool) -> dict[str, Any]:
    """The first answer whose `synced` has this value."""
    with trio.fail_after(WAIT_S):
        while True:
            try:
                answer = await agent.call("get_track", track="tracks/0")
            except ToolRefused:
                answer = {}
            if answer.get("synced") is synced:
                return answer
            await trio.sleep(0.05)


@pytest.mark.parametrize("mode", ERAS)
async def test_a_restart_of_live_is_shown_in_reads_and_keeps_subscriptions(mode: str) -> None:
    async with HeadlessProcess.started() as live:
        port = live.port
        async with Agent.connected(port, mode=mode) as agent:
            before = await until(agent, True)
            async with agent.subscribed(TRACK):
                await live.set("tracks/0", "name", "one")
                await agent.update_after(0, TRACK)

                live.process.kill()
                away = await until(agent, False)
                assert away["track"]["name"] == "one"
                assert away["age_ms"] >= 0
                with pytest.raises(ToolRefused, match="DISCONNECTED"):
                    await agent.call("set_song", tempo=99.0)

                heard = len(agent.updates)
                async with HeadlessProcess.started(port=port) as again:
                    back = await until(agent, True)
                    # After the resync the name is again that of the Set's file.
                    await agent.update_after(heard, TRACK, timeout_s=WAIT_S)
                    assert back["track"]["name"] == before["track"]["name"]
                    heard = len(agent.updates)
                    await again.set("tracks/0", "name", "two")
                    await agent.update_after(heard, TRACK, timeout_s=WAIT_S)
                    assert (await agent.call("get_track", track="tracks/0"))["track"]["name"] == "two"


@pytest.mark.parametrize("mode", ERAS)
async def test_the_log_names_the_client_that_wrote(mode: str) -> None:
    async with (
        HeadlessProcess.started() as live,
        Agent.connected(live.port, mode=mode, name="fader bot") as agent,
    ):
        await until(agent, True)
        answer = await agent.call("set_song", tempo=99.0)
        events = (await agent.call("get_changes", since=0))["events"]
        assert {(each["name"], each["who"], each["write"]) for each in events if each["ref"] == "song"} >= {
            ("tempo", "fader bot", answer["write"])
        }


@pytest.mark.parametrize("mode", ERAS)
async def test_every_resource_is_listed_and_can_be_read(mode: str) -> None:
    async with HeadlessProcess.started() as live, Agent.connected(live.port, mode=mode) as agent:
        await until(agent, True)
        listed = {str(each.uri) for each in (await agent.client.list_resources()).resources}
        templates = {
            each.uri_template for each in (await agent.client.list_resource_templates()).resource_templates
        }
        assert listed >= {
            "live://set",
            "live://status",
            "live://events",
            "live://picture/session",
            "live://picture/arrangement",
            "live://picture/mixer",
            "live://tracks/0",
            "live://tracks/5",
        }
        assert templates == {
            "live://tracks/{index}",
            "live://clips/{+ref}/notes",
            "live://devices/{+ref}",
            "live://picture/notes/{+ref}",
            "live://picture/device/{+ref}",
            "live://ref/{+path}",
            "live://events{?since}",
            "live://guide/{topic}",
        }
        whole = await agent.read("live://set")
        assert whole["synced"] is True
        assert [each["name"] for each in whole["tracks"]][:3] == ["Drums", "Keys", "Bass"]
        assert (await agent.read("live://tracks/1"))["name"] == "Keys"
        assert (await agent.read("live://clips/tracks/0/clip_slots/0/clip/notes"))["notes"]
        assert (await agent.read("live://devices/tracks/0/devices/0"))["parameters"]
        assert (await agent.read("live://ref/tracks/0/mixer_device/volume"))["type"] == "DeviceParameter"
        await agent.call("set_song", tempo=99.0)
        tempo = [
            each for each in (await agent.read("live://events?since=0"))["events"] if each["name"] == "tempo"
        ]
        assert tempo[0]["after"] == 99.0
        assert (await agent.read("live://status"))["objects"] > 1000


async def test_an_invalid_address_is_refused_with_a_hint() -> None:
    async with HeadlessProcess.started() as live, Agent.connected(live.port) as agent:
        await until(agent, True)
        for uri in (
            "live://nothing",
            "live://tracks/99",
            "live://ref/../../etc/passwd",
            "file:///etc/passwd",
        ):
            with pytest.raises(Exception, match=r"\. .") as caught:
                await agent.read(uri)
            assert "Traceback" not in str(caught.value)
        assert (await agent.call("get_track", track="tracks/0"))["synced"] is True


async def test_a_journal_keeps_the_events_on_disk(tmp_path: Path) -> None:
    async with (
        HeadlessProcess.started() as live,
        serving("--port", str(live.port), "--journal", str(tmp_path)) as process,
    ):
        raw = Raw(process)
        await raw.hello()
        number, wrote = 10, False
        with trio.fail_after(WAIT_S):
            while not wrote:
                number += 1
                await raw.send(_call(number, "set_song", tempo=99.0))
                wrote = not (await raw.answer(number))["result"].get("isError")
                await trio.sleep(0.05)
            file = tmp_path / "events.jsonl"
            while not file.exists():  # noqa: ASYNC110 - nobody tells of it
                await trio.sleep(0.02)
        events = [json.loads(line) for line in file.read_text().splitlines()]
        tempo = [each for each in events if each.get("name") == "tempo"]
        assert [(each["before"], each["after"], each["who"]) for each in tempo][:1] == [(82.0, 99.0, "raw")]


# -- ending ------------------------------------------------------------------------------------------------


@asynccontextmanager
async def serving(*words: str) -> AsyncIterator[trio.Process]:
    """`setmirror serve` with our own pipes."""
    process = await trio.lowlevel.open_process(
        [sys.executable, "-m", "mcp_server.cli", "serve", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        with trio.CancelScope(shield=True):
            await process.wait()
            for stream in (process.stdin, process.stdout, process.stderr):
                assert stream is not None
                await stream.aclose()


HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "raw", "version": "1"},
    },
}


class Raw:
    """Lines to and from a server, without the SDK."""

    def __init__(self, process: trio.Process) -> None:
        self.process = process
        self._rest = b""
        self._early: dict[Any, dict[str, Any]] = {}
        """Answers that came before they were asked for: requests are answered in any order."""

    async def send(self, *messages: Any) -> None:
        assert self.process.stdin is not None
        for each in messages:
            await self.process.stdin.send_all(
                each if isinstance(each, bytes) else json.dumps(each).encode() + b"\n"
            )

    async def answer(self, id_: int) -> dict[str, Any]:
        assert self.process.stdout is not None
        with trio.fail_after(WAIT_S):
            while id_ not in self._early:
                while b"\n" not in self._rest:
                    chunk = await self.process.stdout.receive_some()
                    assert chunk, "it ended"
                    self._rest += chunk
                line, self._rest = self._rest.split(b"\n", 1)
                message = json.loads(line)
                self._early[message.get("id")] = message
            return self._early.pop(id_)

    async def hello(self) -> dict[str, Any]:
        await self.send(HELLO)
        told = await self.answer(1)
        await self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        return told


@posix
@pytest.mark.parametrize("how", ["its input ends", "SIGINT", "SIGTERM"])
@pytest.mark.parametrize("busy", [pytest.param(False, marks=pytest.mark.slow), True])
async def test_the_server_ends_at_once_on_every_kind_of_stop(how: str, busy: bool) -> None:
    # No program listens on this port: a server waits for Live and serves at the same time.
    async with serving("--port", "1") as process:
        raw = Raw(process)
        assert (await raw.hello())["result"]["serverInfo"]["name"] == "setmirror"
        if busy:
            await raw.send(_call(7, "wait_for_change", timeout_s=300), _call(8, "get_set", parts=["status"]))
            await raw.answer(8)
        if how == "its input ends":
            assert process.stdin is not None
            await process.stdin.aclose()
        else:
            os.kill(process.pid, getattr(signal, how))
        with trio.fail_after(END_S):
            assert await process.wait() == 0
        assert process.stderr is not None
        assert b"Traceback" not in await process.stderr.receive_some()


@posix
async def test_a_server_stops_the_live_that_it_started() -> None:
    async with serving("--headless") as process:
        raw = Raw(process)
        await raw.hello()
        with trio.fail_after(WAIT_S):
            number = 10
            while True:
                await raw.send(_call(number, "get_set", parts=["status"]))
                status = (await raw.answer(number))["result"]["structuredContent"]
                if status["synced"]:
                    break
                number += 1
                await trio.sleep(0.05)
        (child,) = _children(process.pid)
        assert process.stdin is not None
        await process.stdin.aclose()
        with trio.fail_after(END_S):
            assert await process.wait() == 0
            while os.path.exists(f"/proc/{child}"):  # noqa: ASYNC110, ASYNC240 - no child of ours
                await trio.sleep(0.02)


def _children(pid: int) -> list[int]:
    told = list(Path(f"/proc/{pid}/task").glob("*/children"))
    if not told:
        pytest.skip("this system does not tell a process's children")
    return [int(each) for path in told for each in path.read_text().split()]


def _call(id_: int, tool: str, **arguments: Any) -> dict[str, Any]:
    params = {"name": tool, "arguments": arguments}
    return {"jsonrpc": "2.0", "id": id_, "method": "tools/call", "params": params}


DISCOVER = {
    "jsonrpc": "2.0",
    "id": 2,
    "method": "server/discover",
    "params": {
        "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": {"name": "raw", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {},
        }
    },
}


async def test_a_client_that_falls_back_to_the_older_era_is_served() -> None:
    async with serving("--port", "1") as process:
        raw = Raw(process)
        await raw.send(DISCOVER)
        told = await raw.answer(2)
        assert "result" in told, told
        assert (await raw.hello())["result"]["protocolVersion"] == "2025-11-25"
        await raw.send(_call(3, "get_set", parts=["status"]))
        assert (await raw.answer(3))["result"]["structuredContent"]["synced"] is False
        # Again: a client that starts another session on the same connection.
        assert (await raw.hello())["result"]["serverInfo"]["name"] == "setmirror"


# -- bad input ---------------------------------------------------------------------------------------------


async def test_invalid_lines_get_an_error_and_the_server_continues() -> None:
    async with serving("--port", "1") as process:
        raw = Raw(process)
        await raw.hello()
        await raw.send(
            b"\n",
            b"no json\n",
            b"\xff\xfe\x00\n",
            b"[" * 10_000 + b"\n",
            b'{"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": {"name": "get", "arguments": '
            b'{"target": NaN}}}\n',
            b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
            b'{"jsonrpc": "1.0"}\n',
            b"x" * 10_000_000 + b"\n",
            b"x" * 40_000_000 + b"\n",
            {"jsonrpc": "2.0", "id": 4, "method": "no/such/method"},
            _call(5, "no_such_tool"),
            _call(6, "get", target={"a": "list"}),
            _call(7, "set_song", tempo="fast", more=1),
            _call(8, "get_set", parts=["status"]),
        )
        assert (await raw.answer(4))["error"]["code"] == -32601
        for id_, word in ((5, "no_such_tool"), (6, "target"), (7, "set_song")):
            result = (await raw.answer(id_))["result"]
            assert result["isError"] is True
            assert word in result["content"][0]["text"]
        assert (await raw.answer(8))["result"]["structuredContent"]["synced"] is False


async def test_a_named_token_determines_the_client_of_a_process() -> None:
    environ = {**environment(), "SETMIRROR_CLIENT": bearer(load_token(), "claude")}
    async with (
        HeadlessProcess.started() as live,
        Agent.connected(live.port, name="a person", environ=environ) as agent,
    ):
        await until(agent, True)
        await agent.call("set_song", tempo=97.0)
        events = (await agent.call("get_changes", since=0))["events"]
        assert {each["who"] for each in events if each["name"] == "tempo"} == {"claude (a person)"}


async def test_a_token_of_another_bridge_ends_the_process_with_one_clear_line() -> None:
    environ = {**environment(), "SETMIRROR_CLIENT": bearer("0" * 64, "claude")}
    command = [sys.executable, "-m", "mcp_server.cli", "serve", "--port", "1"]
    async with await anyio.open_process(command, env=environ) as process:
        assert process.stderr is not None
        told = b"".join([each async for each in process.stderr]).decode()
        assert await process.wait() != 0
    assert "client-config" in told
    assert "Traceback" not in told


UNREADABLE = [
    b'{"target":"\\ud83d"}',
    b'{"target":"song","limit":' + b"9" * 5000 + b"}",
    b'{"target":"song","limit":' + b"9" * 1000 + b"}",
    b'{"target":"song" nonsense}',
]


@posix
async def test_every_request_with_an_id_is_answered_without_blocking_the_next() -> None:
    async with serving("--port", "1") as process:
        raw = Raw(process)
        await raw.hello()
        assert process.stdin is not None
        for number, arguments in enumerate(UNREADABLE, 20):
            head = (
                b'{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"get","arguments":' % number
            )
            await process.stdin.send_all(head + arguments + b"}}\n")
            told = await raw.answer(number)
            assert told.get("error", {}).get("code") == -32600 or told["result"]["isError"]
        await raw.send(_call(40, "get_track", track=0))
        result = (await raw.answer(40))["result"]
        assert result["isError"]
        assert "structuredContent" not in result
        assert "Live is not running" in result["content"][0]["text"]
