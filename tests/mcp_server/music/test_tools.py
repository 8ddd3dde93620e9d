"""The music tools through MCP: each job of a producer in few calls, each verified and one undo step of Live."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
import trio

from mcp_server import units
from mcp_server.music import BEAT, Context, Note, Scale, analysis, from_set, levels, report
from tests.lean import demo_set
from tests.whole import Refused, whole_path

KEYS = "tracks/1/clip_slots/2"


async def one_step(whole: Any, tool: str, **args: Any) -> dict[str, Any]:
    """Make a verified write, and check that one undo reverts all of it."""
    assert len(json.dumps(args)) <= 2000
    answer: dict[str, Any] = await whole.call(tool, **args)
    assert answer["outcome"] == "verified", answer
    assert answer.get("undo_steps") == 1
    return answer


def held(whole: Any, ref: str) -> list[tuple[int, float, float]]:
    return [(note.pitch, note.start_time, note.duration) for note in whole.mirror.notes(ref)]


async def test_one_call_transforms_all_clips_of_a_track_as_one_undo(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        refs = [f"tracks/1/clip_slots/{n}/clip" for n in (0, 2, 3, 4, 5, 7)]
        before = {ref: held(whole, ref) for ref in refs}
        ids = {ref: {note.note_id for note in whole.mirror.notes(ref)} for ref in refs}
        edits = [
            {"edit": "transpose", "degrees": 2},
            {"edit": "humanize", "timing": 0.01, "velocity": 6, "seed": 3},
        ]
        answer = await one_step(whole, "transform_notes", clips=refs, edits=edits)
        assert len([line for line in answer["notes"] if "changed" in line]) == 6
        for ref in refs:
            assert {note.note_id for note in whole.mirror.notes(ref)} == ids[ref]
            assert held(whole, ref) != before[ref]
        await whole.call("undo")
        assert {ref: held(whole, ref) for ref in refs} == before
        assert await whole.differences() == []


async def test_a_dry_run_changes_nothing_and_lists_planned_changes(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        before = held(whole, KEYS + "/clip")
        answer = await whole.call(
            "transform_notes", clips=[KEYS], edits=[{"edit": "strum", "time": "1/32"}], dry_run=True
        )
        assert answer["outcome"] == "unchanged"
        assert any("changed" in line for line in answer["notes"])
        assert held(whole, KEYS + "/clip") == before


async def test_copies_of_a_clip_in_the_arrangement_follow_it(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        edits = [{"edit": "transpose", "octaves": 1}]
        await one_step(whole, "transform_notes", clips=[KEYS], edits=edits, copies=True)
        lowest = {ref: min(held(whole, ref))[0] for ref in (KEYS + "/clip", "tracks/1/arrangement_clips/2")}
        assert set(lowest.values()) == {43 + 12}


async def test_chords_bass_drums_and_melody_are_written_in_new_clips(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        text = "Dm9 | G7 Bb/C | % | A7b9"
        await one_step(whole, "compose", part="chords", into="tracks/1/clip_slots/1", text=text, name="New")
        await one_step(
            whole, "compose", part="bass", into="tracks/2/clip_slots/0", text=text, style="walking"
        )
        await one_step(whole, "compose", part="melody", into="tracks/5/clip_slots/0", text="1 3 5 . 8 - 7 5")
        await one_step(
            whole, "compose", part="drums", into="tracks/0/clip_slots/4", style="lo-fi", length="2 bars"
        )
        clip = whole.mirror.resolve("tracks/1/clip_slots/1/clip")
        assert (clip.name, clip.props["length"]) == ("New", 16.0)
        assert {pitch % 12 for pitch, start, _ in held(whole, "tracks/1/clip_slots/1/clip") if start == 0} == {
            2, 5, 9, 0, 4,
        }  # fmt: skip
        drums = {pitch for pitch, _, _ in held(whole, "tracks/0/clip_slots/4/clip")}
        assert drums == {36, 38, 42}
        assert await whole.differences() == []


async def test_a_batch_makes_a_track_and_composes_into_it(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        calls = [
            {"tool": "create", "args": {"kind": "midi", "name": "Pad"}},
            {"tool": "compose", "args": {"part": "chords", "into": "$0", "text": "i | VI | VII | v"}},
        ]
        await one_step(whole, "batch", calls=calls)
        track = whole.mirror.resolve("Pad", "Track")
        slot = whole.mirror.children(track, "clip_slots")[0]
        clip = whole.mirror.child(slot, "clip")
        assert clip is not None
        assert len(whole.mirror.notes(clip)) == 12


async def test_the_arrangement_is_filled_exactly_with_locators_in_one_undo(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        sections = [
            {"name": "Intro", "bars": 4},
            {"name": "Hook", "bars": 6, "fill": True},
            {"name": "Out", "bars": 4, "scene": "Outro", "without": ["Drums"]},
        ]
        before = len(list(whole.mirror.children("tracks/0", "arrangement_clips")))
        await one_step(whole, "arrange", sections=sections, start="49.1.1")
        cues = {cue.name: cue.props["time"] for cue in whole.mirror.children("song", "cue_points")}
        assert (cues["Out"], cues["Hook"]) == (192.0 + 40.0, 192.0 + 16.0) or "Out" in cues
        drums = list(whole.mirror.children("tracks/0", "arrangement_clips"))[before:]
        spans = sorted((clip.props["start_time"], clip.props["end_time"]) for clip in drums)
        assert spans[0][0] == 192.0
        assert spans[-1][1] == 192.0 + 40.0
        assert all(end == start for (_, end), (start, _) in pairwise(spans))
        await whole.call("undo")
        assert len(list(whole.mirror.children("tracks/0", "arrangement_clips"))) == before
        assert await whole.differences() == []


async def test_analysis_fits_its_size_and_its_proposals_work(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        await whole.call("edit_notes", clip=KEYS, add="F#3@1:1 Ab3@3:1")
        answer = await whole.call("analyze")
        assert len(json.dumps(answer)) <= 5000
        assert answer["scale"] == "D Minor"
        assert 0 < answer["key"]["certainty"] <= 1
        (fit,) = [row for row in answer["proposals"] if "scale" in row["why"]]
        assert [KEYS + "/clip"] in [call["args"]["clips"] for call in fit["args"]["calls"]]
        before = len(whole.mirror.notes(KEYS + "/clip"))
        await one_step(whole, fit["tool"], **fit["args"])
        again = await whole.call("analyze")
        assert all(row["in_chords"] == row["notes"] for row in again["outside_scale"]), "chords stay"
        assert not [row for row in again.get("proposals", ()) if "scale" in row["why"]]
        assert len(whole.mirror.notes(KEYS + "/clip")) == before
        counts = await whole.call("analyze", targets=[KEYS], statistics=True)
        assert counts["clips"][KEYS + "/clip"]["notes"] == 42


@pytest.mark.parametrize(
    ("tool", "args", "word"),
    [
        ("transform_notes", {"clips": ["tracks/4"], "edits": ["legato"]}, "MIDI clip"),
        ("transform_notes", {"clips": [KEYS], "edits": [{"edit": "swingg"}]}, "swing"),
        ("transform_notes", {"clips": [KEYS], "edits": ["crop", "legato"]}, "last"),
        ("compose", {"part": "chords", "into": KEYS, "text": "Hm7"}, "bar 1"),
        ("compose", {"part": "melody", "into": KEYS, "text": "1", "voicing": "open"}, "voicing"),
        ("arrange", {"sections": [{"name": "Nowhere", "bars": 4}]}, "Nowhere"),
        ("analyze", {"targets": ["tracks/4"]}, "MIDI clip"),
    ],
)
async def test_impossible_calls_are_refused_before_any_change(
    autojump_clock: Any, tool: str, args: dict[str, Any], word: str
) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        revision = whole.mirror.revision
        with pytest.raises(Refused) as caught:
            await whole.call(tool, **args)
        assert word in str(caught.value)
        assert whole.mirror.revision == revision


@pytest.mark.parametrize("version", ["11.3", "12.4"])
async def test_drums_go_by_the_names_of_their_pads_in_every_live(autojump_clock: Any, version: str) -> None:
    async with whole_path(demo_set(), version, tick_s=0.02) as whole:
        names = from_set.pads_of(whole.mirror, whole.mirror.resolve("tracks/0/clip_slots/1/clip"))
        assert names == {
            36: "Kick Dusty", 37: "Rim Soft", 38: "Snare Brush", 39: "Clap Room", 42: "Hat Closed", 46: "Hat Open",
        }  # fmt: skip


async def test_describe_answers_for_edits_and_devices(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        edits = await whole.call("describe", what="edits")
        assert {"quantize", "arpeggiate", "euclid"} <= set(edits["edits"])
        assert "strength" in (await whole.call("describe", what="quantize"))["options"]
        device = await whole.call("describe", what="Compressor")
        assert "Threshold" in device["parameters"]
        assert "input_routing_type" in device["sidechain"]


async def test_notes_selected_in_live_have_ids_from_live(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        clip = KEYS + "/clip"
        chosen = [note.note_id for note in whole.mirror.notes(clip)][:2]
        await whole.by_hand(lambda song: song.tracks[1].clip_slots[2].clip.select_notes_by_id(tuple(chosen)))
        edit = {"edit": "transpose", "octaves": 1, "select": {"selected": True}}
        with pytest.raises(Refused, match="selected in Live is not mirrored") as caught:
            await whole.call("transform_notes", clips=[KEYS], edits=[edit])
        assert "get_selected_notes_extended" in caught.value.data["hint"]
        told = await whole.call("call_method", target=clip, method="get_selected_notes_extended")
        ids = [
            note["note_id"] if isinstance(note, dict) else note[0] for note in told["results"][0]["result"]
        ]
        assert sorted(ids) == sorted(chosen)


async def test_levels_are_peaks_after_the_faders_with_calls_for_headroom(
    autojump_clock: Any,
) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        quiet = await whole.call("analyze", listen_s=1)
        assert quiet["levels"] == []
        assert "nothing sounded" in quiet["why"]
        await whole.call("set_track", track="Bass", volume="6 dB")
        await whole.call("transport", action="jump_to", time="6.1.1")
        await whole.call("transport", action="continue")
        answer = await whole.call("analyze", listen_s=4)
        peaks = {row["name"]: row["peak_db"] for row in answer["levels"]}
        assert all(row["headroom_db"] == -row["peak_db"] for row in answer["levels"])
        assert list(peaks.values()) == sorted(peaks.values(), reverse=True)
        assert {"Bass", "Main"} <= set(peaks)
        await whole.call("set_track", track="Bass", volume="0 dB")
        await trio.sleep(2)
        again = await whole.call("analyze", listen_s=2, targets=["Bass"])
        assert [row["name"] for row in again["levels"]] == ["Bass"]
        assert again["levels"][0]["peak_db"] < peaks["Bass"]
        for proposal in answer.get("proposals", ()):
            await one_step(whole, proposal["tool"], **proposal["args"])


def test_headroom_is_computed_by_the_law_of_lives_meters() -> None:
    zero, over = 70 / 76, 73 / 76
    found = levels.levels(
        [levels.MeteredTrack("tracks/0", "A", [0.5, over]), levels.MeteredTrack("tracks/1", "B", [0.0]),
         levels.MeteredTrack("master_track", "Main", [zero], True)]
    )  # fmt: skip
    assert [(row["name"], row["peak_db"]) for row in found["levels"]] == [("A", 3.0), ("Main", 0.0)]
    assert found["over_0_dbfs"] == ["tracks/0"]
    assert found["silent"] == ["tracks/1"]
    assert [each["args"]["volume"] for each in found["proposals"]] == ["-3.1 dB", "-6.1 dB"]


async def test_one_note_outside_the_scale_is_flagged_by_reading_notes_and_by_analysis_alike(
    autojump_clock: Any,
) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        await whole.call(
            "transform_notes",
            clips=["tracks/1", "tracks/2", "tracks/5"],
            edits=["fit_to_scale"],
            overwrite=True,
        )
        assert "outside_scale" not in await whole.call("analyze")
        # A long clip with one short, muted foreign note beyond the loop: the note is still outside the scale.
        for clip, note in ((KEYS, "F#3@0:0.01v1"), ("tracks/2/clip_slots/1", "C#1@0:0.01m")):
            await whole.call("edit_notes", clip=clip, add=note)
        found = (await whole.call("analyze"))["outside_scale"]
        said = {ref: list(map(units.pitch, row["pitches"])) for row in found for ref in row["clips"]}
        reader = whole.mirror
        clips = [reader.ref(clip.id) for clip in from_set.clips_below(reader, reader.resolve("song"))]
        shown = {
            ref: (await whole.call("get_notes", clip=ref)).get("outside_scale")
            for ref in clips
            if reader.resolve(ref).props["is_midi_clip"]
        }
        assert said == {ref: list(map(units.pitch, names)) for ref, names in shown.items() if names}
        assert set(said) == {f"{KEYS}/clip", "tracks/2/clip_slots/1/clip"}
        assert [row["notes"] for row in found] == [1, 1]


async def test_analysis_names_tracks_without_output_and_empty_racks(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        assert not {"no_output", "empty_racks", "silent_tracks"} & (await whole.call("analyze")).keys()
        down = [{"send": number, "value": "-inf dB"} for number in range(2)]
        await whole.call("set_track", track="tracks/2", output_routing_type="Sends Only", sends=down)
        await whole.call("insert_device", to="tracks/1", name="Audio Effect Rack")
        await whole.call("create", kind="midi", name="Silent")
        await whole.call("create_clip", track="Silent", slot=0, notes="C3@0:1")
        await whole.call("create", kind="midi", name="Hollow")
        await whole.call("insert_device", to="Hollow", name="Drum Rack")
        answer = await whole.call("analyze")
        tracks = {track.name: whole.mirror.ref(track.id) for track in whole.mirror.children("song", "tracks")}
        assert answer["silent_tracks"] == [tracks["Silent"]]
        assert answer["no_output"] == [f"{tracks['Bass']}: Sends Only"]
        assert answer["empty_racks"] == [
            f"{tracks['Keys']}: Audio Effect Rack",
            f"{tracks['Hollow']}: Drum Rack",
        ]


async def test_analysis_of_a_crowded_set_stays_within_its_size() -> None:
    parts = [
        analysis.Part(
            f"tracks/{n % 60}/clip_slots/{n}/clip", "", f"Track {n % 60}",
            tuple(Note(36 + (n * 7 + k * 5) % 60, k * BEAT, BEAT) for k in range(16)), (0, 16 * BEAT), scene=n // 60,
        )
        for n in range(600)
    ]  # fmt: skip
    tracks = [
        report.TrackFacts(
            f"tracks/{n}", f"Track {n}", "midi", 1, 1, True, ("Off",) * 3, ("Default",) * 3, "+3 dB",
            hot=True, instrument=False, no_output="No Output", empty_racks=("Rack",),
        )
        for n in range(60)
    ]  # fmt: skip
    answer = report.report(parts, tracks, Context(Scale.of_text("C major")))
    assert len(json.dumps(answer)) <= 5000 + 1500, "its lists fit; what is above are spaces and proposals"
    fit = next(each for each in answer["proposals"] if each["tool"] == "transform_notes")
    assert len(fit["args"]["clips"]) == 100, "as many clips as one call takes"
    assert "(the first 100 of " in fit["why"]


async def test_an_arrangement_over_clips_supports_a_dry_run(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        sections = [{"name": "Intro", "bars": 4}, {"name": "Hook", "bars": 6, "fill": True}]
        with pytest.raises(Refused, match="overwrite"):
            await whole.call("arrange", sections=sections, dry_run=True)
        answer = await whole.call("arrange", sections=sections, dry_run=True, overwrite=True)
        assert any(line.startswith("Intro (bars 1 to 4): ") for line in answer["notes"])
        assert any(line.startswith("Hook (bars 5 to 10): ") for line in answer["notes"])
        assert all(line["replaced"] for line in answer["results"]), "lines are only for what would be removed"
        assert await whole.differences() == []
        quantize = {"clips": [KEYS], "edits": ["quantize"]}
        assert (await whole.call("transform_notes", **quantize, dry_run=True, overwrite=True))["dry_run"]


@pytest.mark.parametrize("start", [0, 16, 40])
async def test_all_clips_overwritten_by_an_arrangement_are_named_by_track(
    start: int, autojump_clock: Any
) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        arguments: dict[str, Any] = {"sections": [{"name": "Hook", "bars": 6, "fill": True}], "start": start}
        with pytest.raises(Refused) as caught:
            await whole.call("arrange", **arguments)
        problem = caught.value.data
        answer = await whole.call("arrange", **arguments, dry_run=True, overwrite=True)
        replaced = {entry["id"]: entry["name"] for line in answer["results"] for entry in line["replaced"]}
        named = {entry["id"]: entry["name"] for entry in problem["replaced"]}
        assert named == {
            id_ if isinstance(id_, int) else int(id_[3:]): name for id_, name in replaced.items()
        }
        assert problem["count"] == len(named) > 1
        for track in whole.mirror.children("song", "tracks"):
            count = sum(clip.id in named for clip in whole.mirror.children(track, "arrangement_clips"))
            assert (f"{count} in {track.name!r}" in problem["rule"]) == bool(count)
        assert f"overwrites {problem['rule'].partition('overwrite ')[2]}" in answer["notes"]


async def test_clips_of_a_written_arrangement_keep_their_groove(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        sources = [
            clip
            for clip in from_set.clips_below(whole.mirror, whole.mirror.resolve("tracks/0"))
            if clip.props.get("groove")
        ]
        scene = int(whole.mirror.ref(sources[0].id).split("/")[3])
        await one_step(
            whole, "arrange", sections=[{"name": "Tail", "bars": 2, "scene": scene, "fill": True}], start=160
        )
        written = whole.mirror.children("tracks/0", "arrangement_clips")[-1]
        assert written.props["start_time"] == 160
        assert written.props["groove"] == sources[0].props["groove"]


async def test_an_argument_that_a_part_does_not_use_is_refused(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        for args in (
            {"part": "drums", "style": "house", "seed": 4},
            {"part": "drums", "style": "house", "text": "x..x"},
            {"part": "melody", "text": "1 3 5", "seed": 4},
        ):
            with pytest.raises(Refused, match=r"seed|text"):
                await whole.call("compose", into="tracks/0", **args)
