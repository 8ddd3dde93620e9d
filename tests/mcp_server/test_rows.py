"""One scenario for each area of a Set, through the tools: read, write, check in Live, undo."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trio
import trio.testing

from mcp_server.demo.contents import differences, picture
from tests.every_class import everything
from tests.remote_script.headless.test_audio_files import write_wave
from tests.whole import Refused, Whole, whole_path

Clock = trio.testing.MockClock
DRUMS, KEYS, INSTRUMENTS, EFFECTS, TAKES = "tracks/0", "tracks/1", "tracks/6", "tracks/7", "tracks/8"
CLIP, AUDIO = f"{INSTRUMENTS}/clip_slots/0/clip", f"{EFFECTS}/clip_slots/0/clip"


@asynccontextmanager
async def undone(version: str = "12.4") -> AsyncIterator[Whole]:
    """A Set; the writes of the block are undone at its end, entry by entry, and the Set is restored."""
    async with whole_path(everything(), version, tick_s=0.02) as whole:
        await whole.audited()
        before, entries = picture(whole.mirror), len(whole.history())
        yield whole
        for _ in range(len(whole.history()) - entries):
            await whole.call("undo", anyone=True)
        await whole.call("transport", action="stop")
        await whole.audited()
        assert differences(before, picture(whole.mirror)) == []
        assert await whole.differences() == []


async def prop(whole: Whole, target: str, name: str) -> Any:
    return (await whole.call("get", target=target, fields=[name]))["object"][name]


async def done(whole: Whole, tool: str, **arguments: Any) -> list[dict[str, Any]]:
    """Make a write; returns its results, and checks that it is verified and at most one entry."""
    answer = await whole.call(tool, **arguments)
    assert answer["outcome"] == "verified", answer
    assert answer["undo_steps"] in (0, 1)
    results: list[dict[str, Any]] = answer["results"]
    assert all(each["verified"] for each in results)
    return results


async def transformed(whole: Whole, *edits: Any, **more: Any) -> list[dict[str, Any]]:
    """Edit the notes in CLIP; returns the results."""
    return await done(whole, "transform_notes", clips=[CLIP], edits=[*edits], **more)


async def test_transport(autojump_clock: Clock) -> None:
    async with undone() as whole:
        await done(whole, "transport", action="jump_to", time="5.1.1")
        await done(whole, "transport", action="play")
        assert (await whole.call("get_set", parts=["song"]))["set"]["song"]["is_playing"]
        await done(whole, "transport", action="jump_by", time=4)
        await whole.call("transport", action="tap_tempo")
        await whole.call("transport", action="nudge_up", on=True)
        await whole.call("transport", action="nudge_up", on=False)
        await whole.call("transport", action="re_enable_automation")
        await whole.call("transport", action="next_cue")
        await done(whole, "transport", action="stop")
        with pytest.raises(Refused, match="needs `time`"):
            await whole.call("transport", action="jump_to")
        with pytest.raises(Refused, match="Nothing to capture"):
            await whole.call("transport", action="capture_midi")


async def test_song(autojump_clock: Clock) -> None:
    async with undone() as whole:
        await done(whole, "set_song", tempo=91.5, key="F# minor", groove_amount=0.5, swing_amount=0.25)
        song = (await whole.call("get_set", parts=["song"]))["set"]["song"]
        assert (song["tempo"], song["root_note"], song["root"], song["scale_name"]) == (
            91.5,
            6,
            "F#",
            "Minor",
        )
        await done(whole, "set_song", loop=False, loop_start="3|1", loop_length="2 bars", punch_in=True)
        assert await prop(whole, "song", "loop_length") == 8.0
        await done(whole, "set_song", clip_trigger_quantization="1/4", midi_recording_quantization="1/16")
        await done(whole, "create", kind="cue_point", time="9.1.1", name="Drop")
        cue = next(c for c in (await whole.call("get_set"))["set"]["cue_points"] if c["name"] == "Drop")
        assert cue["bars"] == "9.1.1"
        await done(whole, "set_property", target=cue["ref"], property="name", value="Break")
        await done(whole, "transport", action="jump_to_cue", cue="Break")
        await done(whole, "delete", targets=[cue["ref"]])
        await done(whole, "set_property", target="tuning_system", property="name", value="Mine")
        with pytest.raises(Refused, match="between 20 and 999"):
            await whole.call("set_song", tempo=5)


async def test_tracks(autojump_clock: Clock) -> None:
    async with undone() as whole:
        made = (await done(whole, "create", kind="audio", name="Guitar", color="#ff3636"))[0]["result"]
        await done(whole, "set_track", track=made["ref"], arm=True, current_monitoring_state="in")
        shown = (await whole.call("get_track", track="Guitar"))["track"]
        assert (shown["kind"], shown["arm"]) == ("audio", True)
        await done(whole, "duplicate", target=made["ref"])
        await done(whole, "set_track", track="tracks/3", fold_state=True)
        # Values outside Live's history are restored explicitly.
        await done(whole, "set_track", track="tracks/3", fold_state=False)
        await done(whole, "create", kind="return", name="Echo")
        await done(whole, "delete", targets=["Echo", KEYS, made["ref"]])
        assert "Guitar" not in [each["name"] for each in (await whole.call("get_set"))["set"]["tracks"]][:-1]
        with pytest.raises(Refused):
            await whole.call("move", target="tracks/0", to="tracks/2")


async def test_mixer(autojump_clock: Clock) -> None:
    async with undone() as whole:
        results = await done(
            whole, "set_track", track=KEYS, volume="-6 dB", panning="20L", mute=True, crossfade_assign="A",
            sends=[{"send": "Reverb", "value": "-12 dB"}],
        )  # fmt: skip
        assert {each.get("display") for each in results} >= {"-6.0 dB", "20L"}
        shown = (await whole.call("get_track", track=KEYS))["track"]["mixer"]
        assert (shown["volume"]["display"], shown["panning"]["display"]) == ("-6.0 dB", "20L")
        await done(whole, "set_track", track="master_track", volume=0.5, cue_volume="-10 dB", crossfader=0.25)
        with pytest.raises(Refused, match="out of range"):
            await whole.call("set_track", track=KEYS, volume="20 dB")
        with pytest.raises(Refused, match="sends"):
            await whole.call("set_track", track=KEYS, sends=[{"send": 9, "value": 0}])


async def test_routing(autojump_clock: Clock) -> None:
    async with undone() as whole:
        offered = await prop(whole, KEYS, "available_output_routing_types")
        await done(whole, "set_track", track=KEYS, output_routing_type=offered[-1])
        compressor = (await whole.call("find", kind="CompressorDevice"))["found"][0]["ref"]
        await done(whole, "set_device", device=compressor, properties={"input_routing_type": "Drums"})
        assert (await whole.call("get_device", device=compressor))["device"]["properties"][
            "input_routing_type"
        ] == "Drums"
        with pytest.raises(Refused, match="must be one of"):
            await whole.call("set_track", track=KEYS, output_routing_type="Mars")


async def test_scenes(autojump_clock: Clock) -> None:
    async with undone() as whole:
        made = (await done(whole, "create", kind="scene", index=2, name="Bridge"))[0]["result"]["ref"]
        assert made == "scenes/2"
        for name, value in (("tempo", 80), ("time_signature_numerator", 3), ("color", "#00ff00")):
            await done(whole, "set_property", target=made, property=name, value=value)
        await done(whole, "duplicate", target=made)
        await done(whole, "fire", target="scenes/1")
        await trio.sleep(4)
        await done(whole, "create", kind="scene", capture=True)
        await done(whole, "fire", target="song", stop=True)
        await done(whole, "delete", targets=[made])


async def test_session_clips(tmp_path: Path, autojump_clock: Clock) -> None:
    write_wave(tmp_path / "hit.wav", 44100, 44100)
    async with undone() as whole:
        made = await done(
            whole, "create_clip", track=INSTRUMENTS, slot=3, length="2 bars", name="Riff", notes="C3@0:1 E3@1"
        )
        clip = made[0]["result"]["ref"]
        assert await prop(whole, clip, "length") == 8.0
        await done(
            whole, "set_clip", clip=clip, loop_start=2.0, loop_end=6.0, launch_mode="gate", legato=True
        )
        await done(whole, "set_clip", clip=clip, loop_start=16.0, loop_end=24.0, launch_quantization="1/8")
        await done(whole, "duplicate", target=clip, to=[f"{INSTRUMENTS}/clip_slots/5"])
        await done(whole, "move", target=clip, to=f"{INSTRUMENTS}/clip_slots/6")
        assert await prop(whole, f"{INSTRUMENTS}/clip_slots/3", "has_clip") is False
        await done(whole, "create_clip", track=EFFECTS, slot=3, file_path=str(tmp_path / "hit.wav"))
        await done(whole, "fire", target=f"{INSTRUMENTS}/clip_slots/6")
        await trio.sleep(4)
        assert await prop(whole, f"{INSTRUMENTS}/clip_slots/6/clip", "is_playing")
        await done(whole, "fire", target=INSTRUMENTS, stop=True)
        await done(whole, "delete", targets=[f"{INSTRUMENTS}/clip_slots/6/clip"])
        with pytest.raises(Refused, match="has a clip already"):
            await whole.call("create_clip", track=INSTRUMENTS, slot=5)
        with pytest.raises(Refused, match="absolute"):
            await whole.call("create_clip", track=EFFECTS, slot=4, file_path="hit.wav")


async def test_arrangement(autojump_clock: Clock) -> None:
    async with undone() as whole:
        made = await done(
            whole, "create_clip", track=INSTRUMENTS, time="17.1.1", length="1 bar", notes="C3@0"
        )
        assert made[0]["result"]["ref"].startswith(f"{INSTRUMENTS}/arrangement_clips/")
        await done(whole, "duplicate", target=CLIP, time="33.1.1")
        clips = (await whole.call("get_track", track=INSTRUMENTS))["track"]["arrangement_clips"]
        assert [each["start"] for each in clips] == ["1.1.1", "17.1.1", "33.1.1"]
        await done(whole, "move", target=clips[2]["ref"], time="41.1.1")
        await done(whole, "delete", targets=[clips[1]["ref"]])
        await done(whole, "call_method", target=TAKES, method="create_take_lane")
        await done(
            whole, "call_method", target="application/view", method="show_view", args={"view": "Arranger"}
        )


async def test_notes(autojump_clock: Clock) -> None:
    async with undone() as whole:
        await done(whole, "edit_notes", clip=CLIP, replace="C3@0:.25v100 @1 E3@2.1v80p0.5 G3@3d-10r20m")
        compact = (await whole.call("get_notes", clip=CLIP, form="compact"))["notes"]
        notes = (await whole.call("get_notes", clip=CLIP))["notes"]
        assert [each["pitch"] for each in notes] == [60, 60, 64, 67]
        await done(whole, "edit_notes", clip=CLIP, change=[{"note_id": notes[0]["note_id"], "pitch": "D3"}])
        await done(whole, "edit_notes", clip=CLIP, change=compact)
        assert (await whole.call("get_notes", clip=CLIP))["notes"] == notes
        await transformed(whole, {"edit": "transpose", "semitones": 12})
        await transformed(whole, {"edit": "quantize", "grid": "1/4"})
        moved = (await whole.call("get_notes", clip=CLIP))["notes"]
        assert [(each["note_id"], each["start_time"]) for each in moved] == [
            (old["note_id"], round(old["start_time"])) for old in notes
        ]
        await transformed(whole, {"edit": "velocity", "factor": 0.5, "select": {"pitch": "C4"}})
        await transformed(whole, "legato")
        first = {"ids": [notes[0]["note_id"]]}
        await transformed(whole, {"edit": "shift", "by": 0.25, "select": first})
        await transformed(whole, {"edit": "remove", "select": {"pitch_range": ["G3", "C5"], "time": [2, 8]}})
        await whole.call("transform_notes", clips=[CLIP], edits=["select"])
        await transformed(whole, "duplicate_loop")
        await done(whole, "edit_notes", clip=CLIP, remove=[notes[0]["note_id"]])
        with pytest.raises(Refused, match="leave the pitches 0 to 127"):
            await whole.call("transform_notes", clips=[CLIP], edits=[{"edit": "transpose", "semitones": 120}])
        with pytest.raises(Refused, match="note 2"):
            await whole.call("edit_notes", clip=CLIP, add="C3@0 nonsense")


def warped(method: str, **args: Any) -> dict[str, Any]:
    return {"tool": "call_method", "args": {"target": AUDIO, "method": method, "args": args}}


async def test_audio_clips(autojump_clock: Clock) -> None:
    async with undone() as whole:
        await done(
            whole, "set_clip", clip=AUDIO, gain=0.6, pitch_coarse=-3, pitch_fine=20, warp_mode="complex"
        )
        await done(
            whole,
            "batch",
            calls=[
                warped("move_warp_marker", marker_beat_time=4.0, beat_time_distance=0.5),
                warped("add_warp_marker", warp_marker=[1.0, 2.5]),
            ],
        )
        await done(whole, "batch", calls=[warped("remove_warp_marker", beat_time=2.5)])
        assert [pair[1] for pair in await prop(whole, AUDIO, "warp_markers")][1] == 4.5
        await done(whole, "set_clip", clip=AUDIO, warping=False)
        with pytest.raises(Refused):
            await whole.call("edit_notes", clip=AUDIO, add="C3@0")


async def test_automation(autojump_clock: Clock) -> None:
    volume = f"{INSTRUMENTS}/mixer_device/volume"
    async with undone() as whole:
        steps = [{"time": n, "length": 1, "value": n / 4} for n in range(4)]
        await done(whole, "edit_envelope", clip=CLIP, parameter=volume, steps=steps)
        (envelope,) = await prop(whole, CLIP, "automation_envelopes")
        assert len(envelope["events"]) >= 4
        await done(whole, "edit_envelope", clip=CLIP, parameter=volume, delete=[[0.0, 1.5]])
        await done(whole, "edit_envelope", clip=CLIP, parameter=volume, clear=True)
        assert await prop(whole, CLIP, "automation_envelopes") == []


async def test_devices(autojump_clock: Clock) -> None:
    async with undone() as whole:
        made = (await done(whole, "insert_device", to=KEYS, name="EQ Eight"))[0]["result"]["ref"]
        await done(
            whole,
            "set_device",
            device=made,
            parameters={"1 Frequency A": "120 Hz", "1 Gain A": "-3 dB"},
            on=True,
        )
        shown = (await whole.call("get_device", device=made, match="1 frequency a"))["device"]["parameters"]
        assert [each["display"] for each in shown] == ["120 Hz"]
        await done(
            whole, "set_device", device=made, on=False, name="My EQ", properties={"global_mode": "mid_side"}
        )
        await done(whole, "move", target=made, to=KEYS, position=1)
        mine = (await whole.call("find", name="My EQ"))["found"][0]["ref"]
        await done(whole, "duplicate", target=mine)
        both = [each["ref"] for each in (await whole.call("find", kind="Eq8Device", under=KEYS))["found"]]
        assert len(both) == 2
        await done(whole, "delete", targets=both)
        with pytest.raises(Refused, match="none of them 'Nonsense'"):
            await whole.call("set_device", device=f"{KEYS}/devices/0", parameters={"Nonsense": 1})
        with pytest.raises(Refused):
            await whole.call("insert_device", to=KEYS, name="No Such Device")
    async with whole_path(everything(), "12.0", tick_s=0.02) as whole:
        with pytest.raises(Refused, match=r"needs Live 12\.3"):
            await whole.call("insert_device", to=KEYS, name="EQ Eight")


async def test_racks(autojump_clock: Clock) -> None:
    async with undone() as whole:
        rack = next(
            each["ref"]
            for each in (await whole.call("find", kind="RackDevice"))["found"]
            if each["ref"].startswith(EFFECTS)
        )
        await done(whole, "set_device", device=rack, parameters={"Macro 1": 64})
        await done(whole, "set_device", device=rack, action="store_variation")
        await done(whole, "set_device", device=rack, parameters={"Macro 1": 100})
        await done(whole, "set_device", device=rack, action="recall_variation", index=2)
        assert (await whole.call("get", target=f"{rack}/parameters/1", fields=["value"]))["object"][
            "value"
        ] == 64
        await done(whole, "set_device", device=rack, action="delete_variation", index=2)
        await done(whole, "set_device", device=rack, action="randomize_macros")
        await done(whole, "set_device", device=rack, action="insert_chain")
        await done(whole, "set_track", track=f"{rack}/chains/0", name="Clean", volume="-3 dB", mute=True)
        drums = f"{DRUMS}/devices/0"
        await done(whole, "set_track", track=f"{drums}/chains/0", choke_group=2, out_note=48)
        await done(whole, "duplicate", target=f"{drums}/drum_pads/36", to=f"{drums}/drum_pads/70")
        await done(whole, "set_track", track=f"{drums}/drum_pads/36", solo=True)
        await done(whole, "delete", targets=[f"{drums}/drum_pads/36"])
        with pytest.raises(Refused, match="variations, from 0"):
            await whole.call("set_device", device=rack, action="recall_variation", index=9)


async def test_special_devices(autojump_clock: Clock) -> None:
    async with undone() as whole:
        simpler = f"{INSTRUMENTS}/devices/0"
        await done(whole, "set_device", device=simpler, properties={"playback_mode": "slicing", "voices": 4})
        await done(
            whole,
            "call_method",
            target=f"{simpler}/sample",
            method="insert_slice",
            args={"slice_time": 66150},
        )
        assert 66150 in await prop(whole, f"{simpler}/sample", "slices")
        reverb = (await whole.call("find", kind="HybridReverbDevice"))["found"][0]["ref"]
        await done(whole, "set_device", device=reverb, properties={"ir_category_index": 1})
        plugin = (await whole.call("find", kind="PluginDevice"))["found"][0]["ref"]
        await done(whole, "set_device", device=plugin, properties={"selected_preset_index": 1})
        looper = (await whole.call("find", kind="LooperDevice"))["found"][0]["ref"]
        assert "record" in (await whole.call("describe", what=looper))["methods"]


async def test_grooves(autojump_clock: Clock) -> None:
    async with undone() as whole:
        groove = (await whole.call("find", kind="Groove"))["found"][0]["ref"]
        await done(whole, "set_clip", clip=CLIP, groove=groove)
        assert await prop(whole, CLIP, "groove") == groove
        await done(whole, "set_property", target=groove, property="timing_amount", value=60)


async def test_browser(autojump_clock: Clock) -> None:
    async with undone() as whole:
        found = (await whole.call("browse", path="audio_effects", match="reverb"))["items"]
        assert "audio_effects/Reverb" in [each["path"] for each in found if each.get("is_loadable")]
        answer = await whole.call("load", path="audio_effects/Reverb", to=KEYS)
        assert answer["results"][0]["result"]["ref"].startswith(f"{KEYS}/devices/")


async def test_view(autojump_clock: Clock) -> None:
    async with undone() as whole:
        for name, value in (("selected_track", 1), ("selected_scene", "3"), ("detail_clip", CLIP)):
            await done(whole, "set_property", target="view", property=name, value=value)
        args = {"device": f"{KEYS}/devices/0"}
        await done(whole, "call_method", target="view", method="select_device", args=args)
        view = (await whole.call("get", target="view"))["object"]
        assert (view["selected_scene"], view["detail_clip"]) == ("scenes/3", CLIP)


async def test_history(autojump_clock: Clock) -> None:
    async with undone() as whole:
        mine = await whole.call("set_song", tempo=70)
        await whole.by_hand(lambda song: setattr(song, "tempo", 75))
        await trio.sleep(1)
        with pytest.raises(Refused, match="changed after"):
            await whole.call("undo", write=mine["write"])
        await whole.call("undo", anyone=True)
        await whole.call("undo", write=mine["write"])
        await whole.call("undo", redo=True)
        assert await prop(whole, "song", "tempo") == 70
        edits = (await whole.call("get_set", parts=["status"]))["set"]["status"]["edits"]
        assert edits
        events = (await whole.call("get_changes", since=0, match=["song"]))["events"]
        assert {each["who"] for each in events if each["name"] == "tempo"} >= {"tests", "live"}


async def test_dialogs(autojump_clock: Clock) -> None:
    async with undone() as whole:
        await whole.call(
            "call_method", target="application", method="show_on_the_fly_message", args={"message": "Sure?"}
        )
        await trio.sleep(1)
        shown = (await whole.call("get", target="application"))["object"]
        assert (shown["open_dialog_count"], shown["current_dialog_message"]) == (1, "Sure?")
        press = {"target": "application", "method": "press_current_dialog_button", "args": {"index": 0}}
        await done(whole, "call_method", **press)
        await trio.sleep(1)
        assert await prop(whole, "application", "open_dialog_count") == 0


async def test_a_new_track_can_be_undone_by_the_write_that_made_it(autojump_clock: Clock) -> None:
    async with undone() as whole:
        made = await whole.call("create", kind="midi", name="Mine", index=0)
        # Live sets its routing some ticks later, which is no author's edit.
        await trio.sleep(2)
        assert (await whole.call("undo", write=made["write"]))["outcome"] == "verified"
