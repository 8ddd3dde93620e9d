"""A Live that is another than we think is found out: for several kinds of wrong facts, planted in headless Live."""

from __future__ import annotations

import pytest
import trio.testing

from mcp_server.commands import experiments
from mcp_server.commands.picture import differences, picture
from remote_script.headless.generate import default_set
from remote_script.headless.model.parameter import Parameter
from tests.whole import whole_path

Clock = trio.testing.MockClock
Patch = pytest.MonkeyPatch


async def differing(*only: str) -> set[str]:
    """The experiments that find a difference; the Set is as before."""
    async with whole_path(default_set()) as whole:
        await whole.audited()
        before = picture(whole.mirror)
        found = await experiments.run(whole.mirror, lambda outcome: None, only)
        await whole.audited()
        assert differences(before, picture(whole.mirror)) == []
        for each in found:
            assert each.agrees is not False or each.seen != each.expected or each.note
        return {each.name for each in found if each.agrees is False}


async def test_other_texts_are_found_out(monkeypatch: Patch, autojump_clock: Clock) -> None:
    monkeypatch.setattr(Parameter, "call_str_for_value", lambda self, value: "11 dB")
    assert await differing("mixer") == {
        "fader_texts", "low_fader_texts", "panning_texts", "send_texts", "cue_texts"
    }  # fmt: skip
