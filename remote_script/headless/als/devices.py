"""Reads devices, racks and their chains from a Set file.

A rack's `Branches` have the names, mixers and notes of its chains; a drum chain's receiving note is stored as 128
minus the note. The device's name is that of its title bar: the user's name, else the preset's, else the device's
own.
"""

from __future__ import annotations

from typing import List, Optional, Set
from xml.etree.ElementTree import Element

from .. import devices as facts_of
from ..devices import Law
from ..sets.spec import ChainSpec, DeviceSpec, SampleSpec, WarpMarkerSpec
from . import clips, colors, fields, files, parameters, properties, routing
from .parameters import MACROS, Path, Targets

RACKS = {
    "InstrumentGroupDevice": facts_of.INSTRUMENT,
    "DrumGroupDevice": facts_of.INSTRUMENT,
    "AudioEffectGroupDevice": facts_of.AUDIO_EFFECT,
    "MidiEffectGroupDevice": facts_of.MIDI_EFFECT,
}
PLUGINS = ("PluginDevice", "AuPluginDevice")
SAMPLERS = ("OriginalSimpler", "MultiSampler")
FADER = Law("volume", 0.0, 1.0, (), True)
SEND = Law("send", 0.0, 1.0, (), True)
PAN = Law("pan", -1.0, 1.0)
SWITCH = Law("", 0.0, 1.0, ("Off", "On"))
MACRO = Law("", 0.0, 127.0)
_CHAIN_MIXER = (
    ("Speaker", "chain_activator", SWITCH),
    ("Volume", "volume", FADER),
    ("Panorama", "panning", PAN),
)
"""The parts of a chain's mixer, their names in Live's API, their laws."""
_AU_TYPES = {0x61756D75: 1, 0x61756670: 2, 0x61756678: 2, 0x61756D66: 2, 0x61756D69: 4}
"""aumu is an instrument; aufx, aumf effects; aumi a MIDI effect."""
_VST_IS_SYNTH = 0x100
ALL_NOTES = -1
"""A drum chain that receives every note (a stored 0)."""


def load_all(holder: Optional[Element], path: Path, targets: Targets, macros: Set[int]) -> List[DeviceSpec]:
    """The devices in a `Devices` element; `path` leads to their list."""
    specs: List[DeviceSpec] = []
    for element in () if holder is None else holder:
        specs.append(load(element, path + (len(specs),), targets, macros))
    return specs


def load(device: Element, path: Path, targets: Targets, macros: Set[int]) -> DeviceSpec:
    """One device. Adds to `macros` the macros of the surrounding rack that move the device's parameters."""
    class_name = device.tag
    facts = facts_of.find(class_name)
    shown = facts.display_name if facts else facts_of.guess_name(class_name)
    spec = DeviceSpec(
        class_name=class_name,
        class_display_name=shown,
        type=facts.type if facts else _guess_type(device),
        is_on=fields.flag(device, "On/Manual", True),
        is_collapsed=not fields.flag(device, "IsExpanded", True),
    )
    on = device.find("On")
    macro = parameters.macro_of(on)
    if macro is not None:
        macros.add(macro)
    targets.add(on, path + (0,), SWITCH)
    if class_name in RACKS:
        _rack(device, spec, path, targets, macros)
    elif class_name in PLUGINS:
        _plugin(device, spec, path, targets, macros)
    elif class_name.startswith("MxDevice"):
        _max(device, spec, path, targets, macros)
    else:
        spec.parameters = parameters.native(device, class_name, path, targets, macros)
        if class_name in SAMPLERS:
            _sampler(device, spec)
        _extras(device, spec)
    preset = "" if class_name in PLUGINS else _preset_name(device)
    spec.name = fields.text(device, "UserName") or preset or spec.name or spec.class_display_name
    return spec


def _guess_type(device: Element) -> int:
    where = fields.text(device, "SourceContext/Value/BranchSourceContext/BranchDeviceId")
    for word, kind in ((":instr", 1), (":audiofx", 2), (":midifx", 4)):
        if word in where:
            return kind
    return facts_of.MIDI_EFFECT if device.tag.startswith("Midi") else facts_of.AUDIO_EFFECT


def _preset_name(device: Element) -> str:
    """The preset's name, if the title bar shows it."""
    if not fields.flag(device, "ShouldShowPresetName"):
        return ""
    return files.stem(files.file_path(device.find("LastPresetRef/Value/FilePresetRef/FileRef")))


def _numbered(device: Element, stem: str) -> List[str]:
    return [fields.text(device, "%s.%d" % (stem, index)) for index in range(MACROS)]


