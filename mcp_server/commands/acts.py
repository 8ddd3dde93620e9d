"""What happens in the demo, act by act; `Acts.play` plays them all.

The agent speaks MCP only. The witness is a mirror on the same bridge, in this process: what a tool claims is
checked against it, and the Set at the end is compared with the Set at the beginning, property by property.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mcp_server.commands.agent import Agent
from mcp_server.commands.processes import HeadlessProcess
from mcp_server.commands.story import Story

if TYPE_CHECKING:
    from mirror import Mirror

SYNC_S = 60.0
SEEN_S = 5.0
LOG_LINES = 24
NOTES = [
    {"pitch": 48, "start_time": 0.0, "duration": 0.5, "velocity": 100},
    {"pitch": 55, "start_time": 1.0, "duration": 0.5, "velocity": 90},
    {"pitch": 51, "start_time": 2.0, "duration": 0.5, "velocity": 95},
    {"pitch": 60, "start_time": 3.0, "duration": 1.0, "velocity": 110},
]


class Acts:
    """The four parties and what they do."""

    def __init__(
        self, story: Story, live: HeadlessProcess, agent: Agent, witness: Mirror, *, quick: bool = False
    ) -> None:
        self.story = story
        self.live = live
        self.agent = agent
        self.witness = witness
        self.quick = quick
        self.writes = 0
        """Writes that Live's history must hold."""

    async def play(self) -> None:
        """All acts, in order."""
        await self.witness.wait_synced(timeout_s=SYNC_S)
        status = self.witness.status()
        self.story.tell(f"the witness mirrors {status.objects} objects of Live {status.live_version}")
        await self.reads()
        await self.a_person()
        await self.edits()
        await self.measure()
        self.log()
