"""Writes Set files as Live writes them, part by part: for tests that need one feature of a Set, and for `small.als`.

Every part has the elements that Live 12 writes, so that a reader of real Sets reads these Sets too. `python -m
tests.remote_script.headless.als.making` writes `small.als` again.
"""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from typing import Any

SMALL = Path(__file__).with_name("small.als")
SCENES = 3
NEVER = -63072000
CREATOR = "Ableton Live 12.3.6"


def val(name: str, value: Any) -> str:
    """`<Name Value="…"/>`."""
    text = {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return f'<{name} Value="{escaped}"/>'


def vals(**values: Any) -> str:
    return "".join(val(name, value) for name, value in values.items())


class Ids:
    """The ids that automation and modulation refer to, new for each Set."""

    def __init__(self) -> None:
        self._next = count(1000)
        self.named: dict[str, int] = {}

    def target(self, kind: str, name: str = "") -> str:
        number = next(self._next)
        if name:
            self.named[name] = number
        return f'<{kind} Id="{number}"><LockEnvelope Value="0"/></{kind}>'


def parameter(ids: Ids, tag: str, value: Any, name: str = "", low: Any = 0, high: Any = 1) -> str:
    return (
        f"<{tag}>{val('LomId', 0)}{val('Manual', value)}<MidiControllerRange>{vals(Min=low, Max=high)}"
        f"</MidiControllerRange>{ids.target('AutomationTarget', name)}"
        f"{ids.target('ModulationTarget', name and name + ' modulation')}</{tag}>"
    )


def switch(ids: Ids, tag: str, value: bool, name: str = "") -> str:
    return f"<{tag}>{val('LomId', 0)}{val('Manual', value)}{ids.target('AutomationTarget', name)}</{tag}>"


def events(points: Iterable[tuple[float, Any]], kind: str = "FloatEvent") -> str:
    return "".join(
        f'<{kind} Id="{i}" Time="{time}" Value="{value}"/>' for i, (time, value) in enumerate(points)
    )


def lane(pointee: int, points: Iterable[tuple[float, Any]], kind: str = "FloatEvent") -> str:
    """An automation lane of the Arrangement."""
    return (
        f'<AutomationEnvelope Id="0"><EnvelopeTarget>{val("PointeeId", pointee)}</EnvelopeTarget><Automation><Events>'
        f"{events(points, kind)}</Events></Automation></AutomationEnvelope>"
    )


def envelope(pointee: int, points: Iterable[tuple[float, Any]]) -> str:
    """A clip's envelope."""
    return (
        f'<ClipEnvelope Id="0"><EnvelopeTarget>{val("PointeeId", pointee)}</EnvelopeTarget><Automation><Events>'
        f"{events(points)}</Events></Automation></ClipEnvelope>"
    )


def name(effective: str, user: str = "") -> str:
    return f"<Name>{vals(EffectiveName=effective, UserName=user, Annotation='')}</Name>"


def routing(tag: str, target: str, upper: str, lower: str = "") -> str:
    return f"<{tag}>{vals(Target=target, UpperDisplayString=upper, LowerDisplayString=lower)}</{tag}>"


ROUTINGS = {
    "AudioInputRouting": ("AudioIn/External/S0", "Ext. In", "1/2"),
    "MidiInputRouting": ("MidiIn/External.All/-1", "Ext: All Ins", ""),
    "AudioOutputRouting": ("AudioOut/Main", "Master", ""),
    "MidiOutputRouting": ("MidiOut/None", "None", ""),
}


def mixer(
    ids: Ids, track: str, sends: Iterable[tuple[float, bool]] = (), more: str = "", **options: Any
) -> str:
    volume, pan, on = options.get("volume", 1), options.get("pan", 0), options.get("on", True)
    holders = "".join(
        f'<TrackSendHolder Id="{index}">{parameter(ids, "Send", value, f"{track} send {index}")}'
        f"{val('EnabledByUser', enabled)}</TrackSendHolder>"
        for index, (value, enabled) in enumerate(sends)
    )
    return (
        f"<Mixer><Sends>{holders}</Sends>{switch(ids, 'Speaker', on, track + ' activator')}"
        f"{val('SoloSink', options.get('solo', False))}{val('PanMode', 0)}{parameter(ids, 'Pan', pan, track + ' pan')}"
        f"{parameter(ids, 'SplitStereoPanL', -1)}{parameter(ids, 'SplitStereoPanR', 1)}"
        f"{parameter(ids, 'Volume', volume, track + ' volume')}"
        f"{parameter(ids, 'CrossFadeState', options.get('crossfade', 1))}{more}</Mixer>"
    )


GRID = {"FixedNumerator": 1, "FixedDenominator": 16, "Ntoles": 2, "Fixed": True}


def clip(tag: str, title: str, inner: str, **options: Any) -> str:
    """A clip; `loop`, `start`, `end`, `grid`, `envelopes`, `looping`, `groove` as keywords."""
    loop = {
        "LoopStart": 0,
        "LoopEnd": 4,
        "StartRelative": 0,
        "LoopOn": options.get("looping", True),
        "OutMarker": 4,
    }
    loop.update({"HiddenLoopStart": 0, "HiddenLoopEnd": 4}, **options.get("loop", {}))
    start = options.get("start", 0)
    return (
        f'<{tag} Id="0" Time="{start}">{vals(CurrentStart=start, CurrentEnd=options.get("end", start + 4))}'
        f"<Loop>{vals(**loop)}</Loop>{vals(Name=title, Color=options.get('color', 5), LaunchMode=0)}"
        f"{vals(LaunchQuantisation=options.get('quantisation', 0))}<TimeSignature><TimeSignatures>"
        f'<RemoteableTimeSignature Id="0">{vals(Numerator=4, Denominator=4, Time=0)}</RemoteableTimeSignature>'
        f"</TimeSignatures></TimeSignature><Envelopes><Envelopes>{options.get('envelopes', '')}</Envelopes></Envelopes>"
        f"{vals(Legato=False, Ram=False)}<GrooveSettings>{val('GrooveId', options.get('groove', -1))}</GrooveSettings>"
        f"{vals(Disabled=options.get('muted', False), VelocityAmount=0)}"
        f"<Grid>{vals(**{**GRID, **options.get('grid', {})})}</Grid>"
        f"{val('IsWarped', options.get('warped', True))}{inner}</{tag}>"
    )


def midi_clip(title: str, notes: Iterable[tuple[int, float, float, float]], **options: Any) -> str:
    """A MIDI clip; notes are (pitch, time, duration, velocity)."""
    keys: dict[int, list[tuple[float, float, float]]] = {}
    for pitch, *rest in notes:
        keys.setdefault(pitch, []).append(tuple(rest))  # type: ignore[arg-type]
    numbers = count(1)
    tracks = "".join(
        f'<KeyTrack Id="{index}"><Notes>'
        + "".join(
            f'<MidiNoteEvent Time="{time}" Duration="{duration}" Velocity="{velocity}" VelocityDeviation="0" '
            f'OffVelocity="64" Probability="1" IsEnabled="true" NoteId="{next(numbers)}"/>'
            for time, duration, velocity in timed
        )
        + f"</Notes>{val('MidiKey', pitch)}</KeyTrack>"
        for index, (pitch, timed) in enumerate(keys.items())
    )
    return clip("MidiClip", title, f"<Notes><KeyTracks>{tracks}</KeyTracks></Notes>", **options)


def audio_clip(title: str, path: str = "/samples/Loop.wav", **options: Any) -> str:
    markers = options.get("markers", ((0, 0), (2, 4)))
    pins = "".join(f'<WarpMarker Id="{i}" SecTime="{s}" BeatTime="{b}"/>' for i, (s, b) in enumerate(markers))
    leaf = path.rsplit("/", 1)[-1]
    inner = (
        f"<SampleRef><FileRef>{vals(Path=path, Name=leaf)}</FileRef>"
        f"{vals(DefaultDuration=88200, DefaultSampleRate=44100)}</SampleRef>"
        f"{vals(WarpMode=4, SampleVolume=0.5, PitchCoarse=2, PitchFine=-10)}<WarpMarkers>{pins}</WarpMarkers>"
    )
    return clip("AudioClip", title, inner, **options)


def device(ids: Ids, tag: str, inner: str = "", on: bool = True, user: str = "") -> str:
    head = f"{val('IsExpanded', True)}{switch(ids, 'On', on, tag + ' on')}{val('UserName', user)}"
    return f'<{tag} Id="0">{head}{inner}</{tag}>'


def sidechain(target: str, upper: str, lower: str) -> str:
    return f"<SideChain><RoutedInput>{routing('Routable', target, upper, lower)}</RoutedInput></SideChain>"


def max_device(ids: Ids, reference: str, path: str) -> str:
    file = f"<FileRef>{val('Path', path)}</FileRef>"
    inner = f"<PatchSlot><Value><{reference} Id='0'>{file}</{reference}></Value></PatchSlot>"
    return device(ids, "MxDeviceMidiEffect", inner)


def drum_rack(ids: Ids, title: str, chains: Iterable[tuple[str, int]]) -> str:
    """A drum rack; chains are (name, the note that plays the chain)."""
    branches = "".join(
        f'<DrumBranch Id="{index}">{name(chain, chain)}{val("Color", index)}{val("IsSoloed", False)}'
        f"<DeviceChain><MidiToAudioDeviceChain Id='0'><Devices>{device(ids, 'OriginalSimpler')}</Devices>"
        f"</MidiToAudioDeviceChain></DeviceChain><MixerDevice>{switch(ids, 'Speaker', True)}"
        f"{parameter(ids, 'Volume', 1, f'{title} {chain} volume')}{parameter(ids, 'Panorama', 0)}</MixerDevice>"
        f"<BranchInfo>{vals(ReceivingNote=128 - note, SendingNote=60, ChokeGroup=0)}</BranchInfo></DrumBranch>"
        for index, (chain, note) in enumerate(chains)
    )
    macros = "".join(
        parameter(ids, f"MacroControls.{index}", index, f"{title} macro {index}") for index in range(16)
    )
    names = "".join(val(f"MacroDisplayNames.{index}", f"Macro {index + 1}") for index in range(16))
    selector = parameter(ids, "ChainSelector", 0)
    inner = f"{macros}{names}{val('NumVisibleMacroControls', 8)}{selector}<Branches>{branches}</Branches>"
    return device(ids, "DrumGroupDevice", inner + "<ReturnBranches/>", user=title)


def track(ids: Ids, tag: str, title: str, number: int, **options: Any) -> str:
    """A track. Keywords: `slots`, `arranged`, `devices`, `lanes`, `group`, `sends`, `mixer`, `routings`, …."""
    midi, regular = tag == "MidiTrack", tag in ("MidiTrack", "AudioTrack")
    lane_tag = "ClipTimeable" if midi else "Sample"
    slots = list(options.get("slots", ())) + [""] * SCENES
    listed = "".join(
        f'<ClipSlot Id="{i}"><ClipSlot><Value>{content}</Value></ClipSlot>{val("HasStop", i != 2)}</ClipSlot>'
        for i, content in enumerate(slots[:SCENES])
    )
    controllers = "".join(ids.target(f"ControllerTargets.{i}", f"{title} controller {i}") for i in range(131))
    sequencer = (
        f"<MainSequencer><ClipSlotList>{listed}</ClipSlotList>{val('MonitoringEnum', options.get('monitoring', 1))}"
        f"<{lane_tag}><ArrangerAutomation><Events>{options.get('arranged', '')}</Events></ArrangerAutomation>"
        f"</{lane_tag}>"
        f"<Recorder>{val('IsArmed', options.get('arm', False))}</Recorder>"
        f"{f'<MidiControllers>{controllers}</MidiControllers>' if midi else ''}</MainSequencer>"
    )
    chosen = {**ROUTINGS, **options.get("routings", {})}
    # The ids of the mixer are known before the lanes that refer to them are written.
    mixed = options.get("mixer") or mixer(ids, title, options.get("sends", ()))
    devices = options.get("devices", "")
    return (
        f'<{tag} Id="{number}">{name(title, options.get("user", title))}'
        f"{val('Color', options.get('color', number % 70))}"
        f"<AutomationEnvelopes><Envelopes>{options.get('lanes', '')}</Envelopes></AutomationEnvelopes>"
        f"{vals(TrackGroupId=options.get('group', -1), TrackUnfolded=True, Freeze=False)}"
        f"<TrackDelay>{vals(Value=0, IsValueSampleBased=False)}</TrackDelay><TakeLanes><TakeLanes/></TakeLanes>"
        f"{val('SavedPlayingSlot', options.get('playing', -1))}<DeviceChain>"
        f"{''.join(routing(tag, *words) for tag, words in chosen.items())}{mixed}{sequencer if regular else ''}"
        f"<DeviceChain><Devices>{devices}</Devices></DeviceChain></DeviceChain></{tag}>"
    )


def whole_set(ids: Ids, tracks: str, returns: str = "", **options: Any) -> str:
    """The Set with its tracks. Keywords: `tempo`, `main_lanes`, `tuning`, `draw`, `locators`, `transport`, …."""
    more = (
        f"{parameter(ids, 'Tempo', options.get('tempo', 120), 'tempo', 60, 200)}"
        f"{parameter(ids, 'TimeSignature', options.get('signature', 201), 'signature')}"
        f"{parameter(ids, 'GlobalGrooveAmount', 100)}{parameter(ids, 'CrossFade', 0)}"
    )
    mixed = mixer(ids, "Main", (), more)
    lanes = options.get("main_lanes", lambda ids: "")(ids)
    out = {"AudioOutputRouting": ("AudioOut/External/S0", "Ext. Out", "1/2")}
    main = track(ids, "MainTrack", "Main", 900, mixer=mixed, lanes=lanes, user="", routings=out)
    scenes = "".join(
        f'<Scene Id="{i}">{vals(Name=f"Scene {i + 1}", Color=-1, Tempo=120, IsTempoEnabled=False)}'
        f"{vals(TimeSignatureId=201, IsTimeSignatureEnabled=False)}</Scene>"
        for i in range(options.get("scenes", SCENES))
    )
    locators = "".join(
        f'<Locator Id="{i}">{vals(Time=time, Name=title)}</Locator>'
        for i, (time, title) in enumerate(options.get("locators", ()))
    )
    transport = {"LoopOn": False, "LoopStart": 0, "LoopLength": 16, "PunchIn": False, "PunchOut": False}
    transport.update({"MetronomeOn": False, "DrawMode": options.get("draw", False), "CurrentTime": 0})
    transport.update(options.get("transport", {}))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Ableton MajorVersion="5" MinorVersion="12.0_12300" Creator="{options.get("creator", CREATOR)}"><LiveSet>'
        f"<Tracks>{tracks}{returns}</Tracks>{main}"
        f"<PreHearTrack><DeviceChain>{mixer(ids, 'Cue')}</DeviceChain></PreHearTrack><Scenes>{scenes}</Scenes>"
        f"<Transport>{vals(**transport)}</Transport>{vals(GlobalQuantisation=4, AutoQuantisation=0)}"
        f"<ScaleInformation>{vals(Root=0, Name=0)}</ScaleInformation>{val('InKey', False)}<Locators>"
        f"<Locators>{locators}</Locators></Locators>{vals(HighlightedTrackIndex=0)}<GroovePool><Grooves>"
        f"{options.get('grooves', '')}</Grooves></GroovePool>{vals(AutomationMode=True, ArrangementOverdub=False)}"
        f"<TuningSystems>{options.get('tuning', '')}</TuningSystems></LiveSet></Ableton>"
    )


