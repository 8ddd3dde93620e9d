"""Parameter banks of Live's own devices, as the first generation's scripts have them (`_Generic.Devices`).

A bank is eight names of parameters; the names of all banks are constants of the facts. A device without banks there
shows its parameters after "Device On", eight at a time; a Max device provides its own banks.
"""

from __future__ import annotations

import ast
from typing import Any, Dict, List, Optional, Sequence, Tuple

from .. import facts
from .live import liveobj_valid

BANK_SIZE = 8
Bank = List[Any]

PREFIXES: Dict[str, str] = facts.DEVICES
"""Class name -> prefix of the constants."""

MAX_DEVICES = ("MxDeviceInstrument", "MxDeviceAudioEffect", "MxDeviceMidiEffect")

_TEXTS: Dict[str, str] = facts.MODULES["_Generic.Devices"]["c"]


def _constant(name: str) -> Tuple[Any, ...]:
    def value(node: ast.expr) -> Any:
        if isinstance(node, ast.Name):
            return _constant(node.id)
        if isinstance(node, ast.Tuple):
            return tuple(value(element) for element in node.elts)
        return ast.literal_eval(node)

    return tuple(value(ast.parse(_TEXTS[name], mode="eval").body))


def _table(*endings: str) -> Dict[str, Tuple[Any, ...]]:
    return {
        device: _constant(prefix + ending)
        for device, prefix in PREFIXES.items()
        for ending in endings
        if prefix + ending in _TEXTS
    }


DEVICE_DICT = _table("_BANKS")
"""Class name -> its banks of parameter names."""
DEVICE_BOB_DICT = _table("_BOBS")
"""Class name -> its "best of" bank, in a tuple."""
BANK_NAME_DICT = _table("_BNK_NAMES", "_BANK_NAMES")
"""Class name -> the names of its banks."""


def get_parameter_by_name(device: Any, name: str) -> Any:
    """The parameter with this original name, or None."""
    return next((parameter for parameter in device.parameters if parameter.original_name == name), None)


def device_parameters_to_map(device: Any) -> Tuple[Any, ...]:
    """All parameters except "Device On"."""
    return tuple(device.parameters)[1:]


def _max_bank_count(device: Any) -> int:
    if device.class_name not in MAX_DEVICES:
        return 0
    try:
        return int(device.get_bank_count())
    except (AttributeError, RuntimeError):
        return 0


def _max_bank(device: Any, index: int) -> Bank:
    try:
        indices = list(device.get_bank_parameters(index))
    except (AttributeError, RuntimeError):
        indices = []
    if len(indices) != BANK_SIZE:
        return [None] * BANK_SIZE
    return [None if index == -1 else device.parameters[index] for index in indices]


def parameter_banks(device: Any, device_dict: Dict[str, Any] = DEVICE_DICT) -> List[Bank]:
    """The banks of parameters; None for a name that the device does not have."""
    if not liveobj_valid(device):
        return []
    if device.class_name in device_dict:
        return [
            [get_parameter_by_name(device, name) for name in names]
            for names in device_dict[device.class_name]
        ]
    count = _max_bank_count(device)
    if count:
        return [_max_bank(device, index) for index in range(count)]
    parameters = list(device_parameters_to_map(device))
    return [parameters[at : at + BANK_SIZE] for at in range(0, len(parameters), BANK_SIZE)]


def number_of_parameter_banks(device: Any, device_dict: Dict[str, Any] = DEVICE_DICT) -> int:
    """The number of banks; 0 without a device."""
    if not liveobj_valid(device):
        return 0
    if device.class_name in device_dict:
        return len(device_dict[device.class_name])
    return _max_bank_count(device) or -(-len(device_parameters_to_map(device)) // BANK_SIZE)


def parameter_bank_names(device: Any, bank_name_dict: Dict[str, Any] = BANK_NAME_DICT) -> Sequence[str]:
    """The names of the banks: Live's, the Max device's, or "Bank 1" and so on."""
    if not liveobj_valid(device):
        return []
    if device.class_name in bank_name_dict:
        names: Sequence[str] = bank_name_dict[device.class_name]
        return names
    return [
        _max_bank_name(device, index) or "Bank %d" % (index + 1)
        for index in range(number_of_parameter_banks(device))
    ]


def _max_bank_name(device: Any, index: int) -> Optional[str]:
    if device.class_name not in MAX_DEVICES:
        return None
    try:
        name = device.get_bank_name(index)
    except (AttributeError, RuntimeError):
        return None
    return "".join(letter for letter in name if ord(letter) < 128)


def best_of_parameter_bank(device: Any, device_bob_dict: Dict[str, Any] = DEVICE_BOB_DICT) -> Sequence[Any]:
    """The eight parameters for a controller without bank buttons."""
    if device is not None and device.class_name in device_bob_dict:
        (names,) = device_bob_dict[device.class_name]
        return [get_parameter_by_name(device, name) for name in names]
    if device.class_name in MAX_DEVICES:
        return _max_bank(device, -1)
    return device_parameters_to_map(device)[:BANK_SIZE]
