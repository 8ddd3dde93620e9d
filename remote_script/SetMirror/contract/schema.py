"""The one table of Live's Object Model: what SetMirror reads, observes, audits and may change.

Observers, snapshot, audit, writes, the mirror, the tools and the coverage tests all read this table, so one row
adds a property to the product. A row of a class in `tables` is either a property

    name  type  kind  [range or choices, unit]  flags

or a method `name(arg: type = default, …) -> type  effect  flags`. The order and the names are Live's. Checked
against the run-time captures of Live 11.0 to 12.3 and the differences published for 12.4.
"""

from __future__ import annotations

import json
import re
from typing import Any, Dict, Iterator, List, Optional, Tuple, Union

from .scales import SCALES
from .tables import application, clips, devices, song, special_devices, tracks

KINDS = {
    "observed": "Live notifies a change: attach, then read; with `within` only while a client attends to the object",
    "polled": "no listener; read again after the listeners named in `after`, else found by the audit",
    "constant": "never changes while the object lives; read once",
    "gauge": "changes all the time; sampled on request, never part of a revision",
    "content": "large; a listener marks the change, the value is read once a tick",
}
TYPES = {
    "bool": "true or false",
    "int": "a whole number; an enum's value where choices have labels",
    "float": "a finite number",
    "str": "text",
    "bools": "a list of bool",
    "ints": "a list of int",
    "floats": "a list of float",
    "strs": "a list of str",
    "json": "any JSON value",
    "child": "an object that lives here, or null",
    "children": "the objects that live here, in order",
    "ref": "an object that lives elsewhere, or null",
    "refs": "objects that live elsewhere, in order",
    "routing": "the display name of a routing type or channel",
    "routings": "the display names to choose from",
    "notes": "MIDI notes: [note_id, pitch, start_time, duration, velocity, mute, probability, velocity_deviation, release_velocity]; in Bitwig then [gain, pan, pressure, timbre, transpose]",
    "warp_markers": "[sample_time in seconds, beat_time] pairs",
    "warp_marker": "one [sample_time in seconds, beat_time] pair",
    "envelopes": "per automated parameter: {parameter, events: [[time, value], …]}",
    "obj": "an object, as id or ref",
    "place": "an object of the list named: its place from 0, a ref, or {id}",
    "insert": "before which object of the list named: a place from 0, a ref, or {id}; -1 at the end",
    "none": "nothing",
}
EFFECTS = {
    "read": "changes nothing",
    "edit": "changes the Set; an entry in the undo history",
    "act": "plays, shows or asks something; no entry in the undo history",
    "internal": "the executor's own tools, not offered to clients",
}


def _labels(text: str) -> Dict[int, str]:
    return dict(enumerate(text.split("|")))


