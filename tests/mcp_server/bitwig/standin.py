"""A stand-in for Bitwig with its extension, made only from the document of DAW MCP's protocol 0.8.1.

`StandIn.answer` takes a request line and returns the answer line; indices count from 1, a step is a sixteenth. A person
edits `project` directly. Faults: `wrong` replaces results of methods, `refuse` answers with an error; `Line` in `world`
delays and cuts answers. As a program it serves one project over TCP, and reads a person's edits from stdin:

    python -m tests.mcp_server.bitwig.standin --port 8181       # {"tempo": 99}, {"track": 1, "volume": 0.5}, …
"""

from __future__ import annotations

import argparse
import json
import socketserver
import sys
import threading
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Note:
    velocity: float = 100.0
    duration: float = 0.25
    gain: float = 1.0
    pan: float = 0.0
    pressure: float = 0.0
    timbre: float = 0.0
    transpose: float = 0
    chance: float = 1.0
    muted: bool = False


@dataclass
class Clip:
    name: str = ""
    length: float = 4.0
    isPlaying: bool = False
    isRecording: bool = False
    notes: dict[tuple[int, int], Note] = field(default_factory=dict)


@dataclass
class Track:
    name: str
    type: str = "instrument"
    volume: float = 0.8
    pan: float = 0.0
    mute: bool = False
    solo: bool = False
    arm: bool = False
    clips: dict[int, Clip] = field(default_factory=dict)


@dataclass
class Project:
    tracks: list[Track]
    scenes: int = 8
    bpm: float = 120.0
    numerator: int = 4
    denominator: int = 4
    playing: bool = False
    recording: bool = False
    position: float = 0.0
    selected: tuple[int, int] = (1, 1)


def song() -> Project:
    """A project of bass and drums with a clip each, an audio track, and an effect track."""
    bass = Track(
        "Bass", clips={1: Clip("Intro", notes={(0, 36): Note(), (4, 38): Note(80.0, 0.5, gain=0.7)})}
    )
    drums = Track("Drums", clips={1: Clip("Beat", 2.0), 3: Clip("Fill", 1.0)})
    return Project([bass, drums, Track("Vocals", "audio"), Track("Reverb", "effect")])


def other_song() -> Project:
    """Another project."""
    return Project([Track("Piano"), Track("Strings"), Track("Flute")], scenes=4, bpm=90.0)


class Refusal(Exception):
    """An error of the protocol."""

    def __init__(self, message: str, code: int = -32000) -> None:
        super().__init__(message)
        self.code = code


