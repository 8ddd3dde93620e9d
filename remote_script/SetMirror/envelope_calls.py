"""Ramps and curves in a Session clip's envelope, and an envelope's points with the texts that the parameter shows.

From 12.4 Live accepts single points: a ramp is drawn with points and then read back. If this Live has no points, or
its line differs from the requested one (the unit of their values is a guess), the ramp is drawn in steps of a
sixteenth, which every Live accepts; the answer says which form was used. A curve has a point, or a step, at each
sixteenth.

A change such as "+3 dB" counts from the envelope at that time, or from the parameter's present value where the clip has
no envelope; the answer's note says from which value.
"""

from __future__ import annotations

import math
from typing import Any, Callable, Dict, List, NamedTuple, Tuple

from . import row_checks
from .call import Adapters, PendingCall
from .contract import checks, display
from .contract.errors import BridgeError
from .contract.limits import FOREVER_BEATS
from .contract.values import ABSENT, items, read

SIXTEENTH = 0.25
MOST_POINTS = 2000
"""Points in one call; so many take some 20 ms of Live's main thread."""
STRAIGHT = (0.5, 0.5, 0.5, 0.5)
_AFTER = 1e-4
"""Beats; right after a border, where the value that starts at the border already applies."""
_SAME = 1e-3
"""Share of a parameter's range by which two lines may differ; just beside a border a steep line differs a little."""
_BEND = 3.0
"""Bend of an exponential ramp: at half of its time it has covered 18 % of the distance."""
_SHAPES: Dict[str, Callable[[float], float]] = {
    "linear": lambda share: share,
    "exponential": lambda share: (math.exp(_BEND * share) - 1) / (math.exp(_BEND) - 1),
    "s-curve": lambda share: share * share * (3 - 2 * share),
}
CURVES = tuple(_SHAPES)


class Ramp(NamedTuple):
    """A ramp from one internal value of a parameter to another, in `length` beats from `time`."""

    time: float
    length: float
    begin: float
    end: float
    curve: str

    def at(self, time: float) -> float:
        share = (time - self.time) / self.length
        return self.begin + (self.end - self.begin) * _SHAPES[self.curve](min(1.0, max(0.0, share)))

    def times(self) -> List[float]:
        """Times of the ramp's points: its ends, and for a curve also every sixteenth between them."""
        count = 1 if self.curve == "linear" else max(1, math.ceil(self.length / SIXTEENTH - 1e-9))
        return [self.time + self.length * n / count for n in range(count + 1)]


def need_envelope(call: PendingCall) -> Any:
    """The clip's envelope of the call's parameter; BridgeError NOT_FOUND without one."""
    envelope = call.obj.automation_envelope(call.args["device_parameter"])
    if envelope is None:
        raise BridgeError(
            "NOT_FOUND",
            "The clip has no envelope for this parameter",
            hint="steps or ramps that are drawn into it make one",
        )
    return envelope


def _insert_step(call: PendingCall) -> Any:
    """Insert one value that holds for a time."""
    clip, parameter = call.obj, call.args["device_parameter"]
    time, length = call.args["time"], call.args["length"]
    envelope = clip.automation_envelope(parameter)
    # A step starts after its time: at exactly its time Live returns the former value (measured).
    value = _value(call, "value", call.args["value"], time, time + _AFTER, envelope)
    if length < 0:
        raise checks.refuse("length must be 0 or more beats", length)
    if envelope is None:
        envelope = created_envelope(clip, parameter)
    return envelope.insert_step(time, length, value)


def _base(parameter: Any, envelope: Any, time: float) -> float:
    """The value from which a change at this time counts."""
    return float(parameter.value if envelope is None else envelope.value_at_time(time))


def _value(call: PendingCall, label: str, asked: Any, time: float, base_at: float, envelope: Any) -> float:
    """The value that is asked for at a time; a note says from which value a change counted."""
    parameter = call.args["device_parameter"]
    if not isinstance(asked, str):
        return row_checks.parameter_number(parameter, label, asked)
    base, show = _base(parameter, envelope, base_at), parameter.str_for_value
    value = row_checks.parameter_number(parameter, label, asked, lambda: base)
    if display.is_change(asked, str(show(value))):
        owner = "the parameter's present value" if envelope is None else "the envelope's value"
        text = "{!r} counts from {}, {} at {:g} beats".format(asked, owner, show(base), time)
        _add_note(call, text)
    return value


def _add_note(call: PendingCall, text: str) -> None:
    call.note = "; ".join(filter(None, (call.note, text)))


def created_envelope(clip: Any, parameter: Any) -> Any:
    """A new envelope of the parameter; RuntimeError where Live makes none."""
    envelope = clip.create_automation_envelope(parameter)
    if envelope is None:
        raise RuntimeError("Live has no envelope for this parameter in this clip")
    return envelope


