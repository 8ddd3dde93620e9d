"""One open project: reads all of it, keeps it up to date by polling, and carries out the script's writes.

A cycle every `POLL_S` asks for project, transport, scenes, selection, then the next `SLICE` tracks (their clips) and
clips (their notes), then the list of tracks. Its answers are applied together. If the list of tracks has changed, the
cycle's answers may be about other tracks, since questions name tracks by number: these questions are asked again. A
write makes the current cycle void. The protocol has no ids: a track is recognized by name, type and place (`matched`).
When more than half of at least two tracks are gone at once, another project is open, and `switched` has the reason.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import partial
from typing import Any

from remote_script.SetMirror.call import UNCHANGED
from remote_script.SetMirror.contract.errors import BridgeError

from .answers import Clips, Info, Notes, Scenes, Selection, Status, TrackRow, Tracks
from .extension import Extension, Lost, Question, Wrong
from .notes import Cell
from .objects import BitwigObject, Clip, ClipSlot, Scene, Song, Track, kind_of

POLL_S = 0.25
SLICE = 20
"""Tracks and clips of one cycle: 80 per second, so a project of 10 tracks with 40 clips is read in 0.6 s."""
ALWAYS: tuple[str, ...] = (
    "project.getInfo",
    "transport.getStatus",
    "clip.getSceneCount",
    "clip.getSelection",
)
READBACK_S = 0.5
"""Seconds that a write waits for its change, which Bitwig may show one turn later; a cycle finds later changes."""
READBACK_EVERY_S = 0.01
SWITCHED_TRACKS = 2
STALE_S = 10.0
"""Seconds without an answer to a question that was answered before, after which the connection counts as lost."""
MISSES = 3
"""The number of refusals in a row after which a clip's notes are absent instead of outdated."""
Wait = Callable[[float], None]


