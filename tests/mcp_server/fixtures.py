"""The conformance suite's own tools, prompts and resources, served by the product's engine and HTTP layer.

    python -m tests.mcp_server.fixtures PORT      (the bridge's port; prints its URL on stderr)

The product has no tools such as a red pixel or a question to the client's model. They are added here, so that the
suite's scenarios run through all of our serving code: transport, guard, sessions, subscriptions, cancelling.
"""

from __future__ import annotations

import hmac
import json
import secrets
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import mcp_types as types
from mcp.shared.exceptions import MCPError

from mcp_server import resources
from mcp_server.http import http
from mcp_server.server import ToolServer
from mcp_server.subscriptions import TOOLS_LIST
from mirror import load_token, open_mirror, tcp

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg=="
SILENCE = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA="
SECRET = secrets.token_bytes(32)
IMAGE = {"type": "image", "data": PIXEL, "mimeType": "image/png"}

resources.RESOURCES += (
    resources.Resource(
        "test://static-text",
        "static text",
        "A text.",
        lambda mirror, _: {"text": "static"},
        lambda _: ["song"],
        "get",
    ),
    resources.Resource(
        "test://watched-resource",
        "watched",
        "To be watched.",
        lambda mirror, _: {"at": 0},
        lambda _: ["song"],
        "get",
    ),
    resources.Resource(
        "test://template/{id}/data",
        "template",
        "By id.",
        lambda mirror, text: {"id": text},
        lambda _: ["song"],
        "get",
    ),
)


def text(body: str, **more: Any) -> dict[str, Any]:
    return content({"type": "text", "text": body}, **more)


def content(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"content": list(blocks), "resultType": "complete", "isError": False, **more}


def embedded(uri: str, body: str, kind: str = "text/plain") -> dict[str, Any]:
    return {"type": "resource", "resource": {"uri": uri, "mimeType": kind, "text": body}}


