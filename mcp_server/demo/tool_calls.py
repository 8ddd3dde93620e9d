"""The actions of the demo's agent as calls of our tools; no other module of the demo uses names of tools."""

from __future__ import annotations

from typing import Any

import anyio

from mcp_server.commands.console import Failure
from mcp_server.demo.agent import Agent

Answer = dict[str, Any]

LOOK_S = 0.02


class ToolCalls:
    """An agent's reads and writes; answers are those of the tools, unchanged."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent

    @staticmethod
    def uri(ref: str) -> str:
        """The resource of one object."""
        return f"live://ref/{ref}"

    async def wait_synced(self, timeout_s: float = 60.0) -> None:
        """Ask for the status until the server is synced with Live.

        Raises:
          Failure: there was no progress for `timeout_s`.
        """
        left, seen = timeout_s, None
        while left > 0.0:
            status = await self.status()
            if status["synced"]:
                return
            moved = (status["progress"], status["objects"])
            left, seen = (left - LOOK_S if moved == seen else timeout_s), moved
            await anyio.sleep(LOOK_S)
        raise Failure(f"the MCP server was not synced with Live within {timeout_s:.0f} s")

    async def overview(self) -> Answer:
        answer: Answer = (await self.agent.call("get_set"))["set"]
        return answer

    async def track(self, ref: str) -> Answer:
        answer: Answer = (await self.agent.call("get_track", track=ref))["track"]
        return answer

    async def notes(self, clip: str) -> list[Answer]:
        answer: list[Answer] = (await self.agent.call("get_notes", clip=clip))["notes"]
        return answer

    async def find(self, name: str, kind: str) -> list[Answer]:
        answer: list[Answer] = (await self.agent.call("find", name=name, kind=kind))["found"]
        return answer

    async def changes(self, since: int) -> list[Answer]:
        answer: list[Answer] = (await self.agent.call("get_changes", since=since, limit=500))["events"]
        return answer

    async def status(self) -> Answer:
        answer: Answer = (await self.agent.call("get_set", parts=["status"]))["set"]["status"]
        return answer

    async def tempo(self, tempo_bpm: float) -> Answer:
        return await self.agent.call("set_song", tempo=tempo_bpm)

    async def mixer(self, track: str, **values: Any) -> Answer:
        return await self.agent.call("set_track", track=track, **values)

    async def create_track(self, name: str) -> Answer:
        return await self.agent.call("create", kind="midi", name=name)

    async def create_clip(self, track: str, slot: int, name: str, notes: list[Answer]) -> Answer:
        return await self.agent.call(
            "create_clip", track=track, slot=slot, length=4.0, name=name, notes=notes
        )

    async def edit_notes(self, clip: str, **edits: Any) -> Answer:
        return await self.agent.call("edit_notes", clip=clip, **edits)

    async def fire(self, target: str) -> Answer:
        return await self.agent.call("fire", target=target)

    async def stop(self) -> Answer:
        return await self.agent.call("transport", action="stop")

    async def back_to_arranger(self) -> Answer:
        return await self.agent.call("transport", action="back_to_arranger")

    async def stop_clips(self) -> Answer:
        return await self.agent.call("fire", target="song", stop=True)

    async def undo(self) -> Answer:
        return await self.agent.call("undo")
