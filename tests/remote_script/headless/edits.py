"""Any edit of any object of a Set: every property that can be written, and every method that edits.

Each edit draws from a `random.Random`, so that a seed determines an edit of the present Set. Edits that make no sense
are refused, as in real use. Playing, recording and edits that depend on the time of day are left out, since they have
separate tests.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from remote_script.headless.api.facts import all_properties
from remote_script.SetMirror.contract.hazards import SLICING_S

REFUSALS = (RuntimeError, IndexError, ValueError, TypeError, AttributeError)
"""Live's errors for an edit that makes no sense."""

MOVES = {
    "arm", "back_to_arranger", "is_playing", "nudge_down", "nudge_up", "overdub", "record_mode", "session_record",
    "tempo_follower_enabled",
}  # fmt: skip
"""Properties that make the transport run, record, or drift."""

VALUES: dict[str, tuple[Any, ...]] = {
    "bool": (False, True),
    "int": (-1, 0, 1, 2, 3, 5, 7, 12, 60, 127, 4096, 10**9),
    "float": (-1.0, 0.0, 0.25, 0.5, 0.99, 1.0, 2.0, 4.0, 7.5, 120.0, 1e9, float("nan"), float("inf")),
    "str": ("", "A", "#", "B # C", "1-MIDI", "Größe 🎹", "x" * 300),
    "tuple": ((), (1, 2)),
    "list": ([], [0.0]),
}
DEVICES = ("Reverb", "Drift", "Drum Rack", "Audio Effect Rack", "Arpeggiator", "Simpler", "No Such Device")


class Edits:
    """Draws edits of one headless Live."""

    def __init__(self, live: Any) -> None:
        self.live = live
        self.wrap = live.surface.wrap

    def nodes(self, lom: str = "") -> list[Any]:
        return [node for node in self.live.document.song.walk() if not lom or node.lom == lom]

    def pick(self, draw: random.Random, *loms: str) -> Any:
        """A handle of a random object of these classes; None if there is no such object."""
        nodes = [node for lom in loms for node in self.nodes(lom)]
        return self.wrap(draw.choice(nodes)) if nodes else None

    def one(self, seed: int) -> Callable[[], Any]:
        """An edit as a function, whose `__name__` describes the edit."""
        draw = random.Random(seed)
        return self.write(draw) if draw.random() < 0.5 else self.call(draw)

    # Properties

    def write(self, draw: random.Random) -> Callable[[], Any]:
        """An edit of a random writable property; all classes are equally likely."""
        by_class: dict[str, list[Any]] = {}
        for node in self.nodes():
            by_class.setdefault(node.lom, []).append(node)
        lom = draw.choice(sorted(by_class))
        node = draw.choice(by_class[lom])
        handle = self.wrap(node)
        declared = all_properties(self.live.surface.facts, type(handle)._lom_name)
        names = sorted(name for name, prop in declared.items() if prop.write and name not in MOVES)
        if not names:
            return self.write(draw)
        name = draw.choice(names)
        value = self.value(draw, handle, declared[name])

        def put() -> None:
            setattr(handle, name, value)

        put.__name__ = f"{lom}.{name} = {value!r}"
        return put

    def value(self, draw: random.Random, handle: Any, prop: Any) -> Any:
        kind = prop.type.split(" | ")[0]
        if kind in VALUES:
            return draw.choice(VALUES[kind])
        if kind in ("RoutingType", "RoutingChannel"):
            offered = getattr(handle, "available_" + prop.name + "s")
            return draw.choice(list(offered)) if len(offered) else None
        if kind in self.live.surface.facts.classes and self.nodes(kind):
            return draw.choice([None, self.pick(draw, kind)])
        return draw.choice(VALUES["int"])

    # Methods

    def call(self, draw: random.Random) -> Callable[[], Any]:
        name = draw.choice(sorted(CALLS))
        call, song = CALLS[name], self.live.song

        def act() -> None:
            call(self, song, draw)

        act.__name__ = name
        return act


def index(draw: random.Random) -> int:
    return draw.choice([-1, 0, 0, 1, 1, 2, 3, 4, 99])


def beat(draw: random.Random) -> float:
    return draw.choice([0.0, 0.5, 1.0, 2.0, 3.75, 4.0, 8.0, 16.0, 100.0, -4.0, float("nan"), float("inf")])


def length(draw: random.Random) -> float:
    return draw.choice([0.25, 1.0, 3.0, 4.0, 8.0, 0.0, -1.0, float("nan"), float("inf")])


def notes(edits: Edits, draw: random.Random) -> Any:
    spec = edits.live.surface.classes["MidiNoteSpecification"]
    return tuple(
        spec(draw.randrange(128), beat(draw), draw.choice([0.25, 1.0, 4.0]), float(draw.randrange(1, 128)))
        for _ in range(draw.randrange(4))
    )


