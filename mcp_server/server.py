"""The MCP server: one mirror, its tools, resources, prompts and subscriptions, in both eras of the protocol.

`open_engine` makes the engine that all connections share; `front` puts the SDK's server in front of it; `stdio` and
`http` are its transports. The engine's tasks outlive connections; a handler is cancelled with its connection.
"""

from __future__ import annotations

import logging
import weakref
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import anyio.abc
import mcp_types as types
import msgspec
from mcp.shared.exceptions import MCPError

from mirror import Mirror, errors

from . import completions, prompts, readiness, resources, unavailable
from .clients import AskFirst, Consent, caller_of, connection_of, is_modern
from .desk import Asker, Caller, Desk, Report
from .history.visits import Visits
from .library import Library
from .mcp_app import extension as apps
from .mcp_app.belonging import with_view
from .mcp_app.following import tools as view_tools
from .policy import Policy
from .protection import Protection
from .read_cursors import KnownEpochs, ReadCursors
from .sight import Sight, Sights
from .subscriptions import RESOURCES_LIST, TOOLS_LIST, Listening, Sender, Watches
from .tool import Tool, refused
from .tools import TOOLS, chosen

log = logging.getLogger("setmirror.mcp")

MOST_CALLS = 64
"""The most tool calls that run at the same time; further calls wait. Calls that wait for a change do not count."""
MOST_WAITING = 512
POLICY_S = 2.0
"""Seconds between two checks of the policy's file."""


