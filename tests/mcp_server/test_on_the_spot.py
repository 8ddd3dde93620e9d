"""The fast path gives the same answers as the SDK, and all other requests go to the SDK."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import trio
import trio.testing
from mcp.shared.inbound import X_MCP_HEADER_KEY

from mcp_server import http, on_the_spot
from mcp_server.http import application, guarded
from mcp_server.on_the_spot import OnTheSpot
from mcp_server.policy import Policy, PolicyFile, Rule
from mcp_server.server import MOST_CALLS
from mcp_server.tool import Nothing, Tool
from mcp_server.tools import TOOLS
from mirror import load_token
from mirror.token import bearer
from tests.lean import demo_set
from tests.whole import Whole, whole_path

Clock = trio.testing.MockClock
LEGACY, MODERN = "2025-11-25", "2026-07-28"
ERAS = pytest.mark.parametrize("era", [LEGACY, MODERN])
PLACE = "127.0.0.1:9861"
BASIC = {
    "host": PLACE,
    "accept": "application/json, text/event-stream",
    "content-type": "application/json",
}
NAMES = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}


@dataclass
class Answer:
    """The messages that the application sent."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def streamed(self) -> bool:
        return "event-stream" in self.headers.get("content-type", "")

    @property
    def messages(self) -> list[Any]:
        """The messages of the body; a text that is no message is returned unchanged."""
        parts = re.findall(rb"^data: (.*?)\r?$", self.body, re.MULTILINE) if self.streamed else [self.body]
        try:
            # `age_ms` differs from call to call.
            return [json.loads(re.sub(rb'age_ms(\\?)":[0-9.]+', rb'age_ms\1":0', part)) for part in parts]
        except ValueError:
            return list(parts)

    @property
    def result(self) -> Any:
        return self.messages[-1]["result"]


class Server:
    """The application over HTTP without sockets; counts the requests that reach the SDK."""

    def __init__(self, whole: Whole, app: Any, front: OnTheSpot | None) -> None:
        self.whole = whole
        self._app = app
        self._passed: list[Any] = []
        if front is not None:
            pass_on = front._app

            async def counted(scope: Any, receive: Any, send: Any) -> None:
                self._passed.append(scope)
                await pass_on(scope, receive, send)

            front._app = counted

    async def send(
        self,
        body: bytes,
        headers: dict[str, str],
        *,
        method: str = "POST",
        doubled: dict[str, str] | None = None,
        gone: trio.Event | None = None,
    ) -> Answer:
        """Send one request; the client stays until the answer is complete, or until `gone`."""
        answer, left = Answer(), trio.Event() if gone is None else gone
        pairs = [*headers.items(), *(doubled or {}).items(), ("content-length", str(len(body)))]
        parts = [body[:100], body[100:]]
        scope = {
            "type": "http",
            "method": method,
            "path": http.PATH,
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in pairs],
        }

        async def receive() -> Any:
            await trio.lowlevel.checkpoint()
            if parts:
                return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}
            await left.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            await trio.lowlevel.checkpoint()
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            else:
                answer.body += message.get("body", b"")

        await self._app(scope, receive, send)
        return answer

    async def client(self, era: str, name: str = "one") -> Client:
        client = Client(self, era, name)
        if era == LEGACY:
            about = {"protocolVersion": era, "capabilities": {}, "clientInfo": {"name": name, "version": "0"}}
            opened = await client.ask("initialize", about)
            client.headers |= {
                "mcp-session-id": opened.headers["mcp-session-id"],
                "mcp-protocol-version": era,
            }
            await self.send(b'{"jsonrpc": "2.0", "method": "notifications/initialized"}', client.headers)
        return client

    def passed(self) -> int:
        """The number of requests that reached the SDK since the last call of this function."""
        count = len(self._passed)
        self._passed.clear()
        return count