def _rack(device: Element, spec: DeviceSpec, path: Path, targets: Targets, outer: Set[int]) -> None:
    mapped: Set[int] = set()
    spec.chains = _branches(device, "Branches", path, targets, mapped)
    spec.return_chains = _branches(device, "ReturnBranches", path, targets, mapped)
    names = _numbered(device, "MacroDisplayNames")
    for index in range(MACROS):
        element = device.find("MacroControls.%d" % index)
        value = fields.number(element, "Manual", 0.0)
        spec.macros.append(MACRO.value(value))
        spec.macro_names.append(names[index] or "Macro %d" % (index + 1))
        spec.macros_mapped.append(index in mapped)
        if element is not None:
            targets.add(element, path + (index + 1,), MACRO)
            macro = parameters.macro_of(element)
            if macro is not None:
                outer.add(macro)
    spec.visible_macro_count = fields.whole(device, "NumVisibleMacroControls", 8, 1, MACROS)
    selector = device.find("ChainSelector")
    spec.chain_selector = MACRO.value(fields.number(selector, "Manual", 0.0))
    targets.add(selector, path + (MACROS + 1,), MACRO)
    spec.variation_count = sum(
        1 for one in fields.children(device, "MacroVariations/MacroSnapshots") if one.tag == "MacroSnapshot"
    )
    if spec.variation_count:
        spec.extra["variations"] = [
            fields.text(one, "Name") for one in fields.children(device, "MacroVariations/MacroSnapshots")
        ]
    if spec.class_name == "DrumGroupDevice":
        spec.extra["pad_scroll_position"] = fields.whole(device, "PadScrollPosition", 9, -(2**31), 2**31)


def _branches(device: Element, part: str, path: Path, targets: Targets, mapped: Set[int]) -> List[ChainSpec]:
    specs: List[ChainSpec] = []
    role = "chains" if part == "Branches" else "return_chains"
    for branch in fields.children(device, part):
        where = path + (role, len(specs))
        mixer = branch.find("MixerDevice")
        spec = ChainSpec(
            name=fields.text(branch, "Name/EffectiveName") or fields.text(branch, "Name/UserName"),
            color_index=colors.index(branch),
            mute=not fields.flag(mixer, "Speaker/Manual", True),
            solo=fields.flag(branch, "IsSoloed"),
            volume=FADER.value(fields.number(mixer, "Volume/Manual", 1.0, 0.0, 1e6)),
            panning=PAN.value(fields.number(mixer, "Panorama/Manual", 0.0)),
        )
        for holder in fields.children(mixer, "SendInfos"):
            targets.add(holder.find("Send"), where + ("mixer", "sends", len(spec.sends)), SEND)
            spec.sends.append(SEND.value(fields.number(holder, "Send/Manual", 0.0, 0.0, 1e6)))
        for name, attribute, law in _CHAIN_MIXER:
            element = None if mixer is None else mixer.find(name)
            macro = parameters.macro_of(element)
            if macro is not None:
                mapped.add(macro)
            targets.add(element, where + ("mixer", attribute), law)
        if device.tag == "DrumGroupDevice" and part == "Branches":
            information = branch.find("BranchInfo")
            note = 128 - fields.whole(information, "ReceivingNote", 92, 0, 128)
            spec.in_note = note if note < 128 else ALL_NOTES
            spec.out_note = fields.whole(information, "SendingNote", 60, 0, 127)
            spec.choke_group = fields.whole(information, "ChokeGroup", 0, 0, 16)
        chain = branch.find("DeviceChain")
        for inner in () if chain is None else chain:
            holder_of_devices = inner.find("Devices")
            if holder_of_devices is not None:
                spec.devices = load_all(holder_of_devices, where, targets, mapped)
                break
        specs.append(spec)
    return specs


def _plugin(device: Element, spec: DeviceSpec, path: Path, targets: Targets, macros: Set[int]) -> None:
    information = next(fields.children(device, "PluginDesc"), None)
    spec.type = _plugin_type(device, information)
    spec.class_display_name = (
        fields.text(information, "Name") or fields.text(information, "PlugName") or spec.class_display_name
    )
    if information is not None:
        spec.extra["plugin_format"] = information.tag.replace("PluginInfo", "") or "Vst"
        if information.tag == "AuPluginInfo":
            spec.extra["manufacturer"] = fields.text(information, "Manufacturer")
    spec.presets = [name for name in _preset_names(information) if name] or ["Default"]
    for one in fields.children(device, "ParameterList"):
        value = one.find("ParameterValue")
        name = fields.text(one, "ParameterName")
        if value is None or not name:
            continue  # An empty place of the Configure list.
        filed = parameters.filed_number(value, name)
        if one.tag == "PluginEnumParameter":
            count = fields.whole(one, "LastItemCount", 2, 0, 100000)
            items = tuple(str(index) for index in range(min(max(count, 2, int(filed) + 1), 128)))
            law = Law("", 0.0, float(len(items) - 1), items)
        else:
            law = Law("", min(0.0, filed), max(1.0, filed))
        spec.parameters.append(parameters.spec_of(value, name, law, filed, targets, macros))
        targets.add(value, path + (len(spec.parameters),), law)


def _preset_names(information: Optional[Element]) -> List[str]:
    names: List[str] = []
    for preset in fields.children(information, "Preset"):
        name = fields.text(preset, "Name") or fields.text(preset, "ProgramName")
        names.append(name)
    return names


