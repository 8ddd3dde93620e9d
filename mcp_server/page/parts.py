"""Views of the Set as parts: a page shows some parts of a large view at a time, and only these are drawn.

A `Layout` has the size of a view and the positions of its parts; `gather` reads one part from the mirror, `draw` makes
its picture. The gathered data is compared by value, so a part is drawn again only when it looks different.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple, Protocol

import msgspec

from mirror import Mirror, Node, errors

from ..pictures import THEMES, Picture, Theme, arrangements, gathered, mixers, rolls, session, shapes

View = Literal["session", "arrangement", "mixer", "notes", "device"]
Box = tuple[float, float, float, float]
"""x, y, width, height in pixels of the whole view."""
COLUMNS, ROWS, LANES, STRIPS = 8, 24, 8, 8
"""The numbers of tracks, scenes, lanes and strips in one part."""
MOST_PARTS = 1000
"""The largest number of a mixer part, since a page may send any number."""
TILE = 1024
"""Width in pixels of one part of the arrangement."""
LANE = 40
SCENES = session.SCENES_WIDTH + 8
NAMES = arrangements.NAMES_WIDTH
MOST_WORDS = 200
LEAST_WIDTH = 360
"""The least width of a roll or device in pixels; on narrower pages it is scrolled."""
_TRACK = r"(?:tracks/\d+|return_tracks/\d+|master_track)"
CONCERNS = {
    "session": re.compile(r"song|tracks/\d+(?:/clip_slots/\d+(?:/clip)?)?|scenes/\d+"),
    "arrangement": re.compile(r"song|tracks/\d+(?:/arrangement_clips/\d+)?|cue_points/\d+"),
    "mixer": re.compile(rf"song|{_TRACK}(?:/mixer_device(?:/\w+)*)?"),
    "notes": re.compile(r"song(?:/view)?|view|.*/clip|.*/arrangement_clips/\d+|.*/parameters/\d+|.*mixer_device/.*"),
    "device": re.compile(r".*/devices/.*"),
}  # fmt: skip
"""View → patterns of the refs that it shows; comparing its parts finds other changes."""


class Area(NamedTuple):
    """The area of a part; `layer` is "body", "head" (stays on top), or "side" (stays at the left)."""

    key: str
    layer: str
    x: float
    y: float
    width: float
    height: float


class Look(NamedTuple):
    """A page's settings for a view: theme, width in pixels, zoom, and the requested object."""

    theme: str = "light"
    width: int = 1000
    zoom: float = 1.0
    target: int | None = None

    @classmethod
    def within_limits(cls, theme: str, width: int, zoom: float, target: int | None) -> Look:
        """The settings that a page requests, limited to values that can be drawn."""
        zoom = min(64.0, max(0.25, zoom)) if math.isfinite(zoom) else 1.0
        return cls("dark" if theme == "dark" else "light", min(4000, max(280, width)), zoom, target)

    @property
    def colors(self) -> Theme:
        """The theme's colours."""
        return THEMES["dark" if self.theme == "dark" else "light"]


class Line(NamedTuple):
    """One line of a view in words; `show` is the id of a clip whose notes can be shown, `ref` is its ref."""

    text: str
    show: int | None = None
    ref: str = ""


@dataclass(frozen=True)
class Layout:
    """The layout of a view; `scale` has the data with which a page places playheads and meters."""

    width: float
    height: float
    head: float = 0.0
    side: float = 0.0
    areas: Sequence[Area] = ()
    title: str = ""
    scale: dict[str, Any] = field(default_factory=dict)
    words: Sequence[Line] = ()


def layout_json(view: str, layout: Layout, look: Look) -> dict[str, Any]:
    """A layout in the form of a message."""
    more = {"view": view, "target": look.target, "ground": look.colors.background}
    return {**msgspec.to_builtins(layout), **more}


class Cut(Protocol):
    """One view, cut into parts."""

    def layout(self, mirror: Mirror, look: Look) -> Layout: ...

    def gather(self, mirror: Mirror, look: Look, area: Area) -> Any: ...

    def draw(self, data: Any, look: Look, area: Area) -> Picture: ...

    def locate(self, mirror: Mirror, look: Look, node: Node) -> Box | None: ...


def _numbers(key: str) -> list[int]:
    return [int(part) for part in key.split("/")[1:]]


