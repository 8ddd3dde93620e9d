"""A small and honest implementation of the script's side of the protocol, with its own Set.

`Peer` has the Set as rows, sends each change as a batch, answers snapshots from the rows, has a history and executes
each write once. It makes only the mistakes that a test asks for.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import anyio
import trio

from remote_script.SetMirror.contract import auth, seal
from remote_script.SetMirror.contract.values import NOTE_FIELDS

from .pipes import End, pipe

TOKEN = "ab" * 32


def obj(
    id_: int, type_: str, parent: int | None, role: str, props: dict[str, Any], **children: Any
) -> list[Any]:
    return [id_, type_, parent, role, props, children]


def note(id_: int, pitch: int = 60, start: float = 0.0) -> list[Any]:
    return [id_, pitch, start, 0.5, 100.0, False, 1.0, 0.0, 64.0]


def small_set() -> dict[int, list[Any]]:
    """A song with two tracks (with a volume each), two scenes, four slots, one clip of two notes."""
    rows = [
        obj(
            1,
            "Song",
            None,
            "song",
            {"tempo": 120.0, "is_playing": False, "name": "Set", "loop": False},
            tracks=[2, 3],
            return_tracks=[],
            scenes=[4, 5],
            view=6,
            application=7,
            master_track=8,
        ),
        obj(
            2,
            "Track",
            1,
            "tracks",
            {"name": "Drums", "arm": False, "mute": False, "color": 0, "has_midi_input": True},
            clip_slots=[20, 21],
            mixer_device=22,
            devices=[24],
        ),
        obj(
            3,
            "Track",
            1,
            "tracks",
            {"name": "Bass", "arm": True, "mute": False, "color": 0, "has_midi_input": True},
            clip_slots=[30, 31],
            mixer_device=32,
            devices=[],
        ),
        obj(4, "Scene", 1, "scenes", {"name": "One", "color": 0, "clip_slots": [20, 30]}),
        obj(5, "Scene", 1, "scenes", {"name": "Two", "color": 0, "clip_slots": [21, 31]}),
        obj(6, "Song.View", 1, "view", {"selected_track": 2}),
        obj(7, "Application", 1, "application", {}),
        obj(8, "Track", 1, "master_track", {"name": "Main"}, devices=[], mixer_device=80),
        obj(80, "MixerDevice", 8, "mixer_device", {}, volume=81),
        obj(81, "DeviceParameter", 80, "volume", _parameter("Track Volume", 0.85)),
        obj(20, "ClipSlot", 2, "clip_slots", {"has_clip": True}, clip=40),
        obj(21, "ClipSlot", 2, "clip_slots", {"has_clip": False}, clip=None),
        obj(30, "ClipSlot", 3, "clip_slots", {"has_clip": False}, clip=None),
        obj(31, "ClipSlot", 3, "clip_slots", {"has_clip": False}, clip=None),
        obj(22, "MixerDevice", 2, "mixer_device", {}, volume=23),
        obj(23, "DeviceParameter", 22, "volume", _parameter("Track Volume", 0.85)),
        obj(24, "Device", 2, "devices", {"name": "Filter", "class_name": "AutoFilter"}, parameters=[25, 26]),
        obj(
            25,
            "DeviceParameter",
            24,
            "parameters",
            _parameter("Device On", 1.0, is_quantized=True, value_items=["Off", "On"]),
        ),
        obj(26, "DeviceParameter", 24, "parameters", _parameter("Cutoff", 0.5)),
        obj(32, "MixerDevice", 3, "mixer_device", {}, volume=33),
        obj(33, "DeviceParameter", 32, "volume", _parameter("Track Volume", 0.7)),
        obj(
            40,
            "Clip",
            20,
            "clip",
            {
                "name": "Beat",
                "length": 4.0,
                "looping": True,
                "is_midi_clip": True,
                "notes": [note(1, 36), note(2, 38, 1.0)],
            },
        ),
    ]
    return {row[0]: row for row in rows}


def _parameter(name: str, value: float, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "value": value,
        "min": 0.0,
        "max": 1.0,
        "is_enabled": True,
        "is_quantized": False,
        **more,
    }


class Client:
    """One connection at the peer's end."""

    def __init__(self, end: End) -> None:
        self.end = end
        self.served = False
        self.following = False
        self.key = ""
        self.nonces = ("", "")
        self.seals: seal.Session | None = None

    def send(self, message: dict[str, Any]) -> None:
        self.say(json.dumps(message, separators=(",", ":")).encode())

    def say(self, message: bytes) -> None:
        """Send one line, sealed after the session has started."""
        line = message + b"\n" if self.seals is None else self.seals.outgoing.seal(message)
        try:
            self.end.send_now(line)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            self.served = self.following = False

    def notify(self, method: str, **params: Any) -> None:
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def answer(self, id_: Any, result: Any) -> None:
        self.send({"jsonrpc": "2.0", "id": id_, "result": result})

    def refuse(self, id_: Any, error: str, rule: str = "refused", **facts: Any) -> None:
        from remote_script.SetMirror.contract.errors import BridgeError

        self.send({"jsonrpc": "2.0", "id": id_, "error": BridgeError(error, rule, **facts).to_json()})


