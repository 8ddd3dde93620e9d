"""`setmirror probe` detects a Live with other behaviour: several kinds of wrong facts, planted in headless Live.

In each case only the experiments about the fact differ, and the Set is restored.
"""

from __future__ import annotations

from typing import Any

import pytest
import trio.testing

from mcp_server import probe
from mcp_server.demo.contents import differences, picture
from mirror import errors
from remote_script.headless import history, node
from remote_script.headless.api import handles, turns
from remote_script.headless.hosting import runtime
from remote_script.headless.model import clip_slot
from remote_script.headless.model.parameter import Parameter
from remote_script.headless.model.scene import Scene
from remote_script.headless.model.structure import Structure
from remote_script.headless.model.track import Track
from remote_script.headless.sets.generate import default_set
from tests.whole import whole_path

Clock = trio.testing.MockClock
Patch = pytest.MonkeyPatch


async def differing(*only: str) -> dict[str, probe.Outcome]:
    """The experiments that find a difference, by name."""
    async with whole_path(default_set()) as whole, whole.person() as mirror:
        await whole.audited()
        before = picture(whole.mirror)
        found = await probe.run(mirror, lambda outcome: None, only)
        await whole.audited()
        assert differences(before, picture(whole.mirror)) == []
        return {each.name: each for each in found if each.agrees is False}


async def test_another_text_of_a_value(monkeypatch: Patch, autojump_clock: Clock) -> None:
    monkeypatch.setattr(Parameter, "call_str_for_value", lambda self, value: "11 dB")
    found = await differing("mixer")
    assert set(found) == {"fader_texts", "low_fader_texts", "panning_texts", "send_texts", "cue_texts"}
    assert found["panning_texts"].expected == ["C", "25R", "50L", "50R"]
    assert found["panning_texts"].seen == ["11 dB"] * 4


async def test_another_text_of_an_error(monkeypatch: Patch, autojump_clock: Clock) -> None:
    monkeypatch.setattr(clip_slot, "INCOMPATIBLE", "No way")
    found = await differing("clips")
    assert {name: each.seen for name, each in found.items()} == {"incompatible_tracks": "No way"}


async def test_a_getter_that_answers_where_it_should_refuse(
    monkeypatch: Patch, autojump_clock: Clock
) -> None:
    # The classes of a version are created once, with their getters.
    monkeypatch.setattr(handles, "_SURFACES", {})
    monkeypatch.setattr(Track, "get_mute", lambda self: self.__dict__.get("mute", False))
    found = await differing("tracks")
    assert set(found) == {"what_main_has_not"}
    assert found["what_main_has_not"].seen["master_track.mute"] is False


async def test_a_setter_that_shows_at_once_where_it_should_be_late(
    monkeypatch: Patch, autojump_clock: Clock
) -> None:
    monkeypatch.setitem(turns.LATE, "Song", turns.LATE["Song"] - {"punch_in"})
    assert set(await differing("turns")) == {"punch_in_late"}


async def test_a_history_that_keeps_more(monkeypatch: Patch, autojump_clock: Clock) -> None:
    monkeypatch.setattr(Track, "UNTRACKED", Track.UNTRACKED - {"arm"})
    found = await differing("history")
    assert set(found) == {"undo_arm"}
    assert (found["undo_arm"].expected, found["undo_arm"].seen) == ("not kept", "kept")


async def test_parameters_that_make_an_entry_of_their_own(monkeypatch: Patch, autojump_clock: Clock) -> None:
    def sync(self: Any) -> None:
        unsynced, self._unsynced = self._unsynced, {}
        for changed, field, old in unsynced.values():
            with self.into(history.Step()):
                self._record(changed, field, old, getattr(changed, field))

    monkeypatch.setattr(history.History, "sync", sync)
    assert {"parameters_in_the_step", "notes_and_parameters"} <= set(
        await differing("parameters_in_the_step", "notes_and_parameters")
    )


async def test_undo_steps_of_one_turn_that_are_merged(monkeypatch: Patch, autojump_clock: Clock) -> None:
    begin, ended = history.History.begin, [(-1.0, None)]
    end = history.History.end

    def merging(self: Any) -> None:
        begin(self)
        at, step = ended[-1]
        if at == self._doc.clock.now():
            self._open = step

    def noted(self: Any) -> None:
        ended.append((self._doc.clock.now(), self._open))
        end(self)

    monkeypatch.setattr(history.History, "begin", merging)
    monkeypatch.setattr(history.History, "end", noted)
    found = await differing("two_calls_in_one_turn", "two_values_in_one_turn", "one_step", "two_steps")
    assert set(found) == {"two_calls_in_one_turn", "two_values_in_one_turn"}
    assert all(len(each.seen) == 1 for each in found.values())


async def test_another_position_of_a_created_object(monkeypatch: Patch, autojump_clock: Clock) -> None:
    create = Structure.call_create_scene
    monkeypatch.setattr(
        Structure, "call_create_scene", lambda self, index: create(self, 0 if index == -1 else index)
    )
    assert "scene_at_the_end" in await differing("scenes")


async def test_another_order_of_listeners(monkeypatch: Patch, autojump_clock: Clock) -> None:
    call = node.Document._call_listeners
    monkeypatch.setattr(
        node.Document,
        "_call_listeners",
        lambda self, pending: call(self, dict(reversed(list(pending.items())))),
    )
    found = await differing("listeners")
    assert set(found) == {"order_of_solo", "order_of_tempo", "order_of_mute"}
    assert all(each.guess for each in found.values())


async def test_a_listener_that_is_never_called(monkeypatch: Patch, autojump_clock: Clock) -> None:
    notify = Scene.notify
    # A write reads its own properties back at once; the colour follows from its index.
    monkeypatch.setattr(
        Scene, "notify", lambda self, event: None if event == "color" else notify(self, event)
    )
    found = await differing("listeners")
    assert set(found) >= {"nothing_missed"}


async def test_a_slower_timer(monkeypatch: Patch, autojump_clock: Clock) -> None:
    monkeypatch.setattr(runtime, "TIMER_FLOOR_MS", 34)
    found = await differing("listeners")
    assert set(found) == {"timer_interval"}
    assert found["timer_interval"].guess
    assert 30 < found["timer_interval"].seen < 40


async def test_a_call_with_two_undo_entries_is_restored_too(
    monkeypatch: Patch, autojump_clock: Clock
) -> None:
    create = Structure.call_create_scene

    def two_entries(self: Any, index: int) -> Any:
        made = create(self, index)
        self.doc.history.end()
        made.change("color_index", 7)
        self.doc.history.end()
        return made

    monkeypatch.setattr(Structure, "call_create_scene", two_entries)
    found = await differing("scenes", "undo_of_a_scene", "one_step")
    assert set(found) >= {"undo_of_a_scene", "one_step", "scene_at_the_end", "undo_after_scenes"}
    assert found["undo_after_scenes"].seen > 0


async def test_edits_by_a_person_during_the_probe_are_not_undone(autojump_clock: Clock) -> None:
    async with whole_path(default_set()) as whole:
        await whole.audited()

        def told(outcome: probe.Outcome) -> None:
            if outcome.name == "mixer_names":
                whole.stage.live.person.do(lambda song: setattr(song.tracks[3], "name", "Theirs"))

        with pytest.raises(errors.PreconditionFailed):
            await probe.run(whole.mirror, told, ["mixer"])
        assert "Theirs" in [track.name for track in whole.stage.live.song.tracks]
