"""Pictures of text: their content, its places, and lines within the width for all names."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from rich.cells import cell_len

from mcp_server.pictures.arrangements import UNKNOWN, Block, Lane, Timing
from mcp_server.pictures.gathered import Grid, Mixer, Panel, PianoRoll, Subject, Timeline
from mcp_server.pictures.mixers import Dial, Strip
from mcp_server.pictures.rolls import Keys, Roll
from mcp_server.pictures.session import Cell, Column, SceneRow
from mcp_server.pictures.text_art import Canvas, text_art
from mirror import Note
from tests.lean import demo_set
from tests.whole import whole_path

NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
HOSTILE = (
    "日本語のドラム",
    "🎛️🥁 kit",
    "\u202eevil\x1b[31m\x07",
    "e\u0301" * 40,
    "x" * 10_000,
    "👩\u200d👩\u200d👧 family",
    "\ud83d",
    "ﷺ﷽",
    "\n\r\t",
    "🇯🇵",
    "",
)
ENCODINGS = ("utf-8", "ascii", "cp437", "cp1252", "no such encoding")


def note(
    id_: int, pitch: int, start: float, duration: float = 1.0, velocity: float = 100.0, **more: Any
) -> Note:
    given = {"mute": False, "probability": 1.0, "velocity_deviation": 0.0, "release_velocity": 64.0, **more}
    return Note(id_, pitch, start, duration, velocity, **given)


def lines(subject: Subject, columns: int = 100, rows: int = 40, encoding: str = "utf-8") -> list[str]:
    return text_art(subject, columns, rows, encoding).split("\n")


def test_a_roll_of_text_has_every_note_at_its_time_and_pitch() -> None:
    notes = [
        note(1, 62, 0.0, 2.0, 127.0),
        note(2, 61, 2.0, 1.0, 70.0),
        note(3, 60, 4.0, 1.0, 40.0, mute=True),
        note(4, 60, 7.0, 1.0, 40.0, probability=0.5),
    ]
    clip = Roll("Riff", notes, "", 0.0, 8.0, (0.0, 4.0), 6.0, [("Cutoff", [(0.0, 0.0), (8.0, 1.0)])])
    shown = lines(PianoRoll([clip], Keys(NAMES, scale_name="D Minor"), 4.0))
    assert shown[0] == "Riff  D Minor"
    row = {line.split("│")[0].strip(): line.partition("│")[2] for line in shown if "│" in line}
    per_beat = 8
    assert row["D3"][: 2 * per_beat] == "█" + "─" * (2 * per_beat - 1)
    assert row["C#3"][2 * per_beat : 3 * per_beat] == "▓" + "─" * (per_beat - 1)
    assert row["C3"][4 * per_beat] == "×"
    assert row["C3"][7 * per_beat] == "?"
    assert shown[2][6:].startswith("[" + "─" * (4 * per_beat - 2) + "]")
    assert shown[2][6 + 6 * per_beat] == "▼"
    assert shown[1].split() == ["1", "2"]
    assert row["Cuto…"] == "".join("▁▂▃▄▅▆▇█"[n // 8] for n in range(64))


def test_clips_over_each_other_begin_their_notes_with_their_numbers() -> None:
    clips = [Roll("A", [note(1, 60, 0.0)], "", 0.0, 4.0), Roll("B", [note(2, 62, 1.0)], "", 0.0, 4.0)]
    shown = lines(PianoRoll(clips, Keys(NAMES), 4.0))
    assert shown[0] == "1 A  2 B"
    row = {line.split("│")[0].strip(): line.partition("│")[2] for line in shown if "│" in line}
    assert row["C3"].startswith("1───")
    assert row["D3"].lstrip().startswith("2───")


def test_a_roll_of_many_pitches_keeps_every_note_within_its_lines() -> None:
    notes = [note(pitch, pitch, float(pitch % 8)) for pitch in range(128)]
    for most in (12, 40):
        shown = lines(PianoRoll([Roll("A", notes, "", 0.0, 8.0)], Keys(NAMES), 4.0), rows=most)
        assert len(shown) <= most
        starts = {
            (n, at) for n, line in enumerate(shown[3:-1]) for at, sign in enumerate(line) if sign == "█"
        }
        assert len({at for _, at in starts}) == 8


def test_a_text_grid_has_names_states_flags_and_tempos_of_scenes() -> None:
    columns = [
        Column("t0", "Drums", "", [Cell("s", "Beat", "", "playing"), Cell("s", state="stop")], "MR"),
        Column("t1", "Bass", "", [Cell("s", "Riff", "", "recording"), Cell("s", "", "", "triggered")]),
    ]
    shown = lines(Grid(columns, [SceneRow("s0", "Intro", ""), SceneRow("s1", "", "", "triggered", "98 BPM")]))
    cells = [[each.strip() for each in line.split("│")] for line in shown[:-1]]
    assert cells == [
        ["", "Drums", "Bass"],
        ["", "M R", ""],
        ["1 Intro", "▶Beat", "●Riff"],
        ["2 » 98 BPM", "■", "»(no name)"],
    ]
    assert shown[-1] == "▶ playing  » triggered  ● recording  ■ stop button"


def test_an_arrangement_of_text_has_clips_locators_loop_and_playhead_at_their_places() -> None:
    lanes = [
        Lane("t0", "Group", "", []),
        Lane(
            "t1", "Bass", "", [Block("c", "Riff", "", 0.0, 16.0), Block("d", "End", "", 32.0, 48.0)], 1, "M"
        ),
    ]
    facts = Timing(64.0, [(0.0, "Intro"), (32.0, "Verse")], (16.0, 32.0), 40.0, 4.0, "98 BPM 4/4")
    shown = lines(Timeline(lanes, facts))
    start = 19
    per_beat = 1
    assert shown[0][start + 32 * per_beat :].startswith("Verse")
    assert shown[2][start + 16] == "["
    assert shown[2][start + 31] == "]"
    assert shown[2][start + 40] == "▼"
    bass = shown[4][start:]
    assert bass.startswith("[Riff──────────]")
    assert bass[32:48] == "[End───────────]"
    assert shown[4].startswith(" Bass M")
    assert shown[-1] == UNKNOWN


def subjects(name: str) -> list[Subject]:
    dials = [Dial(name, name, 0.5, 0.2)] * 50
    column = Column("t", name, "", [Cell("s", name, "", "playing")] * 70, "MSR")
    roll = Roll(name, [note(1, 60, 0.0)], "", 0.0, 400.0, envelopes=[(name, [(0.0, 0.5)])])
    blocks = [Block("c", name, "", float(n), n + 1.0) for n in range(0, 400, 2)]
    return [
        Grid([column] * 30, [SceneRow("r", name, "", "triggered", name)] * 70),
        Timeline(
            [Lane("t", name, "", blocks, 9, "MSR", [name])] * 70,
            Timing(400.0, [(2.0, name), (4.0, name)], tempo="1 BPM"),
        ),
        Mixer([Strip("t", name, "", dials[0], dials[0], dials[:3], "MSR", (0.5, 0.5))] * 50),
        PianoRoll([roll], Keys(NAMES, pads={60: name}), 4.0),
        PianoRoll([roll] * 8, Keys(NAMES), 4.0),
        Panel(name, dials, False, 7),
    ]


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_no_name_widens_or_adds_a_line_or_controls_the_terminal(name: str) -> None:
    for subject, encoding, (columns, rows) in product(
        subjects(name), ENCODINGS, ((40, 8), (80, 24), (200, 60))
    ):
        text = text_art(subject, columns, rows, encoding)
        shown = text.split("\n")
        assert len(shown) <= rows
        assert max(map(cell_len, shown)) <= columns
        assert not any(sign in text for sign in "\x1b\x07\r\t\u202e\ufe0f")
        if encoding != "no such encoding":
            text.encode(encoding)


@pytest.mark.parametrize(
    ("text", "shown"), [("日本語", "日本…"), ("日本", "日本 "), ("abcdef", "abcd…"), ("a", "a    ")]
)
def test_a_shortened_text_is_marked_for_any_width_of_its_signs(text: str, shown: str) -> None:
    assert Canvas(80, 24, "utf-8").fit(text, 5) == shown


def test_an_ascii_stream_gets_the_same_picture() -> None:
    notes = [note(1, 60, 0.0, 2.0), note(2, 62, 1.0, mute=True)]
    subject = PianoRoll([Roll("Riff", notes, "", 0.0, 8.0, (0.0, 8.0), 4.0)], Keys(NAMES), 4.0)
    plain, drawn = (lines(subject, encoding=each) for each in ("ascii", "utf-8"))
    assert "\n".join(plain).isascii()
    assert [len(line) for line in plain] == [len(line) for line in drawn]


async def test_look_answers_with_text_on_request(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        answer = await whole.call("look", targets=["tracks/0/clip_slots/1"], **{"as": "text"})
        assert "Kick Dusty" in answer["text"]
        assert "27 notes" in answer["picture"]
        shown = (await whole.call("look", **{"as": "text"}))["text"]
        names = [node.name for node in whole.mirror.walk() if node.type == "Scene"]
        assert all(name in shown for name in names)
        result = await whole.agent.client.call_tool("look", {"as": "text"})
        assert [each.type for each in result.content] == ["text"]


async def test_a_sweep_is_shown_as_a_curve_and_a_changed_choice_is_marked(autojump_clock: Any) -> None:
    async with whole_path(demo_set()) as whole:
        clip, sweep = "tracks/1/clip_slots/2", {"clip": "tracks/1/clip_slots/2", "begin": 300, "end": 4000}
        await whole.call("recipe", action="run", name="filter-sweep", parameters=sweep)
        picture = (await whole.call("look", targets=[clip], **{"as": "text"}))["text"]
        row = next(line for line in picture.splitlines() if line.startswith("Freq"))
        assert set("▁▄█") <= set(row)
        await whole.call("insert_device", to=1, name="EQ Eight")
        name = "1 Filter Type A"
        eq = {"device": "tracks/1/devices/4"}
        await whole.call("set_device", **eq, parameters={name: "High Pass 48dB"})
        picture = (await whole.call("look", targets=[eq["device"]], **{"as": "text"}))["text"]
        changed = [line for line in picture.splitlines() if line.startswith("*")]
        assert [line[2:].split("  ")[0] for line in changed] == [name]


def test_tracks_without_room_are_named_and_shortened_lines_marked() -> None:
    columns = [Column(f"tracks/{n}", f"Track {n}", "#ff0000", []) for n in range(12)]
    lines = text_art(Grid(columns, []), 80).splitlines()
    assert "… 5 more tracks: Track 7, Track 8, Track 9, Track 10, Track 11" in lines
    assert "…" in Canvas(40, 10, "utf-8").fit("x" * 50, 40)
    canvas = Canvas(40, 10, "utf-8")
    canvas.add("word " * 20)
    assert canvas.rows[0].endswith("…")
