"""The fixed checks of `setmirror check`, which any Remote Script must pass, in virtual time on headless Live.

`Course.run` performs the checks of `CHECKS` in order and yields an `Outcome` for each. A check fails for a crash during
the check, and for the problems that its own method returns. LiveAPI calls off the main thread are only counted, so that
one fault does not cause others.

Standard library only, Python 3.7: `python -m remote_script.testkit PATH` runs in the Python of each Live.
"""

from __future__ import annotations

import os
import threading
import time
import warnings
from collections import Counter
from typing import Any, Dict, Generator, Iterator, List, NamedTuple, Optional, Tuple

from ..headless import HeadlessLive, HostedScript, SetSpec, default_set, demo_set
from ..headless.hosting.host import KINDS as MIDI_KINDS
from ..headless.live import LiveEnded
from .actors import Controller, Person
from .faults import Fault, crashes, error_of, left_behind, off_thread

CHECKS: Dict[str, str] = {
    "python": "every file of the script compiles in this Live's Python",
    "load": "create_instance, build_midi_map and refresh_state succeed",
    "ticks": "5 seconds pass, stopped and playing",
    "controller": "every note and CC that the script forwards to itself is pressed and released",
    "edits": "a person adds, renames, moves and deletes tracks, scenes, clips and devices",
    "undo": "at rest the script adds no undo step, and a person's undo reverts the person's edit",
    "stall": "a menu stays open for 5 seconds while Live plays, then everything due arrives in a burst",
    "reload": "the script is switched off and on, and its code is read again",
    "set-change": "another Set is opened, then the first one again",
    "off-thread": "the LiveAPI is used on Live's main thread only",
    "leaks": "after the script is switched off, no listener, timer, socket or thread of it remains",
}
"""Check → its description, in the order of the course."""
PASS, NOTE, FAIL, UNKNOWN, SKIP = "pass", "note", "fail", "unknown", "skip"
VERDICTS = {
    PASS: "the script passed the check",
    NOTE: "the script passed the check, but logged an exception that it had caught itself",
    FAIL: "the script failed the check",
    UNKNOWN: "no result: the script used a part of Live that headless Live does not have",
    SKIP: "not reached, or nothing to do; the detail says which",
}
STALL_S = 5.0
STEP_S = 0.1
BREATH_S = 0.002
"""Real seconds that a script's threads get after each step of virtual time."""
MOST_DETAILS = 5
_FORWARDS = "forward_midi_"


class Outcome(NamedTuple):
    """One check's result; `verdict` is a key of `VERDICTS`, `details` say why, the most important first."""

    check: str
    verdict: str
    details: Tuple[str, ...] = ()


