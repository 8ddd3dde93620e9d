"""A scene's tempo and signature: a launch says that the Set gets them, `arrange` that the arrangement does not."""

from __future__ import annotations

from typing import Any

import trio
import trio.testing

from tests.lean import demo_set
from tests.whole import QUIET_S, Whole, whole_path

Clock = trio.testing.MockClock


async def noted(whole: Whole, tool: str, **arguments: Any) -> list[str]:
    answer = await whole.call(tool, **arguments)
    return [note for note in answer.get("notes", ()) if "changes the Set's" in note]


async def test_a_launch_names_the_tempo_and_signature_that_it_changes(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        assert await noted(whole, "fire", target="scenes/0") == []
        await whole.call("set_property", target="scenes/1", property="tempo", value=140)
        (note,) = await noted(whole, "fire", target="scenes/1")
        assert note == "scenes/1 changes the Set's tempo from 82 to 140"
        await trio.sleep(3.0)
        assert whole.stage.live.song.tempo == 140
        assert await noted(whole, "fire", target="scenes/1") == []
        await whole.by_hand(lambda song: setattr(song.scenes[3], "time_signature_numerator", 7))
        await whole.by_hand(lambda song: setattr(song.scenes[3], "time_signature_denominator", 8))
        await trio.sleep(QUIET_S)
        (note,) = await noted(whole, "fire", target="scenes/3")
        assert note == "scenes/3 changes the Set's signature from 4/4 to 7/8"


async def test_arrange_names_each_scene_whose_tempo_stays_out_of_the_arrangement(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set()) as whole:
        sections = [{"name": "A", "bars": 2, "scene": number} for number in (1, 3, 1)]
        assert await noted(whole, "arrange", sections=sections, dry_run=True, overwrite=True) == []
        await whole.call("set_property", target="scenes/1", property="tempo", value=140)
        (note,) = await noted(whole, "arrange", sections=sections, dry_run=True, overwrite=True)
        assert "scenes/1" in note
        assert note.endswith(
            "tempo from 82 to 140 when it is launched: the arrangement plays on without this"
        )
