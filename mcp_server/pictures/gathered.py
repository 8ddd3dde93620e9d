"""The data of pictures, read from the mirror.

`gather` chooses the view of a target and reads its data: the Session grid, the arrangement or the mixer of the Set or
of some tracks, a clip's or track's notes, a device. `draw` makes the picture of this data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf
from typing import Any, Literal, NamedTuple

from mirror import Mirror, Node, errors

from .. import headless, units, views
from ..music import from_set, harmony
from . import theme
from .arrangements import AUTOMATED, Block, Lane, Timing, arrangement
from .mixers import Dial, Strip, device, differs, mixer
from .rolls import Keys, Roll, roll
from .session import Cell, Column, SceneRow, session
from .shapes import Picture
from .theme import Theme

View = Literal["session", "arrangement", "mixer", "notes", "device"]
VIEWS: tuple[View, ...] = ("session", "arrangement", "mixer", "notes", "device")
GREY = "#8a8a8a"
MOST_DIALS = 120
MOST_OVERLAID = 8
OVERRIDDEN = 2
"""Live's `automation_state` of a parameter whose automation is overridden."""


class Grid(NamedTuple):
    """The Session."""

    columns: Sequence[Column]
    rows: Sequence[SceneRow]


class Timeline(NamedTuple):
    """The arrangement; see `arrangements.arrangement`."""

    lanes: Sequence[Lane]
    timing: Timing


class Mixer(NamedTuple):
    """The mixer."""

    strips: Sequence[Strip]


class PianoRoll(NamedTuple):
    """Overlaid clips."""

    rolls: Sequence[Roll]
    keys: Keys
    beats_per_bar: float


class Panel(NamedTuple):
    """A device; `hidden` is the number of left-out parameters."""

    name: str
    dials: Sequence[Dial]
    on: bool
    hidden: int


Subject = Grid | Timeline | Mixer | PianoRoll | Panel


def draw(
    mirror: Mirror,
    targets: Sequence[int | str],
    view: View | None = None,
    colors: Theme = theme.LIGHT,
    width: int = 1200,
    gauges: dict[str, Any] | None = None,
) -> Picture:
    """The picture of some targets; see `gather`."""
    return paint(gather(mirror, targets, view, gauges), colors, width)


def paint(subject: Subject, colors: Theme = theme.LIGHT, width: int = 1200) -> Picture:
    """The picture of gathered data, `width` pixels wide if that is possible."""
    match subject:
        case PianoRoll(rolls, keys, per_bar):
            return roll(rolls, keys, colors, width=width, beats_per_bar=per_bar)
        case Panel(name, dials, on, hidden):
            return device(name, dials, colors, on=on, hidden=hidden, width=width)
        case Mixer(strips):
            return mixer(strips, colors, width=width)
        case Timeline(lanes, timing):
            return arrangement(lanes, colors, timing, width=width)
        case Grid(columns, rows):
            return session(columns, rows, colors, width=width)


def gather(
    mirror: Mirror,
    targets: Sequence[int | str],
    view: View | None = None,
    gauges: dict[str, Any] | None = None,
) -> Subject:
    """The data of a picture of some targets.

    Args:
      targets: One object, several clips for one roll, or tracks to which the Session, arrangement or mixer is
        limited; none means the song.
      view: The view; None takes the view that suits the target.
      gauges: Sampled values by ref and name ("tracks/0.output_meter_left", "song.current_song_time").

    Raises:
      InvalidValue: the view does not fit the target, or the target has nothing that can be drawn.
    """
    nodes = [mirror.resolve(target) for target in targets or ("song",)]
    first = nodes[0]
    gauges = gauges or {}
    chosen = [node for node in nodes if node.type == "Track"]
    match view or suited(first):
        case "notes":
            clips = [clip for node in nodes for clip in clips_of(mirror, node)]
            return _notes(mirror, clips, first, gauges)
        case "device":
            return _panel(mirror, first)
        case "mixer":
            return Mixer([strip_of(mirror, track, gauges) for track in chosen or all_tracks(mirror)])
        case "arrangement":
            return _timeline(mirror, chosen or mirror.children("song", "tracks"), gauges)
        case _:
            return _grid(mirror, chosen or mirror.children("song", "tracks"))


def suited(node: Node) -> View:
    """The view that shows an object best."""
    suited: dict[str, View] = {
        "Clip": "notes",
        "ClipSlot": "notes",
        "MixerDevice": "mixer",
        "Song": "session",
    }
    if node.type in suited:
        return suited[node.type]
    if "parameters" in node.children:
        return "device"
    if node.type in ("Track", "Scene", "Song.View"):
        return "session"
    raise errors.InvalidValue(
        f"A {node.type} cannot be drawn",
        node.type,
        hint=f"draw a clip, a device or one of {', '.join(VIEWS)}",
    )


