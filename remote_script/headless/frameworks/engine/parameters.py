"""Parameters for components and displays: their providers, and the components that show them."""

from __future__ import annotations

from typing import Any, List, Optional

from .control_groups import control_list
from .displays import DisplayDataSource
from .events import EventObject, SlotGroup
from .live import liveobj_valid
from .places import PlacedComponent
from .tools import NamedTuple
from .value_controls import MappedControl

DISCRETE_PARAMETERS_DICT = {"GlueCompressor": ("Ratio", "Attack", "Release", "Peak Clip In")}
"""Parameters with discrete values that are not quantized in Live."""


def is_parameter_quantized(parameter: Any, parent_device: Any = None) -> bool:
    """True for a parameter with discrete values."""
    if not liveobj_valid(parameter):
        return False
    kind = getattr(parent_device, "class_name", None)
    return bool(parameter.is_quantized) or parameter.name in DISCRETE_PARAMETERS_DICT.get(kind, ())


class ParameterInfo(NamedTuple):
    """A parameter with the name to show and the sensitivities of its encoder."""

    parameter: Any = None
    default_encoder_sensitivity: Any = None
    fine_grain_encoder_sensitivity: Any = None

    def __init__(self, name: Optional[str] = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, _overriding_name=name, **kwargs)

    @property
    def name(self) -> str:
        return self._overriding_name or getattr(self.parameter, "name", "")

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, ParameterInfo) and self.parameter == other.parameter and self.name == other.name
        )

    def __hash__(self) -> int:
        return hash((self.parameter, self.name))


class ParameterProvider(EventObject):
    """An object with `parameters`, a list of ParameterInfo; event `parameters`."""

    __events__ = ("parameters",)

    @property
    def parameters(self) -> List[Any]:
        return []


class DeviceParameterCore(PlacedComponent):
    """The parameters of a provider under eight controls."""

    controls = control_list(MappedControl, control_count=8)

    def __init__(self, parameter_provider: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._parameters_slot = self.register_slot(None, lambda: self._update_parameters(), "parameters")
        self.parameter_provider = parameter_provider

    @property
    def parameter_provider(self) -> Any:
        return self._parameter_provider

    @parameter_provider.setter
    def parameter_provider(self, provider: Any) -> None:
        self._parameter_provider = provider or ParameterProvider()
        self._parameters_slot.subject = self._parameter_provider
        self._update_parameters()
        self._on_parameter_provider_changed(provider)

    def _on_parameter_provider_changed(self, provider: Any) -> None:
        """Called when the provider changed; for subclasses."""

    def set_parameter_controls(self, encoders: Any) -> None:
        self.controls.set_control_element(encoders)
        self._connect_parameters()

    def _connect_parameters(self) -> None:
        infos = list(self._parameter_provider.parameters)
        for index, control in enumerate(self.controls):
            info = infos[index] if index < len(infos) else None
            control.mapped_parameter = info.parameter if info else None
            if info and info.parameter is not None:
                sensitivities = (info.default_encoder_sensitivity, info.fine_grain_encoder_sensitivity)
                control.update_sensitivities(*sensitivities)

    def _update_parameters(self) -> None:
        if self.is_enabled():
            self._connect_parameters()

    def update(self) -> None:
        super().update()
        if hasattr(self, "_parameter_provider"):
            self._update_parameters()


class DisplayingDeviceParameterCore(DeviceParameterCore):
    """Shows the parameters' names and values on displays as well."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._parameter_name_data_sources = [DisplayDataSource() for _ in range(8)]
        self._parameter_value_data_sources = [DisplayDataSource() for _ in range(8)]
        self._groups: List[Any] = []
        super().__init__(*args, **kwargs)

    @property
    def parameters(self) -> List[Any]:
        return [info and info.parameter for info in self._parameter_provider.parameters]

    def set_parameter_name_displays(self, displays: Any) -> None:
        """Set a display for each name."""
        self._set_displays(displays, self._parameter_name_data_sources)

    def set_parameter_value_displays(self, displays: Any) -> None:
        """Set a display for each value."""
        self._set_displays(displays, self._parameter_value_data_sources)

    def _set_displays(self, displays: Any, sources: List[DisplayDataSource]) -> None:
        for display, source in zip(displays or (), sources):
            if display is not None:
                display.set_data_sources([source])

    def set_name_display_line(self, line: Any) -> None:
        """Set a display with a segment for each name."""
        self._set_display_line(line, self._parameter_name_data_sources)

    def set_value_display_line(self, line: Any) -> None:
        """Set a display with a segment for each value."""
        self._set_display_line(line, self._parameter_value_data_sources)

    def _set_display_line(self, line: Any, sources: List[DisplayDataSource]) -> None:
        if line:
            line.set_num_segments(len(sources))
            for index, source in enumerate(sources):
                line.segment(index).set_data_source(source)

    def _update_parameters(self) -> None:
        super()._update_parameters()
        if not self.is_enabled():
            return
        if not self._groups:
            self._groups = [
                self.register_disconnectable(SlotGroup(lambda _: self._update_parameter_names(), "name")),
                self.register_disconnectable(SlotGroup(lambda _: self._update_parameter_values(), "value")),
            ]
        for group in self._groups:
            group.replace_subjects([parameter for parameter in self.parameters if liveobj_valid(parameter)])
        self._update_parameter_names()
        self._update_parameter_values()

    def _update_parameter_names(self) -> None:
        infos = list(self._parameter_provider.parameters)
        for index, source in enumerate(self._parameter_name_data_sources):
            source.set_display_string(self.info_to_name(infos[index]) if index < len(infos) else "")

    def _update_parameter_values(self) -> None:
        parameters = self.parameters
        for index, source in enumerate(self._parameter_value_data_sources):
            parameter = parameters[index] if index < len(parameters) else None
            source.set_display_string(self.parameter_to_string(parameter))

    def info_to_name(self, info: Any) -> str:
        return info.name if info else ""

    def parameter_to_string(self, parameter: Any) -> str:
        return str(parameter) if liveobj_valid(parameter) else ""

    def parameter_to_value(self, parameter: Any) -> Any:
        return parameter.value
