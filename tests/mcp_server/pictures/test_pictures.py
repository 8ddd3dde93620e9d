"""Pictures by their content: objects of the Set are at their places, and names are plain text."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
from PIL import Image

from mcp_server.pictures import THEMES, Picture, draw, svg
from mcp_server.pictures.png import MOST_PIXELS, png
from mcp_server.pictures.rolls import KEYS_WIDTH, Keys, Roll, roll
from mcp_server.pictures.session import (
    LEAST_CELL,
    MOST_SCENES,
    MOST_TRACKS,
    SCENES_WIDTH,
    Cell,
    Column,
    SceneRow,
    session,
)
from mcp_server.pictures.shapes import Rect, Text
from mirror import Mirror, Note, errors
from tests.lean import demo_set
from tests.whole import whole_path

HOSTILE = (
    '<img src=x onerror="alert(1)">',
    "</text><script>alert(1)</script>",
    "\u202eevil\u0000\u0007",
    "🎛️ " * 3000,
    "x" * 10_000,
    "&amp;<![CDATA[",
    "\ud83d",
)


@pytest.fixture
async def mirror(autojump_clock: Any) -> AsyncIterator[Mirror]:
    async with whole_path(demo_set()) as whole:
        yield whole.mirror


def parsed(picture: Picture) -> ElementTree.Element:
    return ElementTree.fromstring(svg(picture))


def texts(picture: Picture) -> set[str]:
    return {shape.text for shape in picture.shapes if isinstance(shape, Text)}


def by_data(picture: Picture) -> dict[str, Rect]:
    return {shape.data: shape for shape in picture.shapes if isinstance(shape, Rect) and shape.data}


def note(
    id_: int, pitch: int, start: float, duration: float = 1.0, velocity: float = 100.0, **more: Any
) -> Note:
    fields = {"mute": False, "probability": 1.0, "velocity_deviation": 0.0, "release_velocity": 64.0, **more}
    return Note(id_, pitch, start, duration, velocity, **fields)


def test_every_note_is_drawn_at_its_time_and_pitch() -> None:
    notes = [note(n, 60 + n, n * 0.5, 0.5) for n in range(8)]
    picture = roll(
        [Roll("Riff", notes, "#3366cc", 0.0, 8.0)],
        Keys(["C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B"]),
        THEMES["light"],
    )
    found = by_data(picture)
    per_beat = (picture.width - KEYS_WIDTH - 8) / 8.0
    for each in notes:
        rect = found[str(each.note_id)]
        assert rect.x == pytest.approx(KEYS_WIDTH + each.start_time * per_beat)
        assert rect.width == pytest.approx(each.duration * per_beat, abs=1.0)
    heights = [found[str(each.note_id)].y for each in notes]
    assert heights == sorted(heights, reverse=True)
    assert len({round(a - b, 3) for a, b in pairwise(heights)}) == 1


def test_a_roll_shows_muted_unlikely_and_soft_notes_without_colour() -> None:
    notes = [
        note(1, 60, 0.0, 2.0, mute=True),
        note(2, 62, 0.0, 2.0, probability=0.4),
        note(3, 64, 0.0, 2.0, velocity=10.0),
        note(4, 65, 0.0, 2.0, velocity=127.0),
    ]
    picture = roll([Roll("Riff", notes, "#3366cc", 0.0, 4.0)], Keys(["C"] * 12), THEMES["dark"])
    found = by_data(picture)
    assert (found["1"].fill, bool(found["1"].stroke)) == ("", True)
    assert "40%" in texts(picture)
    assert found["3"].fill != found["4"].fill


async def test_the_session_grid_has_every_clip_track_and_scene_with_its_ref(mirror: Mirror) -> None:
    picture = draw(mirror, ["song"])
    shown, refs = texts(picture), by_data(picture)
    for node in mirror.walk():
        if node.type == "Clip" and "clip_slots" in mirror.ref(node.id):
            slot = mirror.ref(node.id).removesuffix("/clip")
            assert node.name in shown
            assert slot in refs
        elif node.type == "Track" and node.role == "tracks":
            assert node.name in shown
        elif node.type == "Scene":
            assert mirror.ref(node.id) in refs


async def test_the_arrangement_has_every_clip_where_it_plays(mirror: Mirror) -> None:
    picture = draw(mirror, [], "arrangement")
    refs = by_data(picture)
    clips = [
        node for node in mirror.walk() if node.type == "Clip" and "arrangement_clips" in mirror.ref(node.id)
    ]
    assert len(clips) == 24
    end = max(float(clip.props["end_time"]) for clip in clips)
    per_beat = (picture.width - 150 - 10) / end
    for clip in clips:
        rect = refs[mirror.ref(clip.id)]
        assert rect.x == pytest.approx(150 + float(clip.props["start_time"]) * per_beat)
        assert rect.width == pytest.approx(
            (float(clip.props["end_time"]) - float(clip.props["start_time"])) * per_beat, abs=1.5
        )
    assert {"Intro", "Verse", "Hook", "Outro"} <= texts(picture)


async def test_the_mixer_shows_levels_pans_and_sends_in_lives_texts(mirror: Mirror) -> None:
    shown = texts(draw(mirror, [], "mixer", gauges={"tracks/0.output_meter_left": 0.5}))
    song = mirror.resolve("song")
    for track in (*mirror.children(song, "tracks"), *mirror.children(song, "return_tracks")):
        held = mirror.child(track, "mixer_device")
        assert held is not None
        for dial in (
            mirror.child(held, "volume"),
            mirror.child(held, "panning"),
            *mirror.children(held, "sends"),
        ):
            assert dial is not None
            assert dial.props["display"] in shown


async def test_a_clip_of_a_drum_rack_names_its_pads(mirror: Mirror) -> None:
    picture = draw(mirror, ["tracks/0/clip_slots/1/clip"])
    assert {"Kick Dusty", "Snare Brush", "Hat Closed"} <= texts(picture)
    assert len(by_data(picture)) == len(mirror.notes("tracks/0/clip_slots/1/clip"))


async def test_a_device_marks_parameters_changed_from_their_default(mirror: Mirror) -> None:
    picture = draw(mirror, ["tracks/1/devices/0"])
    bold = {shape.text for shape in picture.shapes if isinstance(shape, Text) and shape.bold}
    assert {"Tone", "Tremolo", "Wow"} <= bold
    assert "Macro 4" not in bold


async def test_several_clips_are_overlaid_in_different_colours(mirror: Mirror) -> None:
    refs = ["tracks/1/clip_slots/2/clip", "tracks/2/clip_slots/1/clip"]
    picture = draw(mirror, refs)
    notes = sum(len(mirror.notes(ref)) for ref in refs)
    assert f"D Minor, {notes} notes" in texts(picture)
    assert len({shape.fill for shape in by_data(picture).values()}) > 1
    signs = [shape.text for shape in picture.shapes if isinstance(shape, Text)]
    assert {"Chords", "Bass Plain"} <= set(signs)
    # A number in the legend and in every note with enough room, so that colours are not needed.
    assert signs.count("1") > len(mirror.notes(refs[0]))
    assert signs.count("2") > len(mirror.notes(refs[1]))


@pytest.mark.parametrize(
    "target", ["tracks/0/clip_slots/4", "scenes/0", "tracks/1/mixer_device/volume", "nothing"]
)
async def test_objects_without_notes_are_refused_for_a_roll(mirror: Mirror, target: str) -> None:
    with pytest.raises(errors.MirrorError):
        draw(mirror, [target], "notes")


@pytest.mark.parametrize("theme", sorted(THEMES))
async def test_every_view_is_well_formed_and_small_in_both_themes(mirror: Mirror, theme: str) -> None:
    for targets, view in (
        (["song"], None), (["song"], "arrangement"), (["song"], "mixer"), (["tracks/1/clip_slots/2"], None),
        (["tracks/1"], "notes"), (["tracks/1/devices/0"], None),
    ):  # fmt: skip
        picture = draw(mirror, targets, view, THEMES[theme])  # type: ignore[arg-type]
        assert parsed(picture).tag.endswith("svg")
        assert picture.description
        data = png(picture)
        image = Image.open(BytesIO(data))
        assert (image.size, image.mode) == ((picture.width, picture.height), "P")
        assert len(data) < 80_000


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_name_stays_text(name: str) -> None:
    grid = session(
        [Column("tracks/0", name, "#336699", [Cell("tracks/0/clip_slots/0", name, "#993333")], "MSR")],
        [SceneRow("scenes/0", name, "")],
        THEMES["light"],
    )
    document = svg(grid)
    root = ElementTree.fromstring(document)
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "title", "desc", "rect", "line", "polyline", "text"}
    assert 'onerror="' not in document
    assert not any(sign in document for sign in "\u202e\u0000\u0007")
    assert len(document) < 40_000
    assert png(grid)


def test_a_large_set_gives_a_bounded_picture_that_names_omissions() -> None:
    columns = [
        Column(f"tracks/{n}", f"T{n}", "#888888", [Cell("s", "c", "#808080")] * 200) for n in range(100)
    ]
    picture = session(columns, [SceneRow("r", "s", "")] * 200, THEMES["light"])
    assert len(picture.shapes) < 3 * MOST_TRACKS * MOST_SCENES
    drawn = (picture.width - SCENES_WIDTH - 16) // LEAST_CELL
    assert any(text.startswith(f"Not shown: {100 - drawn} more tracks, 140 more") for text in texts(picture))
    assert picture.width * picture.height < MOST_PIXELS
    with pytest.raises(ValueError, match="pixels"):
        png(Picture(5000, 5000, "#ffffff"))
