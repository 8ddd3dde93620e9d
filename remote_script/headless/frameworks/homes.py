"""The table of the modules here that have the objects behind Live's names; `modules` reads it.

A row has a module of Live's and the modules here in which its names are looked up, in this order; the row also
applies to modules below without their own row. `Theirs=ours` renames. A name without a home is a stub.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import logging
from typing import Any, Callable, Dict, List, Tuple

from .engine.live import Live

HOMES: Dict[str, str] = {
    "_APC": "first.apc",
    "_Framework": "first.components first.mixer first.session engine.elements engine.compounds",
    "_Framework.Capabilities": "engine.capabilities",
    "_Framework.ChannelTranslationSelector": "first.mode_selector",
    "_Framework.Control": "engine.text_controls engine.controls engine.value_controls engine.control_groups "
    "MatrixControl=ControlList",
    "_Framework.ControlSurface": "first.surface",
    "_Framework.Dependency": "engine.dependency",
    "_Framework.DeviceComponent": "first.device engine.live",
    "_Framework.DeviceBankRegistry": "engine.device DeviceBankRegistry=BankRegistry",
    "_Framework.Disconnectable": "engine.lifetime",
    "_Framework.IdentifiableControlSurface": "first.surface",
    "_Framework.InputControlElement": "engine.elements engine.midi engine.proxy_elements InputSignal=Signal",
    "_Framework.Layer": "engine.resources",
    "_Framework.ModeSelectorComponent": "first.mode_selector",
    "_Framework.ModesComponent": "first.components engine.modes engine.mode_buttons ComponentMode=EnablingMode "
    "LazyComponentMode=LazyEnablingMode",
    "_Framework.Profile": "first.surface",
    "_Framework.Proxy": "engine.proxies",
    "_Framework.Resource": "engine.resources",
    "_Framework.SessionRecordingComponent": "first.components engine.recording",
    "_Framework.ClipSlotComponent": "first.session engine.slots",
    "_Framework.Signal": "engine.events Slot=-",
    "_Framework.ViewControlComponent": "first.components engine.scrolling",
    "_Framework.ScrollComponent": "first.components engine.scrolling",
    "_Framework.SessionZoomingComponent": "first.zooming",
    "_Framework.Skin": "engine.skin",
    "_Framework.SubjectSlot": "first.events engine.events SubjectEvent=Event SubjectSlotError=EventError "
    "SubjectMeta=EventObjectMeta SubjectSlot=Slot MultiSubjectSlot=MultiSlot SubjectSlotGroup=SlotGroup "
    "CallableSubjectSlotGroup=SlotGroup",
    "_Framework.SysexValueControl": "first.events",
    "_Framework.SlideComponent": "first.components engine.slide",
    "_Framework.Task": "engine.tasks",
    "_Framework.TrackArmState": "first.events",
    "_Framework.Util": "engine.tools first.events",
    "_Framework.BackgroundComponent": "first.components",
    "_Framework.ButtonSliderElement": "engine.special_elements",
    "_Framework.ClipCreator": "engine.clip_creator",
    "_Framework.ComboElement": "engine.compounds engine.presses",
    "_Framework.DisplayDataSource": "engine.displays",
    "_Framework.EncoderElement": "engine.elements engine.special_elements "
    "TouchEncoderElement=FirstTouchEncoderElement",
    "_Framework.LogicalDisplaySegment": "engine.displays",
    "_Framework.MidiMap": "first.midi_map",
    "_Framework.PhysicalDisplayElement": "engine.displays",
    "_Framework.ButtonElement": "first.elements engine.elements engine.skin engine.proxy_elements ButtonValue=Color",
    "_Framework.NotifyingControlElement": "engine.elements NotifyingControlElement=ControlElement",
    "_Generic": "first.generic",
    "_Generic.Devices": "engine.banks",
    "ableton.v2.base": "engine.tools",
    "ableton.v2.base.abl_signal": "engine.events Slot=-",
    "ableton.v2.base.dependency": "engine.dependency",
    "ableton.v2.base.disconnectable": "engine.lifetime",
    "ableton.v2.base.event": "engine.events",
    "ableton.v2.base.live_api_utils": "engine.live",
    "ableton.v2.base.proxy": "engine.proxies",
    "ableton.v2.base.task": "engine.tasks",
    "ableton.v2.control_surface": "second.surface engine.elements engine.compounds",
    "ableton.v2.base.collection": "engine.device_banks",
    "ableton.v2.control_surface.banking_util": "engine.device_banks engine.banks",
    "ableton.v2.control_surface.decoration": "engine.internal_parameters",
    "ableton.v2.control_surface.default_bank_definitions": "engine.device_banks",
    "ableton.v2.control_surface.device_decorator_factory": "engine.internal_parameters",
    "ableton.v2.control_surface.device_parameter_bank": "engine.device_banks",
    "ableton.v2.control_surface.internal_parameter": "engine.internal_parameters",
    "ableton.v2.control_surface.parameter_provider": "engine.parameters",
    "ableton.v2.control_surface.profile": "first.surface",
    "ableton.v2.control_surface.session_ring_selection_linking": "second.session",
    "ableton.v2.control_surface.capabilities": "engine.capabilities",
    "ableton.v2.control_surface.control_element": "engine.elements NotifyingControlElement=ControlElement",
    "ableton.v2.control_surface.clip_creator": "engine.clip_creator",
    "ableton.v2.control_surface.component": "second.component",
    "ableton.v2.control_surface.components": "second.components second.mixer second.session engine.scrolling "
    "engine.slide engine.slots engine.recording engine.lists",
    "ableton.v2.control_surface.control": "engine.controls engine.value_controls engine.control_groups "
    "engine.text_controls "
    "ButtonControlBase=ButtonControl MappedSensitivitySettingControl=MappedControl "
    "SendReceiveValueControl=SendValueInputControl",
    "ableton.v2.control_surface.device_bank_registry": "engine.device DeviceBankRegistry=BankRegistry",
    "ableton.v2.control_surface.device_provider": "engine.device engine.live DeviceProvider=DeviceProviderCore",
    "ableton.v2.control_surface.elements": "engine.elements engine.compounds engine.skin engine.displays "
    "engine.presses engine.special_elements engine.proxy_elements",
    "ableton.v2.control_surface.elements.button_matrix": "engine.compounds ButtonMatrixElement=RowFirstMatrix",
    "ableton.v2.control_surface.input_control_element": "engine.elements engine.midi engine.proxy_elements "
    "InputSignal=Signal",
    "ableton.v2.control_surface.layer": "engine.resources",
    "ableton.v2.control_surface.midi": "engine.midi",
    "ableton.v2.control_surface.mode": "second.components engine.modes engine.mode_buttons",
    "ableton.v2.control_surface.resource": "engine.resources",
    "ableton.v2.control_surface.percussion_instrument_finder": "engine.drums",
    "ableton.v2.control_surface.device_chain_utils": "engine.drums",
    "ableton.v2.control_surface.skin": "engine.skin",
    "ableton.v3.base": "third.util engine.tools",
    "ableton.v3.control_surface": "third.surface third.elements_base third.component third.skin engine.parameters "
    "engine.device_banks third.components third.live",
    "ableton.v3.control_surface.banking_util": "engine.device_banks",
    "ableton.v3.control_surface.colors": "third.skin engine.skin third.live",
    "ableton.v3.control_surface.component": "third.component",
    "ableton.v3.control_surface.component_map": "third.component_map",
    "ableton.v3.control_surface.components": "third.components engine.scrolling engine.slide",
    "ableton.v3.control_surface.consts": "engine.midi",
    "ableton.v3.control_surface.controls": "engine.controls engine.value_controls engine.control_groups "
    "engine.text_controls "
    "MappedSensitivitySettingControl=MappedControl FixedRadioButtonGroup=RadioButtonGroup",
    "ableton.v3.control_surface.default_bank_definitions": "engine.device_banks",
    "ableton.v3.control_surface.device_provider": "engine.device DeviceProvider=DeviceProviderCore",
    "ableton.v3.control_surface.display": "third.display",
    "ableton.v3.control_surface.elements": "third.elements engine.compounds engine.skin ColorPart=Color",
    "ableton.v3.control_surface.elements.button_matrix": "ButtonMatrixElement=RowFirstMatrix engine.compounds",
    "ableton.v3.control_surface.elements_base": "third.elements_base engine.midi MapMode=NamedMapMode",
    "ableton.v3.control_surface.instrument_finder": "third.components engine.drums",
    "ableton.v3.control_surface.layer": "engine.resources",
    "ableton.v3.control_surface.midi": "engine.midi MapMode=NamedMapMode",
    "ableton.v3.control_surface.mode": "third.modes engine.modes engine.mode_buttons",
    "ableton.v3.control_surface.parameter_info": "third.components engine.parameters",
    "ableton.v3.control_surface.skin": "third.skin engine.skin",
    "ableton.v3.live": "third.live engine.live engine.parameters engine.recording "
    "is_track_recording=track_is_recording",
    "ableton.v3.live.action": "third.action",
}

STANDARD: Dict[str, Callable[[], Any]] = {
    "Live": lambda: Live,
    "chain": lambda: itertools.chain,
    "contextmanager": lambda: contextlib.contextmanager,
    "logging": lambda: logging,
    "partial": lambda: functools.partial,
    "repeat": lambda: itertools.repeat,
    "wraps": lambda: functools.wraps,
}

CARRIED: Dict[str, str] = {
    "_Framework.ButtonElement": "Live",
    "_Framework.ControlSurface": "Live chain contextmanager logging partial",
    "_Framework.InputControlElement": "Live logging",
    "_Framework.SessionComponent": "Live",
    "_Framework.Util": "chain contextmanager partial wraps",
}
"""Names of the standard library and of Live that `import *` also imports."""


def of(module: str) -> Tuple[List[str], Dict[str, str]]:
    """The homes of a module of Live's, and its renamed names."""
    row = module
    while row not in HOMES and "." in row:
        row = row.rpartition(".")[0]
    words = HOMES.get(row, "").split()
    renamed = dict(word.split("=") for word in words if "=" in word)
    return [word for word in words if "=" not in word], renamed
