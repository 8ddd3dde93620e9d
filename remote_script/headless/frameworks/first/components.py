"""Components of the first generation: `song()` and `application()` are methods."""

from __future__ import annotations

from ..engine.background import BackgroundCore
from ..engine.component import ComponentCore
from ..engine.drums import AccentCore, DrumGroupCore, DrumRackCore
from ..engine.modes_component import EnablingModesCore, ModesCore
from ..engine.recording import SessionRecordingCore, ViewControlCore
from ..engine.scrolling import ScrollCore
from ..engine.slide import SlideCore
from ..engine.switches import ToggleCore
from ..engine.tasks import RUNNING, FuncTask
from ..engine.transport import TransportCore


class ControlSurfaceComponent(ComponentCore):
    """The base of all components; `set_allow_update(False)` defers updates until they are allowed again."""

    is_root = False
    _allow_updates = True
    _update_requests = 0

    def __init__(self, *args, is_root=False, **kwargs):
        kwargs.pop("register_component", None)
        kwargs.pop("song", None)
        self.is_root = is_root
        super().__init__(*args, **kwargs)

    def song(self):
        return self._surface._live_song

    def application(self):
        return self._surface._live_application()

    def set_allow_update(self, allow_updates):
        """Allow or defer updates; deferred updates run once, when updates are allowed again."""
        if bool(allow_updates) == self._allow_updates:
            return
        self._allow_updates = bool(allow_updates)
        if self._allow_updates and self._update_requests:
            self._update_requests = 0
            self.update()

    def _show_msg_callback(self, message):
        self._surface.show_message(message)

    def _register_timer_callback(self, callback):
        def tick(_delta):
            callback()
            return RUNNING

        self._surface._task_group.add(FuncTask(tick, callback))

    def _unregister_timer_callback(self, callback):
        group = self._surface._task_group
        group.remove(group.find(callback))


class CompoundComponent(ControlSurfaceComponent):
    """A component with children: `register_component` adds a child, which is on only while this component is on."""


class BackgroundComponent(BackgroundCore, ControlSurfaceComponent):
    """Accepts a control of any name."""


class ScrollComponent(ScrollCore, ControlSurfaceComponent):
    """`ScrollComponent(scrollable)`."""


class ToggleComponent(ToggleCore, ControlSurfaceComponent):
    """`ToggleComponent(property_name, subject)`."""


class ModesComponent(ModesCore, CompoundComponent):
    """Modes of which none is selected until the script selects one."""


class EnablingModesComponent(EnablingModesCore, ModesComponent):
    """`EnablingModesComponent(component)`."""


class DisplayingModesComponent(ModesComponent):
    """Shows the modes' names in data sources, with a star before the selected mode's name."""

    def __init__(self, *args, **kwargs):
        self._mode_data_sources = {}
        super().__init__(*args, **kwargs)

    def add_mode(self, name, mode_or_component, data_source):
        super().add_mode(name, mode_or_component)
        self._mode_data_sources[name] = (data_source, data_source.display_string())

    def _do_enter_mode(self, name):
        super()._do_enter_mode(name)
        self._update_data_sources(name)

    def update(self):
        super().update()
        self._update_data_sources(self.selected_mode)

    def _update_data_sources(self, selected):
        if self.is_enabled():
            for name, (source, text) in self._mode_data_sources.items():
                source.set_display_string("*" + text if name == selected else text)


class SessionRecordingComponent(SessionRecordingCore, CompoundComponent):
    """`SessionRecordingComponent(clip_creator, view_controller)`."""

    def __init__(self, clip_creator=None, view_controller=None, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._clip_creator, self._view_controller = clip_creator, view_controller
        if clip_creator is not None:
            clip_creator.fixed_length = 8.0

    def _record_value(self, value):
        self._on_record_button_value(value)

    def _on_record_button_value(self, value):
        if value:
            self._trigger_recording()


class TransportComponent(TransportCore, CompoundComponent):
    """The transport; its lights are only on or off, since the buttons have the colours in this generation."""

    def _light(self, name, value):
        if isinstance(value, str):
            value = value.endswith("On")
        super()._light(name, value)


class ViewControlComponent(ViewControlCore, CompoundComponent):
    """Selects the next or previous track or scene."""


class SlideComponent(SlideCore, CompoundComponent):
    """`SlideComponent(slideable)`."""


class DrumRackComponent(DrumRackCore, ControlSurfaceComponent):
    """Pads for which Live plays the drum rack."""


class _Accent(AccentCore, ControlSurfaceComponent):
    """A button for full velocity."""


class DrumGroupComponent(DrumGroupCore, SlideComponent):
    """A drum rack on pads; the pads are `drum_matrix` in this generation."""

    accent_component_type = _Accent

    def set_drum_matrix(self, matrix):
        self.set_matrix(matrix)

    @property
    def drum_matrix(self):
        return self.matrix

    @property
    def visible_drum_pads(self):
        return self.assigned_drum_pads
