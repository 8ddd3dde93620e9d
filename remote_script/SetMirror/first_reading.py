"""The first reading of a new object: its plain properties, most of them in one call.

Objects of one class and kind (a MIDI clip, a quantized parameter) mostly have the same properties, so one
`attrgetter` reads the properties that all of them had so far. A property that one object lacked is read alone from
then on, because an exception must cost only this property. An exception costs Live more than ten values: properties
that the kind lacks by the table are not read, in some classes not after Live's first refusal.
"""

from __future__ import annotations

import sys
from operator import attrgetter
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from .contract import schema
from .contract.values import ABSENT, PLAIN, PLAIN_ALREADY, common

Getter = Callable[[Any], Any]
Plain = Callable[[Any], Any]


class FirstReading:
    """Reads the new objects of one class and kind, which have the same `constants`.

    `properties`, `readers`, `constants` and `lacking` use the property's place in a row.
    """

    def __init__(
        self,
        properties: Sequence[schema.Property],
        places: Sequence[int],
        readers: Sequence[Optional[Getter]],
        constants: Dict[int, Any],
        lacking: Sequence[int] = (),
    ) -> None:
        """`lacking`: properties that the kind lacks by the table; after Live's first refusal they are read no more."""
        self._properties = properties
        self._constants = list(constants.items())
        self._lacking = frozenset(lacking)
        self._alone: List[Tuple[int, Getter]] = []
        self._derived: List[Tuple[int, Getter, Plain, str, int]] = []
        """Values that a method returns for another property's value, read before: (place, reader, …, method, place)."""
        together: List[Tuple[int, Getter]] = []
        names = [prop.name for prop in properties]
        for place in places:
            reader, prop = readers[place], properties[place]
            if reader is None:
                continue
            if prop.reads is None:
                together.append((place, reader))
            else:
                method, argument = prop.reads
                self._derived.append((place, reader, PLAIN[prop.type], method, names.index(argument)))
        self._read_together(together)

    def _read_together(self, together: List[Tuple[int, Getter]]) -> None:
        if len(together) < 2:
            # For a single name an attrgetter returns no tuple.
            self._alone += together
            together = []
        self._together = together
        names = [self._properties[place].name for place, _ in together]
        self._get: Optional[Callable[[Any], Tuple[Any, ...]]] = attrgetter(*names) if names else None
        self._put = _putting([(place, self._properties[place].type) for place, _ in together])

    def read(self, obj: Any, values: List[Any]) -> None:
        """Put the plain values of `obj` at their places in `values`; ABSENT for properties that Live does not give."""
        for place, constant in self._constants:
            values[place] = constant
        if self._get is not None:
            try:
                self._put(values, self._get(obj))
            except Exception:
                # Boost can raise any exception here.
                self._read_singly(obj, values)
        for place, reader in self._alone:
            values[place] = reader(obj)
        for place, reader, plain, method, argument in self._derived:
            value = values[argument]
            if value is None or value is ABSENT:
                values[place] = reader(obj)
                continue
            try:
                values[place] = plain(getattr(obj, method)(value))
            except Exception:
                values[place] = ABSENT

    def _read_singly(self, obj: Any, values: List[Any]) -> None:
        for place, reader in self._together:
            values[place] = reader(obj)
        lacking = [(place, reader) for place, reader in self._together if values[place] is ABSENT]
        # An object whose properties are all absent was deleted.
        if len(lacking) < len(self._together):
            self._alone += [pair for pair in lacking if pair[0] not in self._lacking]
            self._read_together([pair for pair in self._together if pair not in lacking])


def _putting(places: Sequence[Tuple[int, str]]) -> Callable[[List[Any], Tuple[Any, ...]], None]:
    """A function that puts Live's values into a row as plain values.

    It is compiled for these (place, type of the table), as a named tuple is: a loop over them takes six times as long,
    and a build of 20,000 parameters spends a tenth of its time here.
    """
    namespace: Dict[str, Any] = {"common": common, "intern": sys.intern}
    lines = ["def put(values, given):", "    pass"]
    for number, (place, type_) in enumerate(places):
        namespace["plain{}".format(number)] = PLAIN[type_]
        text = PLAIN_ALREADY.get(type_, "plain{n}(v{n})").format(n=number)
        lines.append("    values[{}] = {}".format(place, text))
    if places:
        lines[1] = "    {}, = given".format(", ".join("v{}".format(number) for number in range(len(places))))
    exec("\n".join(lines), namespace)
    put: Callable[[List[Any], Tuple[Any, ...]], None] = namespace["put"]
    return put
