"""Every element of a picture is at its place, and can be recognized without colours, in both themes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

import msgspec
import pytest

from mcp_server.pictures import THEMES, Picture, draw, gathered
from mcp_server.pictures.arrangements import (
    HEAD,
    MOST_MARKS,
    NAMES_WIDTH,
    UNKNOWN,
    UNKNOWN_CURVES,
    Block,
    Lane,
    Timing,
    arrangement,
)
from mcp_server.pictures.mixers import (
    FADER_HEIGHT,
    FULL_SCALE,
    STRIP_WIDTH,
    Dial,
    Strip,
    device,
    differs,
    mixer,
)
from mcp_server.pictures.png import MOST_PIXELS, font
from mcp_server.pictures.rolls import HEAD as ROLL_HEAD
from mcp_server.pictures.rolls import KEYS_WIDTH, MOST_NOTES, VELOCITY_HEIGHT, Keys, Roll, roll
from mcp_server.pictures.sampled import sample
from mcp_server.pictures.session import (
    GOOD_CELL,
    LEAST_CELL,
    MOST_HEIGHT,
    SIGNS,
    Cell,
    Column,
    SceneRow,
    session,
)
from mcp_server.pictures.shapes import Curve, Line, Rect, Text
from mcp_server.pictures.theme import AUTHORS, contrast, on
from mirror import Note
from tests.lean import demo_set
from tests.whole import whole_path

LIGHT = THEMES["light"]
NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


def texts(picture: Picture) -> list[str]:
    return [shape.text for shape in picture.shapes if isinstance(shape, Text)]


def rects(picture: Picture, **wanted: Any) -> list[Rect]:
    return [
        shape
        for shape in picture.shapes
        if isinstance(shape, Rect) and all(getattr(shape, name) == value for name, value in wanted.items())
    ]


def lines(picture: Picture, **wanted: Any) -> list[Line]:
    return [
        shape
        for shape in picture.shapes
        if isinstance(shape, Line) and all(getattr(shape, name) == value for name, value in wanted.items())
    ]


def colourless(picture: Picture) -> list[Any]:
    """The shapes without colours: filled or not, their places, and all texts."""
    plain = []
    for shape in picture.shapes:
        colours = [name for name in ("fill", "stroke") if hasattr(shape, name)]
        plain.append(msgspec.structs.replace(shape, **{name: bool(getattr(shape, name)) for name in colours}))
    return plain


def note(id_: int, pitch: int, start: float, **more: Any) -> Note:
    given = {"duration": 1.0, "velocity": 100.0, "mute": False, "probability": 1.0, **more}
    rest = {"velocity_deviation": 0.0, "release_velocity": 64.0}
    return Note(note_id=id_, pitch=pitch, start_time=start, **given, **rest)


# -- the roll ----------------------------------------------------------------------------------------------------


def test_a_roll_has_loop_playheads_velocities_and_envelopes_at_their_places() -> None:
    points = [(0.0, 0.0), (4.0, 1.0), (8.0, 0.5)]
    clips = [
        Roll(
            "A",
            [note(1, 60, 2.0, velocity=127.0), note(2, 62, 4.0, velocity=64.0)],
            "#3366cc",
            0.0,
            8.0,
            loop=(2.0, 6.0),
            playhead=3.0,
            envelopes=[("Cutoff", points)],
        ),
        Roll("B", [note(3, 64, 1.0)], "#cc6633", 0.0, 8.0, playhead=5.0),
    ]
    picture = roll(clips, Keys(NAMES), LIGHT)
    per_beat = (picture.width - KEYS_WIDTH - 8) / 8

    def x(beat: float) -> float:
        return KEYS_WIDTH + beat * per_beat

    brace = next(each for each in rects(picture, fill=LIGHT.accent) if each.y < ROLL_HEAD)
    assert (brace.x, brace.width) == pytest.approx((x(2.0), 4.0 * per_beat))
    assert [each.x1 for each in lines(picture, stroke=LIGHT.playing)] == pytest.approx([x(3.0), x(5.0)])
    tall = {each.x1: each.y2 - each.y1 for each in lines(picture, width=1.5)}
    assert tall[x(2.0)] == pytest.approx(VELOCITY_HEIGHT - 8)
    assert tall[x(4.0)] == pytest.approx((VELOCITY_HEIGHT - 8) * 64 / 127)
    assert "Cutoff" in texts(picture)
    (curve,) = (shape for shape in picture.shapes if isinstance(shape, Curve))
    low, high, middle = (
        next(y for at, y in curve.points if at == pytest.approx(x(time))) for time, _ in points
    )
    assert high < middle < low
    assert "playing at 3.00" in picture.description


def test_a_roll_shades_pitches_outside_of_the_scale_and_names_the_scale() -> None:
    picture = roll(
        [Roll("A", [note(1, 61, 0.0), note(2, 66, 1.0)], "#3366cc", 0.0, 4.0)],
        Keys(NAMES, frozenset((1, 6)), scale_name="C# Two"),
        LIGHT,
    )
    assert "C# Two, 2 notes" in texts(picture)
    wide = picture.width - KEYS_WIDTH - 8
    rows = {round(each.y, 3): each.fill for each in rects(picture, x=KEYS_WIDTH, width=wide)}
    by_data = {shape.data: shape for shape in rects(picture) if shape.data}
    inside = {round(by_data[each].y - 0.5, 3) for each in "12"}
    assert all(rows[y] == LIGHT.panel for y in inside)
    names = {
        shape.y: shape.text for shape in picture.shapes if isinstance(shape, Text) and shape.x < KEYS_WIDTH
    }
    assert "C3" in names.values()
    assert sum(fill == LIGHT.lane for fill in rows.values()) == len(rows) - 2


def test_the_missing_share_of_a_probability_is_cut_out_of_a_note_of_any_size() -> None:
    for pitches in ((60,), tuple(range(20, 100))):
        notes = [note(pitch, pitch, 0.0, duration=2.0, probability=0.25) for pitch in pitches]
        picture = roll([Roll("A", notes, "#3366cc", 0.0, 4.0)], Keys(NAMES), LIGHT)
        whole = {shape.data: shape for shape in rects(picture) if shape.data}
        for each in notes:
            box = whole[str(each.note_id)]
            (cut,) = [
                shape
                for shape in rects(picture, fill=LIGHT.background)
                if box.y <= shape.y < box.y + box.height
            ]
            assert cut.width == pytest.approx((box.width - 2) * 0.75)
            assert cut.x + cut.width == pytest.approx(box.x + box.width - 1)


async def test_a_clip_s_envelopes_are_drawn_under_its_notes(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        clip = "tracks/1/clip_slots/2/clip"
        await whole.call(
            "edit_envelope",
            clip=clip,
            parameter="tracks/1/mixer_device/panning",
            steps=[{"time": 0, "length": 4, "value": "50L"}, {"time": 4, "length": 4, "value": "50R"}],
        )
        picture = draw(whole.mirror, [clip])
        assert "Track Panning" in texts(picture)
        (curve,) = (shape for shape in picture.shapes if isinstance(shape, Curve))
        heights = [y for _, y in curve.points]
        assert max(heights) - min(heights) > 20
        assert "envelopes: Track Panning" in picture.description


# -- the arrangement ---------------------------------------------------------------------------------------------


def test_an_arrangement_has_loop_locators_playhead_groups_and_automation_at_their_places() -> None:
    block = Block(
        "tracks/1/arrangement_clips/0", "Riff", "#3366cc", 4.0, 12.0, [note(1, 60, 0.0)], muted=True
    )
    lanes = [
        Lane("tracks/0", "Group", "#888888", []),
        Lane(
            "tracks/1", "Bass", "#3366cc", [block], depth=1, flags="MS", automated=["Volume", "Filter Freq"]
        ),
    ]
    facts = Timing(16.0, [(0.0, "Intro"), (8.0, "Verse")], (4.0, 8.0), 10.0, 4.0, "98~ BPM 4/4")
    picture = arrangement(lanes, LIGHT, facts)
    per_beat = (picture.width - NAMES_WIDTH - 10) / 16

    def x(beat: float) -> float:
        return NAMES_WIDTH + beat * per_beat

    assert [each.x1 for each in lines(picture, dashed=True)] == pytest.approx([x(0.0), x(8.0)])
    brace = next(each for each in rects(picture, fill=LIGHT.accent) if each.y < HEAD)
    assert (brace.x, brace.width) == pytest.approx((x(4.0), 4 * per_beat))
    (playhead,) = lines(picture, stroke=LIGHT.playing)
    assert playhead.x1 == pytest.approx(x(10.0))
    shown = texts(picture)
    assert {"Intro", "Verse", "98~ BPM 4/4", "Riff", "Bass M S", "~ Volume, Filter Freq"} <= set(shown)
    assert {UNKNOWN, UNKNOWN_CURVES} <= set(shown)
    group, bass = (
        next(s for s in picture.shapes if isinstance(s, Text) and s.text == n) for n in ("Group", "Bass M S")
    )
    assert bass.x - group.x == 10
    for words in (
        "98~ BPM 4/4 at the playhead",
        "playhead at beat 10.00",
        "loop from beat 4 to 8",
        "Intro at 0, Verse at 8",
        "automated Bass: Volume, Filter Freq",
        "neither curves of automation nor changes of tempo and signature",
    ):
        assert words in picture.description


def test_unknown_parts_of_the_arrangement_are_named_and_not_drawn() -> None:
    lanes = [Lane("tracks/0", "Bass", "#3366cc", [], automated=["Volume"])]
    picture = arrangement(lanes, LIGHT, Timing(16.0, tempo="98 BPM 4/4"))
    assert not [shape for shape in picture.shapes if isinstance(shape, Curve)]
    plain = arrangement([replace(lanes[0], automated=())], LIGHT, Timing(16.0))
    assert UNKNOWN in texts(plain)
    assert UNKNOWN_CURVES not in texts(plain)


async def test_automated_parameters_are_named_with_their_track(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        await whole.call(
            "edit_envelope",
            track="tracks/2",
            parameter="tracks/2/mixer_device/volume",
            ramps=[{"time": 256, "length": 8, "from": "-12 dB", "to": "0 dB"}],
        )
        await whole.by_hand(lambda song: setattr(song, "loop", True))
        await whole.audited()
        picture = draw(whole.mirror, [], "arrangement", gauges=await sample(whole.mirror, [], "arrangement"))
        assert "automated Bass: Track Volume" in picture.description
        assert "~ Track Volume" in texts(picture)
        assert "playhead at beat 0.00" in picture.description
        assert "loop from beat" in picture.description


def test_names_of_close_locators_do_not_run_into_each_other() -> None:
    times = [n * 0.5 for n in range(40)]
    picture = arrangement([], LIGHT, Timing(64.0, [(time, f"Locator {time}") for time in times]))
    per_beat = (picture.width - NAMES_WIDTH - 10) / 64
    names = [
        shape for shape in picture.shapes if isinstance(shape, Text) and shape.text.startswith("Locator")
    ]
    assert len(names) == len(times)
    assert all(each.width <= max(1.0, 0.5 * per_beat) for each in names[:-1])


# -- the Session, the mixer, a device ----------------------------------------------------------------------------


async def test_the_session_shows_playing_armed_and_muted_states_and_tempos_of_scenes(
    autojump_clock: Any,
) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:

        def set_up(song: Any) -> None:
            song.tracks[0].clip_slots[1].fire()
            song.tracks[1].arm = True
            song.tracks[2].mute = True
            song.tracks[3].solo = True
            song.scenes[1].tempo_enabled = True
            song.scenes[1].tempo = 97.5
            song.scenes[1].time_signature_enabled = True
            song.scenes[1].time_signature_numerator = 3
            song.tracks[4].clip_slots[2].has_stop_button = False

        await whole.by_hand(set_up)
        await whole.mirror.wait_for(whole.mirror.revision)
        await whole.audited()
        picture = draw(whole.mirror, [])
        shown = texts(picture)
        assert "▶ Beat A" in shown
        assert {"R", "M", "S", "97.5 BPM 3/4"} <= set(shown)
        for words in ("playing Beat A (Drums)", "armed: Keys", "muted: Bass", "solo: Texture"):
            assert words in picture.description
        squares = [each for each in rects(picture, width=6, height=6) if each.fill == LIGHT.strong_line]
        slots = [each for each in whole.mirror.walk() if each.type == "ClipSlot"]
        empty = [each for each in slots if whole.mirror.child(each, "clip") is None]
        assert len(squares) == sum(bool(each.props["has_stop_button"]) for each in empty) == len(empty) - 1


def test_a_mixer_of_many_tracks_stays_within_its_width_in_rows() -> None:
    strips = [Strip(f"tracks/{n}", f"T{n}", "#888888", Dial("Volume", "0 dB", 0.85)) for n in range(45)]
    picture = mixer(strips, LIGHT, width=1000)
    assert picture.width <= 1000
    assert picture.width * picture.height < MOST_PIXELS
    assert "Not shown: 5 more tracks" in texts(picture)
    places = {each.data: (each.x, each.y) for each in rects(picture) if each.data}
    assert len(places) == len(set(places.values())) == 40
    assert all(x + STRIP_WIDTH <= 1000 for x, _ in places.values())


async def test_only_tracks_given_as_targets_are_shown(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        for view in ("session", "arrangement", "mixer"):
            picture = draw(whole.mirror, ["tracks/1", "tracks/2"], view)  # type: ignore[arg-type]
            shown = " ".join(texts(picture))
            assert "Keys" in shown
            assert "Bass" in shown
            assert "Drums" not in shown


def test_a_mixer_s_faders_and_meters_are_drawn_at_their_levels() -> None:
    strips = [
        Strip("tracks/0", "A", "#888888", Dial("Volume", "0 dB", 0.85), meter=(0.5, 0.95), flags="MSR"),
        Strip("tracks/1", "B", "#888888", Dial("Volume", "-inf dB", 0.0), Dial("Panning", "50L", 0.0)),
    ]
    picture = mixer(strips, LIGHT)
    rails = [each for each in lines(picture, width=3)]
    knobs = [each for each in rects(picture, width=26, height=12)]
    top = rails[0].y1
    for knob, strip in zip(knobs, strips, strict=True):
        assert knob.y + 6 == pytest.approx(top + FADER_HEIGHT * (1 - strip.volume.position))
    levels = [
        each.height
        for each in rects(picture)
        if each.fill in (LIGHT.playing, LIGHT.armed) and each.width == 7
    ]
    assert levels == pytest.approx([FADER_HEIGHT * 0.5, FADER_HEIGHT * 0.95])
    assert picture.description == "A: 0 dB, meter 95%, M S R; B: -inf dB, pan 50L"
    assert FULL_SCALE < 0.95
    # Switches that are on are filled, the others are outlines.
    assert [bool(each.fill) for each in rects(picture, width=20, height=15)] == [True] * 3 + [False] * 3


async def test_meters_are_sampled_for_a_picture_of_the_mixer(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        gauges = await sample(whole.mirror, [], "mixer")
        assert {"tracks/0.output_meter_left", "master_track.output_meter_right"} <= gauges.keys()
        picture = draw(whole.mirror, [], "mixer", gauges=gauges)
        assert "meter" in picture.description


def cells() -> Iterator[Picture]:
    for state in ("", *SIGNS):
        yield session([Column("t", "T", "#888888", [Cell("s", "Clip", "#336699", state)])], [], LIGHT)
    for state in ("", "stop"):
        yield session([Column("t", "T", "#888888", [Cell("s", state=state)])], [], LIGHT)


def strips() -> Iterator[Picture]:
    volume = Dial("Volume", "0 dB", 0.85)
    for flags in ("", "M", "S", "R"):
        yield mixer([Strip("t", "T", "#888888", volume, flags=flags)], LIGHT)
    for level in (0.9, 0.95):
        yield mixer([Strip("t", "T", "#888888", volume, meter=(level, level))], LIGHT)


def dials() -> Iterator[Picture]:
    for position, automated in ((0.5, False), (0.5, True), (0.7, False)):
        yield device("D", [Dial("P", "x", position, 0.5, automated=automated)], LIGHT)
    yield device("D", [], LIGHT)
    yield device("D", [], LIGHT, on=False)


def notes() -> Iterator[Picture]:
    for more in ({}, {"mute": True}, {"probability": 0.5}, {"velocity": 20.0}):
        yield roll([Roll("A", [note(1, 60, 0.0, **more)], "#3366cc", 0.0, 4.0)], Keys(NAMES), LIGHT)


def blocks() -> Iterator[Picture]:
    for muted in (False, True):
        block = Block("c", "Riff", "#3366cc", 0.0, 8.0, muted=muted)
        yield arrangement([Lane("t", "T", "#888888", [block])], LIGHT, Timing(8.0))


@pytest.mark.parametrize("kind", [cells, strips, dials, notes, blocks], ids=lambda kind: kind.__name__)
def test_every_state_is_recognizable_without_colours(kind: Any) -> None:
    for one, other in combinations([colourless(picture) for picture in kind()], 2):
        assert one != other


@pytest.mark.parametrize("name", sorted(THEMES))
def test_texts_and_signs_have_enough_contrast_in_both_themes(name: str) -> None:
    colors = THEMES[name]
    for ground in (colors.background, colors.panel, colors.lane):
        for ink in (colors.text, colors.muted_text, colors.warning):
            assert contrast(ink, ground) >= 4.5
        for ink in (colors.accent, colors.playing, colors.armed):
            assert contrast(ink, ground) >= 3.0
    for fill in (
        *AUTHORS,
        "#ff3636",
        "#808080",
        "#777777",
        "#0000ff",
        "#ffff00",
        colors.armed,
        colors.warning,
    ):
        assert contrast(on(fill), fill) >= 4.3


async def test_every_sign_of_ours_is_in_the_font_of_the_pngs(autojump_clock: Any) -> None:
    missing = bytes(font(40.0).getmask("\uffff"))
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        pictures = [draw(whole.mirror, [], view) for view in ("session", "arrangement", "mixer")]  # type: ignore[arg-type]
        pictures += [*cells(), *strips(), *notes()]
    signs = {sign for picture in pictures for text in texts(picture) for sign in text if not sign.isspace()}
    signs |= set("".join(SIGNS.values()))
    assert [sign for sign in signs if bytes(font(40.0).getmask(sign)) == missing] == []


def test_large_clips_and_arrangements_are_drawn_within_bounds_and_omissions_are_named() -> None:
    crowd = [note(n, n % 128, n / 100) for n in range(MOST_NOTES + 5_000)]
    clips = [Roll("A", crowd[:9_000], "#3366cc", 0.0, 200.0), Roll("B", crowd, "#cc6633", 0.0, 200.0)]
    picture = roll(clips, Keys(NAMES), LIGHT)
    drawn = [shape for shape in rects(picture) if shape.data]
    assert len(drawn) == MOST_NOTES
    assert f"24000 notes; not shown: {24_000 - MOST_NOTES}" in texts(picture)
    blocks = [Block(f"c{n}", "Clip", "#3366cc", n / 100, (n + 1) / 100, crowd[:50]) for n in range(50_000)]
    picture = arrangement([Lane("t", "T", "#888888", blocks)], LIGHT, Timing(500.0))
    assert len(picture.shapes) < 2_500
    full = [
        Block(f"c{n}", "Clip", "#3366cc", n * 8.0, n * 8.0 + 8, crowd[:1_000], loop=8.0) for n in range(100)
    ]
    picture = arrangement([Lane("t", "T", "#888888", full)], LIGHT, Timing(800.0))
    assert len(picture.shapes) < MOST_MARKS + 1_000


@pytest.mark.parametrize(("tracks", "scenes"), [(25, 8), (40, 60), (40, 10), (3, 200)])
def test_a_session_of_many_tracks_is_drawn_in_bands_that_can_be_read(tracks: int, scenes: int) -> None:
    columns = [
        Column(f"tracks/{t}", f"T{t}", "#888888", [Cell(f"{t}/{s}", "c", "#336699") for s in range(scenes)])
        for t in range(tracks)
    ]
    picture = session(columns, [SceneRow(f"scenes/{s}", "", "") for s in range(scenes)], LIGHT)
    assert picture.height <= MOST_HEIGHT + 100
    cells = [each for each in rects(picture) if each.data and "/" in each.data and each.data[0].isdigit()]
    assert len({(each.x, each.y) for each in cells}) == len(cells)
    assert all(each.x + each.width <= picture.width for each in cells)
    heads = [each for each in rects(picture) if each.data.startswith("tracks/")]
    if scenes <= 10:
        assert len(heads) == tracks
        assert min(each.width for each in heads) >= GOOD_CELL - 2
    assert min(each.width for each in heads) >= LEAST_CELL - 2


async def test_a_device_of_many_parameters_shows_all_that_differ(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        device_ref = "tracks/1/devices/0"
        parameters = whole.mirror.children(device_ref, "parameters")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(gathered, "MOST_DIALS", 3)
            device_ = whole.stage.live.song.tracks[1].devices[0]
            await whole.by_hand(lambda _: setattr(device_.parameters[3], "value", 0))
            await whole.by_hand(lambda _: setattr(device_.parameters[16], "value", 60))
            await whole.audited()
            subject = gathered.gather(whole.mirror, [device_ref])
        assert isinstance(subject, gathered.Panel)
        assert len(subject.dials) == 3
        assert subject.hidden == len(parameters) - 4
        assert all(map(differs, subject.dials))
