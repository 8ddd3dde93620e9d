"""A person's edits in Bitwig reach the mirror, and unchanged objects keep their ids."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
import trio
import trio.testing

from mcp_server.bitwig.project import POLL_S, matched

from .standin import Clip, Note, Project, Track
from .world import BitwigWhole, bitwig

Clock = trio.testing.MockClock


async def test_the_mirror_has_all_values_of_the_protocol(autojump_clock: Clock) -> None:
    async with bitwig() as whole:
        assert await whole.differences() == []
        shown = (await whole.call("get_set"))["set"]
        assert shown["daw"] == "Bitwig"
        assert [track["name"] for track in shown["tracks"]] == ["Bass", "Drums", "Vocals"]
        assert [track["name"] for track in shown["return_tracks"]] == ["Reverb"]
        notes = (await whole.call("get_notes", clip="tracks/0/clip_slots/0/clip"))["notes"]
        assert notes == [
            {"note_id": notes[0]["note_id"], "pitch": 36, "start_time": 0.0, "duration": 0.25, "velocity": 100.0},
            {
                "note_id": notes[1]["note_id"], "pitch": 38, "start_time": 1.0, "duration": 0.5, "velocity": 80.0,
                "gain": 0.7,
            },
        ]  # fmt: skip


EDITS: dict[str, Callable[[Project], Any]] = {
    "tempo": lambda project: setattr(project, "bpm", 99.5),
    "signature": lambda project: setattr(project, "numerator", 7),
    "play": lambda project: setattr(project, "playing", True),
    "record": lambda project: setattr(project, "recording", True),
    "scenes more": lambda project: setattr(project, "scenes", 12),
    "scenes fewer": lambda project: setattr(project, "scenes", 3),
    "selection": lambda project: setattr(project, "selected", (2, 3)),
    "nothing selected": lambda project: setattr(project, "selected", (-1, -1)),
    "volume": lambda project: setattr(project.tracks[0], "volume", 0.25),
    "pan": lambda project: setattr(project.tracks[0], "pan", -1.0),
    "mute": lambda project: setattr(project.tracks[3], "mute", True),
    "solo": lambda project: setattr(project.tracks[1], "solo", True),
    "rename": lambda project: setattr(project.tracks[0], "name", "Sub"),
    "insert a track": lambda project: project.tracks.insert(1, Track("Lead", clips={2: Clip("Hook")})),
    "delete a track": lambda project: project.tracks.pop(0),
    "move a track": lambda project: project.tracks.insert(0, project.tracks.pop(2)),
    "new effect track": lambda project: project.tracks.append(Track("Delay", "effect")),
    "group track": lambda project: project.tracks.insert(0, Track("Rhythm", "audio")),
    "new clip": lambda project: project.tracks[0].clips.update({5: Clip("B", 8.0, notes={(3, 60): Note()})}),
    "delete a clip": lambda project: project.tracks[1].clips.pop(3),
    "clip's name": lambda project: setattr(project.tracks[1].clips[1], "name", "Groove"),
    "clip's length": lambda project: setattr(project.tracks[1].clips[1], "length", 16.0),
    "launch": lambda project: setattr(project.tracks[1].clips[1], "isPlaying", True),
    "record a clip": lambda project: setattr(project.tracks[1].clips[1], "isRecording", True),
    "new note": lambda project: project.tracks[0].clips[1].notes.update({(7, 40): Note(chance=0.5)}),
    "note's gain": lambda project: setattr(project.tracks[0].clips[1].notes[0, 36], "gain", 0.25),
    "delete a note": lambda project: project.tracks[0].clips[1].notes.pop((0, 36)),
}


@pytest.mark.parametrize("edit", EDITS)
async def test_a_persons_edit_is_attributed_to_the_person(edit: str, autojump_clock: Clock) -> None:
    async with bitwig() as whole:
        epoch, revision = whole.mirror.epoch, whole.mirror.revision
        EDITS[edit](whole.standin.project)
        assert await whole.differences() == []
        assert whole.mirror.epoch == epoch
        assert whole.mirror.revision > revision
        assert {event.who for event in whole.mirror.log.whole(revision)} == {"live"}


async def test_a_change_of_the_mixer_is_seen_within_two_cycles(autojump_clock: Clock) -> None:
    async with bitwig() as whole:
        await whole.settled()
        whole.standin.project.tracks[0].volume = 0.1
        began = trio.current_time()
        while whole.mirror.resolve("tracks/0/mixer_device/volume").props["value"] != 0.1:
            await trio.sleep(0.01)
            assert trio.current_time() - began < 2 * POLL_S


def _ids(whole: BitwigWhole) -> dict[str, int]:
    return {node.name: node.id for node in whole.mirror.children("song", "tracks")}


@pytest.mark.parametrize("edit", ["insert a track", "delete a track", "move a track", "rename"])
async def test_remaining_tracks_keep_their_ids(edit: str, autojump_clock: Clock) -> None:
    async with bitwig() as whole:
        before = _ids(whole)
        EDITS[edit](whole.standin.project)
        await whole.settled()
        after = _ids(whole)
        assert {name: before[name] for name in before.keys() & after} == {
            name: after[name] for name in before.keys() & after
        }
        if edit == "rename":
            assert after["Sub"] == before["Bass"]


async def test_a_track_added_during_a_poll_cycle_mixes_up_no_clips(autojump_clock: Clock) -> None:
    async with bitwig() as whole:
        await whole.settled()
        answer, revision = whole.standin.answer, whole.mirror.revision
        slots = {
            slot.id
            for track in whole.mirror.children("song", "tracks")
            for slot in whole.mirror.walk(track.id)
        }

        def inserting(line: bytes) -> bytes:
            """Insert a track after the first question about clips, so that later questions find moved tracks."""
            if b'"clip.list"' in line:
                whole.standin.answer = answer  # type: ignore[method-assign]
                whole.standin.project.tracks.insert(0, Track("New"))
            return answer(line)

        whole.standin.answer = inserting  # type: ignore[method-assign]
        assert await whole.differences() == []
        assert [event for event in whole.mirror.log.whole(revision) if event.id in slots] == []


async def test_remaining_notes_keep_their_ids(autojump_clock: Clock) -> None:
    clip = "tracks/0/clip_slots/0/clip"
    async with bitwig() as whole:
        before = {(n.start_time, n.pitch): n.note_id for n in whole.mirror.notes(clip)}
        whole.standin.project.tracks[0].clips[1].notes[2, 60] = Note()
        whole.standin.project.tracks[0].clips[1].notes[0, 36].velocity = 1.0
        await whole.settled()
        after = {(n.start_time, n.pitch): n.note_id for n in whole.mirror.notes(clip)}
        assert {place: after[place] for place in before} == before
        assert after[0.5, 60] not in before.values()


async def test_a_subscriber_is_notified_of_changes_by_a_person_in_bitwig(autojump_clock: Clock) -> None:
    uri = "live://clips/tracks/0/clip_slots/0/clip/notes"
    async with bitwig() as whole, whole.agent.subscribed(uri, "live://tracks/1"):
        await whole.settled()
        whole.agent.updates.clear()
        whole.standin.project.tracks[0].clips[1].notes[8, 50] = Note()
        await whole.settled()
        assert [told for _, told in whole.agent.updates] == [uri]


async def test_another_project_is_another_epoch(autojump_clock: Clock) -> None:
    async with bitwig() as whole:
        epoch = whole.mirror.epoch
        whole.standin.project = Project([Track("Piano"), Track("Strings")], scenes=2, bpm=90.0)
        await whole.settled()
        assert await whole.differences() == []
        assert whole.mirror.epoch != epoch
        assert any("another project" in line for line in whole.stage.log)


async def test_a_project_without_tracks_or_scenes_can_be_shown(autojump_clock: Clock) -> None:
    async with bitwig(Project([], scenes=0, selected=(-1, -1))) as whole:
        assert await whole.differences() == []
        whole.standin.project.tracks.append(Track("First"))
        whole.standin.project.scenes = 2
        assert await whole.differences() == []


async def test_a_large_project_is_read_in_slices_at_the_documented_rate(autojump_clock: Clock) -> None:
    tracks = [Track(f"T{n}", clips={k: Clip(f"C{k}") for k in range(1, 9)}) for n in range(25)]
    async with bitwig(Project(tracks)) as whole:
        await whole.settled()
        asked = len(whole.standin.asked)
        await trio.sleep(10.0)
        facts = whole.stage.runner.project.facts()
        assert facts["questions_per_s"] == 100
        assert len(whole.standin.asked) - asked == pytest.approx(1000, rel=0.1)
        # 25 tracks and 200 clips are read at 80 a second.
        assert facts["all_clips_s"] == pytest.approx(225 / 80, rel=0.15)
        whole.standin.project.tracks[24].clips[8].notes[0, 60] = Note()
        await trio.sleep(3.0)
        assert await whole.differences() == []


RANDOM_EDITS = list(EDITS)


@pytest.mark.parametrize("seed", range(4))
async def test_after_any_edits_of_a_person_and_an_agent_the_mirror_equals_bitwig(
    seed: int, autojump_clock: Clock
) -> None:
    chance = random.Random(seed)
    writes: list[tuple[str, dict[str, Any]]] = [
        ("set_track", {"track": 0, "volume": 0.5}),
        ("create", {"kind": "midi"}),
        ("create_clip", {"track": 0, "length": 4, "notes": "C2@0:1 E2@1:1"}),
        ("transport", {"action": "play"}),
    ]
    async with bitwig() as whole:
        for _ in range(12):
            if chance.random() < 0.6:
                try:
                    EDITS[chance.choice(RANDOM_EDITS)](whole.standin.project)
                except (IndexError, KeyError):
                    continue
            else:
                tool, arguments = chance.choice(writes)
                # If a person was faster, the write is refused and changes nothing.
                await whole.agent.client.call_tool(tool, arguments)
            await trio.sleep(chance.choice((0.0, 0.05, 0.3)))
        assert await whole.differences() == []


def test_tracks_are_matched_by_name_type_and_position() -> None:
    class Known:
        def __init__(self, name: str, kind: str = "instrument") -> None:
            self.name, self._kind = name, kind

    class Row:
        def __init__(self, name: str, type: str = "Instrument") -> None:
            self.name, self.type = name, type

    a, b, c = Known("A"), Known("B"), Known("C")
    known: Any = [a, b, c]

    def rows(*names: str) -> Any:
        return [Row(name) for name in names]

    assert matched(known, rows("A", "B", "C")) == [a, b, c]
    assert matched(known, rows("A", "X", "C")) == [a, b, c]
    assert matched(known, rows("A", "N", "B", "C")) == [a, None, b, c]
    assert matched(known, rows("B", "C")) == [b, c]
    assert matched(known, rows("C", "A", "B")) == [c, a, b]
    kinds: Any = [Row("A", "Audio"), Row("B"), Row("C")]
    assert matched(known, kinds) == [None, b, c]
