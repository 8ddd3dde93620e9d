"""Recipes: every shipped recipe runs on headless Live, is checked in Live itself, and is reverted by one undo."""

from __future__ import annotations

import os
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trio
import trio.testing

from mcp_server import recipes
from mcp_server.demo.contents import differences, picture
from mcp_server.policy import Policy, PolicyFile, Rule
from mcp_server.recipes.subjects import FUNCTIONS
from mcp_server.tools.knowledge import faults
from tests.lean import demo_set
from tests.whole import Refused, Whole, whole_path

Clock = trio.testing.MockClock
SHIPPED = recipes.shelf(Path("/nowhere"))


def track(song: Any, name: str) -> Any:
    return next(each for each in (*song.tracks, *song.return_tracks) if each.name == name)


def level(track: Any) -> str:
    fader = track.mixer_device.volume
    return str(fader.str_for_value(fader.value))


def notes(clip: Any) -> list[tuple[float, int]]:
    return sorted((note.start_time, note.pitch) for note in clip.get_all_notes_extended())


def chord_bed(song: Any) -> None:
    bed = track(song, "Chord bed")
    assert [each.class_display_name for each in bed.devices] == ["Drift"]
    (clip,) = [slot.clip for slot in bed.clip_slots if slot.has_clip]
    assert clip.length == 16.0
    assert {pitch % 12 for start, pitch in notes(clip) if start == 0} == {2, 5, 9}


def walking_bass(song: Any) -> None:
    (clip,) = [slot.clip for slot in track(song, "Bass walk").clip_slots if slot.has_clip]
    assert [start for start, _ in notes(clip)] == [float(n) for n in range(16)]
    assert [pitch % 12 for start, pitch in notes(clip) if start % 4 == 0] == [2, 7, 0, 9]


def humanized_hats(song: Any) -> None:
    clip = song.tracks[0].clip_slots[1].clip
    held = {start for start, pitch in notes(clip) if pitch == 42}
    assert any(start % 0.25 for start in held)
    assert [start for start, pitch in notes(clip) if pitch == 38] == [1.0, 3.0, 5.0, 7.0]


def drum_fill(song: Any) -> None:
    held = notes(song.tracks[0].clip_slots[3].clip)
    last = [(start, pitch) for start, pitch in held if start >= 12.0]
    assert {pitch for _, pitch in last} >= {36, 38}
    assert 42 not in {pitch for _, pitch in last}
    assert (0.0, 42) in held


def colours(song: Any) -> None:
    drums, bass = track(song, "Drums"), track(song, "Bass")
    assert len({drums.color, bass.color, track(song, "Keys").color}) == 3
    for each in (drums, bass):
        assert {slot.clip.color for slot in each.clip_slots if slot.has_clip} == {each.color}


def gain_staging(song: Any) -> None:
    shown = [level(track(song, name)) for name in ("Drums", "Bass", "Keys")]
    assert shown == ["-8.0 dB", "-10.0 dB", "-14.0 dB"]
    assert level(song.master_track) == "0.0 dB"
    assert [each.name for each in song.master_track.devices].count("Limiter") == 1


def arranged(song: Any) -> None:
    ends = [clip.end_time for each in song.tracks if not each.is_foldable for clip in each.arrangement_clips]
    assert max(ends) == 160.0 + 8 * 16.0
    assert {"Verse Keys", "Hook High", "Bridge"} <= {cue.name for cue in song.cue_points}


def stems(song: Any) -> None:
    assert [each.name for each in song.tracks][:2] == ["01 Drums", "02 Keys"]
    assert not any(each.parameters[0].value for each in song.master_track.devices)
    assert (song.loop, song.loop_start, song.loop_length) == (True, 0.0, 168.0)


def cleaned(song: Any) -> None:
    assert not any(each.solo or each.arm for each in song.tracks if each.can_be_armed)
    assert not song.tracks[5].clip_slots[0].has_clip


def shown(device: Any, *names: str) -> list[str]:
    """Parameters as Live shows them."""
    by_name = {each.name: each for each in device.parameters}
    return [str(by_name[name].str_for_value(by_name[name].value)) for name in names]


def last(track: Any, name: str) -> Any:
    device = track.devices[-1]
    assert device.class_display_name == name
    return device


def pump(song: Any) -> None:
    for name in ("Bass", "Keys"):
        device = last(track(song, name), "Compressor")
        assert device.input_routing_type.display_name == "Drums"
        assert device.input_routing_channel.display_name == "Dusty Kit | Kick Dusty | Pre FX"
        assert shown(device, "S/C On", "Threshold", "Attack") == ["On", "-30.0 dB", "1.00 ms"]


