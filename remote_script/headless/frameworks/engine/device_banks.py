"""Banks of parameters of the second generation: a table of definitions, and a bank of a device."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Dict, List, Optional, Tuple

from . import banks
from .events import EventObject, listenable_property
from .live import liveobj_valid

BANK_MAIN_KEY, BANK_PARAMETERS_KEY, BANK_FORMAT = "Main", "Parameters", "Bank %d"


class IndexedDict(OrderedDict):  # type: ignore[type-arg]
    """A dictionary whose entries also have numbers; created from pairs, or from a sequence of pairs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def key_by_index(self, ix: int) -> Any:
        return list(self)[ix]


def _bank_definitions() -> Dict[str, IndexedDict]:
    """The definitions of banks. Guess: the first generation's, with its best-of bank as "Main"; Live's own differ."""
    definitions = {}
    for device, pages in banks.DEVICE_DICT.items():
        names = banks.BANK_NAME_DICT.get(device) or [BANK_FORMAT % (at + 1) for at in range(len(pages))]
        definition = IndexedDict()
        definition[BANK_MAIN_KEY] = {BANK_PARAMETERS_KEY: banks.DEVICE_BOB_DICT[device][0]}
        for name, page in zip(names, pages):
            definition[name] = {BANK_PARAMETERS_KEY: page}
        definitions[device] = definition
    return definitions


BANK_DEFINITIONS = _bank_definitions()


def all_parameters(device: Any) -> List[Any]:
    """All parameters except "Device On"."""
    return list(device.parameters)[1:] if liveobj_valid(device) else []


class BankingInfo:
    """The banks of devices, by a table such as BANK_DEFINITIONS."""

    def __init__(
        self, bank_definitions: Dict[str, Any], bank_size: int = 8, *args: Any, **kwargs: Any
    ) -> None:
        self._bank_definitions, self.bank_size = bank_definitions, bank_size

    def device_bank_definition(self, device: Any) -> Any:
        definition = self._bank_definitions.get(getattr(device, "class_name", ""))
        return definition if isinstance(definition, dict) else None

    def has_bank_count(self, device: Any) -> bool:
        """True for a Max device with its own banks."""
        return liveobj_valid(device) and banks._max_bank_count(device) > 0

    def device_bank_count(self, device: Any, bank_size: int = 8, **kwargs: Any) -> int:
        if not liveobj_valid(device):
            return 0
        definition = self.device_bank_definition(device)
        if definition is not None:
            return len(definition)
        return banks._max_bank_count(device) or -(-len(all_parameters(device)) // bank_size)

    def device_bank_names(self, device: Any, **kwargs: Any) -> List[str]:
        definition = self.device_bank_definition(device)
        if definition is not None:
            return list(definition)
        return list(banks.parameter_bank_names(device, {}))

    def parameters_of(self, device: Any, index: int, size: int) -> List[Any]:
        """The parameters of a bank; None for each that the device does not have."""
        definition = self.device_bank_definition(device)
        if definition is None:
            if self.has_bank_count(device):
                return banks._max_bank(device, index)
            page = all_parameters(device)[index * size : (index + 1) * size]
        else:
            names = definition[list(definition)[index]][BANK_PARAMETERS_KEY]
            page = [banks.get_parameter_by_name(device, str(name)) if name else None for name in names]
        return page + [None] * (size - len(page))


class DeviceParameterBank(EventObject):
    """The parameters of a device's bank `index`: pairs of (parameter, name); event `parameters`."""

    def __init__(
        self,
        size: Optional[int] = None,
        device: Any = None,
        banking_info: Any = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._size, self._device = size or 8, device
        self._banking_info = banking_info or BankingInfo(BANK_DEFINITIONS)
        self._index = 0
        self.register_slot(device, self.notify_parameters, "parameters")

    @property
    def device(self) -> Any:
        return self._device

    @property
    def index(self) -> int:
        return self._index

    @index.setter
    def index(self, index: int) -> None:
        last = max(0, self.bank_count() - 1)
        wanted = max(0, min(index, last))
        if wanted != self._index:
            self._index = wanted
            self.notify_parameters()

    def bank_count(self) -> int:
        return int(self._banking_info.device_bank_count(self._device, bank_size=self._size))

    @property
    def name(self) -> str:
        names = self._banking_info.device_bank_names(self._device)
        return names[self._index] if self._index < len(names) else ""

    @listenable_property
    def parameters(self) -> List[Tuple[Any, str]]:
        if not self.bank_count():
            return []
        page = self._banking_info.parameters_of(self._device, self._index, self._size)
        return [(parameter, parameter.name if liveobj_valid(parameter) else "") for parameter in page]


class DescribedDeviceParameterBank(DeviceParameterBank):
    """A bank of a device in the table."""

    def __init__(self, device: Any = None, banking_info: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(8, device, banking_info, *args, **kwargs)


class MaxDeviceParameterBank(DeviceParameterBank):
    """A bank of a Max device."""


def create_device_bank(device: Any, banking_info: Any) -> Any:
    """The kind of bank for this device; None without a device."""
    if not liveobj_valid(device):
        return None
    if banking_info is not None and banking_info.device_bank_definition(device) is not None:
        return DescribedDeviceParameterBank(device=device, banking_info=banking_info)
    kind = MaxDeviceParameterBank if banks._max_bank_count(device) else DeviceParameterBank
    return kind(size=8, device=device, banking_info=banking_info)
