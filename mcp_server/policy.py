"""The policy: rules over tools, kinds of operations, refs and clients; the first matching rule decides.

    ~/.setmirror/policy.toml
        read_only = false
        audio_folders = ["~/Music"]   # audio files may come from here only; without it, from anywhere
        set_folders = ["~/Music/Sets"]    # Sets may be compared from here, and from the open one's own folder
        [[rule]]
        decide = "deny"               # allow, deny or ask
        operations = ["delete"]       # set, create, delete, edit, play, undo, read; without it all but read
        refs = ["tracks/0", "tracks/*[Vocals]"]    # the patterns of subscriptions; each with all below it
        pins = [{kind = "Track", name = "Vocals", content = "…"}]    # one object, as `setmirror policy pin` prints it
        clients = ["cursor*"]         # name of the client's token, or its process; the client's own name does not count
        tools = ["*"]                 # a rule about a reading tool also covers its resource
        per_minute = 30               # with allow: at most this many writes per client; more are denied
        per_minute_in_all = 60        # the same for all clients together
        reason = "the first track is the singer's"

An omitted condition matches everything. An operation is judged by all objects that it affects (see `effects`): a rule
with `deny` or `ask` matches if any of these objects matches, a rule with `allow` only if all match. If no rule matches,
deleting a track, scene or return track asks a person where possible, and all other operations are allowed. The
strictest decision on any operation applies to the whole write. The script judges again when the write runs (see
`protection`); `sight` hides objects from reading.
"""

from __future__ import annotations

import os
import time
import tomllib
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from mirror import errors
from mirror.store import Store
from mirror.token import home
from remote_script.SetMirror.contract import rules

from .effects import Kind, NamedEffect, StoreTree
from .pins import Pin, Pins

Decision = Literal["allow", "deny", "ask"]

CLIENTS_COUNTED = 1000
EVERYBODY = ""
"""The key for all clients together in the counts of rates."""


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule; the module describes its fields. Tools and clients are shell-like patterns: `*` is anything."""

    decide: Decision
    operations: tuple[Kind, ...] = ()
    refs: tuple[str, ...] = ()
    pins: tuple[Pin, ...] = ()
    clients: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    per_minute: Annotated[int, Meta(ge=1)] | None = None
    per_minute_in_all: Annotated[int, Meta(ge=1)] | None = None
    reason: str = ""

    @property
    def everywhere(self) -> bool:
        """True when the rule names no objects, so that it covers the whole Set."""
        return not self.refs and not self.pins

    def reads(self, tool: str) -> bool:
        """True when the rule covers reading with this tool: it names "read", or the tool without an operation."""
        if self.operations and "read" not in self.operations:
            return False
        return rules.named(self.tools, tool) if self.tools else bool(self.operations)

    @property
    def refuses(self) -> bool:
        """True when this rule can refuse a write."""
        return self.decide != "allow" or self.per_minute is not None or self.per_minute_in_all is not None

    def concerns(self, client: str) -> bool:
        """True when the rule covers this client."""
        return not self.clients or rules.named(self.clients, client)


def _fits(rule: rules.Rule, tree: StoreTree | None, tool: str, effect: NamedEffect) -> bool:
    """True when the rule matches the effect; an undo with unknown objects matches every rule about places."""
    if rule.places is None or not (effect.unknown or effect.gone):
        return rule.fits(tree, tool, effect.reach)  # type: ignore[arg-type]
    if not rule.applies(tool, effect.kind):
        return False
    back = [rule.places.meant_at(ref, name) for ref, name in effect.gone]
    if rule.decide == "allow":
        return not effect.unknown and all(back) and (not effect.ids or rule.fits(tree, tool, effect.reach))  # type: ignore[arg-type]
    return effect.unknown or any(back) or rule.fits(tree, tool, effect.reach)  # type: ignore[arg-type]


@lru_cache(1024)
def _places(refs: tuple[str, ...], ids: tuple[int, ...] = ()) -> rules.Places:
    """A rule's refs and ids; parsed once, since every operation of every write needs them."""
    return rules.Places(refs, ids)


class PolicyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The policy's file."""

    read_only: bool = False
    audio_folders: tuple[str, ...] = ()
    set_folders: tuple[str, ...] = ()
    toolsets: tuple[str, ...] = ()
    rule: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """A decision, the effect that it is about, and the reason."""

    decide: Decision
    what: str = ""
    reason: str = ""
    else_allow: bool = False
    """For "ask": the decision when nobody can be asked."""
    op: int | None = None
    """Number of the operation that the decision is about."""


