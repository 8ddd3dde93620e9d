"""A tool's access to the Set during one call: the mirror for reading, the only way to write, and the caller.

Every tool writes through `Desk.write`, `undo` or `redo`, so the policy is enforced in one place; the event log gets the
client's name from here.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import anyio
import msgspec

from mirror import (
    Call,
    Mirror,
    Node,
    Operation,
    Set,
    WriteProgress,
    WriteRequest,
    WriteResult,
    errors,
    values,
)
from mirror.token import PROCESS
from mirror.undo import CAME_BACK
from remote_script.SetMirror.contract import late, schema
from remote_script.SetMirror.contract.errors import TABLE
from remote_script.SetMirror.contract.limits import DEADLINE_S

from . import group_members
from .bitwig.reasons import lacking
from .change_lines import envelopes
from .effects import NamedEffect, effects_of, effects_of_undo, is_history, object_of
from .history.set_folder import folder_of
from .history.visits import Visits
from .library import Library
from .plans import Plan, Scope, by_tool
from .policy import STRICT, Policy, Verdict
from .protection import Protection
from .read_cursors import ReadCursors
from .sight import Sight

FILE_ARGUMENT = "file_path"
JUDGED = 4
"""Attempts to judge a write again because its rules match other objects meanwhile."""
PLAN_S = DEADLINE_S
"""Seconds for which a write is planned again while its objects are edited; turning a knob is many edits."""
EMPTY_HINTS = tuple(
    TABLE[name][1]
    for name in ("INVALID_VALUE", "INVALID_PARAMS", "NOT_FOUND", "LIVE_REFUSED", "NOT_WRITABLE")
)
"""Codes whose general hint does not help with a single refusal, so it is left out of the text."""
MOST_CHOICES = 1000
"""The most characters of the list of choices in a refusal."""
_SECRET = secrets.token_bytes(32)


def next_step(problem: errors.MirrorError) -> str:
    """The hint of a refusal, or its valid choices as text; "" when there are none or too many."""
    if problem.hint not in EMPTY_HINTS:
        return problem.hint or ""
    for name in ("items", "choices"):
        known = problem.facts.get(name)
        texts = [str(choice) for choice in (known.values() if isinstance(known, dict) else known or ())]
        if any(texts) and sum(map(len, texts)) <= MOST_CHOICES:
            return f"one of {', '.join(texts)}"
    return ""


@dataclass(frozen=True)
class Caller:
    """The client of a call: `name` for the event log, `client` for its turn in the queue of writes."""

    name: str
    client: str

    @property
    def who(self) -> str:
        """The key for rules and rates: the client's identity (which contains no #), or else the client's name."""
        return self.client.partition("#")[0]

    @property
    def lasting(self) -> str:
        """A key that survives restarts: the identity, or the client's own name if it only has a process."""
        return self.name if self.who.startswith(PROCESS) else self.who


class Asker(Protocol):
    """Puts questions to the person at the client; see `clients.Consent`."""

    asked: dict[str, Any] | None

    async def ask(self, question: str, about: dict[str, Any]) -> bool | None: ...


Report = Callable[[float, float, str], Awaitable[None]]
"""Reports progress: amount done, total amount, text."""