class StandIn:
    """The stand-in; the module's first lines describe it."""

    def __init__(self, project: Project | None = None) -> None:
        self.project = project or song()
        self.asked: list[str] = []
        self.wrong: dict[str, Any] = {}
        """Method → the answer instead of its result."""
        self.refuse: dict[str, Refusal] = {}
        self.shows_arm = False
        """True if a track's answer has `arm`, which is not in the document."""

    def answer(self, line: bytes) -> bytes:
        """The answer line to a request line."""
        request = json.loads(line)
        method = request["method"]
        self.asked.append(method)
        about = {"jsonrpc": "2.0", "id": request["id"]}
        try:
            if method in self.refuse:
                raise self.refuse[method]
            handler = getattr(self, "do_" + method.replace(".", "_"), None)
            if handler is None:
                raise Refusal(f"Method not found: {method}", -32601)
            result = handler(request.get("params") or {})
        except Refusal as problem:
            error = {"code": problem.code, "message": str(problem)}
            return json.dumps({**about, "error": error}).encode() + b"\n"
        except (KeyError, IndexError, TypeError, ValueError) as problem:
            error = {"code": -32000, "message": f"{method}: {problem!r}"}
            return json.dumps({**about, "error": error}).encode() + b"\n"
        return json.dumps({**about, "result": self.wrong.get(method, result)}).encode() + b"\n"

    # -- what indices mean -------------------------------------------------------------------------

    def track(self, p: dict[str, Any]) -> Track:
        index = p.get("trackIndex", self.project.selected[0])
        if not 1 <= index <= len(self.project.tracks):
            raise Refusal(f"Track does not exist: {index}")
        return self.project.tracks[index - 1]

    def slot(self, p: dict[str, Any]) -> int:
        slot = p.get("slotIndex", self.project.selected[1])
        if not 1 <= slot <= self.project.scenes:
            raise Refusal(f"Slot does not exist: {slot}")
        return int(slot)

    def clip(self, p: dict[str, Any]) -> Clip:
        clip = self.track(p).clips.get(self.slot(p))
        if clip is None:
            raise Refusal("No clip in this slot")
        return clip

    def note(self, p: dict[str, Any]) -> Note:
        note = self.clip(p).notes.get((p["x"], p["y"]))
        if note is None:
            raise Refusal(f"No note at {p['x']}, {p['y']}")
        return note

    # -- the methods -------------------------------------------------------------------------------

    def do_ping(self, p: dict[str, Any]) -> Any:
        return {"pong": True}

    def do_project_getInfo(self, p: dict[str, Any]) -> Any:
        now = self.project
        return {
            "bpm": now.bpm,
            "timeSignatureNumerator": now.numerator,
            "timeSignatureDenominator": now.denominator,
            "isPlaying": now.playing,
            "isRecording": now.recording,
        }

    def do_transport_getStatus(self, p: dict[str, Any]) -> Any:
        now = self.project
        return {"isPlaying": now.playing, "isRecording": now.recording, "position": now.position}

    def do_transport_setPosition(self, p: dict[str, Any]) -> Any:
        self.project.position = float(p["beats"])
        return {"success": True}

    def do_transport_togglePlay(self, p: dict[str, Any]) -> Any:
        self.project.playing = not self.project.playing
        return {"success": True}

    def do_transport_toggleRecord(self, p: dict[str, Any]) -> Any:
        self.project.recording = not self.project.recording
        return {"success": True}

    def _row(self, index: int, track: Track) -> dict[str, Any]:
        names = ("name", "type", "volume", "pan", "mute", "solo") + (("arm",) if self.shows_arm else ())
        return {"index": index, **{name: getattr(track, name) for name in names}}

    def do_track_list(self, p: dict[str, Any]) -> Any:
        return {"tracks": [self._row(n, track) for n, track in enumerate(self.project.tracks, 1)]}

    def do_track_get(self, p: dict[str, Any]) -> Any:
        return self._row(p["trackIndex"], self.track(p))

    def do_track_create(self, p: dict[str, Any]) -> Any:
        type_, position = p.get("type", "instrument"), p.get("position", -1)
        if type_ not in ("instrument", "audio", "effect"):
            raise Refusal(f"Unknown track type: {type_}")
        tracks = self.project.tracks
        place = len(tracks) if position == -1 else position - 1
        tracks.insert(place, Track(p.get("name") or f"{type_.title()} {len(tracks) + 1}", type_))
        return {"success": True, "trackIndex": place + 1}

    def do_track_delete(self, p: dict[str, Any]) -> Any:
        for index in sorted(p["trackIndices"], reverse=True):
            self.track({"trackIndex": index})
            del self.project.tracks[index - 1]
        return {"success": True}

    def _set(self, p: dict[str, Any], name: str) -> Any:
        setattr(self.track(p), name, p[name])
        return {"success": True}

    def do_track_setName(self, p: dict[str, Any]) -> Any:
        return self._set(p, "name")

    def do_track_setVolume(self, p: dict[str, Any]) -> Any:
        return self._set(p, "volume")

    def do_track_setPan(self, p: dict[str, Any]) -> Any:
        return self._set(p, "pan")

    def do_track_setMute(self, p: dict[str, Any]) -> Any:
        return self._set(p, "mute")

    def do_track_setSolo(self, p: dict[str, Any]) -> Any:
        return self._set(p, "solo")

    def do_track_setArm(self, p: dict[str, Any]) -> Any:
        return self._set(p, "arm")

    def do_track_select(self, p: dict[str, Any]) -> Any:
        self.track(p)
        self.project.selected = (p["trackIndex"], self.project.selected[1])
        return {"success": True}

    def do_clip_list(self, p: dict[str, Any]) -> Any:
        names = ("name", "length", "isPlaying", "isRecording")
        clips = sorted(self.track(p).clips.items())
        return {"clips": [{"slotIndex": n, **{name: getattr(c, name) for name in names}} for n, c in clips]}

    def do_clip_create(self, p: dict[str, Any]) -> Any:
        track = self.track(p)
        empty = (n for n in range(1, self.project.scenes + 1) if n not in track.clips)
        slot = p["slotIndex"] if "slotIndex" in p else next(empty)
        self.slot({"slotIndex": slot})
        if slot in track.clips:
            raise Refusal("The slot has a clip already")
        track.clips[slot] = Clip(p.get("name", ""), float(p.get("lengthInBeats", 4)))
        return {"success": True, "slotIndex": slot}

    def do_clip_delete(self, p: dict[str, Any]) -> Any:
        self.clip(p)
        del self.track(p).clips[self.slot(p)]
        return {"success": True}

    def do_clip_select(self, p: dict[str, Any]) -> Any:
        self.track(p)
        self.project.selected = (p["trackIndex"], self.slot(p))
        return {"success": True}

    def do_clip_getSelection(self, p: dict[str, Any]) -> Any:
        track, slot = self.project.selected
        has = 1 <= track <= len(self.project.tracks) and slot in self.project.tracks[track - 1].clips
        return {"trackIndex": track, "slotIndex": slot, "hasClip": has}

    def do_clip_hasContent(self, p: dict[str, Any]) -> Any:
        return {"hasContent": self.slot(p) in self.track(p).clips}

    def do_clip_findEmptySlots(self, p: dict[str, Any]) -> Any:
        track, start = self.track(p), p.get("startSlot", 1)
        empty = [n for n in range(start, self.project.scenes + 1) if n not in track.clips]
        return {"emptySlots": empty[: p.get("count", 1)]}

    def do_clip_getSceneCount(self, p: dict[str, Any]) -> Any:
        return {"sceneCount": self.project.scenes}

    def do_clip_createScene(self, p: dict[str, Any]) -> Any:
        count = p.get("count", 1)
        self.project.scenes += count
        return {"success": True, "created": count, "sceneCount": self.project.scenes}

    def do_clip_setName(self, p: dict[str, Any]) -> Any:
        self.clip(p).name = p["name"]
        return {"success": True}

    def do_clip_setLength(self, p: dict[str, Any]) -> Any:
        self.clip(p).length = float(p["lengthInBeats"])
        return {"success": True}

    def do_clip_stop(self, p: dict[str, Any]) -> Any:
        clip = self.clip(p)
        clip.isPlaying = clip.isRecording = False
        return {"success": True}

    # -- notes -------------------------------------------------------------------------------------

    def do_clip_getNotes(self, p: dict[str, Any]) -> Any:
        notes = sorted(self.clip(p).notes.items())
        if p.get("verbose"):
            rows: list[Any] = [{"x": x, "y": y, **vars(note)} for (x, y), note in notes]
        else:
            rows = [[x, y, note.velocity, note.duration] for (x, y), note in notes]
        return {"notes": rows, "count": len(rows)}

    def do_clip_setNote(self, p: dict[str, Any]) -> Any:
        note = self.clip(p).notes.setdefault((p["x"], p["y"]), Note())
        note.velocity, note.duration = float(p.get("velocity", 100)), float(p.get("duration", 0.25))
        return {"success": True}

    def do_clip_clearNote(self, p: dict[str, Any]) -> Any:
        self.note(p)
        del self.clip(p).notes[p["x"], p["y"]]
        return {"success": True}

    def do_clip_clearAllNotes(self, p: dict[str, Any]) -> Any:
        self.clip(p).notes.clear()
        return {"success": True}

    def do_clip_clearNotesAtPitch(self, p: dict[str, Any]) -> Any:
        notes = self.clip(p).notes
        for place in [place for place in notes if place[1] == p["pitch"]]:
            del notes[place]
        return {"success": True}

    def do_clip_moveNote(self, p: dict[str, Any]) -> Any:
        note = self.note(p)
        notes = self.clip(p).notes
        del notes[p["x"], p["y"]]
        notes[p["x"] + p["dx"], p["y"] + p["dy"]] = note
        return {"success": True}

    def do_clip_transpose(self, p: dict[str, Any]) -> Any:
        clip = self.clip(p)
        clip.notes = {(x, y + p["semitones"]): note for (x, y), note in clip.notes.items()}
        return {"success": True}

    def _set_note(self, p: dict[str, Any], name: str, factor: float = 1.0) -> Any:
        value = p[name]
        setattr(self.note(p), name, value if isinstance(value, bool) else value * factor)
        return {"success": True}

    def do_clip_setNoteVelocity(self, p: dict[str, Any]) -> Any:
        if not 0 <= p["velocity"] <= 1:
            raise Refusal("velocity is 0.0 to 1.0")
        return self._set_note(p, "velocity", 127.0)

    def do_clip_setNoteDuration(self, p: dict[str, Any]) -> Any:
        return self._set_note(p, "duration")

    def do_clip_setNoteGain(self, p: dict[str, Any]) -> Any:
        return self._set_note(p, "gain")

    def do_clip_setNotePan(self, p: dict[str, Any]) -> Any:
        return self._set_note(p, "pan")

    def do_clip_setNotePressure(self, p: dict[str, Any]) -> Any:
        return self._set_note(p, "pressure")

    def do_clip_setNoteTimbre(self, p: dict[str, Any]) -> Any:
        return self._set_note(p, "timbre")

    def do_clip_setNoteTranspose(self, p: dict[str, Any]) -> Any:
        return self._set_note(p, "transpose")

    def do_clip_setNoteChance(self, p: dict[str, Any]) -> Any:
        return self._set_note(p, "chance")

    def do_clip_setNoteMuted(self, p: dict[str, Any]) -> Any:
        return self._set_note(p, "muted")


