"""MIDI files become tracks and clips, and ranges of the arrangement are copied, opened and closed; each one undo."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path
from typing import Any

import mido
import pytest
import trio
import trio.testing
from hypothesis import given, settings
from hypothesis import strategies as st

from mcp_server.demo.contents import differences, picture
from mcp_server.music import BEAT, Note, export
from mcp_server.music.midi_files import MidiSong, MidiTrack, written
from mcp_server.music.ranges import Cue, Placed, closed, copied, opened
from mcp_server.policy import Policy, PolicyFile
from mirror import errors
from tests.lean import demo_set
from tests.whole import Refused, Whole, whole_path

Clock = trio.testing.MockClock
SONG = MidiSong(
    (
        MidiTrack("Piano", tuple(Note(60 + n % 5, n * BEAT, BEAT // 2, 90.0) for n in range(8))),
        MidiTrack("Kit", (Note(36, 0, BEAT // 4, 110.0), Note(38, BEAT // 3, BEAT // 6, 80.0)), 9),
    ),
    ((0, 93.0), (8 * BEAT, 120.0)),
    ((0, (3, 4)),),
    ((0, "Intro"), (6 * BEAT, "Verse")),
)


def midi_file(folder: Path, song: MidiSong = SONG) -> str:
    path = folder / "song.mid"
    path.write_bytes(written(song)[0])
    return str(path)


async def one_undo(whole: Whole, before: Any) -> None:
    """Check that one undo reverts the whole last write."""
    assert await whole.differences() == []
    await whole.call("undo")
    assert await whole.differences() == []
    assert differences(before, picture(whole.mirror)) == []


async def test_a_midi_file_becomes_tracks_clips_locators_tempo_and_signature(
    autojump_clock: Clock, tmp_path: Path
) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        before = picture(whole.mirror)
        answer = await whole.call("arrange", action="midi_file", file_path=midi_file(tmp_path), start=400)
        assert (answer["outcome"], answer["undo_steps"]) == ("verified", 1)
        song = whole.stage.live.song
        assert (song.tempo, song.signature_numerator, song.signature_denominator) == (93.0, 3, 4)
        piano, kit = list(song.tracks)[-2:]
        assert (piano.name, kit.name) == ("Piano", "Kit")
        (clip,) = piano.arrangement_clips
        assert (clip.start_time, clip.end_time, clip.name) == (400.0, 409.0, "Piano")
        held = sorted((n.start_time, n.pitch, n.duration, n.velocity) for n in clip.get_all_notes_extended())
        assert held == [(float(n), 60 + n % 5, 0.5, 90.0) for n in range(8)]
        assert {(cue.time, cue.name) for cue in song.cue_points} >= {(400.0, "Intro"), (406.0, "Verse")}
        assert "first of 2 tempos" in " ".join(answer["notes"])
        await one_undo(whole, before)


async def test_a_midi_file_is_imported_into_slots_with_or_without_its_tempo(
    autojump_clock: Clock, tmp_path: Path
) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        before = picture(whole.mirror)
        await whole.call(
            "arrange", action="midi_file", file_path=midi_file(tmp_path), session=True, song=False
        )
        song = whole.stage.live.song
        assert song.tempo == 82.0
        assert [each.clip_slots[0].clip.length for each in list(song.tracks)[-2:]] == [9.0, 9.0]
        await one_undo(whole, before)


async def test_a_file_that_is_not_midi_is_refused_and_changes_nothing(
    autojump_clock: Clock, tmp_path: Path
) -> None:
    (tmp_path / "text.mid").write_text("MThd")
    (tmp_path / "large.mid").write_bytes(b"\0" * 5_000_000)
    os.mkfifo(tmp_path / "pipe.mid")
    empty = BytesIO()
    mido.MidiFile().save(file=empty)
    (tmp_path / "empty.mid").write_bytes(empty.getvalue())
    cases = {
        "text.mid": "no MIDI file",
        "large.mid": "at most",
        "pipe.mid": "no regular file",
        "empty.mid": "no notes",
        "none.mid": "cannot be read",
        "": "a folder",
    }
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        for name, word in cases.items():
            with pytest.raises(Refused, match=word):
                await whole.call("arrange", action="midi_file", file_path=str(tmp_path / name))
        for path in ("song.mid", "/dev/zero", "/a\0b"):
            with pytest.raises(Refused):
                await whole.call("arrange", action="midi_file", file_path=path)
        assert whole.history() == []


async def test_midi_files_are_read_only_from_folders_of_the_policy(
    autojump_clock: Clock, tmp_path: Path
) -> None:
    policy = Policy(PolicyFile(audio_folders=(str(tmp_path / "mine"),)))
    async with whole_path(demo_set(), tick_s=0.02, policy=policy) as whole:
        with pytest.raises(Refused, match="audio_folders"):
            await whole.call("arrange", action="midi_file", file_path=midi_file(tmp_path))


# -- ranges ------------------------------------------------------------------------------------------------------


def spans(track: Any) -> list[tuple[float, float]]:
    return [(clip.start_time, clip.end_time) for clip in track.arrangement_clips]


def sounding(track: Any) -> list[tuple[float, int]]:
    """Notes at their song times, of clips that do not loop."""
    return sorted(
        (round(clip.start_time + note.start_time, 6), note.pitch)
        for clip in track.arrangement_clips
        for note in clip.get_all_notes_extended()
        if clip.start_time + note.start_time < clip.end_time
    )


async def test_a_range_is_copied_behind_the_end_with_its_locators(autojump_clock: Clock) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        before = picture(whole.mirror)
        keys, drums = whole.stage.live.song.tracks[1], whole.stage.live.song.tracks[0]
        clips, notes = spans(keys), sounding(drums)
        answer = await whole.call("arrange", action="copy", range=["5.1.1", "21.1.1"], start=200)
        assert spans(keys)[: len(clips)] == clips
        within = [(start + 184, end + 184) for start, end in clips if start >= 16 and end <= 80]
        assert spans(keys)[len(clips) :] == within
        copies = [(round(time - 184, 6), pitch) for time, pitch in sounding(drums) if time >= 200]
        assert copies == [(time, pitch) for time, pitch in notes if 16 <= time < 80]
        assert (200.0, "Verse") in {(cue.time, cue.name) for cue in whole.stage.live.song.cue_points}
        assert "automation" in answer["notes"][-1]
        await one_undo(whole, before)


async def without_long_audio(whole: Whole) -> None:
    """Delete the audio clip that covers the whole arrangement, since audio cannot be cut."""
    await whole.by_hand(lambda song: song.tracks[4].delete_clip(song.tracks[4].arrangement_clips[0]))
    await trio.sleep(1)


async def test_removing_inserted_time_restores_the_arrangement(autojump_clock: Clock) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        await without_long_audio(whole)
        before = picture(whole.mirror)
        song = whole.stage.live.song
        tracks = [each for each in song.tracks if not each.is_foldable]
        held = {each.name: spans(each) for each in tracks}
        await whole.call("arrange", action="insert", range=[16, 24])
        assert {each.name: spans(each) for each in tracks} == {
            name: [(a + 8, b + 8) if a >= 16 else (a, b) for a, b in clips] for name, clips in held.items()
        }
        assert {(cue.time, cue.name) for cue in song.cue_points} == {
            (0.0, "Intro"), (24.0, "Verse"), (88.0, "Hook"), (152.0, "Outro"),
        }  # fmt: skip
        await whole.call("arrange", action="remove", range=[16, 24])
        assert {each.name: spans(each) for each in tracks} == held
        assert {cue.time for cue in song.cue_points} == {0.0, 16.0, 80.0, 144.0}
        await whole.call("undo")
        await whole.call("undo")
        assert differences(before, picture(whole.mirror)) == []


async def test_removing_a_range_splits_midi_clips(autojump_clock: Clock) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        song = whole.stage.live.song
        await without_long_audio(whole)
        before = picture(whole.mirror)
        drums = song.tracks[0]
        notes = sounding(drums)
        answer = await whole.call("arrange", action="remove", range=[30, 40])
        assert sounding(drums) == sorted(
            [(time, pitch) for time, pitch in notes if time < 30]
            + [(round(time - 10, 6), pitch) for time, pitch in notes if time >= 40]
        )
        assert any("written anew" in line for line in answer["notes"])
        await one_undo(whole, before)


async def test_audio_clips_are_never_split(autojump_clock: Clock) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        for action in ("insert", "remove"):
            with pytest.raises(Refused, match="cannot cut audio"):
                await whole.call("arrange", action=action, range=[30, 40])
        answer = await whole.call("arrange", action="copy", range=[30, 40], start=400)
        assert any("is audio and only partly" in line for line in answer["notes"])


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"action": "copy", "range": [0, 8]}, "start"),
        ({"action": "copy", "range": [0, 8], "start": 4}, "itself"),
        ({"action": "copy", "range": [8, 8], "start": 40}, "ends after"),
        ({"action": "remove", "range": [8]}, "range"),
        ({"action": "remove", "range": [8, 9], "start": 4}, "no effect"),
        ({"action": "insert", "range": [4000, 4008]}, "nothing"),
        ({"action": "midi_file"}, "file_path"),
        ({"action": "scenes"}, "sections"),
        ({"action": "midi_file", "file_path": "/x.mid", "sections": [{"name": "A", "bars": 1}]}, "no effect"),
    ],
)
async def test_invalid_values_are_refused(given: dict[str, Any], word: str, autojump_clock: Clock) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        with pytest.raises(Refused, match=word):
            await whole.call("arrange", **given)
        assert whole.history() == []


CLIPS = st.lists(st.tuples(st.integers(0, 2), st.integers(1, 6), st.integers(0, 3)), max_size=8)


def laid(drawn: list[tuple[int, int, int]]) -> list[Placed]:
    """MIDI clips one after the other on three tracks, with a note on each beat."""
    ends, found = [0, 0, 0], []
    for number, (track, length, gap) in enumerate(drawn):
        start = ends[track] + gap
        notes = tuple(Note(number, (start + n) * BEAT, BEAT) for n in range(length))
        found.append(Placed(number, track, f"{number}", start * BEAT, (start + length) * BEAT, notes))
        ends[track] = start + length
    return found


def heard(placed: list[Placed], change: Any) -> list[tuple[int, int, int]]:
    """(track, pitch, beat) after a change, for each beat of each note."""
    by_id = {each.clip: each for each in placed}
    gone = {each.clip for each in change.deleted} | {each.clip for each in change.moves}
    found = [(each, 0) for each in placed if each.clip not in gone]
    found += [
        (by_id[each.clip], each.start - by_id[each.clip].start) for each in (*change.moves, *change.copies)
    ]
    beats = [
        (each.track, note.pitch, int(note.start + shift) // BEAT)
        for each, shift in found
        for note in each.notes or ()
    ]
    for new, _ in change.written:
        beats += [(new.track, note.pitch, int(new.start + note.start) // BEAT) for note in new.notes]
    return sorted(beats)


@settings(max_examples=150, deadline=None)
@given(
    drawn=CLIPS,
    low=st.integers(0, 12),
    length=st.integers(1, 8),
    cues=st.sets(st.integers(0, 20), max_size=4),
)
def test_ranges_keep_all_notes_except_the_removed_ones(
    drawn: list[tuple[int, int, int]], low: int, length: int, cues: set[int]
) -> None:
    placed, high = laid(drawn), low + length
    marks = [Cue(n, at * BEAT, f"{at}") for n, at in enumerate(sorted(cues))]
    now = [(each.track, note.pitch, int(note.start) // BEAT) for each in placed for note in each.notes or ()]
    wide = opened(placed, marks, low * BEAT, high * BEAT)
    assert heard(placed, wide) == sorted((t, p, b + length if b >= low else b) for t, p, b in now)
    assert {int(at) // BEAT for at, _ in wide.new_cues} == {at + length for at in cues if at >= low}
    narrow = closed(placed, marks, low * BEAT, high * BEAT)
    assert heard(placed, narrow) == sorted(
        (t, p, b - length if b >= high else b) for t, p, b in now if not low <= b < high
    )
    assert {int(at) // BEAT for at, _ in narrow.new_cues} == {at - length for at in cues if at >= high}
    twice = copied(placed, marks, low * BEAT, high * BEAT, 100 * BEAT)
    assert heard(placed, twice) == sorted(now + [(t, p, b - low + 100) for t, p, b in now if low <= b < high])


def locators(whole: Whole) -> dict[float, str]:
    return {cue.time: cue.name for cue in whole.stage.live.song.cue_points}


async def test_a_second_arrangement_over_the_first_leaves_no_old_locator_and_names_what_stays(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        first = [{"name": name, "bars": 4, "scene": "Hook"} for name in ("Intro", "Verse", "Chorus", "Outro")]
        second = [
            {"name": name, "bars": bars, "scene": "Outro"} for name, bars in (("Intro", 4), ("Chorus", 5))
        ]
        await whole.call("arrange", sections=first, start=400)
        before = picture(whole.mirror)
        dry = await whole.call("arrange", sections=second, start=400, overwrite=True, dry_run=True)
        answer = await whole.call("arrange", sections=second, start=400, overwrite=True)
        assert answer["outcome"] == "verified"
        marks = {time: name for time, name in locators(whole).items() if time >= 400}
        assert marks == {400: "Intro", 416: "Chorus", 448: "Outro"}
        for notes in (dry["notes"], answer["notes"]):
            text = "\n".join(notes)
            assert "locator 'Verse' at 105.1.1 is renamed 'Chorus'" in text
            assert "locator 'Chorus' at 109.1.1 is deleted" in text
            assert "stay after the end at 110.1.1" in text
            assert "locator 'Outro' at 113.1.1" in text
        tracks = [t for t in whole.stage.live.song.tracks if not t.is_foldable]
        late = [c for t in tracks for c in t.arrangement_clips if c.end_time > 436]
        assert f"stay after the end at 110.1.1: {len(late)} clips" in "\n".join(answer["notes"])
        await one_undo(whole, before)


async def test_without_overwrite_a_locator_stays_and_the_answer_names_it(autojump_clock: Clock) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        later = [{"name": "Later", "bars": 4, "scene": "Hook"}]
        await whole.call("arrange", sections=later, start=480, locators=False)
        await whole.call("create", kind="cue_point", time=400, name="Mine")
        answer = await whole.call(
            "arrange", sections=[{"name": "New", "bars": 4, "scene": "Hook"}], start=400
        )
        assert locators(whole)[400] == "Mine"
        assert "locator 'Mine' at 101.1.1 stays where 'New' begins" in "\n".join(answer["notes"])


async def test_a_copy_counts_only_the_locators_that_it_sets(autojump_clock: Clock) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        sections = [{"name": "A", "bars": 4, "scene": "Hook"}]
        await whole.call("arrange", sections=sections, start=480)
        await whole.call("arrange", sections=sections, start=400)
        await whole.call("create", kind="cue_point", time=432, name="Mine")
        copy = {"action": "copy", "range": [400, 416]}
        answer = await whole.call("arrange", **copy, start=432)
        assert locators(whole)[432] == "Mine"
        text = "\n".join(answer["notes"])
        assert "locators set" not in text
        assert "'Mine'" in text
        again = await whole.call("arrange", **copy, start=448)
        assert "1 locators set" in "\n".join(again["notes"])
        assert locators(whole)[448] == "A"


async def test_clips_that_play_on_inside_an_arrangement_are_named(autojump_clock: Clock) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        hook = {"name": "A", "bars": 4, "scene": "Hook"}
        await whole.call("arrange", sections=[hook], start=400)
        silent = {**hook, "without": ["Drums"]}
        answer = await whole.call("arrange", sections=[silent], start=400, overwrite=True)
        (line,) = (line for line in answer["notes"] if line.startswith("still play"))
        assert "in 'Drums'" in line
        assert "in 'Bass'" not in line


@pytest.mark.parametrize("begin", [1, 2, 3, 4])
async def test_an_arranged_clip_sounds_as_it_does_from_a_launch(begin: int, autojump_clock: Clock) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        made = await whole.call("create", kind="midi", name="Line")
        track = made["results"][0]["result"]["ref"]
        slot = f"{track}/clip_slots/0"
        await whole.call(
            "create_clip",
            track=track,
            slot=0,
            length=8,
            notes="C3@0:1 D3@1 E3@2 F3@3 G3@4 A3@5 B3@6 C4@7",
            name="loopy",
        )
        await whole.call("set_clip", clip=f"{slot}/clip", loop_start=2, loop_end=5, start_marker=begin)
        sections = [{"name": "A", "bars": 3, "scene": 0}]
        without = [t.name for t in whole.stage.live.song.tracks if t.name != "Line" and not t.is_foldable]
        answer = await whole.call("arrange", sections=[{**sections[0], "without": without}], start=400)
        assert answer["outcome"] == "verified"
        scale, expected, position = [60, 62, 64, 65, 67, 69, 71, 72], [], begin
        for _ in range(12):
            expected.append(scale[position])
            position = 2 if position + 1 == 5 else position + 1
        node = whole.mirror.resolve(track)
        clips = whole.mirror.children(node, "arrangement_clips")
        notes = sorted((note.start, note.pitch) for clip in clips for note in export.placed(clip))
        assert [pitch for _, pitch in notes] == expected
        assert [float(start) / BEAT for start, _ in notes] == [400.0 + n for n in range(12)]


def test_a_copy_into_itself_is_refused_by_the_pure_function_too() -> None:
    with pytest.raises(errors.InvalidValue, match="itself"):
        copied([], [], 0, 8 * BEAT, 7 * BEAT)


@pytest.mark.parametrize(
    ("song", "words"), [(True, "only the first of 2 tempos counts"), (False, "none of the 2 tempos counts")]
)
async def test_an_import_says_which_tempos_of_the_file_count(
    song: bool, words: str, tmp_path: Path, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole:
        before = whole.stage.live.song.tempo
        answer = await whole.call(
            "arrange", action="midi_file", file_path=midi_file(tmp_path), session=True, song=song
        )
        assert [note for note in answer["notes"] if words in note]
        assert whole.stage.live.song.tempo == (93.0 if song else before)
