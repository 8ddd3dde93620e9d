"""`setmirror probe --devices FILE`: a dump of a Live's devices, its comparison with headless Live, and its import."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import trio
import trio.testing

from mcp_server.commands.processes import HeadlessProcess
from mcp_server.demo.contents import differences, picture
from mcp_server.probe import device_dump
from mirror import errors
from remote_script.headless import devices
from remote_script.headless.devices import facts as form
from remote_script.headless.devices import take
from remote_script.headless.sets.generate import default_set
from tests.whole import whole_path

from .test_with_live import setmirror

SOME = ("Limiter", "Echo", "OriginalSimpler", "DrumGroupDevice", "MidiArpeggiator", "DrumCell")


async def dumped(version: str = "12.4") -> dict[str, Any]:
    """A dump of a few devices of headless Live, whose Set is restored."""
    async with whole_path(default_set(), version) as whole:
        await whole.audited()
        before, entries = picture(whole.mirror), len(whole.history())
        found = await device_dump.dump(whole.mirror)
        await whole.audited()
        assert differences(before, picture(whole.mirror)) == []
        assert len(whole.history()) == entries
        return found


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = [devices.find(name) for name in SOME]
    monkeypatch.setattr(devices, "all_devices", lambda: chosen)


@pytest.mark.usefixtures("few")
async def test_a_dump_of_headless_live_agrees_with_it_and_leaves_the_set_as_it_was(
    autojump_clock: trio.testing.MockClock,
) -> None:
    found = await dumped()
    assert sorted(found["devices"]) == sorted(SOME)
    assert device_dump.differences(found) == {}
    echo = {row["name"]: row for row in found["devices"]["Echo"]["parameters"]}
    assert [12.0, "1/4"] in echo["Mod Rate"]["texts"]
    assert echo["Channel Mode"]["items"] == ["Stereo", "Ping Pong", "Mid/Side"]


@pytest.mark.usefixtures("few")
async def test_importing_a_dump_changes_no_name_and_keeps_every_law(
    autojump_clock: trio.testing.MockClock,
) -> None:
    found = json.loads(json.dumps(await dumped()))
    taken = json.loads(take.written(take.take(form.raw(), found)))
    for class_name in SOME:
        before = devices.find(class_name)
        after = form.read_device(class_name, taken["devices"][class_name], taken["lists"])
        assert before is not None
        if class_name == "DrumGroupDevice":
            continue
        assert [one.name for one in after.fresh] == [one.name for one in before.fresh]
        was = {one.name: one for one in before.fresh}
        for one in after.fresh:
            assert one.law._replace(is_certain=True) == was[one.name].law._replace(is_certain=True), one
            assert one.path == was[one.name].path


@pytest.mark.usefixtures("few")
async def test_every_planted_difference_is_named(autojump_clock: trio.testing.MockClock) -> None:
    found = await dumped()

    def planted(class_name: str, index: int, **changes: Any) -> list[str]:
        other = copy.deepcopy(found)
        other["devices"][class_name]["parameters"][index].update(changes)
        differ = device_dump.differences(other)
        assert list(differ) == [class_name]
        return differ[class_name]

    assert "parameter 1 is 'Gain', not 'Input Gain'" in planted("Limiter", 1, name="Gain")[0]
    assert (
        "items" in planted("Limiter", 6, items=["a", "b", "c"])[0]
        or "Lookahead" in planted("Limiter", 6, max=5.0)[0]
    )
    assert "0 to 2, not 0 to 1" in planted("Limiter", 2, max=2.0)[0]
    assert "shows '9 dB'" in planted("Limiter", 2, default_text="9 dB")[0]


async def test_a_live_without_device_insertion_is_reported(autojump_clock: trio.testing.MockClock) -> None:
    async with whole_path(default_set(), "12.1") as whole:
        with pytest.raises(errors.NotAvailable, match=r"from Live 12\.3 on"):
            await device_dump.dump(whole.mirror)


@pytest.mark.slow
async def test_the_command_writes_a_dump_of_all_devices(tmp_path: Any) -> None:
    path = tmp_path / "dump.json"
    async with HeadlessProcess.started(more=["--default-set"]) as live:
        done = await setmirror("probe", "--devices", str(path), "--port", str(live.port))
    assert done.returncode == 0, done.stderr
    found = json.loads(path.read_text(encoding="utf-8"))
    assert len(found["devices"]) == 71
    assert b"71 devices written" in done.stdout
    assert b"0 differ from headless Live" in done.stdout