def strips_of(keys: Sequence[str]) -> set[int]:
    """The numbers of the strips in the mixer's parts with these keys."""
    parts = [int(number) for key in keys for _, _, number in [key.partition("/")] if number.isdecimal()]
    return {
        strip for part in parts if part < MOST_PARTS for strip in range(part * STRIPS, (part + 1) * STRIPS)
    }


def _blank(area: Area, look: Look) -> Picture:
    return Picture(round(area.width), round(area.height), look.colors.background)


def _index(mirror: Mirror, node: Node, role: str) -> int | None:
    """The index of the song's child that contains an object: 2 for objects below tracks/2; None outside the list."""
    step, _, rest = mirror.ref(node.id).partition("/")
    number = rest.partition("/")[0]
    return int(number) if step == role and number.isdigit() else None


class SessionCut:
    """Tracks across, scenes down; names of tracks stay on top, names of scenes at the left."""

    def _cell(self, mirror: Mirror, look: Look) -> float:
        tracks = len(mirror.children("song", "tracks"))
        return min(190.0, max(96.0, (look.width - SCENES - 4) / max(1, tracks))) // 1

    def layout(self, mirror: Mirror, look: Look) -> Layout:
        tracks, scenes = mirror.children("song", "tracks"), mirror.children("song", "scenes")
        cell, tall, top = self._cell(mirror, look), session.CELL_HEIGHT, session.NAMES
        areas = []
        for first in range(0, len(tracks), COLUMNS):
            n, wide = first // COLUMNS, cell * min(COLUMNS, len(tracks) - first)
            x = SCENES + first * cell
            areas.append(Area(f"head/{n}", "head", x, 0, wide, top))
            for row in range(0, len(scenes), ROWS):
                high = tall * min(ROWS, len(scenes) - row)
                areas.append(Area(f"body/{n}/{row // ROWS}", "body", x, top + row * tall, wide, high))
        for row in range(0, len(scenes), ROWS):
            high = tall * min(ROWS, len(scenes) - row)
            areas.append(Area(f"side/{row // ROWS}", "side", 0, top + row * tall, SCENES, high))
        clips = 0
        words: list[Line] = []
        for track in tracks:
            children = [mirror.child(slot, "clip") for slot in mirror.children(track, "clip_slots")]
            in_slots = [clip for clip in children if clip is not None]
            clips += len(in_slots)
            if len(words) < MOST_WORDS:
                words.append(Line(f"{track.name}: {_clips_in_words(in_slots)}"))
                midi = (clip for clip in in_slots if clip.props.get("is_midi_clip"))
                words.extend(
                    Line(clip.name or "(no name)", clip.id, mirror.ref(clip.id).rpartition("/")[0])
                    for clip in midi
                )
        title = f"Session: {len(tracks)} tracks, {len(scenes)} scenes, {clips} clips"
        width, height = SCENES + cell * len(tracks), top + tall * len(scenes)
        return Layout(width, height, top, SCENES, tuple(areas), title, {}, tuple(words[:MOST_WORDS]))

    def gather(self, mirror: Mirror, look: Look, area: Area) -> Any:
        numbers = _numbers(area.key)
        if area.layer == "side":
            first = numbers[0] * ROWS
            scenes = mirror.children("song", "scenes")[first : first + ROWS]
            return first, [gathered.row_of(mirror, scene) for scene in scenes]
        first = numbers[0] * COLUMNS
        tracks = mirror.children("song", "tracks")[first : first + COLUMNS]
        if area.layer == "head":
            return [gathered.column_of(mirror, track, []) for track in tracks]
        row = numbers[1] * ROWS
        return [gathered.cells_of(mirror, track, row, row + ROWS) for track in tracks]

    def draw(self, data: Any, look: Look, area: Area) -> Picture:
        picture = _blank(area, look)
        if area.layer == "side":
            session.draw_scenes(picture, data[1], (4, 0), data[0], look.colors)
        elif data:
            cell = area.width / len(data)
            if area.layer == "head":
                session.draw_heads(picture, data, (0, 0), cell, look.colors)
            else:
                session.draw_cells(picture, data, (0, 0), cell, look.colors)
        return picture

    def locate(self, mirror: Mirror, look: Look, node: Node) -> Box | None:
        cell, tall, top = self._cell(mirror, look), session.CELL_HEIGHT, session.NAMES
        scene, track = _index(mirror, node, "scenes"), _index(mirror, node, "tracks")
        if scene is not None:
            return 0, top + scene * tall, SCENES, tall
        if track is None:
            return None
        parts = mirror.ref(node.id).split("/")
        if len(parts) > 3 and parts[2] == "clip_slots":
            return SCENES + track * cell, top + int(parts[3]) * tall, cell, tall
        return SCENES + track * cell, 0, cell, top


