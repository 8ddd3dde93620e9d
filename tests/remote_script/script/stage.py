"""The script in headless Live in virtual time, with clients and an oracle for a client's replica."""

from __future__ import annotations

import types
from typing import Any

from remote_script.headless import HeadlessLive
from remote_script.SetMirror.script import SetMirror
from tests import oracle

from .guest import Client
from .pipes import Listener


class Stage:
    """A headless Live with the script; `pump()` advances Live's time by 10 ms."""

    def __init__(self, spec: Any = None, version: str = "12.4", **options: Any) -> None:
        self.live = HeadlessLive(spec, version=version)
        self.listener = Listener()
        self.scripts: list[SetMirror] = []
        module = types.SimpleNamespace(create_instance=lambda c: self._create(c, options))
        self.hosted = self.live.load_script(module, "SetMirror")
        self.instance = types.SimpleNamespace(lines=self.hosted.log)

    def _create(self, c_instance: Any, options: dict[str, Any]) -> SetMirror:
        self.listener = Listener()
        script = SetMirror(c_instance, listener=self.listener, clock=self.live.clock.now, **options)
        self.scripts.append(script)
        return script

    @property
    def script(self) -> SetMirror:
        return self.scripts[-1]

    @property
    def song(self) -> Any:
        return self.live.song

    def pump(self, times: int = 1) -> None:
        for _ in range(times):
            self.live.run_for(0.01)

    def until_ready(self) -> None:
        for _ in range(20_000):
            if self.script.status()["ready"]:
                return
            self.pump()
        raise AssertionError(f"not ready: {self.hosted.log}")

    def client(self, room: int = 1 << 30, role: str = "agent") -> Client:
        peer = Client(self, room)
        hello = peer.hello(role)
        self.pump(4)
        proof = peer.authenticate(hello)
        self.pump(4)
        assert "result" in (peer.reply(proof) or {})
        return peer

    def follower(self) -> Client:
        self.until_ready()
        client = self.client()
        client.snapshot()
        client.watch()
        return client

    def differences(self, client: Client) -> list[str]:
        """Differences between Live and the client's replica, after all work and an audit have ended."""
        self.live.run_for(0.5)
        client.follow()
        # With a larger share than usual one pump audits everything.
        share, self.script.audit_time.share_s = self.script.audit_time.share_s, 1.0
        passes = self.script.audit.counters["passes"] + 2
        for _ in range(1000):
            self.live.run_for(0.02)
            if self.script.audit.counters["passes"] >= passes:
                break
        self.script.audit_time.share_s = share
        self.live.run_for(0.1)
        client.follow()
        differing = oracle.differences(self.live.song, self.live.application, Replica(client))
        return list(differing)


class Replica:
    """A client's objects in the form that the oracle walks."""

    def __init__(self, client: Client) -> None:
        self.nodes = {}
        for id_, (_, type_, _, _, props, children) in client.objects.items():
            child_ids = {name: tuple(v) if isinstance(v, list) else v for name, v in children.items()}
            self.nodes[id_] = types.SimpleNamespace(id=id_, type=type_, props=props, children=child_ids)
        self.root = next(id_ for id_, obj in client.objects.items() if obj[2] is None)

    def resolve(self, ref: str) -> Any:
        assert ref == "song"
        return self.nodes[self.root]

    def node(self, id_: int) -> Any:
        return self.nodes[id_]

    def notes(self, id_: int) -> list[Any]:
        names = ("note_id", "pitch", "start_time", "duration", "velocity", "mute", "probability")
        names += ("velocity_deviation", "release_velocity")
        notes = self.nodes[id_].props.get("notes", [])
        return [types.SimpleNamespace(**dict(zip(names, note, strict=True))) for note in notes]