def parallel(song: Any) -> None:
    rack = last(track(song, "Drums"), "Audio Effect Rack")
    assert [chain.name for chain in rack.chains] == ["Dry", "Crushed"]
    assert [each.class_display_name for each in rack.chains[1].devices] == ["Compressor", "Drum Buss"]
    assert level(rack.chains[1]) == "-9.0 dB"


def voice(song: Any) -> None:
    vinyl = track(song, "Vinyl")
    names = [each.class_display_name for each in vinyl.devices][-4:]
    assert names == ["EQ Eight", "Compressor", "Compressor", "Saturator"]
    eq = vinyl.devices[-4]
    assert shown(eq, "1 Filter Type A", "1 Frequency A", "4 Gain A") == [
        "High Pass 12dB",
        "90.0 Hz",
        "2.50 dB",
    ]
    sends = [str(each.str_for_value(each.value)) for each in vinyl.mixer_device.sends]
    assert sends == ["-18.0 dB", "-22.0 dB"]


def sends(song: Any) -> None:
    space, echoes = list(song.return_tracks)[-2:]
    assert shown(space.devices[0], "Decay Time", "Dry/Wet") == ["2.20 s", "100 %"]
    assert shown(echoes.devices[0], "Ping Pong", "Dry/Wet") == ["On", "100 %"]
    keys, bass = (list(track(song, name).mixer_device.sends)[-2:] for name in ("Keys", "Bass"))
    assert [str(each.str_for_value(each.value)) for each in keys] == ["-18.0 dB", "-24.0 dB"]
    assert [str(each.str_for_value(each.value)) for each in bass] == ["-inf dB", "-inf dB"]


def lo_fi(song: Any) -> None:
    names = [each.class_display_name for each in track(song, "Keys").devices][-5:]
    assert names == ["Redux", "Auto Filter", "Chorus-Ensemble", "Vinyl Distortion", "Glue Compressor"]
    assert shown(track(song, "Keys").devices[-4], "Frequency") == ["6.00 kHz"]


def mono(song: Any) -> None:
    assert shown(last(track(song, "Bass"), "Utility"), "Bass Mono", "Bass Freq") == ["On", "120 Hz"]


def sides(song: Any) -> None:
    eq = song.master_track.devices[0]
    assert eq.global_mode == 2
    assert shown(eq, "1 Filter On B", "1 Filter Type B", "1 Frequency B", "1 Filter On A") == [
        "On", "High Pass 12dB", "150 Hz", "Off",
    ]  # fmt: skip
    assert song.master_track.devices[-1].class_display_name == "Limiter"


def sweep(song: Any) -> None:
    clip = song.tracks[1].clip_slots[2].clip
    frequency = last(song.tracks[1], "Auto Filter").parameters[1]
    envelope = clip.automation_envelope(frequency)
    values = [envelope.value_at_time(time) for time in (0.1, 4.0, 8.0, 12.0, 15.9)]
    assert values == sorted(values)
    assert str(frequency.str_for_value(values[0])) == "200 Hz"
    assert str(frequency.str_for_value(values[-1])) == "12.0 kHz"


def rises(song: Any) -> None:
    riser = track(song, "Riser")
    assert shown(riser.devices[0], "Osc-A Wave") == ["Noise White"]
    clip = riser.clip_slots[0].clip
    assert (clip.length, clip.looping, notes(clip)) == (16.0, False, [(0.0, 60)])
    for parameter in (riser.devices[1].parameters[1], riser.devices[0].parameters[4]):
        envelope = clip.automation_envelope(parameter)
        values = [envelope.value_at_time(time) for time in (0.1, 5.0, 10.0, 15.9)]
        assert values == sorted(set(values)), parameter.name


def kit(song: Any) -> None:
    rack = last(track(song, "Kit"), "Drum Rack")
    assert [(chain.name, chain.in_note) for chain in rack.chains] == [
        ("hat", 36),
        ("Kick", 37),
        ("snare", 38),
    ]
    files = [chain.devices[0].sample.file_path for chain in rack.chains]
    assert [Path(each).name for each in files] == ["hat.wav", "Kick.wav", "snare.WAV"]


def skeleton(song: Any) -> None:
    assert (song.tempo, song.root_note, song.scale_name) == (92.0, 2, "Dorian")
    names = ["Drums", "Bass", "Chords", "Lead", "Vocals"]
    made = list(song.tracks)[-5:]
    assert [each.name for each in made] == names
    devices = [[each.class_display_name for each in one.devices] for one in made]
    assert devices == [["Drum Rack"], ["Operator"], ["Drift"], ["Wavetable"], []]
    assert [level(each) for each in made] == ["-8.0 dB", "-10.0 dB", "-14.0 dB", "-14.0 dB", "-9.0 dB"]
    assert [each.name for each in song.scenes][-5:] == ["Intro", "Verse", "Chorus", "Bridge", "Outro"]
    assert [shown(each.devices[0], "Dry/Wet") for each in list(song.return_tracks)[-2:]] == [["100 %"]] * 2