ENUMS: Dict[str, Dict[Any, str]] = {
    "Quantization": _labels("None|8 Bars|4 Bars|2 Bars|1 Bar|1/2|1/2T|1/4|1/4T|1/8|1/8T|1/16|1/16T|1/32"),
    "RecordingQuantization": _labels("None|1/4|1/8|1/8T|1/8 + 1/8T|1/16|1/16T|1/16 + 1/16T|1/32"),
    "LaunchQuantization": _labels(
        "Global|None|8 Bars|4 Bars|2 Bars|1 Bar|1/2|1/2T|1/4|1/4T|1/8|1/8T|1/16|1/16T|1/32"
    ),
    "GridQuantization": _labels("None|8 Bars|4 Bars|2 Bars|1 Bar|1/2|1/4|1/8|1/16|1/32"),
    "LaunchMode": {0: "trigger", 1: "gate", 2: "toggle", 3: "repeat"},
    "WarpMode": {
        0: "beats",
        1: "tones",
        2: "texture",
        3: "repitch",
        4: "complex",
        5: "rex",
        6: "complex_pro",
    },
    "PlayingStatus": {0: "stopped", 1: "started", 2: "recording"},
    "SessionRecordStatus": {0: "off", 1: "on", 2: "transition"},
    "Monitoring": {0: "in", 1: "auto", 2: "off"},
    "CrossfadeAssign": {0: "A", 1: "none", 2: "B"},
    "PanningMode": {0: "stereo", 1: "split stereo"},
    "DeviceInsertMode": {0: "default", 1: "selected left", 2: "selected right"},
    "DeviceType": {0: "undefined", 1: "instrument", 2: "audio_effect", 4: "midi_effect"},
    "AutomationState": {0: "none", 1: "playing", 2: "overridden"},
    "ParameterState": {0: "enabled", 1: "irrelevant", 2: "disabled"},
    "GrooveBase": {0: "1/4", 1: "1/8", 2: "1/8T", 3: "1/16", 4: "1/16T", 5: "1/32"},
    "PlaybackMode": {0: "classic", 1: "one_shot", 2: "slicing"},
    "SlicingPlaybackMode": {0: "mono", 1: "poly", 2: "thru"},
    "SlicingStyle": {0: "transient", 1: "beat", 2: "region", 3: "manual"},
    "SlicingBeatDivision": _labels("1/16|1/16T|1/8|1/8T|1/4|1/4T|1/2|1/2T|1 Bar|2 Bars|4 Bars"),
    "TransientLoopMode": {0: "off", 1: "forward", 2: "alternate"},
    "Eq8GlobalMode": {0: "stereo", 1: "left_right", 2: "mid_side"},
    "FilterRouting": {0: "serial", 1: "parallel", 2: "split"},
    "EffectMode": {0: "none", 1: "frequency modulation", 2: "sync and pulse width", 3: "warp and fold"},
    "UnisonMode": _labels("none|classic|slow shimmer|fast shimmer|phase sync|position spread|random note"),
    "VoiceCount": _labels("2|3|4|5|6|7|8"),
    "Scale": {name: name for name, _ in SCALES},
    "Voicing": {0: "mono", 1: "poly"},
}
"""Value → label, by the enum's name in the brackets of a row."""

LEFT_OUT = {
    "*.canonical_parent": "shown by the mirror's own tree",
    "*._live_ptr": "an address of one run; the id stands for it",
    "Track.current_input_routing": "old text form of input_routing_type",
    "Track.current_input_sub_routing": "old text form of input_routing_channel",
    "Track.current_output_routing": "old text form of output_routing_type",
    "Track.current_output_sub_routing": "old text form of output_routing_channel",
    "Track.input_routings": "old text form of available_input_routing_types",
    "Track.input_sub_routings": "old text form of available_input_routing_channels",
    "Track.output_routings": "old text form of available_output_routing_types",
    "Track.output_sub_routings": "old text form of available_output_routing_channels",
    "Application.control_surfaces": "other scripts' objects; not part of the Set",
    "Application.number_of_push_apps_running": "not part of the Set",
    "Browser.*": "the browser's tree is asked for item by item: too many items in one turn can end Live",
    "BrowserItem.*": "the browser's tree is asked for item by item: too many items in one turn can end Live",
    "TuningSystem.maximum_note": "of 12.0 to 12.0.4 only; highest_note stands for it",
    "TuningSystem.minimum_note": "of 12.0 to 12.0.4 only; lowest_note stands for it",
    "TuningSystem.TuningSystem.*": "represented as TuningSystem",
    "TuningSystem.ReferencePitch.*": "represented as the value of reference_pitch",
    "TuningSystem.PitchClassAndOctave.*": "represented as the values of highest_note and lowest_note",
    "CompressorDevice.View.*": "represented as Device.View",
    "WavetableDevice.View.*": "represented as Device.View",
    "DeviceContainer.*": "a base without properties of its own",
    "LomObject.*": "a base without properties of its own",
    "MidiNote.*": "represented as the notes of a Clip",
    "Envelope.*": "represented as the automation_envelopes of a Clip",
    "EnvelopeEvent.*": "represented as the automation_envelopes of a Clip: time and value",
    "EnvelopeEventControlCoefficients.*": "curves between events: too many numbers; ask for them",
    "WarpMarker.*": "represented as the warp_markers of a Clip",
    "RoutingType.*": "represented by display_name",
    "RoutingChannel.*": "represented by display_name",
    "BeatTime.*": "a method's value, not a part of a Set",
    "SmptTime.*": "a method's value, not a part of a Set",
    "Application.ControlDescription.*": "other scripts' objects; not part of the Set",
    "Application.ControlSurfaceProxy.*": "other scripts' objects; not part of the Set",
    "Base.Text.*": "texts of Live's own windows; not part of the Set",
    "Base.Timer.*": "a script's own timer",
    "Licensing.PythonLicensingBridge.*": "the licence; not part of the Set",
    "Licensing.UnlockStatus.*": "the licence; not part of the Set",
    "Listener.ListenerHandle.*": "a script's own listener",
    "MidiMap.CCFeedbackRule.*": "a controller's, not a Set's",
    "MidiMap.NoteFeedbackRule.*": "a controller's, not a Set's",
    "MidiMap.PitchBendFeedbackRule.*": "a controller's, not a Set's",
}
"""Readable members of Live that are not in the table, with the reason; `*` means every class, or every member."""


