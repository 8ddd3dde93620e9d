"""Envelopes in the parameter's own units: ramps and curves, as points if Live has them, otherwise as steps."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
import trio
import trio.testing

from mcp_server.policy import Policy, PolicyFile, Rule
from remote_script import headless
from remote_script.headless.model import arrangement
from remote_script.headless.model.clip_content import Envelope
from tests.lean import demo_set
from tests.whole import Refused, Whole, whole_path

Clock = trio.testing.MockClock
CLIP = "tracks/5/clip_slots/0/clip"
VOLUME = "tracks/5/mixer_device/volume"


async def drawn(whole: Whole, *ramps: dict[str, Any], parameter: str = VOLUME) -> dict[str, Any]:
    return await whole.call("edit_envelope", clip=CLIP, parameter=parameter, ramps=list(ramps))


async def texts(whole: Whole, *times: float, parameter: str = VOLUME) -> list[str]:
    """The texts of the parameter at these times of the clip."""
    found = []
    for time in times:
        args = {"device_parameter": parameter, "time": time}
        answer = await whole.call("call_method", target=CLIP, method="envelope_value", args=args)
        value = answer["results"][0]["result"]
        shown = whole.stage.live.song.tracks[5].mixer_device.volume.str_for_value(value)
        found.append(shown)
    return found


@pytest.mark.parametrize(("version", "how"), [("12.4", "points"), ("12.2", "steps"), ("11.3", "steps")])
async def test_a_ramp_reaches_its_end_value_in_its_time(
    version: str, how: str, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set(), version) as whole:
        await whole.call("create_clip", track=5, slot=0, length="4 bars")
        answer = await drawn(whole, {"time": "1|1", "length": "2 bars", "from": "-24 dB", "to": "0 dB"})
        assert answer["outcome"] == "verified"
        assert answer["results"][0]["changed"]
        (ramp,) = answer["results"][0]["result"]
        assert (ramp["from"], ramp["to"], ramp["as"]) == ("-24.0 dB", "0.0 dB", how)
        assert ("note" in answer["results"][0]) is (how == "steps")
        begin, middle, end = await texts(whole, 0.001, 4.0, 7.999)
        assert (begin, end) == ("-24.0 dB", "0.0 dB")
        assert -13.5 < float(middle.partition(" ")[0]) < -10.5


async def test_a_ramp_continues_at_the_end_of_the_former_and_keeps_other_points(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("create_clip", track=5, slot=0, length="8 bars")
        steps = [{"time": 16, "length": 8, "value": "-3 dB"}]
        await whole.call("edit_envelope", clip=CLIP, parameter=VOLUME, steps=steps)
        await drawn(
            whole,
            {"time": 0, "length": 4, "from": "-12 dB", "to": "-6 dB"},
            {"time": 4, "length": 4, "to": "-12 dB", "curve": "s-curve"},
        )
        assert await texts(whole, 0.01, 3.999, 6, 7.999, 20) == [
            "-12.0 dB", "-6.0 dB", "-9.0 dB", "-12.0 dB", "-3.0 dB",
        ]  # fmt: skip


async def test_curves_bend_according_to_their_name(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("create_clip", track=5, slot=0, length="2 bars")
        middles = {}
        for curve in ("linear", "s-curve", "exponential"):
            await drawn(whole, {"time": 0, "length": 8, "from": "-12 dB", "to": "0 dB", "curve": curve})
            early, middle, late = (float(each.partition(" ")[0]) for each in await texts(whole, 2, 4, 6))
            middles[curve] = (early, middle, late)
        assert middles["linear"] == (-9.0, -6.0, -3.0)
        assert middles["s-curve"][1] == -6.0
        assert middles["s-curve"][0] < -9.0 < -3.0 < middles["s-curve"][2]
        assert middles["exponential"][1] < -9.0


async def test_an_envelope_is_read_as_the_parameter_shows_it(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("create_clip", track=5, slot=0, length="2 bars")
        await drawn(
            whole,
            {"time": 0, "length": 4, "from": "20L", "to": "C"},
            parameter="tracks/5/mixer_device/panning",
        )
        args = {"device_parameter": "tracks/5/mixer_device/panning"}
        answer = await whole.call("call_method", target=CLIP, method="shown_envelope", args=args)
        assert [(time, text) for time, _, text in answer["results"][0]["result"]] == [
            (0.0, "20L"),
            (4.0, "C"),
        ]


@pytest.mark.parametrize(
    ("ramp", "rule"),
    [
        ({"time": 0, "length": 4, "to": "3 Hz"}, "another unit"),
        ({"time": 0, "length": 0, "to": "0 dB"}, "above 0"),
        ({"time": 0, "length": 4, "to": "0 dB", "curve": "wavy"}, "wavy"),
        ({"time": 0, "length": 4000, "to": "0 dB", "curve": "s-curve"}, "2000 points"),
        ({"time": 0, "length": 4}, "to"),
    ],
)
async def test_a_wrong_ramp_is_refused_and_leaves_no_points(
    ramp: dict[str, Any], rule: str, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("create_clip", track=5, slot=0)
        with pytest.raises(Refused) as caught:
            await drawn(whole, {"time": -1, "length": 1, "to": "-6 dB"}, ramp)
        assert rule in str(caught.value.data)
        assert not whole.mirror.resolve(CLIP).props["has_envelopes"]


# -- the arrangement -------------------------------------------------------------------------------------------


async def lane(whole: Whole, track: int, *times: float) -> list[str]:
    """The texts of a track's volume with the playhead at these times of the arrangement."""
    found = []
    for time in times:
        await whole.call("transport", action="jump_to", time=time)
        await trio.sleep(1)
        found.append(whole.mirror.resolve(f"tracks/{track}/mixer_device/volume").props["display"])
    return found


