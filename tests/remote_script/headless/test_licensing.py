"""The bridge for Live's licensing script, its dialogs, and handles of listeners."""

from __future__ import annotations

from typing import Any

import pytest

from remote_script.headless import HeadlessLive

from .world import small_set


@pytest.fixture
def live() -> Any:
    live = HeadlessLive(small_set())
    yield live
    live.close()


def test_the_bridge_knows_whether_the_set_has_unsaved_changes(live: Any) -> None:
    bridge, song = live.licensing, live.song
    assert not bridge.set_has_unsaved_changes
    song.tempo = 90.0
    assert bridge.set_has_unsaved_changes
    bridge.save_current_set()
    song.end_undo_step()
    assert not bridge.set_has_unsaved_changes
    song.tracks[0].mixer_device.volume.value = 0.1
    assert bridge.set_has_unsaved_changes
    song.undo()
    assert not bridge.set_has_unsaved_changes
    song.undo()
    assert bridge.set_has_unsaved_changes


def test_a_new_set_replaces_the_open_one(live: Any) -> None:
    song = live.song
    live.licensing.create_new_live_set()
    assert song.tempo == 120.0
    live.run_for(4.0)
    assert song == None  # noqa: E711
    assert [track.name for track in live.song.tracks] != ["1-MIDI", "Bass", "3-Audio"]
    assert not live.licensing.set_has_unsaved_changes


def test_a_session_is_stored_until_it_is_ended(live: Any) -> None:
    bridge = live.licensing
    assert bridge.get_session_id() == ""
    bridge.store_session_id("cookie")
    assert bridge.get_session_id() == "cookie"
    bridge.deauthenticate_user()
    assert bridge.get_session_id() == ""
    assert bridge.load_and_convert_legacy_unlock_cfg() == {}
    assert not live.surface.classes["Licensing.UnlockStatus"]().unlocked


def test_a_modal_dialog_suspends_everything_except_the_network_timer(live: Any) -> None:
    bridge = live.licensing
    dialog = bridge.get_progress_dialog()
    dialog.set_status_message("Looking for licences")
    seen: list[Any] = []
    ticks: list[int] = []
    live.timer_class(lambda: ticks.append(1), 10, True, True)

    def network() -> None:
        seen.append((live.application.current_dialog_message, live.application.open_dialog_count, len(ticks)))
        if len(seen) == 3:
            dialog.end_modal_loop()

    bridge.set_network_timer(network, 100)
    began = live.clock.now()
    dialog.run_in_modal_loop()
    assert seen == [("Looking for licences", 1, 0)] * 3
    assert live.clock.now() - began == pytest.approx(0.3)
    assert live.application.open_dialog_count == 0
    bridge.set_network_timer(None, 0)
    live.run_for(0.5)
    assert len(seen) == 3
    assert ticks


def test_the_buttons_of_the_startup_dialog_call_back(live: Any) -> None:
    pressed: list[str] = []
    dialog = live.licensing.get_startup_dialog(lambda: pressed.append("now"), lambda: pressed.append("later"))
    dialog.set_notification_message("Welcome", False)
    live.person.answers += [1, 0]
    dialog.run_in_modal_loop(False)
    assert pressed == ["later"]
    dialog.run_in_modal_loop(True)
    assert pressed == ["later", "now"]
    assert live.application.open_dialog_count == 0


def test_a_modal_dialog_is_logged_and_does_not_block_headless_live(live: Any) -> None:
    live.licensing.get_progress_dialog().run_in_modal_loop()
    assert live.application.open_dialog_count == 0
    assert any("a modal dialog waits for a person" in line for line in live.log_lines)


def test_a_script_can_ask_live_to_end(live: Any) -> None:
    live.licensing.request_exit(3)
    live.run()
    assert live.exit_code == 3


def test_an_older_live_has_no_bridge() -> None:
    live = HeadlessLive(small_set(), version="12.0")
    with pytest.raises(AttributeError, match=r"Live 12.0 has no licensing bridge; it came in 12.1"):
        _ = live.licensing
    live.close()


class Hearer:
    def __init__(self) -> None:
        self.heard = 0

    def on_tempo(self) -> None:
        self.heard += 1


def test_listeners_can_be_listed_and_removed(live: Any) -> None:
    song, hearer = live.song, Hearer()
    song.add_tempo_listener(hearer.on_tempo)
    live.application.view.add_is_view_visible_listener("Session", print)
    first, second = live.listeners()
    assert (first.name, first.listener_func, first.listener_self()) == ("tempo", Hearer.on_tempo, hearer)
    assert (second.name, second.listener_func, second.listener_self) == ("is_view_visible", print, None)
    first.disconnect()
    first.disconnect()
    song.tempo = 90.0
    assert hearer.heard == 0
    assert [each.name for each in live.listeners()] == ["is_view_visible"]
