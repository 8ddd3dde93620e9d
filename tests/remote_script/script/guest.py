"""A SetMirror over a fake Live with a clock that the test advances, and a client with a replica of the Set."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from mirror.wire import objects_of
from remote_script.SetMirror.contract.menus import NAMES, edited
from remote_script.SetMirror.script import SetMirror

from . import fake_live
from .pipes import Listener, Peer


class Guest:
    """The script in its Live; `pump()` is one timer tick of 10 ms."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, song: Any = None, version: tuple[int, int] = (12, 4)
    ) -> None:
        self.song = song if song is not None else fake_live.song()
        self.world = self.song._world
        self.now = 50.0
        monkeypatch.setitem(sys.modules, "Live", fake_live.live_module(*version))
        self.instance = fake_live.Instance(self.song)
        self.listener = Listener()
        # In real seconds, so that a busy machine does not split one turn into two.
        self.script = SetMirror(self.instance, listener=self.listener, clock=lambda: self.now, budget_s=10.0)

    def pump(self, times: int = 1) -> None:
        for _ in range(times):
            self.now += 0.01
            late, self.world.late = self.world.late, []
            for change in late:
                change()
            self.script.pump()

    def until_ready(self) -> None:
        for _ in range(2000):
            self.pump()
            if self.script.status()["ready"]:
                return
        raise AssertionError(f"not ready: {self.instance.lines}")

    def client(self, room: int = 1 << 30) -> Client:
        peer = Client(self, room)
        hello = peer.hello()
        self.pump()
        proof = peer.authenticate(hello)
        self.pump()
        assert "result" in (peer.reply(proof) or {})
        return peer

    def follower(self) -> Client:
        """A client with a replica of the Set that follows changes."""
        self.until_ready()
        client = self.client()
        client.snapshot()
        client.watch()
        return client


class Client(Peer):
    """A client with `objects` (id → OBJ) from snapshot and batches, exactly as a mirror has them."""

    def __init__(self, guest: Any, room: int = 1 << 30) -> None:
        super().__init__(guest.listener, room)
        self.guest = guest
        self.objects: dict[int, list[Any]] = {}
        self.epoch = ""
        self.revision = -1
        self.batches: list[dict[str, Any]] = []
        self._seen = 0

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a request and pump until the answer has arrived."""
        request = self.ask(method, **params)
        for _ in range(3000):
            self.guest.pump()
            answer = self.reply(request)
            if answer is not None:
                return answer
        raise AssertionError(f"no answer to {method}: {self.guest.instance.lines}")

    def result(self, method: str, **params: Any) -> Any:
        answer = self.call(method, **params)
        assert "result" in answer, answer
        return answer["result"]

    def error(self, method: str, **params: Any) -> dict[str, Any]:
        answer = self.call(method, **params)
        assert "error" in answer, answer
        data: dict[str, Any] = answer["error"]["data"]
        return data

    def snapshot(self, **params: Any) -> None:
        result = self.result("set.snapshot", **params)
        request = self._next
        self.objects = self.received(request)
        assert len(self.objects) == result["count"]
        self.epoch, self.revision = result["epoch"], result["revision"]

    def received(self, request: int) -> dict[int, list[Any]]:
        """The objects of the snapshot that `request` asked for."""
        objects: dict[int, list[Any]] = {}
        for part in self.notices("set.objects"):
            for table in part["tables"] if part["snapshot"] == request else ():
                for obj in objects_of(table):
                    add(objects, obj)
        return objects

    def watch(self) -> None:
        self.result("set.watch", epoch=self.epoch, after_revision=self.revision)

    def write(self, *ops: Any, id: str = "", **params: Any) -> dict[str, Any]:
        params.setdefault("author", "tester")
        return self.call("write.execute", write=id or f"w{self._next}", ops=list(ops), **params)

    def follow(self) -> list[dict[str, Any]]:
        """Apply the received batches; returns the new ones."""
        self.take()
        new = [m["params"] for m in self.got[self._seen :] if m.get("method") == "set.batch"]
        self._seen = len(self.got)
        new = [batch for batch in new if batch["revision"] > self.revision]
        for batch in new:
            assert batch["epoch"] == self.epoch
            assert batch["revision"] == self.revision + 1, "a gap"
            self.revision += 1
            for change in batch["changes"]:
                self._apply(change)
        self.batches += new
        self._check()
        return new

    def _apply(self, change: list[Any]) -> None:
        tag, id_ = change[0], change[1]
        if tag == "add":
            add(self.objects, id_)
        elif tag == "tables":
            for table in id_:
                for obj in objects_of(table):
                    add(self.objects, obj)
        elif tag == "remove":
            del self.objects[id_]
        elif tag == "set":
            self.objects[id_][4][change[2]] = menu(self.objects, change[2], change[3])
        elif tag == "menus":
            for object_id in id_:
                current = self.objects[object_id][4]
                current[change[2]] = edited(current[change[2]], change[3])
        elif tag == "absent":
            self.objects[id_][4].pop(change[2], None)
        elif tag == "children":
            self.objects[id_][5][change[2]] = change[3]
        elif tag == "content":
            current = {item[0]: item for item in self.objects[id_][4][change[2]]}
            current.update({item[0]: item for item in change[3]})
            for key in change[4]:
                del current[key]
            self.objects[id_][4][change[2]] = list(current.values())
        else:
            raise AssertionError(f"unknown change {change}")

    def _check(self) -> None:
        """Assert that lists name existing objects only, and that every object is in its parent's list."""
        for id_, (_, _, parent, role, _, children) in self.objects.items():
            for value in children.values():
                for child in value if isinstance(value, list) else [] if value is None else [value]:
                    assert child in self.objects, f"{id_} names {child}"
            if parent is not None:
                siblings = self.objects[parent][5][role]
                assert siblings == id_ or id_ in siblings

    def comparable(self) -> dict[int, Any]:
        """The replica with notes in a fixed order."""
        replica = {}
        for id_, (own, type_, parent, role, props, children) in self.objects.items():
            props = {n: sorted(v) if n == "notes" else v for n, v in props.items()}
            replica[id_] = [own, type_, parent, role, props, children]
        return replica

    def at(self, ref: str) -> list[Any]:
        """The object at a ref in the replica."""
        target: Any = next(id_ for id_, obj in self.objects.items() if obj[2] is None)
        for part in [] if ref == "song" else ref.split("/"):
            target = target[int(part)] if part.isdigit() else self.objects[target][5][part]
        return self.objects[target]


def add(objects: dict[int, list[Any]], obj: list[Any]) -> None:
    """Add an object of the wire to `objects`, with whole menus."""
    obj[4] = {name: menu(objects, name, value) for name, value in obj[4].items()}
    objects[obj[0]] = obj


def menu(objects: dict[int, list[Any]], name: str, value: Any) -> Any:
    """A value of the wire, with a reference to another object's menu resolved."""
    if name not in NAMES or not isinstance(value, dict):
        return value
    labels = list(objects[value["like"]][4][name])
    for start, stop, inserted in reversed(value.get("edit", [])):
        labels[start:stop] = inserted
    return labels