class ToolServer:
    """The engine that all connections share: mirror, policy, tools, watches and their tasks.

    Args:
      policy: The rules about what clients may do.
      policy_file: Checked while serving; a valid change takes effect at once, an invalid file changes nothing.
      read_only: Refuse all writes, also after the policy's file has changed.
      toolsets: The toolsets to offer; by default those of the policy, else all.
      library_file: The file that stores the cache of Live's browser between runs.
      sets_folder: The folder that stores, for each Set, its state at every client's last visit.
    """

    def __init__(
        self,
        mirror: Mirror,
        tasks: anyio.abc.TaskGroup,
        policy: Policy | None = None,
        *,
        policy_file: Path | None = None,
        read_only: bool = False,
        toolsets: Sequence[str] | None = None,
        library_file: Path | None = None,
        sets_folder: Path | None = None,
    ) -> None:
        self.mirror = mirror
        self.policy = policy if policy is not None else Policy()
        self._sights = Sights(mirror)
        self._protection = Protection(mirror)
        self._read_cursors = ReadCursors()
        self._epochs = KnownEpochs()
        self.visits = Visits(mirror, sets_folder)
        if sets_folder is not None:
            tasks.start_soon(self.visits.run)
        self.bodies = self._sights.whole.bodies
        self.browser_library = Library(library_file)
        self.watches = Watches(tasks, self.seen)
        self.listening = Listening(self.watches)
        self._toolsets = toolsets
        self._read_only = read_only
        self.tools = self._chosen(self.policy)
        self._tasks = tasks
        self.working = anyio.CapacityLimiter(MOST_CALLS)
        self._waiting = anyio.CapacityLimiter(MOST_WAITING)
        self._senders: weakref.WeakKeyDictionary[Any, Sender] = weakref.WeakKeyDictionary()
        if policy_file is not None:
            tasks.start_soon(self._keep_policy, policy_file)

    def _chosen(self, policy: Policy) -> dict[str, Tool]:
        wanted = self._toolsets if self._toolsets is not None else policy.file.toolsets or None
        return chosen(wanted, read_only=policy.read_only)

    async def _keep_policy(self, path: Path) -> None:
        seen = _modified(path)
        while True:
            await anyio.sleep(POLICY_S)
            now = _modified(path)
            if now == seen:
                continue
            seen = now
            try:
                policy = Policy.load(path if now else None, read_only=self._read_only)
                tools = self._chosen(policy)
            except errors.MirrorError as problem:
                log.error("%s; the policy from before stays in force", problem.rule)
                if self.policy.unusable:
                    self.policy = Policy.standing_in(problem)
                continue
            changed = list(tools) != list(self.tools)
            self.policy, self.tools = policy, tools
            self.watches.reopen()
            log.warning("the policy %s is in force", path)
            if changed:
                self.watches.tell(TOOLS_LIST)

    def sight(self, tool: str, client: str) -> Sight:
        """The part of the Set that a client sees through a tool, by the policy that is in force now."""
        return self._sights.of(self.policy, tool, client)

    def seen(self, tool: str, client: str) -> Sight:
        """As `sight`; raises Denied if the client may read no object through the tool."""
        self.policy.check_reading(tool, client)
        return self.sight(tool, client)

    def _protocol(self, problem: errors.MirrorError, client: str) -> MCPError:
        """A refusal as a protocol error, for requests whose results have no `isError`."""
        scrub = self.sight("get", client).scrub
        facts = scrub(msgspec.to_builtins(problem.to_json()))
        return MCPError(types.INVALID_PARAMS, scrub(f"{problem.rule}. {problem.hint}"), facts)

    # -- tools -------------------------------------------------------------------------------------

    async def list_tools(self, ctx: Any, params: Any) -> types.ListToolsResult:
        self._hears_lists(ctx)
        if not apps.client_supports_apps(ctx):
            return types.ListToolsResult(tools=[tool.declared for tool in self.tools.values()])
        return types.ListToolsResult(tools=apps.declared(self.tools.values(), view_tools.tools.values()))

    def input_schema(self, name: str) -> dict[str, Any] | None:
        """The schema of the tool of that name; None if there is no such tool."""
        tool = self.tools.get(name) or view_tools.tools.get(name)
        return None if tool is None else tool.declared.input_schema

    async def call_tool(
        self, ctx: Any, params: types.CallToolRequestParams
    ) -> dict[str, Any] | types.InputRequiredResult:
        shows_views = apps.client_supports_apps(ctx)
        tool = self.tools.get(params.name)
        if tool is None and shows_views:
            tool = view_tools.tools.get(params.name)
        if tool is None:
            if self.policy.unusable and params.name in TOOLS:
                return refused(errors.Denied(f"{params.name} is off: {self.policy.unusable}", params.name))
            return refused(_no_tool(params.name, self.tools))
        consent = Consent(ctx, params)

        async def report(done: float, whole: float, text: str) -> None:
            await ctx.session.report_progress(done, whole, text)

        caller = caller_of(ctx)
        desk = self.desk(tool, caller, consent, report)
        async with _place(self._waiting if tool.waits else self.working):
            try:
                if tool.reads:
                    self.policy.check_reading(tool.ruled_as, caller.who)
                result = await tool.call(desk, params.arguments)
                return with_view(tool, desk, params.arguments, result, self.tools) if shows_views else result
            except errors.MirrorError as problem:
                return refused(problem)
            except AskFirst as first:
                return first.result
            finally:
                # The answer showed the client the effects of its call.
                self._visited(tool, caller)

    def desk(self, tool: Tool, caller: Caller, consent: Asker, report: Report) -> Desk:
        """The desk of one call, under the policy that is in force now; a new client is announced to the bridge."""
        sight = self.sight(tool.ruled_as, caller.who)
        self._visited(tool, caller)
        desk = Desk(
            self.mirror,
            sight,
            self.browser_library,
            caller,
            tool.ruled_as,
            self.policy,
            consent,
            report,
            self._protection,
            self._read_cursors,
            self.visits,
            self._epochs.before(caller.who, self.mirror.epoch),
        )
        if self._protection.is_new(caller.who, caller.name):
            # In a separate task, so that a read does not wait for a Live that may be stalled.
            self._tasks.start_soon(self._protection.announce)
        return desk

    def _visited(self, tool: Tool, caller: Caller) -> None:
        """Record the client's visit, unless a conversation view made the call: the model does not see its answer."""
        if not tool.only_views_as:
            self.visits.call(caller.lasting)

    # -- resources ---------------------------------------------------------------------------------

    async def list_resources(self, ctx: Any, params: Any) -> types.ListResourcesResult:
        self._hears_lists(ctx)
        sight = self.sight("get_set", caller_of(ctx).who)
        views = apps.listed() if apps.client_supports_apps(ctx) else []
        return types.ListResourcesResult(resources=[*resources.listed(sight.reader), *views])

    async def list_templates(self, ctx: Any, params: Any) -> types.ListResourceTemplatesResult:
        return types.ListResourceTemplatesResult(resource_templates=resources.templates())

    async def read_resource(self, ctx: Any, params: Any) -> dict[str, Any]:
        uri, who = str(params.uri), caller_of(ctx).who
        try:
            if uri == resources.VISIT:
                await readiness.whole(self.mirror)
                contents = [{"uri": uri, "mimeType": "application/json", "text": self._visit(caller_of(ctx))}]
            elif uri.startswith(apps.SCHEME):
                contents = apps.read(uri)
            else:
                kind, _ = resources.find(uri)
                if not kind.outline:
                    await readiness.complete(self.mirror)
                contents = await self.seen(kind.tool, who).bodies.contents(uri)
        except errors.MirrorError as problem:
            raise self._protocol(problem, who) from None
        return {"contents": contents, "resultType": "complete", "ttlMs": 0, "cacheScope": "private"}

    def _visit(self, caller: Caller) -> str:
        """The differences of the Set since the client's last visit, as JSON."""
        sight = self.seen("get_changes", caller.who)
        self.visits.call(caller.lasting)
        comparison = self.visits.changes_since_visit(caller.lasting, sight.compared)
        head = resources.stamp(sight.reader)
        return resources.stamped(head, msgspec.json.encode(sight.scrub(comparison))).decode()

    async def subscribe(self, ctx: Any, params: Any) -> types.EmptyResult:
        try:
            self._sender(ctx).subscribe(str(params.uri))
        except errors.MirrorError as problem:
            raise self._protocol(problem, caller_of(ctx).who) from None
        return types.EmptyResult()

    async def unsubscribe(self, ctx: Any, params: Any) -> types.EmptyResult:
        self._sender(ctx).unsubscribe(str(params.uri))
        return types.EmptyResult()

    def subscribes(self, session: str) -> bool:
        """True when the legacy session has a subscription to a resource."""
        return any(
            connection.session_id == session and sender.subscribed
            for connection, sender in self._senders.items()
        )

    def _hears_lists(self, ctx: Any) -> None:
        """Subscribe a client that reads a list to changes of the lists; in later eras clients ask for that."""
        if is_modern(ctx):
            return
        sender = self._sender(ctx)
        for uri in (TOOLS_LIST, RESOURCES_LIST):
            sender.subscribe(uri)

    def _sender(self, ctx: Any) -> Sender:
        connection = connection_of(ctx)
        sender = self._senders.get(connection)
        if sender is None:
            sender = self._senders[connection] = Sender(self.watches, connection, caller_of(ctx).who)
            self._tasks.start_soon(sender.run)
            connection.exit_stack.callback(sender.stop)
        return sender

    # -- prompts and completions -------------------------------------------------------------------

    async def list_prompts(self, ctx: Any, params: Any) -> types.ListPromptsResult:
        return types.ListPromptsResult(prompts=[prompt.declared() for prompt in prompts.PROMPTS.values()])

    async def get_prompt(self, ctx: Any, params: types.GetPromptRequestParams) -> types.GetPromptResult:
        try:
            return prompts.find(params.name).filled(params.arguments or {})
        except errors.MirrorError as problem:
            raise self._protocol(problem, caller_of(ctx).who) from None

    async def complete(self, ctx: Any, params: types.CompleteRequestParams) -> types.CompleteResult:
        return completions.complete(self.sight("get", caller_of(ctx).who).reader, params)