def genre(song: Any) -> None:
    drums, chords, bass = list(song.tracks)[-3:]
    assert {pitch for _, pitch in notes(drums.clip_slots[0].clip)} == {36, 38, 42}
    assert {pitch % 12 for start, pitch in notes(chords.clip_slots[0].clip) if start == 0} == {2, 5, 9, 0, 4}
    assert [pitch % 12 for _, pitch in notes(bass.clip_slots[0].clip)] == [2, 7, 0, 9]


SHOWS: dict[str, Callable[[Any], None]] = {
    "chord-bed": chord_bed,
    "clean-up": cleaned,
    "colour-and-name": colours,
    "drum-fill": drum_fill,
    "drum-rack-from-folder": kit,
    "filter-sweep": sweep,
    "gain-staging": gain_staging,
    "genre-template": genre,
    "high-pass-the-sides": sides,
    "humanized-hats": humanized_hats,
    "lo-fi-bus": lo_fi,
    "mono-bass": mono,
    "parallel-drum-bus": parallel,
    "reverb-and-delay-sends": sends,
    "riser": rises,
    "session-to-arrangement": arranged,
    "sidechain-pump": pump,
    "song-skeleton": skeleton,
    "stems-prepared": stems,
    "vocal-chain": voice,
    "walking-bass": walking_bass,
}
"""The values that Live itself shows after each recipe, run with its example on the demo Set."""


def messy(song: Any) -> None:
    song.tracks[5].clip_slots[0].create_clip(4.0)
    song.tracks[1].solo = True
    song.tracks[2].arm = True


def test_every_shipped_recipe_is_valid_and_tested() -> None:
    assert faults(SHIPPED) == {}
    unshown = sorted(set(SHOWS) ^ set(SHIPPED.recipes))
    assert unshown == [], f"SHOWS in {__file__} says what Live shows after each recipe: {', '.join(unshown)}"


@pytest.mark.parametrize("name", sorted(SHOWS))
async def test_a_recipe_has_its_described_result_and_is_one_undo_step(
    name: str, autojump_clock: Clock, tmp_path: Path
) -> None:
    given = {**SHIPPED.recipes[name].example}
    if "folder" in SHIPPED.recipes[name].parameters:
        given["folder"] = str(folder_of_samples(tmp_path))
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        await whole.by_hand(messy)
        await trio.sleep(1)
        await ran(whole, name, given)


def folder_of_samples(folder: Path) -> Path:
    for name in ("snare.WAV", "Kick.wav", "hat.wav"):
        with wave.open(str(folder / name), "wb") as file:
            file.setparams((1, 2, 44100, 0, "NONE", ""))
            file.writeframes(b"\0\0" * 4410)
    (folder / "notes.txt").write_text("no sample")
    (folder / "folder.wav").mkdir()
    return folder


async def ran(whole: Whole, name: str, parameters: dict[str, Any]) -> None:
    before, entries = picture(whole.mirror), len(whole.history())
    dry = await whole.call("recipe", action="dry_run", name=name, parameters=parameters)
    assert dry["would"]
    assert differences(before, picture(whole.mirror)) == []
    answer = await whole.call("recipe", action="run", name=name, parameters=parameters)
    assert answer["outcome"] == "verified"
    assert answer["undo_steps"] == 1
    assert len(whole.history()) == entries + 1
    assert all(stage["verified"] for stage in answer["stages"])
    assert [stage["stage"] for stage in answer["stages"]] == [stage["stage"] for stage in dry["stages"]]
    assert await whole.differences() == []
    SHOWS[name](whole.stage.live.song)
    await whole.call("undo")
    assert len(whole.history()) == entries
    assert await whole.differences() == []
    assert differences(before, picture(whole.mirror)) == []


