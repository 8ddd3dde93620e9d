"""Changes since a client's last visit: over restarts of Live and the server, grouped by object, at most one screen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import trio
import trio.testing

from mcp_server.history import visits
from mcp_server.history.set_folder import folder_of
from mcp_server.history.visits import AWAY_S, Here, Visits, read_state, read_visits, save_visit
from mcp_server.policy import Policy, PolicyFile, Rule
from remote_script import headless
from tests.lean import demo_set
from tests.whole import LONG_S, QUIET_S, Refused, Whole, whole_path

Clock = trio.testing.MockClock


async def by_hand(whole: Whole, edit: Any) -> None:
    await whole.by_hand(edit)
    await trio.sleep(QUIET_S)


async def since_visit(whole: Whole, **more: Any) -> dict[str, Any]:
    return await whole.call("get_changes", since="visit", **more)


async def test_after_a_restart_changes_of_others_are_shown_by_object(
    autojump_clock: Clock, tmp_path: Path
) -> None:
    async with whole_path(demo_set(), sets_folder=tmp_path) as whole:
        assert "first visit" in (await since_visit(whole))["notes"][0]
        await whole.call("set_track", track="Bass", volume="-12 dB")
        # After the client's last call, so the client has not seen it.
        await by_hand(whole, lambda song: setattr(song, "tempo", 91.0))
    async with whole_path(demo_set(), sets_folder=tmp_path) as whole:
        await by_hand(whole, lambda song: setattr(song.tracks[1], "name", "Piano"))
        await by_hand(whole, lambda song: setattr(song.tracks[2], "mute", True))
        answer = await since_visit(whole)
        assert answer["last_here"]
        by_object = {event["object"]: event["changes"] for event in answer["events"]}
        # The tempo is as at the client's last call; the client's own volume was lost with Live.
        assert by_object == {
            "track 'Piano'": ["track 'Keys' is now called 'Piano'"],
            "track 'Bass'": [
                "track 'Bass': mute False → True",
                "Bass: Track Volume -12.0 dB → -2.8 dB",
            ],
        }
        assert (await since_visit(whole))["events"] == answer["events"]
        read = await whole.agent.client.read_resource("live://visit")
        assert json.loads(read.contents[0].text)["count"] == 3


async def test_hidden_objects_are_not_reported_after_a_restart(autojump_clock: Clock, tmp_path: Path) -> None:
    policy = Policy(PolicyFile(rule=(Rule("deny", operations=("read",), refs=("tracks/*[Bass]",)),)))
    async with whole_path(demo_set(), sets_folder=tmp_path, policy=policy) as whole:
        await whole.call("get_set")
    async with whole_path(demo_set(), sets_folder=tmp_path, policy=policy) as whole:
        await by_hand(whole, lambda song: setattr(song.tracks[2], "mute", True))
        await by_hand(whole, lambda song: setattr(song, "tempo", 91.0))
        answer = await since_visit(whole)
        assert answer["events"] == [
            {"object": "song 'Lo-Fi Demo'", "changes": ["song 'Lo-Fi Demo': tempo 82.0 → 91.0"]}
        ]


async def test_no_comparison_is_made_while_the_set_is_being_read(
    autojump_clock: Clock, tmp_path: Path
) -> None:
    async with whole_path(demo_set(), sets_folder=tmp_path) as whole:
        await whole.call("get_set")
    async with whole_path(demo_set(), sets_folder=tmp_path, sync=False, budget_s=0.0) as whole:
        with pytest.raises(Refused, match="still being read"):
            await since_visit(whole)
        await whole.mirror.wait_synced(LONG_S)
        assert (await since_visit(whole))["events"] == []


async def test_a_returning_client_is_shown_changes_since_its_last_call(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        now = [1000.0]
        seen = Visits(whole.mirror, wall=lambda: now[0])
        seen.call("a")
        await by_hand(whole, lambda song: setattr(song, "tempo", 91.0))
        seen.call("a")
        await by_hand(whole, lambda song: setattr(song, "tempo", 92.0))
        now[0] += AWAY_S + 1
        assert seen.since("a") is None
        seen.call("a")
        before = seen.since("a")
        assert before is not None
        answer = visits.differences(before[1], whole.mirror.store)
        assert answer["groups"] == [
            {"object": "song 'Lo-Fi Demo'", "changes": ["song 'Lo-Fi Demo': tempo 91.0 → 92.0"]}
        ]
        assert seen.since("b") is None


async def test_a_thousand_changes_fit_on_a_screen(autojump_clock: Clock) -> None:
    async with whole_path(headless.demo_set()) as whole:
        before = Here(0.0, whole.mirror.store)

        def edit(song: Any) -> None:
            for track in song.tracks:
                for device in track.devices:
                    for parameter in device.parameters[1:]:
                        if parameter.is_enabled and not parameter.is_quantized:
                            parameter.value = parameter.min

        await by_hand(whole, edit)
        answer = visits.differences(before.store(), whole.mirror.store)
        assert answer["count"] > 200
        lines = sum(1 + len(each["changes"]) for each in answer["groups"])
        assert 20 < lines <= visits.SCREEN
        shown = sum(len(each["changes"]) + each.get("more", 0) for each in answer["groups"])
        assert shown <= answer["count"]


async def test_files_are_bounded_damaged_ones_ignored_and_a_crash_loses_one_visit(
    autojump_clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with whole_path(demo_set()) as whole:
        folder = folder_of(whole.mirror.store, tmp_path)
        monkeypatch.setattr(visits, "CLIENTS", 3)
        for number in range(6):
            await by_hand(whole, lambda song, number=number: setattr(song, "tempo", 90.0 + number))
            save_visit(folder, f"client {number}", Here(float(number), whole.mirror.store))
        assert list(read_visits(folder)) == ["client 3", "client 4", "client 5"]
        assert len(list(folder.glob("*.state"))) == 3
        path = folder / read_visits(folder)["client 5"].state
        back = read_state(path)
        assert visits.differences(back, whole.mirror.store)["count"] == 0
        data = path.read_bytes()
        for length in (0, 1, len(data) // 2, len(data) - 1):
            path.write_bytes(data[:length])
            seen = Visits(whole.mirror, tmp_path)
            seen.call("client 5")
            assert seen.since("client 5") is None
        listed = (folder / visits.VISITS).read_bytes()
        for length in range(0, len(listed), 11):
            (folder / visits.VISITS).write_bytes(listed[:length])
            assert read_visits(folder) == {}
        save_visit(folder, "new", Here(9.0, whole.mirror.store))
        assert list(read_visits(folder)) == ["new"]