def color_of(node: Node, default: str = GREY) -> str:
    """An object's colour as "#rrggbb"."""
    return theme.of_live(node.props.get("color"), default)


def song(mirror: Mirror) -> Node:
    """The Song."""
    return mirror.resolve("song")


def beats_per_bar(mirror: Mirror) -> float:
    """Quarters of a bar in the song's signature."""
    numerator, denominator = views.signature(mirror)
    return numerator * 4 / denominator


def all_tracks(mirror: Mirror) -> list[Node]:
    """All tracks: tracks, returns and the main track."""
    top = song(mirror)
    main = mirror.child(top, "master_track")
    return [
        *mirror.children(top, "tracks"),
        *mirror.children(top, "return_tracks"),
        *([main] if main is not None else []),
    ]


def flags(node: Node) -> str:
    """M muted, S solo, R armed."""
    props = node.props
    return "".join(sign for sign, name in (("M", "mute"), ("S", "solo"), ("R", "arm")) if props.get(name))


# -- notes ---------------------------------------------------------------------------------------------------


def clips_of(mirror: Mirror, node: Node) -> list[Node]:
    """The clips that a roll of `node` shows: the clip itself, a slot's clip, or a track's MIDI clips."""
    if node.type == "ClipSlot":
        clip = mirror.child(node, "clip")
        if clip is None:
            raise errors.InvalidValue(f"{mirror.ref(node.id)} has no clip", mirror.ref(node.id))
        return [clip]
    if node.type == "Track":
        clips = [mirror.child(slot, "clip") for slot in mirror.children(node, "clip_slots")]
        midi = [clip for clip in clips if clip is not None and clip.props.get("is_midi_clip")]
        return midi[:MOST_OVERLAID]
    if node.type != "Clip":
        raise errors.InvalidValue(
            f"A {node.type} has no notes", mirror.ref(node.id), hint="name a clip or a slot"
        )
    return [node]


def _notes(mirror: Mirror, clips: list[Node], asked: Node, gauges: dict[str, Any]) -> PianoRoll:
    clips = [clip for clip in clips if clip.props.get("is_midi_clip")][:MOST_OVERLAID]
    if not clips:
        raise errors.InvalidValue(
            "There are no notes to draw: no MIDI clip", mirror.ref(asked.id), hint="name a MIDI clip"
        )
    authors = theme.AUTHORS
    inks = [authors[n % len(authors)] for n in range(len(clips))] if len(clips) > 1 else [color_of(clips[0])]
    rolls = [roll_of(mirror, clip, ink, gauges) for clip, ink in zip(clips, inks, strict=True)]
    return PianoRoll(rolls, keys_of(mirror, clips[0]), beats_per_bar(mirror))


def keys_of(mirror: Mirror, clip: Node) -> Keys:
    """The names and shading of the rows of a clip's roll."""
    scale = from_set.scale_of(mirror)
    props = song(mirror).props
    if not props.get("scale_mode"):
        return Keys(harmony.spelled(scale), pads=from_set.pads_of(mirror, clip))
    root = props.get("root_note")
    name = f"{units.PITCH_CLASSES[root] if isinstance(root, int) else ''} {props.get('scale_name') or ''}".strip()
    return Keys(harmony.spelled(scale), scale.classes, from_set.pads_of(mirror, clip), name)


def loop_of_clip(clip: Node) -> tuple[float, float]:
    """The part of a clip that plays: its loop, or from its start to its end marker; in beats."""
    own = clip.props
    start = float(own.get("loop_start" if own.get("looping") else "start_marker") or 0.0)
    return start, float(own.get("loop_end" if own.get("looping") else "end_marker") or 4.0)


def roll_of(mirror: Mirror, clip: Node, ink: str, gauges: dict[str, Any]) -> Roll:
    """A MIDI clip's notes in a colour; its playhead comes from `gauges`."""
    own = clip.props
    start, end = loop_of_clip(clip)
    notes = mirror.notes(clip)
    return Roll(
        clip.name or f"unnamed clip, {_track_of(mirror, clip)}",
        notes,
        ink,
        min([start, *(note.start_time for note in notes)]),
        max([end, *(note.start_time + note.duration for note in notes)]),
        (start, end) if own.get("looping") else None,
        gauges.get(f"{mirror.ref(clip.id)}.playing_position") if own.get("is_playing") else None,
        _envelopes(mirror, clip),
    )


def _track_of(mirror: Mirror, node: Node) -> str:
    """The name of the track that an object is on."""
    track = from_set.track_of(mirror, node)
    return track.name if track is not None else ""