def left_out(class_: str, name: str) -> Optional[str]:
    """Why the table leaves out a readable member of Live; None when no reason is recorded."""
    for key in (class_ + "." + name, class_ + ".*", "*." + name):
        if key in LEFT_OUT:
            return LEFT_OUT[key]
    return None


Number = Union[int, float]


class Property:
    """One property of a class; see `KINDS` and `TYPES`.

    * `of`: the class of objects (types child, children, ref, refs).
    * `minimum`, `maximum`: inclusive.
    * `choices`: allowed values → labels; `labels` has the same only if the labels are words, not just the numbers.
    * `on`: the kinds of track or clip that have the property; empty means all.
    * `after`: listeners of the same object that require reading the property again.
    * `within_s`: if above 0, Live could notify a change, but no listener is attached at rest: the property is read
      with the properties in `after`, and again within so many seconds (see `rounds`).
    * `reads`: a (method, property) pair if the value is that method's answer for that property.
    * `undo`: False if Live's history does not record a write of the property.
    * `later`: a word of `later.PROPERTIES`: the change that Live makes on a later tick after the property was set.
    * `tracked`: True if the property cannot be written, but a change of it is a person's edit.
    * `one_way`: True if a write can only end a state that Live alone starts, so that a write cannot be reverted.
    """

    __slots__ = (
        "after",
        "choices",
        "kind",
        "labels",
        "later",
        "maximum",
        "minimum",
        "name",
        "of",
        "on",
        "one_way",
        "reads",
        "since",
        "tracked",
        "type",
        "undo",
        "unit",
        "within_s",
        "write",
    )  # fmt: skip

    def __init__(self, name: str, type_: str, kind: str) -> None:
        self.name = name
        self.type, _, self.of = type_.partition(":")
        self.kind = kind
        self.minimum: Optional[Number] = None
        self.maximum: Optional[Number] = None
        self.choices: Optional[Dict[Any, str]] = None
        self.labels: Dict[Any, str] = {}
        self.unit = ""
        self.write = False
        self.undo = True
        self.tracked = False
        self.one_way = False
        self.on: Tuple[str, ...] = ()
        self.since: Tuple[int, ...] = ()
        self.after: Tuple[str, ...] = ()
        self.within_s = 0.0
        self.reads: Optional[Tuple[str, str]] = None
        self.later = ""

    @property
    def is_edit(self) -> bool:
        """True when Live's history records a change of the property, by a write or by a person."""
        return self.tracked or (self.write and self.undo)

    @property
    def is_tree(self) -> bool:
        """True for the edges of the tree: properties that contain objects."""
        return self.type in ("child", "children")

    def __repr__(self) -> str:
        return "<Property {}: {}>".format(self.name, self.type)


