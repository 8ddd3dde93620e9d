"""Strangers, hostile input and slow clients get an error or a closed connection, without effect on other clients."""

from __future__ import annotations

from typing import Any

import pytest

from remote_script.SetMirror import clients
from remote_script.SetMirror import server as serving
from remote_script.SetMirror.contract import auth, seal
from remote_script.SetMirror.contract.errors import BridgeError
from remote_script.SetMirror.contract.limits import REQUEST_BYTES
from remote_script.SetMirror.server import Server
from remote_script.SetMirror.wire import encode, request_line

from .pipes import Listener, Peer


class Bridge:
    """A server alone, with a clock that the test advances and two methods: echo and fail."""

    def __init__(self) -> None:
        self.now = 100.0
        self.logged: list[str] = []
        self.listener = Listener()
        self.server = Server(
            self.listener, auth.load_token(), lambda: self.now, self.answer, dict, {}, self.logged.append
        )

    def answer(self, client: Any, request: Any, method: str, params: dict[str, Any]) -> bytes | None:
        if method == "echo":
            return encode(params)
        if method == "follow":
            client.following = True
            return encode(None)
        if method == "fail":
            raise ZeroDivisionError("oh")
        raise BridgeError("METHOD_NOT_FOUND", f"There is no method {method!r}")

    def turn(self) -> None:
        self.server.receive()
        self.server.send("e", 0)
        self.server.clients = [client for client in self.server.clients if not client.closed]

    def peer(self, room: int = 1 << 30) -> Peer:
        """An authenticated client."""
        peer = Peer(self.listener, room)
        hello = peer.hello()
        self.turn()
        proof = peer.authenticate(hello)
        self.turn()
        assert "result" in (peer.reply(proof) or {})
        return peer


@pytest.fixture
def bridge() -> Bridge:
    return Bridge()


def _errors(peer: Peer) -> list[str]:
    peer.take()
    return [message["error"]["data"]["error"] for message in peer.got if "error" in message]


def test_a_client_with_the_token_is_served(bridge: Bridge) -> None:
    peer = bridge.peer()
    asked = peer.ask("echo", x=1)
    bridge.turn()
    assert (peer.reply(asked) or {})["result"] == {"x": 1}


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1:9860\r\n\r\n", []),
        (b"POST /mcp HTTP/1.1\r\n", []),
        (b"x" * 10_000_000, ["TOO_LARGE"]),
        (b"\xff\xfe\x00\n", ["PARSE_ERROR"]),
        (b"[" * 4000 + b"\n", ["PARSE_ERROR"]),
        (b'{"jsonrpc":"2.0","id":1,"method":"echo","params":{}}\n', ["UNAUTHENTICATED"]),
        (b'{"jsonrpc":"2.0","id":1,"method":"bridge.hello","params":{"protocols":[NaN]}}\n', ["PARSE_ERROR"]),
        (b"null\n", ["INVALID_REQUEST"]),
        (b'{"id":[1],"method":"bridge.hello"}\n', ["INVALID_REQUEST"]),
        (b'{"id":1,"method":"bridge.hello","params":[]}\n', ["INVALID_PARAMS"]),
        (b'{"id":1,"method":"bridge.hello","params":{"protocols":[2],"nonce":"5"}}\n', ["INVALID_PARAMS"]),
        (b'{"id":1,"method":"bridge.hello","params":{"protocols":[true,"2"]}}\n', ["INVALID_PARAMS"]),
        (b'{"id":1,"method":"bridge.hello","params":{"protocols":[1]}}\n', ["UNSUPPORTED_PROTOCOL"]),
        (b'{"id":1,"method":"bridge.authenticate","params":{"proof":"00"}}\n', ["UNAUTHENTICATED"]),
    ],
    ids=[
        "http",
        "http post",
        "no newline",
        "no utf-8",
        "deep",
        "no hello",
        "nan",
        "null",
        "bad id",
        "bad params",
        "bad nonce",
        "bad protocols",
        "other protocol",
        "no nonce yet",
    ],
)
def test_an_unauthenticated_peer_with_another_message_is_disconnected_without_side_effects(
    bridge: Bridge, sent: bytes, errors: list[str]
) -> None:
    served, stranger = bridge.peer(), Peer(bridge.listener)
    stranger.raw(sent)
    asked = served.ask("echo", still="here")
    bridge.turn()
    bridge.turn()
    assert stranger.pipe.closed_by_script
    assert _errors(stranger) == errors
    assert (served.reply(asked) or {})["result"] == {"still": "here"}
    assert len(bridge.server.clients) == 1


