"""Stand-in Bitwig, `setmirror bitwig`, mirror and MCP in one process and in virtual time.

async with bitwig() as whole:                  # with `autojump_clock` among the test's fixtures
    whole.standin.project.bpm = 99.0           # a person does it in Bitwig
    await whole.settled()
    answer = await whole.call("set_track", track=0, mute=True)
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import trio

from mcp_server.bitwig.extension import Extension
from mcp_server.bitwig.side import Runner
from mcp_server.policy import Policy
from tests.remote_script.script.pipes import Listener
from tests.whole import LONG_S, TICK_S, Whole, connected

from .standin import Project, StandIn


class Line:
    """The extension's end of a connection: answers arrive after `delay_s`, or never after a cut."""

    def __init__(self, standin: StandIn, time: Time) -> None:
        self.standin = standin
        self.time = time
        self.delay_s = 0.0
        self.silent = False
        self.is_cut = False
        self.closed = False
        self.change: Callable[[bytes], bytes] = lambda line: line
        """A function that changes an answer line on its way."""
        self._partial_line = b""
        self._arriving: deque[tuple[float, bytes]] = deque()

    def setblocking(self, blocking: bool) -> None:
        assert not blocking

    def send(self, data: bytes) -> int:
        if self.is_cut:
            raise ConnectionResetError("cut")
        *lines, self._partial_line = (self._partial_line + data).split(b"\n")
        for line in lines:
            answer = self.change(self.standin.answer(line))
            if not self.silent:
                self._arriving.append((self.time.now() + self.delay_s, answer))
        return len(data)

    def recv(self, most: int) -> bytes:
        if self.is_cut:
            return b""
        if not self._arriving or self._arriving[0][0] > self.time.now():
            raise BlockingIOError
        return self._arriving.popleft()[1]

    def close(self) -> None:
        self.closed = True

    def wait(self, connection: Any, writing: bool, seconds: float) -> None:
        """Advance the time until the next answer has arrived."""
        if not self.is_cut:
            due = self._arriving[0][0] if self._arriving else float("inf")
            self.time.seconds = min(max(due, self.time.now()), self.time.now() + seconds)


class Time:
    """A clock that advances only by waiting."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


class Stage:
    """The process of `setmirror bitwig`, with the interface of a stage with headless Live."""

    def __init__(self, project: Project | None = None) -> None:
        self.time = Time()
        self.standin = StandIn(project)
        self.lines: list[Line] = []
        self.away = False
        """True while Bitwig is not running."""
        self.log: list[str] = []
        self.listener = Listener()
        self.live = self
        self.history: list[str] = []
        self.runner = Runner(self._reach, self._listen, self.log.append, self.time.now, self.time.sleep)

    def _reach(self) -> Extension:
        if self.away:
            raise ConnectionRefusedError("Connection refused")
        line = Line(self.standin, self.time)
        self.lines.append(line)
        return Extension(line, self.time.now, self.log.append, line.wait)

    def _listen(self) -> Listener:
        self.listener = Listener()
        return self.listener

    @property
    def line(self) -> Line:
        return self.lines[-1]

    @property
    def script(self) -> Any:
        return self.runner.side

    def run_for(self, seconds: float) -> None:
        self.time.seconds += seconds
        self.runner.turn()


class BitwigWhole(Whole):
    """The whole path with Bitwig; the module's first lines describe it."""

    stage: Any

    def _ticks(self) -> int:
        """One: what is due in Bitwig is not known in advance."""
        return 1

    @property
    def standin(self) -> StandIn:
        return self.stage.standin  # type: ignore[no-any-return]

    @property
    def line(self) -> Line:
        return self.stage.line  # type: ignore[no-any-return]

    async def connect(self) -> Any:
        if self.stage.script is None:
            await trio.lowlevel.checkpoint()
            raise ConnectionRefusedError
        return await super().connect()

    async def settled(self) -> None:
        """Wait for complete cycles and for the mirror."""
        await trio.sleep(0.8)
        await self.mirror.wait_synced(LONG_S)

    async def differences(self) -> list[str]:
        """The differences between Bitwig and the mirror after all work has ended."""
        await self.settled()
        assert self.mirror.store.faults() == []
        bitwig, mirrored = in_bitwig(self.standin.project), in_mirror(self.mirror)
        return [
            f"{name}: Bitwig {bitwig.get(name)!r}, mirror {mirrored.get(name)!r}"
            for name in {**bitwig, **mirrored}
            if bitwig.get(name) != mirrored.get(name)
        ]


