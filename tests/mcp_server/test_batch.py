"""A batch of tool calls: the same grammar, one undo step, `$k` for the object that call k creates."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec
import pytest
import trio
import trio.testing

from mcp_server.answers import ranges
from mcp_server.late_nodes import made
from mcp_server.plans import Scope
from mcp_server.policy import Policy, PolicyFile
from mcp_server.tools import TOOLS
from mirror import Call, Set
from mirror.values import neat
from remote_script.headless import default_set
from remote_script.SetMirror.contract.errors import TABLE, BridgeError
from remote_script.SetMirror.operations import Operation as ScriptOperation
from tests.lean import demo_set
from tests.whole import Refused, Whole, whole_path

Clock = trio.testing.MockClock


def call(tool: str, /, **args: Any) -> dict[str, Any]:
    return {"tool": tool, "args": args}


async def test_a_part_with_track_and_clip_is_built_in_one_undo_step(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        entries = len(whole.history())
        answer = await whole.call(
            "batch",
            calls=[
                call("create", kind="midi", name="Lead", color="#00ff00"),
                call("set_track", track="$0", volume="-6 dB", sends=[{"send": "Reverb", "value": "-12 dB"}]),
                call("create_clip", track="$0", slot=1, length="2 bars", name="Riff", notes="C3@0:1 E3@1"),
                call("set_clip", clip="$2", launch_mode="Gate"),
                call("edit_notes", clip="$0/clip_slots/1/clip", add="G3@2"),
                call("create", kind="scene", name="Drop"),
                call("set_property", target="$5", property="tempo", value="90"),
            ],
        )
        assert answer["outcome"] == "verified"
        assert len(whole.history()) == entries + 1
        track = whole.mirror.resolve("Lead")
        mixer = f"{whole.mirror.ref(track.id)}/mixer_device"
        assert whole.mirror.resolve(f"{mixer}/volume").props["display"] == "-6.0 dB"
        clip = whole.mirror.resolve("Riff")
        assert [note.pitch for note in whole.mirror.notes(clip)] == [60, 64, 67]
        assert whole.mirror.shown(clip, "launch_mode") == "gate"
        assert whole.mirror.resolve("Drop").props["tempo"] == 90.0


async def test_clips_without_a_slot_use_free_slots_or_new_scenes(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set()) as whole:
        scenes = len(whole.mirror.children("song", "scenes"))
        await whole.call("batch", calls=[call("create_clip", track=3 - 2, name=f"New {n}") for n in range(4)])
        places = [whole.mirror.ref(whole.mirror.resolve(f"New {n}").id) for n in range(4)]
        assert len(set(places)) == 4
        assert all(place.startswith("tracks/1/") for place in places)
        assert len(whole.mirror.children("song", "scenes")) == scenes + 2


@pytest.mark.parametrize(
    ("calls", "rule"),
    [
        ([call("set_song", tempo=99), call("set_song", tempo=5000)], "tempo"),
        (
            [call("set_song", tempo=99), call("load", path="x")],
            "call 1 (load): load cannot be part of a batch",
        ),
        ([call("get_set")], "call 0 (get_set): get_set cannot be part of a batch: it only reads"),
        ([call("set_song", tempo=99), call("undo")], "call 1 (undo)"),
        ([call("call_method", target="song", method="undo")], "call 0 (call_method): undo and redo"),
        ([call("batch", calls=[])], "call 0 (batch): A batch cannot contain a batch"),
        ([call("fly")], "call 0 (fly): There is no tool 'fly'"),
        (
            [call("set_track", track="$0", mute=True)],
            "call 0 (set_track): $k is the object that an earlier call",
        ),
        (
            [call("set_song", tempo=99), call("set_track", track="$0", mute=True)],
            "Call 0 of the batch makes no",
        ),
        (
            [call("create", kind="midi"), call("set_clip", clip="$0", name="x")],
            "A Clip or ClipSlot is needed",
        ),
        ([call("create", kind="midi"), call("set_track", trak="$0")], "call 1 (set_track)"),
        ([call("set_track", track=0)], "call 0 (set_track): the call changes nothing"),
    ],
)
async def test_a_refusal_names_the_call_and_nothing_is_changed(
    calls: list[dict[str, Any]], rule: str, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole:
        entries, revision = whole.history(), whole.mirror.revision
        with pytest.raises(Refused) as caught:
            await whole.call("batch", calls=calls)
        assert rule in caught.value.data["rule"]
        assert (whole.history(), whole.mirror.revision) == (entries, revision)


async def test_too_many_operations_are_refused_before_any_runs(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        many = [call("duplicate", target="tracks/0/clip_slots/0", time=[0.0] * 200) for _ in range(6)]
        with pytest.raises(Refused, match=r"call 5 .* at most 1000 operations"):
            await whole.call("batch", calls=many)
        assert whole.history() == []


async def test_a_dry_run_describes_planned_changes(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        answer = await whole.call("batch", calls=[call("set_track", track=0, mute=True)], dry_run=True)
        assert answer["dry_run"]
        assert answer["notes"] == ["set mute of tracks/0 'Drums' to True"]
        assert whole.history() == []


async def test_a_dry_run_names_objects_and_counts_notes(autojump_clock: Clock) -> None:
    calls = [
        call("create", kind="midi", name="Lead", color="#00ff00"),
        call("set_track", track="$0", volume="-6 dB", sends=[{"send": "Reverb", "value": "-12 dB"}]),
        call("create_clip", track="$0", slot=1, length="2 bars", name="Riff", notes="C3@0:1 E3@1"),
        call("edit_notes", clip="$2", add="G3@2"),
        call("delete", targets=["Bass"]),
        call("create", kind="scene", index=1),
        call("fire", target="$5"),
    ]
    async with whole_path(demo_set()) as whole:
        answer = await whole.call("batch", calls=calls, dry_run=True)
        assert answer["notes"] == [
            "create midi track: at the end",
            "set name of $0 to 'Lead'",
            "set color of $0 to #00ff00",
            "set $0/mixer_device/volume to '-6 dB'",
            "set $0/mixer_device/sends/A-Reverb to '-12 dB'",
            "create clip of $0/clip_slots/1: 8",
            "set name of $2 to 'Riff'",
            "add new notes of $2: 2 notes",
            "add new notes of $2: 1 note",
            "delete track: tracks/2 'Bass'",
            "create scene: before scenes/1 'Verse'",
            "fire $5",
        ]


async def plan_of(whole: Whole, tool: str, **args: Any) -> Any:
    return TOOLS[tool].planned(Scope(whole.mirror), args)


async def test_plans_are_pure_and_joined_with_their_numbers(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        plan = await plan_of(whole, "create", kind="midi", name="$0 bills")
        assert plan == await plan_of(whole, "create", kind="midi", name="$0 bills")
        assert plan.operations[1] == Set(made(0), "name", "$0 bills")
        # A target gets the new number; a plain text does not change.
        assert plan.final(7)[1] == Set("$7", "name", "$0 bills")
        scope = Scope(whole.mirror)
        ops = [*scope.join(plan), *scope.join(plan)]
        assert [op.target for op in ops] == ["song", "$0", "song", "$2"]
        assert isinstance(ops[2], Call)
        # On the wire it is the number of the operation, for people the number of the call.
        slot = scope.resolve("$1/clip_slots/2")
        assert (slot.id, scope.ref(slot)) == ("$2/clip_slots/2", "$1/clip_slots/2")


async def test_objects_of_the_batch_accept_names_and_texts_like_existing_ones(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        entries = len(whole.history())
        answer = await whole.call(
            "batch",
            calls=[
                call("create", kind="midi", name="Lead"),
                call("insert_device", to="$0", name="Operator"),
                call("insert_device", to="$0", name="Compressor"),
                call(
                    "set_device", device="$2", parameters={"Threshold": "-24 dB", "Dry/Wet": "50 %"}, on=False
                ),
                call("set_property", target="$2/parameters/Ratio", property="value", value="2 : 1"),
                call("create", kind="return", name="Echoes"),
                call("set_track", track="$0", sends=[{"send": "$5", "value": "-12 dB"}]),
                call("set_track", track="$0", sends=[{"send": "Reverb", "value": "-20 dB"}]),
                call("set_track", track=0, sends=[{"send": "Echoes", "value": "-10 dB"}]),
                call("create_clip", track="$0", length="2 bars", notes="C3@0:1 E3@1"),
                call(
                    "edit_envelope",
                    clip="$9",
                    parameter="$2/parameters/Threshold",
                    steps=[{"time": 0, "length": 4, "value": "-30 dB"}],
                ),
                call("duplicate", target="$0"),
                call(
                    "set_device", device="$11/devices/Compressor", parameters={"Threshold": "+6 dB"}, on=True
                ),
            ],
        )
        assert answer["outcome"] == "verified"
        assert len(whole.history()) == entries + 1
        shown = whole.mirror.resolve
        lead = whole.mirror.ref(shown("Lead").id) if len(whole.mirror.find(name="Lead")) == 1 else "tracks/6"
        device = {
            each.name: each.props["display"]
            for each in whole.mirror.children(f"{lead}/devices/1", "parameters")
        }
        assert [device[name] for name in ("Device On", "Threshold", "Ratio", "Dry/Wet")] == [
            "Off", "-24.0 dB", "2.00 : 1", "50 %",
        ]  # fmt: skip
        sends = whole.mirror.children(f"{lead}/mixer_device", "sends")
        assert [each.props["display"] for each in sends] == ["-20.0 dB", "-inf dB", "-12.0 dB"]
        assert whole.mirror.children("tracks/0/mixer_device", "sends")[2].props["display"] == "-10.0 dB"
        copy = {
            each.name: each.props["display"]
            for each in whole.mirror.children("tracks/7/devices/1", "parameters")
        }
        assert (copy["Device On"], copy["Threshold"]) == ("On", "-18.0 dB")
        assert await whole.differences() == []


async def test_a_rack_of_the_batch_gets_chains_devices_and_macros(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call(
            "batch",
            calls=[
                call("insert_device", to=0, name="Audio Effect Rack"),
                call("set_device", device="$0", action="insert_chain"),
                call("set_track", track="$1", name="Wet", volume="-3 dB", panning="20R"),
                call("insert_device", to="$1", name="Delay"),
                call("set_device", device="$0/chains/0/devices/Delay", parameters={"Dry/Wet": "25 %"}),
                call("set_device", device="$0", name="Verb", parameters={"Macro 1": 64}),
            ],
        )
        rack = whole.mirror.ref(whole.mirror.resolve("Verb").id)
        assert whole.mirror.resolve(f"{rack}/chains/0/mixer_device/volume").props["display"] == "-3.0 dB"
        found = whole.mirror.find(name="Dry/Wet", under=f"{rack}/chains/0")
        assert [each.node.props["display"] for each in found] == ["25 %"]
        assert whole.mirror.find(name="Macro 1", under=rack)[0].node.props["value"] == 64


async def test_a_new_track_is_routed_after_live_has_its_lists(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call(
            "batch",
            calls=[
                call("create", kind="audio", name="Print"),
                call(
                    "set_track", track="$0", input_routing_type="Resampling", current_monitoring_state="Off"
                ),
            ],
        )
        track = whole.mirror.resolve("Print")
        assert track.props["input_routing_type"] == "Resampling"
        assert whole.mirror.shown(track, "current_monitoring_state") == "off"


async def test_a_bare_number_is_the_text_of_a_stepped_parameter_also_of_a_new_device(
    autojump_clock: Clock,
) -> None:
    """Sync rates show "4" at index 2: a value means the same before and after the device exists."""
    async with whole_path(demo_set()) as whole:
        await whole.call(
            "batch",
            calls=[
                call("insert_device", to=0, name="Delay"),
                call("set_device", device="$0", parameters={"L 16th": 4, "R 16th": {"raw": 4}}),
            ],
        )
        held = {
            each.node.name: each.node.props["display"]
            for each in whole.mirror.find(kind="parameter", under="tracks/0/devices/3")
        }
        await whole.call("insert_device", to=0, name="Delay")
        await whole.call(
            "set_device", device="tracks/0/devices/4", parameters={"L 16th": 4, "R 16th": {"raw": 4}}
        )
        again = {
            each.node.name: each.node.props["display"]
            for each in whole.mirror.find(kind="parameter", under="tracks/0/devices/4")
        }
        assert held == again


@pytest.mark.parametrize(
    ("last", "rule", "hint"),
    [
        (call("set_device", device="$1", parameters={"Treshold": 1}), "none of them 'Treshold'", "Threshold"),
        (call("set_device", device="$1", parameters={"Threshold": "3 Hz"}), "another unit", ""),
        (call("set_device", device="$1/devices/0", name="x"), "has no 'devices' below it", ""),
        (call("set_device", device="$0/devices/Delay", name="x"), "none of them 'Delay'", "Compressor"),
        (call("set_device", device="$0/devices/7", name="x"), "there is none at 7", ""),
        (call("set_device", device="$1", action="add_macro"), "has no method 'add_macro'", ""),
        (
            call("set_track", track="$0", sends=[{"send": "Rverb", "value": 0}]),
            "none of them 'Rverb'",
            "Reverb",
        ),
        (call("set_track", track="$0", output_routing_type="Mian"), "available ones", ""),
    ],
)
async def test_a_wrong_name_in_a_new_object_reverts_the_whole_batch(
    last: dict[str, Any], rule: str, hint: str, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole:
        tracks = len(whole.mirror.children("song", "tracks"))
        with pytest.raises(Refused) as caught:
            await whole.call(
                "batch",
                calls=[
                    call("create", kind="midi", name="Lead", color="#ff0000"),
                    call("insert_device", to="$0", name="Compressor"),
                    last,
                ],
            )
        told = caught.value.data
        assert told["rule"].startswith(f"call 2 ({last['tool']}): ")
        assert rule in told["rule"]
        assert hint in told["hint"]
        assert "op" not in told
        await trio.sleep(1)
        assert len(whole.mirror.children("song", "tracks")) == tracks
        assert whole.history() == []


async def test_a_refusal_of_live_names_the_call_not_the_operation(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        with pytest.raises(Refused) as caught:
            await whole.call(
                "batch",
                calls=[
                    call("create", kind="midi", name="A", color="#ff0000"),
                    call("create_clip", track="$0", slot=0),
                    call("create_clip", track="$0", slot=0),
                ],
            )
        assert caught.value.data["rule"].startswith("call 2 (create_clip): ")


async def test_a_send_below_a_protected_mixer_is_protected_though_the_return_is_new(
    autojump_clock: Clock,
) -> None:
    rule = {"decide": "deny", "refs": ["tracks/0/**"], "operations": ["set"]}
    policy = Policy(msgspec.convert({"rule": [rule]}, PolicyFile))
    async with whole_path(demo_set(), policy=policy) as whole:
        calls = [
            call("create", kind="return", name="Echoes"),
            call("set_track", track=0, sends=[{"send": "$0", "value": 0.5}]),
        ]
        with pytest.raises(Refused, match="policy"):
            await whole.call("batch", calls=calls)
        calls[1]["args"]["track"] = 1
        await whole.call("batch", calls=calls)


async def test_the_answer_of_a_long_batch_names_new_objects_and_counts_the_rest(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set()) as whole:
        calls = [call("create", kind="midi", name="Lead"), call("create_clip", track="$0")]
        calls += [call("set_track", track=n, mute=True, solo=False) for n in range(6)]
        answer = await whole.call("batch", calls=calls)
        assert answer["counts"] == {"operations": 15, "changed": 9}
        assert "results" not in answer
        assert [each["ref"] for each in answer["made"].values()] == ["tracks/6", "tracks/6/clip_slots/0/clip"]
        assert list(answer["made"]) == ["$0", "$1"]
        assert "null" not in json.dumps(answer)
        # An operation with an unexpected result is listed with its call.
        calls = [call("set_track", track=n, mute=n > 2, name=f"T{n}") for n in range(6)]
        again = await whole.call("batch", calls=[*calls, call("set_track", track=0, color="#fe3536")])
        assert [line["call"] for line in again["results"]] == [6]
        assert again["results"][0]["note"]


async def test_ids_of_notes_are_ranges_with_a_count(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        answer = await whole.call(
            "create_clip", track=5, slot=0, notes=" ".join(f"C3@{n}" for n in range(64))
        )
        made = answer["results"][-1]["result"]
        held = [note.note_id for note in whole.mirror.notes("tracks/5/clip_slots/0/clip")]
        assert made == {"count": 64, "ids": f"{min(held)}-{max(held)}"}
        assert ranges([7, 1, 2, 3, 9, 8]) == "1-3, 7-9"
        assert ranges([5]) == "5"


async def test_a_name_given_in_a_batch_is_usable_in_later_calls(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call(
            "batch",
            calls=[
                call("set_track", track=1, name="Wurly"),
                call("create", kind="midi", name="Lead"),
                call("set_track", track="Wurly", volume="-6 dB"),
                call("set_track", track="Lead", volume="-9 dB"),
                call("create_clip", track="Lead", name="Earworm", notes="C3@0"),
                call("edit_notes", clip="Earworm", add="D3@1"),
            ],
        )
        shown = {name: whole.mirror.ref(whole.mirror.resolve(name).id) for name in ("Wurly", "Lead")}
        assert shown == {"Wurly": "tracks/1", "Lead": "tracks/6"}
        faders = [
            whole.mirror.resolve(f"{ref}/mixer_device/volume").props["display"] for ref in shown.values()
        ]
        assert faders == ["-6.0 dB", "-9.0 dB"]
        assert len(whole.mirror.notes(whole.mirror.resolve("Earworm"))) == 2
        # An ambiguous name is never guessed.
        with pytest.raises(Refused, match="2 objects are named 'Drums'") as caught:
            await whole.call(
                "batch",
                calls=[
                    call("create", kind="midi", name="Drums"),
                    call("set_track", track="Drums", mute=True),
                ],
            )
        assert "write $0, tracks/0" in caught.value.data["hint"]


# -- which call a refusal is about -----------------------------------------------------------------------------

OF_ALL_CALLS = {"DISCONNECTED", "UNKNOWN_OUTCOME"}
"""Errors of the link, which concern the whole write: the mirror sends it again."""
LONG = {"time": 0, "length": 4000, "to": "0 dB", "curve": "s-curve"}


@pytest.mark.parametrize("code", sorted(set(TABLE) - OF_ALL_CALLS))
async def test_each_refusal_of_an_operation_by_the_script_names_the_call(
    code: str, autojump_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = ScriptOperation.apply_set

    def refuses(self: ScriptOperation, *args: Any) -> None:
        if self.name == "mute":
            raise BridgeError(code, "Not now", hint="later")
        made(self, *args)

    monkeypatch.setattr(ScriptOperation, "apply_set", refuses)
    async with whole_path(default_set()) as whole:
        with pytest.raises(Refused) as caught:
            await whole.call(
                "batch",
                calls=[
                    call("create", kind="midi", name="A", color="#ff0000"),
                    call("set_track", track="$0", volume="-6 dB", mute=True),
                ],
            )
        assert caught.value.data["rule"].startswith("call 1 (set_track): Not now")
        assert caught.value.data["call"] == 1


DENIED = Policy(msgspec.convert({"rule": [{"decide": "deny", "operations": ["delete"]}]}, PolicyFile))
FOLDERS = Policy(msgspec.convert({"audio_folders": ["/music"]}, PolicyFile))


@pytest.mark.parametrize(
    ("code", "last", "policy"),
    [
        ("DENIED", call("delete", targets=["tracks/1"]), DENIED),
        ("DENIED", call("create_clip", track=4, file_path="/tmp/a.wav"), FOLDERS),
        ("STALE_REFERENCE", call("set_track", track=99, mute=True), None),
        ("STALE_REFERENCE", call("set_track", track="tracks/3", mute=True), None),
        ("INVALID_PARAMS", call("set_property", target="tracks/2", property="name", value="B"), None),
        ("INVALID_VALUE", call("set_track", track=2, volume="7 Hz"), None),
        ("NOT_FOUND", call("set_track", track="Nobody", mute=True), None),
        ("AMBIGUOUS", call("delete", targets=[1]), None),
        ("WOULD_OVERWRITE", call("create_clip", track=0, time=0, length="100 bars"), None),
        ("NOT_AVAILABLE", call("set_track", track="return_tracks/0", arm=True), None),
        ("NOT_AVAILABLE", call("create_clip", track=4, slot=2, length=4), None),
        (
            "LIVE_REFUSED",
            call("call_method", target="tracks/4/clip_slots/2", method="create_clip", args={"pages": 4}),
            None,
        ),
        (
            "TOO_LARGE",
            call(
                "edit_envelope",
                clip="tracks/1/clip_slots/0",
                parameter="tracks/1/mixer_device/volume",
                ramps=[LONG],
            ),
            None,
        ),
        ("NOT_WRITABLE", call("set_property", target="tracks/0", property="can_be_armed", value=True), None),
    ],
)
async def test_each_refusal_of_a_batch_names_the_call(
    code: str, last: dict[str, Any], policy: Policy | None, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set(), policy=policy or Policy()) as whole:
        calls = [call("set_track", track=1, color="#ff0000"), call("set_track", track=2, name="A")]
        if code == "STALE_REFERENCE" and last["args"]["track"] == "tracks/3":
            calls.append(call("delete", targets=["tracks/3"]))
        with pytest.raises(Refused) as caught:
            await whole.call("batch", calls=[*calls, last])
        told = caught.value.data
        assert told["rule"].startswith(f"call {len(calls)} ({last['tool']}): "), told
        assert told["error"] == code, told
        assert told["call"] == len(calls)
        assert "op" not in told
        await trio.sleep(1)
        assert whole.history() == []


# -- expectations ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "name", "value"),
    [
        ("tracks/0/mixer_device/volume", "value", "-6 dB"),
        ("tracks/0/mixer_device/volume", "value", "−6,0 db"),
        ("song", "tempo", "82 bpm"),
        ("song", "is_playing", "false"),
        ("tracks/0", "name", "Drums"),
        ("tracks/0", "current_monitoring_state", "Auto"),
    ],
)
async def test_an_expectation_is_read_as_a_value_that_is_set(
    target: str, name: str, value: str, autojump_clock: Clock
) -> None:
    mute = [call("set_track", track="Drums", mute=True)]
    async with whole_path(demo_set()) as whole:
        await whole.call("set_track", track="Drums", volume="-6 dB")
        expected = {"target": target, "property": name, "value": value}
        answer = await whole.call("batch", calls=mute, expect=[expected])
        assert answer["outcome"] == "verified"


@pytest.mark.parametrize(
    ("target", "name", "value", "rule"),
    [
        ("tracks/0/mixer_device/volume", "value", "-5 dB", "expected to be '-5 dB' but is '0.0 dB'"),
        ("tracks/0", "nmae", "Drums", "Track has no property 'nmae'"),
        ("song", "is_playing", "true", "expected to be True but is False"),
    ],
)
async def test_a_failed_expectation_gives_the_actual_value(
    target: str, name: str, value: str, rule: str, autojump_clock: Clock
) -> None:
    mute = [call("set_track", track="Drums", mute=True)]
    async with whole_path(demo_set()) as whole:
        with pytest.raises(Refused, match=re.escape(rule)):
            await whole.call(
                "batch", calls=mute, expect=[{"target": target, "property": name, "value": value}]
            )
        assert not whole.mirror.resolve("tracks/0").props["mute"]


async def test_what_get_shows_of_an_object_of_each_class_is_expected_as_it_is(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        first = {node.type: node for node in whole.mirror.walk() if node.type != "DeviceParameter"}
        rounded = [
            node
            for node in whole.mirror.walk()
            if node.type == "DeviceParameter" and neat(node.props["value"]) != node.props["value"]
        ]
        expect = []
        for node in [*first.values(), *rounded[:10]]:
            shown = (await whole.call("get", target=f"id:{node.id}"))["object"]
            expect += [
                {"target": f"id:{node.id}", "property": name, "value": value}
                for name, value in shown.items()
                if name in node.props and name != "notes" and not isinstance(value, list | dict)
            ]
        assert len(expect) > 300
        for start in range(0, len(expect), 500):
            await whole.call(
                "batch",
                calls=[call("set_track", track="Drums", mute=True)],
                expect=expect[start : start + 500],
                dry_run=True,
            )
        for shown, step in ((0.85, 0.0001), (0.85, 1e-6)):
            wrong = {
                "target": "tracks/0/mixer_device/volume",
                "property": "value",
                "value": shown + step,
            }
            with pytest.raises(Refused, match="PRECONDITION_FAILED"):
                await whole.call("batch", calls=[call("set_track", track="Drums", mute=True)], expect=[wrong])
        assert not whole.mirror.resolve("tracks/0").props["mute"]
