"""Applies the result of `create_mappings`: layers for components, modes, buttons for modes."""

from __future__ import annotations

from ..engine.modes import AddLayerMode, EnablingAddLayerMode, EnablingMode
from ..engine.resources import Layer
from .modes import ModesComponent

FLAGS = ("enable", "priority")
MODES_WORDS = ("is_private", "default_behaviour", "support_momentary_mode_cycling")


def carry_out(components, mappings):
    """Apply mappings: `{"Transport": {"play_button": "play_button"}, "Modes": {"mode": {"component": …}}}`.

    A name without a component creates a modes component: its entries with the name of an element are mode buttons,
    the others are modes.
    """
    modes = {}
    for name, wanted in mappings.items():
        wanted = dict(wanted)
        if name in components:
            _map_component(components[name], wanted)
        else:
            kind = wanted.pop("modes_component_type", ModesComponent)
            words = {key: wanted.pop(key) for key in MODES_WORDS if key in wanted}
            components[name] = kind(name=name, is_enabled=False, **words)
            modes[name] = wanted
    for name, wanted in modes.items():
        _map_modes(components, components[name], wanted)


def _layer(wanted):
    controls = {key: value for key, value in wanted.items() if key not in FLAGS}
    return Layer(priority=wanted.get("priority"), **controls)


def _map_component(component, wanted):
    if any(key not in FLAGS for key in wanted):
        component.layer = _layer(wanted)
    component.set_enabled(wanted.get("enable", True))


def _map_modes(components, component, wanted):
    enable = wanted.pop("enable", True)
    buttons = {}
    for key, value in wanted.items():
        if isinstance(value, str) or hasattr(value, "resource"):
            buttons[key] = value
        else:
            _add_mode(components, component, key, value)
    if buttons:
        component.layer = Layer(**buttons)
    component.set_enabled(enable)


def _add_mode(components, component, name, value):
    words = {}
    if isinstance(value, dict):
        value = dict(value)
        for key in ("behaviour", "selector", "groups", "cycle_mode_button_color"):
            if key in value:
                words[key] = value.pop(key)
        modes = value.pop("modes", None)
        parts = [value] if modes is None else modes
        mode = [_mode(components, part) for part in parts]
    else:
        mode = _mode(components, value)
    component.add_mode(name, mode, **words)


def _mode(components, wanted):
    """One part of a mode: `{"component": name, control: element, …}`, or any argument of `tomode`."""
    if not isinstance(wanted, dict):
        return wanted
    wanted = dict(wanted)
    component = components[wanted.pop("component")]
    controls = {key: value for key, value in wanted.items() if key not in FLAGS}
    if not controls:
        return EnablingMode(component)
    kind = EnablingAddLayerMode if not component.is_enabled(explicit=True) else AddLayerMode
    return kind(component, _layer(wanted))
