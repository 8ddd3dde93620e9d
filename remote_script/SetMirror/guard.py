"""Enforces policy where writes run: the rules of every client, and a switch that refuses all writes.

A server sends a client's rules when they change (`protect`), with the ids that every rule matched at that moment; a
write names the version of the rules by which it was judged. Right before each call the operation is judged again: a
rule applies if it matches the objects' present places or matched them when the rules were sent. Rules do not
protect objects from the write that created them. Only a person can change the switch; a file keeps it over restarts
of Live.
"""

from __future__ import annotations

import os
from collections import OrderedDict, deque
from typing import Any, Callable, Deque, Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

from .batches import Batcher
from .contract import auth, reach, rules
from .contract.errors import BridgeError
from .contract.values import ABSENT
from .effects import effects_of_marks
from .operations import Operation
from .refs import ref_of
from .write import Write

CLIENTS = 256
"""Clients whose rules are kept; the least recently used is evicted, and its server sends its rules again when
needed."""
VERSIONS = 32
"""Versions kept per client; a write that waits until its version is evicted is judged again by its server."""
RULES = 1000
MINUTE_S = 60.0
SWITCH = "read-only"
"""Name of the file in SetMirror's folder that exists while the switch is on."""


class ShadowTree(reach.Tree):
    """The tree that `reach` and `rules` walk: the shadow, or Live itself for properties that are marked as changed."""

    def __init__(self, batcher: Batcher) -> None:
        self._batcher = batcher
        self._rows = batcher.shadow.rows
        root = batcher.shadow.root
        self.root = root.id if root is not None else 0

    def type(self, id_: int) -> str:
        return self._rows[id_].layout.type

    def parent(self, id_: int) -> Optional[int]:
        return self._rows[id_].parent

    def value(self, id_: int, name: str) -> Any:
        row = self._rows[id_]
        index = row.layout.index.get(name)
        if index is None:
            return None
        prop = row.layout.properties[index]
        if self._batcher.attribution.marked(id_) & 1 << index:
            if prop.is_tree:
                children = [known for known in self._children(id_, index) if known is not None]
                return (children[0] if children else None) if prop.type == "child" else tuple(children)
            if not row.layout.long_bits & 1 << index:
                now = self._batcher.reader.now(row, name)
                return None if now is ABSENT else now
        value = row.values[index]
        return None if value is ABSENT else value

    def children(self, id_: int) -> Iterator[reach.Membership]:
        row = self._rows.get(id_)
        for index in row.layout.tree if row is not None else ():
            assert row is not None
            prop = row.layout.properties[index]
            if self._batcher.attribution.marked(id_) & 1 << index:
                ids: Any = self._children(id_, index)
            else:
                ids = row.values[index]
                ids = ids if isinstance(ids, tuple) else (ids,)
            listed = prop.type == "children"
            for number, child in enumerate(ids):
                if isinstance(child, int):
                    yield reach.Membership(child, prop.name, number if listed else None)

    def _children(self, id_: int, index: int) -> List[Optional[int]]:
        """Ids of the children that Live has now; None for a child that no batch has announced yet."""
        row = self._rows[id_]
        children: List[Optional[int]] = []
        for ptr, _ in self._batcher.reader.children(row, index) or ():
            known = self._batcher.shadow.known(row.layout.properties[index].of, ptr)
            children.append(None if known is None else known.id)
        return children


class Rate(NamedTuple):
    """Writes per minute that a rule allows: per client, and for all clients together; None for no limit."""

    key: str
    per_client: Optional[int]
    together: Optional[int]


class RuleSet(NamedTuple):
    """One version of a client's rules, in order, with their rates."""

    rules: List[rules.Rule]
    rates: List[Rate]