def _plugin_type(device: Element, information: Optional[Element]) -> int:
    where = fields.text(device, "SourceContext/Value/BranchSourceContext/BranchDeviceId")
    for word, kind in ((":instr:", 1), (":audiofx:", 2), (":midifx:", 4)):
        if word in where:
            return kind
    if information is None:
        return facts_of.UNDEFINED
    if information.tag == "AuPluginInfo":
        return _AU_TYPES.get(fields.whole(information, "ComponentType", 0), facts_of.AUDIO_EFFECT)
    if information.tag == "Vst3PluginInfo":
        return {1: 1, 2: 2, 3: 4}.get(fields.whole(information, "DeviceType", 2), 2)
    return 1 if fields.whole(information, "Flags", 0) & _VST_IS_SYNTH else 2


def _max(device: Element, spec: DeviceSpec, path: Path, targets: Targets, macros: Set[int]) -> None:
    # `MxDPatchRef` until Live 12.2.
    reference = next((one.find("FileRef") for one in fields.children(device, "PatchSlot/Value")), None)
    spec.name = files.stem(files.file_path(reference))
    for one in fields.children(device, "ParameterList/ParameterList"):
        timeable = one.find("Timeable")
        name = fields.text(one, "LongName") or fields.text(one, "Name")
        if timeable is None or timeable.find("Manual") is None:
            continue
        filed = parameters.filed_number(timeable, name)
        law = _max_law(one, timeable, filed)
        spec.parameters.append(parameters.spec_of(timeable, name, law, filed, targets, macros))
        targets.add(timeable, path + (len(spec.parameters),), law)


def _max_law(one: Element, timeable: Element, filed: float) -> Law:
    items = tuple(item.get("Value", "") for item in fields.children(one, "Enums"))
    if len(items) > 1:
        return Law("", 0.0, float(len(items) - 1), items)
    span = parameters.limits(timeable, one.tag)
    low = fields.number(one, "MinValue", min(span) if span else 0.0)
    high = fields.number(one, "MaxValue", max(span) if span else 1.0)
    low, high = min(low, high, filed), max(low, high, filed)
    return Law("", low, high if high > low else low + 1.0)


def _sampler(device: Element, spec: DeviceSpec) -> None:
    spec.extra["playback_mode"] = fields.whole(device, "Globals/PlaybackMode", 0, 0, 2)
    spec.extra["slicing_playback_mode"] = fields.whole(device, "SimplerSlicing/PlaybackMode", 0, 0, 2)
    voices = fields.whole(device, "Globals/NumVoices", 0, 0, 32)
    spec.extra["voices_index"] = voices
    spec.extra["note_pitch_bend_range"] = fields.whole(device, "Globals/MpePitchBendRange", 48, 0, 96)
    spec.extra["pitch_bend_range"] = fields.whole(device, "Globals/PitchBendRange", 5, 0, 96)
    spec.extra["retrigger"] = fields.flag(device, "Globals/RetriggerMode", True)
    for part in fields.children(device, "Player/MultiSampleMap/SampleParts"):
        if spec.class_name != "OriginalSimpler":
            break
        sample = part.find("SampleRef")
        length = fields.whole(sample, "DefaultDuration", 0, 0, 2**40)
        rate = fields.whole(sample, "DefaultSampleRate", 44100, 0, 10**7) or 44100
        warp = part.find("SampleWarpProperties")
        start = fields.whole(part, "SampleStart", 0, 0, 2**40)
        end = fields.whole(part, "SampleEnd", length, 0, 2**40)
        spec.sample = SampleSpec(
            file_path=files.sample_path(sample),
            length=max(length, end),
            sample_rate=rate,
            start_marker=start,
            end_marker=end,
            gain=clips.gain_of_factor(fields.number(part, "Volume", 1.0, 0.0, 1e4)),
            warping=fields.flag(warp, "IsWarped"),
            warp_mode=fields.whole(warp, "WarpMode", 0, 0, 6),
            slices=_slices(part, rate),
            warp_markers=[WarpMarkerSpec(*marker) for marker in properties.warp_markers(part)],
            settings=properties.sample_settings(part),
        )
        spec.extra["sample_name"] = fields.text(part, "Name")
        spec.extra["root_key"] = fields.whole(part, "RootKey", 60, 0, 127)
        break


def _slices(part: Element, rate: int) -> List[int]:
    return [
        round(fields.to_number(one.get("TimeInSeconds", "0"), "a slice's time", 0.0, 1e6) * rate)
        for one in fields.children(part, "SlicePoints")
        if one.tag == "SlicePoint"
    ]


def _extras(device: Element, spec: DeviceSpec) -> None:
    properties.read(device, spec)
    routed = device.find("SideChain/RoutedInput/Routable")
    if routed is not None:
        type_, channel = routing.routed(routed)
        spec.extra["input_routing_type"] = type_ or routing.NO_INPUT
        spec.extra["input_routing_channel"] = channel or ""