def clip(edits: Edits, draw: random.Random) -> Any:
    return edits.pick(draw, "Clip")


def note_ids(clip: Any, draw: random.Random) -> Any:
    ids = [note.note_id for note in clip.get_all_notes_extended()]
    return tuple(draw.sample(ids, min(len(ids), 3)))


def louder(clip: Any, draw: random.Random) -> None:
    """Edit notes as a script does: get the notes, change them, apply the modifications."""
    taken = clip.get_all_notes_extended()
    for note in taken:
        note.velocity = float(draw.randrange(1, 128))
        note.start_time += draw.choice([0.0, 0.25, 2.0])
    clip.apply_note_modifications(taken)


def parameter(edits: Edits, draw: random.Random) -> Any:
    return edits.pick(draw, "DeviceParameter")


def warp(edits: Edits, draw: random.Random) -> None:
    audio = [edits.wrap(node) for node in edits.nodes("Clip") if not node.body.is_midi]
    clip = draw.choice(audio)
    markers = list(clip.warp_markers)
    draw.choice(
        [
            lambda: clip.add_warp_marker(
                edits.live.surface.classes["WarpMarker"](beat(draw) * 0.3, beat(draw))
            ),
            lambda: clip.move_warp_marker(draw.choice(markers).beat_time, draw.choice([-0.5, 0.25, 4.0])),
            lambda: clip.remove_warp_marker(draw.choice(markers).beat_time),
        ]
    )()


def simpler(edits: Edits, draw: random.Random) -> None:
    device = edits.pick(draw, "SimplerDevice")
    sample = device.sample
    draw.choice(
        [
            device.crop,
            device.reverse,
            device.warp_double,
            device.warp_half,
            lambda: device.warp_as(4.0),
            lambda: sample.insert_slice(draw.randrange(20000)),
            lambda: sample.remove_slice(draw.choice(list(sample.slices))),
            lambda: sample.move_slice(draw.choice(list(sample.slices)), draw.randrange(20000)),
            sample.clear_slices,
            sample.reset_slices,
        ]
    )()


def rack(edits: Edits, draw: random.Random) -> None:
    device = edits.pick(draw, "RackDevice")
    draw.choice(
        [
            device.add_macro,
            device.remove_macro,
            device.randomize_macros,
            device.store_variation,
            device.delete_selected_variation,
            device.recall_selected_variation,
            device.recall_last_used_variation,
            lambda: device.insert_chain(index(draw)),
            lambda: device.copy_pad(36, draw.randrange(36, 60)),
            lambda: draw.choice([pad for pad in device.drum_pads if len(pad.chains)]).delete_all_chains(),
            lambda: setattr(draw.choice(list(device.drum_pads)), "mute", draw.random() < 0.5),
            lambda: setattr(draw.choice(list(device.drum_pads)), "solo", draw.random() < 0.5),
        ]
    )()


def load(edits: Edits, draw: random.Random) -> None:
    browser = edits.live.application.browser
    root = draw.choice([browser.audio_effects, browser.instruments, browser.midi_effects])
    browser.load_item(draw.choice(list(root.children)))


def settled_simpler(edits: Edits, draw: random.Random) -> Any:
    """A Simpler that was not just switched to slicing mode, since slicing it at once would crash Live."""
    now = edits.live.clock.now()
    settled = [node for node in edits.nodes("SimplerDevice") if now - node.slicing_since >= SLICING_S]
    return edits.wrap(draw.choice(settled)) if settled else None


def convert(edits: Edits, draw: random.Random) -> None:
    conversions, song = edits.live.modules["Live"].Conversions, edits.live.song
    draw.choice(
        [
            lambda: conversions.move_devices_on_track_to_new_drum_rack_pad(
                song, draw.randrange(len(song.tracks))
            ),
            lambda: conversions.sliced_simpler_to_drum_rack(song, settled_simpler(edits, draw)),
            lambda: conversions.create_midi_track_from_drum_pad(song, edits.pick(draw, "DrumPad")),
            lambda: conversions.create_midi_track_with_simpler(song, clip(edits, draw)),
            lambda: conversions.create_drum_rack_from_audio_clip(song, clip(edits, draw)),
            lambda: conversions.audio_to_midi_clip(song, clip(edits, draw), draw.randrange(3)),
        ]
    )()


Call = Callable[[Edits, Any, random.Random], Any]

