"""Checks a write's preconditions: the revision that its author saw, and expected values."""

from __future__ import annotations

from typing import Any, List

from . import row_checks
from .batches import Batcher
from .contract import checks, display, late, schema
from .contract.errors import BridgeError
from .contract.values import ABSENT, same
from .layouts import Row
from .operations import Operation, Problems
from .refs import ref_of, resolve
from .wire import Encoded
from .write import Write

EXPECTED = 1000
"""Elements of one expected list; comparing more would take too long for one turn."""


def check_expectations(
    batcher: Batcher, write: Write, operations: List[Operation], problems: Problems
) -> None:
    """Add every violated precondition to `problems`."""
    if write.if_revision is not None:
        if write.if_revision > batcher.revision:
            problems.add(
                -1,
                BridgeError(
                    "PRECONDITION_FAILED",
                    "`if_revision` is {}, the newest is {}".format(write.if_revision, batcher.revision),
                    revision=batcher.revision,
                ),
            )
        for operation in operations:
            since = operation.last_change(batcher)
            if since > write.if_revision:
                problems.add(
                    operation.number,
                    checks.changed_after(
                        operation.where, since, write.if_revision, revision=batcher.revision
                    ),
                )
                break
    for expectation in write.expect:
        try:
            row = resolve(batcher.shadow, expectation["target"])
            if "since" in expectation:
                _unchanged(batcher, row, expectation["since"])
                continue
            _expect(batcher, row, expectation["name"], expectation.get("value"))
        except BridgeError as problem:
            problems.add(-1, problem)
    for operation in operations:
        if "expect" in operation.asked and operation.row is not None:
            try:
                _expect(batcher, operation.row, operation.asked.get("name"), operation.asked["expect"])
            except BridgeError as problem:
                problems.add(operation.number, problem)


def _unchanged(batcher: Batcher, row: Row, since: int) -> None:
    """Refuse if the object was edited after revision `since`."""
    newest = batcher.last_change_of((row.id,))
    if newest > since:
        raise checks.changed_after(
            ref_of(batcher.shadow, row), newest, since, revision=batcher.revision, unchanged=row.id
        )


def _expect(batcher: Batcher, row: Row, name: Any, expected: Any) -> None:
    observed = _observed(batcher, row, str(name), expected)
    if observed is ABSENT:
        observed = None
    prop = schema.properties(row.layout.type).get(str(name))
    if late.written(expected) is not None and row.layout.type == "DeviceParameter":
        _expect_number(batcher, row, expected, observed)
        return
    if isinstance(expected, str) and row.layout.index.get(str(name)) in row.layout.refs:
        expected = resolve(batcher.shadow, expected).id
    elif isinstance(expected, str) and prop is not None and prop.choices is not None:
        expected = checks.in_bounds(prop, expected)
    if not same(observed, expected):
        raise checks.not_as_expected(name, ref_of(batcher.shadow, row), row.id, expected, observed)


def _expect_number(batcher: Batcher, row: Row, expected: Any, observed: Any) -> None:
    """Refuse unless the parameter has the value that a bare number means; a number in a text is what Live shows."""
    shown, text = str(row.obj.str_for_value(observed)), late.written(expected)
    if isinstance(text, str) and display.says(shown, text):
        return
    wanted = row_checks.parameter_number(row.obj, repr(row.value("name")), expected)
    if not same(observed, wanted):
        where = ref_of(batcher.shadow, row)
        raise checks.not_as_expected("value", where, row.id, str(row.obj.str_for_value(wanted)), shown)


def _observed(batcher: Batcher, row: Row, name: str, expected: Any) -> Any:
    """The present value; for a long property the last sent value, which equals Live's unless the property is marked."""
    index = row.layout.index.get(name)
    if index is None or not row.layout.long_bits & 1 << index:
        return batcher.reader.now(row, name)
    where = "{} of {}".format(name, ref_of(batcher.shadow, row))
    if isinstance(expected, list) and len(expected) > EXPECTED:
        rule = "At most {} elements can be expected, {} were of {}".format(EXPECTED, len(expected), where)
        raise BridgeError("TOO_LARGE", rule)
    if batcher.attribution.pending.get(row.id, 0) & 1 << index:
        raise BridgeError(
            "PRECONDITION_FAILED", "{} is changing just now".format(where), id=row.id, name=name
        )
    value = row.values[index]
    # One element more than the limit shows that there are more.
    return value.first(EXPECTED + 1) if isinstance(value, Encoded) else value