def tuning(title: str, cents: Iterable[float], frequency: float = 432.0) -> str:
    notes = "".join(
        f'<NoteTuning Id="{i}">{val("Cents", value)}</NoteTuning>' for i, value in enumerate(cents)
    )
    return (
        f'<TuningSystem Id="0">{val("TuningSystemName", title)}<NoteTunings>{notes}</NoteTunings><ReferencePitch>'
        f"{vals(Octave=3, NoteIndexWithinOctave=2, FrequencyInHz=frequency)}</ReferencePitch><AllowedNoteRange>"
        f"{vals(MinOctave=-1, MinNoteIndexWithinOctave=1, MaxOctave=7, MaxNoteIndexWithinOctave=4)}</AllowedNoteRange>"
        "</TuningSystem>"
    )


def write(path: Path, text: str) -> Path:
    """Write the file, gzipped without a time, so that its bytes are always the same."""
    path.write_bytes(gzip.compress(text.encode(), mtime=0))
    return path


def small() -> str:
    """A Set with one of most things: four tracks and a return, clips, a drum rack, lanes, envelopes."""
    ids = Ids()
    kit = drum_rack(ids, "Kit", (("Kick", 36), ("Snare", 38)))
    drums_mixer = mixer(ids, "Drums", ((0.25, True),), volume=0.5, pan=-0.5)
    beat = [(36, 0, 0.25, 100), (38, 1, 0.25, 80), (36, 2, 0.25, 100), (38, 3, 0.25, 90)]
    drums = track(
        ids,
        "MidiTrack",
        "Drums",
        11,
        group=10,
        devices=kit,
        mixer=drums_mixer,
        slots=[
            midi_clip(
                "Beat", beat, envelopes=envelope(ids.named["Drums volume"], ((NEVER, 1), (0, 1), (4, 0.25)))
            ),
            "",
            midi_clip("Half", beat[:2], looping=False, grid={"FixedDenominator": 8, "Ntoles": 3}),
        ],
        arranged=midi_clip("Beat", beat, start=8, end=16),
        lanes=lane(ids.named["Drums volume"], ((NEVER, 1), (0, 0.5), (16, 1))),
        playing=0,
    )
    group = track(ids, "GroupTrack", "Rhythm", 10, sends=((0.1, True),))
    bass = track(
        ids,
        "MidiTrack",
        "Bass",
        12,
        sends=((0.5, False),),
        arm=True,
        routings={"MidiOutputRouting": ("MidiOut/None", "None", "")},
        slots=[midi_clip("Line", [(40, 0, 1, 100), (43, 2, 1, 110)])],
    )
    voice = track(
        ids,
        "AudioTrack",
        "Voice",
        13,
        sends=((0.5, True),),
        routings={"AudioInputRouting": ("AudioIn/External/S1", "Ext. In", "3/4")},
        slots=["", audio_clip("Take 1"), audio_clip("Take 2", warped=False, looping=False)],
        arranged=audio_clip("Take 1", start=0, end=4) + audio_clip("Take 1", start=16, end=20),
        devices=device(
            ids, "Compressor2", sidechain("AudioIn/Track.11/PreFxOut", "Drums", "Kit | Kick | Post FX")
        ),
        monitoring=2,
    )
    echo = track(ids, "ReturnTrack", "A-Echo", 20, user="Echo", sends=((0, True),))
    return whole_set(
        ids,
        group + drums + bass + voice,
        echo,
        tempo=96,
        locators=((0, "Intro"), (16, "Verse")),
        main_lanes=lambda ids: (
            lane(ids.named["tempo"], ((NEVER, 96), (0, 96), (32, 128)))
            + lane(ids.named["signature"], ((NEVER, 201), (16, 200)), "EnumEvent")
        ),
    )


