"""A load is honest: the item is at the requested place, or the load is refused and the Set restored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import trio.testing

from mcp_server.index import VARIABLE
from mirror import Call, errors
from remote_script.headless.sets.packs import FILES, USER, Library
from tests.every_class import everything
from tests.whole import Refused, Whole, whole_path

Clock = trio.testing.MockClock

DRUMS, KEYS, EFFECTS = "tracks/0", "tracks/1", "tracks/7"
PADS = f"{DRUMS}/devices/0/drum_pads"
DRIFT = "instruments/Drift"
KICK = "samples/Drums/Kick Dusty.wav"
EVERY = [
    f"samples/{each.folder.rpartition('/')[2]}/{each.name}"
    for each in FILES
    if each.sound and each.place != USER
]


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the drum samples in headless Live's library, which Live's index knows."""
    library = Library(str(tmp_path))
    monkeypatch.setenv(VARIABLE, library.write())
    return Path(library.path(FILES[0])).parent


def shape(whole: Whole) -> list[Any]:
    """Tracks with their devices, chains and clips."""

    def inside(holder: Any) -> list[Any]:
        return [
            [d.name, [inside(chain) for chain in d.chains] if d.can_have_chains else []]
            for d in holder.devices
        ]

    song = whole.stage.song
    return [
        [t.name, inside(t), [s.has_clip for s in t.clip_slots]] for t in [*song.tracks, *song.return_tracks]
    ]


def sample_of(simpler: Any) -> str:
    return Path(simpler.sample.file_path).name


async def refused_as_it_was(whole: Whole, error: str, **arguments: Any) -> dict[str, Any]:
    before = shape(whole)
    with pytest.raises(Refused) as caught:
        await whole.call("load", **arguments)
    assert caught.value.data["error"] == error, caught.value.data
    await whole.audited()
    assert shape(whole) == before
    assert await whole.differences() == []
    return caught.value.data


