"""`analyze` names what a clip has and nobody hears: muted notes, notes outside of what plays, pitches without a pad."""

from __future__ import annotations

from typing import Any

import trio.testing

from mcp_server.music import from_set
from tests.lean import demo_set
from tests.whole import whole_path

Clock = trio.testing.MockClock
KEYS, DRUMS = "tracks/1/clip_slots/6", "tracks/0/clip_slots/0/clip"


async def test_analyze_names_muted_notes_and_notes_outside_of_what_plays(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("compose", part="chords", into=KEYS, text="C | F")
        clip = f"{KEYS}/clip"
        assert "unplayed_notes" not in await whole.call("analyze", targets=[clip])
        await whole.call("edit_notes", clip=clip, add="C5@8 C5@30")
        first = whole.mirror.notes(whole.mirror.resolve(clip))[0]
        await whole.call("edit_notes", clip=clip, change=[{"note_id": first.note_id, "mute": True}])
        rows = (await whole.call("analyze", targets=[clip]))["unplayed_notes"]
        assert rows == [{"ref": clip, "muted": 1, "outside": 2}]
        # What lies between the start marker and the loop plays once.
        await whole.call("set_clip", clip=clip, loop_start=4)
        rows = (await whole.call("analyze", targets=[clip]))["unplayed_notes"]
        start = whole.mirror.resolve(clip).props["start_marker"]
        notes = whole.mirror.notes(whole.mirror.resolve(clip))
        assert rows[0]["outside"] == sum(not start <= note.start_time < 8 for note in notes)


async def test_analyze_names_pitches_for_which_a_drum_rack_has_no_sound(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        (rack,) = [
            node for node in whole.mirror.children("tracks/0", "devices") if node.props["can_have_drum_pads"]
        ]
        sounds = {chain.props["in_note"] for chain in whole.mirror.children(f"id:{rack.id}", "chains")}
        free = next(pitch for pitch in range(36, 60) if pitch not in sounds)
        assert not any(DRUMS in str(row) for row in (await whole.call("analyze")).get("without_pad", ()))
        note: dict[str, Any] = {"pitch": free, "start_time": 0.5, "duration": 0.25}
        await whole.call("edit_notes", clip=DRUMS, add=[note])
        rows = (await whole.call("analyze", targets=[DRUMS]))["without_pad"]
        assert [row["ref"] for row in rows] == [DRUMS]
        assert len(rows[0]["pitches"]) == 1
        # Behind a MIDI effect other pitches may sound.
        await whole.call("insert_device", name="Arpeggiator", to="tracks/0", index=0)
        assert "without_pad" not in await whole.call("analyze", targets=[DRUMS])


async def test_of_two_pads_with_one_name_the_lower_one_is_meant(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        (rack,) = [
            node for node in whole.mirror.children("tracks/0", "devices") if node.props["can_have_drum_pads"]
        ]
        chains = whole.mirror.children(f"id:{rack.id}", "chains")
        pitches = [chain.props["in_note"] for chain in chains]
        assert len(pitches) > 1
        for chain in chains:
            await whole.call("set_track", track=f"id:{chain.id}", name="Twin")
        pads = from_set.context_of(whole.mirror, whole.mirror.resolve(DRUMS)).pads
        assert pads == {"twin": min(pitches)}


async def test_a_muted_track_is_named_also_without_clips(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("create", kind="midi", name="Idle")
        await whole.call("set_track", track="Idle", mute=True)
        assert (await whole.call("analyze"))["muted_tracks"] == ["tracks/6"]