def _envelopes(mirror: Mirror, clip: Node) -> list[tuple[str, list[tuple[float, float]]]]:
    envelopes = []
    for envelope in clip.props.get("automation_envelopes") or ():
        parameter = mirror.node(envelope["parameter"]) if isinstance(envelope.get("parameter"), int) else None
        if parameter is None:
            continue
        low, high = float(parameter.props.get("min", 0)), float(parameter.props.get("max", 1))
        points = [(float(time), float(value)) for time, value, *_ in envelope.get("events") or ()]
        drawn = [value for _, value in points]
        if drawn and not low <= min(drawn) <= max(drawn) <= high:
            # Live returns points in internal units, such as hertz, while the parameter has a range from 0 to 1.
            low, high = min(drawn), max(drawn)
        wide = (high - low) or 1.0
        envelopes.append((parameter.name, [(time, (value - low) / wide) for time, value in points]))
    return envelopes


# -- the Set -------------------------------------------------------------------------------------------------


def _grid(mirror: Mirror, tracks: Sequence[Node]) -> Grid:
    columns = [column_of(mirror, track, cells_of(mirror, track)) for track in tracks]
    return Grid(columns, [row_of(mirror, scene) for scene in mirror.children("song", "scenes")])


def column_of(mirror: Mirror, track: Node, cells: list[Cell]) -> Column:
    """A track of the grid with these cells."""
    return Column(mirror.ref(track.id), track.name, color_of(track), cells, flags(track))


def cells_of(mirror: Mirror, track: Node, first: int = 0, end: int | None = None) -> list[Cell]:
    """The track's slots from `first` to before `end`."""
    slots = mirror.children(track, "clip_slots")[first:end]
    return [_cell(mirror, slot, mirror.child(slot, "clip")) for slot in slots]


def row_of(mirror: Mirror, scene: Node) -> SceneRow:
    """A scene of the grid."""
    props = scene.props
    state = "triggered" if props.get("is_triggered") else ""
    note = []
    if props.get("tempo_enabled"):
        note.append(f"{float(props.get('tempo') or 0):g} BPM")
    if props.get("time_signature_enabled"):
        note.append(f"{props.get('time_signature_numerator')}/{props.get('time_signature_denominator')}")
    return SceneRow(mirror.ref(scene.id), scene.name, color_of(scene, ""), state, " ".join(note))


def _cell(mirror: Mirror, slot: Node, clip: Node | None) -> Cell:
    ref = mirror.ref(slot.id)
    if clip is None:
        return Cell(ref, state="stop" if slot.props.get("has_stop_button") else "")
    props = clip.props
    state = (
        "recording"
        if props.get("is_recording")
        else "playing"
        if props.get("is_playing")
        else "triggered"
        if props.get("is_triggered")
        else ""
    )
    return Cell(ref, clip.name, color_of(clip), state)


def _depth(mirror: Mirror, track: Node) -> int:
    depth = 0
    group = track.props.get("group_track")
    while isinstance(group, int) and depth < 8:
        depth += 1
        group = mirror.node(group).props.get("group_track")
    return depth


def _timeline(mirror: Mirror, tracks: Sequence[Node], gauges: dict[str, Any]) -> Timeline:
    lanes = [replace(lane_of(mirror, track), automated=automated_of(mirror, track)) for track in tracks]
    return Timeline(
        lanes,
        Timing(
            arrangement_end(mirror),
            locators_of(mirror),
            loop_of(mirror),
            gauges.get("song.current_song_time"),
            beats_per_bar(mirror),
            tempo_of(mirror),
        ),
    )


def tempo_of(mirror: Mirror) -> str:
    """Tempo and signature at the playhead, as "98 BPM 4/4"; "~" after a tempo that is automated."""
    numerator, denominator = views.signature(mirror)
    tempo = song(mirror).props.get("tempo")
    main = mirror.child("song", "master_track")
    main_mixer = mirror.child(main, "mixer_device") if main is not None else None
    dial = mirror.child(main_mixer, "song_tempo") if main_mixer is not None else None
    sign = AUTOMATED if dial is not None and dial.props.get("automation_state") else ""
    return f"{f'{tempo:g}' if isinstance(tempo, int | float) else '?'}{sign} BPM {numerator}/{denominator}"


def automated_of(mirror: Mirror, track: Node) -> tuple[str, ...]:
    """The names of a track's parameters with automation in the arrangement, as far as Live's API shows it.

    Live's API shows only that a parameter has automation (`automation_state`), and only while the track does not
    play from the Session.
    """
    names = []
    for node in mirror.walk(track):
        if node.props.get("automation_state") and node.type == "DeviceParameter":
            above = mirror.node(node.parent) if node.parent is not None else track
            name = node.name if above.type.endswith("MixerDevice") else f"{above.name} {node.name}"
            overridden = node.props["automation_state"] == OVERRIDDEN
            names.append(f"{name} (overridden)" if overridden else name)
    return tuple(names)