async def test_browse_gives_the_file_of_a_sample(files: Path, autojump_clock: Clock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        shown = (await whole.call("browse", path="samples/Drums"))["items"]
        assert {each["path"]: each["file"] for each in shown} == {
            f"samples/Drums/{each.name}": str(files / each.name) for each in FILES[:3]
        }
        found = (await whole.call("browse", match="kick dusty", deep=True))["items"]
        named = [each for each in found if each["path"].endswith("Kick Dusty.wav")]
        assert {each["file"] for each in named} == {str(files / "Kick Dusty.wav")}


async def test_samples_become_simplers_on_pads_and_midi_tracks_each_in_one_undo_step(
    files: Path, autojump_clock: Clock
) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        before, entries = shape(whole), whole.history()
        rack = whole.stage.song.tracks[0].devices[0]
        answer = await whole.call("load", path=EVERY[:4], to=[f"{PADS}/{note}" for note in (80, 81, 82, 83)])
        assert (answer["outcome"], answer["undo_steps"]) == ("verified", 1)
        for number, path in enumerate(EVERY[:4]):
            (chain,) = rack.drum_pads[80 + number].chains
            assert chain.name == Path(path).stem
            assert [sample_of(device) for device in chain.devices] == [Path(path).name]
        assert len(whole.history()) == len(entries) + 1
        await whole.call("undo")
        assert shape(whole) == before
        track = (await whole.call("create", kind="midi"))["results"][0]["result"]["ref"]
        answer = await whole.call("load", path=KICK, to=track)
        made = whole.stage.song.tracks[len(whole.stage.song.tracks) - 1].devices[0]
        assert (sample_of(made), answer["results"][0]["result"]["ref"]) == (
            "Kick Dusty.wav",
            f"{track}/devices/0",
        )
        assert await whole.differences() == []


async def test_a_sample_for_a_simpler_replaces_its_sample_and_keeps_the_device(
    files: Path, autojump_clock: Clock
) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        simpler = next(n for n in whole.mirror.walk() if n.type == "SimplerDevice")
        ref = whole.mirror.ref(simpler.id)
        answer = await whole.call("load", path=KICK, to=ref)
        assert (answer["outcome"], answer["undo_steps"]) == ("verified", 1)
        assert answer["results"][0]["result"]["id"] == f"id:{simpler.id}"
        assert Path(whole.mirror.child(ref, "sample").props["file_path"]).name == "Kick Dusty.wav"  # type: ignore[union-attr]


async def test_a_full_pad_and_an_instrument_in_the_way_are_replaced_only_when_that_is_allowed(
    files: Path, autojump_clock: Clock
) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        full = next(pad.note for pad in whole.stage.song.tracks[0].devices[0].drum_pads if pad.chains)
        for to, path in ((f"{PADS}/{full}", KICK), (KEYS, KICK), (KEYS, DRIFT), (f"{PADS}/{full}", DRIFT)):
            data = await refused_as_it_was(whole, "WOULD_OVERWRITE", path=path, to=to)
            answer = await whole.call("load", path=path, to=to, overwrite=True)
            (result,) = answer["results"]
            assert (answer["outcome"], answer["undo_steps"]) == ("verified", 1)
            assert result["replaced"] == data["replaced"]
            assert await whole.differences() == []
            await whole.call("undo")


async def test_an_unsuitable_item_is_refused_with_the_alternative_before_any_load(
    autojump_clock: Clock,
) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        entries = whole.history()
        for path, to, place, hint in (
            ("instruments/Drift", EFFECTS, None, "MIDI track"),
            ("midi_effects/Arpeggiator", EFFECTS, None, "MIDI track"),
            ("audio_effects/Reverb", f"{KEYS}/devices/0", "before", "after the instrument"),
            ("instruments/Drift", f"{KEYS}/devices/1", "replace", "delete it"),
            (KICK, f"{KEYS}/devices/1", "after", "drum pad"),
            (KICK, "tracks/6/clip_slots/5", None, "audio track"),
            (KICK, "return_tracks/0", None, "MIDI track"),
            ("clips/Chord Walk.alc", KEYS, None, "slot"),
            ("instruments/Drift", "scenes/0", None, ""),
            ("instruments/Drift", "tracks/6/clip_slots/5", None, "track itself"),
        ):
            arguments = {"path": path, "to": to, **({"place": place} if place else {})}
            data = await refused_as_it_was(whole, "NOT_AVAILABLE", **arguments)
            assert hint in data["hint"], data
        assert whole.history() == entries


@pytest.mark.parametrize("version", ["11.3", "12.2", "12.3"])
async def test_a_device_loaded_to_the_wrong_place_is_deleted_and_refused(
    version: str, autojump_clock: Clock
) -> None:
    async with whole_path(everything(), version, tick_s=0.02) as whole:
        # The browser does not show whether a plug-in is an instrument.
        data = await refused_as_it_was(
            whole, "LIVE_REFUSED", path="plugins/VST3/Blue Door/Blue Synth", to=EFFECTS
        )
        assert [each["deleted"] for each in data["came"]] == [True]
        assert whole.stage.live.application.browser.hotswap_target is None


async def test_a_plug_in_that_replaces_an_instrument_is_reported(autojump_clock: Clock) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        name = whole.stage.song.tracks[1].devices[0].name
        answer = await whole.call("load", path="plugins/VST3/Blue Door/Blue Synth", to=KEYS)
        (result,) = answer["results"]
        assert [each["name"] for each in result["replaced"]] == [name]
        assert "undo restores it" in result["note"]
        assert answer["undo_steps"] == 1


async def test_native_devices_are_inserted_beside_others_in_one_step(autojump_clock: Clock) -> None:
    async with whole_path(everything(), "12.3", tick_s=0.02) as whole:
        selected = whole.stage.song.view.selected_track
        before = shape(whole)
        for place in ("before", "after", "replace"):
            answer = await whole.call(
                "load", path="audio_effects/Reverb", to=f"{KEYS}/devices/1", place=place
            )
            assert (answer["outcome"], answer["undo_steps"]) == ("verified", 1)
            await whole.call("undo")
            assert shape(whole) == before
        answer = await whole.call("load", path="midi_effects/Arpeggiator", to=KEYS)
        assert answer["results"][0]["result"]["ref"] == f"{KEYS}/devices/0"
        assert whole.stage.song.view.selected_track == selected


@pytest.mark.parametrize("version", ["11.3", "12.4"])
async def test_without_its_file_a_sample_is_loaded_by_the_browser_and_undo_entries_are_counted(
    version: str, autojump_clock: Clock
) -> None:
    async with whole_path(everything(), version, tick_s=0.02) as whole:
        before, entries = shape(whole), whole.history()
        answer = await whole.call("load", path=EVERY[:4], to=[f"{PADS}/{note}" for note in (80, 81, 82, 83)])
        assert (answer["outcome"], answer["undo_steps"]) == ("verified", 4)
        assert len(whole.history()) == len(entries) + 4
        rack = whole.stage.song.tracks[0].devices[0]
        for number, path in enumerate(EVERY[:4]):
            assert [sample_of(d) for c in rack.drum_pads[80 + number].chains for d in c.devices] == [
                Path(path).name
            ]
        for _ in range(4):
            await whole.by_hand(lambda song: song.undo())
        assert shape(whole) == before
        simpler = next(n for n in whole.mirror.walk() if n.type == "SimplerDevice")
        answer = await whole.call("load", path=KICK, to=whole.mirror.ref(simpler.id))
        assert (answer["outcome"], answer["results"][0]["result"]["id"]) == ("verified", f"id:{simpler.id}")
        assert whole.stage.live.application.browser.hotswap_target is None
        track = (await whole.call("create", kind="midi"))["results"][0]["result"]["ref"]
        answer = await whole.call("load", path=KICK, to=track)
        assert answer["results"][0]["result"]["ref"] == f"{track}/devices/0"
        assert await whole.differences() == []


async def test_earlier_loads_of_a_call_are_removed_when_a_later_one_is_refused(
    autojump_clock: Clock,
) -> None:
    async with whole_path(everything(), tick_s=0.02) as whole:
        await refused_as_it_was(
            whole, "NOT_AVAILABLE", path=[KICK, "instruments/Drift"], to=[f"{PADS}/80", EFFECTS]
        )


async def test_a_dry_run_of_a_load_refuses_as_the_load_does_and_names_replaced_objects(
    autojump_clock: Clock,
) -> None:
    async with whole_path(everything(), "12.3", tick_s=0.02) as whole:
        entries, before = whole.history(), shape(whole)
        keys, effects = (whole.mirror.resolve(each).id for each in (KEYS, EFFECTS))

        def load(target: int, overwrite: bool = False) -> Call:
            return Call("application/browser", "load", {"path": DRIFT, "target": target}, overwrite=overwrite)

        with pytest.raises(errors.NotAvailable, match="takes no MIDI"):
            await whole.mirror.write([load(effects)], dry_run=True)
        with pytest.raises(errors.WouldOverwrite, match="overwrite 1 device "):
            await whole.mirror.write([load(keys)], dry_run=True)
        told = await whole.mirror.write([load(keys, overwrite=True)] * 3, dry_run=True)
        assert [each.replaced_count for each in told.results] == [1, 1, 1]
        assert (whole.history(), shape(whole)) == (entries, before)
