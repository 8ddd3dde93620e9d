"""Every method of the schema, through MCP: called, verified, one undo entry if it edits, and refused in all ways.

Each method changes only what its row declares, checked by the difference of two full readings of headless Live.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trio
import trio.testing

from mcp_server.demo.contents import differences, picture
from mirror import Call, Node, errors
from remote_script.SetMirror.contract import schema
from tests.denied import denied_everywhere
from tests.every_class import everything
from tests.remote_script.headless.test_audio_files import write_wave
from tests.touched import Watch
from tests.whole import Whole, whole_path

Clock = trio.testing.MockClock

DRUMS, KEYS, INSTRUMENTS, EFFECTS, TAKES = "tracks/0", "tracks/1", "tracks/6", "tracks/7", "tracks/8"
MIDI, AUDIO = f"{INSTRUMENTS}/clip_slots/0/clip", f"{EFFECTS}/clip_slots/0/clip"
VOLUME = f"{INSTRUMENTS}/mixer_device/volume"
RAMPS = [{"time": 0.0, "length": 2.0, "from": "-12 dB", "to": 0.5, "curve": "s-curve"}]
STEP = {"device_parameter": VOLUME, "time": 0.0, "length": 1.0, "value": 0.5}
NOTE = {"pitch": 40, "start_time": 3.0, "duration": 0.5}

Arguments = dict[str, Any] | Callable[[Whole], dict[str, Any]]


def first_of(type_: str) -> Callable[[Whole], str]:
    def find(whole: Whole) -> str:
        return next(whole.mirror.ref(node.id) for node in whole.mirror.walk() if node.type == type_)

    return find


def rack(whole: Whole) -> str:
    found = [node for node in whole.mirror.walk() if node.props.get("class_name") == "AudioEffectGroupDevice"]
    return whole.mirror.ref(found[0].id)


def ids(whole: Whole) -> list[int]:
    return [note.note_id for note in whole.mirror.notes(MIDI)][:2]


def wavetable(whole: Whole) -> Node:
    found = [n for n in whole.mirror.walk(INSTRUMENTS) if n.type == "WavetableDevice"]
    return found[0]


def position(whole: Whole) -> str:
    """A parameter that a new device does not modulate yet."""
    target = first_of("WavetableDevice")(whole)
    return next(
        whole.mirror.ref(p.id) for p in whole.mirror.children(target, "parameters") if p.name == "Osc 2 Pos"
    )


MACRO: tuple[str, str, dict[str, Any]] = ("macro", "set:value", {"value": 100.0})
SIMPLER = "tracks/6/devices/0"
SAMPLE = f"{SIMPLER}/sample"
Target = str | Callable[[Whole], str]

First = list[tuple[str, str, Arguments]]
CASES: dict[str, tuple[Target, Arguments, First]] = {
    # method: (target, arguments, preparing calls and sets)
    "Application.press_current_dialog_button": (
        "application", {"index": 0}, [("application", "show_on_the_fly_message", {"message": "Go on?", "buttons": 1})],
    ),
    "Application.show_on_the_fly_message": ("application", {"message": "Hello"}, []),
    "Application.View.focus_view": ("application/view", {"view": "Arranger"}, []),
    "Application.View.hide_view": ("application/view", {"view_name": "Detail"}, []),
    "Application.View.show_view": ("application/view", {"view": "Session"}, []),
    "Application.View.scroll_view": (
        "application/view", {"direction": 1, "view_name": "Session", "modifier_pressed": False}, [],
    ),
    "Application.View.zoom_view": (
        "application/view", {"direction": 1, "view_name": "Arranger", "modifier_pressed": False}, [],
    ),
    "Browser.load": ("application/browser", {"path": "audio_effects/Reverb", "target": KEYS}, []),
    "Browser.preview": ("application/browser", {"path": "audio_effects/Reverb"}, []),
    "Song.capture_and_insert_scene": ("song", {}, [("scenes/1", "fire", {})]),
    "Song.create_scene": ("song", {"index": 1}, []),
    "Song.delete_return_track": ("song", {"index": 1}, []),
    "Song.delete_scene": ("song", {"index": 1}, []),
    "Song.delete_track": ("song", {"index": 1}, []),
    "Song.duplicate_scene": ("song", {"index": 1}, []),
    "Song.duplicate_track": ("song", {"index": 1}, []),
    "Song.jump_by": ("song", {"beats": 4.0}, []),
    "Song.scrub_by": ("song", {"beats": 4.0}, []),
    "Song.move_device": (
        "song", {"device": f"{KEYS}/devices/1", "target": EFFECTS, "target_position": 0}, [],
    ),
    "Song.set_data": ("song", {"key": "k", "value": {"a": 1}}, []),
    "Song.create_cue_point": ("song", {"time": 100.0, "name": "Here"}, []),
    "Song.delete_cue_point": ("song", {"time": 16.0}, []),
    "Song.redo": ("song", {}, [("song", "create_scene", {"index": 0}), ("song", "undo", {})]),
    "Song.undo": ("song", {}, [("song", "create_scene", {"index": 0})]),
    "Song.View.select_device": ("view", {"device": f"{KEYS}/devices/0"}, []),
    "Scene.set_fire_button_state": ("scenes/0", {"state": True}, []),
    "Track.create_audio_clip": (EFFECTS, {"file_path": "/samples/new.wav", "position": 32.0}, []),
    "Track.create_midi_clip": (INSTRUMENTS, {"start_time": 32.0, "length": 4.0}, []),
    "Track.create_take_lane": (TAKES, {}, []),
    "Track.delete_clip": (INSTRUMENTS, {"slot": f"{INSTRUMENTS}/arrangement_clips/0"}, []),
    "Track.delete_device": (KEYS, {"device": 0}, []),
    "Track.duplicate_clip_slot": (INSTRUMENTS, {"index": 0}, []),
    "Track.duplicate_clip_to_arrangement": (INSTRUMENTS, {"clip": MIDI, "destination_time": 64.0}, []),
    "Track.move_clip_to_arrangement": (
        INSTRUMENTS, {"clip": f"{INSTRUMENTS}/arrangement_clips/0", "destination_time": 64.0}, [],
    ),
    "Track.stamp_automation": (
        INSTRUMENTS,
        {"clip": MIDI, "device_parameter": VOLUME, "destination_time": 64.0, "length": 4.0},
        [(MIDI, "insert_envelope_step", STEP)],
    ),
    "Track.duplicate_device": (KEYS, {"index": 1}, []),
    "Track.insert_device": (KEYS, {"device_name": "Reverb"}, []),
    "Track.jump_in_running_session_clip": (INSTRUMENTS, {"beats": 1.0}, [(MIDI, "fire", {})]),
    "Track.set_data": (KEYS, {"key": "k", "value": [1]}, []),
    "Track.View.select_instrument": (f"{KEYS}/view", {}, []),
    "TakeLane.create_audio_clip": (
        f"{TAKES}/take_lanes/0", {"file_path": "/samples/new.wav", "start_time": 32.0}, [],
    ),
    "TakeLane.create_midi_clip": (
        f"{INSTRUMENTS}/take_lanes/0", {"start_time": 32.0, "length": 4.0}, [(INSTRUMENTS, "create_take_lane", {})],
    ),
    "ClipSlot.create_audio_clip": (f"{EFFECTS}/clip_slots/3", {"file_path": "/samples/new.wav"}, []),
    "ClipSlot.create_clip": (f"{INSTRUMENTS}/clip_slots/3", {"pages": 4.0}, []),
    "ClipSlot.delete_clip": (f"{INSTRUMENTS}/clip_slots/0", {}, []),
    "ClipSlot.move_clip_to": (
        f"{INSTRUMENTS}/clip_slots/0", {"target_clip_slot": f"{INSTRUMENTS}/clip_slots/4"}, [],
    ),
    "ClipSlot.duplicate_clip_to": (
        f"{INSTRUMENTS}/clip_slots/0", {"target_clip_slot": f"{INSTRUMENTS}/clip_slots/4"}, [],
    ),
    "ClipSlot.set_fire_button_state": (f"{INSTRUMENTS}/clip_slots/0", {"state": True}, []),
    "Clip.add_new_notes": (MIDI, {"notes": [NOTE]}, []),
    "Clip.add_warp_marker": (AUDIO, {"warp_marker": [1.0, 2.5]}, []),
    "Clip.apply_note_modifications": (MIDI, lambda w: {"notes": [{"note_id": ids(w)[0], "pitch": 41}]}, []),
    "Clip.clear_all_envelopes": (MIDI, {}, [(MIDI, "insert_envelope_step", STEP)]),
    "Clip.clear_envelope": (MIDI, {"device_parameter": VOLUME}, [(MIDI, "insert_envelope_step", STEP)]),
    "Clip.create_automation_envelope": (MIDI, {"device_parameter": VOLUME}, []),
    "Clip.duplicate_notes_by_id": (MIDI, lambda w: {"note_ids": ids(w), "destination_time": 3.0}, []),
    "Clip.duplicate_region": (MIDI, {"region_start": 0.0, "region_length": 1.0, "destination_time": 3.0}, []),
    "Clip.move_playing_pos": (MIDI, {"beats": 1.0}, [(MIDI, "fire", {})]),
    "Clip.move_warp_marker": (AUDIO, {"marker_beat_time": 4.0, "beat_time_distance": 0.5}, []),
    "Clip.quantize": (
        MIDI, {"quantization_grid": 1, "amount": 1.0},
        [(MIDI, "add_new_notes", {"notes": [{**NOTE, "start_time": 2.3}]})],
    ),
    "Clip.quantize_pitch": (
        MIDI, {"note": 40, "source": 1, "amount": 1.0},
        [(MIDI, "add_new_notes", {"notes": [{**NOTE, "start_time": 2.3}]})],
    ),
    "Clip.remove_notes": (MIDI, {"from_time": 0.0, "from_pitch": 0, "time_span": 1.0, "pitch_span": 128}, []),
    "Clip.remove_notes_by_id": (MIDI, lambda w: {"note_ids": ids(w)}, []),
    "Clip.remove_notes_extended": (
        MIDI, {"from_pitch": 0, "pitch_span": 128, "from_time": 0.0, "time_span": 1.0}, [],
    ),
    "Clip.remove_warp_marker": (AUDIO, {"beat_time": 4.0}, []),
    "Clip.replace_selected_notes": (MIDI, {"notes": [[50, 0.0, 1.0, 100, False]]}, [(MIDI, "select_all_notes", {})]),
    "Clip.scrub": (MIDI, {"scrub_position": 1.0}, []),
    "Clip.select_notes_by_id": (MIDI, lambda w: {"note_ids": ids(w)}, []),
    "Clip.set_fire_button_state": (MIDI, {"state": True}, []),
    "Clip.set_notes": (MIDI, {"notes": [[50, 0.0, 1.0, 100, False]]}, []),
    "Clip.insert_envelope_step": (MIDI, STEP, []),
    "Clip.draw_envelope": (MIDI, {"device_parameter": VOLUME, "ramps": RAMPS}, []),
    "Clip.shown_envelope": (MIDI, {"device_parameter": VOLUME}, [(MIDI, "insert_envelope_step", STEP)]),
    "Clip.delete_envelope_events": (
        MIDI, {"device_parameter": VOLUME, "from_time": 0.0, "to_time": 2.0}, [(MIDI, "insert_envelope_step", STEP)],
    ),
    "Clip.replace_notes": (MIDI, {"notes": [NOTE]}, []),
    "Clip.crop": (MIDI, {}, [(MIDI, "set:loop_end", {"value": 2.0})]),
    "Clip.View.select_envelope_parameter": (f"{MIDI}/view", {"device_parameter": VOLUME}, []),
    "Device.save_preset_to_compare_ab_slot": (f"{KEYS}/devices/0", {}, []),
    "Device.store_chosen_bank": (f"{KEYS}/devices/0", {"script_index": 0, "bank_index": 0}, []),
    "RackDevice.copy_pad": (f"{DRUMS}/devices/0", {"source_index": 36, "destination_index": 60}, []),
    "RackDevice.recall_selected_variation": (rack, {}, [("rack", "set:selected_variation_index", {"value": 1}), MACRO]),
    "RackDevice.delete_selected_variation": (rack, {}, [("rack", "set:selected_variation_index", {"value": 1})]),
    "RackDevice.recall_last_used_variation": (
        rack, {},
        [("rack", "set:selected_variation_index", {"value": 1}), ("rack", "recall_selected_variation", {}), MACRO],
    ),
    "RackDevice.insert_chain": (rack, {}, []),
    "RackDevice.add_macro": (rack, {}, []),
    "RackDevice.remove_macro": (rack, {}, []),
    "RackDevice.randomize_macros": (rack, {}, []),
    "RackDevice.store_variation": (rack, {}, []),
    "Chain.delete_device": (lambda w: f"{rack(w)}/chains/1", {"device": 0}, []),
    "Chain.duplicate_device": (lambda w: f"{rack(w)}/chains/1", {"index": 0}, []),
    "Chain.insert_device": (lambda w: f"{rack(w)}/chains/1", {"device_name": "Reverb"}, []),
    "DrumPad.delete_all_chains": (f"{DRUMS}/devices/0/drum_pads/36", {}, []),
    "SimplerDevice.crop": (SIMPLER, {}, []),
    "SimplerDevice.reverse": (SIMPLER, {}, []),
    "SimplerDevice.replace_sample": (SIMPLER, {"file_path": "/samples/new.wav"}, []),
    "SimplerDevice.warp_as": (SIMPLER, {"beat_time": 6.0}, []),
    "SimplerDevice.warp_double": (SIMPLER, {}, []),
    "SimplerDevice.warp_half": (SIMPLER, {}, []),
    "Sample.insert_slice": (SAMPLE, {"slice_time": 66150}, []),
    "Sample.move_slice": (SAMPLE, {"old_time": 44100, "new_time": 50000}, []),
    "Sample.remove_slice": (SAMPLE, {"slice_time": 44100}, []),
    "Sample.clear_slices": (SAMPLE, {}, []),
    "Sample.reset_slices": (SAMPLE, {}, [(SAMPLE, "insert_slice", {"slice_time": 66150})]),
    "WavetableDevice.add_parameter_to_modulation_matrix": (
        first_of("WavetableDevice"), lambda w: {"parameter": position(w)}, [],
    ),
    "WavetableDevice.set_modulation_value": (
        first_of("WavetableDevice"), {"target_index": 0, "source": 1, "value": 0.5},
        [("wavetable", "add_parameter_to_modulation_matrix", lambda w: {"parameter": position(w)})],
    ),
    "LooperDevice.export_to_clip_slot": (
        first_of("LooperDevice"), {"clip_slot": f"{EFFECTS}/clip_slots/5"},
        [("looper", "record", {}), ("looper", "play", {})],
    ),
}  # fmt: skip
NO_OBJECT = {
    "Application.show_message": "takes a text object that no script can make",
    "Browser.load_item": "browser items have no id: load takes their path",
    "Browser.preview_item": "browser items have no id",
}
REFUSED = {"Song.capture_midi": "nobody plays into headless Live, and Live refuses to capture nothing"}
UNDOUBTED: tuple[str, ...] = ()
WITHOUT_ENTRY = {
    "Device.save_preset_to_compare_ab_slot": "kept beside the Set",
    "SimplerDevice.crop": "the whole sample is in use",
}
"""Edits without a change that Live's history would keep in this Set."""
ALONE = {*NO_OBJECT, *WITHOUT_ENTRY, "Song.undo", "Song.redo"} | {
    f"{class_}.{name}" for class_ in ("LooperDevice", "Scene") for name in schema.CLASSES[class_].methods
}
"""Methods after which the Set is not as before; a scene's fire clips with automation, a looper's record."""