def lane_of(mirror: Mirror, track: Node, within: tuple[float, float] = (0.0, inf)) -> Lane:
    """A track of the arrangement with its clips that sound between two times in beats."""
    blocks = [
        _block(mirror, clip)
        for clip in mirror.children(track, "arrangement_clips")
        if float(clip.props.get("start_time") or 0) < within[1]
        and float(clip.props.get("end_time") or 0) > within[0]
    ]
    ref = mirror.ref(track.id)
    return Lane(ref, track.name, color_of(track), blocks, _depth(mirror, track), flags(track))


def _block(mirror: Mirror, clip: Node) -> Block:
    props = clip.props
    start, stop = float(props.get("start_time") or 0), float(props.get("end_time") or 0)
    looping = bool(props.get("looping"))
    offset = float(props.get("loop_start" if looping else "start_marker") or 0.0)
    loop = float(props.get("loop_end") or 0) - offset if looping else 0.0
    notes = mirror.notes(clip) if props.get("is_midi_clip") else ()
    ref, muted = mirror.ref(clip.id), bool(props.get("muted"))
    return Block(ref, clip.name, color_of(clip), start, stop, notes, offset, loop, muted)


def locators_of(mirror: Mirror) -> list[tuple[float, str]]:
    """The locators in order, as (time in beats, name)."""
    return sorted(
        (float(cue.props.get("time") or 0), cue.name) for cue in mirror.children(song(mirror), "cue_points")
    )


def loop_of(mirror: Mirror) -> tuple[float, float] | None:
    """The arrangement's loop in beats; None while it is off."""
    props = song(mirror).props
    start = float(props.get("loop_start") or 0)
    return (start, start + float(props.get("loop_length") or 0)) if props.get("loop") else None


def arrangement_end(mirror: Mirror) -> float:
    """Beats to the end of the last clip or to the last locator."""
    ends = [time for time, _ in locators_of(mirror)]
    for track in mirror.children(song(mirror), "tracks"):
        for clip in mirror.children(track, "arrangement_clips"):
            ends.append(float(clip.props.get("end_time") or 0))
    return max(ends, default=0.0)


def _dial(mirror: Mirror, node: Node | None, name: str = "", device: Node | None = None) -> Dial:
    if node is None:
        return Dial(name, "", 0.0)
    props = node.props
    low, high = float(props.get("min") or 0.0), float(props.get("max", 1.0))
    wide = (high - low) or 1.0
    rest = props.get("default_value")
    if rest is None and device is not None:
        rest = headless.usual_value(device, node)
    return Dial(
        name or node.name,
        str(props.get("display") or ""),
        (float(props.get("value") or 0.0) - low) / wide,
        (float(rest) - low) / wide if isinstance(rest, int | float) else None,
        mirror.ref(node.id),
        bool(props.get("automation_state")),
    )


def strip_of(mirror: Mirror, track: Node, gauges: dict[str, Any]) -> Strip:
    """A track's mixer; its meters come from `gauges`."""
    mixer = mirror.child(track, "mixer_device")
    ref = mirror.ref(track.id)
    meter = gauges.get(f"{ref}.output_meter_left"), gauges.get(f"{ref}.output_meter_right")
    returns = [node.name for node in mirror.children(song(mirror), "return_tracks")]
    if mixer is None:
        return Strip(ref, track.name, color_of(track), Dial("Volume", "", 0.0))
    panning = mirror.child(mixer, "panning")
    return Strip(
        ref,
        track.name,
        color_of(track),
        _dial(mirror, mirror.child(mixer, "volume")),
        _dial(mirror, panning) if panning is not None else None,
        [
            _dial(mirror, send, returns[n] if n < len(returns) else "")
            for n, send in enumerate(mirror.children(mixer, "sends"))
        ],
        flags(track),
        (float(meter[0]), float(meter[1])) if meter[0] is not None and meter[1] is not None else None,
    )


def _panel(mirror: Mirror, node: Node) -> Panel:
    if "parameters" not in node.children:
        raise errors.InvalidValue(
            f"A {node.type} has no parameters to draw", mirror.ref(node.id), hint="name a device"
        )
    parameters = list(mirror.children(node, "parameters"))
    switch = next((parameter for parameter in parameters if parameter.name == "Device On"), None)
    dials = [_dial(mirror, parameter, device=node) for parameter in parameters if parameter is not switch]
    on = switch is None or bool(switch.props.get("value"))
    # Parameters that differ from their default come first, so that the limit never leaves them out.
    first = sorted(range(len(dials)), key=lambda n: (not differs(dials[n]), n))[:MOST_DIALS]
    return Panel(node.name, [dials[n] for n in sorted(first)], on, max(0, len(dials) - MOST_DIALS))
