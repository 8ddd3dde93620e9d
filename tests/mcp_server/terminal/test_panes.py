"""The panes of `setmirror top`: their content and their size in cells, for all names."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from rich.cells import cell_len
from rich.text import Text

from mcp_server.page.story import Story
from mcp_server.terminal import panes
from tests.lean import demo_set
from tests.whole import whole_path

HOSTILE = "🎛️日本語\u202e\x1b[31m\x07[bold]e\u0301[/]" + "x" * 500


def lines(text: Text) -> list[str]:
    return text.plain.split("\n")


def check_size(text: Text, width: int, height: int) -> None:
    shown = lines(text)
    assert len(shown) <= height
    assert max(map(cell_len, shown)) <= width
    assert not any(sign in text.plain for sign in "\x1b\x07\u202e\ufe0f")


async def test_the_grid_has_tracks_levels_meters_clips_and_scenes(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:

        def set_up(song: Any) -> None:
            song.tracks[0].clip_slots[1].fire()
            song.tracks[1].arm = True
            song.tracks[2].mute = True

        await whole.by_hand(set_up)
        await whole.audited()
        shown = lines(panes.grid(whole.mirror, {"tracks/0": 0.5}, 140, 20, (0, 0)))
        names = [node.name for node in whole.mirror.children("song", "tracks")]
        assert all(name in shown[0] for name in (*names, "A-Reverb", "Main"))
        assert shown[1].split("dB")[0].strip() == "0.0"
        assert "0.0 dB R" in shown[1]
        assert "-2.8 dB M" in shown[1]
        assert shown[2].strip().startswith("█" * 6 + "░" * 6)
        assert "▶Beat A" in shown[4]
        assert shown[7].startswith("5 Break 76 BPM")
        assert "■" in shown[7]


async def test_rows_that_do_not_fit_are_counted_and_reached_by_scrolling(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        shown = lines(panes.grid(whole.mirror, {}, 80, 8, (0, 0)))
        assert shown[0].startswith("3 more tracks")
        assert shown[-1] == "4 more scenes"
        shown = lines(panes.grid(whole.mirror, {}, 80, 8, (5, 6)))
        assert "Bells" in shown[0]
        assert shown[3].startswith("7 Bridge")
        assert lines(panes.grid(whole.mirror, {}, 80, 8, (99, 99)))[3].startswith("8 Outro")


async def test_every_pane_keeps_its_size_with_any_names(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:

        def rename(song: Any) -> None:
            for each in (*song.tracks, *song.scenes):
                each.name = HOSTILE
            song.tracks[0].clip_slots[0].clip.name = HOSTILE

        await whole.by_hand(rename)
        await whole.audited()
        story = Story(whole.mirror)
        story.add(whole.mirror.log.last(1000))
        status = {
            "writes": {"waiting": 3, "executed": 9},
            "clients": [{"identity": HOSTILE, "outbox": 4}] * 9,
        }
        for width, height in product((40, 80, 200), (6, 24)):
            check_size(panes.head(whole.mirror, width, True, 12), width, 1)
            check_size(panes.grid(whole.mirror, {}, width, height, (0, 0)), width, height)
            check_size(panes.log(story.since(0), "", width, height, 0)[0], width, height)
            check_size(panes.bridge(whole.mirror, status, width), width, 1)


async def test_the_log_names_authors_and_is_filtered_by_words(autojump_clock: Any) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        await whole.call("set_track", track=1, volume="-6 dB")
        await whole.by_hand(lambda song: setattr(song.tracks[2], "name", "Low"))
        await whole.audited()
        story = Story(whole.mirror)
        story.add(whole.mirror.log.last(1000))
        text, count = panes.log(story.since(0), "", 120, 20, 0)
        assert count == len(lines(text))
        assert "tests" in text.plain
        assert "Keys › Volume  0.0 dB → -6.0 dB" in text.plain
        assert "Live" in text.plain
        assert "Bass → Low" in text.plain
        for words, wanted, unwanted in (("keys", "-6.0 dB", "Low"), ("live LOW", "Low", "-6.0 dB")):
            filtered = panes.log(story.since(0), words, 120, 20, 0)[0].plain
            assert wanted in filtered
            assert unwanted not in filtered
        assert panes.log(story.since(0), "nothing like it", 120, 20, 0)[0].plain == "No line has these words."
        older = panes.log(story.since(0), "", 120, 1, 1)[0].plain
        assert older != panes.log(story.since(0), "", 120, 1, 0)[0].plain


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ({"writes": {"waiting": 2, "verified": 5, "refused": 0}}, "queue: 2 waiting, 5 verified"),
        (
            {"writes": {"waiting": 0}, "clients": [{"identity": "a", "role": "agent", "outbox": 7}]},
            "queue: 0 waiting  clients: a (agent, 7 lines behind)",
        ),
    ],
)
async def test_the_last_line_has_the_queue_and_the_clients(
    autojump_clock: Any, status: dict[str, Any], words: str
) -> None:
    async with whole_path(demo_set(), tick_s=0.02) as whole:
        assert words in panes.bridge(whole.mirror, status, 120).plain
