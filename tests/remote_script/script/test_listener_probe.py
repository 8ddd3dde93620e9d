"""`probe.listeners` attaches listeners in short slices, counts Live's calls, and removes all listeners."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from remote_script.headless.sets.generate import default_set
from remote_script.SetMirror import listener_probe
from remote_script.SetMirror.awake import Awake
from remote_script.SetMirror.listener_probe import AT_ONCE, MOST, SLICE_S, TARGETS, WAIT_S

from .stage import Stage

SLOW_S = 0.0001
"""Seconds for one listener in a slow Live."""


class Scene:
    """A Live with a person's connection, and the parameters of its Set."""

    def __init__(self) -> None:
        self.stage = Stage(default_set())
        self.stage.until_ready()
        self.client = self.stage.client(role="person")
        self.probe = self.stage.script.requests.listener_probe
        rows = self.stage.script.batcher.shadow.rows.values()
        self.ids = [row.id for row in rows if row.layout.type == "DeviceParameter"][:TARGETS]
        self.before = self.listeners

    @property
    def listeners(self) -> int:
        return int(self.stage.live.listener_count())

    def step(self, count: int, ids: list[int] | None = None) -> dict[str, Any]:
        answer: dict[str, Any] = self.client.result("probe.listeners", targets=ids or self.ids, count=count)
        return answer

    def until(self, count: int, ids: list[int] | None = None) -> list[dict[str, Any]]:
        answers = [self.step(count, ids)]
        while answers[-1]["attached"] != count:
            answers.append(self.step(count, ids))
        return answers

    def volume(self) -> tuple[Any, list[int]]:
        volume = self.stage.song.tracks[0].mixer_device.volume
        rows = self.stage.script.batcher.shadow.rows.values()
        return volume, [next(row.id for row in rows if row.obj == volume)]


@pytest.fixture
def scene() -> Any:
    scene = Scene()
    yield scene
    scene.stage.live.close()


def slow(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the probe's clock advance by `SLOW_S` for each listener."""
    now = [0.0]
    monkeypatch.setattr(scene.probe, "_clock", lambda: now[0])
    for name in ("_attach", "_remove"):
        work = getattr(scene.probe, name)

        def slowly(*args: Any, work: Any = work) -> None:
            now[0] += SLOW_S
            work(*args)

        monkeypatch.setattr(scene.probe, name, slowly)


def test_all_listeners_are_attached_and_removed_and_the_set_is_unchanged(scene: Scene) -> None:
    revision = scene.stage.script.batcher.revision
    attached = scene.until(MOST)
    assert scene.listeners == scene.before + MOST
    assert sum(each["changed"] for each in attached) == MOST
    removed = scene.until(0)
    assert sum(each["changed"] for each in removed) == MOST
    assert scene.listeners == scene.before
    assert scene.stage.script.batcher.revision == revision
    assert {each["reads"] for each in attached + removed} == {len(scene.ids)}


def test_a_slice_keeps_its_time_limit_in_a_slow_live(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    slow(scene, monkeypatch)
    answers = scene.until(500) + scene.until(0)
    assert max(each["change_us"] for each in answers) <= (SLICE_S + AT_ONCE * SLOW_S) * 1e6 + 1
    assert sum(each["change_us"] for each in answers) == pytest.approx(1000 * SLOW_S * 1e6)


def test_each_listener_that_live_calls_is_counted_once(scene: Scene) -> None:
    volume, ids = scene.volume()
    scene.until(50, ids)
    scene.stage.live.person.do(lambda song: setattr(volume, "value", 0.3))
    scene.stage.pump(3)
    answer = scene.step(50, ids)
    assert answer["calls"] == 50
    assert answer["calls_us"] > 0
    assert scene.step(50, ids)["calls"] == 0


def test_a_wait_lasts_as_long_as_the_pump_s_wait_for_a_request(scene: Scene) -> None:
    waits: list[float] = []

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return False

    assert scene.step(0)["wait_us"] is None
    times = iter([5.0, 5.0156])
    scene.stage.script.awake = Awake(wait, 0.4, lambda: next(times))
    answer = scene.client.result("probe.listeners", targets=scene.ids, count=0, wait=True)
    assert answer["wait_us"] == pytest.approx(15_600)
    assert waits == [WAIT_S]


def test_where_waiting_is_disabled_no_wait_is_measured(scene: Scene) -> None:
    def wait(seconds: float) -> bool:
        raise ValueError("filedescriptor out of range in select()")

    scene.stage.script.awake = Awake(wait, 0.4)
    for _ in range(2):
        answer = scene.client.result("probe.listeners", targets=scene.ids, count=0, wait=True)
        assert answer["wait_us"] is None
    assert "out of range" in scene.stage.script.awake.off


def test_the_listeners_of_a_lost_connection_are_removed_in_slices(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.until(200)
    slow(scene, monkeypatch)
    scene.client.pipe.closed_by_client = True
    counts = []
    for _ in range(50):
        scene.stage.pump()
        counts.append(scene.listeners - scene.before)
    assert counts[-1] == 0
    most = SLICE_S / SLOW_S + AT_ONCE
    assert all(earlier - later <= most for earlier, later in pairwise(counts))
    scene.client = scene.stage.client(role="person")
    assert scene.step(5)["attached"] == 5


def test_a_disconnected_script_leaves_no_listeners() -> None:
    scene = Scene()
    scene.until(100)
    scene.stage.script.disconnect()
    assert scene.listeners == 0
    scene.stage.live.close()


def test_deleted_parameters_lose_their_listeners(scene: Scene) -> None:
    scene.until(300)
    scene.stage.live.person.do(lambda song: song.delete_track(0))
    scene.stage.pump(5)
    rows = scene.stage.script.batcher.shadow.rows
    left = [id_ for id_ in scene.ids if id_ in rows]
    assert len(left) < len(scene.ids)
    scene.until(0, left)
    assert scene.listeners == scene.stage.script.batcher.observers.attached
    assert scene.stage.script.counters["failures"] == 0


def test_one_connection_measures_at_a_time(scene: Scene) -> None:
    scene.step(5)
    other = scene.stage.client(role="person")
    assert other.error("probe.listeners", targets=scene.ids, count=5)["error"] == "BUSY"
    scene.step(0)
    assert other.result("probe.listeners", targets=scene.ids, count=5)["attached"] == 5


def test_an_agent_is_refused(scene: Scene) -> None:
    agent = scene.stage.client()
    assert agent.error("probe.listeners", targets=scene.ids, count=5)["error"] == "DENIED"
    assert scene.listeners == scene.before


@pytest.mark.parametrize(
    "params",
    [
        {"count": -1}, {"count": MOST + 1}, {"count": True}, {"count": "5"}, {"count": None}, {"targets": []},
        {"targets": None}, {"targets": [0]}, {"targets": ["tracks/0"]}, {"targets": [1] * (TARGETS + 1)},
        {"targets": [[1]]},
    ],
)  # fmt: skip
def test_invalid_numbers_and_parameters_are_refused(scene: Scene, params: dict[str, Any]) -> None:
    asked = {"targets": scene.ids, "count": 5, **params}
    assert scene.client.error("probe.listeners", **asked)["error"] == "INVALID_PARAMS"
    assert scene.listeners == scene.before


def test_a_refused_listener_is_reported_with_lives_message(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener_probe, "PROPERTY", "no_such")
    refusal = scene.client.error("probe.listeners", targets=scene.ids, count=5)
    assert refusal["error"] == "LIVE_REFUSED"
    assert "no_such" in refusal["rule"]
