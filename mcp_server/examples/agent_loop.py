"""An agent in sixty lines: an MCP client, a model, and the loop between them.

    python -m mcp_server.examples.agent_loop "COMMAND THAT IS YOUR MODEL" "make the drums quieter"

The model is any program: each turn it gets one JSON object on stdin, {"messages": [...], "tools": [...]}, and answers
on stdout with {"tool": NAME, "arguments": {...}} or {"say": TEXT}, which ends the loop. Wrap the API of your choice.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import anyio
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

MOST_TURNS = 20
SERVER = StdioServerParameters(
    command=sys.executable, args=["-m", "mcp_server.cli", "serve"], env=dict(os.environ)
)


async def ask(model: str, messages: list[dict[str, Any]], tools: list[dict[str, Any]]) -> dict[str, Any]:
    """One turn of the model."""
    request = json.dumps({"messages": messages, "tools": tools}).encode()
    done = await anyio.run_process(["sh", "-c", model], input=request, stderr=None)
    answer = json.loads(done.stdout)
    assert isinstance(answer, dict), answer
    return answer


async def converse(model: str, goal: str) -> str:
    """Let the model call tools until it says something."""
    async with Client(stdio_client(SERVER)) as client:
        listed = (await client.list_tools()).tools
        tools = [
            {"name": tool.name, "about": tool.description, "input": tool.input_schema} for tool in listed
        ]
        messages: list[dict[str, Any]] = [{"role": "user", "text": goal}]
        for _ in range(MOST_TURNS):
            turn = await ask(model, messages, tools)
            if "tool" not in turn:
                return str(turn.get("say", ""))
            result = await client.call_tool(turn["tool"], turn.get("arguments") or {})
            text = "\n".join(getattr(block, "text", "") for block in result.content)
            print(f"{turn['tool']} {json.dumps(turn.get('arguments') or {})} -> {text[:200]}", flush=True)
            # A refusal says what to do next, so it goes to the model like any answer.
            messages += [
                {"role": "model", **turn},
                {"role": "tool", "text": text, "failed": bool(result.is_error)},
            ]
    return f"stopped after {MOST_TURNS} turns"


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        print(anyio.run(converse, sys.argv[1], sys.argv[2]))
    except (subprocess.CalledProcessError, json.JSONDecodeError) as problem:
        sys.exit(f"the model failed: {problem}")