def _no_tool(name: str, tools: Iterable[str]) -> errors.MirrorError:
    try:
        unavailable.refuse(name)
    except errors.NotAvailable as problem:
        return problem
    return errors.NotFound(f"There is no tool {name!r}", hint=f"the tools are {', '.join(tools)}")


@asynccontextmanager
async def _place(limiter: anyio.CapacityLimiter) -> AsyncIterator[None]:
    """Take one of the limiter's places; without a checkpoint if a place is free, see `on_the_spot`."""
    call = object()
    try:
        limiter.acquire_on_behalf_of_nowait(call)
    except anyio.WouldBlock:
        await limiter.acquire_on_behalf_of(call)
    try:
        yield
    finally:
        limiter.release_on_behalf_of(call)


def _modified(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


@asynccontextmanager
async def open_engine(
    mirror: Mirror,
    policy: Policy | None = None,
    *,
    policy_file: Path | None = None,
    read_only: bool = False,
    toolsets: Sequence[str] | None = None,
    library_file: Path | None = None,
    sets_folder: Path | None = None,
) -> AsyncIterator[ToolServer]:
    """Open the engine over a mirror; its tasks end with the block."""
    async with anyio.create_task_group() as tasks:
        yield ToolServer(
            mirror,
            tasks,
            policy,
            policy_file=policy_file,
            read_only=read_only,
            toolsets=toolsets,
            library_file=library_file,
            sets_folder=sets_folder,
        )
        tasks.cancel_scope.cancel()