@pytest.mark.parametrize("version", ["12.4", "11.3"])
async def test_automation_is_written_into_the_arrangement_in_one_step(
    version: str, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set(), version) as whole:
        # The playhead needs a longer song.
        await whole.call("duplicate", target="tracks/1/clip_slots/0", time=["bar 150"])
        clips = [len(whole.mirror.children("tracks/5", "arrangement_clips"))]
        slots = [slot.props["has_clip"] for slot in whole.mirror.children("tracks/5", "clip_slots")]
        entries = len(whole.history())
        answer = await whole.call(
            "edit_envelope",
            track=5,
            parameter=VOLUME,
            ramps=[{"time": "bar 101", "length": "2 bars", "from": "-12 dB", "to": "0 dB"}],
            steps=[{"time": "bar 103", "length": "1 bar", "value": "-6 dB"}],
        )
        assert answer["outcome"] == "verified"
        assert "from 101.1.1 to 104.1.1: 1 steps, 1 ramps" in answer["notes"][0]
        present = whole.stage.live.song.tracks[5].mixer_device.volume
        assert answer["notes"][1].endswith(f"at the present value, {present}")
        assert len(whole.history()) == entries + answer["undo_steps"] == entries + 1
        # The temporary clips are gone.
        assert [len(whole.mirror.children("tracks/5", "arrangement_clips"))] == clips
        assert [slot.props["has_clip"] for slot in whole.mirror.children("tracks/5", "clip_slots")] == slots
        assert whole.mirror.shown(whole.mirror.resolve(VOLUME), "automation_state") == "playing"
        shown = await lane(whole, 5, 400.01, 404.0, 407.99, 409.0)
        assert (shown[0], shown[2], shown[3]) == ("-12.0 dB", "0.0 dB", "-6.0 dB")
        assert -6.6 < float(shown[1].partition(" ")[0]) < -5.4
        await whole.call("undo")
        await trio.sleep(1)
        assert whole.mirror.shown(whole.mirror.resolve(VOLUME), "automation_state") == "none"