STRICT = {"allow": 0, "ask": 1, "deny": 2}


class Policy:
    """The rules of one server, and the writes counted towards their rates."""

    def __init__(
        self,
        file: PolicyFile | None = None,
        *,
        read_only: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.file = file if file is not None else PolicyFile()
        self.rules = self.file.rule
        self.read_only = read_only or self.file.read_only
        self.unusable = ""
        """The error of an unusable policy file that this policy replaces; "" otherwise."""
        self._folders = _real(self.file.audio_folders)
        self._set_folders = _real(self.file.set_folders)
        self._clock = clock
        self._pins = Pins()
        self._used: dict[tuple[int, str], deque[float]] = {}

    @classmethod
    def standing_in(cls, problem: errors.MirrorError) -> Policy:
        """The policy that replaces an unusable file: it allows reading and denies all writes with the file's error."""
        made = cls(read_only=True)
        made.unusable = problem.rule
        return made

    @classmethod
    def load(cls, path: Path | None = None, *, read_only: bool = False) -> Policy:
        """The policy in `path` or in the user's folder; the default policy if there is no file.

        Raises:
          InvalidParams: the file is malformed.
        """
        where = path if path is not None else home() / "policy.toml"
        try:
            text = where.read_text("utf-8")
        except FileNotFoundError:
            if path is not None:
                hint = "name an existing file, or none to use the policy of ~/.setmirror"
                raise errors.InvalidParams(f"There is no policy at {path}", hint=hint) from None
            return cls(read_only=read_only)
        except (OSError, UnicodeDecodeError) as problem:
            why = problem.strerror or problem if isinstance(problem, OSError) else problem
            hint = "make it a readable file in UTF-8, or remove it to use the default policy"
            raise errors.InvalidParams(f"The policy {where} cannot be read: {why}", hint=hint) from None
        try:
            file = msgspec.convert(tomllib.loads(text), PolicyFile)
            for rule in file.rule:
                _places(rule.refs)
                if rule.decide == "ask" and "read" in rule.operations:
                    raise ValueError("reading is allowed or denied, never asked")
        except (ValueError, msgspec.ValidationError, errors.MirrorError) as problem:
            hint = "correct the file (`setmirror guide policy`), then `setmirror policy show`"
            raise errors.InvalidParams(f"The policy {where} cannot be used: {problem}", hint=hint) from None
        return cls(file, read_only=read_only)

    def judge(
        self,
        store: Store,
        tool: str,
        client: str,
        effects: Sequence[NamedEffect],
        counted: set[int] | None = None,
    ) -> Verdict:
        """The strictest decision on any of `effects`; counts towards rates when it is not deny.

        Args:
          counted: Numbers of the rules that have counted this write already; this call adds further ones.
        """
        worst = Verdict("allow")
        rates: set[int] = set()
        for effect in effects:
            verdict = self.explain(store, tool, client, effect, rates)
            if STRICT[verdict.decide] > STRICT[worst.decide]:
                worst = replace(verdict, op=effect.op)
        if worst.decide == "deny":
            return worst
        counted = set() if counted is None else counted
        rates -= counted
        for number in rates:
            refusal = self._exceeded(number, client)
            if refusal is not None:
                return refusal
        for number in rates:
            for whose in (client, EVERYBODY):
                self._window(number, whose).append(self._clock())
        counted |= rates
        return worst

    def _exceeded(self, number: int, client: str) -> Verdict | None:
        """A denial when a client, or all clients together, reached a rule's writes per minute; else None."""
        rule = self.rules[number]
        for whose, most in ((client, rule.per_minute), (EVERYBODY, rule.per_minute_in_all)):
            used = self._window(number, whose)
            if most is not None and len(used) >= most:
                wait = max(1, round(60 - (self._clock() - used[0])))
                who = " by all clients together" if whose == EVERYBODY else ""
                what = f"write more than {most} times a minute{who}"
                return Verdict("deny", what, rule.reason or f"try again in {wait} s")
        return None

    def explain(
        self, store: Store, tool: str, client: str, effect: NamedEffect, rates: set[int] | None = None
    ) -> Verdict:
        """The decision on one operation; does not count towards rates."""
        if effect.kind == "read":
            rule = self._unreadable(tool, client)
            if rule is None:
                return Verdict("allow", effect.what, "reading is always allowed")
            return Verdict("deny", effect.what, rule.reason or "a rule about reading says deny")
        if self.read_only:
            why = f" until its policy is fixed: {self.unusable}" if self.unusable else ""
            return Verdict("deny", effect.what, f"this server is read-only{why}")
        tree = StoreTree(store) if store is not None else None
        for number, rule in enumerate(self.rules):
            if rule.concerns(client) and _fits(self.compiled(rule, store), tree, tool, effect):
                if rates is not None and (rule.per_minute or rule.per_minute_in_all):
                    rates.add(number)
                return Verdict(
                    rule.decide,
                    effect.what,
                    self.reason(rule, store) or f"rule {number + 1} says {rule.decide}",
                )
        if effect.precious:
            return Verdict("ask", effect.what, "deleting tracks and scenes asks first", else_allow=True)
        return Verdict("allow", effect.what, "no rule is against it")

    def places(self, rule: Rule, store: Store) -> rules.Places | None:
        """The places that a rule's refs and pins match in this Set; None for a rule about all places."""
        if rule.everywhere:
            return None
        return _places(rule.refs, tuple(id_ for pin in rule.pins for id_ in self._pins.ids(store, pin)))

    def compiled(self, rule: Rule, store: Store) -> rules.Rule:
        """The rule in the form that server and script share."""
        return rules.Rule(
            rule.decide, rule.operations, rule.tools, self.places(rule, store), self.reason(rule, store)
        )

    def reason(self, rule: Rule, store: Store) -> str:
        """The rule's reason, followed by the pins that match no object any more."""
        lost = [text for pin in rule.pins if (text := self._pins.lost(store, pin))]
        return "; ".join([*filter(None, [rule.reason]), *lost])

    def reading(self, tool: str, client: str) -> tuple[Rule, ...]:
        """The rules that decide which objects a client sees through a tool; empty if it sees all objects."""
        matching = tuple(rule for rule in self.rules if rule.concerns(client) and rule.reads(tool))
        return matching if any(rule.decide == "deny" for rule in matching) else ()

    def check_reading(self, tool: str, client: str) -> None:
        """Raise Denied if a client may read no object through this tool."""
        rule = self._unreadable(tool, client)
        if rule is not None:
            raise errors.Denied(f"The policy does not allow {tool} to read", tool, hint=rule.reason or None)

    def _unreadable(self, tool: str, client: str) -> Rule | None:
        """The rule that forbids a client all reading through a tool, or None."""
        first = next(iter(self.reading(tool, client)), None)
        return first if first is not None and first.decide == "deny" and first.everywhere else None

    def check_file(self, path: str) -> None:
        """Check that an audio file may be used.

        Raises:
          Denied: the policy has `audio_folders` and the file, links followed, is in none of them.
          InvalidValue: the path is not absolute, or contains NUL.
        """
        if "\0" in path or not os.path.isabs(os.path.expanduser(path)):
            raise errors.InvalidValue("The path of a file must be absolute", path[:200])
        real = os.path.realpath(os.path.expanduser(path))
        if self._folders and not any(Path(real).is_relative_to(folder) for folder in self._folders):
            raise errors.Denied(
                "The policy allows audio files from its audio_folders only",
                path[:200],
                hint=f"they are {', '.join(self.file.audio_folders)}",
            )

    def check_set_file(self, path: str, own: str = "") -> Path:
        """The file behind `path`, links followed, if an agent may read that Set.

        Args:
          own: The folder of the open Set, which is always allowed; "" if the Set was never saved.

        Raises:
          Denied: the file is neither below `own` nor in `set_folders`, or its name does not end with .als.
            InvalidValue: the path contains NUL.
        """
        if "\0" in path:
            raise errors.InvalidValue("A path has no NUL", path[:200])
        real = Path(os.path.realpath(os.path.expanduser(path)))
        allowed = (*_real([own] if own else ()), *self._set_folders)
        if real.suffix.casefold() != ".als" or not any(real.is_relative_to(folder) for folder in allowed):
            places = ", ".join(filter(None, (own, *self.file.set_folders)))
            raise errors.Denied(
                "Only .als files from the folder of the open Set and from the policy's set_folders can be read",
                path[:200],
                hint=f"they are {places}" if places else "save the Set, or name set_folders in the policy",
            )
        return real

    def _window(self, number: int, client: str) -> deque[float]:
        while len(self._used) > CLIENTS_COUNTED:
            del self._used[next(iter(self._used))]
        used = self._used.setdefault((number, client), deque())
        while used and used[0] <= self._clock() - 60:
            used.popleft()
        return used


def _real(folders: Iterable[str]) -> tuple[str, ...]:
    return tuple(os.path.realpath(os.path.expanduser(folder)) for folder in folders)