def methods() -> list[str]:
    return [
        f"{name}.{method.name}"
        for name, class_ in schema.CLASSES.items()
        for method in class_.methods.values()
        if method.effect in ("edit", "act")
    ]


def found(whole: Whole, target: Target) -> str:
    if target == "rack":
        return rack(whole)
    if target == "macro":
        return f"{rack(whole)}/parameters/1"
    if target == "wavetable":
        return first_of("WavetableDevice")(whole)
    if target == "looper":
        return first_of("LooperDevice")(whole)
    return target if isinstance(target, str) else target(whole)


def case(whole: Whole, key: str) -> tuple[str, dict[str, Any], First]:
    class_, _, name = key.rpartition(".")
    if key in CASES:
        target, arguments, first = CASES[key]
        return found(whole, target), arguments if isinstance(arguments, dict) else {}, first
    required = [arg.name for arg in schema.CLASSES[class_].methods[name].args if arg.required]
    assert not required, f"{key} needs {', '.join(required)}: add a call of it to CASES in {__file__}"
    if class_ == "Clip":
        return MIDI, {}, []
    return first_of(class_)(whole), {}, []


async def refused(whole: Whole, target: Any, method: str, args: Any) -> str:
    return await whole.refused("call_method", target=target, method=method, args=args)


WRONG = {
    "bool": ["x", 3],
    "int": ["x", 1.5, True, None],
    "float": ["x", True, None],
    "str": [{"a": 1}, True, None],
    "ints": ["x", [1.5], {"a": 1}],
    "notes": ["x", [{"pitch": 200, "start_time": 0, "duration": 1}], [{"pitch": 60}], [5]],
    "warp_marker": ["x", [1.0], [1.0, "x"]],
    "obj": ["tracks/99", "id:10000000", "nobody at all", True],
}


