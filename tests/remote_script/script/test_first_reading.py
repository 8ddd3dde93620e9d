"""The first reading of new objects: one call for properties that all objects have, single reads for the others."""

from __future__ import annotations

from typing import Any

from remote_script.SetMirror.contract import schema
from remote_script.SetMirror.contract.values import ABSENT
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
