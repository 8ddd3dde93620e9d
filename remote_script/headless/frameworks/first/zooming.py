"""An overview: while its button is held, each button of the matrix stands for a window of the session."""

from __future__ import annotations

from .components import CompoundComponent

EMPTY, STOPPED, PLAYING, SELECTED = "empty", "stopped", "playing", "selected"
STATES = {EMPTY: 0, STOPPED: 3, PLAYING: 5, SELECTED: 1}
"""What a block's button shows; `set_…_value` say otherwise."""


class SessionZoomingComponent(CompoundComponent):
    """`SessionZoomingComponent(session)`. While zoomed the session is off and the matrix is this one's."""

    def __init__(self, session=None, enable_skinning=False, *args, **kwargs):
        self._session = session
        self._matrix = None
        self._zoom_button = None
        self._zoomed = False
        self._values = dict(STATES)
        if enable_skinning:
            self._values = {state: "Zooming." + state.capitalize() for state in STATES}
        super().__init__(*args, **kwargs)
        self.register_slot(session, self._on_offset, "offset")
        self._matrix_slot = self.register_slot(None, self._matrix_value, "value")
        self._zoom_slot = self.register_slot(None, self._zoom_value, "value")

    def set_empty_value(self, value):
        """For a block without clips."""
        self._values[EMPTY] = value

    def set_stopped_value(self, value):
        """For a block in which nothing plays."""
        self._values[STOPPED] = value

    def set_playing_value(self, value):
        """For a block in which a clip plays."""
        self._values[PLAYING] = value

    def set_selected_value(self, value):
        """For the block that the session shows."""
        self._values[SELECTED] = value

    def set_button_matrix(self, buttons):
        """The matrix that the session has while nobody zooms."""
        self._matrix = buttons
        self._matrix_slot.subject = buttons
        self.update()

    def set_zoom_button(self, button):
        """Hold it to zoom."""
        self._zoom_button = button
        self._zoom_slot.subject = button

    def set_nav_buttons(self, up, down, left, right):
        """While zoomed the session's own buttons move by windows: give it pages instead."""
        self._session.set_scene_bank_buttons(down, up)
        self._session.set_track_bank_buttons(right, left)

    def is_zoomed_out(self):
        """Whether the overview is shown."""
        return self._zoomed

    def _zoom_value(self, value):
        if self.is_enabled():
            self._zoomed = bool(value)
            self._session.set_enabled(not self._zoomed)
            self.update()

    def _on_offset(self, *_told):
        self.update()

    def _matrix_value(self, value, column, row, is_momentary):
        if self.is_enabled() and self._zoomed and (value or not is_momentary):
            tracks, scenes = column * self._session.width(), row * self._session.height()
            song = self._live_song
            if tracks < len(self._session.tracks_to_use()) and scenes < len(song.scenes):
                self._session.set_offsets(tracks, scenes)

    def _state(self, column, row):
        session, song = self._session, self._live_song
        width, height = session.width(), session.height()
        tracks = session.tracks_to_use()[column * width : (column + 1) * width]
        if not tracks or row * height >= len(song.scenes):
            return None
        at = (session.track_offset() // width, session.scene_offset() // max(1, height))
        if at == (column, row):
            return SELECTED
        own = tuple(song.tracks)
        slots = [
            slot
            for track in tracks
            if track in own
            for slot in tuple(track.clip_slots)[row * height : (row + 1) * height]
        ]
        if any(slot.has_clip and slot.clip.is_playing for slot in slots):
            return PLAYING
        return STOPPED if any(slot.has_clip for slot in slots) else EMPTY

    def update(self):
        """Light the blocks, while zoomed."""
        super().update()
        if not (self.is_enabled() and self._zoomed and self._matrix is not None):
            return
        for button, (column, row) in self._matrix.iterbuttons():
            if button is not None:
                state = self._state(column, row)
                if state is None:
                    button.turn_off()
                elif isinstance(self._values[state], int):
                    button.send_value(self._values[state])
                else:
                    button.set_light(self._values[state])


DeprecatedSessionZoomingComponent = SessionZoomingComponent