async def wrong_arguments(whole: Whole, target: str, method: schema.Method, given: dict[str, Any]) -> None:
    """Check that missing, unknown and mistyped arguments and NaN are refused before any effect."""
    bad = ("INVALID_PARAMS", "INVALID_VALUE", "NOT_FOUND", "STALE_REFERENCE")
    for arg in method.args:
        if arg.required:
            less = {name: value for name, value in given.items() if name != arg.name}
            assert await refused(whole, target, method.name, less) in bad
        for value in WRONG.get(arg.type, ()):
            if value is None and not arg.required:
                # Treated as omitted.
                continue
            code = await refused(whole, target, method.name, {**given, arg.name: value})
            assert code in bad, (method.name, arg.name, value, code)
        if arg.type == "float":
            for number in (math.nan, math.inf, -math.inf):
                with pytest.raises(errors.InvalidValue):
                    await whole.mirror.write([Call(target, method.name, {**given, arg.name: number})])
        if arg.type == "obj" and arg.of:
            other = "scenes/0" if arg.of != "Scene" else "tracks/0"
            assert await refused(whole, target, method.name, {**given, arg.name: other}) == "INVALID_VALUE"
        if arg.name in ("index", "device") and arg.type == "int" and "create" not in method.name:
            code = await refused(whole, target, method.name, {**given, arg.name: 9999})
            assert code in ("LIVE_REFUSED", *bad), (method.name, code)
    assert await refused(whole, target, method.name, {**given, "no_such_argument": 1}) in bad
    assert await refused(whole, "id:10000000", method.name, given) == "STALE_REFERENCE"
    assert await refused(whole, "tracks/99", method.name, given) == "STALE_REFERENCE"


