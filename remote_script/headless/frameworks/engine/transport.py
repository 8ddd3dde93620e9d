"""The transport: play, record, loop, punch, metronome, tempo, seeking, undo."""

from __future__ import annotations

from typing import Any, Dict, Optional, Tuple

from .live import move_current_song_time
from .places import PlacedComponent, handles, takes

SEEK_BEATS = 1.0
"""Guess: movement of the playhead for one step of a seek button."""
TEMPO_TOP, TEMPO_BOTTOM = 200.0, 60.0
"""A tempo control's range, in bpm; methods such as `set_tempo_range` set the attributes of these names."""

TOGGLES: Dict[str, Tuple[str, Optional[str]]] = {
    "play_button": ("is_playing", "Transport.Play%s"),
    "record_button": ("record_mode", "Transport.Record%s"),
    "overdub_button": ("arrangement_overdub", "Transport.Overdub%s"),
    "arrangement_overdub_button": ("arrangement_overdub", "Transport.ArrangementOverdub%s"),
    "session_record_button": ("session_record", "Recording.SessionRecord%s"),
    "metronome_button": ("metronome", "Transport.Metronome%s"),
    "loop_button": ("loop", "Transport.Loop%s"),
    "punch_in_button": ("punch_in", "Transport.PunchIn%s"),
    "punch_out_button": ("punch_out", "Transport.PunchOut%s"),
    "automation_arm_button": ("session_automation_record", "Transport.AutomationArm%s"),
    "nudge_up_button": ("nudge_up", None),
    "nudge_down_button": ("nudge_down", None),
}
"""Button → the Song's property that it toggles and shows, and its colours; without colours it is on until its
release."""

ACTIONS: Dict[str, Tuple[str, str]] = {
    "stop_button": ("stop_playing", ""),
    "continue_playing_button": ("continue_playing", ""),
    "tap_tempo_button": ("tap_tempo", ""),
    "undo_button": ("undo", "can_undo"),
    "redo_button": ("redo", "can_redo"),
    "capture_midi_button": ("capture_midi", "can_capture_midi"),
    "re_enable_automation_button": ("re_enable_automation", "re_enable_automation_enabled"),
    "prev_cue_button": ("jump_to_prev_cue", "can_jump_to_prev_cue"),
    "next_cue_button": ("jump_to_next_cue", "can_jump_to_next_cue"),
    "set_cue_button": ("set_or_delete_cue", ""),
}
"""Button → the Song's method that it calls, and the property that allows the call."""