class Arg:
    """An argument of a method; `required` is False if Live has a default.

    A place belongs to a list of the method's object ("place:tracks"), or of another argument
    ("insert:target.devices"); "place:cue_points@time" selects by time.
    """

    __slots__ = ("by_time", "default", "list_name", "list_owner", "name", "of", "required", "type")

    def __init__(self, name: str, type_: str, required: bool, default: Any) -> None:
        self.name = name
        self.type, _, self.of = type_.partition(":")
        self.required = required
        self.default = default
        place, _, by = self.of.partition("@")
        self.list_owner, _, self.list_name = place.rpartition(".")
        self.by_time = by == "time"

    @property
    def is_place(self) -> bool:
        """True when the argument names an object by its place."""
        return self.type in ("place", "insert")

    def __repr__(self) -> str:
        return "<Arg {}: {}>".format(self.name, self.type)


class Method:
    """A method of a class; `effect` is one of `EFFECTS`, `returns`/`returns_of` a type of `TYPES`.

    `ours` marks a composite: the executor makes several calls of Live's methods for it. Effects besides changing
    the target (see `reach` for the selectors):

    * `creates`: the classes of the objects that the call creates.
    * `deletes`: the objects that it deletes.
    * `overwrites`: the objects that it replaces by others.
    * `plays`: the objects whose sound starts or stops.
    * `changes`: other objects that it edits.
    * `undoes`: True if it moves in Live's history.
    * `means`: an object that the call acts on although it is no argument: a slot's clip ("clip"), the clip of an
      argument's object ("index.clip"), a pad's first chain ("chains").
    * `later`: the change that Live makes on a later tick, as for properties.
    """

    __slots__ = (
        "args", "changes", "creates", "deletes", "effect", "later", "means", "name", "ours", "overwrites", "plays", "returns",
        "returns_of", "since", "undoes",
    )  # fmt: skip

    def __init__(self, name: str, args: Tuple[Arg, ...], returns: str, effect: str) -> None:
        self.name = name
        self.args = args
        self.returns, _, self.returns_of = returns.partition(":")
        self.effect = effect
        self.since: Tuple[int, ...] = ()
        self.ours = False
        self.undoes = False
        self.means = ""
        self.later = ""
        self.creates: Tuple[str, ...] = ()
        self.deletes: Tuple[str, ...] = ()
        self.overwrites: Tuple[str, ...] = ()
        self.changes: Tuple[str, ...] = ()
        self.plays: Optional[Tuple[str, ...]] = None

    def __repr__(self) -> str:
        return "<Method {}>".format(self.name)


class Class:
    """A class of Live's Object Model; `properties` and `methods` exclude the inherited ones of `base`."""

    __slots__ = ("base", "methods", "name", "properties")

    def __init__(self, name: str, base: str) -> None:
        self.name = name
        self.base = base
        self.properties: Dict[str, Property] = {}
        self.methods: Dict[str, Method] = {}


def version(text: str) -> Tuple[int, ...]:
    """ "12.3.6" → (12, 3, 6), to compare with `since`."""
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


def _flags(target: Union[Property, Method], words: List[str]) -> None:
    for word in words:
        key, _, value = word.partition("=")
        if key == "since":
            target.since = version(value)
        elif key == "later":
            target.later = value
        elif isinstance(target, Method) and key in ("ours", "undoes"):
            setattr(target, key, True)
        elif isinstance(target, Method) and key in ("creates", "deletes", "overwrites", "changes", "plays"):
            setattr(target, key, tuple(filter(None, value.split(","))))
        elif isinstance(target, Method) and key == "means":
            target.means = value
        elif isinstance(target, Method):
            raise ValueError("unknown flag {!r} of {}".format(word, target))
        elif key == "write":
            target.write = True
        elif key == "untracked":
            target.undo = False
        elif key == "tracked":
            target.tracked = True
        elif key == "one-way":
            target.one_way = True
        elif key == "on":
            target.on = tuple(value.split(","))
        elif key == "after":
            target.after = tuple(value.split(","))
        elif key == "within":
            target.within_s = float(value)
        elif key == "reads":
            method, _, argument = value.rstrip(")").partition("(")
            target.reads = (method, argument)
        else:
            raise ValueError("unknown flag {!r} of {}".format(word, target))


def _number(text: str) -> Number:
    return float(text) if "." in text else int(text)