def test_a_wrong_token_is_reported_and_the_connection_closed(bridge: Bridge) -> None:
    peer = Peer(bridge.listener)
    hello = peer.hello()
    bridge.turn()
    peer.authenticate(hello, token="0f" * 32)
    bridge.turn()
    assert _errors(peer) == ["UNAUTHENTICATED"]
    assert peer.pipe.closed_by_script


def test_a_proof_is_valid_for_one_connection_only(bridge: Bridge) -> None:
    first, second = Peer(bridge.listener), Peer(bridge.listener)
    hello, other = first.hello(), second.hello()
    bridge.turn()
    first.authenticate(hello)
    second.take()
    second.raw(first.pipe.to_script[-1])
    bridge.turn()
    assert _errors(first) == []
    assert _errors(second) == ["UNAUTHENTICATED"]
    assert other


def test_a_silent_unauthenticated_peer_is_disconnected_after_five_seconds(bridge: Bridge) -> None:
    stranger = Peer(bridge.listener)
    bridge.turn()
    bridge.now += clients.HELLO_S + 0.1
    bridge.turn()
    assert stranger.pipe.closed_by_script


def test_the_thirty_third_client_is_refused_as_too_many(bridge: Bridge) -> None:
    peers = [bridge.peer() for _ in range(serving.CLIENTS)]
    late = Peer(bridge.listener)
    hello = late.hello()
    bridge.turn()
    late.authenticate(hello)
    bridge.turn()
    assert _errors(late) == ["BUSY"]
    assert late.pipe.closed_by_script
    assert not any(peer.pipe.closed_by_script for peer in peers)
    peers[0].pipe.closed_by_client = True
    bridge.turn()
    bridge.peer()