METHODS = [name[3:].replace("_", ".", 1) for name in vars(StandIn) if name.startswith("do_")]
"""All methods of the document."""


# -- as a program --------------------------------------------------------------------------------------


def by_person(standin: StandIn, wish: dict[str, Any]) -> None:
    """A person's edit: {"open": "other"}, {"track": N, property: value}, or a property of the project."""
    if "open" in wish:
        standin.project = other_song() if wish["open"] == "other" else song()
        return
    target: Any = standin.project
    if "track" in wish:
        target = standin.project.tracks[wish.pop("track") - 1]
    for name, value in wish.items():
        setattr(target, name, value)


def serve(standin: StandIn, port: int) -> socketserver.ThreadingTCPServer:
    """Serve on 127.0.0.1 in threads, one request at a time; 0 takes any free port."""
    lock = threading.Lock()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            for line in self.rfile:
                with lock:
                    answer = standin.answer(line)
                self.wfile.write(answer)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    server = Server(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return server


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8181)
    standin = StandIn()
    server = serve(standin, parser.parse_args().port)
    print(json.dumps({"port": server.server_address[1]}), flush=True)
    for line in sys.stdin:
        by_person(standin, json.loads(line))
        print(json.dumps({"done": True}), flush=True)


if __name__ == "__main__":
    main()