class Guard:
    """Rules, rates and the read-only switch; `clock` in seconds, `log` writes to Live's log."""

    def __init__(self, clock: Callable[[], float], log: Callable[[str], None]) -> None:
        self._clock = clock
        self._log = log
        self._rule_sets: OrderedDict[str, OrderedDict[int, RuleSet]] = OrderedDict()
        self._used: Dict[Tuple[str, str], Deque[float]] = {}
        self.refused = 0
        self.read_only = os.path.exists(self._path)

    @property
    def _path(self) -> str:
        return os.path.join(auth.home(), SWITCH)

    def forget(self) -> None:
        """Drop all rule sets when a new epoch starts: their ids are no longer valid."""
        self._rule_sets.clear()

    def switch(self, on: bool) -> None:
        """Turn the read-only switch on or off."""
        self.read_only = on
        try:
            if on:
                os.makedirs(auth.home(), mode=0o700, exist_ok=True)
                os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600))
            elif os.path.exists(self._path):
                os.unlink(self._path)
        except OSError as problem:
            self._log("SetMirror: the switch holds for this run only: {}".format(problem))

    # -- rule sets ---------------------------------------------------------------------------------

    def protect(self, params: Dict[str, Any]) -> int:
        """Store a client's rules, replacing older versions on request; BridgeError INVALID_PARAMS if malformed."""
        client, version, items = params.get("client"), params.get("version"), params.get("rules")
        if not isinstance(client, str) or not 0 < len(client) <= 200:
            raise BridgeError("INVALID_PARAMS", "`client` is a text of 1 to 200 characters")
        if isinstance(version, bool) or not isinstance(version, int):
            raise BridgeError("INVALID_PARAMS", "`version` is a number")
        if not isinstance(items, list) or len(items) > RULES:
            raise BridgeError("INVALID_PARAMS", "`rules` is a list of at most {} rules".format(RULES))
        try:
            rule_set = RuleSet(rules.from_wire(items), [_rate(item) for item in items])
        except (ValueError, TypeError, KeyError, AttributeError) as problem:
            raise BridgeError("INVALID_PARAMS", "A rule cannot be used: {}".format(problem))
        # Waiting writes name the previous version: keep it unless the rules themselves were replaced.
        versions = (
            OrderedDict() if params.get("replaces", True) else self._rule_sets.pop(client, OrderedDict())
        )
        versions[version] = rule_set
        while len(versions) > VERSIONS:
            versions.popitem(last=False)
        self._rule_sets.pop(client, None)
        self._rule_sets[client] = versions
        while len(self._rule_sets) > CLIENTS:
            self._rule_sets.popitem(last=False)
        return version

    def admit(self, batcher: Batcher, write: Write, operations: List[Operation]) -> None:
        """Judge a write before any of its operations runs.

        Raises:
          BridgeError: DENIED by the read-only switch; PRECONDITION_FAILED if its version of the rules is unknown.
        """
        changes = not write.dry_run and any(_changes(operation) for operation in operations)
        if self.read_only and changes:
            self.refused += 1
            raise BridgeError(
                "DENIED", "A person switched SetMirror to read-only", hint="a person can switch it off again"
            )
        if self._rule_set(write) is not None:
            write.oldest_own = batcher.shadow.new_id()

    def _rule_set(self, write: Write) -> Optional[RuleSet]:
        if write.policy is None:
            return None
        versions: Dict[int, RuleSet] = self._rule_sets.get(write.policy.client, OrderedDict())
        rule_set = versions.get(write.policy.version)
        if rule_set is None:
            raise BridgeError(
                "PRECONDITION_FAILED",
                "The policy of {!r} has no version {} any more".format(
                    write.policy.client, write.policy.version
                ),
                policy=next(reversed(list(versions)), None),
                hint="send the rules again, then the write",
            )
        self._rule_sets.move_to_end(write.policy.client)
        return rule_set

    def check(
        self, batcher: Batcher, write: Write, operation: Operation, operations: List[Operation]
    ) -> None:
        """Judge an operation right before it runs; BridgeError DENIED if a rule forbids it now."""
        rule_set = self._rule_set(write)
        if rule_set is None or write.dry_run:
            return
        assert write.policy is not None
        tree = ShadowTree(batcher)
        for effect in _acts(tree, operation):
            made = [id_ for id_ in effect.ids if _is_made(batcher, tree, id_, write, operations)]
            effect = effect._replace(ids=tuple(id_ for id_ in effect.ids if id_ not in made))
            number = rules.first(rule_set.rules, tree, write.policy.tool, effect)
            against = _refusing(rule_set, tree, write, effect)
            if against is not None:
                rule = rule_set.rules[against]
                self.refused += 1
                raise BridgeError(
                    "DENIED",
                    "The policy does not allow to {} {}".format(
                        effect.kind, _refs(batcher, effect) or operation.where
                    ),
                    hint=rule.reason or "rule {} forbids it in the Set's present state".format(against + 1),
                )
            if number is not None:
                self._count(rule_set.rates[number], write)

    def check_history(self, batcher: Batcher, write: Write, operation: Operation) -> None:
        """Judge an undo or redo right after it ran; BridgeError DENIED if it changed a protected object."""
        rule_set = self._rule_set(write)
        if rule_set is None:
            return
        assert write.policy is not None
        tree = ShadowTree(batcher)
        for effect in effects_of_marks(batcher, batcher.attribution.marking):
            for id_ in effect.ids:
                on_object = effect._replace(ids=(id_,))
                number = _refusing(rule_set, tree, write, on_object)
                if number is None:
                    continue
                self.refused += 1
                back = "redo" if operation.method.name == "undo" else "undo"
                getattr(batcher.song, back)()
                operation.moved = False
                raise BridgeError(
                    "DENIED",
                    "The policy does not allow this {}: it changed {}".format(
                        operation.method.name, _refs(batcher, on_object) or "a protected object"
                    ),
                    hint=rule_set.rules[number].reason or "it was reverted at once",
                )

    def _count(self, rate: Rate, write: Write) -> None:
        """Count a write once per rate, for its client and for all clients."""
        assert write.policy is not None
        if rate.key in write.counted or (rate.per_client is None and rate.together is None):
            return
        for whose, most in ((write.policy.client, rate.per_client), ("", rate.together)):
            used = self._window(rate.key, whose)
            if most is not None and len(used) >= most:
                self.refused += 1
                wait = max(1, round(MINUTE_S - (self._clock() - used[0])))
                who = "All clients together" if not whose else "A client"
                raise BridgeError(
                    "DENIED",
                    "{} may write {} times a minute by this rule".format(who, most),
                    hint="try again in {} s".format(wait),
                    retry_after_s=wait,
                )
        write.counted.add(rate.key)
        for whose in (write.policy.client, ""):
            self._window(rate.key, whose).append(self._clock())

    def _window(self, key: str, client: str) -> Deque[float]:
        while len(self._used) > CLIENTS * 4:
            del self._used[next(iter(self._used))]
        used = self._used[key, client] = self._used.pop((key, client), deque())
        while used and used[0] <= self._clock() - MINUTE_S:
            used.popleft()
        return used