BEAT = [(60, 0, 1, 100), (62, 1, 1, 90), (64, 2, 0.5, 80)]


def _keys(**options: Any) -> str:
    """A Set with one MIDI track; `slots` and the like as in `track`."""
    ids = Ids()
    return whole_set(ids, track(ids, "MidiTrack", "Keys", 1, **options), **options.get("song", {}))


def _twice(written: Callable[[Ids, dict[str, int]], str]) -> str:
    """A Set with references to ids of later parts: written once to get the ids, then again."""
    first = Ids()
    written(first, defaultdict(int))
    return written(Ids(), first.named)


def _controlled() -> str:
    def written(ids: Ids, known: dict[str, int]) -> str:
        clips = [
            midi_clip(
                str(index), BEAT, envelopes=envelope(known[f"Keys controller {index}"], ((NEVER, 0), (1, 9)))
            )
            for index in (0, 1, 66)
        ]
        return whole_set(ids, track(ids, "MidiTrack", "Keys", 1, slots=clips))

    return _twice(written)


def _automated() -> str:
    def written(ids: Ids, known: dict[str, int]) -> str:
        kit = drum_rack(ids, "Kit", (("Kick", 36), ("Snare", 38)))
        mixed = mixer(ids, "Drums", ((0.5, True), (0.25, False)), volume=0.8, pan=0.25)
        points = ((NEVER, 0.5), (0, 0.5), (8, 0.75))
        names = ("Drums volume", "Drums pan", "Drums send 1", "Kit macro 4", "Kit Kick volume")
        lanes = "".join(lane(known[name], points) for name in names)
        lanes += lane(known["Drums activator"], ((NEVER, "true"), (8, "false")), "BoolEvent")
        drums = track(ids, "MidiTrack", "Drums", 1, devices=kit, mixer=mixed, lanes=lanes)
        pair = ((0, True),) * 2
        returns = "".join(
            track(ids, "ReturnTrack", title, 9, user=title[2:], sends=pair) for title in ("A-X", "B-Y")
        )
        return whole_set(ids, drums, returns)

    return _twice(written)