class Project:
    """The open project; `sleep(seconds)` waits."""

    def __init__(self, extension: Extension, sleep: Wait = time.sleep) -> None:
        self.extension = extension
        self._sleep = sleep
        self.song = Song(self)
        self.switched = ""
        """Why another project seems to be open; "" while this one is."""
        self._queue: deque[BitwigObject] = deque()
        self._cycle: list[tuple[BitwigObject | None, str, Any]] = []
        """(object or None for the project, method, answer or None before its arrival) of each question of the cycle."""
        self._answered: dict[str, float] = {}
        """Method → the time of its last answer, for questions about the whole project."""
        self._next = 0.0
        self._round_began = 0.0
        self.whole_s: float | None = None
        """Seconds that the last round through all clips and notes took; None before its end."""
        self.counters = {"cycles": 0, "void": 0}

    @property
    def tracks(self) -> list[Track]:
        """All tracks in the protocol's order."""
        song = self.song
        main = () if song.master_track is None else (song.master_track,)
        return sorted((*song.tracks, *song.return_tracks, *main), key=lambda track: track._index)

    def facts(self) -> dict[str, Any]:
        """How the project is kept up to date, for the bridge's status."""
        return {
            "every_s": POLL_S,
            "questions_per_s": round((len(ALWAYS) + 1 + SLICE) / POLL_S),
            "all_clips_s": None if self.whole_s is None else round(self.whole_s, 2),
            **self.counters,
            **self.extension.counters,
        }

    # -- reading -----------------------------------------------------------------------------------

    def read(self) -> None:
        """Read the whole project and wait for the answers; a refused part is absent, except tracks and scenes.

        Raises:
          BridgeError: tracks or scenes were refused or answered wrongly, or the connection was lost.
        """
        self._apply_tracks(self.extension.ask("track.list"))
        self._apply_scenes(self.extension.ask("clip.getSceneCount").sceneCount)
        self._read_each(self.tracks)
        self._read_each(list(self._clips()))
        for answer in self.extension.ask_each([(method, {}) for method in ALWAYS]):
            self._apply_always(answer)
        self._round_began = self.extension.clock()

    def _read_each(self, subjects: Sequence[BitwigObject]) -> None:
        answers = self.extension.ask_each([self._question(subject) for subject in subjects])
        for subject, answer in zip(subjects, answers, strict=True):
            self._apply(subject, answer)

    def _clips(self) -> Iterator[Clip]:
        for track in self.tracks:
            for slot in track.clip_slots:
                if slot.clip is not None and slot.clip.is_midi_clip:
                    yield slot.clip

    def _question(self, subject: BitwigObject) -> Question:
        if isinstance(subject, Track):
            return "clip.list", {"trackIndex": subject._index}
        assert isinstance(subject, Clip)
        return "clip.getNotes", {**_slot_params(subject.slot), "verbose": True}

    def step(self) -> None:
        """Receive answers, and begin a cycle when it is due; never waits.

        Raises:
          Lost: the connection cannot be used any more.
        """
        extension = self.extension
        extension.receive()
        if extension.waiting:
            return
        if self._cycle:
            self._end_cycle()
        now = extension.clock()
        if now >= self._next and not self.switched:
            self._next = now + POLL_S
            self._begin_cycle(now)

    def _begin_cycle(self, now: float) -> None:
        if not self._queue:
            if self.counters["cycles"]:
                self.whole_s = now - self._round_began
            self._round_began = now
            self._queue.extend([*self.tracks, *self._clips()])
        self.counters["cycles"] += 1
        slice_ = [self._queue.popleft() for _ in range(min(SLICE, len(self._queue)))]
        asked: list[tuple[BitwigObject | None, Question]] = [(None, (method, {})) for method in ALWAYS]
        asked += [(subject, self._question(subject)) for subject in slice_ if subject._alive]
        asked.append((None, ("track.list", {})))
        self._cycle = [(about, method, None) for about, (method, _) in asked]
        for number, (_, (method, params)) in enumerate(asked):
            self.extension.send(method, params, partial(self._keep, number))

    def _keep(self, number: int, answer: Any) -> None:
        about, method, _ = self._cycle[number]
        self._cycle[number] = (about, method, answer)

    def _end_cycle(self) -> None:
        cycle, self._cycle = self._cycle, []
        self._look_for_stale(cycle)
        steady = not isinstance(cycle[-1][2], Wrong | None) and self._apply_tracks(cycle[-1][2])
        for about, method, answer in cycle[:-1]:
            if answer is None or isinstance(answer, Wrong):
                if isinstance(about, Clip) and steady:
                    about._miss(MISSES)
            elif about is None and (steady or method != ALWAYS[-1]):
                self._apply_always(answer)
            elif about is not None and steady and about._alive:
                self._apply(about, answer)
        if not steady:
            self.counters["void"] += 1
            self._queue.extendleft(about for about, _, _ in cycle if about is not None)

    def _look_for_stale(self, cycle: list[tuple[BitwigObject | None, str, Any]]) -> None:
        """Raise Lost when a question about the whole project is no longer answered."""
        now = self.extension.clock()
        for about, method, answer in cycle:
            if about is None and not isinstance(answer, Wrong | None):
                self._answered[method] = now
        for method, at in self._answered.items():
            if now - at > STALE_S:
                raise Lost(f"Bitwig's extension does not answer {method} any more")

    # -- applying answers --------------------------------------------------------------------------

    def _apply_always(self, answer: Any) -> None:
        if isinstance(answer, Info):
            self.song._show(
                tempo=answer.bpm,
                signature_numerator=answer.timeSignatureNumerator,
                signature_denominator=answer.timeSignatureDenominator,
                is_playing=answer.isPlaying,
                record_mode=answer.isRecording,
            )
        elif isinstance(answer, Status):
            self.song._show(
                is_playing=answer.isPlaying,
                record_mode=answer.isRecording,
                current_song_time=answer.position,
            )
        elif isinstance(answer, Scenes):
            self._apply_scenes(answer.sceneCount)
        elif isinstance(answer, Selection):
            self._apply_selection(answer)

    def _apply(self, about: BitwigObject, answer: Any) -> None:
        if isinstance(about, Track) and isinstance(answer, Clips):
            self._apply_clips(about, answer)
        elif isinstance(about, Clip) and isinstance(answer, Notes):
            about._know(answer.notes)

    def _apply_scenes(self, count: int) -> None:
        song = self.song
        scenes = song.scenes
        if count == len(scenes):
            return
        for scene in scenes[count:]:
            scene._die()
        for track in self.tracks:
            track._fit(count)
        song._show(scenes=scenes[:count] + tuple(Scene(song, place) for place in range(len(scenes), count)))
        for scene in song.scenes:
            scene._notify("clip_slots")

    def _apply_tracks(self, answer: Tracks, assignment: list[Track | None] | None = None) -> bool:
        """Apply the list of tracks; True when the tracks and their order are the same as before.

        Args:
          assignment: For each row its track, or None for a new track; `matched` guesses the tracks by default.
        """
        song, rows = self.song, sorted(answer.tracks, key=lambda row: row.index)
        if any(row.index == 0 for row in rows):
            # The extension of DAW MCP's own server; it applies note methods to the selected clip only.
            raise BridgeError(
                "UNSUPPORTED_PROTOCOL",
                "This extension counts tracks from 0, the protocol's document from 1: it speaks another protocol",
                hint="use an extension that follows the document, version 0.8.1",
            )
        known = self.tracks
        if assignment is None or len(assignment) != len(rows):
            assignment = matched(known, rows)
        lost = [track for track in known if track not in assignment]
        if len(lost) >= SWITCHED_TRACKS and 2 * len(lost) > len(known):
            self.switched = f"{len(lost)} of {len(known)} tracks are other ones at once"
            return False
        steady = assignment == known
        tracks = [track or Track(self, song, row) for track, row in zip(assignment, rows, strict=True)]
        for track, row in zip(tracks, rows, strict=True):
            track._take(row)
        if not steady:
            for track in tracks:
                track._fit(len(song.scenes))
            self._arrange(tracks)
            for track in lost:
                track._die()
            for scene in song.scenes:
                scene._notify("clip_slots")
            # New tracks are read first.
            self._queue.extendleft(track for track in tracks if track not in known)
        return steady

    def _arrange(self, tracks: Sequence[Track]) -> None:
        main = next((track for track in tracks if track._kind == "master"), None)
        returns = tuple(track for track in tracks if track._kind == "effect")
        song = self.song
        if main is not song.master_track:
            song._show(master_track=main)
        song._show(
            return_tracks=returns,
            tracks=tuple(track for track in tracks if track is not main and track not in returns),
        )

    def _apply_clips(self, track: Track, answer: Clips) -> None:
        rows = {row.slotIndex: row for row in answer.clips}
        playing = -1
        for slot in track.clip_slots:
            row = rows.get(slot._place + 1)
            clip = slot.clip
            if row is None:
                slot._hold(None)
                slot._show(is_playing=False, is_recording=False)
                continue
            if clip is None:
                clip = Clip(slot, row.name, row.length)
                slot._hold(clip)
                if clip.is_midi_clip:
                    self._queue.appendleft(clip)
            now = {"is_playing": row.isPlaying, "is_recording": row.isRecording}
            slot._show(**now)
            clip._show(name=row.name, loop_end=row.length, length=row.length, **now)
            if row.isPlaying:
                playing = slot._place
        track._show(playing_slot_index=playing)

    def _apply_selection(self, answer: Selection) -> None:
        track = next((track for track in self.tracks if track._index == answer.trackIndex), None)
        slots = () if track is None else track.clip_slots
        place = answer.slotIndex - 1
        slot = slots[place] if 0 <= place < len(slots) else None
        view = self.song.view
        if view.highlighted_clip_slot is not slot:
            view._values["highlighted_clip_slot"] = slot
            # Live notifies a change of the highlighted slot as a change of the selected track and scene.
            view._notify("selected_track")
        view._show(selected_track=track)

    # -- writing -----------------------------------------------------------------------------------

    def _ask(self, method: str, **params: Any) -> Any:
        """Send a request, and discard the current cycle, since its answers may be older than the change."""
        if self._cycle:
            self._queue.extendleft(about for about, _, _ in self._cycle if about is not None)
            self._cycle = []
            self.counters["void"] += 1
        return self.extension.ask(method, **params)

    def _rereads(self, method: str, **params: Any) -> Iterator[Any]:
        """The question's answers, asked repeatedly for `READBACK_S` seconds.

        Raises:
          BridgeError: UNKNOWN_OUTCOME, the change was sent but its result cannot be read.
        """
        until = self.extension.clock() + READBACK_S
        while True:
            yield self._reread(method, **params)
            if self.extension.clock() >= until:
                return
            self._sleep(READBACK_EVERY_S)

    def _reread(self, method: str, **params: Any) -> Any:
        try:
            return self.extension.ask(method, **params)
        except BridgeError as problem:
            rule = f"Bitwig was asked for the change, but its result cannot be read: {problem.rule}"
            raise BridgeError("UNKNOWN_OUTCOME", rule) from None

    def _checked(self, track: Track) -> dict[str, int]:
        """The track's number as parameters, if Bitwig still has this track under that number.

        Raises:
          BridgeError: STALE_REFERENCE, the list of tracks was changed since it was read.
        """
        row = self._ask("track.get", trackIndex=track._index)
        if row.name != track.name or kind_of(row) != track._kind:
            raise BridgeError(
                "STALE_REFERENCE",
                f"Track {track._index} is {row.name!r} by now, not {track.name!r}",
                track.name,
                hint="the mirror follows in a moment; read the Set, then try again",
            )
        return {"trackIndex": track._index}

    def slot_params(self, clip: Clip) -> dict[str, int]:
        """A clip's track and slot as parameters of a question."""
        return _slot_params(clip.slot)

    def set_track(
        self, track: Track, method: str, field: str, value: Any, shown: BitwigObject, name: str
    ) -> None:
        """Set a property of a track, and store the value that Bitwig then has in `shown`."""
        before = shown._values.get(name)
        at = self._checked(track)
        self._ask(method, **at, **{field: value})
        now = before
        for row in self._rereads("track.get", **at):
            now = getattr(row, field)
            if now is None:
                # A track in the document has no `arm`, so the value that was set is used.
                now = value
            if now != before:
                break
        shown._show(**{name: now})

    def select(self, track: Track, slot: ClipSlot | None = None) -> None:
        """Select a track, or a slot of it."""
        at = self._checked(track)
        if slot is None:
            self._ask("track.select", **at)
        else:
            self._ask("clip.select", **_slot_params(slot))
        for answer in self._rereads("clip.getSelection"):
            reached = answer.trackIndex == track._index
            if reached and (slot is None or answer.slotIndex == slot._place + 1):
                break
        self._apply_selection(answer)

    def toggle(self, method: str, field: str, name: str, wanted: bool) -> Any:
        """Toggle a state of the transport, unless the state already has the wanted value."""
        status = self._ask("transport.getStatus")
        if getattr(status, field) is not wanted:
            self._ask(method)
            for status in self._rereads("transport.getStatus"):
                if getattr(status, field) is wanted:
                    break
        elif self.song._values.get(name) is wanted:
            return UNCHANGED
        self._apply_always(status)
        return None

    def jump(self, beats: float) -> None:
        """Go to a position."""
        if not 0 <= beats < math.inf:
            raise BridgeError("INVALID_VALUE", "A position is 0 or more beats", beats)
        before = self._ask("transport.getStatus").position
        self._ask("transport.setPosition", beats=beats)
        for status in self._rereads("transport.getStatus"):
            if status.position != before or before == beats:
                break
        self.song._show(current_song_time=status.position)

    # -- clips -------------------------------------------------------------------------------------

    def _row(self, slot: ClipSlot) -> Any:
        """Bitwig's present row of a slot's clip; None when the slot is empty."""
        return _row_of(slot, self.extension.ask("clip.list", trackIndex=slot.track._index))

    def _checked_clip(self, clip: Clip) -> dict[str, int]:
        """The clip's track and slot, if Bitwig still has the clip there; STALE_REFERENCE otherwise."""
        self._checked(clip.slot.track)
        row = self._row(clip.slot)
        if row is None or row.name != clip.name:
            now = "empty" if row is None else f"a clip {row.name!r}"
            raise BridgeError(
                "STALE_REFERENCE",
                f"Slot {clip.slot._place + 1} of track {clip.slot.track.name!r} has {now} by now",
                clip.name,
                hint="the mirror follows in a moment; read the Set, then try again",
            )
        return _slot_params(clip.slot)

    def create_clip(self, slot: ClipSlot, length: float) -> None:
        """Create a clip in an empty slot."""
        self._checked(slot.track)
        if self._ask("clip.hasContent", **_slot_params(slot)).hasContent:
            raise BridgeError("LIVE_REFUSED", "The slot has a clip already", hint="choose an empty slot")
        self._ask("clip.create", **_slot_params(slot), lengthInBeats=length)
        for answer in self._rereads("clip.list", trackIndex=slot.track._index):
            if _row_of(slot, answer) is not None:
                break
        self._apply_clips(slot.track, answer)
        clip = slot.clip
        if clip is not None and clip.is_midi_clip:
            clip._know(self._reread("clip.getNotes", **_slot_params(slot), verbose=True).notes)

    def delete_clip(self, slot: ClipSlot) -> None:
        """Remove the clip of a slot."""
        if slot.clip is None:
            raise BridgeError("LIVE_REFUSED", "The slot has no clip")
        at = self._checked_clip(slot.clip)
        self._ask("clip.delete", **at)
        for answer in self._rereads("clip.list", trackIndex=slot.track._index):
            if _row_of(slot, answer) is None:
                break
        self._apply_clips(slot.track, answer)

    def stop_clip(self, clip: Clip) -> None:
        """Stop a clip."""
        self._ask("clip.stop", **self._checked_clip(clip))
        for answer in self._rereads("clip.list", trackIndex=clip.slot.track._index):
            row = _row_of(clip.slot, answer)
            if row is None or not (row.isPlaying or row.isRecording):
                break
        self._apply_clips(clip.slot.track, answer)

    def set_clip(self, clip: Clip, method: str, field: str, value: Any) -> None:
        """Set the name or the length of a clip."""
        name = "name" if field == "name" else "length"
        self._ask(method, **self._checked_clip(clip), **{field: value})
        before = now = clip._values[name]
        for answer in self._rereads("clip.list", trackIndex=clip.slot.track._index):
            row = _row_of(clip.slot, answer)
            if row is not None:
                now = getattr(row, name)
            if row is None or now != before:
                break
        clip._show(**({"name": now} if name == "name" else {"loop_end": now, "length": now}))

    def edit_notes(self, clip: Clip, questions: list[Question], ids: dict[Cell, int] | None) -> None:
        """Ask these questions about a clip's notes, if the notes have not changed; then read the notes again."""
        at = self._checked_clip(clip)
        present = {(row.x, row.y): row for row in self._ask("clip.getNotes", **at, verbose=True).notes}
        if not clip._is_as(present.values()):
            raise BridgeError(
                "PRECONDITION_FAILED",
                "Somebody changed the notes of the clip just now",
                clip.name,
                hint="nothing was done; read the notes again",
            )
        try:
            self.extension.ask_all(questions)
        finally:
            if not self.extension.lost:
                clip._know(self._reread("clip.getNotes", **at, verbose=True).notes, ids)

    # -- tracks and scenes -------------------------------------------------------------------------

    def create_track(self, type_: str, position: int) -> Track:
        """Create a track before the track with the protocol's number `position`, or with −1 at the end."""
        known = self.tracks
        self._same_tracks()
        done = self._ask("track.create", type=type_, position=position)
        for answer in self._rereads("track.list"):
            if len(answer.tracks) > len(known):
                break
        assignment: list[Track | None] = [*known]
        if done.trackIndex is not None:
            assignment.insert(done.trackIndex - 1, None)
        self._apply_tracks(answer, assignment)
        self._follow_selection()
        made = [track for track in self.tracks if track not in known]
        if not made:
            raise BridgeError("LIVE_REFUSED", "Bitwig shows no new track", hint="read the Set again")
        return made[0]

    def delete_track(self, track: Track) -> None:
        """Remove a track."""
        self._same_tracks()
        count = len(self.tracks)
        self._ask("track.delete", trackIndices=[track._index])
        for answer in self._rereads("track.list"):
            if len(answer.tracks) < count:
                break
        if len(answer.tracks) == count:
            return
        # The deleted track is known, so `matched` need not guess among tracks of the same name.
        self._apply_tracks(answer, [other for other in self.tracks if other is not track])
        self._follow_selection()

    def _follow_selection(self) -> None:
        """Read the selection that Bitwig changed together with the tracks."""
        self._apply_selection(self._reread("clip.getSelection"))

    def _same_tracks(self) -> None:
        """Raise STALE_REFERENCE when the list of tracks was changed since it was read."""
        rows = sorted(self._ask("track.list").tracks, key=lambda row: row.index)
        if [(row.name, kind_of(row)) for row in rows] != [(track.name, track._kind) for track in self.tracks]:
            raise BridgeError(
                "STALE_REFERENCE",
                "Somebody changed the list of tracks just now",
                hint="the mirror follows in a moment; read the Set, then try again",
            )

    def create_scene(self) -> Scene:
        """Create a scene at the end."""
        count = self._ask("clip.getSceneCount").sceneCount
        self._ask("clip.createScene", count=1)
        for answer in self._rereads("clip.getSceneCount"):
            if answer.sceneCount > count:
                break
        self._apply_scenes(answer.sceneCount)
        scenes: tuple[Scene, ...] = self.song.scenes
        if answer.sceneCount <= count:
            raise BridgeError("LIVE_REFUSED", "Bitwig shows no new scene", hint="read the Set again")
        return scenes[-1]


def _slot_params(slot: ClipSlot) -> dict[str, int]:
    return {"trackIndex": slot.track._index, "slotIndex": slot._place + 1}


def _row_of(slot: ClipSlot, answer: Clips) -> Any:
    return next((row for row in answer.clips if row.slotIndex == slot._place + 1), None)


def matched(known: Sequence[Track], rows: Sequence[TrackRow]) -> list[Track | None]:
    """For each row the track that it describes, None for a new track.

    The match is a guess: tracks with the same name and type in the same order are the same; between two of these, an
    equal number of other tracks counts as renamed; a track with the same name and type at another place was moved.
    """
    old = [(track.name, track._kind) for track in known]
    new = [(row.name, kind_of(row)) for row in rows]
    assignment: list[Track | None] = [None] * len(rows)
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for track, number in zip(known[i1:i2], range(j1, j2), strict=False):
            if tag == "equal" or (i2 - i1 == j2 - j1 and track._kind == new[number][1]):
                assignment[number] = track
    for number, key in enumerate(new):
        if assignment[number] is None:
            assignment[number] = next(
                (
                    track
                    for track, was in zip(known, old, strict=True)
                    if was == key and track not in assignment
                ),
                None,
            )
    return assignment