def groups() -> dict[str, list[str]]:
    """The edits of a class share a Live, and so do its other methods: each leaves the Set as it was."""
    shared: dict[str, list[str]] = {}
    for key in methods():
        class_, _, name = key.rpartition(".")
        edits = schema.CLASSES[class_].methods[name].effect == "edit"
        group = key if key in ALONE else class_ if edits else f"{class_}, no edits"
        shared.setdefault(group, []).append(key)
    return shared


@pytest.mark.parametrize("keys", [pytest.param(keys, id=name) for name, keys in groups().items()])
async def test_every_method_is_called_verified_undone_and_refused_for_every_reason(
    keys: list[str], tmp_path: Path, autojump_clock: Clock
) -> None:
    wanted = [key for key in keys if key not in NO_OBJECT]
    if not wanted:
        pytest.skip(NO_OBJECT[keys[0]])
    async with whole_path(everything(), tick_s=0.02) as whole:
        for key in wanted:
            try:
                await all_of(whole, key, tmp_path)
            except BaseException as problem:
                problem.add_note(f"while {key}")
                raise


async def prepare(whole: Whole, first: First) -> None:
    """Make the preparing calls and sets."""
    for where, what, told in first:
        args = told if isinstance(told, dict) else told(whole)
        if what.startswith("set:"):
            await whole.call("set_property", target=found(whole, where), property=what[4:], **args)
        else:
            await whole.call("call_method", target=found(whole, where), method=what, args=args)
        await trio.sleep(1.0)