def _grouped() -> str:
    ids = Ids()
    tracks = [
        track(ids, "GroupTrack", "Outer", 1),
        track(
            ids,
            "GroupTrack",
            "Inner",
            2,
            group=1,
            routings={"AudioOutputRouting": ("AudioOut/GroupTrack", "Group")},
        ),
        track(
            ids,
            "MidiTrack",
            "Deep",
            3,
            group=2,
            routings={"AudioOutputRouting": ("AudioOut/GroupTrack", "Group")},
        ),
        track(ids, "AudioTrack", "Flat", 4, group=1, slots=["", audio_clip("One")]),
        track(ids, "AudioTrack", "Out", 5, arranged=audio_clip("Two", start=4, end=6)),
    ]
    return whole_set(ids, "".join(tracks))


def _routed() -> str:
    ids = Ids()
    squeezed = device(ids, "Compressor2", sidechain("AudioIn/None", "No Output", ""))
    return whole_set(
        ids,
        track(
            ids,
            "AudioTrack",
            "Far",
            1,
            routings={"AudioInputRouting": ("AudioIn/External/S3", "Ext. In", "7/8")},
        )
        + track(
            ids,
            "MidiTrack",
            "Port",
            2,
            routings={"MidiInputRouting": ("MidiIn/External.Dev:L/0", "Ext: L", "Ch. 2")},
        )
        + track(
            ids,
            "AudioTrack",
            "From",
            3,
            devices=squeezed,
            routings={"AudioInputRouting": ("AudioIn/None", "No Input")},
        ),
    )