class Course:
    """One run of one script in one Live.

    Args:
      path: The script's folder.
      version: The version of Live, such as "12.4".
      spec: The Set; None is the demo Set.
    """

    def __init__(self, path: str, version: str, spec: Optional[SetSpec] = None) -> None:
        self._spec = spec
        self.live = HeadlessLive(self._set(), version=version, threads="count")
        self.person = Person(self.live)
        self.script = HostedScript(self.live, path, None)
        self.controller = Controller(self.live, self.script)
        self._before = self.live.listener_count()
        self._read = 0
        self._over = ""
        self._first_checks: Dict[str, str] = {}

    def _set(self) -> SetSpec:
        return self._spec if self._spec is not None else demo_set()

    def run(self) -> Generator[Outcome, None, None]:
        """Perform the checks, then close this Live."""
        try:
            for check in CHECKS:
                yield self._perform(check)
        finally:
            self.live.close()

    def _perform(self, check: str) -> Outcome:
        if self._over and check != "off-thread":
            return Outcome(check, SKIP, (self._over,))
        try:
            problems = getattr(self, "_" + check.replace("-", "_"))()
        except LiveEnded:
            problems = ["the script ended Live: %s" % self.live.ended]
        if problems is None:
            return Outcome(check, SKIP, ("the script forwards no note or CC to itself",))
        new = crashes(self.live.log_lines[self._read :])
        self._read = len(self.live.log_lines)
        if self.live.ended:
            self._over = "not reached: the script ended Live"
        elif check == "load" and self.script.instance is None:
            self._over = "not reached: the script could not be created"
        return self._outcome(check, list(problems), new)

    def _outcome(self, check: str, problems: List[str], new: List[Fault]) -> Outcome:
        real = [fault.text for fault in new if fault.kind == "crash" and not fault.is_limit]
        if problems or real:
            return Outcome(check, FAIL, tuple(problems + self._distinct(check, real)))
        if check == "off-thread" and self._over:
            return Outcome(check, SKIP, (self._over,))
        verdict = UNKNOWN if any(fault.is_limit for fault in new) else NOTE if new else PASS
        return Outcome(check, verdict, tuple(self._distinct(check, [fault.text for fault in new])))

    def _distinct(self, check: str, texts: List[str]) -> List[str]:
        """Each text once, with its count, at most `MOST_DETAILS`; an earlier check's text is only named."""
        details = []
        for text, count in Counter(texts).items():
            known = self._first_checks.setdefault(text, check)
            shown = text if known == check else "%s, as in the check %s" % (error_of(text), known)
            details.append(shown if count == 1 else "%s (%d times)" % (shown, count))
        more = len(details) - MOST_DETAILS
        return details[:MOST_DETAILS] + (["and %d more" % more] if more > 0 else [])

    def _pass_time(self, seconds: float) -> None:
        """Let virtual time pass, with a little real time for the script's threads."""
        for _ in range(round(seconds / STEP_S)):
            self.live.run_for(STEP_S)
            if threading.active_count() > 1:
                time.sleep(BREATH_S)

    # -- the checks: each returns its problems, besides crashes ----------------------------------------

    def _python(self) -> List[str]:
        return [problem for path in self._files() for problem in _compile(path, self.script.folder or "")]

    def _files(self) -> Iterator[str]:
        for folder, below, files in os.walk(self.script.folder or ""):
            below[:] = sorted(name for name in below if name != "__pycache__" and not name.startswith("."))
            for name in sorted(files):
                if name.endswith(".py"):
                    yield os.path.join(folder, name)

    def _load(self) -> List[str]:
        self.live.scripts.append(self.script)
        self.script.create()
        self.live._connect_instances()
        return []

    def _ticks(self) -> List[str]:
        self._labels = list(self.live.history)
        self._pass_time(2.0)
        self._at_rest = self._added()
        self.person.do(lambda song: song.start_playing())
        self._pass_time(2.0)
        self.person.do(lambda song: song.stop_playing())
        self._pass_time(1.0)
        return []

    def _added(self) -> List[str]:
        added = len(self.live.history) - len(self._labels)
        problems = [] if not added else ["%d undo steps were added while nobody did anything" % added]
        if self.live.document.history.is_open:
            problems.append("begin_undo_step was called without end_undo_step")
        return problems

    def _controller(self) -> Optional[List[str]]:
        pressed = 0
        for name, args in list(self.script.midi_map):
            kind = name[len(_FORWARDS) :]
            status = next((byte for byte, word in MIDI_KINDS.items() if word == kind and byte != 0x80), None)
            if not name.startswith(_FORWARDS) or status is None:
                continue
            number = 0 if kind == "pitchbend" else int(args[1])
            for value in (127, 0):
                self.controller.send(status | int(args[0]), number, value, wait_s=STEP_S / 2)
            pressed += 1
        self._pass_time(0.5)
        return [] if pressed else None

    def _edits(self) -> List[str]:
        for edit in EDITS:
            self.person.do(edit)
            self._pass_time(0.2)
        self._pass_time(0.5)
        for _ in EDITS:
            self.person.undo()
            self._pass_time(0.2)
        return []

    def _undo(self) -> List[str]:
        song = self.live.song
        before = song.tempo
        self.person.set("song", "tempo", before + 1.0)
        self._pass_time(1.0)
        self.person.undo()
        after = song.tempo
        self._pass_time(0.5)
        problems = list(self._at_rest)
        if abs(after - before) > 1e-3:
            problems.append(
                "a person changed the tempo from %g to %g and chose Undo, which left it at %g: the script writes to "
                "the Set by itself, so Undo reverted the script's change" % (before, before + 1.0, after)
            )
        return problems

    def _stall(self) -> List[str]:
        self.person.do(lambda song: song.start_playing())
        self._pass_time(0.5)
        self.person.open_menu(STALL_S)
        self._pass_time(STALL_S + 2.0)
        self.person.do(lambda song: song.stop_playing())
        return []

    def _reload(self) -> List[str]:
        self.script.reload()
        self._pass_time(1.0)
        return self._present("reload")

    def _set_change(self) -> List[str]:
        self.person.open_set(default_set())
        self._pass_time(1.0)
        problems = self._present("opening another Set")
        self.person.open_set(self._set())
        self._pass_time(1.0)
        return problems

    def _present(self, event: str) -> List[str]:
        return (
            [] if self.script.instance is not None else ["the script could not be created after %s" % event]
        )

    def _off_thread(self) -> List[str]:
        return [fault.text for fault in off_thread(self.live)]

    def _leaks(self) -> List[str]:
        start = len(self.live.log_lines)
        if self.script.instance is not None:
            self.script.disconnect()
        self._pass_time(2.0)
        leaks = [fault.text for fault in left_behind(self.live.log_lines[start:])]
        more = self.live.listener_count() - self._before
        if more > 0 and not leaks:
            leaks.append("%d more listeners than before the script was loaded" % more)
        return leaks


def _compile(path: str, folder: str) -> Iterator[str]:
    with open(path, "rb") as file:
        source = file.read()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as problem:
        line = getattr(problem, "lineno", 0) or 0
        yield "%s:%d: %s" % (os.path.relpath(path, folder), line, getattr(problem, "msg", None) or problem)


# -- the person's actions in the check `edits` -----------------------------------------------------------


def _add_tracks(song: Any) -> None:
    song.create_midi_track(0)
    song.create_audio_track(-1)


def _rename(song: Any) -> None:
    song.tracks[0].name = "Renamed ♯"
    song.tracks[0].color_index = 5


def _make_clip(song: Any) -> None:
    song.tracks[0].clip_slots[0].create_clip(4.0)
    song.tracks[0].clip_slots[0].clip.name = "New"


def _select(song: Any) -> None:
    song.view.selected_track = song.master_track
    song.view.selected_scene = song.scenes[-1]


def _mix(song: Any) -> None:
    song.tracks[-1].mixer_device.volume.value = 0.5
    song.tracks[-1].mute = True


def _duplicate(song: Any) -> None:
    song.duplicate_track(0)
    song.duplicate_scene(0)


def _delete_clip(song: Any) -> None:
    song.tracks[0].clip_slots[0].delete_clip()


def _add_return(song: Any) -> None:
    song.create_return_track()


def _delete_first(song: Any) -> None:
    song.delete_track(0)
    song.delete_scene(0)


def _delete_most(song: Any) -> None:
    while len(song.tracks) > 1:
        song.delete_track(len(song.tracks) - 1)
    while len(song.scenes) > 1:
        song.delete_scene(len(song.scenes) - 1)


EDITS = (
    _add_tracks,
    _rename,
    _make_clip,
    _select,
    _mix,
    _duplicate,
    _delete_clip,
    _add_return,
    _delete_first,
    _delete_most,
)
