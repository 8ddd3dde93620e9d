"""Serves all clients: receives their requests and sends replies, snapshots and the stream of batches.

A turn processes a bounded number of bytes and requests of each client and never waits for a client; a long line is
opened, parsed and answered in slices. A client that has not authenticated (a stranger) gets two requests (hello,
authenticate), short lines, five seconds, and a separate limit of connections; any other request closes the
connection. `Requests` implements the methods.
"""

from __future__ import annotations

import time
from typing import Any, Callable, Dict, Iterator, List, Optional

from .clients import GREETING, HELLO_S, LEAVING, PROVING, SERVED, Client
from .contract import auth
from .contract.errors import BridgeError
from .contract.limits import HEARTBEAT_S, PROTOCOLS
from .contract.seal import BadSeal, script_session
from .pace import Pace
from .shadow import Shadow, Snapshot
from .wire import (
    LineTooLong,
    decoding,
    encode,
    error_line,
    notification,
    request_line,
    result_line,
)

CLIENTS = 32
"""Limit of authenticated clients; a further client is refused with BUSY."""
STRANGERS = 64
"""Limit of strangers; then a silent one is closed first, else the oldest: a new connection needs three turns."""
ACCEPTED_A_TURN = 8
REQUESTS_A_TURN = 32
BYTES_A_TURN = 512 * 1024
WAITING_LINES = 1024
WAITING_BYTES = BYTES_A_TURN
"""Received but unanswered bytes; beyond this limit the server stops reading from the client."""
SENT_A_TURN = 4 * 1024 * 1024
SNAPSHOT_AHEAD = 512 * 1024
"""Bytes of a snapshot that are encoded ahead of the client."""

_HTTP = (b"GET ", b"POST", b"HEAD", b"PUT ", b"OPTI", b"DELE", b"CONN", b"TRAC", b"PATC", b"PRI ")


