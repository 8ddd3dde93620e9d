"""An overview: while its button is pressed, each button of the matrix represents a window of the session."""

from __future__ import annotations

from ..engine.clip_actions import OverviewCore
from ..engine.places import elements_in, takes
from .components import CompoundComponent


@takes("zoom_button")
class SessionZoomingComponent(OverviewCore, CompoundComponent):
    """`SessionZoomingComponent(session)`. During the overview the session is off and this component has the matrix."""

    def __init__(self, session=None, enable_skinning=False, *args, **kwargs):
        self._session = session
        self._zoomed = False
        self._scene_bank_slots = []
        super().__init__(session._session_ring, enable_skinning, *args, **kwargs)

    def set_nav_buttons(self, up, down, left, right):
        self._session.set_scene_bank_buttons(down, up)
        self._session.set_track_bank_buttons(right, left)

    def set_scene_bank_buttons(self, buttons):
        for slot in self._scene_bank_slots:
            self.disconnect_disconnectable(slot)
        self._scene_bank_slots = [
            self.register_slot(button, self._scene_bank_heard(index, button), "value")
            for index, button in enumerate(elements_in(buttons))
        ]

    def _scene_bank_heard(self, index, button):
        def heard(value):
            if self.is_enabled() and self._zoomed and (value or not button.is_momentary()):
                rows = self._buttons.height() if self._buttons is not None else 1
                scene = index * rows * self._session.height()
                if scene < len(self._live_song.scenes):
                    self._session.set_offsets(self._session.track_offset(), scene)

        return heard

    def is_zoomed_out(self):
        return self._zoomed

    def _is_shown(self):
        return self._zoomed and super()._is_shown()

    def _zoom_value(self, value):
        self._zoomed = bool(value)
        self._session.set_enabled(not self._zoomed)
        self.update()


DeprecatedSessionZoomingComponent = SessionZoomingComponent