class Client:
    """One client: its headers and its messages."""

    def __init__(self, server: Server, era: str, name: str) -> None:
        self.server = server
        self.era = era
        self.headers = {**BASIC, "authorization": f"Bearer {bearer(load_token(), name)}"}
        self._number = 0

    def request(self, method: str, params: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """A message and its headers."""
        self._number += 1
        headers = dict(self.headers)
        if self.era == MODERN:
            about = {"clientInfo": {"name": "c", "version": "0"}, "clientCapabilities": {}}
            about["protocolVersion"] = self.era
            meta = {f"io.modelcontextprotocol/{key}": value for key, value in about.items()}
            params = {**params, "_meta": {**params.get("_meta", {}), **meta}}
            headers |= {"mcp-protocol-version": self.era, "mcp-method": method}
            if method in NAMES:
                headers["mcp-name"] = params[NAMES[method]]
        return {"jsonrpc": "2.0", "id": self._number, "method": method, "params": params}, headers

    async def ask(self, method: str, params: dict[str, Any], **more: Any) -> Answer:
        message, headers = self.request(method, params)
        return await self.server.send(json.dumps(message).encode(), headers, **more)

    async def call(self, tool: str, arguments: dict[str, Any] | None = None, **more: Any) -> Answer:
        return await self.ask("tools/call", {"name": tool, "arguments": arguments or {}, **more})


@asynccontextmanager
async def serving(
    whole: Whole, monkeypatch: pytest.MonkeyPatch, *, sdk_alone: bool = False
) -> AsyncIterator[Server]:
    """The application; with `sdk_alone` without the fast path."""
    made: list[OnTheSpot] = []

    def make(app: Any, *rest: Any) -> Any:
        if sdk_alone:
            return app
        made.append(OnTheSpot(app, *rest))
        return made[0]

    with monkeypatch.context() as patched:
        patched.setattr(http, "OnTheSpot", make)
        async with application(whole.engine, "1", int(PLACE.split(":")[1])) as app:
            yield Server(whole, guarded(app, load_token()), made[0] if made else None)


@asynccontextmanager
async def beside_the_sdk(era: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Client, Client]]:
    """Two clients of one Set; the SDK answers all requests of the second one."""
    async with (
        whole_path(demo_set()) as whole,
        serving(whole, monkeypatch) as server,
        serving(whole, monkeypatch, sdk_alone=True) as alone,
    ):
        yield await server.client(era), await alone.client(era)


READS: dict[str, dict[str, Any]] = {
    "get_set": {},
    "get_track": {"track": 0},
    "get_device": {"device": "tracks/0/devices/0"},
    "get": {"target": "song"},
    "find": {"name": "a"},
    "get_notes": {"clip": "tracks/0/clip_slots/0/clip"},
    "get_changes": {"since": 0},
    "describe": {"what": "Track"},
    "analyze": {},
}
"""The tools that the fast path answers, with arguments."""
WAIT = {"browse", "compare", "look"}
"""The tools that ask Live, or work in a thread."""
OTHERS: dict[str, list[dict[str, Any]]] = {
    "completion/complete": [
        {"ref": {"type": "ref/prompt", "name": "mix"}, "argument": {"name": "track", "value": ""}}
    ],
    "prompts/list": [{}],
    "resources/list": [{}],
    "resources/read": [{"uri": "live://set"}, {"uri": "live://nowhere"}],
    "resources/templates/list": [{}],
    "tools/list": [{}],
}


def test_every_reading_tool_is_listed_as_waiting_or_not() -> None:
    reading = {name for name, tool in TOOLS.items() if tool.reads and not tool.waits}
    unknown = sorted({*READS, *WAIT} ^ reading)
    assert unknown == [], (
        f"READS or WAIT of {__file__} has each tool that reads; correct {', '.join(unknown)}"
    )


def test_no_argument_of_a_tool_is_repeated_in_a_header() -> None:
    """With such an argument the fast path would have to check the header."""
    for tool in TOOLS.values():
        assert X_MCP_HEADER_KEY not in json.dumps(tool.declared.input_schema)