class Desk:
    """The access of one call to the Set."""

    def __init__(
        self,
        mirror: Mirror,
        sight: Sight,
        library: Library,
        caller: Caller,
        tool: str,
        policy: Policy,
        asker: Asker,
        report: Report,
        protection: Protection,
        read_cursors: ReadCursors,
        visits: Visits,
        epoch: str = "",
    ) -> None:
        """The desk of a call.

        Args:
          epoch: The epoch that the client knows from its call before; the present one if empty.
        """
        self.mirror = sight.reader
        """The mirror as the caller may see it; writes use the whole mirror."""
        self.sight = sight
        self.answers = sight.answers
        self._whole = mirror
        self.browser_library = library
        self.caller = caller
        self.report = report
        self.policy = policy
        self._tool = tool
        self._batched: tuple[str, ...] = ()
        """The tools of the calls in the current batch."""
        self._asker = asker
        asked = asker.asked or {}
        same = asked.get("epoch") == mirror.epoch
        self._objects: dict[str, int] = dict(asked["objects"]) if same else {}
        self._lists: dict[str, list[int]] = dict(asked["lists"]) if same else {}
        """Lists at the first reading of this call, so that a question to a person stays about the same objects."""
        self._epoch = epoch or mirror.epoch
        """What the client wants to write is meant in this epoch, also while a person is asked."""
        self._protection = protection
        self._consent: list[NamedEffect] = []
        """The effects that a person allowed in this call; other effects need another question."""
        self._counted: set[int] = set()
        """The numbers of the rules that counted this call's write, so that a write that is judged again counts once."""
        self.read_cursors = read_cursors
        self.visits = visits

    # -- reading -----------------------------------------------------------------------------------

    def ref(self, node: Node) -> str:
        """An object's present path."""
        return self.mirror.ref(node.id)

    @property
    def scope(self) -> Scope:
        """The context in which arguments are read and plans are made."""
        return Scope(self.mirror, self._objects, self.caller.name, self.policy.check_file)

    @property
    def set_folder(self) -> Path:
        """The folder in which the history of this Set is kept."""
        return folder_of(self._whole.store)

    # -- writing -----------------------------------------------------------------------------------

    async def carry_out(self, planned: Callable[[Scope], Plan]) -> tuple[dict[str, Any], Plan, Scope]:
        """Plan and execute one write; plan again if an object that the plan depends on was edited in between.

        Raises:
          PreconditionFailed: such an object was edited repeatedly for `PLAN_S` seconds.
        """
        end = anyio.current_time() + PLAN_S
        while True:
            scope = self.scope
            plan = planned(scope)
            try:
                return await self._execute(scope, plan), plan, scope
            except errors.PreconditionFailed as problem:
                if "unchanged" not in problem.facts:
                    raise
                if anyio.current_time() >= end:
                    problem.hint = (
                        "it is being edited all the time; nothing was done, send the call again later"
                    )
                    raise

    async def _execute(self, scope: Scope, plan: Plan) -> dict[str, Any]:
        if len(plan.operations) == 1 and (history := self._history(plan.operations[0])) is not None:
            # The methods `undo` and `redo` record the author of the undo.
            return await history()
        more: dict[str, Any] = {"if_revision": plan.if_revision} if plan.if_revision is not None else {}
        if plan.expect:
            more["expect"] = plan.expect
        if scope.contents and not plan.dry_run:
            more["unchanged"] = tuple((id_, scope.revision) for id_ in sorted(scope.contents))
        self._batched = tuple(dict.fromkeys(call.tool for call in plan.calls))
        with_members = tuple(group_members.notes(scope, self._whole.store, plan.operations))
        try:
            answer = await self.write(plan.final(), plan.label, dry_run=plan.dry_run, **more)
        except errors.MirrorError as problem:
            raise plan.in_terms_of_calls(problem, scope.batch.makes) from None
        if plan.left:
            answer = _partial(answer, plan.left)
        notes = [*scope.notes, *plan.notes, *with_members]
        return {**answer, "notes": notes} if notes else answer

    def _history(self, op: Operation) -> Callable[[], Awaitable[dict[str, Any]]] | None:
        """A function that performs the song's undo or redo; None for any other operation."""
        if not isinstance(op, Call) or op.args or not is_history(self._whole.store, op):
            return None
        return self.undo if op.method == "undo" else self.redo

    async def write(
        self, ops: Sequence[Operation], label: str, overwrite: bool = False, **more: Any
    ) -> dict[str, Any]:
        """Execute operations if the policy allows it; returns the result.

        Args:
          overwrite: Allow all calls to remove objects that are in their way.
          more: if_revision, expect, dry_run and deadline_s of a `WriteRequest`.

        Raises:
          Denied: the policy or the person who was asked refused it.
          InvalidParams: there is no operation.
          MirrorError: the mirror refused the write.
        """
        if not ops:
            raise errors.InvalidParams(
                f"{self._tool}: the call changes nothing", hint="give at least one value to change"
            )
        self._each_once(ops)
        if overwrite:
            ops = [msgspec.structs.replace(op, overwrite=True) if isinstance(op, Call) else op for op in ops]
        self._check_files(ops)
        about = {**self._about, "label": label, "owner": self.caller.who}
        request = self._whole.bind(WriteRequest.of(ops, **about, **more), self.scope.resolve, self._lists)

        async def submit(policy: dict[str, Any] | None) -> WriteResult:
            judged = msgspec.structs.replace(request, policy=policy)
            return await self._whole.submit(judged, progress=self._progressed)

        # A dry run needs no permission.
        def effects() -> list[NamedEffect]:
            return [] if request.dry_run else effects_of(self._whole.store, request.ops)

        try:
            return self.written(await self._permitted(effects, submit), request.ops)
        except errors.MirrorError as problem:
            if "taken_back" in problem.facts and effects():
                self._say_rolled_back(problem)
            if self._tool != "batch":
                by_tool(problem, request.ops, self._tool)
            raise

    def _say_rolled_back(self, problem: errors.MirrorError) -> None:
        """Add to a refusal that the write was undone, and that objects which the write had deleted have new ids now."""
        first = self._whole.log.first_of(str(problem.facts.get("write")))
        events = [] if first is None else self._whole.log.since(first - 1)
        back = [e for e in events if e.kind == "add" and e.write == problem.facts["write"]]
        ids = "; objects that were deleted meanwhile came back with new ids" if back else ""
        problem.hint = "; ".join(filter(None, [next_step(problem), f"the write was undone{ids}"]))

    def _check_files(self, ops: Sequence[Operation]) -> None:
        for number, op in enumerate(ops):
            for name, value in op.args.items() if isinstance(op, Call) else ():
                # Names of arguments are matched without case.
                if str(name).lower() == FILE_ARGUMENT and isinstance(value, str):
                    try:
                        self.policy.check_file(value)
                    except errors.MirrorError as problem:
                        problem.facts["op"] = number
                        raise

    def _each_once(self, ops: Sequence[Operation]) -> None:
        """Refuse to set one property twice without a call in between: one of the two values is a mistake."""
        seen: dict[tuple[int | str, str], Any] = {}
        for number, op in enumerate(ops):
            if isinstance(op, Call):
                seen.clear()
                continue
            node = object_of(self.mirror.store, op.target)
            key = (op.target if node is None else node.id, op.name)
            if key in seen:
                where = op.target if node is None else self.ref(node)
                first, second = (late.as_written(value) for value in (seen[key], op.value))
                raise errors.InvalidParams(
                    f"`{op.name}` of {where} is set twice, to {first!r:.80} and {second!r:.80}",
                    hint="give each property once",
                    op=number,
                )
            seen[key] = op.value

    async def _progressed(self, progress: WriteProgress) -> None:
        await self.report(progress.share, 1, self.sight.scrub(progress.so_far))

    @property
    def _about(self) -> dict[str, Any]:
        """What each request of this call says about its client."""
        return {"author": self.caller.name, "client": self.caller.client, "epoch": self._epoch}

    async def undo(self, write: str | None = None, *, anyone: bool = False) -> dict[str, Any]:
        """Undo the client's last write, or `write`, if it is Live's newest edit; with `anyone`, the newest edit."""
        about = self._about
        self._need_history("undo")
        mine = write
        if mine is None and not anyone:
            mine = self._whole.writes.history.last_of(self.caller.who)

        async def submit(policy: dict[str, Any] | None) -> WriteResult:
            if mine is None:
                return await self._whole.undo(**about, policy=policy)
            return await self._whole.undo_mine(mine, **about, policy=policy)

        what = "undo the last edit, whoever made it" if mine is None else f"undo write {mine}"
        result = await self._permitted(lambda: effects_of_undo(self._whole, what, mine), submit)
        came_back = self._whole.writes.history.came_back(result.write) + result.put_back
        return {**self.written(result), **_cut("undone", self.sight.scrub(came_back))}

    async def redo(self, *, anyone: bool = False) -> dict[str, Any]:
        """Redo the edit that was undone last, if it was the client's; with `anyone`, also another author's."""
        about = self._about
        self._need_history("redo")
        history, song = self._whole.writes.history, self._whole.resolve("song")
        history.check_redo(self.caller.who, anyone=anyone, can_redo=song.props.get("can_redo") is not False)

        async def submit(policy: dict[str, Any] | None) -> WriteResult:
            return await self._whole.redo(**about, policy=policy)

        effects = [NamedEffect("undo", "redo what was undone last")]
        result = await self._permitted(lambda: effects, submit)
        came_back = self.sight.scrub(history.came_back(result.write))
        return {**self.written(result), **_cut("redone", came_back)}

    def _need_history(self, method: str) -> None:
        """Raise NotAvailable where the DAW does not offer its undo history."""
        if self._whole.daw == "Bitwig":
            raise errors.from_bridge(lacking("Song", method))

    async def _permitted(
        self,
        effects: Callable[[], list[NamedEffect]],
        submit: Callable[[dict[str, Any] | None], Awaitable[WriteResult]],
    ) -> WriteResult:
        """Submit the write if the policy allows it; judge it again if the rules match other objects by then."""
        # No person is asked about a Set that the client does not mean.
        self._whole.writes.check_epoch(self._epoch)
        for attempt in range(JUDGED):
            self._consent = await self._permit(effects(), self._consent)
            policy = await self._protection.judged(
                self.policy, self._tool, self._batched_by_rules, self.caller.who, self._consent
            )
            try:
                return await submit(policy)
            except errors.PreconditionFailed as problem:
                if "policy" not in problem.facts or attempt == JUDGED - 1:
                    raise
                self._protection.forget(policy)
        raise AssertionError

    async def _permit(self, effects: list[NamedEffect], consent: list[NamedEffect]) -> list[NamedEffect]:
        """The effects that a person allowed, asked if the policy says so; Denied if an effect is not allowed."""
        if consent and [effect.reach for effect in effects] == [effect.reach for effect in consent]:
            return consent
        verdict = self._verdict(effects)
        if verdict.decide == "allow":
            return []
        if verdict.decide == "ask":
            about = self._about_question(self.sight.scrub(self._question(verdict.what)), effects)
            answer = await self._asker.ask(about["question"], about)
            if answer is None:
                question = self._question(verdict.what)
                answer = await self._protection.ask_person(self.caller.who, question)
            if answer:
                self._check_consented(about["names"], effects)
            if answer or (answer is None and verdict.else_allow):
                return effects
            why = "nobody could be asked" if answer is None else "the person who was asked said no"
            rule = f"{why}: {verdict.what}"
        else:
            rule = f"the policy does not allow to {verdict.what}"
        # In a batch the refusal names the call and its tool.
        named = self._batched and verdict.op is not None
        about = {} if verdict.op is None else {"op": verdict.op}
        raise errors.Denied(
            rule[:1].upper() + rule[1:] if named else f"{self._tool}: {rule}",
            hint=verdict.reason or None,
            **about,
        )

    @property
    def _batched_by_rules(self) -> tuple[str, ...]:
        """The tools whose calls this batch contains, if a rule names tools; else empty."""
        return self._batched if any(rule.tools for rule in self.policy.rules) else ()

    def _verdict(self, effects: list[NamedEffect]) -> Verdict:
        """The strictest decision for this tool and the tools of its batch; counts once towards rates."""
        store, who = self._whole.store, self.caller.who
        verdicts = [
            replace(self.policy.explain(store, tool, who, effect), op=effect.op)
            for tool in self._batched_by_rules
            for effect in effects
        ]
        strictest = max(verdicts, key=lambda verdict: STRICT[verdict.decide], default=Verdict("allow"))
        if strictest.decide == "deny":
            return strictest
        own = self.policy.judge(store, self._tool, who, effects, self._counted)
        return own if STRICT[own.decide] >= STRICT[strictest.decide] else strictest

    def _about_question(self, question: str, effects: list[NamedEffect]) -> dict[str, Any]:
        """The subject of a question: these objects and their names, independent of their positions.

        A repeated call with the same subject is the same question, even if other parts of the Set changed.
        """
        nodes = self._whole.store.nodes
        about = {
            "epoch": self._whole.epoch,
            "acts": [[effect.kind, list(effect.ids)] for effect in effects],
            "objects": self._objects,
            "lists": self._lists,
        }
        asked = self._asker.asked
        if asked is not None and all(asked[name] == value for name, value in about.items()):
            return asked
        ids = sorted({id_ for effect in effects for id_ in effect.ids if id_ in nodes})
        names = {str(id_): self._name(nodes[id_]) for id_ in ids}
        return {**about, "question": question, "names": names}

    def _question(self, what: str) -> str:
        return f"{self.caller.name} wants to {what}. Let it?"

    def _name(self, node: Node) -> str:
        """An object's name for a question that the client stores; masked if the client must not know it."""
        if not self.mirror.hides(node.id):
            return node.name
        return hmac.new(_SECRET, node.name.encode(), "sha256").hexdigest()

    def _check_consented(self, names: dict[str, str], effects: Sequence[NamedEffect]) -> None:
        """Refuse if an object in the person's consent was deleted or renamed since."""
        for id_, name in names.items():
            op = next((effect.op for effect in effects if int(id_) in effect.ids), None)
            try:
                node = self._whole.node(int(id_))
                if self._name(node) != name:
                    raise errors.StaleReference(
                        f"{self._whole.ref(node.id)} was named {name!r} when the person was asked and is"
                        f" {node.name!r} now",
                        hint="ask again",
                    )
            except errors.StaleReference as problem:
                problem.facts["op"] = op
                raise

    def written(self, result: WriteResult, ops: Sequence[Operation] = ()) -> dict[str, Any]:
        """A write's result as JSON; the result of each operation has the ref of its object."""
        results: list[dict[str, Any]] = [
            {"changed": entry.changed, "verified": entry.verified, **msgspec.to_builtins(entry)}
            for entry in result.results
        ]
        for op, entry in zip(ops, results, strict=False):
            # For a late target the script returns the id of the created object.
            node = object_of(self._whole.store, entry.pop("target", op.target))
            if node is not None and self.mirror.hides(node.id):
                done = {name: entry[name] for name in ("changed", "verified")}
                entry.clear()
                entry.update(ref=self._whole.ref(node.id), hidden=True, **done)
                continue
            if isinstance(op, Set):
                entry["property"] = op.name
                type_ = node.type if node is not None else ""
                for side, text in (("before", ""), ("after", entry.get("display") or "")):
                    shown = values.shown(self.mirror.store, type_, op.name, entry.get(side))
                    shown = values.answered(type_, op.name, shown)
                    entry[side] = values.neat(shown, text) if isinstance(shown, float) else shown
                if node is not None and not result.dry_run and f"{op.name}_display_string" in node.props:
                    entry["display"] = node.props[f"{op.name}_display_string"]
            if node is not None:
                entry["ref"] = self.ref(node)
            for side in ("before", "after"):
                if isinstance(entry.get(side), dict) and "automation_envelopes" in entry[side]:
                    drawn = entry[side]["automation_envelopes"]
                    entry[side] = {**entry[side], "automation_envelopes": envelopes(self._whole, drawn)}
            made = entry.get("result")
            if isinstance(made, dict) and isinstance(made.get("id"), int):
                entry["result"] = {**made, "id": f"id:{made['id']}"}
        removes = any(_removes(op, entry) for op, entry in zip(ops, results, strict=False))
        moved = dict(_moves(results))
        answer: dict[str, Any] = {
            "write": result.write,
            "outcome": result.outcome,
            "results": [
                {name: value for name, value in entry.items() if value is not None} for entry in results
            ],
            "undo_steps": result.undo_steps,
        }
        if result.shares:
            answer["shares"] = result.shares
        if result.dry_run:
            answer["dry_run"] = True
        elif result.undo_steps and removes:
            several = result.undo_steps > 1
            whose = f"`anyone`, {result.undo_steps} times" if several else f"write {result.write!r}"
            answer["reverse"] = f"undo with {whose}"
        if moved:
            answer["moved"] = moved
        if result.recovered:
            answer["recovered"] = result.recovered
        if result.not_in_history:
            answer["not_in_history"] = result.not_in_history
        if not result.seen:
            answer["seen"] = False
        return answer


