"""Tracks, their mixers, routings, slots and lanes out of a Set file.

Names are the effective ones ("1-MIDI", "A-Reverb"); what the user typed is kept beside. The last track is
called Main in Live 12 and Master before: it reads "Main" here in both, and so do outputs that lead there; an
older Live shows it by its old name.
"""

from __future__ import annotations

from typing import Dict, List, Optional, Tuple
from xml.etree.ElementTree import Element

from ..devices import Law
from ..spec import ClipSpec, MixerSpec, TakeLaneSpec, TrackSpec
from . import clips, colors, devices, fields
from .errors import SetFileError
from .parameters import Targets

KINDS = {
    "MidiTrack": "midi",
    "AudioTrack": "audio",
    "GroupTrack": "group",
    "ReturnTrack": "return",
    "MasterTrack": "main",
    "MainTrack": "main",
}
MAIN = "Main"
_CROSSFADE = Law("", 0.0, 2.0, ("A", "None", "B"))


def load(track: Element, grooves: Dict[str, int], warnings: List[str]) -> TrackSpec:
    """One track; group membership is settled by the caller, who knows the others."""
    kind = KINDS[track.tag]
    targets = Targets(track)
    chain = track.find("DeviceChain")
    if chain is None:
        warnings.append("track %r: no DeviceChain; it is empty" % fields.text(track, "Name/EffectiveName"))
    user_name = fields.text(track, "Name/UserName")
    spec = TrackSpec(
        kind=kind,
        name=MAIN if kind == "main" else fields.text(track, "Name/EffectiveName") or user_name,
        user_name=user_name,
        color_index=colors.index(track),
        is_folded=kind == "group" and _is_folded(track),
        is_frozen=fields.flag(track, "Freeze"),
        delay=fields.number(track, "TrackDelay/Value", 0.0, -1e6, 1e6),
        delay_is_samples=fields.flag(track, "TrackDelay/IsValueSampleBased"),
        is_collapsed=not fields.flag(track, "TrackUnfolded", True),
        mixer=_mixer(None if chain is None else chain.find("Mixer"), kind, targets),
        solo=fields.flag(chain, "Mixer/SoloSink"),
    )
    spec.devices = devices.load_all(_device_list(chain), (), targets, set())
    if chain is not None and kind in ("midi", "audio"):
        _sequencer(track, chain, spec, grooves, targets, warnings)
    if chain is not None:
        _routing(chain, spec)
    return spec


def _is_folded(track: Element) -> bool:
    """Live 9 says whether the members are revealed. Guess: later ones use the group's own unfolding."""
    revealed = fields.attribute(track, "GroupedTracksRevealed")
    if revealed is not None:
        return revealed == fields.FALSE
    return not fields.flag(track, "TrackUnfolded", True)


def _device_list(chain: Optional[Element]) -> Optional[Element]:
    """The list of devices: in a DeviceChain within the DeviceChain."""
    return None if chain is None else chain.find("DeviceChain/Devices")


def _mixer(mixer: Optional[Element], kind: str, targets: Targets) -> MixerSpec:
    find = Element("none").find if mixer is None else mixer.find
    spec = MixerSpec(
        volume=devices.FADER.value(fields.number(mixer, "Volume/Manual", 1.0, 0.0, 1e6)),
        panning=devices.PAN.value(fields.number(mixer, "Pan/Manual", 0.0)),
        panning_mode=fields.whole(mixer, "PanMode", 0, 0, 1),
        left_split_stereo=devices.PAN.value(fields.number(mixer, "SplitStereoPanL/Manual", -1.0)),
        right_split_stereo=devices.PAN.value(fields.number(mixer, "SplitStereoPanR/Manual", 1.0)),
        is_on=fields.flag(mixer, "Speaker/Manual", True),
        crossfade_assign=fields.whole(mixer, "CrossFadeState/Manual", 1, 0, 2),
    )
    for holder in fields.children(mixer, "Sends"):
        send = holder.find("Send")
        targets.add(send, ("mixer", "sends", len(spec.sends)), devices.SEND)
        spec.sends.append(devices.SEND.value(fields.number(send, "Manual", 0.0, 0.0, 1e6)))
    if kind == "main":
        spec.crossfader = devices.PAN.value(fields.number(mixer, "CrossFade/Manual", 0.0))
    targets.add(find("Volume"), ("mixer", "volume"), devices.FADER)
    targets.add(find("Pan"), ("mixer", "panning"), devices.PAN)
    targets.add(find("Speaker"), ("mixer", "track_activator"), devices.SWITCH)
    targets.add(find("CrossFadeState"), ("mixer", "crossfade_assign"), _CROSSFADE)
    return spec