GOOD = """
title = "Duck"
for = "Turns tracks down."
[parameters.tracks]
type = "track"
many = true
about = "which"
[[stage]]
say = "Turn {item.name} down"
each = "tracks"
calls = [{ tool = "set_track", args = { track = "{item}", volume = "-20 dB" } }]
"""
BROKEN = {
    "no toml": ("= =", "no recipe"),
    "an unknown part": (GOOD.replace("for =", "fr ="), "fr"),
    "an unknown name": (GOOD.replace("{item}", "{itm}"), "itm"),
    "an unknown function": (GOOD.replace("{item}", "{open('x')}"), "open"),
    "a private attribute": (GOOD.replace("{item}", "{item.__class__}"), "_"),
    "a lambda": (GOOD.replace("{item}", "{(lambda: 1)}"), "Lambda"),
    "a power": (GOOD.replace("{item}", "{9 ** 9}"), "Pow"),
    "an unknown type": (GOOD.replace('type = "track"', 'type = "tracks"'), "tracks"),
    "a reference to nothing": (GOOD.replace('"{item}"', '"$comp"'), "comp"),
    "no stage": (GOOD.partition("[[stage]]")[0], "stage"),
    "a long expression": (GOOD.replace("{item}", "{" + "1 + " * 200 + "1}"), "500"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_is_named_with_the_reason_and_affects_no_other(what: str, tmp_path: Path) -> None:
    text, word = BROKEN[what]
    (tmp_path / "broken.toml").write_text(text)
    (tmp_path / "good.toml").write_text(GOOD)
    held = recipes.shelf(tmp_path)
    assert word in held.broken["broken"]
    assert "good" in held.recipes
    assert set(SHIPPED.recipes) < set(held.recipes)


def test_a_recipe_of_the_user_is_found_by_any_spelling_and_replaces_a_shipped_one(
    tmp_path: Path,
) -> None:
    (tmp_path / "My Duck.toml").write_text(GOOD)
    (tmp_path / "mono_bass.toml").write_text(GOOD)
    held = recipes.shelf(tmp_path)
    assert held.recipe("my duck") is held.recipe("My-Duck") is held.recipes["my-duck"]
    assert held.recipe("Mono Bass").title == "Duck"
    assert "Fold" in recipes.shelf(Path("/nowhere")).recipe("mono-bass").purpose


def test_large_and_irregular_files_are_ignored(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "large.toml").write_text("#" * 70_000)
    (tmp_path / "latin.toml").write_bytes(b"title = '\xe9'")
    (tmp_path / "gone.toml").symlink_to(tmp_path / "nothing")
    assert set(recipes.shelf(tmp_path).broken) == {"pipe", "folder", "large", "latin", "gone"}


def test_faults_name_unknown_tools_unknown_arguments_and_asynchronous_tools(tmp_path: Path) -> None:
    (tmp_path / "tool.toml").write_text(GOOD.replace('"set_track"', '"set_trck"'))
    (tmp_path / "argument.toml").write_text(GOOD.replace("volume", "volumn"))
    (tmp_path / "later.toml").write_text(GOOD.replace('"set_track"', '"load"'))
    found = faults(recipes.shelf(tmp_path))
    assert "no tool" in found["tool"][0]
    assert "volumn" in found["argument"][0]
    assert "later" in found["later"][0]


def test_the_page_on_writing_recipes_names_every_function_and_its_example_is_valid(tmp_path: Path) -> None:
    page = (Path(recipes.__file__).parent / "WRITING.md").read_text()
    for name in FUNCTIONS:
        assert f"`{name}" in page, name
    example = page.partition("```toml\n")[2].partition("```")[0]
    (tmp_path / "example.toml").write_text(example)
    assert faults(recipes.shelf(tmp_path)) == {}


@pytest.mark.parametrize(
    ("name", "given", "word"),
    [
        ("walking", {}, "no recipe"),
        ("walking-bass", {"chord": "C"}, "no parameter"),
        ("walking-bass", {"chords": "Hm7"}, "bar 1"),
        ("walking-bass", {"style": "running"}, "walking, roots"),
        ("drum-fill", {}, "needs `clip`"),
        ("drum-fill", {"clip": "tracks/4/clip_slots/1"}, "audio"),
        ("drum-fill", {"clip": "tracks/0/clip_slots/1", "length": "4 bars"}, "no more than"),
        ("gain-staging", {"tracks": ["Nobody"]}, "`tracks`"),
        ("session-to-arrangement", {"bars": "1.5"}, "whole number"),
        ("session-to-arrangement", {"bars": 65}, "1 to 64"),
        ("humanized-hats", {"clips": ["tracks/0/clip_slots/1"], "swing": "fast"}, "number"),
        ("humanized-hats", {"clips": []}, "nothing to do"),
    ],
)
async def test_unsuitable_values_are_refused_and_change_nothing(
    name: str, given: dict[str, Any], word: str, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        for action in ("dry_run", "run"):
            entries = whole.history()
            with pytest.raises(Refused) as caught:
                await whole.call("recipe", action=action, name=name, parameters=given)
            assert word in f"{caught.value} {caught.value.data}"
            assert whole.history() == entries


async def test_a_refusal_by_live_names_the_stage_and_leaves_nothing_behind(autojump_clock: Clock) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        entries, before = whole.history(), picture(whole.mirror)
        with pytest.raises(Refused, match="stage 'Make the track Bass walk with Moog'"):
            given = {"instrument": "Moog"}
            await whole.call("recipe", action="run", name="walking-bass", parameters=given)
        assert whole.history() == entries
        assert await whole.differences() == []
        assert differences(before, picture(whole.mirror)) == []


async def test_a_recipe_names_the_required_version_of_live(autojump_clock: Clock) -> None:
    async with whole_path(demo_set(), "11.3", tick_s=0.02) as whole:
        with pytest.raises(Refused, match=r"needs Live 12\.3"):
            await whole.call("recipe", action="run", name="chord bed")


async def test_names_in_the_set_are_never_read_as_templates_or_references(autojump_clock: Clock) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        await whole.by_hand(lambda song: setattr(song.tracks[2], "name", "{set.tempo} $0 bass"))
        await trio.sleep(1)
        await whole.call("recipe", action="run", name="gain-staging", parameters={"limiter": False})
        assert level(whole.stage.live.song.tracks[2]) == "-10.0 dB"
        await whole.call("recipe", action="run", name="chord-bed", parameters={"name": "$track {bar}"})
        assert track(whole.stage.live.song, "$track {bar}").has_midi_input


async def test_rules_about_a_tool_hold_inside_of_a_recipe(autojump_clock: Clock) -> None:
    rules = Policy(PolicyFile(rule=(Rule(decide="deny", tools=("compose",), reason="no notes"),)))
    async with whole_path(demo_set(), tick_s=0.02, policy=rules) as whole:
        with pytest.raises(Refused, match="does not allow"):
            await whole.call("recipe", action="run", name="chord-bed")
        await whole.call("recipe", action="run", name="gain-staging")


async def test_every_recipe_is_listed_and_shown_briefly(autojump_clock: Clock) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        listed = await whole.call("recipe")
        assert set(listed["recipes"]) >= set(SHIPPED.recipes)
        assert len(str(listed)) < 3500
        assert set((await whole.call("recipe", name="bass mono"))["recipes"]) == {"mono-bass"}
        assert (await whole.call("describe", what="recipes"))["recipes"] == listed["recipes"]
        assert "[parameters" in (await whole.call("recipe", action="show"))["writing"]
        for name in SHIPPED.recipes:
            shown = await whole.call("recipe", action="show", name=name)
            assert shown["for"]
            assert (await whole.call("describe", what=name))["parameters"] == shown["parameters"]
            assert len(str(shown)) < 3000


@pytest.mark.parametrize("which", SHIPPED.recipes["genre-template"].parameters["genre"].choices)
async def test_every_genre_works_with_its_default_chords_and_with_given_ones(
    which: str, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        for more in ({}, {"chords": "Am7 | D9"}, {"chords": "i | V", "key": "F# minor"}):
            given = {"genre": which, **more}
            answer = await whole.call("recipe", action="run", name="genre-template", parameters=given)
            assert answer["outcome"] == "verified"
            await whole.call("undo")
        assert await whole.differences() == []


async def test_a_name_in_a_recipe_for_session_clips_means_a_session_clip(autojump_clock: Clock) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        for clip in ("tracks/2/clip_slots/1/clip", "tracks/2/arrangement_clips/0"):
            await whole.call("set_clip", clip=clip, name="Line")
        answer = await whole.call("recipe", action="run", name="filter-sweep", parameters={"clip": "Line"})
        assert answer["outcome"] == "verified"
        assert whole.mirror.resolve("tracks/2/clip_slots/1/clip").props["has_envelopes"]


async def test_a_side_chain_listens_to_the_named_pad_or_the_whole_track(autojump_clock: Clock) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        heard = {"": "Pre FX", "Snare": "Dusty Kit | Snare Brush | Pre FX"}
        for pad, channel in heard.items():
            given = {"pad": pad, "targets": ["Bass"]}
            assert (await whole.call("recipe", action="run", name="sidechain-pump", parameters=given))[
                "write"
            ]
            device = last(track(whole.stage.live.song, "Bass"), "Compressor")
            assert device.input_routing_channel.display_name == channel
        with pytest.raises(Refused) as caught:
            await whole.call("recipe", action="run", name="sidechain-pump", parameters={"pad": "Cowbell"})
        assert "its pads are Kick Dusty, Rim Soft" in caught.value.data["hint"]