def test_silent_peers_are_dropped_before_peers_that_sent_hello(bridge: Bridge) -> None:
    greeted = Peer(bridge.listener)
    greeted.hello()
    bridge.turn()
    for _ in range(serving.STRANGERS // serving.ACCEPTED_A_TURN + 1):
        for _ in range(serving.ACCEPTED_A_TURN):
            Peer(bridge.listener)
        bridge.turn()
    assert bridge.server.counters["turned_away"] > 0
    assert not greeted.pipe.closed_by_script


def test_replies_stay_when_the_stream_is_dropped() -> None:
    client = clients.Client(Listener(), 0.0)
    client.answer(b"reply\n")
    client.stream(b"batch\n")
    client.drop_stream()
    assert client.outbox_bytes == len(b"reply\n")


@pytest.mark.parametrize("greeting", [False, True], ids=["silent", "that say hello"])
def test_a_flood_of_unauthenticated_peers_does_not_block_new_clients(bridge: Bridge, greeting: bool) -> None:
    def flood() -> None:
        for _ in range(serving.ACCEPTED_A_TURN):
            stranger = Peer(bridge.listener)
            if greeting:
                stranger.hello()

    for _ in range(20):
        flood()
        bridge.turn()
    newcomer = Peer(bridge.listener)
    hello = newcomer.hello()
    for _ in range(2):
        flood()
        bridge.turn()
    answer = newcomer.authenticate(hello)
    flood()
    bridge.turn()
    assert "result" in (newcomer.reply(answer) or {})
    assert len(bridge.server.clients) <= serving.STRANGERS + serving.CLIENTS
    assert bridge.server.counters["turned_away"] > 0


@pytest.mark.parametrize("role", auth.ROLES)
def test_role_and_identity_are_determined_by_the_key(bridge: Bridge, role: str) -> None:
    peer = Peer(bridge.listener)
    hello = peer.hello(role, "claude")
    bridge.turn()
    peer.authenticate(hello)
    bridge.turn()
    (client,) = bridge.server.served()
    assert (client.role, client.identity) == (role, "claude")


@pytest.mark.parametrize("claimed", [("person", "claude"), ("agent", "cursor")], ids=["role", "identity"])
def test_the_key_of_one_client_proves_no_other(bridge: Bridge, claimed: tuple[str, str]) -> None:
    peer = Peer(bridge.listener)
    hello = peer.hello(*claimed)
    bridge.turn()
    nonce = (peer.reply(hello) or {})["result"]["nonce"]
    key = auth.client_key(auth.load_token(), "agent", "claude")
    peer.ask("bridge.authenticate", proof=auth.client_proof(key, peer.nonce, nonce))
    bridge.turn()
    assert _errors(peer) == ["UNAUTHENTICATED"]
    assert bridge.server.served() == []


@pytest.mark.parametrize(
    "who",
    [("root", "x"), ("", "x"), ("agent", ""), ("agent", "a b"), ("agent", "x" * 65), ("agent", "../x")],
)
def test_a_hello_without_a_role_and_a_name_is_refused(bridge: Bridge, who: tuple[str, str]) -> None:
    peer = Peer(bridge.listener)
    peer.hello(*who)
    bridge.turn()
    bridge.turn()
    assert _errors(peer) == ["INVALID_PARAMS"]
    assert peer.pipe.closed_by_script


def _between(kind: str, lines: list[bytes]) -> list[bytes]:
    return {
        "replayed": [lines[0], lines[0]],
        "reordered": [lines[1], lines[0]],
        "changed": [lines[0].replace(b"true", b"false")],
        "unsealed": [lines[0][: -seal.TRAILER - 1] + b"\n"],
    }[kind]


@pytest.mark.parametrize("kind", ["replayed", "reordered", "changed", "unsealed"])
def test_a_session_ends_at_the_first_line_with_a_wrong_seal(bridge: Bridge, kind: str) -> None:
    peer, other = bridge.peer(), bridge.peer()
    for _ in range(2):
        peer.ask("echo", x=True)
    lines = [peer.pipe.to_script.popleft() for _ in range(2)]
    for line in _between(kind, lines):
        peer.raw(line)
    asked = other.ask("echo", y=2)
    bridge.turn()
    bridge.turn()
    assert _errors(peer) == ["UNAUTHENTICATED"]
    assert len([message for message in peer.got[2:] if "result" in message]) == (kind == "replayed")
    assert peer.pipe.closed_by_script
    assert (other.reply(asked) or {})["result"] == {"y": 2}


HOSTILE = {
    "zeros": b"[" + b"0," * 1_900_000 + b"0]",
    "lists": b"[" + b"[]," * 1_200_000 + b"0]",
    "nested": b"[" * 3_900_000,
    "a text": b'["' + b"x" * 3_900_000 + b'"]',
    "escapes": b'["' + b"\\u0041" * 600_000 + b'"]',
    "texts": b"[" + b'"\\n",' * 600_000 + b"0]",
    "digits": b"[" + b"1" * 3_900_000 + b"]",
    "objects": b"[" + b'{"a":0},' * 400_000 + b"0]",
    "keys": b"{" + b",".join(b'"%d":0' % number for number in range(300_000)) + b"}",
    "spaces": b"[" + b" " * 3_900_000 + b"]",
    "letters of two bytes": b'["' + "é".encode() * 1_900_000 + b'"]',
}


@pytest.mark.parametrize("line", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_long_line_is_processed_in_slices_and_other_clients_are_served(bridge: Bridge, line: bytes) -> None:
    hostile, other = bridge.peer(), bridge.peer()
    hostile.line(line)
    asks, answered, turns = 0, 0, 0
    while not _errors(hostile):
        turns += 1
        assert turns < 3000
        steps = iter(range(3))
        asked = other.ask("echo")
        asks += 1
        bridge.server.receive(lambda steps=steps: next(steps, None) is not None)  # type: ignore[misc]
        bridge.server.send("e", 0)
        answered += other.reply(asked) is not None
        other.got.clear()
    assert _errors(hostile)[0] in ("TOO_LARGE", "PARSE_ERROR")
    assert answered >= asks // 2


def test_a_long_line_is_answered_in_its_place(bridge: Bridge) -> None:
    peer = bridge.peer()
    long = {"texts": ["x" * 50_000 + '"' for _ in range(20)], "more": [{"a": [1.5, None, True]}] * 500}
    asked = [peer.ask("echo", n=1), peer.ask("echo", **long), peer.ask("echo", n=2)]
    for _ in range(200):
        bridge.server.receive(lambda: False)
        bridge.server.send("e", 0)
    assert [message["id"] for message in peer.take()] == asked
    assert (peer.reply(asked[1]) or {})["result"] == long


def test_unread_requests_of_a_client_are_bounded_in_bytes(bridge: Bridge) -> None:
    peer = bridge.peer()
    for _ in range(10):
        peer.ask("echo", texts=["x" * 100_000] * 30)
    for _ in range(30):
        bridge.server.receive(lambda: False)
        (client,) = bridge.server.clients
        assert client.waiting_bytes <= serving.WAITING_BYTES + REQUEST_BYTES


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        (b"nonsense", "PARSE_ERROR"),
        (b"[" * 10_000, "PARSE_ERROR"),
        (b"[" * 1_000_000, "PARSE_ERROR"),
        (b'{"id":9,"method":"echo","params":{"x":NaN}}', "PARSE_ERROR"),
        (b'{"id":9,"method":"unknown"}', "METHOD_NOT_FOUND"),
        (b'{"id":9,"method":"fail"}', "INTERNAL"),
        (b'{"id":9}', "INVALID_REQUEST"),
    ],
)
def test_a_client_with_an_invalid_request_gets_an_error_and_stays_connected(
    bridge: Bridge, sent: bytes, error: str
) -> None:
    peer = bridge.peer()
    peer.line(sent)
    asked = peer.ask("echo", after=True)
    for _ in range(4):
        bridge.turn()
    assert _errors(peer) == [error]
    assert (peer.reply(asked) or {})["result"] == {"after": True}


