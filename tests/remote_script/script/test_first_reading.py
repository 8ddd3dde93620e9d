"""The first reading of new objects: one call for properties that all objects have, single reads for the others."""

from __future__ import annotations

import math
import types
from typing import Any

from remote_script.SetMirror.coming import CONTENTS, DEVICES, ROUTINGS, Coming
from remote_script.SetMirror.contract import schema
from remote_script.SetMirror.contract.values import ABSENT, PLAIN
from remote_script.SetMirror.first_reading import FirstReading
from remote_script.SetMirror.layouts import Layout

LAYOUT = Layout("DeviceParameter", (12, 4, 0), lambda row, bits: None)
NAMES = [prop.name for prop in schema.properties("DeviceParameter").values()]


class Parameter:
    """A parameter that counts every access; properties in `lacks` raise."""

    def __init__(self, lacks: tuple[str, ...] = (), quantized: bool = False) -> None:
        self.values: dict[str, Any] = {"value": 0.25, "name": "Dial", "is_quantized": quantized}
        self.values.update(
            min=0.0, max=1.0, default_value=0.5, display_value=25.0, state=0, automation_state=0
        )
        self.values.update(
            is_enabled=True, original_name="Dial", value_items=("A",), short_value_items=("A",)
        )
        self.lacks = lacks
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name not in self.values:
            raise AttributeError(name)
        self.asked.append(name)
        if name in self.lacks:
            raise RuntimeError("not here")
        return self.values[name]

    def str_for_value(self, value: float) -> str:
        return f"{value:.2f}"


def reading(parameter: Parameter, layout: Layout = LAYOUT) -> dict[str, Any]:
    values = [ABSENT] * len(layout.names)
    layout.kind_of(parameter).reading.read(parameter, values)
    return dict(zip(layout.names, values, strict=True))


def fresh() -> Layout:
    return Layout("DeviceParameter", (12, 4, 0), lambda row, bits: None)


def test_each_property_is_read_once_and_properties_of_other_kinds_never() -> None:
    parameter = Parameter()
    values = reading(parameter, fresh())
    assert sorted(parameter.asked) == sorted(set(NAMES) - {"display", "value_items", "short_value_items"})
    assert values["display"] == "0.25"
    assert values["value_items"] is ABSENT
    assert reading(Parameter(quantized=True), fresh())["value_items"] == ("A",)


def test_a_failing_property_of_an_object_affects_no_other_read() -> None:
    layout = fresh()
    whole = reading(Parameter(), layout)
    assert reading(Parameter(("display_value",)), layout) == {**whole, "display_value": ABSENT}
    assert reading(Parameter(), layout) == whole
    assert reading(Parameter(("display_value", "min")), layout) == {
        **whole,
        "display_value": ABSENT,
        "min": ABSENT,
    }
    assert reading(Parameter(), layout) == whole


def test_an_object_deleted_while_being_read_affects_no_other() -> None:
    layout = fresh()
    whole = reading(Parameter(), layout)
    dying = Parameter(tuple(name for name in NAMES if name != "is_quantized"))
    assert [name for name, value in reading(dying, layout).items() if value is not ABSENT] == ["is_quantized"]
    parameter = Parameter()
    assert reading(parameter, layout) == whole
    assert layout.kind_of(parameter).reading._get is not None


def test_a_display_text_belongs_to_the_value_read_with_it_or_is_absent() -> None:
    assert reading(Parameter(("value",)), fresh())["display"] is ABSENT


class Enum(int):
    """As Boost's enums: an int that is not exactly one."""


class Text(str):
    """A text that is not exactly one."""


GIVEN: dict[str, tuple[Any, ...]] = {
    "bool": (True, False, 1, 0, None),
    "int": (3, True, Enum(2), 2.0, None),
    "float": (0.5, 1, -0.0, 0.30000001192092896, math.nan, math.inf, -math.inf, True, None),
    "str": ("Dial", "", "x" * 47, "x" * 48, Text("Dial"), 7, None),
    "bools": ((True, 0), ()),
    "ints": ((1, Enum(2)),),
    "floats": ((0.5, math.nan),),
    "strs": (("A", Text("B")),),
    "routing": (types.SimpleNamespace(display_name="Main"), None),
    "json": ({"a": [1, Enum(2), math.inf]}, "text", None),
}


def test_values_read_together_equal_values_read_singly_whatever_type_live_gives() -> None:
    assert set(GIVEN) == set(PLAIN)
    for type_, given in GIVEN.items():
        for value in given:
            prop = schema.Property("value", type_, "polled")
            other = schema.Property("other", "int", "polled")
            obj = types.SimpleNamespace(value=value, other=1)
            readers = [lambda obj, type_=type_: PLAIN[type_](obj.value), lambda obj: obj.other]
            values = [ABSENT, ABSENT]
            FirstReading([prop, other], [0, 1], readers, {}).read(obj, values)
            plain = PLAIN[type_](value)
            assert (repr(values[0]), type(values[0])) == (repr(plain), type(plain)), (type_, value)
            assert values[1] == 1


def test_equal_texts_and_frequent_numbers_of_many_objects_are_one_object() -> None:
    first, second = (reading(Parameter(), LAYOUT) for _ in range(2))
    parameter = Parameter()
    parameter.values.update(name="".join(("Di", "al")), max=float("1.0"))
    third = reading(parameter, LAYOUT)
    assert first["name"] is second["name"] is third["name"]
    assert first["max"] is second["max"] is third["max"]


def test_marks_of_parts_that_are_not_read_yet_wait_for_their_part() -> None:
    coming = Coming()
    clip: Any = types.SimpleNamespace(id=7, layout=types.SimpleNamespace(envelope_bits=0b1000))
    for part, id_, bits in ((DEVICES, 1, 0b1), (CONTENTS, 7, 0b10), (ROUTINGS, 7, 0b100)):
        coming.leave(part, id_, bits)
    assert coming.hold_back(clip, 0b1111) == 0b1
    assert [coming.take() for _ in range(4)] == [(1, 0b1), (7, 0b10), (7, 0b100), (7, 0b1000)]
    assert coming.hold_back(clip, 0b1111) == 0b1111