@ERAS
async def test_direct_answers_of_reads_equal_those_of_the_sdk(
    era: str, monkeypatch: pytest.MonkeyPatch, autojump_clock: Clock
) -> None:
    async with beside_the_sdk(era, monkeypatch) as (one, same):
        asked = [("tools/call", {"name": tool, "arguments": READS[tool]}) for tool in READS]
        asked += [(method, params) for method, variants in OTHERS.items() for params in variants]
        server = one.server
        server.passed()
        for method, params in asked:
            answer, expected = await one.ask(method, params), await same.ask(method, params)
            assert answer.messages == expected.messages, (method, params)
            assert answer.status == expected.status
            assert expected.streamed == (era == LEGACY)
            refused = "error" in answer.messages[0]
            assert server.passed() == refused, (method, params)
            if not refused:
                assert answer.headers["content-type"] == "application/json"
                assert answer.headers.get("mcp-session-id") == one.headers.get("mcp-session-id")
                assert method != "tools/call" or not answer.result["isError"], answer.result


Spoiled = Callable[[dict[str, Any], dict[str, str]], Any]


def _without(name: str) -> Spoiled:
    return lambda message, headers: headers.pop(name, None)


def _header(name: str, value: str) -> Spoiled:
    return lambda message, headers: headers.__setitem__(name, value)


def _field(name: str, value: Any) -> Spoiled:
    return lambda message, headers: message.__setitem__(name, value)


def _param(name: str, value: Any) -> Spoiled:
    return lambda message, headers: message["params"].__setitem__(name, value)


SPOILED: dict[str, Spoiled] = {
    "another host": _header("host", "evil.example"),
    "a foreign origin": _header("origin", "https://evil.example"),
    "its own origin": _header("origin", f"http://{PLACE}"),
    "another type of content": _header("content-type", "text/plain"),
    "no type of content": _without("content-type"),
    "an answer as JSON alone": _header("accept", "application/json"),
    "an answer of any type": _header("accept", "*/*"),
    "no accepted type": _without("accept"),
    "no session": _without("mcp-session-id"),
    "an unknown session": _header("mcp-session-id", "f" * 32),
    "no version": _without("mcp-protocol-version"),
    "an unknown version": _header("mcp-protocol-version", "2031-01-01"),
    "the other era": _header("mcp-protocol-version", "2025-06-18"),
    "another method in the header": _header("mcp-method", "tools/list"),
    "another tool in the header": _header("mcp-name", "set_song"),
    "a parameter in a header": _header("mcp-param-track", "1"),
    "no id": lambda message, headers: message.pop("id"),
    "null for an id": _field("id", None),
    "a broken id": _field("id", 1.5),
    "a text for an id": _field("id", "seven"),
    "another protocol": _field("jsonrpc", "1.0"),
    "an unknown method": _field("method", "tools/fly"),
    "no parameters": lambda message, headers: message.pop("params"),
    "a list of parameters": _field("params", [1]),
    "an unknown tool": _param("name", "fly"),
    "a number for a tool": _param("name", 5),
    "a list for a tool": _param("name", ["get_track"]),
    "a list of arguments": _param("arguments", [1]),
    "a wrong argument": _param("arguments", {"track": "Nobody"}),
    "an unknown argument": _param("arguments", {"trakc": 0}),
    "no envelope": _param("_meta", {}),
    "a broken envelope": _param("_meta", {"io.modelcontextprotocol/protocolVersion": 5}),
    "a broken token for progress": _param("_meta", {"progressToken": [1]}),
}
BODIES = {
    "no JSON": b"{not json",
    "no text": b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "\xff"}}',
    "nothing": b"",
    "a list": b"[]",
    "a number": b"5",
    "too deep": b"[" * 30000,
}


