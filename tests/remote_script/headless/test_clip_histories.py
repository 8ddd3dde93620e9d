"""After all edits of clips the Set is consistent, and undoing all of them restores it."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from remote_script.headless.sets.generate import default_set
from remote_script.headless.sets.spec import ClipSpec, NoteSpec
from tests.remote_script.headless.bench import Bench

TRACKS, SCENES = 2, 3
beats = st.integers(0, 64).map(lambda n: n / 4)
lengths = st.integers(1, 32).map(lambda n: n / 4)
tracks, scenes = st.integers(0, TRACKS - 1), st.integers(0, SCENES - 1)

steps = st.one_of(
    st.tuples(st.just("create"), tracks, scenes, lengths),
    st.tuples(st.just("delete"), tracks, scenes, lengths),
    st.tuples(st.just("copy"), tracks, scenes, lengths),
    st.tuples(
        st.just("notes"), tracks, scenes, st.lists(st.tuples(st.integers(58, 61), beats, lengths), max_size=4)
    ),
    st.tuples(st.just("quantize"), tracks, scenes, st.integers(1, 8)),
    st.tuples(st.just("loop"), tracks, scenes, st.tuples(beats, lengths)),
    st.tuples(st.just("looping"), tracks, scenes, st.booleans()),
    st.tuples(st.just("double"), tracks, scenes, lengths),
    st.tuples(st.just("crop"), tracks, scenes, lengths),
    st.tuples(st.just("step"), tracks, scenes, st.tuples(beats, lengths, st.floats(0, 1))),
    st.tuples(st.just("clear"), tracks, scenes, lengths),
    st.tuples(st.just("arrange"), tracks, scenes, st.tuples(beats, lengths)),
    st.tuples(st.just("to arrangement"), tracks, scenes, beats),
    st.tuples(st.just("unarrange"), tracks, scenes, lengths),
    st.tuples(st.just("fire"), tracks, scenes, lengths),
    st.tuples(st.just("duplicate track"), tracks, scenes, lengths),
)


def do(bench, step):
    name, track_index, scene, value = step
    song = bench.song
    track, slot = song.tracks[track_index], bench.slot(track_index, scene)
    clip = slot.clip
    if name == "create" and clip is None:
        slot.create_clip(value)
    elif name == "arrange":
        track.create_midi_clip(*value)
    elif name == "unarrange" and len(track.arrangement_clips):
        track.delete_clip(track.arrangement_clips[0])
    elif name == "duplicate track" and len(song.tracks) < 6:
        song.duplicate_track(track_index)
    elif clip is None:
        return
    elif name == "delete":
        slot.delete_clip()
    elif name == "copy":
        slot.duplicate_clip_to(bench.slot((track_index + 1) % TRACKS, (scene + 1) % SCENES))
    elif name == "notes":
        clip.add_new_notes(tuple(bench.MidiNoteSpecification(*note) for note in value))
    elif name == "quantize":
        clip.quantize(value, 1.0)
    elif name == "loop":
        start, length = value
        if start + length > clip.loop_start:
            clip.loop_end = start + length
            clip.loop_start = start
    elif name == "looping":
        clip.looping = value
    elif name == "double" and clip.length < 64:
        clip.duplicate_loop()
    elif name == "crop":
        clip.crop()
    elif name == "step":
        volume = track.mixer_device.volume
        (clip.automation_envelope(volume) or clip.create_automation_envelope(volume)).insert_step(*value)
    elif name == "clear":
        clip.clear_all_envelopes()
    elif name == "to arrangement":
        track.duplicate_clip_to_arrangement(clip, value)
    elif name == "fire":
        slot.fire()
        bench.tick()


def seen(clip, track):
    if clip is None:
        return None
    envelope = clip.automation_envelope(track.mixer_device.volume)
    names = ("name", "color", "loop_start", "loop_end", "looping", "start_marker", "end_marker", "length")
    return (
        *(getattr(clip, name) for name in names),
        (clip.start_time, clip.end_time) if clip.is_arrangement_clip else None,
        [(n.note_id, n.pitch, n.start_time, n.duration) for n in clip.get_all_notes_extended()],
        envelope and [(e.time, e.value) for e in envelope.events_in_range(-1000.0, 1000.0)],
    )


def whole(bench):
    return [
        ([seen(s.clip, t) for s in t.clip_slots], [seen(c, t) for c in t.arrangement_clips])
        for t in bench.song.tracks
        if t.can_be_armed
    ]


def check(bench):
    for track in bench.song.tracks:
        assert len(track.clip_slots) == len(bench.song.scenes)
        spans = [(c.start_time, c.end_time) for c in track.arrangement_clips]
        assert spans == sorted(spans)
        assert all(end > start for start, end in spans)
        assert all(one[1] <= other[0] for one, other in pairwise(spans))
        playing = track.playing_slot_index
        assert playing < 0 or track.clip_slots[playing].clip.is_playing
        held = [(slot.clip, slot) for slot in track.clip_slots if slot.has_clip]
        for clip, owner in held + [(clip, track) for clip in track.arrangement_clips]:
            assert clip.canonical_parent == owner
            assert clip.loop_start < clip.loop_end
            assert clip.has_envelopes == bool(len(clip.automation_envelopes))
            assert all(e.canonical_parent == clip for e in clip.automation_envelopes)


def described():
    """A Set with a clip with notes in every slot, and an Arrangement clip on every track."""
    spec = default_set()
    spec.scenes = spec.scenes[:SCENES]
    for track in spec.tracks[:TRACKS]:
        track.clip_slots = [
            ClipSpec(notes=[NoteSpec(60, 0.0, 4.0), NoteSpec(62, 1.0, 1.0)]) for _ in range(SCENES)
        ]
        track.arrangement_clips = [ClipSpec(start_time=4.0, end_time=12.0)]
    return spec


@settings(max_examples=100, deadline=None)
@given(st.lists(steps, min_size=1, max_size=20))
def test_clips_stay_valid_and_each_undo_reverts_one_step(sequence):
    bench = Bench(described())
    states = [whole(bench)]
    for step in sequence:
        bench.song.begin_undo_step()
        do(bench, step)
        bench.song.end_undo_step()
        check(bench)
        if len(bench.history) == len(states):
            states.append(whole(bench))
        assert whole(bench) == states[-1]
    for state in reversed(states[:-1]):
        bench.song.undo()
        check(bench)
        assert whole(bench) == state
    for state in states[1:]:
        bench.song.redo()
        check(bench)
        assert whole(bench) == state
    assert not any("Traceback" in line for line in bench.live.log_lines)