def _refusing(rule_set: RuleSet, tree: ShadowTree, write: Write, effect: reach.Effect) -> Optional[int]:
    """Number of the rule that refuses an effect for the write's tool or one of its batched tools; else None."""
    assert write.policy is not None
    for tool in (write.policy.tool,) + write.policy.batched_tools:
        number = rules.first(rule_set.rules, tree, tool, effect)
        if number is not None and _refuses(rule_set.rules[number], write, effect):
            return number
    return None


def _refuses(rule: rules.Rule, write: Write, effect: reach.Effect) -> bool:
    """True when a matching rule forbids the effect; an "ask" rule does not if the person consented."""
    consented = write.policy is not None and write.policy.consented(effect.kind, effect.ids)
    return rule.decide == "deny" or (rule.decide == "ask" and not consented)


def _changes(operation: Operation) -> bool:
    method = operation.method_row
    return operation.kind == "set" or method is None or method.effect != "read"


def _rate(item: Dict[str, Any]) -> Rate:
    bounds = [item.get(name) for name in ("per_minute", "per_minute_in_all")]
    if not all(bound is None or (type(bound) is int and bound > 0) for bound in bounds):
        raise ValueError("a rate is a number above 0")
    return Rate(str(item.get("rate") or ""), bounds[0], bounds[1])


def _acts(tree: reach.Tree, operation: Operation) -> List[reach.Effect]:
    row = operation.row
    known = row.id if row is not None else 0
    if operation.kind == "set":
        assert operation.prop is not None
        effects = reach.effects_of_set(known, operation.prop.name)
    elif known:
        effects = reach.effects(tree, known, operation.method, operation.args, operation.overwrite)
    else:
        effects = reach.kinds_of(operation.method)
    # An object that the write creates below an existing object counts as a part of that object.
    above = (operation.above,) if operation.above else ()
    return effects if known else [effect._replace(ids=above) for effect in effects]


def _is_made(batcher: Batcher, tree: reach.Tree, id_: int, write: Write, operations: List[Operation]) -> bool:
    """True when the write created the object or an ancestor, i.e. it did not exist before the write began."""
    young: Set[int] = set()
    ancestor: Optional[int] = id_
    while ancestor is not None:
        if ancestor > write.oldest_own:
            young.add(ancestor)
        ancestor = tree.parent(ancestor)
    if not young:
        return False
    rows = (
        batcher.shadow.row_of(operation.product) for operation in operations if operation.product is not None
    )
    return any(row is not None and row.id in young for row in rows)


def _refs(batcher: Batcher, effect: reach.Effect) -> str:
    shadow = batcher.shadow
    return ", ".join(ref_of(shadow, shadow.rows[id_]) for id_ in effect.ids[:5] if id_ in shadow.rows)