def test_a_line_beyond_the_limit_of_a_client_ends_its_connection(bridge: Bridge) -> None:
    peer = bridge.peer()
    piece = b"x" * 65536
    for _ in range(100):
        peer.raw(piece)
    for _ in range(20):
        bridge.turn()
    assert _errors(peer) == ["TOO_LARGE"]
    assert peer.pipe.closed_by_script


def test_one_turn_handles_a_bounded_number_of_requests(bridge: Bridge) -> None:
    peer = bridge.peer()
    for number in range(500):
        peer.ask("echo", n=number)
    bridge.turn()
    assert len(peer.take()) == serving.REQUESTS_A_TURN
    for _ in range(20):
        bridge.turn()
    peer.take()
    assert [message["result"]["n"] for message in peer.got[2:]] == list(range(500))


def test_a_slow_client_loses_the_stream_gets_a_resync_and_keeps_its_replies(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "OUTBOX_BYTES", 10_000)
    slow, quick = bridge.peer(room=2000), bridge.peer()
    slow.take()
    for peer in (slow, quick):
        peer.ask("follow")
    bridge.turn()
    for number in range(100):
        bridge.server.broadcast(request_line("set.batch", {"revision": number, "x": "y" * 200}))
        bridge.turn()
    asked = slow.ask("echo", still="served")
    for _ in range(20):
        bridge.turn()
        slow.take()
    revisions = [batch["revision"] for batch in slow.notices("set.batch")]
    assert revisions == list(range(len(revisions)))
    assert len(revisions) < 100
    assert slow.notices("bridge.resync") == [{"epoch": "e", "reason": "outbox overflow", "revision": 0}]
    assert (slow.reply(asked) or {})["result"] == {"still": "served"}
    assert [batch["revision"] for batch in quick.notices("set.batch")] == list(range(100))


def test_memory_for_a_client_that_reads_nothing_is_bounded(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "OUTBOX_BYTES", 10_000)
    dead = bridge.peer(room=1000)
    dead.ask("follow")
    bridge.turn()
    for number in range(5000):
        bridge.server.broadcast(request_line("set.batch", {"revision": number}))
        bridge.server.notify("bridge.heartbeat", {"revision": number})
        bridge.turn()
    assert bridge.server.clients[0].outbox_bytes <= 11_000


def test_unread_replies_end_the_connection(bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "REPLY_BYTES", 50_000)
    dead = bridge.peer(room=1000)
    for _ in range(100):
        dead.ask("echo", x="y" * 1000)
    for _ in range(10):
        bridge.turn()
    assert bridge.server.clients == []


def test_a_broken_connection_is_dropped(bridge: Bridge) -> None:
    peer = bridge.peer()
    peer.pipe.failing = True
    bridge.turn()
    assert bridge.server.clients == []


def test_closing_sends_goodbye_to_all_clients_and_frees_the_port(bridge: Bridge) -> None:
    peer, stranger = bridge.peer(), Peer(bridge.listener)
    bridge.turn()
    bridge.server.close("disconnect")
    assert peer.notices("bridge.bye") == [{"reason": "disconnect"}]
    assert stranger.take() == []
    assert bridge.listener.closed
    assert stranger.pipe.closed_by_script
