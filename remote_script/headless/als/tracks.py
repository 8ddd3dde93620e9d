"""Reads tracks with their mixers, routings, slots and lanes from a Set file.

Names are the effective names ("1-MIDI", "A-Reverb"); the name that the user typed is stored as well. The last track
is called Main in Live 12 and Master before: here the track and the outputs to it are always "Main"; an older
headless Live shows the old name.
"""

from __future__ import annotations

from typing import Dict, List, Optional
from xml.etree.ElementTree import Element

from ..devices import Law
from ..sets.spec import ClipSpec, MixerSpec, TakeLaneSpec, TrackSpec
from . import clips, colors, devices, fields, notices, routing
from .parameters import Targets

KINDS = {
    "MidiTrack": "midi",
    "AudioTrack": "audio",
    "GroupTrack": "group",
    "ReturnTrack": "return",
    "MasterTrack": "main",
    "MainTrack": "main",
}
MAIN = routing.MAIN
_CROSSFADE = Law("", 0.0, 2.0, ("A", "None", "B"))
TEMPO = Law("", 20.0, 999.0)


def load(track: Element, grooves: Dict[str, int]) -> TrackSpec:
    """One track; the caller, which knows the other tracks, sets its group."""
    user_name = fields.text(track, "Name/UserName")
    name = MAIN if KINDS[track.tag] == "main" else fields.text(track, "Name/EffectiveName") or user_name
    with notices.at("track %r" % name):
        return _load(track, name, user_name, grooves)


def _load(track: Element, name: str, user_name: str, grooves: Dict[str, int]) -> TrackSpec:
    kind = KINDS[track.tag]
    targets = Targets(track)
    chain = track.find("DeviceChain")
    if chain is None:
        notices.add("missing", "DeviceChain")
    spec = TrackSpec(
        kind=kind,
        name=name,
        user_name=user_name,
        color_index=colors.index(track),
        is_folded=kind == "group" and _is_folded(track),
        is_frozen=fields.flag(track, "Freeze"),
        delay=fields.number(track, "TrackDelay/Value", 0.0, -1e6, 1e6),
        delay_is_samples=fields.flag(track, "TrackDelay/IsValueSampleBased"),
        is_collapsed=not fields.flag(track, "TrackUnfolded", True),
        mixer=_mixer(None if chain is None else chain.find("Mixer"), kind, targets),
        solo=fields.flag(chain, "Mixer/SoloSink"),
        playing_slot=fields.whole(track, "SavedPlayingSlot", -1, -2, 2**31),
    )
    spec.devices = devices.load_all(_device_list(chain), (), targets, set())
    if chain is not None and kind in ("midi", "audio"):
        _sequencer(track, chain, spec, grooves, targets)
    if chain is not None:
        routing.load(chain, spec)
    spec.automation = targets.lanes()
    return spec


def _is_folded(track: Element) -> bool:
    """True for a folded group. Live 9 stores the folding of the members; Guess: later ones in the group's own field."""
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
        # `Active` until Live 11.
        active = fields.flag(holder, "Active", True)
        spec.send_switches.append(fields.flag(holder, "EnabledByUser", active))
        spec.sends.append(devices.SEND.value(fields.number(send, "Manual", 0.0, 0.0, 1e6)))
    if kind == "main":
        spec.crossfader = devices.PAN.value(fields.number(mixer, "CrossFade/Manual", 0.0))
        targets.add(find("CrossFade"), ("mixer", "crossfader"), devices.PAN)
        targets.add(find("Tempo"), ("mixer", "song_tempo"), TEMPO)
    targets.add(find("Volume"), ("mixer", "volume"), devices.FADER)
    targets.add(find("Pan"), ("mixer", "panning"), devices.PAN)
    targets.add(find("SplitStereoPanL"), ("mixer", "left_split_stereo"), devices.PAN)
    targets.add(find("SplitStereoPanR"), ("mixer", "right_split_stereo"), devices.PAN)
    targets.add(find("Speaker"), ("mixer", "track_activator"), devices.SWITCH)
    targets.add(find("CrossFadeState"), ("mixer", "crossfade_assign"), _CROSSFADE)
    return spec


def _sequencer(
    track: Element,
    chain: Element,
    spec: TrackSpec,
    grooves: Dict[str, int],
    targets: Targets,
) -> None:
    sequencer = chain.find("MainSequencer")
    if sequencer is None:
        notices.add("missing", "MainSequencer")
        return
    midi = track.tag == "MidiTrack"
    spec.monitoring = fields.whole(sequencer, "MonitoringEnum", 1, 0, 2)
    spec.arm = fields.flag(sequencer, "Recorder/IsArmed")
    for slot in fields.children(sequencer, "ClipSlotList"):
        clip: Optional[ClipSpec] = None
        for element in fields.children(slot, "ClipSlot/Value"):
            if clips.belongs(element, midi):
                clip = clips.load(element, grooves, targets)
        spec.clip_slots.append(clip)
        spec.stop_buttons.append(fields.flag(slot, "HasStop", True))
    lane = "ClipTimeable" if midi else "Sample"
    events = sequencer.find(lane + "/ArrangerAutomation/Events")
    spec.arrangement_clips = clips.load_arranged(events, grooves, targets, midi)
    for element in fields.children(track, "TakeLanes/TakeLanes"):
        if element.tag != "TakeLane":
            continue
        spec.take_lanes.append(
            TakeLaneSpec(
                name=fields.text(element, "Name/EffectiveName") or fields.text(element, "Name"),
                arrangement_clips=clips.load_arranged(
                    element.find("ClipAutomation/Events"), grooves, targets, midi
                ),
            )
        )


def settle_groups(elements: List[Element], specs: List[TrackSpec]) -> None:
    """Set the index of each track's group track; a track whose group does not precede it gets no group."""
    by_id = {
        element.get("Id", ""): index for index, element in enumerate(elements) if element.tag == "GroupTrack"
    }
    for index, element in enumerate(elements):
        group = fields.text(element, "TrackGroupId", "-1")
        if group == "-1":
            continue
        parent = by_id.get(group)
        if parent is None or parent >= index:
            notices.add("group", "track %r, group %s" % (specs[index].name, group[:20]))
        else:
            specs[index].group = parent