def _draw(call: PendingCall) -> Any:
    clip, parameter = call.obj, call.args["device_parameter"]
    envelope = clip.automation_envelope(parameter)
    ramps = _ramps(call, parameter, envelope)
    if envelope is None:
        envelope = created_envelope(clip, parameter)
    drawn = [_with_points(call, envelope, ramp) or _with_steps(envelope, ramp) for ramp in ramps]
    if "steps" in drawn:
        _add_note(call, "drawn in steps of a sixteenth: this Live accepts no points")
    shown = parameter.str_for_value
    return [
        {"time": ramp.time, "length": ramp.length, "curve": ramp.curve, "as": how,
         "from": str(shown(ramp.begin)), "to": str(shown(ramp.end))}
        for ramp, how in zip(ramps, drawn)
    ]  # fmt: skip


def _ramps(call: PendingCall, parameter: Any, envelope: Any) -> List[Ramp]:
    payloads = call.args["ramps"]
    if not isinstance(payloads, list) or not all(isinstance(payload, dict) for payload in payloads):
        raise checks.refuse("ramps is a list of {time, length, from, to, curve}", payloads)
    ramps: List[Ramp] = []
    for number, payload in enumerate(payloads):
        label = "ramp {}: ".format(number)
        time, length = (checks.to_float(label + name, payload.get(name)) for name in ("time", "length"))
        curve = payload.get("curve", "linear")
        if length <= 0 or abs(time) + length > FOREVER_BEATS:
            raise checks.refuse("{}length must be above 0 beats".format(label), length)
        if curve not in _SHAPES:
            raise checks.refuse("{}curve is one of {}".format(label, ", ".join(CURVES)), curve)
        if payload.get("from") is not None:
            begin = _value(call, label + "from", payload["from"], time, time + _AFTER, envelope)
        elif ramps and abs(ramps[-1].time + ramps[-1].length - time) < _AFTER:
            begin = ramps[-1].end
        else:
            begin = _base(parameter, envelope, time)
        end = _end(call, label, payload.get("to"), begin, time + length, envelope)
        ramps.append(Ramp(time, length, begin, end, curve))
    checks.check_apart(
        (ramp.time, ramp.time + ramp.length, "ramp {}".format(number)) for number, ramp in enumerate(ramps)
    )
    points = sum(max(2.0, ramp.length / SIXTEENTH) for ramp in ramps)
    if points > MOST_POINTS:
        raise BridgeError(
            "TOO_LARGE", "At most {} points in one call, got {:.0f}".format(MOST_POINTS, points)
        )
    return ramps


def _end(call: PendingCall, label: str, asked: Any, begin: float, time: float, envelope: Any) -> float:
    """The value at a ramp's end; refuses a change that leads elsewhere from the ramp's start than from the envelope."""
    parameter = call.args["device_parameter"]
    end, show = _value(call, label + "to", asked, time, time, envelope), parameter.str_for_value
    if not isinstance(asked, str):
        return end
    base = _base(parameter, envelope, time)
    if display.is_change(asked, str(show(end))) and str(show(base)) != str(show(begin)):
        rule = "{}to {!r} can count from the ramp's start, {}, or from {} at its end, {}"
        owner = "the parameter's present value" if envelope is None else "the envelope"
        text = rule.format(label, asked, show(begin), owner, show(base))
        raise checks.refuse(text, asked, hint="write the value itself")
    return end


def _with_points(call: PendingCall, envelope: Any, ramp: Ramp) -> str:
    """Draw with single points and read them back; "" if this Live has no points, or shows another line."""
    if not _takes_points(call, envelope):
        return ""
    end = ramp.time + ramp.length
    earlier = items(envelope.events_in_range(-FOREVER_BEATS, ramp.time))
    later = items(envelope.events_in_range(end, FOREVER_BEATS))
    before = float(envelope.value_at_time(ramp.time))
    after = float(envelope.value_at_time(end + _AFTER))
    envelope.delete_events_in_range(ramp.time, end)
    points = [(time, ramp.at(time)) for time in ramp.times()]
    if earlier and before != ramp.begin:
        points.insert(0, (ramp.time, before))
    if later and after != ramp.end:
        points.append((end, after))
    _add_points(call, envelope, points)
    return "points" if _shows(envelope, ramp) else ""


def _shows(envelope: Any, ramp: Ramp) -> bool:
    reach = max(abs(ramp.end - ramp.begin), 1e-3)
    probes = [ramp.time + ramp.length * share for share in (0.25, 0.5, 0.75)]
    bend = 0.0 if ramp.curve == "linear" else 0.1
    return all(
        abs(float(envelope.value_at_time(time)) - ramp.at(time)) <= reach * (0.01 + bend) for time in probes
    )