def silence(song: Any) -> None:
    song.stop_all_clips(False)
    song.stop_playing()


async def all_of(whole: Whole, key: str, tmp_path: Path) -> None:
    """Check one method in all ways; except for `ALONE`, the Set is as before afterwards."""
    class_, _, name = key.rpartition(".")
    method = schema.CLASSES[class_].methods[name]
    target, given, first = case(whole, key)
    untouched = picture(whole.mirror) if first and key not in ALONE else None
    length = len(whole.history())
    await prepare(whole, first)
    if key in CASES and callable(CASES[key][1]):
        given = CASES[key][1](whole)  # type: ignore[operator]
    if "file_path" in given:
        write_wave(tmp_path / "new.wav", 44100, 44100)
        given = {**given, "file_path": str(tmp_path / "new.wav")}
    if first:
        await whole.audited()
    await wrong_arguments(whole, target, method, given)
    before, entries = picture(whole.mirror), whole.history()
    if key in REFUSED:
        assert await refused(whole, target, name, given) == "LIVE_REFUSED"
        return
    watch = None
    if key not in ("Song.undo", "Song.redo", *UNDOUBTED):
        tried, reading = await denied_everywhere(whole, target, name, given)
        assert tried > 1, key
        watch = Watch(whole, target, method, given, reading)
    answer = await whole.call("call_method", target=target, method=name, args=given)
    assert answer["outcome"] in ("verified", "unchanged"), answer
    await trio.sleep(1.0)
    assert watch is None or watch.undeclared() == []
    if method.plays is not None:
        # Playing automation changes values between two readings.
        await whole.by_hand(silence)
        await trio.sleep(1.0)
    assert await whole.differences() == []
    made = len(whole.history()) - len(entries)
    if key in ("Song.undo", "Song.redo"):
        assert abs(made) == 1
        return
    assert made == answer["undo_steps"], answer
    if method.effect == "act":
        assert made == 0, answer
        await whole.by_hand(silence)
    else:
        assert made == (0 if key in WITHOUT_ENTRY else 1), (key, answer)
    if made:
        assert (
            differences(before, picture(whole.mirror)) != [] or key == "WavetableDevice.set_modulation_value"
        )
        await whole.call("undo")
    if key not in ALONE:
        await whole.audited()
        assert differences(before, picture(whole.mirror)) == []
    if untouched is not None:
        await whole.by_hand(silence)
        while len(whole.history()) > length:
            await whole.call("undo")
        await whole.audited()
        assert differences(untouched, picture(whole.mirror)) == []


@pytest.mark.parametrize("version", ["11.0", "12.0"])
async def test_methods_of_a_later_live_are_refused_with_its_version(
    version: str, autojump_clock: Clock
) -> None:
    checked = 0
    async with whole_path(everything(), version, tick_s=0.02) as whole:
        live = schema.version(whole.mirror.live_version)
        seen: set[tuple[str, str]] = set()
        for node in list(whole.mirror.walk()):
            for method in schema.methods(node.type).values():
                if not method.since or method.since <= live or (node.type, method.name) in seen:
                    continue
                if method.effect == "internal":
                    continue
                seen.add((node.type, method.name))
                assert await refused(whole, f"id:{node.id}", method.name, {}) == "NOT_AVAILABLE", method.name
                checked += 1
    assert checked > 5