def _sequencer(
    track: Element,
    chain: Element,
    spec: TrackSpec,
    grooves: Dict[str, int],
    targets: Targets,
    warnings: List[str],
) -> None:
    sequencer = chain.find("MainSequencer")
    if sequencer is None:
        warnings.append("track %r: no MainSequencer; it has no clips" % spec.name)
        return
    spec.monitoring = fields.whole(sequencer, "MonitoringEnum", 1, 0, 2)
    spec.arm = fields.flag(sequencer, "Recorder/IsArmed")
    for slot in fields.children(sequencer, "ClipSlotList"):
        clip: Optional[ClipSpec] = None
        for element in fields.children(slot, "ClipSlot/Value"):
            if element.tag in clips.CLIPS:
                clip = clips.load(element, grooves, targets, warnings)
        spec.clip_slots.append(clip)
        spec.stop_buttons.append(fields.flag(slot, "HasStop", True))
    lane = "ClipTimeable" if track.tag == "MidiTrack" else "Sample"
    events = sequencer.find(lane + "/ArrangerAutomation/Events")
    spec.arrangement_clips = clips.load_arranged(events, grooves, targets, warnings)
    for element in fields.children(track, "TakeLanes/TakeLanes"):
        if element.tag != "TakeLane":
            continue
        spec.take_lanes.append(
            TakeLaneSpec(
                name=fields.text(element, "Name/EffectiveName") or fields.text(element, "Name"),
                arrangement_clips=clips.load_arranged(
                    element.find("ClipAutomation/Events"), grooves, targets, warnings
                ),
            )
        )


def _routing(chain: Element, spec: TrackSpec) -> None:
    audible = spec.kind != "midi" or any(device.type == 1 for device in spec.devices)
    output = "AudioOutputRouting" if audible else "MidiOutputRouting"
    spec.output_routing_type, spec.output_routing_channel = _routed(chain.find(output))
    if spec.kind in ("midi", "audio"):
        source = "MidiInputRouting" if spec.kind == "midi" else "AudioInputRouting"
        spec.input_routing_type, spec.input_routing_channel = _routed(chain.find(source))


def _routed(routing: Optional[Element]) -> Tuple[Optional[str], Optional[str]]:
    """Type and channel as choosers show them today.

    Guess: "Ext: All Ins" of the file reads "All Ins", and no channel of a MIDI input is "All Channels".
    """
    target = fields.text(routing, "Target")
    upper = fields.text(routing, "UpperDisplayString")
    lower = fields.text(routing, "LowerDisplayString")
    if target in ("AudioOut/Master", "AudioOut/Main"):
        upper = MAIN
    elif upper.startswith("Ext: "):
        upper = upper[5:]
    if target.startswith("MidiIn/") and target.endswith("/-1") and not lower:
        lower = "All Channels"
    return upper or None, lower or None


def settle_groups(elements: List[Element], specs: List[TrackSpec]) -> None:
    """Tells each track the index of the group track it is in."""
    by_id = {
        element.get("Id", ""): index for index, element in enumerate(elements) if element.tag == "GroupTrack"
    }
    for index, element in enumerate(elements):
        group = fields.text(element, "TrackGroupId", "-1")
        if group == "-1":
            continue
        found = by_id.get(group)
        if found is None or found >= index:
            raise SetFileError(
                "a track must stand behind the group track it is in",
                "group %s of %r" % (group[:20], specs[index].name),
                "The Set is damaged; open it in Live and save it again.",
            )
        specs[index].group = found