def _partial(answer: dict[str, Any], left: int) -> dict[str, Any]:
    """The answer of a write that did only a part of the request, with the fact that it is partial first."""
    outcome = "partial" if answer["outcome"] == "verified" else answer["outcome"]
    summary = (
        f"partial: {left} {'thing stays as it is' if left == 1 else 'things stay as they are'}, see notes"
    )
    first = {"outcome": outcome, "summary": summary}
    return {**first, **answer, **first}


_REMOVING = frozenset(
    name for type_ in schema.CLASSES for name, method in schema.methods(type_).items() if method.deletes
)
"""Methods that delete something."""


def _moves(results: Iterable[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Objects that were restored under new ids, as (old id, new id); they are removed from the replaced objects."""
    for result in results:
        entries = result.get("replaced") or ()
        for entry in entries:
            if (became := entry.get("became")) is not None:
                yield f"id:{entry['id']}", f"id:{became['id']}"
        still_replaced = [entry for entry in entries if "became" not in entry]
        if len(still_replaced) != len(entries):
            result["replaced"], result["replaced_count"] = still_replaced or None, len(still_replaced) or None


def _removes(op: Operation, entry: dict[str, Any]) -> bool:
    """True when an operation removed an object that existed before the write."""
    return bool(entry["changed"]) and (
        bool(entry.get("replaced")) or (isinstance(op, Call) and op.method in _REMOVING)
    )


def _cut(name: str, lines: list[str]) -> dict[str, Any]:
    """The first lines under `name`, and the number of the rest under `more`."""
    lines = list(dict.fromkeys(lines))
    more = len(lines) - CAME_BACK
    return {name: lines[:CAME_BACK], **({"more": more} if more > 0 else {})}