CALLS: dict[str, Call] = {
    # Structure
    "create a MIDI track": lambda e, song, d: song.create_midi_track(index(d)),
    "create an audio track": lambda e, song, d: song.create_audio_track(index(d)),
    "create a return track": lambda e, song, d: song.create_return_track(),
    "delete a track": lambda e, song, d: song.delete_track(index(d)),
    "delete a return track": lambda e, song, d: song.delete_return_track(index(d)),
    "duplicate a track": lambda e, song, d: song.duplicate_track(index(d)),
    "create a scene": lambda e, song, d: song.create_scene(index(d)),
    "delete a scene": lambda e, song, d: song.delete_scene(index(d)),
    "duplicate a scene": lambda e, song, d: song.duplicate_scene(index(d)),
    "capture a scene": lambda e, song, d: song.capture_and_insert_scene(d.randrange(2)),
    "toggle a cue point": lambda e, song, d: (
        setattr(song, "current_song_time", beat(d)),
        e.live.run_for(0.02),
        song.set_or_delete_cue(),
    ),
    "convert": lambda e, song, d: convert(e, d),
    # Devices
    "insert a device": lambda e, song, d: e.pick(d, "Track", "Chain", "DrumChain").insert_device(
        d.choice(DEVICES), index(d)
    ),
    "delete a device": lambda e, song, d: e.pick(d, "Track", "Chain", "DrumChain").delete_device(index(d)),
    "duplicate a device": lambda e, song, d: e.pick(d, "Track", "Chain").duplicate_device(index(d)),
    "move a device": lambda e, song, d: song.move_device(
        e.pick(d, "Device", "RackDevice"), e.pick(d, "Track", "Chain", "DrumChain"), index(d)
    ),
    "edit a rack": lambda e, song, d: rack(e, d),
    "edit a Simpler": lambda e, song, d: simpler(e, d),
    "load from the browser": lambda e, song, d: load(e, d),
    # Clips
    "create a clip": lambda e, song, d: e.pick(d, "ClipSlot").create_clip(length(d)),
    "delete a clip": lambda e, song, d: clip(e, d).canonical_parent.delete_clip(),
    "duplicate a clip": lambda e, song, d: clip(e, d).canonical_parent.duplicate_clip_to(
        e.pick(d, "ClipSlot")
    ),
    "duplicate a slot": lambda e, song, d: e.pick(d, "Track").duplicate_clip_slot(index(d)),
    "create an Arrangement clip": lambda e, song, d: e.pick(d, "Track").create_midi_clip(beat(d), length(d)),
    "delete an Arrangement clip": lambda e, song, d: (
        lambda track: track.delete_clip(d.choice(list(track.arrangement_clips)))
    )(e.pick(d, "Track")),
    "put a clip into the Arrangement": lambda e, song, d: e.pick(d, "Track").duplicate_clip_to_arrangement(
        clip(e, d), beat(d)
    ),
    "create a take lane": lambda e, song, d: e.pick(d, "Track").create_take_lane(),
    "create a clip in a take lane": lambda e, song, d: e.pick(d, "TakeLane").create_midi_clip(
        beat(d), length(d)
    ),
    "crop a clip": lambda e, song, d: clip(e, d).crop(),
    "double a clip": lambda e, song, d: clip(e, d).duplicate_loop(),
    "warp": lambda e, song, d: warp(e, d),
    # Notes
    "add notes": lambda e, song, d: clip(e, d).add_new_notes(notes(e, d)),
    "remove notes": lambda e, song, d: clip(e, d).remove_notes_extended(0, 128, beat(d), length(d)),
    "remove notes by id": lambda e, song, d: (
        lambda clip: clip.remove_notes_by_id(note_ids(clip, d))
    )(clip(e, d)),
    "duplicate notes": lambda e, song, d: (lambda clip: clip.duplicate_notes_by_id(note_ids(clip, d)))(
        clip(e, d)
    ),
    "duplicate a region": lambda e, song, d: clip(e, d).duplicate_region(beat(d), length(d), beat(d)),
    "change notes": lambda e, song, d: louder(clip(e, d), d),
    "quantize": lambda e, song, d: clip(e, d).quantize(d.randrange(9), d.random()),
    "select notes": lambda e, song, d: clip(e, d).select_all_notes(),
    # Envelopes
    "create an envelope": lambda e, song, d: clip(e, d).create_automation_envelope(parameter(e, d)),
    "insert an envelope step": lambda e, song, d: e.pick(d, "Envelope").insert_step(
        beat(d), length(d), d.random()
    ),
    "clear an envelope": lambda e, song, d: clip(e, d).clear_envelope(parameter(e, d)),
    "clear all envelopes": lambda e, song, d: clip(e, d).clear_all_envelopes(),
    "delete events": lambda e, song, d: e.pick(d, "Envelope").delete_events_in_range(beat(d), 64.0),
}  # fmt: skip
"""Name → edit."""