class Server:
    """The server for clients of the bridge.

    `answer(client, id, method, params)` is called for each request of an authenticated client. It returns the
    encoded result, or None when it answers later; it raises BridgeError.
    """

    def __init__(
        self,
        listener: Any,
        token: str,
        clock: Callable[[], float],
        answer: Callable[[Client, Any, str, Dict[str, Any]], Optional[bytes]],
        welcome: Callable[[], Dict[str, Any]],
        script: Dict[str, Any],
        log: Callable[[str], None],
    ) -> None:
        self.listener = listener
        self.clients: List[Client] = []
        self.counters: Dict[str, int] = {
            "accepted": 0,
            "turned_away": 0,
            "refused": 0,
            "requests": 0,
            "errors": 0,
            "resyncs": 0,
            "bytes_in": 0,
            "bytes_out": 0,
        }
        self._token = token
        self._clock = clock
        self._answer = answer
        self._welcome = welcome
        self._script = script
        self._log = log
        self._next_beat = 0.0
        self._first = 0
        self._pieces = Pace()
        """The pace of encoding the pieces of snapshots."""
        self._is_behind = False
        """True when no piece of a running snapshot was encoded in the last turn."""

    # -- receiving ---------------------------------------------------------------------------------

    def receive(self, spend: Callable[[], bool] = lambda: True) -> None:
        """Accept connections and receive requests while `spend()`; every pump starts with another client."""
        now = self._clock()
        self._accept(now)
        self._first += 1
        start = self._first % max(1, len(self.clients))
        for client in self.clients[start:] + self.clients[:start]:
            if client.closed:
                continue
            try:
                self._receive(client, spend)
            except BridgeError as problem:
                self._refuse(client, None, problem)
            if client.is_stranger and now - client.since > HELLO_S:
                self._refuse(client, None, BridgeError("UNAUTHENTICATED", "The hello took too long"))

    def _accept(self, now: float) -> None:
        """Accept connections; when all slots are taken, disconnect silent strangers first, then the oldest."""
        strangers = [client for client in self.clients if client.is_stranger and not client.closed]
        strangers.sort(key=lambda client: client.state != GREETING)
        places = STRANGERS - len(strangers)
        for _ in range(ACCEPTED_A_TURN):
            connection = self.listener.accept()
            if connection is None:
                return
            if places:
                places -= 1
            else:
                self.counters["turned_away"] += 1
                strangers.pop(0).close()
            self.counters["accepted"] += 1
            self.clients.append(Client(connection, now))

    def _receive(self, client: Client, spend: Callable[[], bool]) -> None:
        taken = 0
        while client.state != LEAVING and not client.closed and taken < BYTES_A_TURN:
            if len(client.waiting) >= WAITING_LINES or client.waiting_bytes >= WAITING_BYTES:
                break
            data = client.connection.receive()
            if data is None:
                break
            if not data:
                client.close()
                return
            taken += len(data)
            self.counters["bytes_in"] += len(data)
            if client.state == GREETING and data[:4] in _HTTP and not client.waiting:
                # A web page made the browser connect to this port; the page gets no readable answer.
                self.counters["refused"] += 1
                client.close()
                return
            try:
                client.feed(data)
            except LineTooLong:
                rule = "A line may have {} bytes".format(client.framer.limit)
                raise BridgeError("TOO_LARGE", rule, limit=client.framer.limit)
            if client.is_stranger:
                break
        for _ in range(REQUESTS_A_TURN):
            if client.job is None:
                line = client.next_line()
                if line is None:
                    break
                client.job = self._take(client, line)
            if not self._continue(client, spend) or not spend():
                break

    def _continue(self, client: Client, spend: Callable[[], bool]) -> bool:
        """Continue with the client's current line; True when it is finished."""
        for _ in client.job or ():
            if not spend():
                return False
        client.job = None
        return True

    def _take(self, client: Client, line: bytes) -> Iterator[None]:
        """Open, read and answer one line; yields between slices."""
        request: Any = None
        try:
            if client.state == SERVED:
                line = yield from client.opening(line)
            if not line.strip():
                return
            self.counters["requests"] += 1
            message = yield from decoding(line)
            if not isinstance(message, dict) or not isinstance(message.get("method"), str):
                raise BridgeError("INVALID_REQUEST", "A request is an object with a `method`")
            request = _id(message)
            params = message.get("params", {})
            if not isinstance(params, dict):
                raise BridgeError("INVALID_PARAMS", "Parameters are given by name, as an object")
            if client.state == SERVED:
                if request is None:
                    return
                result = self._answer(client, request, message["method"], params)
                if result is not None:
                    client.answer(result_line(request, result))
            else:
                client.answer(result_line(request, encode(self._greet(client, message["method"], params))))
        except BadSeal as problem:
            self._refuse(client, None, BridgeError("UNAUTHENTICATED", "The session ends: {}".format(problem)))
        except BridgeError as problem:
            if client.state == SERVED:
                self.counters["errors"] += 1
                client.answer(error_line(request, problem))
            else:
                self._refuse(client, request, problem)
        except Exception as problem:
            # A bug of the script's may cost only one request.
            self.counters["errors"] += 1
            self._log("SetMirror: {} failed: {!r}".format(str(line[:80]), problem))
            client.push(
                error_line(request, BridgeError("INTERNAL", "The request failed: {!r}".format(problem)))
            )

    def _refuse(self, client: Client, request: Any, problem: BridgeError) -> None:
        self.counters["refused"] += 1
        client.push(error_line(request, problem))
        client.leave()

    def _greet(self, client: Client, method: str, params: Dict[str, Any]) -> Dict[str, Any]:
        if client.state == GREETING and method == "bridge.hello":
            return self._hello(client, params)
        if client.state == PROVING and method == "bridge.authenticate":
            expected = auth.client_proof(client.key, client.client_nonce, client.script_nonce)
            if not auth.same(expected, params.get("proof")):
                raise BridgeError("UNAUTHENTICATED", "The proof does not match the token")
            if len(self.served()) >= CLIENTS:
                hint = "close one of them, or try again later"
                raise BridgeError("BUSY", "{} clients are connected already".format(CLIENTS), hint=hint)
            client.serve(script_session(client.key, client.client_nonce, client.script_nonce))
            return self._welcome()
        raise BridgeError("UNAUTHENTICATED", "First bridge.hello, then bridge.authenticate", method[:60])

    def _hello(self, client: Client, params: Dict[str, Any]) -> Dict[str, Any]:
        protocols = params.get("protocols")
        if not isinstance(protocols, list) or not protocols or not all(type(p) is int for p in protocols):
            hint = "send {}".format(list(PROTOCOLS))
            raise BridgeError("INVALID_PARAMS", "`protocols` is a list of numbers", hint=hint)
        common = [number for number in protocols if number in PROTOCOLS]
        if not common:
            older = "client" if max(protocols) < min(PROTOCOLS) else "Remote Script in Live"
            raise BridgeError(
                "UNSUPPORTED_PROTOCOL",
                "The client supports protocols {}, the script {}".format(protocols[:8], list(PROTOCOLS)),
                hint="update the {}".format(older),
                supported=list(PROTOCOLS),
            )
        nonce = params.get("nonce")
        if not isinstance(nonce, str) or not auth.NONCE.match(nonce):
            raise BridgeError("INVALID_PARAMS", "`nonce` is 64 hex digits")
        role, identity = params.get("role"), params.get("identity")
        if role not in auth.ROLES:
            raise BridgeError("INVALID_PARAMS", "`role` is one of {}".format(list(auth.ROLES)))
        if not isinstance(identity, str) or not auth.IDENTITY.match(identity):
            raise BridgeError("INVALID_PARAMS", "`identity` is 1 to 64 letters, digits, - and _")
        about = params.get("client")
        if isinstance(about, dict):
            name, version = str(about.get("name", "?"))[:60], str(about.get("version", ""))[:20]
            client.name = "{} {}".format(name, version).strip()
        client.role, client.identity, client.protocol = role, identity, max(common)
        client.key = auth.client_key(self._token, role, identity)
        client.client_nonce = nonce
        client.script_nonce = auth.new_nonce()
        client.state = PROVING
        return {
            "protocol": client.protocol,
            "nonce": client.script_nonce,
            "proof": auth.script_proof(client.key, nonce, client.script_nonce),
            "script": self._script,
        }

    # -- sending -----------------------------------------------------------------------------------

    @property
    def answered(self) -> int:
        """Requests answered so far, of all connected clients."""
        return sum(client.answered for client in self.clients)

    def served(self) -> List[Client]:
        return [client for client in self.clients if client.state == SERVED and not client.closed]

    def broadcast(self, line: bytes) -> None:
        """Send a batch to every client that watches the Set."""
        for client in self.clients:
            if client.following:
                client.stream(line)

    def notify(self, method: str, params: Dict[str, Any]) -> None:
        """Send a notice to every authenticated client."""
        line = request_line(method, params)
        for client in self.served():
            # Without room the notice is dropped: heartbeats repeat, and a client that is not ready asks again.
            if client.has_room(line):
                client.stream(line)

    def beat(self, epoch: str, revision: int, time: float) -> None:
        """Send the heartbeat when it is due."""
        now = self._clock()
        if now >= self._next_beat:
            self._next_beat = now + HEARTBEAT_S
            self.notify("bridge.heartbeat", {"epoch": epoch, "revision": revision, "time": time})

    @property
    def is_encoding(self) -> bool:
        """True while a snapshot can be encoded further, since its client receives it."""
        return any(
            (client.snapshot is not None or client.snapshots_wanted) and client.outbox_bytes < SNAPSHOT_AHEAD
            for client in self.served()
        )

    def begin_snapshots(self, shadow: Shadow, revision: int, coming: List[str]) -> None:
        """Start the requested snapshots; must be called between two batches."""
        for client in self.served():
            if client.snapshot is None and client.snapshots_wanted:
                snapshot = shadow.snapshot(revision, coming, client.refers)
                client.snapshot = (client.snapshots_wanted.pop(0), snapshot)

    def stream_snapshots(self, shadow: Shadow, epoch: str, end: float, last_end: float) -> None:
        """Continue encoding the running snapshots, in pieces that start before `end` and end before `last_end`.

        If other work takes all time of the turns, one piece is encoded in every other turn.
        """
        encoded = False
        for client in self.clients:
            while client.snapshot is not None and not client.closed and client.outbox_bytes < SNAPSHOT_AHEAD:
                began = time.perf_counter()
                if not self._pieces.fits(began, end, last_end) and (encoded or not self._is_behind):
                    self._is_behind = not encoded
                    return
                self._stream_piece(client, *client.snapshot, shadow, epoch)
                self._pieces.add(time.perf_counter() - began)
                encoded = True
        self._is_behind = False

    def _stream_piece(
        self, client: Client, request: Any, snapshot: Snapshot, shadow: Shadow, epoch: str
    ) -> None:
        """Encode and queue the next piece of a snapshot, or its end."""
        tables = snapshot.take(shadow.rows)
        if tables:
            body = b'{"snapshot":' + encode(request) + b',"tables":[' + b",".join(tables) + b"]}"
            client.push(notification("set.objects", body))
        if not snapshot.is_taken:
            return
        shadow.end_snapshot(snapshot)
        client.snapshot = None
        result = {
            "epoch": epoch,
            "revision": snapshot.revision,
            "count": snapshot.count,
            "coming": snapshot.coming,
        }
        client.push(result_line(request, encode(result)))

    def send(self, epoch: str, revision: int, more: Callable[[], bool] = lambda: True) -> None:
        """Send the bytes that the connections accept, notify clients whose stream was dropped, and close dead ones.

        Every client gets a piece; further pieces are sent while `more()`.
        """
        for client in self.clients:
            if client.dropped and not client.closed:
                about = {"epoch": epoch, "reason": client.dropped, "revision": revision}
                client.dropped = ""
                self.counters["resyncs"] += 1
                client.push(request_line("bridge.resync", about))
            self.counters["bytes_out"] += client.send(SENT_A_TURN, more)

    def forget_closed(self, shadow: Shadow) -> bool:
        """Release the resources of closed clients; True if there were any."""
        closed = [client for client in self.clients if client.closed]
        for client in closed:
            if client.snapshot is not None:
                shadow.end_snapshot(client.snapshot[1])
                client.snapshot = None
        if closed:
            self.clients = [client for client in self.clients if not client.closed]
        return bool(closed)

    def close(self, reason: str) -> None:
        """Send goodbye to every client and close the port; never waits."""
        line = request_line("bridge.bye", {"reason": reason})
        for client in self.clients:
            if client.state == SERVED:
                client.push(line)
                client.send(SENT_A_TURN)
            client.close()
        self.clients = []
        self.listener.close()


def _id(message: Dict[str, Any]) -> Any:
    request = message.get("id")
    number = isinstance(request, int) and not isinstance(request, bool)
    if not (number or request is None or (isinstance(request, str) and len(request) <= 100)):
        raise BridgeError("INVALID_REQUEST", "An `id` is a number or a text of at most 100 characters")
    return request
