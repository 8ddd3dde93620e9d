"""Meters from a model of levels, so that a mix can be measured: a number per track and block, no synthesis.

The sources of a track are its sounding notes (a note's level follows its velocity), the audio of its clip at the
clip's gain, and the tracks that send to the track or that the track monitors. Faders, chains of racks, pans,
switches, solo, sends, groups and output routings change the level; sources add by power. The law of a meter is
measured on Live 12.4.6: dBFS = 76·raw − 70, after the fader; `level` is the larger side and is kept for about a
second; meters move only during sound; a MIDI track without an instrument meters MIDI. Guesses: the level of one
note, that devices do not change the level, a balance for the pan law.
"""

from __future__ import annotations

import math
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from ..music import display
from ..music.clip_body import ClipBody
from ..sets.audio_files import peak
from .keyboard import hears
from .launching import song_clock_of
from .where import is_group, is_midi

BLOCK_S = 0.1
BLOCKS = 10
"""Number of blocks in the last second, the time for which a meter shows a peak."""
NOTE_PEAK = 0.25
"""Guess: −12 dBFS for one note at velocity 127, and for audio without a readable file."""
_METERS = ("output_meter_level", "output_meter_left", "output_meter_right", "input_meter_level")

Powers = List[float]


class Signal(NamedTuple):
    """Squared amplitudes of the last blocks, the newest last."""

    left: Powers
    right: Powers

    def plus(self, other: Signal) -> Signal:
        return Signal(_sum(self.left, other.left), _sum(self.right, other.right))

    def times(self, left: float, right: float) -> Signal:
        return Signal(
            [power * left * left for power in self.left], [power * right * right for power in self.right]
        )


def _sum(one: Powers, other: Powers) -> Powers:
    return [a + b for a, b in zip(one, other)]


SILENCE = Signal([0.0] * BLOCKS, [0.0] * BLOCKS)


