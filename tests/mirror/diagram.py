"""Draws the state diagram of mirror/PROTOCOL.md from the mirror's transition table, as Mermaid text.

`python -m tests.mirror.diagram` writes the diagram into the page; `test_documents` compares the two.

An edge is labelled with its events, in the order of the table. Events that do not change the state are not drawn. Edges
to DISCONNECTED of events that normally lead elsewhere are not drawn either: there the mirror gives up with a reason.
"""

from __future__ import annotations

import re
from pathlib import Path

from mirror.sync import TABLE, State

PAGE = Path(__file__).resolve().parents[2] / "mirror" / "PROTOCOL.md"
BLOCK = re.compile(r"```mermaid\n.*?```\n", re.DOTALL)


def diagram() -> str:
    """The Mermaid block with its fences."""
    edges: dict[tuple[State, State], list[str]] = {}
    for state, rules in TABLE.items():
        for event, rule in rules.items():
            for to in rule.to:
                gives_up = to is State.DISCONNECTED and len(rule.to) > 1
                if to is not state and not gives_up:
                    edges.setdefault((state, to), []).append(event)
    lines = [
        f"    {start.name} --> {end.name}: {', '.join(events)}" for (start, end), events in edges.items()
    ]
    start = f"    [*] --> {State.DISCONNECTED.name}"
    return "\n".join(["```mermaid", "stateDiagram-v2", start, *lines, "```", ""])


def drawn(text: str) -> list[str]:
    """The Mermaid blocks of a document."""
    return BLOCK.findall(text)


if __name__ == "__main__":
    PAGE.write_text(BLOCK.sub(lambda _: diagram(), PAGE.read_text("utf-8"), count=1), "utf-8")
