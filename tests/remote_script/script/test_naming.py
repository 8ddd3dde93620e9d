"""Names that are similar to a written name."""

from __future__ import annotations

import pytest

from remote_script.SetMirror.contract.naming import near_names

NAMES = ["name", "mute", "current_monitoring_state", "input_routing_type", "output_routing_type", "panning"]


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("nmae", ["name"]),
        ("monitoring", ["current_monitoring_state"]),
        ("Routing", ["input_routing_type", "output_routing_type"]),
        ("pan", ["panning"]),
        ("xyzzy", []),
        ("n", []),
    ],
)
def test_close_names_are_matched_by_spelling_or_by_word(text: str, near: list[str]) -> None:
    assert near_names(text, NAMES, cutoff=0.6) == near


def test_names_with_the_right_spelling_come_first_and_few_are_named() -> None:
    assert near_names(
        "loop_end", ["a_loop_end_b", "loop_ends", *(f"loop_end_{n}x" * 3 for n in range(9))], 2
    ) == [
        "loop_ends",
        "a_loop_end_b",
    ]