class Peer:
    """See the module. `hooks[method]` may answer a request itself; the hook returns True if it did."""

    def __init__(self, nursery: trio.Nursery, rows: dict[int, list[Any]] | None = None) -> None:
        self.nursery = nursery
        self.rows = small_set() if rows is None else rows
        self.epoch = "e1"
        self.revision = 0
        self.history: list[dict[str, Any]] = []
        self.oldest = 0
        self.ready = True
        self.version = "12.4.0"
        self.protocol = 2
        self.beating = True
        self.answering = True
        self.token = TOKEN
        self.accepting = True
        self.clients: list[Client] = []
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.executed: list[str] = []
        self.results: dict[str, Any] = {}
        self.undone: list[list[Any]] = []
        self.undo_stack: list[tuple[str, list[list[Any]]]] = []
        self.hooks: dict[str, Callable[[Client, Any, dict[str, Any]], bool]] = {}
        self.gauges: dict[str, Any] = {"current_song_time": 8.0}
        self.on_pipe: Callable[[End, End], None] = lambda theirs, ours: None
        self.chunk = 4
        self.attended: list[int] = []
        self.next_id = 1000

    # -- the line ----------------------------------------------------------------------------------

    async def connect(self) -> End:
        await trio.lowlevel.checkpoint()
        if not self.accepting:
            raise ConnectionRefusedError("nobody listens")
        theirs, ours = pipe()
        self.on_pipe(theirs, ours)
        client = Client(ours)
        self.clients.append(client)
        self.nursery.start_soon(self._serve, client)
        return theirs

    @property
    def line(self) -> Client:
        """The newest connection."""
        return self.clients[-1]

    def cut(self) -> None:
        self.line.end.cut()

    async def _serve(self, client: Client) -> None:
        buffered = b""
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._beat, client)
                while True:
                    buffered += await client.end.receive()
                    *lines, buffered = buffered.split(b"\n")
                    for line in lines:
                        seals = client.seals
                        self._take(client, json.loads(line if seals is None else seals.incoming.open(line)))
        except* (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError):
            pass
        client.served = client.following = False
        await client.end.aclose()

    async def _beat(self, client: Client) -> None:
        while True:
            await trio.sleep(2.0)
            if client.served and self.beating:
                client.notify(
                    "bridge.heartbeat", epoch=self.epoch, revision=self.revision, time=trio.current_time()
                )

    def _take(self, client: Client, message: dict[str, Any]) -> None:
        method, id_, params = message["method"], message["id"], message["params"]
        self.requests.append((method, params))
        if not self.answering:
            return
        hook = self.hooks.get(method)
        if hook is not None and hook(client, id_, params):
            return
        name = "_" + method.replace(".", "_")
        assert hasattr(self, name), f"tests/mirror/peer.py does not answer {method}: add a method {name}"
        getattr(self, name)(client, id_, params)

    # -- the protocol ------------------------------------------------------------------------------

    def _bridge_hello(self, client: Client, id_: Any, params: dict[str, Any]) -> None:
        client.key = auth.client_key(self.token, params["role"], params["identity"])
        client.nonces = (params["nonce"], auth.new_nonce())
        proof = auth.script_proof(client.key, *client.nonces)
        client.answer(id_, {"protocol": self.protocol, "nonce": client.nonces[1], "proof": proof})

    def _bridge_authenticate(self, client: Client, id_: Any, params: dict[str, Any]) -> None:
        if params["proof"] != auth.client_proof(client.key, *client.nonces):
            client.refuse(id_, "UNAUTHENTICATED", "The proof does not match the token")
            client.end.cut()
            return
        client.served = True
        client.seals = seal.script_session(client.key, *client.nonces)
        client.answer(
            id_,
            {
                "epoch": self.epoch,
                "ready": self.ready,
                "progress": 1.0 if self.ready else 0.5,
                "revision": self.revision,
                "oldest_revision": self.oldest,
                "live": {"version": self.version},
                "script": {"version": "0.1.0", "python": "3.11.6"},
                "set": {"name": "Set", "file_path": ""},
            },
        )

    def _bridge_status(self, client: Client, id_: Any, params: dict[str, Any]) -> None:
        client.answer(id_, {"objects": len(self.rows)})

    def _set_snapshot(self, client: Client, id_: Any, params: dict[str, Any]) -> None:
        if not self.ready:
            client.refuse(id_, "NOT_READY", "The Set is being read", progress=0.5, retry_after_s=0.25)
            return
        rows = list(self.rows.values())
        for start in range(0, len(rows), self.chunk):
            client.notify("set.objects", snapshot=id_, objects=rows[start : start + self.chunk])
        client.answer(id_, {"epoch": self.epoch, "revision": self.revision, "count": len(rows)})

    def _set_watch(self, client: Client, id_: Any, params: dict[str, Any]) -> None:
        after = params["after_revision"]
        if params["epoch"] != self.epoch:
            client.refuse(id_, "EPOCH_CHANGED", "another epoch", epoch=self.epoch)
        elif after < self.oldest:
            client.refuse(id_, "REVISION_TOO_OLD", "too old", oldest=self.oldest)
        elif after > self.revision:
            client.refuse(id_, "INVALID_PARAMS", "from the future")
        else:
            client.answer(id_, {"revision": self.revision})
            client.following = True
            for batch in self.history:
                if batch["revision"] > after:
                    client.notify("set.batch", **batch)

    def _set_attend(self, client: Client, id_: Any, params: dict[str, Any]) -> None:
        self.attended = params["ids"]
        client.answer(id_, {"attended": len(self.attended)})

    def _set_read(self, client: Client, id_: Any, params: dict[str, Any]) -> None:
        values = []
        for target, name in params["items"]:
            row = self.rows.get(target) if isinstance(target, int) else None
            if row is not None and name in row[4]:
                values.append(row[4][name])
            elif name in self.gauges:
                values.append(self.gauges[name])
            else:
                values.append({"error": {"error": "NOT_AVAILABLE", "rule": f"no {name}", "hint": ""}})
        client.answer(id_, {"values": values})

    def _write_result(self, client: Client, id_: Any, params: dict[str, Any]) -> None:
        if params["write"] in self.results:
            client.answer(id_, self.results[params["write"]])
        else:
            client.refuse(id_, "NOT_FOUND", "No write of this id is known")

    def _write_execute(self, client: Client, id_: Any, params: dict[str, Any]) -> None:
        result = self.execute(params)
        if isinstance(result, tuple):
            client.refuse(id_, *result)
        else:
            client.answer(id_, result)

    # -- the Set -----------------------------------------------------------------------------------

    def execute(self, params: dict[str, Any]) -> Any:
        """Run a write once, as the script does; returns the result, or (error, rule)."""
        write = params["write"]
        if write in self.results:
            return self.results[write]
        if any(op["op"] == "call" and op["method"] == "undo" for op in params["ops"]):
            if params.get("if_revision", self.revision) < self.revision:
                return ("PRECONDITION_FAILED", "the Set changed")
            changes = self.undo_stack.pop()[1] if self.undo_stack else []
            results = [{"changed": bool(changes), "verified": True}]
        elif params.get("dry_run"):
            return {
                "write": write,
                "outcome": "unchanged",
                "epoch": self.epoch,
                "revision": self.revision,
                "results": [{"changed": True} for _ in params["ops"]],
                "undo_steps": 0,
                "dry_run": True,
            }
        else:
            self.executed.append(write)
            changes, results, back = [], [], []
            made: list[int] = []
            for op in params["ops"]:
                target = op["target"]
                if isinstance(target, str) and target.startswith("$"):
                    target = made[int(target[1:])]
                if op["op"] == "set":
                    row = next((c[1] for c in changes if c[0] == "add" and c[1][0] == target), None)
                    before = (row or self.rows[target])[4].get(op["name"])
                    for change in changes:
                        if change[0] == "set" and change[1] == target and change[2] == op["name"]:
                            before = change[3]
                    changed = before != op["value"]
                    if changed:
                        changes.append(["set", target, op["name"], op["value"]])
                        back.insert(0, ["set", target, op["name"], before])
                    results.append(
                        {"changed": changed, "before": before, "after": op["value"], "verified": True}
                    )
                    made.append(target)
                elif op["method"] == "create_midi_track":
                    new = self.track("MIDI")
                    changes += [["add", new], ["children", 1, "tracks", [*self.rows[1][5]["tracks"], new[0]]]]
                    back = [
                        ["children", 1, "tracks", list(self.rows[1][5]["tracks"])],
                        ["remove", new[0]],
                        *back,
                    ]
                    made.append(new[0])
                    where = f"tracks/{len(self.rows[1][5]['tracks'])}"
                    results.append(
                        {
                            "changed": True,
                            "verified": True,
                            "result": {"id": new[0], "type": "Track", "ref": where},
                        }
                    )
                else:
                    made.append(target)
                    results.append({"changed": True, "verified": True})
            if back:
                self.undo_stack.append((write, back))
        if changes:
            self.batch(*changes, cause="write", write=write, author=params.get("author"))
        self.results[write] = {
            "write": write,
            "outcome": "verified" if any(r["changed"] for r in results) else "unchanged",
            "epoch": self.epoch,
            "revision": self.revision,
            "results": results,
            "undo_steps": 1 if changes else 0,
        }
        return self.results[write]

    def track(self, name: str) -> list[Any]:
        self.next_id += 1
        return obj(
            self.next_id,
            "Track",
            1,
            "tracks",
            {"name": name, "arm": False, "mute": False, "color": 0},
            clip_slots=[],
            devices=[],
        )

    def batch(self, *changes: list[Any], tell: bool = True, **more: Any) -> int:
        """Change the Set and send a batch to the followers; `tell=False` loses the batch on the way."""
        for change in changes:
            apply_change(self.rows, copy.deepcopy(change))
        self.revision += 1
        payload = {
            "epoch": self.epoch,
            "revision": self.revision,
            "time": 1.0,
            "cause": "live",
            **more,
            "changes": copy.deepcopy(list(changes)),
        }
        self.history.append(payload)
        if tell:
            for client in self.clients:
                if client.following:
                    client.notify("set.batch", **payload)
        return self.revision

    def set(self, id_: int, name: str, value: Any, **more: Any) -> int:
        return self.batch(["set", id_, name, value], **more)

    def add_track(self, name: str, **more: Any) -> int:
        """Append a track; returns its id."""
        new = self.track(name)
        self.batch(["add", new], ["children", 1, "tracks", [*self.rows[1][5]["tracks"], new[0]]], **more)
        return int(new[0])

    def remove_track(self, id_: int, **more: Any) -> None:
        left = [track_id for track_id in self.rows[1][5]["tracks"] if track_id != id_]
        self.batch(
            ["children", 1, "tracks", left],
            *[["remove", object_id] for object_id in reversed(self.below(id_))],
            **more,
        )

    def below(self, id_: int) -> list[int]:
        ids = [id_]
        for parent in ids:
            for children in self.rows[parent][5].values():
                ids += children if isinstance(children, list) else [] if children is None else [children]
        return ids

    def forget_history(self) -> None:
        self.history.clear()
        self.oldest = self.revision

    def open_set(self, rows: dict[int, list[Any]], epoch: str) -> None:
        """Open another Set; the script continues with a new epoch."""
        self.rows, self.epoch, self.revision, self.oldest = rows, epoch, 0, 0
        self.history.clear()
        self.results.clear()
        for client in self.clients:
            client.following = False


