"""Files that are no Sets and hostile files give one clear error; damaged files open with counted warnings."""

from __future__ import annotations

import gzip
import random
import re
import tracemalloc
import zlib
from pathlib import Path

import pytest

from remote_script.headless import HeadlessLive
from remote_script.headless.als import Limits, SetFileError, load_als
from remote_script.headless.sets.spec import SetSpec
from tests.remote_script.headless.als import making
from tests.remote_script.headless.world import check_set

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
ROOT = '<Ableton MajorVersion="5" MinorVersion="12.0_12300" Creator="Ableton Live 12.3.6">'


def write(tmp_path: Path, text: str | bytes, *, pack: bool = True) -> Path:
    path = tmp_path / "Some.als"
    data = text.encode() if isinstance(text, str) else text
    path.write_bytes(gzip.compress(data) if pack else data)
    return path


def whole(body: str, root: str = ROOT) -> str:
    return f"{HEAD}{root}<LiveSet>{body}</LiveSet></Ableton>"


def refused(path: Path, limits: Limits | None = None) -> SetFileError:
    with pytest.raises(SetFileError) as caught:
        load_als(path, limits or Limits())
    error = caught.value
    assert error.rule
    assert error.advice
    assert str(error.value) in str(error)
    assert len(str(error)) < 400
    return error


ORDINARY = {"missing", "device names", "device values"}
"""Kinds of warnings that do not mean damage."""


def opened(path: Path, *kinds: str) -> SetSpec:
    """The Set of a file, after a check that headless Live opens it and that its warnings have exactly these kinds."""
    spec = load_als(path)
    assert {warning.kind for warning in spec.warnings} - ORDINARY == set(kinds)
    live = HeadlessLive(spec)
    live.run_for(0.1)
    live.close()
    return spec


def midi_track(inner: str = "", **parts: str) -> str:
    clip = parts.get("clip", "")
    return (
        '<Tracks><MidiTrack Id="1"><Name><EffectiveName Value="T"/></Name><DeviceChain>'
        f"<Mixer>{parts.get('mixer', '')}</Mixer><MainSequencer><ClipSlotList><ClipSlot><ClipSlot><Value>"
        f"{clip}</Value></ClipSlot></ClipSlot></ClipSlotList></MainSequencer>"
        f"<DeviceChain><Devices>{inner}</Devices></DeviceChain></DeviceChain></MidiTrack></Tracks>"
    )


def test_entity_bombs_are_refused_before_they_are_read(tmp_path: Path) -> None:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'{HEAD}<!DOCTYPE b [<!ENTITY l0 "ha">{lines}]>{ROOT}<LiveSet>&l9;</LiveSet></Ableton>'
    assert "document type" in refused(write(tmp_path, bomb)).rule


def test_a_reference_to_an_outside_file_is_refused(tmp_path: Path) -> None:
    text = f'{HEAD}<!DOCTYPE a SYSTEM "file:///etc/passwd">{ROOT}<LiveSet/></Ableton>'
    assert "document type" in refused(write(tmp_path, text)).rule


def test_a_doctype_in_another_encoding_is_refused_too(tmp_path: Path) -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]><Ableton/>'
    assert "document type" in refused(write(tmp_path, text.encode("utf-16"))).rule