VARIANTS: dict[str, Callable[[], str]] = {
    "one clip": lambda: _keys(slots=[midi_clip("Riff", BEAT)]),
    "unlooped": lambda: _keys(slots=["", midi_clip("Once", BEAT, looping=False, loop={"HiddenLoopEnd": 2})]),
    "long arrangement": lambda: _keys(
        arranged="".join(midi_clip(f"Part {n}", BEAT, start=8 * n, end=8 * n + 4, color=n) for n in range(12))
    ),
    "audio": lambda: whole_set(
        ids := Ids(),
        track(
            ids,
            "AudioTrack",
            "Voice",
            1,
            slots=[audio_clip("A"), audio_clip("B", warped=False, looping=False)],
        ),
    ),
    "grids": lambda: _keys(
        slots=[
            midi_clip(str(n), BEAT, grid={"FixedDenominator": 4 * 2**n, "Ntoles": 2 + n % 2})
            for n in range(3)
        ]
    ),
    "playing": lambda: _keys(slots=["", midi_clip("Riff", BEAT)], playing=1),
    "odd song": lambda: _keys(
        song={"tempo": 77.5, "signature": 303, "draw": True, "locators": ((0, "A"), (12, "B"))},
        arm=True,
        monitoring=0,
    ),
    "controllers": _controlled,
    "automation": _automated,
    "groups": _grouped,
    "routings": _routed,
    "small": small,
}
"""Description → Set; twelve Sets that open without a warning."""


if __name__ == "__main__":
    write(SMALL, small())
