"""The answer about one operation: a parameter's text is the text that Live shows now."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from remote_script.SetMirror.results import _shown

VALUE, DISPLAY, NAME = 1, 2, 4
BITS = {"value": VALUE, "display": DISPLAY, "name": NAME}


@pytest.mark.parametrize(
    ("marks", "text"), [(0, "-6.0 dB"), (NAME, "-6.0 dB"), (VALUE, "-3.0 dB"), (DISPLAY, "-3.0 dB")]
)
def test_a_parameters_text_is_read_again_if_it_may_have_changed_since_it_was_sent(
    marks: int, text: str
) -> None:
    parameter = SimpleNamespace(value=0.8, str_for_value=lambda value: "-3.0 dB", _live_ptr=1)
    layout = SimpleNamespace(bits_of=lambda names: sum(BITS[name] for name in names))
    row = SimpleNamespace(id=7, obj=parameter, layout=layout, value={"display": "-6.0 dB"}.get)
    batcher: Any = SimpleNamespace(attribution=SimpleNamespace(marked=lambda id_: marks))
    operation: Any = SimpleNamespace(is_parameter=True, row=row)
    assert _shown(batcher, operation) == text