@takes(
    *TOGGLES,
    *ACTIONS,
    "punch_in_button:in_button",
    "punch_out_button:out_button",
    "nudge_up_button:up_button",
    "nudge_down_button:down_button",
    "seek_forward_button:ffwd_button",
    "seek_backward_button:rwd_button",
    "fastforward_button",
    "rewind_button",
    "tempo_control",
    "tempo_fine_control:fine_control",
    "tempo_coarse_encoder",
    "tempo_fine_encoder",
    "song_position_control",
    "arrangement_position_encoder",
)
class TransportCore(PlacedComponent):
    """The transport; `play_toggle_model_transform` converts the value that the play button sets."""

    tempo_top, tempo_bottom = TEMPO_TOP, TEMPO_BOTTOM

    def __init__(self, play_toggle_model_transform: Any = None, *args: Any, **kwargs: Any) -> None:
        self._play_transform = play_toggle_model_transform or (lambda value: value)
        super().__init__(*args, **kwargs)
        for name, (switch, _) in TOGGLES.items():
            self.register_slot(self._live_song, self._shower(name), switch)
        for event, name in (
            ("is_playing", "stop_button"),
            ("can_jump_to_prev_cue", "prev_cue_button"),
            ("can_jump_to_next_cue", "next_cue_button"),
            ("re_enable_automation_enabled", "re_enable_automation_button"),
            ("can_capture_midi", "capture_midi_button"),
        ):
            self.register_slot(self._live_song, self._shower(name), event)

    def _shower(self, name: str) -> Any:
        return lambda: self._show(name)

    # -- buttons that toggle and show ------------------------------------------------------------------

    def _toggle(self, name: str, value: int) -> None:
        switch, colors = TOGGLES[name]
        song = self._live_song
        if colors is None:
            setattr(song, switch, bool(value))
        elif self._pressed(name, value):
            wanted = not getattr(song, switch)
            if name == "play_button":
                wanted = self._play_transform(wanted)
            setattr(song, switch, wanted)

    def _show_toggle(self, name: str) -> None:
        switch, colors = TOGGLES[name]
        on = bool(getattr(self._live_song, switch))
        self._light(name, (colors % ("On" if on else "Off")) if colors else on)

    # -- buttons that call a method -------------------------------------------------------------------

    def _do(self, name: str, value: int) -> None:
        (method, allowed), song = ACTIONS[name], self._live_song
        if self._pressed(name, value) and (not allowed or getattr(song, allowed)):
            getattr(song, method)()

    def _show_stop(self) -> None:
        self._light("stop_button", "Transport.Stop%s" % ("Off" if self._live_song.is_playing else "On"))

    def _seek_forward_value(self, value: int) -> None:
        self._ffwd_value(value)

    def _ffwd_value(self, value: int) -> None:
        self._seek("seek_forward_button", value, SEEK_BEATS)

    def _seek_backward_value(self, value: int) -> None:
        self._rwd_value(value)

    def _rwd_value(self, value: int) -> None:
        self._seek("seek_backward_button", value, -SEEK_BEATS)

    def _fastforward_value(self, value: int) -> None:
        self._seek("fastforward_button", value, SEEK_BEATS)

    def _rewind_value(self, value: int) -> None:
        self._seek("rewind_button", value, -SEEK_BEATS)

    def _seek(self, name: str, value: int, beats: float) -> None:
        self._scroll(name, value, lambda: move_current_song_time(self._live_song, beats))

    # -- knobs -----------------------------------------------------------------------------------------

    def _tempo_value(self, value: int) -> None:
        control = self._placed["tempo_control"]
        if control.is_relative():
            self._change_tempo(control.relative_value_to_delta(value))
        else:
            share = value / 127.0
            self._live_song.tempo = self.tempo_bottom + share * (self.tempo_top - self.tempo_bottom)

    def _tempo_fine_value(self, value: int) -> None:
        self._change_tempo(0.1 * self._steps("tempo_fine_control", value))

    def _tempo_coarse_encoder_value(self, value: int) -> None:
        self._change_tempo(self._steps("tempo_coarse_encoder", value))

    def _tempo_fine_encoder_value(self, value: int) -> None:
        self._change_tempo(0.1 * self._steps("tempo_fine_encoder", value))

    def _song_position_value(self, value: int) -> None:
        control = self._placed["song_position_control"]
        song = self._live_song
        if control.is_relative():
            move_current_song_time(song, control.relative_value_to_delta(value))
        else:
            song.current_song_time = value / 127.0 * song.last_event_time

    def _arrangement_position_encoder_value(self, value: int) -> None:
        move_current_song_time(self._live_song, self._steps("arrangement_position_encoder", value))

    def _steps(self, name: str, value: int) -> float:
        return float(self._placed[name].relative_value_to_delta(value))

    def _change_tempo(self, bpm: float) -> None:
        self._live_song.tempo = max(20.0, min(999.0, self._live_song.tempo + bpm))

    # -- pairs of the first generation -------------------------------------------------------------------

    def set_punch_buttons(self, in_button: Any, out_button: Any) -> None:
        self._put("punch_in_button", in_button)
        self._put("punch_out_button", out_button)

    def set_nudge_buttons(self, up_button: Any, down_button: Any) -> None:
        self._put("nudge_up_button", up_button)
        self._put("nudge_down_button", down_button)

    def set_seek_buttons(self, ffwd_button: Any, rwd_button: Any) -> None:
        self._put("seek_forward_button", ffwd_button)
        self._put("seek_backward_button", rwd_button)

    def set_tempo_control(self, control: Any, fine_control: Any = None) -> None:
        """Set a knob of 60 to 200 bpm, or an endless knob in whole bpm; the fine control counts tenths."""
        self._put("tempo_control", control)
        self._put("tempo_fine_control", fine_control)


handles(TransportCore, TOGGLES, TransportCore._toggle, TransportCore._show_toggle)
handles(TransportCore, ACTIONS, TransportCore._do)
