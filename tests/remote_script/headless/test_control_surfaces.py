"""`Application.control_surfaces`: scripts in their slots, and proxies of surfaces in other processes."""

from __future__ import annotations

import types
from typing import Any

import pytest

from remote_script.headless import HeadlessLive
from remote_script.headless.model.surfaces import ARRIVALS, RemoteSurface

from .world import script_module, small_set

TICK_S = 0.011


@pytest.fixture
def live() -> Any:
    live = HeadlessLive(small_set())
    yield live
    live.close()


@pytest.fixture
def push() -> RemoteSurface:
    return RemoteSurface("Push3", ["Play_Button", "Track_Encoder"], pad_layout="note.melodic")


def test_scripts_and_proxies_occupy_seven_slots(live: Any, push: RemoteSurface) -> None:
    heard: list[int] = []
    live.application.add_control_surfaces_listener(lambda: heard.append(1))
    assert list(live.application.control_surfaces) == [None] * 7
    guest = types.SimpleNamespace()
    live.load_script(script_module(guest))
    proxy = live.connect_surface(push)
    assert list(live.application.control_surfaces) == [guest, proxy] + [None] * 5
    assert type(proxy).__name__ == "ControlSurfaceProxy"
    assert heard == [1, 1]


def test_a_proxy_reports_its_controls(live: Any, push: RemoteSurface) -> None:
    proxy = live.connect_surface(push)
    assert proxy.type_name == "Push3"
    assert [(each.id, each.name) for each in proxy.control_descriptions] == [
        (0, "Play_Button"),
        (1, "Track_Encoder"),
    ]
    heard: list[str] = []
    proxy.add_pad_layout_listener(lambda: heard.append(proxy.pad_layout))
    push.show_pads("session")
    push.show_pads("session")
    assert heard == ["session"]


def test_a_grabbed_control_is_kept_from_the_surfaces_own_script(live: Any, push: RemoteSurface) -> None:
    proxy = live.connect_surface(push)
    heard: list[Any] = []
    proxy.add_control_values_arrived_listener(lambda: heard.append(proxy.fetch_received_values()))
    assert push.touch("Play_Button", 127)
    proxy.grab_control(0)
    proxy.subscribe_to_control(1)
    assert not push.touch("Play_Button", 0)
    assert push.touch("Track_Encoder", 1)
    assert heard == []
    live.run_for(TICK_S)
    assert heard == [((0, 0), (1, 1))]
    proxy.release_control(0)
    proxy.unsubscribe_from_control(1)
    assert push.touch("Play_Button", 127)
    assert push.touch("Track_Encoder", 2)
    live.run_for(TICK_S)
    assert heard == [((0, 0), (1, 1))]
    assert proxy.fetch_received_values() == ()


def test_midi_is_forwarded_only_on_request(live: Any, push: RemoteSurface) -> None:
    proxy = live.connect_surface(push)
    heard: list[Any] = []
    proxy.add_midi_received_listener(lambda: heard.append(proxy.fetch_received_midi_messages()))
    push.receive((0x90, 36, 100))
    proxy.enable_receive_midi(True)
    push.receive((0x90, 37, 100))
    live.run_for(TICK_S)
    proxy.enable_receive_midi(False)
    push.receive((0x90, 38, 100))
    live.run_for(TICK_S)
    assert heard == [((0x90, 37, 100),)]
    proxy.send_midi((0xB0, 85, 1))
    proxy.send_value((1, 3))
    assert (push.midi, push.values) == ([(0xB0, 85, 1)], [(1, 3)])


def test_unfetched_midi_is_dropped_at_a_limit(live: Any, push: RemoteSurface) -> None:
    proxy = live.connect_surface(push)
    proxy.grab_control(1)
    for value in range(ARRIVALS + 5):
        push.touch("Track_Encoder", value)
    kept = proxy.fetch_received_values()
    assert (len(kept), kept[0], kept[-1]) == (ARRIVALS, (1, 5), (1, ARRIVALS + 4))


@pytest.mark.parametrize(
    "use",
    [
        lambda proxy: proxy.grab_control(2),
        lambda proxy: proxy.release_control(-1),
        lambda proxy: proxy.send_value(()),
    ],
)
def test_an_unknown_control_is_refused(live: Any, push: RemoteSurface, use: Any) -> None:
    proxy = live.connect_surface(push)
    with pytest.raises(RuntimeError, match="Unknown control id"):
        use(proxy)
    with pytest.raises(LookupError, match="Push3 has no control 'Dial'"):
        push.touch("Dial", 1)


def test_an_older_live_has_no_proxies(push: RemoteSurface) -> None:
    old = HeadlessLive(small_set(), version="11.0")
    with pytest.raises(AttributeError, match=r"Live 11.0 has no control surface proxy; it came in 11.1"):
        old.connect_surface(push)
    old.close()


def test_the_surface_outlives_the_set_and_its_proxy_does_not(live: Any, push: RemoteSurface) -> None:
    old = live.connect_surface(push)
    old.grab_control(0)
    live.open_set(small_set())
    live.run_for(4.0)
    assert old == None  # noqa: E711
    assert push.touch("Play_Button", 127), "grabs end with the Set"
    assert len(push.proxies()) == 1
    (again,) = [each for each in live.application.control_surfaces if each is not None]
    assert again.type_name == "Push3"