@ERAS
async def test_unusual_requests_are_answered_as_the_sdk_does(
    era: str, monkeypatch: pytest.MonkeyPatch, autojump_clock: Clock
) -> None:
    async with beside_the_sdk(era, monkeypatch) as clients:
        for case, spoil in SPOILED.items():
            answers = []
            for client in clients:
                message, headers = client.request(
                    "tools/call", {"name": "get_track", "arguments": {"track": 0}}
                )
                spoil(message, headers)
                answers.append(await client.server.send(json.dumps(message).encode(), headers))
            assert (answers[0].status, answers[0].messages) == (answers[1].status, answers[1].messages), case
        for case, body in BODIES.items():
            answers = []
            for client in clients:
                _, headers = client.request("tools/call", {"name": "get_track", "arguments": {}})
                answers.append(await client.server.send(body, headers))
            assert (answers[0].status, answers[0].messages) == (answers[1].status, answers[1].messages), case
        answers = [
            await client.ask("tools/list", {}, doubled={"mcp-method": "tools/list"}) for client in clients
        ]
        assert answers[0].messages == answers[1].messages
        assert (answers[0].status == 400) == (era == MODERN)


async def test_a_session_belongs_to_one_client_and_ends_with_it(
    monkeypatch: pytest.MonkeyPatch, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole, serving(whole, monkeypatch) as server:
        owner, thief = await server.client(LEGACY), await server.client(LEGACY, "thief")
        session = {"mcp-session-id": owner.headers["mcp-session-id"]}
        server.passed()
        assert (await owner.call("get_set")).status == 200
        assert not server.passed()
        thief.headers |= session
        assert (await thief.call("get_set")).status == 404
        assert (await owner.server.send(b"", owner.headers, method="DELETE")).status == 200
        assert (await owner.call("get_set")).status == 404


async def test_direct_reads_keep_a_session_active(
    monkeypatch: pytest.MonkeyPatch, autojump_clock: Clock
) -> None:
    assert http.IDLE_S > 2 * on_the_spot.UNSEEN_S
    idle_s, calls = 6.0, 30
    monkeypatch.setattr(http, "IDLE_S", idle_s)
    monkeypatch.setattr(on_the_spot, "UNSEEN_S", idle_s / 10)
    async with whole_path(demo_set()) as whole, serving(whole, monkeypatch) as server:
        client = await server.client(LEGACY)
        server.passed()
        for _ in range(calls):
            await trio.sleep(idle_s / 20)
            assert (await client.call("get_set")).status == 200
        assert 0 < server.passed() < calls
        await trio.sleep(idle_s * 1.1)
        assert (await client.call("get_set")).status == 404


class Slow:
    """A tool that waits before it answers."""

    def __init__(self, whole: Whole, *, reads: bool = True, reports: bool = False) -> None:
        self.whole = whole
        self.release = trio.Event()
        self.begun = self.cancelled = 0
        self.waiting = 0
        self._reports = reports
        tool = Tool("slow", "Slow", "", Nothing, self._run, "read", reads=reads)
        # The engine has its own copy of the tools.
        whole.engine.tools = {**whole.engine.tools, "slow": tool}

    async def _run(self, desk: Any, arguments: Any) -> dict[str, Any]:
        self.begun += 1
        if self._reports:
            await desk.report(1, 2, "half")
        self.waiting += 1
        try:
            await self.release.wait()
        except trio.Cancelled:
            self.cancelled += 1
            raise
        finally:
            self.waiting -= 1
        return {"done": True}

    async def wait_for(self, count: int) -> None:
        """Wait until `count` calls of the SDK are waiting."""
        with trio.fail_after(5):
            while self.waiting < count:  # noqa: ASYNC110 - the tool has no event
                await trio.sleep(0.01)


@ERAS
async def test_a_write_is_handled_by_the_sdk_once(
    era: str, monkeypatch: pytest.MonkeyPatch, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole, serving(whole, monkeypatch) as server:
        client = await server.client(era)
        server.passed()
        entries = len(whole.history())
        answer = await client.call("set_song", {"tempo": 99.0})
        assert answer.result["structuredContent"]["outcome"] == "verified"
        assert (server.passed(), len(whole.history()) - entries) == (1, 1)
        slow = Slow(whole, reads=False)
        slow.release.set()
        await client.call("slow")
        assert (server.passed(), slow.begun) == (1, 1)


@ERAS
async def test_a_read_that_needs_live_is_handled_by_the_sdk_and_reads_once(
    era: str, monkeypatch: pytest.MonkeyPatch, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole, serving(whole, monkeypatch) as server:
        client = await server.client(era)
        server.passed()
        lines: list[bytes] = []
        send = whole.lines[0].send

        async def heard(item: bytes) -> None:
            lines.append(bytes(item))
            await send(item)

        monkeypatch.setattr(whole.lines[0], "send", heard)
        # Repeated, so that the result does not depend on the order of two requests.
        calls = 20
        for _ in range(calls):
            answer = await client.call("get", {"target": "song", "fields": ["current_song_time"]})
            assert "current_song_time" in answer.result["structuredContent"]["object"]
        assert server.passed() == calls
        assert sum(line.count(b"set.read") for line in lines) == calls


@ERAS
async def test_progress_of_a_read_reaches_its_client(
    era: str, monkeypatch: pytest.MonkeyPatch, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole, serving(whole, monkeypatch) as server:
        slow = Slow(whole, reports=True)
        slow.release.set()
        answer = await (await server.client(era)).call("slow", _meta={"progressToken": "p"})
        assert answer.streamed
        assert [message.get("method") for message in answer.messages] == ["notifications/progress", None]
        assert answer.messages[0]["params"]["message"] == "half"
        assert answer.result["structuredContent"]["done"]


async def test_a_waiting_read_ends_when_its_client_cancels_it(
    monkeypatch: pytest.MonkeyPatch, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole, serving(whole, monkeypatch) as server:
        slow = Slow(whole)
        legacy, modern, gone = await server.client(LEGACY), await server.client(MODERN), trio.Event()
        answers: list[Answer] = []
        message, headers = legacy.request("tools/call", {"name": "slow", "arguments": {}})

        async def ask() -> None:
            answers.append(await server.send(json.dumps(message).encode(), headers))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(ask)
            await slow.wait_for(1)
            tried = slow.cancelled
            cancel = {"jsonrpc": "2.0", "method": "notifications/cancelled"}
            body = json.dumps({**cancel, "params": {"requestId": message["id"]}}).encode()
            assert (await server.send(body, headers)).status == 202
        assert slow.cancelled == tried + 1
        assert answers[0].messages[0]["error"]["message"] == "Request cancelled"

        message, headers = modern.request("tools/call", {"name": "slow", "arguments": {}})
        async with trio.open_nursery() as nursery:
            nursery.start_soon(lambda: server.send(json.dumps(message).encode(), headers, gone=gone))
            await slow.wait_for(1)
            tried = slow.cancelled
            gone.set()
        assert slow.cancelled == tried + 1


async def test_a_read_waits_when_all_workers_are_busy(
    monkeypatch: pytest.MonkeyPatch, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole, serving(whole, monkeypatch) as server:
        slow, client = Slow(whole), await server.client(MODERN)
        answers: list[Answer] = []

        async def ask(tool: str) -> None:
            answers.append(await client.call(tool))

        async with trio.open_nursery() as nursery:
            for _ in range(MOST_CALLS):
                nursery.start_soon(ask, "slow")
            await slow.wait_for(MOST_CALLS)
            nursery.start_soon(ask, "get_set")
            await trio.sleep(1.0)
            assert not answers
            slow.release.set()
        assert len(answers) == MOST_CALLS + 1
        assert all(not answer.result["isError"] for answer in answers)
        assert whole.engine.working.borrowed_tokens == 0


@ERAS
async def test_direct_reads_apply_the_policy_of_each_client(
    era: str, monkeypatch: pytest.MonkeyPatch, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole, serving(whole, monkeypatch) as server:
        rules = (Rule("deny", operations=("read",), refs=("tracks/0",), clients=("two",), reason="mine"),)
        whole.engine.policy = Policy(PolicyFile(rule=rules))
        one, two = await server.client(era), await server.client(era, "two")
        server.passed()
        mine = {"track": whole.mirror.resolve("tracks/0").name}
        shown, hidden = await one.call("get_track", mine), await two.call("get_track", mine)
        assert not shown.result["isError"]
        assert hidden.result["isError"]
        assert server.passed() == 0