class Levels:
    """The levels of one Set at the present tick."""

    def __init__(self, doc: Any) -> None:
        self._doc = doc
        self._running_s = 0.0
        self._since_notified = 0.0
        self._computed_at: Optional[Tuple[float, float]] = None
        self._inputs: Dict[int, Signal] = {}
        self._outputs: Dict[int, Signal] = {}
        self._senders: Dict[int, List[Any]] = {}
        self._routed: Any = None
        self._peaks: Dict[int, Tuple[float, float]] = {}

    # Meters

    def sides(self, track: Any) -> Tuple[float, float]:
        """Left and right output amplitude of the newest block."""
        signal = self.output(track)
        return math.sqrt(signal.left[-1]), math.sqrt(signal.right[-1])

    def peak_level(self, track: Any) -> float:
        """The largest amplitude of either side in the last second."""
        now = float(self._doc.clock.now())
        loudest = math.sqrt(max(max(side) for side in self.output(track)))
        before, when = self._peaks.get(id(track), (0.0, now))
        if now - when < BLOCK_S * BLOCKS and before > loudest:
            return before
        self._peaks[id(track)] = (loudest, now)
        return loudest

    def midi(self, track: Any) -> float:
        """The largest velocity of the sounding notes, 0..1."""
        powers = self._notes(track, lambda pitch: 1.0)
        return math.sqrt(min(1.0, max(powers)))

    def output(self, track: Any) -> Signal:
        """The track's signal after the fader."""
        self._compute()
        return self._outputs.get(id(track), SILENCE)

    def before_fader(self, track: Any) -> Signal:
        self._compute()
        return self._inputs.get(id(track), SILENCE)

    def tick(self, seconds: float, running: bool) -> None:
        """Advance by `seconds`; notify listeners of meters every 100 ms during sound."""
        was_running = self._running_s > 0.0
        self._running_s = self._running_s + seconds if running else 0.0
        self._since_notified += seconds
        if self._since_notified >= BLOCK_S - 1e-9 and (running or was_running):
            self._since_notified = 0.0
            for track in self._doc.song.everyone():
                for name in _METERS:
                    if track.listeners and name in track.listeners:
                        track.notify(name)

    # The model

    def _compute(self) -> None:
        at = (self._doc.clock.now(), self._doc.transport.position)
        if at == self._computed_at:
            return
        self._computed_at = at
        song = self._doc.song
        self._inputs, self._outputs = {}, {}
        self._find_senders()
        for track in song.tracks:
            self._through(track, ())
        sent = {id(track): SILENCE for track in song.return_tracks}
        for track in song.tracks:
            for send, target in zip(track.mixer_device.sends, song.return_tracks):
                factor = _factor(send)
                sent[id(target)] = sent[id(target)].plus(self._outputs[id(track)].times(factor, factor))
        total = SILENCE
        for track in song.return_tracks:
            self._put(track, sent[id(track)])
            total = total.plus(self._outputs[id(track)])
        for track in self._senders.get(id(song.master_track), ()):
            total = total.plus(self._outputs[id(track)])
        self._put(song.master_track, total)

    def _find_senders(self) -> None:
        """List for each track the tracks that output to it; recomputed when a routing or the tracks change."""
        song = self._doc.song
        routed = (
            song.tracks,
            tuple((track.output_type, track.group_track, track.has_audio_output) for track in song.tracks),
        )
        if routed == self._routed:
            return
        self._routed = routed
        self._senders = {}
        for track in song.tracks:
            target = self._doc.routing.output_track(track)
            if target is not None:
                self._senders.setdefault(id(target), []).append(track)

    def _through(self, track: Any, above: Tuple[int, ...]) -> Signal:
        """The output of a track, computed after its sources; a cycle of routings is cut."""
        if id(track) in self._outputs or id(track) in above:
            return self._outputs.get(id(track), SILENCE)
        powers = [0.0] * BLOCKS if is_group(track) else self._own(track)
        signal = Signal(powers, powers).plus(self._monitored(track, above))
        for other in self._senders.get(id(track), ()):
            signal = signal.plus(self._through(other, above + (id(track),)))
        return self._put(track, signal)

    def _monitored(self, track: Any, above: Tuple[int, ...]) -> Signal:
        """The signal of an audio track's monitored input: always, or while the track is armed and does not play."""
        state, playback = track.current_monitoring_state, track.playback
        waits = track.arm and (playback.playing is None or playback.recording)
        if track.kind != "audio" or not (state == 0 or (state == 1 and waits)):
            return SILENCE
        source, is_before_mixer = self._doc.routing.input_track(track)
        if source is None or source.kind in ("main", "return"):
            return SILENCE
        out = self._through(source, above + (id(track),))
        return self._inputs.get(id(source), SILENCE) if is_before_mixer else out

    def _put(self, track: Any, signal: Signal) -> Signal:
        self._inputs[id(track)] = signal
        mixer = track.mixer_device
        silent = track.kind != "main" and (track.get_mute() or track.muted_via_solo)
        factor = 0.0 if silent else _factor(mixer.volume)
        pan = mixer.panning.value
        out = signal.times(factor * min(1.0, 1.0 - pan), factor * min(1.0, 1.0 + pan))
        self._outputs[id(track)] = out
        return out

    def _own(self, track: Any) -> Powers:
        """The powers of the track's own clip, before the fader."""
        if is_midi(track):
            return self._notes(track, lambda pitch: NOTE_PEAK**2 * sounding(track.devices, pitch))
        powers = [0.0] * BLOCKS
        for index, body, _, _ in self._windows(track):
            if body.audio is not None:
                amplitude = peak(body.audio.file_path)
                factor = 10.0 ** (display.gain_to_db(body.audio.gain) / 20.0)
                powers[index] = ((NOTE_PEAK if amplitude is None else amplitude) * factor) ** 2
        return powers

    def _notes(self, track: Any, loudest: Callable[[int], float]) -> Powers:
        """The powers of the sounding notes; `loudest` returns the power of one pitch at velocity 127."""
        powers = [0.0] * BLOCKS
        windows = self._windows(track)
        if windows:
            first, last = min(window[2] for window in windows), max(window[3] for window in windows)
            for note in windows[0][1].notes:
                end = note.start_time + note.duration
                if note.mute or end <= first or note.start_time >= last:
                    continue
                power = loudest(note.pitch) * (note.velocity / 127.0) ** 2
                for index, _, low, high in windows:
                    if note.start_time < high and end > low:
                        powers[index] += power
        if hears(track):
            for pitch, velocity in self._doc.keyboard.pressed.items():
                powers[-1] += loudest(pitch) * (velocity / 127.0) ** 2
        return powers

    def _windows(self, track: Any) -> List[Tuple[int, ClipBody, float, float]]:
        """For each of the last blocks in which a clip played: block, clip, and the start and end in the clip."""
        song, windows = self._doc.song, []
        if self._running_s <= 0.0:
            return []
        beats = BLOCK_S * song.tempo / 60.0
        for index in range(BLOCKS):
            ago = BLOCKS - 1 - index
            if ago * BLOCK_S < self._running_s:
                playing = self._playing(track, ago * beats)
                if playing is not None:
                    body, end, unit = playing
                    windows.append((index, body, end - beats / unit, end))
        newest = windows[-1][1] if windows else None
        return [window for window in windows if window[1] is newest]

    def _playing(self, track: Any, beats_ago: float) -> Optional[Tuple[ClipBody, float, float]]:
        """The body of the clip that the track played, the position in the clip, and beats per unit of its time."""
        playback = track.playback
        if playback.in_session:
            slot = playback.playing
            clip = None if slot is None else slot.clip
            played = playback.played(song_clock_of(self._doc.song).beat) - beats_ago
            entry = playback.entry
            if playback.recording:
                return None
        else:
            position = self._doc.transport.position - beats_ago
            clip = next(
                (
                    clip
                    for clip in track.arrangement_clips
                    if clip.body.start_time < position <= clip.body.end_time
                ),
                None,
            )
            played = 0.0 if clip is None else position - clip.body.start_time
            entry = None
        if clip is None or clip.body.muted or played <= 0.0:
            return None
        unit = clip.beats_per_unit()
        end = clip.body.region.position_after(played / unit, entry)
        return None if end is None else (clip.body, end, unit)


def sounding(devices: Any, pitch: int) -> float:
    """The power of one note after these devices, through the chains of racks; 0 without an instrument."""
    instrument = next((device for device in devices if device.type == 1), None)
    if instrument is None or not instrument.is_active:
        return 0.0
    if not instrument.can_have_chains:
        return 1.0
    total = 0.0
    for chain in instrument.chains:
        if chain.get_mute() or chain.muted_via_solo or getattr(chain, "in_note", pitch) not in (pitch, -1):
            continue
        total += _factor(chain.mixer_device.volume) ** 2 * sounding(chain.devices, pitch)
    return total


def _factor(fader: Any) -> float:
    """The linear factor of a fader or a send."""
    shown = display.shown_number(fader.unit, fader.value, fader.min, fader.max)
    return 0.0 if shown <= display.SILENCE_DB else float(10.0 ** (shown / 20.0))