def test_four_gigabytes_of_zeros_cost_neither_memory_nor_time(tmp_path: Path) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = packer.compress(bytes(1 << 24)) + b"".join(packer.compress(bytes(1 << 24)) for _ in range(15))
    path = write(tmp_path, block + packer.flush(), pack=False)
    tracemalloc.start()
    try:
        assert "well-formed" in refused(path).rule
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("filler", "rule"),
    [
        (" ", "unpack to at most"),
        ("<a/>", "at most 1000 elements"),
        ("<ViewData/>", "at most 2000 elements"),
        ("<!-- x -->", "unpack to at most"),
    ],
)
def test_an_endlessly_unpacking_set_is_stopped_by_a_limit(tmp_path: Path, filler: str, rule: str) -> None:
    limits = Limits(bytes=1 << 20, elements=1000, seen_elements=2000)
    path = write(tmp_path, whole(filler * ((3 << 20) // len(filler))))
    assert rule in refused(path, limits).rule


def test_one_endless_tag_is_stopped_by_a_limit(tmp_path: Path) -> None:
    path = write(tmp_path, whole(f'<a Value="{"x" * (9 << 20)}"/>'))
    assert "a tag must be" in refused(path).rule


def test_many_long_values_are_stopped_by_a_limit(tmp_path: Path) -> None:
    path = write(tmp_path, whole(f'<a Value="{"x" * 10000}"/>' * 200))
    assert "values" in refused(path, Limits(kept_bytes=1 << 20)).rule


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, whole("<a>" * 100000 + "</a>" * 100000))
    assert "nested" in refused(path).rule


def test_the_depth_of_ignored_parts_is_limited_too(tmp_path: Path) -> None:
    path = write(tmp_path, whole("<ViewData>" + "<a>" * 100000 + "</a>" * 100000 + "</ViewData>"))
    assert "nested" in refused(path).rule


def test_a_file_with_another_root_element_is_refused(tmp_path: Path) -> None:
    assert refused(write(tmp_path, HEAD + "<html><body/></html>")).value == "'html'"


def test_a_preset_is_refused_as_a_set(tmp_path: Path) -> None:
    assert "LiveSet" in refused(write(tmp_path, f"{HEAD}{ROOT}<GroupDevicePreset/></Ableton>")).rule


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, whole("<Tracks/>" * 1000))
    data = path.read_bytes()
    for length in (2, 9, 12, len(data) // 2, len(data) - 9):
        path.write_bytes(data[:length])
        refused(path)


def test_damaged_data_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, whole("<Tracks/>" * 1000))
    data = bytearray(path.read_bytes())
    data[-8] ^= 255
    path.write_bytes(bytes(data))
    assert "intact" in refused(path).rule


@pytest.mark.parametrize("data", [b"", b"P", b"PK\x03\x04", bytes(100), b"\xef\xbb\xbf", b"Ableton <"])
def test_a_file_that_is_not_gzip_is_refused(tmp_path: Path, data: bytes) -> None:
    assert "gzip" in refused(write(tmp_path, data, pack=False)).rule


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert "readable" in refused(tmp_path / "None.als").rule
    assert "readable" in refused(tmp_path).rule


@pytest.mark.parametrize(
    "root",
    [
        '<Ableton MajorVersion="4" MinorVersion="8.2" Creator="Ableton Live 8.4.2">',
        '<Ableton MajorVersion="2" MinorVersion="7" Creator="Ableton Live 7">',
        '<Ableton MajorVersion="x" Creator="Ableton Live 12.0">',
        "<Ableton>",
    ],
)
def test_a_set_of_live_8_or_of_an_unknown_version_is_refused(tmp_path: Path, root: str) -> None:
    refused(write(tmp_path, whole("", root)))


@pytest.mark.parametrize(
    ("data", "creator"),
    [
        (
            whole("", '<Ableton MajorVersion="4" MinorVersion="8.2" Creator="Ableton Live 8.4.2">'),
            "Ableton Live 8.4.2",
        ),
        (whole("", '<Ableton MajorVersion="2" Creator="">'), "a Live of format 2"),
        (b"\xab\x1e\x56\x78" + bytes(200), "Live 7 or older"),
    ],
)
def test_a_set_of_live_8_or_older_is_refused_in_one_sentence(
    tmp_path: Path, data: str | bytes, creator: str
) -> None:
    error = refused(write(tmp_path, data, pack=isinstance(data, str)))
    assert str(error) == f"This Set was written by {creator}: open it in Live 9 or later and save it again."


@pytest.mark.parametrize("begin", [b"", b"\xef\xbb\xbf", b"\n  "])
def test_plain_xml_opens_as_the_gzipped_file_does(tmp_path: Path, begin: bytes) -> None:
    text = f"{ROOT}<LiveSet>{midi_track(clip=clip(NOTE.format(1, 2, 90)))}</LiveSet></Ableton>".encode()
    packed, plain = load_als(write(tmp_path, text)), load_als(write(tmp_path, begin + text, pack=False))
    assert packed == plain
    assert plain.tracks[0].clip_slots[0].notes[0].velocity == 90.0


def test_plain_xml_has_the_same_limits(tmp_path: Path) -> None:
    path = write(tmp_path, whole(" " * (2 << 20)), pack=False)
    assert "unpack to at most" in refused(path, Limits(bytes=1 << 20)).rule
    bomb = f"{HEAD}<!DOCTYPE a [<!ENTITY b 'c'>]>{ROOT}<LiveSet>&b;</LiveSet></Ableton>"
    assert "document type" in refused(write(tmp_path, bomb, pack=False)).rule


def test_reading_reports_its_progress(tmp_path: Path) -> None:
    shares: list[float] = []
    load_als(write(tmp_path, whole("<a/>" * 400_000), pack=False), progress=shares.append)
    assert shares == sorted(set(shares))
    assert 10 < len(shares) <= 101
    assert shares[-1] == 1.0


@pytest.mark.parametrize(
    "data", [b"\xff\xfe\xff", "<Ableton Creator='\ud800'>".encode("utf-8", "surrogatepass")]
)
def test_bytes_that_are_not_utf8_are_refused(tmp_path: Path, data: bytes) -> None:
    refused(write(tmp_path, data))


def with_tempo(tempo: str, signature: str = "201") -> str:
    return whole(
        "<MainTrack><DeviceChain><Mixer>"
        f'<Tempo><Manual Value="{tempo}"/></Tempo>'
        f'<TimeSignature><Manual Value="{signature}"/></TimeSignature>'
        "</Mixer></DeviceChain></MainTrack>"
    )


@pytest.mark.parametrize(
    ("tempo", "taken"),
    [
        *(("nan", 120.0), ("NaN", 120.0), ("", 120.0), ("fast", 120.0)),
        *(("inf", 999.0), ("-inf", 20.0), ("1e308", 999.0), ("-120", 20.0), ("0", 20.0), ("1" * 400, 999.0)),
    ],
)
def test_an_absurd_tempo_is_replaced_by_the_nearest_or_the_default(
    tmp_path: Path, tempo: str, taken: float
) -> None:
    assert opened(write(tmp_path, with_tempo(tempo)), "value").tempo == taken


@pytest.mark.parametrize(
    ("code", "taken"),
    [("-1", (1, 1)), ("495", (99, 16)), ("9" * 26, (4, 4)), ("4/4", (4, 4)), ("nan", (4, 4))],
)
def test_an_absurd_signature_is_replaced(tmp_path: Path, code: str, taken: tuple[int, int]) -> None:
    spec = opened(write(tmp_path, with_tempo("120", code)), "value")
    assert (spec.signature_numerator, spec.signature_denominator) == taken


def clip(note: str = "", loop: str = "", key: str = "60") -> str:
    return (
        f'<MidiClip Time="0"><Loop>{loop}</Loop><Notes><KeyTracks><KeyTrack><Notes>{note}</Notes>'
        f'<MidiKey Value="{key}"/></KeyTrack></KeyTracks></Notes></MidiClip>'
    )


NOTE = '<MidiNoteEvent Time="{}" Duration="{}" Velocity="{}" />'


DAMAGED_NOTES = {
    "no time": (NOTE.format("nan", "1", "100"), "value", (60, 0.0, 1.0, 100.0)),
    "turned": (NOTE.format("4", "-1", "100"), "note turned", (60, 3.0, 1.0, 100.0)),
    "no length": (NOTE.format("2", "0", "100"), "note length", (60, 2.0, 1e-3, 100.0)),
    "endless": (NOTE.format("0", "1e300", "100"), "value", (60, 0.0, 1e7, 100.0)),
    "too loud": (NOTE.format("0", "1", "128"), "value", (60, 0.0, 1.0, 127.0)),
    "silent": (NOTE.format("0", "1", "0"), "value", (60, 0.0, 1.0, 1.0)),
}


@pytest.mark.parametrize("what", DAMAGED_NOTES)
def test_a_damaged_note_is_repaired_and_counted(tmp_path: Path, what: str) -> None:
    note, kind, wanted = DAMAGED_NOTES[what]
    spec = opened(write(tmp_path, whole(midi_track(clip=clip(note * 3)))), kind)
    found = spec.tracks[0].clip_slots[0].notes
    assert [(n.pitch, n.start_time, n.duration, n.velocity) for n in found] == [wanted] * 3
    (warning,) = (each for each in spec.warnings if each.kind == kind)
    assert (warning.count, warning.places[0].startswith("track 'T', clip ''")) == (3, True)


@pytest.mark.parametrize("key", ["128", "-1", "", "C3", "9" * 30])
def test_notes_of_an_impossible_pitch_are_omitted_and_counted(tmp_path: Path, key: str) -> None:
    spec = opened(
        write(tmp_path, whole(midi_track(clip=clip(NOTE.format(0, 1, 100) * 2, key=key)))), "note pitch"
    )
    assert spec.tracks[0].clip_slots[0].notes == []
    assert [(warning.kind, warning.count) for warning in spec.warnings if warning.kind == "note pitch"] == [
        ("note pitch", 2)
    ]


DAMAGED_LOOPS = {
    "turned": ('<LoopStart Value="8"/><LoopEnd Value="4"/><OutMarker Value="16"/>', "loop", (4.0, 8.0, 8.0, 16.0)),
    "no length": ('<LoopStart Value="4"/><LoopEnd Value="4"/><OutMarker Value="8"/>', "loop length", (4, 5, 4, 8)),
    "no flag": ('<LoopOn Value="maybe"/>', "value", (0.0, 4.0, 0.0, 4.0)),
    "endless": ('<LoopEnd Value="1e30"/>', "value", (0.0, 1e7, 0.0, 1e7)),
    "marker": ('<StartRelative Value="6"/><OutMarker Value="3"/>', "marker", (0.0, 4.0, 0.0, 4.0)),
    "hidden": (
        '<LoopOn Value="false"/><HiddenLoopStart Value="3"/><HiddenLoopEnd Value="1"/>', "loop", (0.0, 4.0, 0.0, 4.0)
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", DAMAGED_LOOPS)
def test_a_damaged_loop_is_repaired(tmp_path: Path, what: str) -> None:
    loop, kind, wanted = DAMAGED_LOOPS[what]
    found = opened(write(tmp_path, whole(midi_track(clip=clip(loop=loop)))), kind).tracks[0].clip_slots[0]
    assert (found.loop_start, found.loop_end, found.start_marker, found.end_marker) == wanted


@pytest.mark.parametrize(
    ("start", "end", "kind", "wanted"),
    [
        ("8", "4", "clip turned", [(8.0, 12.0)]),
        ("8", "8", "clip length", []),
        ("8", "x", "value", [(8.0, 12.0)]),
    ],
)
def test_a_damaged_position_in_the_arrangement_is_repaired(
    tmp_path: Path, start: str, end: str, kind: str, wanted: list[tuple[float, float]]
) -> None:
    placed = f'<MidiClip><CurrentStart Value="{start}"/><CurrentEnd Value="{end}"/></MidiClip>'
    track = midi_track().replace(
        "<ClipSlotList>",
        f"<ClipTimeable><ArrangerAutomation><Events>{placed}</Events></ArrangerAutomation></ClipTimeable><ClipSlotList>",
    )
    found = opened(write(tmp_path, whole(track)), kind).tracks[0].arrangement_clips
    assert [(each.start_time, each.end_time) for each in found] == wanted


@pytest.mark.parametrize(
    "device",
    [
        '<InstrumentGroupDevice><NumVisibleMacroControls Value="-5"/></InstrumentGroupDevice>',
        '<DrumGroupDevice><Branches><DrumBranch><BranchInfo><ReceivingNote Value="-3"/></BranchInfo>'
        "</DrumBranch></Branches></DrumGroupDevice>",
        '<Eq8><GlobalGain><Manual Value="nan"/></GlobalGain></Eq8>',
        '<Nobody><Knob><Manual Value="inf"/></Knob></Nobody>',
        '<Eq8><On><Manual Value="2"/></On></Eq8>',
    ],
)
def test_an_absurd_device_opens_with_a_warning(tmp_path: Path, device: str) -> None:
    spec = opened(write(tmp_path, whole(midi_track(device))), "value")
    assert len(spec.tracks[0].devices) == 1


def test_racks_nested_too_deep_are_refused(tmp_path: Path) -> None:
    opening = (
        "<InstrumentGroupDevice><Branches><InstrumentBranch><DeviceChain><MidiToAudioDeviceChain><Devices>"
    )
    closing = (
        "</Devices></MidiToAudioDeviceChain></DeviceChain></InstrumentBranch></Branches>"
        "</InstrumentGroupDevice>"
    )
    refused(write(tmp_path, whole(midi_track(opening * 300 + closing * 300))))
    nested = load_als(write(tmp_path, whole(midi_track(opening * 50 + closing * 50))))
    assert nested.tracks[0].devices[0].chains[0].devices[0].class_name == "InstrumentGroupDevice"


@pytest.mark.parametrize(
    "body",
    [
        '<MidiTrack Id="1"><TrackGroupId Value="7"/></MidiTrack>',
        '<MidiTrack Id="1"><TrackGroupId Value="1"/></MidiTrack>',
        '<MidiTrack Id="1"><TrackGroupId Value="2"/></MidiTrack><GroupTrack Id="2"/>',
        '<GroupTrack Id="1"><TrackGroupId Value="1"/></GroupTrack>',
    ],
    ids=["nobody", "itself", "behind", "its own group"],
)
def test_a_track_whose_group_is_not_before_it_is_in_no_group(tmp_path: Path, body: str) -> None:
    spec = opened(write(tmp_path, whole(f"<Tracks>{body}</Tracks>")), "group")
    assert [track.group for track in spec.tracks] == [None] * len(spec.tracks)


def test_an_empty_set_is_loaded_with_defaults_and_a_warning(tmp_path: Path) -> None:
    spec = opened(write(tmp_path, whole("")))
    assert isinstance(spec, SetSpec)
    assert (spec.tempo, spec.signature_numerator, spec.signature_denominator) == (120.0, 4, 4)
    assert len(spec.scenes) == 1
    (warning,) = spec.warnings
    assert (warning.kind, warning.count, warning.places[0]) == ("missing", 4, "Tracks")
    assert "\n" not in str(warning)


def test_a_missing_device_chain_is_a_warning(tmp_path: Path) -> None:
    body = '<Tracks><AudioTrack Id="1"><Name><EffectiveName Value="Lone"/></Name></AudioTrack></Tracks>'
    spec = opened(write(tmp_path, whole(body)))
    assert spec.tracks[0].name == "Lone"
    assert "track 'Lone', DeviceChain" in spec.warnings[0].places


def test_a_track_of_an_unknown_kind_is_omitted_with_a_warning(tmp_path: Path) -> None:
    spec = opened(write(tmp_path, whole('<Tracks><HologramTrack Id="1"/></Tracks>')), "track kind")
    assert spec.tracks == []
    assert str(spec.warnings[0]) == "1 × track of unknown kind, left out (HologramTrack)"


def test_a_clip_of_the_other_kind_is_omitted(tmp_path: Path) -> None:
    spec = opened(
        write(tmp_path, whole(midi_track(clip='<AudioClip><Name Value="Wave"/></AudioClip>'))), "clip kind"
    )
    assert spec.tracks[0].clip_slots == [None]


def test_many_damaged_notes_are_one_warning(tmp_path: Path) -> None:
    body = midi_track(clip=clip(NOTE.format("0", "0", "100") * 20_000))
    spec = load_als(write(tmp_path, whole(body)))
    (warning,) = (each for each in spec.warnings if each.kind != "missing")
    assert (warning.kind, warning.count, len(warning.places)) == ("note length", 20_000, 20)
    assert len(str(warning)) < 400


def test_a_plug_in_from_the_future_loads_by_its_tag(tmp_path: Path) -> None:
    device = (
        '<TimeMachine><On><Manual Value="false"/></On>'
        '<FluxFreq><Manual Value="440"/><MidiControllerRange><Min Value="20"/><Max Value="20000"/>'
        '</MidiControllerRange><AutomationTarget Id="5"/><ModulationTarget Id="6"/></FluxFreq></TimeMachine>'
    )
    spec = load_als(write(tmp_path, whole(midi_track(device))))
    found = spec.tracks[0].devices[0]
    assert (found.class_name, found.name, found.is_on) == ("TimeMachine", "Time Machine", False)
    assert [one.name for one in found.parameters] == ["Flux Freq"]
    assert found.parameters[0].unit == "hz:log:20:20000"


def test_clip_envelopes_find_their_parameters(tmp_path: Path) -> None:
    mixer = (
        '<Volume><Manual Value="1"/><AutomationTarget Id="11"/></Volume>'
        '<Pan><Manual Value="0"/><AutomationTarget Id="12"/></Pan>'
    )
    events = '<FloatEvent Time="-63072000" Value="1"/>' + "".join(
        f'<FloatEvent Time="{beat}" Value="{10 ** (-beat / 20)}"/>' for beat in range(8)
    )
    envelope = (
        '<Envelopes><Envelopes><ClipEnvelope><EnvelopeTarget><PointeeId Value="{}"/></EnvelopeTarget>'
        "<Automation><Events>{}</Events></Automation></ClipEnvelope></Envelopes></Envelopes>"
    )
    body = clip().replace("</MidiClip>", envelope.format(11, events) + "</MidiClip>")
    spec = load_als(write(tmp_path, whole(midi_track(clip=body, mixer=mixer))))
    found = spec.tracks[0].clip_slots[0]
    assert found is not None
    assert found.envelopes[0].parameter == ("mixer", "volume")
    assert found.envelopes[0].events == [(float(b), pytest.approx(0.85 - b / 40)) for b in range(8)]
    stray = clip().replace("</MidiClip>", envelope.format(99, events) + "</MidiClip>")
    spec = opened(write(tmp_path, whole(midi_track(clip=stray, mixer=mixer))), "envelope")
    assert spec.tracks[0].clip_slots[0].envelopes == []


def test_scenes_of_live_9_and_10_take_tempo_and_signature_from_their_names(tmp_path: Path) -> None:
    names = ("Chorus 98 BPM", "7/8 Bridge 140.5 bpm", "Just a name", "1999", "3/4")
    body = "<SceneNames>" + "".join(f'<Scene Value="{name}"/>' for name in names) + "</SceneNames>"
    old = '<Ableton MajorVersion="5" MinorVersion="10.0_377" Creator="Ableton Live 10.1.25">'
    spec = load_als(write(tmp_path, whole(body, old)))
    assert [(scene.tempo, scene.signature) for scene in spec.scenes] == [
        (98.0, None),
        (140.5, (7, 8)),
        (None, None),
        (None, None),
        (None, (3, 4)),
    ]


def test_a_set_packed_in_two_gzip_members_loads(tmp_path: Path) -> None:
    data = whole("").encode()
    path = write(tmp_path, gzip.compress(data[:50]) + gzip.compress(data[50:]), pack=False)
    assert load_als(path).name == "Some"


WRITTEN = ("nan", "-1", "1e308", "", "true", "x", "-1e9", "0", "9" * 26, "127", "3.5", "-0.5", "256")


def damaged(text: str, seed: int, places: int) -> str:
    """The Set with random values replaced at `places` places, and half as many random parts removed."""
    draw = random.Random(seed)
    begin = text.index("<LiveSet>")
    for pattern, count, put in (
        (r'(?:Value|Time|Duration|Velocity)="([^"]*)"', places, lambda: draw.choice(WRITTEN)),
        (r"(<[A-Za-z.0-9]+ [^<>]*/>)", places // 2, lambda: ""),
    ):
        spots = [found.span(1) for found in re.finditer(pattern, text) if found.start() > begin]
        for start, end in sorted(draw.sample(spots, count), reverse=True):
            text = text[:start] + put() + text[end:]
    return text


@pytest.mark.parametrize("places", [2, 20, 200])
@pytest.mark.parametrize("seed", range(6))
def test_a_randomly_damaged_set_opens_plays_and_is_valid(tmp_path: Path, seed: int, places: int) -> None:
    spec = load_als(write(tmp_path, damaged(making.small(), seed, places)))
    assert spec.warnings or places < 200
    live = HeadlessLive(spec)
    live.song.start_playing()
    live.run_for(0.3)
    check_set(live)
    assert not any("Traceback" in line for line in live.log_lines)
    live.close()
