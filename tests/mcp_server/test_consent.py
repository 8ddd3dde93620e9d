"""A rule that asks: a person's answer decides, for one call only; a client that cannot ask gets the rule's default."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mcp_types as types
import pytest
import trio
import trio.lowlevel
import trio.testing

from mcp_server.policy import Policy, PolicyFile, Rule
from tests.lean import demo_set
from tests.whole import Refused, Whole, whole_path

Clock = trio.testing.MockClock
ERAS = pytest.mark.parametrize("mode", ["auto", "legacy"])


async def names(whole: Whole) -> list[str]:
    return [each["name"] for each in (await whole.call("get_set"))["set"]["tracks"]]


def person(*answers: Any) -> tuple[list[str], Callable[..., Any]]:
    asked: list[str] = []

    async def elicit(context: Any, params: Any) -> types.ElicitResult:
        asked.append(params.message)
        await trio.lowlevel.checkpoint()
        action, content = answers[len(asked) - 1]
        return types.ElicitResult(action=action, content=content)

    return asked, elicit


YES = ("accept", {"allow": True})
NO = ("accept", {"allow": False})
GONE = ("cancel", None)


@ERAS
@pytest.mark.parametrize("answer", [YES, NO, GONE], ids=["yes", "no", "gone"])
async def test_the_deletion_of_a_track_follows_the_answer_of_the_person(
    mode: str, answer: Any, autojump_clock: Clock
) -> None:
    asked, elicit = person(answer)
    async with whole_path(demo_set(), mode=mode, elicit=elicit, name="helper") as whole:
        before = await names(whole)
        if answer == YES:
            await whole.call("delete", targets=["tracks/1"])
        else:
            with pytest.raises(Refused, match="said no"):
                await whole.call("delete", targets=["tracks/1"])
        assert asked == [f"helper wants to delete_track (tracks/1 {before[1]!r}). Let it?"]
        assert await names(whole) == (before[:1] + before[2:] if answer == YES else before)


@ERAS
async def test_a_client_that_cannot_ask_may_delete_unless_a_rule_forbids_it(
    mode: str, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set(), mode=mode) as whole:
        await whole.call("delete", targets=["tracks/1"])
    strict = Policy(PolicyFile(rule=(Rule("ask", operations=("delete",)),)))
    async with whole_path(demo_set(), mode=mode, policy=strict) as whole:
        with pytest.raises(Refused, match="nobody could be asked"):
            await whole.call("delete", targets=["tracks/1"])


async def test_a_consent_is_valid_for_one_call_only(autojump_clock: Clock) -> None:
    asked, elicit = person(YES)
    async with whole_path(demo_set(), elicit=elicit) as whole:
        client = whole.agent.client
        first = await client.session.call_tool("delete", {"targets": ["tracks/1"]}, allow_input_required=True)
        assert isinstance(first, types.InputRequiredResult)
        told = {"consent": types.ElicitResult(action="accept", content={"allow": True})}
        other = await client.session.call_tool(
            "delete",
            {"targets": ["tracks/0"]},
            input_responses=told,
            request_state=first.request_state,
            allow_input_required=True,
        )
        assert isinstance(other, types.InputRequiredResult)
        forged = await client.session.call_tool(
            "delete",
            {"targets": ["tracks/1"]},
            input_responses=told,
            request_state="0" * 64,
            allow_input_required=True,
        )
        assert isinstance(forged, types.InputRequiredResult)
        assert asked == []
        assert len(await names(whole)) == 6