async def test_a_track_without_a_free_slot_gets_a_temporary_one(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        calls = [
            {"tool": "create_clip", "args": {"track": 5}} for _ in whole.mirror.children("song", "scenes")
        ]
        free = sum(not slot.props["has_clip"] for slot in whole.mirror.children("tracks/5", "clip_slots"))
        if free:
            await whole.call("batch", calls=calls[:free])
        scenes = len(whole.mirror.children("song", "scenes"))
        ramp = {"time": 400, "length": 4, "to": "-9 dB"}
        answer = await whole.call("edit_envelope", track=5, parameter=VOLUME, ramps=[ramp])
        assert answer["outcome"] == "verified"
        assert len(whole.mirror.children("song", "scenes")) == scenes


@pytest.mark.parametrize(
    ("args", "rule"),
    [
        ({"track": "return_tracks/0", "parameter": "return_tracks/0/mixer_device/volume"}, "holds no clips"),
        ({"track": "master_track", "parameter": "master_track/mixer_device/volume"}, "holds no clips"),
        ({"track": 4, "parameter": "tracks/4/mixer_device/volume"}, "audio track"),
        ({"track": 0, "parameter": VOLUME}, "is not on tracks/0"),
        ({"track": 5, "parameter": VOLUME, "clear": True}, "no effect"),
        ({"track": 5, "clip": CLIP, "parameter": VOLUME}, "give one"),
        ({"parameter": VOLUME}, "give one"),
    ],
)
async def test_parameters_out_of_reach_of_automation_are_refused_with_the_reason(
    args: dict[str, Any], rule: str, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole:
        with pytest.raises(Refused) as caught:
            await whole.call("edit_envelope", ramps=[{"time": 400, "length": 4, "to": "0 dB"}], **args)
        assert rule in caught.value.data["rule"]
        assert whole.history() == []


async def test_clips_of_the_arrangement_are_not_overwritten(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        held = whole.mirror.children("tracks/0", "arrangement_clips")
        assert held
        ramp = {"time": held[0].props["start_time"] + 1, "length": 1, "to": "0 dB"}
        with pytest.raises(Refused, match="would replace 1 clip") as caught:
            await whole.call("edit_envelope", track=0, parameter="tracks/0/mixer_device/volume", ramps=[ramp])
        assert "move them away" in caught.value.data["hint"]


async def test_a_ref_ending_in_a_name_matches_a_clip_in_a_slot(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("create_clip", track=2, slot=7, length="4 bars", name="Roll", overwrite=True)
        await whole.call("duplicate", target="Roll", time=["bar 150", "bar 160"])
        ramp = {"time": 0, "length": 4, "from": "-30 dB", "to": "-12 dB"}
        for parameter in (
            "tracks/2/devices/1/parameters/Threshold",
            "tracks/2/devices/Compressor/parameters/1",
        ):
            answer = await whole.call("edit_envelope", clip="Roll", parameter=parameter, ramps=[ramp])
            assert "Threshold in tracks/2/clip_slots/7/clip: 1 ramps" in answer["notes"][0]
        await whole.call("fire", target="Roll", quantization="None")
        with pytest.raises(Refused) as caught:
            await whole.call("get", target="tracks/2/devices/1/parameters/Treshold")
        assert "Threshold" in caught.value.data["hint"]


async def test_a_live_without_ramps_gets_steps(
    autojump_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The unit of Live's points is a guess; the values that Live shows afterwards decide."""
    drawn_as = Envelope.call_create_event

    def in_another_unit(self: Envelope, event: Any) -> None:
        event.value *= 0.5
        drawn_as(self, event)

    monkeypatch.setattr(Envelope, "call_create_event", in_another_unit)
    async with whole_path(demo_set()) as whole:
        await whole.call("create_clip", track=5, slot=0, length="2 bars")
        answer = await drawn(whole, {"time": 0, "length": 4, "from": "-12 dB", "to": "0 dB"})
        assert answer["results"][0]["result"][0]["as"] == "steps"
        assert (await texts(whole, 0.1, 3.9)) == ["-12.0 dB", "0.0 dB"]


# -- under clips of the arrangement ----------------------------------------------------------------------------

UNDER = {"track": 0, "parameter": "tracks/0/mixer_device/volume", "overwrite": True}


def contents(whole: Whole, track: int) -> list[tuple[Any, ...]]:
    """The contents of a track's arrangement, without ids."""
    left_out = ("canonical_parent", "id")
    return [
        (
            {name: value for name, value in clip.props.items() if name not in (*left_out, "notes")},
            [msgspec.structs.astuple(note)[1:] for note in clip.props.get("notes") or ()],
        )
        for clip in whole.mirror.children(f"tracks/{track}", "arrangement_clips")
    ]


@pytest.mark.parametrize("version", ["12.4", "12.3"])
async def test_automation_is_written_under_clips_that_are_restored_equal_with_new_ids(
    version: str, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set(), version) as whole:
        clips = whole.mirror.children("tracks/0", "arrangement_clips")
        before, scenes = contents(whole, 0), len(whole.mirror.children("song", "scenes"))
        start, entries = float(clips[0].props["start_time"]), len(whole.history())
        ramp = {"time": start + 1, "length": 2, "from": "-12 dB", "to": "-3 dB", "curve": "s-curve"}
        answer = await whole.call("edit_envelope", ramps=[ramp], **UNDER)
        assert answer["outcome"] == "verified"
        now = whole.mirror.children("tracks/0", "arrangement_clips")
        assert answer["moved"] == {f"id:{clips[0].id}": f"id:{now[0].id}"}
        assert [each.id for each in now[1:]] == [each.id for each in clips[1:]]
        assert contents(whole, 0) == before
        assert len(whole.mirror.children("song", "scenes")) == scenes
        assert len(whole.history()) == entries + answer["undo_steps"] == entries + 1
        steps = [each["note"] for each in answer["results"] if "sixteenth" in each.get("note", "")]
        assert bool(steps) is (version == "12.3")
        assert await lane(whole, 0, start + 0.5, start + 2.99) == ["0.0 dB", "-3.0 dB"]
        await whole.call("undo", write=answer["write"])
        await trio.sleep(1)
        assert contents(whole, 0) == before
        assert whole.mirror.shown(whole.mirror.resolve(UNDER["parameter"]), "automation_state") == "none"
        assert await whole.differences() == []


async def test_a_clip_that_could_not_be_restored_equal_is_refused_and_nothing_changes(
    autojump_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = arrangement.duplicate_to_arrangement

    def louder(track: Any, clip: Any, start_time: float) -> Any:
        copy = copied(track, clip, start_time)
        if clip.body.start_time is not None:
            copy.put(copy.body._replace(muted=True))
        return copy

    monkeypatch.setattr(arrangement, "duplicate_to_arrangement", louder)
    async with whole_path(demo_set()) as whole:
        before = contents(whole, 0)
        start = float(before[0][0]["start_time"])
        with pytest.raises(Refused, match="differs from it in muted"):
            await whole.call("edit_envelope", ramps=[{"time": start, "length": 1, "to": "-3 dB"}], **UNDER)
        await trio.sleep(1)
        assert contents(whole, 0) == before
        assert whole.mirror.shown(whole.mirror.resolve(UNDER["parameter"]), "automation_state") == "none"


async def test_before_live_12_3_a_clip_is_not_moved(autojump_clock: Clock) -> None:
    async with whole_path(demo_set(), "12.2") as whole:
        start = float(whole.mirror.children("tracks/0", "arrangement_clips")[0].props["start_time"])
        with pytest.raises(Refused, match=r"from Live 12\.3 on"):
            await whole.call("edit_envelope", ramps=[{"time": start, "length": 1, "to": "-3 dB"}], **UNDER)
        assert whole.history() == []


async def test_the_policy_sees_a_deletion_of_the_clips_that_automation_is_written_under(
    autojump_clock: Clock,
) -> None:
    rule = Rule("deny", operations=("delete",), refs=("tracks/0/arrangement_clips/*",))
    async with whole_path(demo_set(), policy=Policy(PolicyFile(rule=[rule]))) as whole:
        clips = whole.mirror.children("tracks/0", "arrangement_clips")
        start, end = float(clips[0].props["start_time"]), float(clips[-1].props["end_time"])
        step = {"length": 1, "value": "-3 dB"}
        with pytest.raises(Refused, match="policy does not allow"):
            await whole.call("edit_envelope", steps=[{"time": start, **step}], **UNDER)
        # Without a clip there, no clip would be removed.
        answer = await whole.call("edit_envelope", steps=[{"time": end + 8, **step}], **UNDER)
        assert "moved" not in answer


async def test_in_a_batch_the_answer_maps_former_ids_of_clips_to_new_ones(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        clips = whole.mirror.children("tracks/0", "arrangement_clips")
        calls = [
            {
                "tool": "edit_envelope",
                "args": {
                    **UNDER, "parameter": f"tracks/0/mixer_device/{name}",
                    "steps": [{"time": float(clips[0].props["start_time"]), "length": 1, "value": value}],
                },
            }
            for name, value in (("volume", "-3 dB"), ("panning", "20L"), ("sends/0", "-9 dB"))
        ]  # fmt: skip
        answer = await whole.call("batch", calls=calls)
        now = whole.mirror.children("tracks/0", "arrangement_clips")
        # A clip that exists only between two calls is not mentioned.
        assert answer["moved"] == {f"id:{clips[0].id}": f"id:{now[0].id}"}
        await whole.call("undo")
        assert len(whole.mirror.children("tracks/0", "arrangement_clips")) == len(clips)


async def test_on_an_audio_track_automation_is_written_with_a_temporary_warped_clip(
    autojump_clock: Clock,
) -> None:
    """The way that the refusal for audio tracks recommends."""
    async with whole_path(demo_set()) as whole:
        track = next(
            number
            for number, each in enumerate(whole.mirror.children("song", "tracks"))
            if each.props["has_audio_input"] and not each.props["is_foldable"]
            and any(slot.props["has_clip"] for slot in whole.mirror.children(each, "clip_slots"))
        )  # fmt: skip
        volume = f"tracks/{track}/mixer_device/volume"
        slot = next(s for s in whole.mirror.children(f"tracks/{track}", "clip_slots") if s.props["has_clip"])
        ref = whole.mirror.ref(slot.id)
        steps = [{"time": 0, "length": 4, "value": "-9 dB"}]
        await whole.call("edit_envelope", clip=f"{ref}/clip", parameter=volume, steps=steps)
        await whole.call("duplicate", target=f"{ref}/clip", time=["bar 150"])
        assert (await lane(whole, track, 597.0)) == ["-9.0 dB"]


async def test_automation_written_again_counts_as_changed(autojump_clock: Clock) -> None:
    """A lane that exists already has the same state: only a playhead there shows the new values."""
    async with whole_path(demo_set()) as whole:
        for _ in range(2):
            step = {"time": 640, "length": 4, "value": "-12 dB"}
            answer = await whole.call("edit_envelope", track=5, parameter=VOLUME, steps=[step])
            assert answer["outcome"] == "verified"
            stamped = next(each for each in answer["results"] if each.get("ref") == "tracks/5")
            assert stamped["changed"]
            assert "note" not in stamped


async def test_automation_that_live_does_not_show_is_not_reported_as_verified(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        slots = whole.mirror.children("tracks/5", "clip_slots")
        filled = next(slot for slot in slots if slot.props["has_clip"])
        await whole.call("call_method", target=f"id:{filled.id}", method="fire")
        await trio.sleep(5)
        assert whole.stage.live.song.tracks[5].playing_slot_index >= 0
        step = {"time": 640, "length": 4, "value": "-12 dB"}
        answer = await whole.call("edit_envelope", track=5, parameter=VOLUME, steps=[step])
        assert answer["outcome"] == "mismatch"
        (unread,) = [result for result in answer["results"] if not result["verified"]]
        assert unread["changed"]
        assert "while the track plays its session clips" in unread["note"]
        assert whole.stage.live.song.tracks[5].mixer_device.volume.automation_state == 0


@pytest.mark.parametrize(("time", "length"), [(1576799, 100), (-4, 8)])
async def test_automation_ends_at_lives_time_limit(time: float, length: float, autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        ramp = {"time": time, "length": length, "to": "-12 dB"}
        with pytest.raises(Refused, match="from 0 to 1576800 beats"):
            await whole.call("edit_envelope", track=5, parameter=VOLUME, ramps=[ramp])
        assert whole.history() == []


async def test_a_parameter_is_named_with_its_device_within_the_track_of_the_clip(
    autojump_clock: Clock,
) -> None:
    async with whole_path(headless.demo_set()) as whole:
        clip, ramp = (
            "tracks/2/clip_slots/1",
            {"time": 0, "length": 1, "from": {"raw": 0.2}, "to": {"raw": 0.4}},
        )
        for name, ref in (
            ("volume", "tracks/2/mixer_device/volume"),
            ("Track Volume", "tracks/2/mixer_device/volume"),
            ("EQ Eight 1 Frequency A", "tracks/2/devices/2/parameters/6"),
            ("Compressor Threshold", "tracks/2/devices/1/parameters/1"),
        ):
            await whole.call("edit_envelope", clip=clip, parameter=name, ramps=[ramp])
            read = await whole.call("get", target=f"{clip}/clip", fields=["automation_envelopes"])
            envelopes = read["object"]["automation_envelopes"]
            assert [envelope["parameter"] for envelope in envelopes] == [ref]
            await whole.call("edit_envelope", clip=clip, parameter=name, clear=True)
        for name, hint in (
            ("EQ Eight Frequency 1", "tracks/2/devices/2/parameters/6 (EQ Eight 1 Frequency A)"),
            ("Compressor Treshold", "tracks/2/devices/1/parameters/1 (Compressor Threshold)"),
        ):
            with pytest.raises(Refused) as caught:
                await whole.call("edit_envelope", clip=clip, parameter=name, ramps=[ramp])
            assert hint in caught.value.data["hint"]


@pytest.mark.parametrize("version", ["12.4", "12.2"])
@pytest.mark.parametrize(
    "deleted", [(4, 8), (2, 6), (5, 7), (4, 9), (0, 8), (8, 16), (6, 20), (9, 12), (-2, 3)]
)
async def test_deleting_a_range_leaves_the_line_outside_as_it_was(
    deleted: tuple[float, float], version: str, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set(), version) as whole:
        await whole.call("create_clip", track=5, slot=0, length=16)
        steps = [
            {"time": 0, "length": 4, "value": "-20 dB"},
            {"time": 4, "length": 4, "value": "-6 dB"},
            {"time": 8, "length": 2, "value": "-inf dB"},
        ]
        ramp = {"time": 10, "length": 6, "from": "-30 dB", "to": "0 dB"}
        await whole.call("edit_envelope", clip=CLIP, parameter=VOLUME, steps=steps, ramps=[ramp])
        low, high = deleted
        times = [n / 8 + 0.01 for n in range(128) if not low <= n / 8 + 0.01 <= high]
        envelope = (
            whole.stage.live.song.tracks[5]
            .clip_slots[0]
            .clip.automation_envelope(whole.stage.live.song.tracks[5].mixer_device.volume)
        )
        before = [envelope.value_at_time(time) for time in times]
        answer = await whole.call("edit_envelope", clip=CLIP, parameter=VOLUME, delete=[deleted])
        # Between two points there is nothing to delete.
        assert answer["outcome"] == ("unchanged" if deleted == (5, 7) else "verified")
        assert [envelope.value_at_time(time) for time in times] == pytest.approx(before, abs=1e-3)
        if version == "12.4":
            assert [e for e in envelope.events_in_range(-100, 100) if low < e.time < high] == []
        if answer["outcome"] == "verified":
            await whole.call("undo")
        assert [envelope.value_at_time(time) for time in times] == before


async def test_a_deletion_that_moves_the_line_outside_is_refused_and_undone(
    autojump_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("create_clip", track=5, slot=0, length=16)
        steps = [{"time": 4, "length": 4, "value": "-6 dB"}, {"time": 8, "length": 8, "value": "-20 dB"}]
        await whole.call("edit_envelope", clip=CLIP, parameter=VOLUME, steps=steps)
        shown = await texts(whole, 5.0, 9.0)
        monkeypatch.setattr(Envelope, "call_create_event", lambda self, event: None)
        with pytest.raises(Refused, match="changes the line outside"):
            await whole.call("edit_envelope", clip=CLIP, parameter=VOLUME, delete=[[4, 8]])
        assert await texts(whole, 5.0, 9.0) == shown


async def test_automation_that_is_not_read_back_after_stopped_clips_names_the_cure(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set()) as whole:
        slots = whole.mirror.children("tracks/5", "clip_slots")
        filled = next(slot for slot in slots if slot.props["has_clip"])
        await whole.call("fire", target=f"id:{filled.id}")
        await trio.sleep(5)
        await whole.call("transport", action="stop")
        await trio.sleep(1)
        step = {"time": 640, "length": 4, "value": "-12 dB"}
        answer = await whole.call("edit_envelope", track=5, parameter=VOLUME, steps=[step])
        (unread,) = [result for result in answer["results"] if not result["verified"]]
        assert "back_to_arranger" in unread["note"]
        await whole.call("transport", action="back_to_arranger")
        await trio.sleep(1)
        answer = await whole.call("edit_envelope", track=5, parameter=VOLUME, steps=[{**step, "time": 660}])
        assert answer["outcome"] == "verified"


# -- changes and overlaps --------------------------------------------------------------------------------------


async def test_a_change_counts_from_the_envelope_and_the_answer_says_so(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("create_clip", track=5, slot=0, length="4 bars")
        about = {"clip": CLIP, "parameter": VOLUME}
        await whole.call("set_track", track=5, volume="0 dB")
        answer = await whole.call(
            "edit_envelope", **about, steps=[{"time": 0, "length": 4, "value": "-3 dB"}]
        )
        assert "note" not in answer["results"][0]
        answer = await whole.call(
            "edit_envelope", **about, steps=[{"time": 8, "length": 4, "value": "-12 dB"}]
        )
        answer = await whole.call(
            "edit_envelope", **about, steps=[{"time": 8, "length": 2, "value": "+3 dB"}]
        )
        assert answer["results"][0]["note"] == "'+3 dB' counts from the envelope's value, -12.0 dB at 8 beats"
        answer = await whole.call(
            "edit_envelope", **about, ramps=[{"time": 1, "length": 1, "to": "by -3 dB"}]
        )
        assert (
            answer["results"][0]["note"] == "'by -3 dB' counts from the envelope's value, -3.0 dB at 2 beats"
        )
        assert await texts(whole, 0.5, 1.999, 3, 9, 11) == [
            "-3.0 dB", "-6.0 dB", "-3.0 dB", "-9.0 dB", "-12.0 dB",
        ]  # fmt: skip


async def test_without_an_envelope_a_change_counts_from_the_present_value(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("create_clip", track=5, slot=0, length="4 bars")
        await whole.call("set_track", track=5, volume="-6 dB")
        answer = await drawn(whole, {"time": 0, "length": 4, "to": "+3 dB"})
        assert answer["results"][0]["note"].startswith(
            "'+3 dB' counts from the parameter's present value, -6.0 dB"
        )
        assert await texts(whole, 0.01, 3.999) == ["-6.0 dB", "-3.0 dB"]


async def test_a_change_at_the_end_of_a_ramp_with_two_readings_is_refused(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("create_clip", track=5, slot=0, length="4 bars")
        await whole.call("set_track", track=5, volume="0 dB")
        with pytest.raises(Refused) as caught:
            await drawn(whole, {"time": 0, "length": 4, "from": "-12 dB", "to": "+3 dB"})
        rule = str(caught.value.data["rule"])
        assert (
            "from the ramp's start, -12.0 dB, or from the parameter's present value at its end, 0.0 dB"
            in rule
        )


@pytest.mark.parametrize(
    ("pieces", "both"),
    [
        ({"ramps": [(0, 4), (2, 4)]}, ("ramps[0] (0 to 4)", "ramps[1] (2 to 6)")),
        ({"ramps": [(4, 4), (0, 16)]}, ("ramps[1] (0 to 16)", "ramps[0] (4 to 8)")),
        ({"steps": [(0, 4), (0, 4)]}, ("steps[0] (0 to 4)", "steps[1] (0 to 4)")),
        ({"steps": [(0, 4)], "ramps": [(3, 1)]}, ("steps[0] (0 to 4)", "ramps[0] (3 to 4)")),
    ],
)
@pytest.mark.parametrize("place", [{"clip": CLIP}, {"track": 5}])
async def test_overlapping_steps_and_ramps_of_a_call_are_refused_with_both(
    place: dict[str, Any], pieces: dict[str, Any], both: tuple[str, str], autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole:
        await whole.call("create_clip", track=5, slot=0, length="4 bars")
        written: dict[str, Any] = {
            kind: [
                {"time": time, "length": length, ("to" if kind == "ramps" else "value"): "-6 dB"}
                for time, length in spans
            ]
            for kind, spans in pieces.items()
        }
        with pytest.raises(Refused) as caught:
            await whole.call("edit_envelope", parameter=VOLUME, **place, **written)
        assert all(name in str(caught.value.data["rule"]) for name in both)
        assert not whole.mirror.resolve(CLIP).props["has_envelopes"]