def _clips_in_words(clips: Sequence[Node]) -> str:
    playing = [clip.name or "(no name)" for clip in clips if clip.props.get("is_playing")]
    number = f"{len(clips)} clip{'' if len(clips) == 1 else 's'}"
    return f"{number}, playing {', '.join(playing)}" if playing else number


class ArrangementCut:
    """Tracks as lanes, time to the right; the ruler stays on top, names at the left."""

    def _scale(self, mirror: Mirror, look: Look) -> tuple[float, float]:
        """The end in beats, and the pixels per beat."""
        end = max(gathered.arrangement_end(mirror), 4 * gathered.beats_per_bar(mirror))
        return end, max(200.0, look.width - NAMES - 12) * look.zoom / end

    def layout(self, mirror: Mirror, look: Look) -> Layout:
        tracks = mirror.children("song", "tracks")
        end, scale = self._scale(mirror, look)
        wide, top = end * scale + 8, arrangements.HEAD
        areas = []
        columns = [(n, n * TILE, min(TILE, wide - n * TILE)) for n in range(int(wide // TILE) + 1)]
        rows = [
            (n // LANES, top + n * LANE, LANE * min(LANES, len(tracks) - n))
            for n in range(0, len(tracks), LANES)
        ]
        for n, x, width in columns:
            areas.append(Area(f"head/{n}", "head", NAMES + x, 0, width, top))
            areas += [Area(f"body/{n}/{m}", "body", NAMES + x, y, width, high) for m, y, high in rows]
        areas += [Area(f"side/{m}", "side", 0, y, NAMES, high) for m, y, high in rows]
        lanes = [(track, mirror.children(track, "arrangement_clips")) for track in tracks]
        clips = sum(len(clips_in_lane) for _, clips_in_lane in lanes)
        bars = end / gathered.beats_per_bar(mirror)
        title = f"Arrangement: {len(tracks)} tracks, {clips} clips, {bars:g} bars"
        words = [
            Line(f"{track.name}: {len(clips_in_lane)} clips") for track, clips_in_lane in lanes[:MOST_WORDS]
        ]
        words += [Line(f"Locator {name} at beat {time:g}") for time, name in gathered.locators_of(mirror)]
        time_scale = {"left": NAMES, "per_beat": scale, "start": 0.0, "top": 18}
        height = top + LANE * len(tracks)
        return Layout(
            NAMES + wide, height, top, NAMES, tuple(areas), title, time_scale, tuple(words[:MOST_WORDS])
        )

    def gather(self, mirror: Mirror, look: Look, area: Area) -> Any:
        numbers = _numbers(area.key)
        end, scale = self._scale(mirror, look)
        time = end, scale, gathered.beats_per_bar(mirror)
        if area.layer == "head":
            return time, gathered.locators_of(mirror), gathered.loop_of(mirror)
        first = numbers[-1] * LANES
        tracks = mirror.children("song", "tracks")[first : first + LANES]
        if area.layer == "side":
            return [
                replace(
                    gathered.lane_of(mirror, track, (0.0, 0.0)),
                    automated=gathered.automated_of(mirror, track),
                )
                for track in tracks
            ]
        start = numbers[0] * TILE / scale
        within = start, start + TILE / scale
        return time, [gathered.lane_of(mirror, track, within) for track in tracks]

    def draw(self, data: Any, look: Look, area: Area) -> Picture:
        picture, colors = _blank(area, look), look.colors
        if area.layer == "side":
            arrangements.draw_names(picture, data, 0, LANE, colors)
            return picture
        time: tuple[float, float, float]
        time, *more = data
        end, scale, per_bar = time
        offset = area.x - NAMES

        def x(beat: float) -> float:
            return float(beat * scale - offset)

        if area.layer == "head":
            locators, loop = more
            arrangements.draw_bars(picture, x, end, per_bar, (24, area.height), colors)
            if loop is not None:
                arrangements.draw_loop(picture, x, loop, colors)
            arrangements.draw_locators(picture, x, locators, end, area.height, colors)
            return picture
        (lanes,) = more
        arrangements.draw_lanes(picture, len(lanes), (0, 0), (area.width, LANE), colors)
        arrangements.draw_bars(picture, x, end, per_bar, (0, area.height), colors, numbers=False)
        contents = sum(len(lane.blocks) for lane in lanes) <= arrangements.MOST_CONTENTS
        arrangements.draw_blocks(picture, lanes, x, 0, LANE, contents, colors)
        return picture

    def locate(self, mirror: Mirror, look: Look, node: Node) -> Box | None:
        track, top = _index(mirror, node, "tracks"), arrangements.HEAD
        _, scale = self._scale(mirror, look)
        if node.type == "CuePoint":
            return NAMES + float(node.props.get("time") or 0) * scale, 0, 60, top
        if track is None:
            return None
        if node.type == "Clip" and node.props.get("is_arrangement_clip"):
            start, end = float(node.props["start_time"]), float(node.props["end_time"])
            return NAMES + start * scale, top + track * LANE, (end - start) * scale, LANE
        return 0, top + track * LANE, NAMES, LANE


class MixerCut:
    """All strips side by side."""

    def layout(self, mirror: Mirror, look: Look) -> Layout:
        tracks = gathered.all_tracks(mirror)
        height = mixers.mixer_height(self._sends(mirror))
        wide = mixers.STRIP_WIDTH
        areas = [
            Area(f"body/{n // STRIPS}", "body", n * wide, 0, wide * min(STRIPS, len(tracks) - n), height)
            for n in range(0, len(tracks), STRIPS)
        ]
        strips = [gathered.strip_of(mirror, track, {}) for track in tracks[:MOST_WORDS]]
        scale = {
            "strip": wide,
            "meters": mixers.METERS,
            "meter": mixers.METER_WIDTH,
            "top": mixers.fader_top(self._sends(mirror)),
            "tall": mixers.FADER_HEIGHT,
        }
        words = tuple(Line(mixers.in_words(strip)) for strip in strips)
        title = f"Mixer: {len(tracks)} tracks"
        return Layout(wide * len(tracks), height, 0, 0, tuple(areas), title, scale, words)

    def _sends(self, mirror: Mirror) -> int:
        return len(mirror.children("song", "return_tracks"))

    def gather(self, mirror: Mirror, look: Look, area: Area) -> Any:
        first = _numbers(area.key)[0] * STRIPS
        strips = []
        for track in gathered.all_tracks(mirror)[first : first + STRIPS]:
            ref = mirror.ref(track.id)
            silent = {f"{ref}.output_meter_left": 0.0, f"{ref}.output_meter_right": 0.0}
            strips.append(gathered.strip_of(mirror, track, silent))
        return self._sends(mirror), strips

    def draw(self, data: Any, look: Look, area: Area) -> Picture:
        picture = _blank(area, look)
        mixers.draw_strips(picture, data[1], (0, 0), data[0], look.colors)
        return picture

    def locate(self, mirror: Mirror, look: Look, node: Node) -> Box | None:
        for n, track in enumerate(gathered.all_tracks(mirror)):
            ref = mirror.ref(track.id)
            if mirror.ref(node.id) == ref or mirror.ref(node.id).startswith(f"{ref}/mixer_device"):
                high = mixers.mixer_height(self._sends(mirror))
                return n * mixers.STRIP_WIDTH, 0, mixers.STRIP_WIDTH, high
        return None


class _OneCut:
    """A view with a single part, whose size is known after drawing it."""

    def gather(self, mirror: Mirror, look: Look, area: Area | None = None) -> Any:
        raise NotImplementedError

    def draw(self, data: Any, look: Look, area: Area | None = None) -> Picture:
        raise NotImplementedError

    def locate(self, mirror: Mirror, look: Look, node: Node) -> Box | None:
        size = self.layout(mirror, look)
        return 0, 0, size.width, size.height

    def layout(self, mirror: Mirror, look: Look) -> Layout:
        data = self.gather(mirror, look)
        if isinstance(data, str):
            return Layout(look.width, 40, title=data)
        picture = self.draw(data, look)
        area = Area("body/0", "body", 0, 0, picture.width, picture.height)
        return Layout(
            picture.width, picture.height, 0, 0, (area,), picture.description, self.scale(data, picture),
            (Line(picture.description),),
        )  # fmt: skip

    def scale(self, data: Any, picture: Picture) -> dict[str, Any]:
        return {}


def selected_clip(mirror: Mirror, look: Look) -> Node | None:
    """The clip that the page requested, else the clip that is selected in Live."""
    if look.target is not None and look.target in mirror.store.nodes:
        node = mirror.node(look.target)
        return node if node.type == "Clip" else None
    props = mirror.resolve("song/view").props
    clip, slot = props.get("detail_clip"), props.get("highlighted_clip_slot")
    if isinstance(clip, int) and clip in mirror.store.nodes:
        return mirror.node(clip)
    if isinstance(slot, int) and slot in mirror.store.nodes:
        return mirror.child(mirror.node(slot), "clip")
    return None


class NotesCut(_OneCut):
    """The piano roll of the clip that is selected in Live, or that the page requested."""

    def gather(self, mirror: Mirror, look: Look, area: Area | None = None) -> Any:
        clip = selected_clip(mirror, look)
        if clip is None:
            return "No clip is selected in Live. Select one there, or choose one in the Session."
        if not clip.props.get("is_midi_clip"):
            return f"{clip.name or 'The clip'} is an audio clip: it has no notes."
        notes = gathered.roll_of(mirror, clip, gathered.color_of(clip), {})
        return notes, gathered.keys_of(mirror, clip), gathered.beats_per_bar(mirror)

    def draw(self, data: Any, look: Look, area: Area | None = None) -> Picture:
        notes, keys, per_bar = data
        width = max(LEAST_WIDTH, round(look.width * look.zoom))
        return rolls.roll([notes], keys, look.colors, width=width, beats_per_bar=per_bar)

    def scale(self, data: Any, picture: Picture) -> dict[str, Any]:
        start, end = data[0].start, max(data[0].end, data[0].start + 0.25)
        per_beat = (picture.width - rolls.KEYS_WIDTH - 8) / (end - start)
        return {"left": rolls.KEYS_WIDTH, "per_beat": per_beat, "start": start, "top": rolls.HEAD - 8}


class _DrawnCut(_OneCut):
    """A view whose data is its picture."""

    def draw(self, data: Any, look: Look, area: Area | None = None) -> Picture:
        picture: shapes.Picture = data
        return picture


class DeviceCut(_DrawnCut):
    """The parameters of the requested device."""

    def gather(self, mirror: Mirror, look: Look, area: Area | None = None) -> Any:
        if look.target is None or look.target not in mirror.store.nodes:
            return "No device was chosen: press Show at a change of a device."
        try:
            return gathered.draw(mirror, [look.target], "device", look.colors, max(LEAST_WIDTH, look.width))
        except errors.MirrorError as problem:
            return problem.rule


class OverlayCut(_DrawnCut):
    """Several clips in one piano roll."""

    def __init__(self, clips: Sequence[int]) -> None:
        self._clips = clips

    def gather(self, mirror: Mirror, look: Look, area: Area | None = None) -> Any:
        try:
            width = max(LEAST_WIDTH, round(look.width * look.zoom))
            return gathered.draw(mirror, self._clips, "notes", look.colors, width)
        except errors.MirrorError as problem:
            return problem.rule


CUTS: dict[str, Cut] = {
    "session": SessionCut(),
    "arrangement": ArrangementCut(),
    "mixer": MixerCut(),
    "notes": NotesCut(),
    "device": DeviceCut(),
}


def fitting(mirror: Mirror, node: Node) -> tuple[View, int | None]:
    """The view that shows an object best, and the view's target."""
    ref = mirror.ref(node.id)
    device = next((owner for owner in mirror.store.lineage(node.id) if "parameters" in owner.children), None)
    if "/mixer_device" in ref and "/devices/" not in ref:
        return "mixer", None
    if "/devices/" in ref and device is not None:
        return "device", device.id
    if node.type == "CuePoint" or "/arrangement_clips/" in ref:
        return "arrangement", None
    if ref.startswith(("return_tracks", "master_track")):
        return "mixer", None
    return "session", None


def located(mirror: Mirror, id_: int, view: str, look: Look) -> dict[str, Any]:
    """The place of an object in the view that shows it best, for a page that shows `view`."""
    node = mirror.store.nodes.get(id_)
    if node is None:
        return {"id": id_, "gone": True}
    best, target = fitting(mirror, node)
    look = look._replace(target=target, zoom=look.zoom if best == view else 1.0)
    box = CUTS[best].locate(mirror, look, node)
    return {"id": id_, "view": best, "target": target, "box": box, "zoom": look.zoom}