def question(message: str, **properties: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return {"method": "elicitation/create", "params": {"message": message, "requestedSchema": schema}}


def sampling(prompt: str) -> dict[str, Any]:
    message = {"role": "user", "content": {"type": "text", "text": prompt}}
    return {"method": "sampling/createMessage", "params": {"messages": [message], "maxTokens": 100}}


TEXT = {"type": "string"}
ROOTS = {"method": "roots/list", "params": {}}
SURE = question("Please confirm", ok={"type": "boolean"})
NAME = question("What is your name?", name=TEXT)


# -- what is asked in the middle of a call, from 2026-07-28 on ---------------------------------------------------


def signed(state: str) -> str:
    return f"{state}.{hmac.new(SECRET, state.encode(), 'sha256').hexdigest()}"


def required(requests: dict[str, Any], state: str = "") -> dict[str, Any]:
    more = {"requestState": signed(state)} if state else {}
    return {"resultType": "input_required", "inputRequests": requests, **more}


def state_of(params: Any) -> str:
    """The state of the request, if it is ours."""
    request_state = params.request_state
    if not request_state:
        return ""
    state, _, _ = request_state.rpartition(".")
    if not hmac.compare_digest(signed(state), request_state):
        raise MCPError(types.INVALID_PARAMS, "the request state is not the one that was given")
    return str(state)


def asking(state: str = "", **requests: Any) -> Any:
    """A tool that asks for all these inputs once, and again for missing ones."""

    async def tool(ctx: Any, params: Any) -> dict[str, Any]:
        back, answers = state_of(params), params.input_responses or {}
        missing = {name: request for name, request in requests.items() if not answered(answers.get(name))}
        if missing or back != state:
            return required(missing or requests, state)
        return text(f"state-ok: {', '.join(requests)}")

    return tool


def answered(answer: Any) -> bool:
    """Ask a question again that was not accepted, or accepted without a value."""
    if answer is None or getattr(answer, "action", "accept") != "accept":
        return False
    return getattr(answer, "content", "") is not None


async def rounds(ctx: Any, params: Any) -> dict[str, Any]:
    """Ask one question after the other; the state has the last one."""
    state = state_of(params)
    if not state:
        return required({"step1": question("Step 1: What is your name?", name=TEXT)}, "one")
    if state == "one":
        return required({"step2": question("Step 2: What is your favorite color?", color=TEXT)}, "two")
    return text("done")


async def able(ctx: Any, params: Any) -> dict[str, Any]:
    """Ask only for inputs that the client declares."""
    can = ctx.session.client_capabilities
    possible = {
        "elicitation": ("name", NAME),
        "sampling": ("greeting", sampling("Hello")),
        "roots": ("roots", ROOTS),
    }
    asked = dict(
        question for name, question in possible.items() if can is not None and getattr(can, name) is not None
    )
    if asked and not params.input_responses:
        return required(asked)
    return text("nothing to ask")


async def unable(ctx: Any, params: Any) -> dict[str, Any]:
    """Refuse a client that does not declare sampling."""
    can = ctx.session.client_capabilities
    if can is None or can.sampling is None:
        needed = {"requiredCapabilities": {"sampling": {}}}
        raise MCPError(types.MISSING_REQUIRED_CLIENT_CAPABILITY, "this needs sampling", needed)
    return text("able")


# -- what is asked in the middle of a call, before ----------------------------------------------------------------


def eliciting(message: str, schema: dict[str, Any]) -> Any:
    async def tool(ctx: Any, params: Any) -> dict[str, Any]:
        asked = (params.arguments or {}).get("message", message)
        answer = await ctx.session.elicit_form(asked, {"type": "object", **schema}, ctx.request_id)
        return text(f"User response: action={answer.action}, content={json.dumps(answer.content or {})}")

    return tool


async def sample(ctx: Any, params: Any) -> dict[str, Any]:
    prompt = types.TextContent(type="text", text=(params.arguments or {}).get("prompt", ""))
    messages = [types.SamplingMessage(role="user", content=prompt)]
    answer = await ctx.session.create_message(messages, max_tokens=100, related_request_id=ctx.request_id)
    return text(f"LLM response: {getattr(answer.content, 'text', '')}")


async def progress(ctx: Any, params: Any) -> dict[str, Any]:
    for done in (0, 50, 100):
        await ctx.session.report_progress(done, 100, f"{done} of 100")
    return text("all of it")


def always(result: dict[str, Any]) -> Any:
    async def tool(ctx: Any, params: Any) -> dict[str, Any]:
        await anyio.lowlevel.checkpoint()
        return result

    return tool


DEFAULTS = {
    "name": {"type": "string", "default": "John Doe"},
    "age": {"type": "integer", "default": 30},
    "score": {"type": "number", "default": 95.5},
    "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
    "verified": {"type": "boolean", "default": True},
}
TITLED = [{"const": f"value{n}", "title": f"Option {n}"} for n in (1, 2, 3)]
PLAIN = ["option1", "option2", "option3"]
ENUMS = {
    "untitledSingle": {"type": "string", "enum": PLAIN},
    "titledSingle": {"type": "string", "oneOf": TITLED},
    "legacyEnum": {"type": "string", "enum": PLAIN, "enumNames": ["One", "Two", "Three"]},
    "untitledMulti": {"type": "array", "items": {"type": "string", "enum": PLAIN}},
    "titledMulti": {"type": "array", "items": {"anyOf": TITLED}},
}
WHO = {"properties": {"response": TEXT}, "required": ["response"]}
Run = Callable[[Any, Any], Awaitable[dict[str, Any]]]
TOOLS: dict[str, Run] = {
    "test_simple_text": always(text("This is a simple text response for testing.")),
    "test_image_content": always(content(IMAGE)),
    "test_audio_content": always(content({"type": "audio", "data": SILENCE, "mimeType": "audio/wav"})),
    "test_embedded_resource": always(content(embedded("test://embedded-resource", "embedded"))),
    "test_multiple_content_types": always(
        content({"type": "text", "text": "Three of them:"}, IMAGE, embedded("test://mixed-content-resource", "{}"))
    ),
    "test_error_handling": always(text("This tool intentionally returns an error for testing", isError=True)),
    "test_tool_with_progress": progress,
    "test_sampling": sample,
    "test_elicitation": eliciting("Who?", WHO),
    "test_elicitation_sep1034_defaults": eliciting("Please", {"properties": DEFAULTS}),
    "test_elicitation_sep1330_enums": eliciting("Please", {"properties": ENUMS}),
    "test_missing_capability": unable,
    "test_streaming_elicitation": asking(user_name=NAME),
    "test_logging_tool": always(text("not a word in the log")),
    "test_input_required_result_elicitation": asking(user_name=NAME),
    "test_input_required_result_sampling": asking(capital_question=sampling("What is the capital of France?")),
    "test_input_required_result_list_roots": asking(client_roots=ROOTS),
    "test_input_required_result_request_state": asking("asked", confirm=SURE),
    "test_input_required_result_multiple_inputs": asking(
        "asked", user_name=NAME, greeting=sampling("Generate a greeting"), client_roots=ROOTS
    ),
    "test_input_required_result_multi_round": rounds,
    "test_input_required_result_tampered_state": asking("asked", confirm=SURE),
    "test_input_required_result_capabilities": able,
}  # fmt: skip


# -- prompts ------------------------------------------------------------------------------------------------------


def said(*blocks: dict[str, Any]) -> dict[str, Any]:
    messages = [{"role": "user", "content": block} for block in blocks]
    return {"messages": messages, "resultType": "complete"}


async def prompt_asking(params: Any) -> dict[str, Any]:
    if (params.input_responses or {}).get("user_context") is None:
        return required({"user_context": question("What context should the prompt use?", context=TEXT)})
    return said({"type": "text", "text": "with context"})


def filled(name: str, arguments: dict[str, str]) -> dict[str, Any]:
    if name == "test_prompt_with_arguments":
        prompt = f"Prompt with arguments: arg1='{arguments.get('arg1')}', arg2='{arguments.get('arg2')}'"
        return said({"type": "text", "text": prompt})
    if name == "test_prompt_with_embedded_resource":
        return said(
            embedded(arguments.get("resourceUri", ""), "embedded"), {"type": "text", "text": "Look at it."}
        )
    if name == "test_prompt_with_image":
        return said(IMAGE, {"type": "text", "text": "Look at it."})
    return said({"type": "text", "text": "This is a simple prompt for testing."})


PROMPTS = {
    "test_simple_prompt": (),
    "test_prompt_with_arguments": ("arg1", "arg2"),
    "test_prompt_with_embedded_resource": ("resourceUri",),
    "test_prompt_with_image": (),
    "test_input_required_result_prompt": (),
}


class Fixtures(ToolServer):
    """The product's engine with the suite's tools, prompts and resources added."""

    async def list_tools(self, ctx: Any, params: Any) -> types.ListToolsResult:
        listed = await super().list_tools(ctx, params)
        more = [
            types.Tool(name=name, description="of the suite", input_schema={"type": "object"})
            for name in TOOLS
        ]
        return types.ListToolsResult(tools=[*listed.tools, *more])

    async def call_tool(self, ctx: Any, params: Any) -> Any:
        if params.name == "test_trigger_tool_change":
            self.watches.tell(TOOLS_LIST)
            return text("told")
        run = TOOLS.get(params.name)
        return await (super().call_tool(ctx, params) if run is None else run(ctx, params))

    async def list_prompts(self, ctx: Any, params: Any) -> types.ListPromptsResult:
        listed = await super().list_prompts(ctx, params)
        more = [
            types.Prompt(
                name=name,
                description="of the suite",
                arguments=[types.PromptArgument(name=argument, required=True) for argument in needed],
            )
            for name, needed in PROMPTS.items()
        ]
        return types.ListPromptsResult(prompts=[*listed.prompts, *more])

    async def get_prompt(self, ctx: Any, params: Any) -> Any:
        if params.name == "test_input_required_result_prompt":
            return await prompt_asking(params)
        if params.name in PROMPTS:
            return filled(params.name, params.arguments or {})
        return await super().get_prompt(ctx, params)

    async def read_resource(self, ctx: Any, params: Any) -> dict[str, Any]:
        read = await super().read_resource(ctx, params) if str(params.uri) != "test://static-binary" else None
        if read is None:
            blob = {"uri": "test://static-binary", "mimeType": "image/png", "blob": PIXEL}
            read = {"contents": [blob], "resultType": "complete", "ttlMs": 0, "cacheScope": "private"}
        return read


async def main(port: int) -> None:
    stop = anyio.Event()
    async with anyio.create_task_group() as tasks:

        async def signalled() -> None:
            with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
                async for _ in signals:
                    stop.set()

        tasks.start_soon(signalled)
        token = load_token()
        async with open_mirror(connect=tcp("127.0.0.1", port), token=token, client_name="fixtures") as mirror:
            await mirror.wait_synced(30)
            engine = Fixtures(mirror, tasks)
            await http(engine, token, "0", 0, stop, lambda url: print(url, file=sys.stderr, flush=True))
        tasks.cancel_scope.cancel()


if __name__ == "__main__":
    import trio

    trio.run(main, int(sys.argv[1]))