def in_bitwig(project: Project) -> dict[str, Any]:
    """All values of a project that the protocol offers, by name."""
    state: dict[str, Any] = {
        "song": (project.bpm, project.numerator, project.denominator, project.playing, project.recording),
        "scenes": project.scenes,
    }
    places = {"tracks": 0, "return_tracks": 0}
    for number, track in enumerate(project.tracks, 1):
        role = "return_tracks" if track.type == "effect" else "tracks"
        ref = f"{role}/{places[role]}"
        places[role] += 1
        state[ref] = (track.name, track.type, track.volume, track.pan, track.mute, track.solo)
        if number == project.selected[0]:
            state["selected"] = ref
        for slot, clip in track.clips.items():
            if slot > project.scenes:
                # The clip's scene was deleted.
                continue
            at = f"{ref}/clip_slots/{slot - 1}/clip"
            state[at] = (clip.name, clip.length, clip.isPlaying, clip.isRecording)
            if track.type == "instrument":
                state[at + "/notes"] = {
                    (x * 0.25, y): (
                        note.velocity, note.duration, note.gain, note.pan, note.pressure, note.timbre,
                        note.transpose, note.chance, note.muted,
                    )
                    for (x, y), note in clip.notes.items()
                }  # fmt: skip
    return state


def in_mirror(mirror: Any) -> dict[str, Any]:
    """The same values in the mirror."""
    root = mirror.resolve("song")
    names = ("tempo", "signature_numerator", "signature_denominator", "is_playing", "record_mode")
    state: dict[str, Any] = {"song": tuple(root.props[name] for name in names)}
    state["scenes"] = len(mirror.children(root, "scenes"))
    chosen = mirror.resolve("view").props["selected_track"]
    for role in ("tracks", "return_tracks"):
        for track in mirror.children(root, role):
            ref, props = mirror.ref(track.id), track.props
            kind = "instrument" if props["has_midi_input"] else "audio"
            mixer = mirror.child(track, "mixer_device")
            levels = [mirror.child(mixer, name).props["value"] for name in ("volume", "panning")]
            kind = "effect" if role == "return_tracks" else kind
            state[ref] = (track.name, kind, *levels, props["mute"], props["solo"])
            if track.id == chosen:
                state["selected"] = ref
            for slot in mirror.children(track, "clip_slots"):
                clip = mirror.child(slot, "clip")
                if clip is not None:
                    at = mirror.ref(clip.id)
                    state[at] = (
                        clip.name,
                        *(clip.props[n] for n in ("length", "is_playing", "is_recording")),
                    )
                    if "notes" in clip.props:
                        state[at + "/notes"] = {
                            (n.start_time, n.pitch): _values(n) for n in clip.props["notes"]
                        }
    return state


def _values(note: Any) -> tuple[Any, ...]:
    names = ("velocity", "duration", "gain", "pan", "pressure", "timbre", "transpose", "probability", "mute")
    return tuple(getattr(note, name) for name in names)


@asynccontextmanager
async def bitwig(project: Project | None = None, policy: Policy | None = None) -> AsyncIterator[BitwigWhole]:
    """Run all parts, synced; checks at the end that the script has not failed."""
    stage = Stage(project)
    async with connected(BitwigWhole(stage, TICK_S), policy) as whole:  # type: ignore[arg-type]
        yield whole
    if stage.script is not None:
        assert stage.script.counters["failures"] == 0, stage.log
    stage.runner.close()