def _with_steps(envelope: Any, ramp: Ramp) -> str:
    count = max(1, math.ceil(ramp.length / SIXTEENTH - 1e-9))
    width = ramp.length / count
    for number in range(count):
        time = ramp.time + width * number
        # The first step has the first value, the last step the last value.
        share = number / (count - 1) if count > 1 else 1.0
        envelope.insert_step(time, width, ramp.at(ramp.time + ramp.length * share))
    return "steps"


def _delete_events(call: PendingCall) -> None:
    """Delete the points in a range; outside it the line stays: the range's ends get the values that they had."""
    envelope, clip = need_envelope(call), call.obj
    start, end = call.args["from_time"], call.args["to_time"]
    events = items(envelope.events_in_range(-FOREVER_BEATS, FOREVER_BEATS))
    inside = items(envelope.events_in_range(start, end))
    if not inside:
        return
    at_end = [float(event.value) for event in inside if float(event.time) == end]
    # What the clip never plays may change with the rest.
    begins = start > min(float(clip.start_marker), float(clip.loop_start))
    ends = end < max(float(clip.end_marker), float(clip.loop_end))
    edges = [(start, float(envelope.value_at_time(start)))] if begins else []
    if ends:
        edges.append((end, at_end[-1] if at_end else float(envelope.value_at_time(end))))
    times = _near([float(event.time) for event in events] + [start, end])
    outside = [time for time in times if (begins and time < start) or (ends and time > end)]
    before = [float(envelope.value_at_time(time)) for time in outside]
    call.acted = True
    if edges and not _takes_points(call, envelope):
        # A step leaves the line outside of it as it is.
        envelope.insert_step(start, end - start, float(envelope.value_at_time(start)))
        call.note = "this Live takes no single points: the range holds the value before it"
    else:
        envelope.delete_events_in_range(start, end)
        if not _is_line(envelope, outside, before, call):
            _add_points(call, envelope, edges)
    if not _is_line(envelope, outside, before, call):
        raise BridgeError(
            "LIVE_REFUSED",
            "Deleting these points changes the line outside of {:g} to {:g} beats".format(start, end),
            hint="draw the values that you want in the range instead, with `steps`",
        )


def _near(times: List[float]) -> List[float]:
    """Times at which a line with points at `times` shows every change of its course: beside points and between them."""
    points = sorted(set(times))[:MOST_POINTS]
    beside = [time + step for time in points for step in (-_AFTER, _AFTER)]
    return beside + [(one + other) / 2 for one, other in zip(points, points[1:])]


def _is_line(envelope: Any, times: List[float], values: List[float], call: PendingCall) -> bool:
    """True when the envelope has these values at these times."""
    parameter = call.args["device_parameter"]
    reach = float(parameter.max) - float(parameter.min)
    return all(
        abs(float(envelope.value_at_time(time)) - value) <= reach * _SAME
        for time, value in zip(times, values)
    )


def _takes_points(call: PendingCall, envelope: Any) -> bool:
    """False for a Live that draws envelopes in steps only."""
    return read(envelope, "create_event") is not ABSENT and read(call.live_module, "Envelope") is not ABSENT


def _add_points(call: PendingCall, envelope: Any, points: List[Tuple[float, float]]) -> None:
    """Add points of a straight line."""
    module = call.live_module.Envelope
    for time, value in points:
        straight = module.EnvelopeEventControlCoefficients(*STRAIGHT)
        envelope.create_event(module.EnvelopeEvent(time, value, straight))


def _shown(call: PendingCall) -> Any:
    """The points of an envelope as [time, value, text]."""
    parameter = call.args["device_parameter"]
    envelope = need_envelope(call)
    if read(envelope, "events_in_range") is ABSENT:
        raise BridgeError("NOT_AVAILABLE", "Points of envelopes can be read from Live 12.2 on")
    times = sorted(
        {float(event.time) for event in items(envelope.events_in_range(-FOREVER_BEATS, FOREVER_BEATS))}
    )
    shown: List[Any] = []
    for time in times[:MOST_POINTS]:
        # A step has two points at its time: the value before the step and the value after it.
        for value in (envelope.value_at_time(time), envelope.value_at_time(time + _AFTER)):
            row = [time, float(value), str(parameter.str_for_value(value))]
            if not shown or shown[-1][0] != time or shown[-1][2] != row[2]:
                shown.append(row)
    return shown


ADAPTERS: Adapters = {
    ("Clip", "delete_envelope_events"): _delete_events,
    ("Clip", "draw_envelope"): _draw,
    ("Clip", "insert_envelope_step"): _insert_step,
    ("Clip", "shown_envelope"): _shown,
}