def _range(target: Property, text: str) -> None:
    bounds, _, target.unit = text.partition(" ")
    if bounds in ENUMS:
        target.choices = dict(ENUMS[bounds])
        if any(str(value) != text for value, text in target.choices.items()):
            target.labels = target.choices
    elif "|" in bounds:
        target.choices = {int(value): value for value in bounds.split("|")}
    elif ".." in bounds:
        low, _, high = bounds.partition("..")
        target.minimum = _number(low) if low else None
        target.maximum = _number(high) if high else None
    else:
        target.unit = text


_PROPERTY = re.compile(r"  (\w+) +(\S+) +(\w+) *(?:\[([^\]]*)\])? *(.*)$")
_METHOD = re.compile(r"  (\w+)\((.*)\) -> (\S+) +(\w+) *(.*)$")
_ARG = re.compile(r"(\w+): (\S+)(?: = (.+))?$")


def _parse(rows: str) -> Iterator[Class]:
    current: Optional[Class] = None
    for line in rows.splitlines():
        if not line.strip():
            continue
        if line.startswith("class "):
            name, _, base = line[6:].partition(" < ")
            current = Class(name.strip(), base.strip())
            yield current
            continue
        if current is None:
            raise ValueError("a row needs a line `class Name` above it, got {!r}".format(line))
        match = _METHOD.match(line)
        if match:
            args = []
            for text in filter(None, match.group(2).split(", ")):
                arg = _ARG.match(text)
                if arg is None:
                    raise ValueError(
                        "an argument is `name: type = default`, got {!r} in {!r}".format(text, line)
                    )
                default = arg.group(3)
                args.append(Arg(arg.group(1), arg.group(2), default is None, default and json.loads(default)))
            method = Method(match.group(1), tuple(args), match.group(3), match.group(4))
            _flags(method, match.group(5).split())
            current.methods[method.name] = method
            continue
        match = _PROPERTY.match(line)
        if match is None:
            form = "`name  type  kind  [range] flags` or `name(arg: type = default) -> type  effect  flags`"
            raise ValueError("a row is {}, got {!r}".format(form, line))
        prop = Property(match.group(1), match.group(2), match.group(3))
        if match.group(4):
            _range(prop, match.group(4))
        _flags(prop, match.group(5).split())
        current.properties[prop.name] = prop


CLASSES: Dict[str, Class] = {
    class_.name: class_
    for module in (application, song, tracks, clips, devices, special_devices)
    for class_ in _parse(module.ROWS)
}
"""Every class that belongs to a Set, by its name in Live ("Song", "Song.View", "DrumChain")."""

# The script adds this edge to Live's own tree: the application is a child of the root, so one walk reaches
# everything.
_APPLICATION = Property("application", "child:Application", "constant")
CLASSES["Song"].properties["application"] = _APPLICATION

_PROPERTIES: Dict[str, Dict[str, Property]] = {}
_METHODS: Dict[str, Dict[str, Method]] = {}
for _class in CLASSES.values():
    _base: Optional[Class] = _class
    _chain: List[Class] = []
    while _base is not None:
        _chain.insert(0, _base)
        _base = CLASSES[_base.base] if _base.base else None
    _PROPERTIES[_class.name] = {n: p for part in _chain for n, p in part.properties.items()}
    _METHODS[_class.name] = {n: m for part in _chain for n, m in part.methods.items()}


def properties(name: str) -> Dict[str, Property]:
    """All properties of the class `name`, inherited ones first; KeyError for an unknown class."""
    return _PROPERTIES[name]


def methods(name: str) -> Dict[str, Method]:
    """All methods of the class `name`, inherited ones first; KeyError for an unknown class."""
    return _METHODS[name]


def is_a(name: str, base: str) -> bool:
    """True when class `name` is `base` or derives from it."""
    while name:
        if name == base:
            return True
        name = CLASSES[name].base if name in CLASSES else ""
    return False


def since_text(since: Tuple[int, ...]) -> str:
    """(12, 3) → "12.3"."""
    return ".".join(str(part) for part in since)