def apply_change(rows: dict[int, list[Any]], change: list[Any]) -> None:
    """Apply one change to the rows of a Set, with which mirrors are compared."""
    tag, id_ = change[0], change[1]
    if tag == "set":
        rows[id_][4][change[2]] = change[3]
    elif tag == "absent":
        rows[id_][4].pop(change[2], None)
    elif tag == "children":
        rows[id_][5][change[2]] = change[3]
    elif tag == "add":
        rows[id_[0]] = id_
    elif tag == "remove":
        del rows[id_]
    elif tag == "content":
        by_key = {item[0]: item for item in rows[id_][4].get(change[2], [])}
        by_key.update({item[0]: item for item in change[3]})
        for key in change[4]:
            by_key.pop(key, None)
        rows[id_][4][change[2]] = list(by_key.values())
    else:
        raise AssertionError(f"unknown change {change}")


def plain(nodes: dict[int, Any]) -> dict[int, list[Any]]:
    """A mirror's nodes as rows, with notes in a fixed order and with Live's fields."""
    import msgspec

    plain_rows = {}
    for node in nodes.values():
        props = {
            name: [list(msgspec.structs.astuple(n)[: len(NOTE_FIELDS)]) for n in value]
            if name == "notes"
            else value
            for name, value in node.props.items()
        }
        kids = {
            name: list(value) if isinstance(value, tuple) else value for name, value in node.children.items()
        }
        plain_rows[node.id] = [node.id, node.type, node.parent, node.role, props, kids]
    return plain_rows


def truth(rows: dict[int, list[Any]]) -> dict[int, list[Any]]:
    """The peer's rows in the same form as `plain`."""
    sorted_rows = copy.deepcopy(rows)
    for row in sorted_rows.values():
        if "notes" in row[4]:
            row[4]["notes"].sort(key=lambda item: (item[2], item[1], item[0]))
    return sorted_rows
