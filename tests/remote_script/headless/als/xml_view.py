"""A Set file read independently of the loader: ElementTree over gzip."""

from __future__ import annotations

import gzip
import math
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

CLIPS = ("MidiClip", "AudioClip")
TRACKS = ("MidiTrack", "AudioTrack", "GroupTrack")


@lru_cache(maxsize=2)
def live_set(path: Path) -> Element:
    """The file's Set. Tests share it and do not change it."""
    with gzip.open(path) as stream:
        set_element = ElementTree.parse(stream).getroot().find("LiveSet")
    assert set_element is not None
    return set_element


def value(element: Element, path: str, default: str = "") -> str:
    part = element.find(path)
    return default if part is None else part.get("Value", default)


def flag(element: Element, path: str) -> bool:
    return value(element, path) == "true"


def number(element: Element, path: str, default: float = 0.0) -> float:
    return float(value(element, path, str(default)))


def tracks(root: Element) -> list[Element]:
    return [one for one in root.findall("Tracks/*") if one.tag in TRACKS]


def returns(root: Element) -> list[Element]:
    return root.findall("Tracks/ReturnTrack")


def main(root: Element) -> Element:
    track = root.find("MainTrack")
    if track is None:
        track = root.find("MasterTrack")
    assert track is not None
    return track


def scenes(root: Element) -> list[Element]:
    return root.findall("Scenes/Scene") or root.findall("SceneNames/Scene")


def slots(track: Element) -> list[Element | None]:
    """The clip of each slot."""
    answer: list[Element | None] = []
    for slot in track.findall("DeviceChain/MainSequencer/ClipSlotList/ClipSlot"):
        clip = [one for one in slot.iter() if one.tag in CLIPS]
        answer.append(clip[0] if clip else None)
    return answer


def session_clips(track: Element) -> list[Element]:
    return [clip for clip in slots(track) if clip is not None]


def arrangement_clips(track: Element) -> list[Element]:
    sequencer = track.find("DeviceChain/MainSequencer")
    if sequencer is None:
        return []
    lists = sequencer.findall("ClipTimeable/ArrangerAutomation/Events") + sequencer.findall(
        "Sample/ArrangerAutomation/Events"
    )
    clips = [clip for one in lists for clip in one if clip.tag in CLIPS]
    return sorted(clips, key=lambda clip: float(value(clip, "CurrentStart", "0")))


def take_lane_clips(track: Element) -> list[Element]:
    return [
        clip
        for lane in track.findall("TakeLanes/TakeLanes/TakeLane")
        for clip in lane.iter()
        if clip.tag in CLIPS
    ]


def notes(clip: Element) -> list[tuple[int, Element]]:
    return [
        (int(value(key, "MidiKey")), note)
        for key in clip.iter("KeyTrack")
        for note in key.iter("MidiNoteEvent")
    ]


def devices(track: Element) -> list[Element]:
    """All devices of a track, those in racks too, in the file's order."""
    device_ids = {id(device) for holder in track.iter("Devices") for device in holder}
    return [one for one in track.iter() if id(one) in device_ids]


def top_devices(track: Element) -> list[Element]:
    return track.findall("DeviceChain/DeviceChain/Devices/*")


def fader(factor: float) -> float | None:
    """A fader's value in the linear part of its curve (-18 dB and up), else None."""
    decibels = 20 * math.log10(factor) if factor > 0 else -math.inf
    return (decibels + 34.0) / 40.0 if decibels >= -18.0 else None
