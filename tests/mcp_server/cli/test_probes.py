"""`setmirror probe`: in headless Live all facts agree, in every version; nothing is left, and nothing harmed."""

from __future__ import annotations

import pytest
import trio.testing

from mcp_server.commands import experiments
from mcp_server.commands.picture import differences, picture
from mcp_server.commands.processes import HeadlessProcess
from mirror import errors
from remote_script.headless import demo_set
from remote_script.headless.generate import default_set
from tests.whole import whole_path

from .test_with_live import setmirror

Clock = trio.testing.MockClock


@pytest.mark.parametrize("version", ["11.3", "12.0", "12.4"])
async def test_all_facts_agree_and_the_set_is_as_before(version: str, autojump_clock: Clock) -> None:
    async with whole_path(default_set(), version) as whole:
        await whole.audited()
        before, entries = picture(whole.mirror), len(whole.history())
        told: list[experiments.Outcome] = []
        found = await experiments.run(whole.mirror, told.append)
        assert [each for each in found if each.agrees is False] == []
        assert sum(each.agrees is True for each in found) >= len(found) - (0 if version == "12.4" else 2)
        assert told == found
        assert len(whole.history()) == entries
        await whole.audited()
        assert differences(before, picture(whole.mirror)) == []


async def test_a_live_that_is_another_is_found_out(
    monkeypatch: pytest.MonkeyPatch, autojump_clock: Clock
) -> None:
    from remote_script.headless.model.parameter import Parameter

    monkeypatch.setattr(Parameter, "call_str_for_value", lambda self, value: "11 dB")
    async with whole_path(default_set()) as whole:
        found = await experiments.run(whole.mirror, lambda outcome: None)
        differ = {each.name for each in found if each.agrees is False}
        assert differ >= {"fader_texts", "panning_texts", "send_texts"}


async def test_a_set_with_music_in_it_is_not_touched(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole:
        entries = len(whole.history())
        with pytest.raises(errors.NotAvailable, match="not empty"):
            await experiments.run(whole.mirror, lambda outcome: None)
        assert len(whole.history()) == entries


async def test_the_command_says_why_not() -> None:
    async with HeadlessProcess.started() as live:
        found = await setmirror("probe", "--port", str(live.port))
        assert found.returncode == 1
        assert b"not empty" in found.stderr
