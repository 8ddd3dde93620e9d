"""The policy where writes run: what each client may not touch, and a switch that refuses all writes.

A server sends the rules of a client when they change (`protect`), each with the objects that it meant at that moment;
a write names the version that it was judged by. Right before each call the operation is judged again, by where its
objects are now and by what they were then: a rule fits if it fits either time. What the write itself made is not
protected from it. The switch is a person's alone, and survives Live in a file.
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
"""Whose protections are kept; the one that was used least recently goes, and is sent again when it is needed."""
VERSIONS = 32
"""Of one client; a write that waits so long that its version is gone is judged anew."""
RULES = 1000
MINUTE_S = 60.0
SWITCH = "read-only"
"""The file in SetMirror's folder that stands for the switch."""


class ShadowTree(reach.Tree):
    """The shadow as `reach` and `rules` walk it; where something is marked as changed, Live itself."""

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
                held = [known for known in self._held(id_, index) if known is not None]
                return (held[0] if held else None) if prop.type == "child" else tuple(held)
            if not row.layout.long_bits & 1 << index:
                now = self._batcher.reader.now(row, name)
                return None if now is ABSENT else now
        value = row.values[index]
        return None if value is ABSENT else value

    def children(self, id_: int) -> Iterator[reach.Link]:
        row = self._rows.get(id_)
        for index in row.layout.tree if row is not None else ():
            assert row is not None
            prop = row.layout.properties[index]
            if self._batcher.attribution.marked(id_) & 1 << index:
                held: Any = self._held(id_, index)
            else:
                held = row.values[index]
                held = held if isinstance(held, tuple) else (held,)
            listed = prop.type == "children"
            for number, each in enumerate(held):
                if isinstance(each, int):
                    yield reach.Link(each, prop.name, number if listed else None)

    def _held(self, id_: int, index: int) -> List[Optional[int]]:
        """The children that Live has now, None for those that nobody was told of yet."""
        row = self._rows[id_]
        found: List[Optional[int]] = []
        for ptr, _ in self._batcher.reader.children(row, index) or ():
            known = self._batcher.shadow.known(row.layout.properties[index].of, ptr)
            found.append(None if known is None else known.id)
        return found


class Rate(NamedTuple):
    """How often writes may go through a rule: by one client, and by all together; None for no bound."""

    key: str
    each: Optional[int]
    together: Optional[int]


class Protection(NamedTuple):
    """The rules of one client, in order, as of one version."""

    rules: List[rules.Rule]
    rates: List[Rate]


class Guard:
    """See the module; `clock` in seconds, `log` for Live's log."""

    def __init__(self, clock: Callable[[], float], log: Callable[[str], None]) -> None:
        self._clock = clock
        self._log = log
        self._held: OrderedDict[str, OrderedDict[int, Protection]] = OrderedDict()
        self._used: Dict[Tuple[str, str], Deque[float]] = {}
        self.refused = 0
        self.read_only = os.path.exists(self._path)

    @property
    def _path(self) -> str:
        return os.path.join(auth.home(), SWITCH)

    def forget(self) -> None:
        """Another epoch: the ids of all protections mean nothing now."""
        self._held.clear()

    def switch(self, on: bool) -> None:
        """Refuse all writes from now on, or no more."""
        self.read_only = on
        try:
            if on:
                os.makedirs(auth.home(), mode=0o700, exist_ok=True)
                os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600))
            elif os.path.exists(self._path):
                os.unlink(self._path)
        except OSError as problem:
            self._log("SetMirror: the switch holds for this run only: {}".format(problem))

    # -- protections -------------------------------------------------------------------------------

    def protect(self, params: Dict[str, Any]) -> int:
        """Take over the rules of a client; BridgeError INVALID_PARAMS for what are none."""
        client, version, items = params.get("client"), params.get("version"), params.get("rules")
        if not isinstance(client, str) or not 0 < len(client) <= 200:
            raise BridgeError("INVALID_PARAMS", "`client` is a text of 1 to 200 characters")
        if isinstance(version, bool) or not isinstance(version, int):
            raise BridgeError("INVALID_PARAMS", "`version` is a number")
        if not isinstance(items, list) or len(items) > RULES:
            raise BridgeError("INVALID_PARAMS", "`rules` is a list of at most {} rules".format(RULES))
        try:
            held = Protection(rules.from_wire(items), [_rate(item) for item in items])
        except (ValueError, TypeError, KeyError, AttributeError) as problem:
            raise BridgeError("INVALID_PARAMS", "A rule cannot be used: {}".format(problem))
        # Writes that wait were judged by the version before: it holds for them as long as the rules are the same.
        versions = OrderedDict() if params.get("replaces", True) else self._held.pop(client, OrderedDict())
        versions[version] = held
        while len(versions) > VERSIONS:
            versions.popitem(last=False)
        self._held.pop(client, None)
        self._held[client] = versions
        while len(self._held) > CLIENTS:
            self._held.popitem(last=False)
        return version

    def admit(self, batcher: Batcher, write: Write, operations: List[Operation]) -> None:
        """Before anything of a write runs; BridgeError DENIED or, by another version, PRECONDITION_FAILED."""
        changes = not write.dry_run and any(_changes(operation) for operation in operations)
        if self.read_only and changes:
            self.refused += 1
            raise BridgeError(
                "DENIED", "A person switched SetMirror to read-only", hint="a person can switch it off again"
            )
        if self._protection(write) is not None:
            write.oldest_own = batcher.shadow.new_id()

    def _protection(self, write: Write) -> Optional[Protection]:
        if write.policy is None:
            return None
        versions: Dict[int, Protection] = self._held.get(write.policy.client, OrderedDict())
        held = versions.get(write.policy.version)
        if held is None:
            raise BridgeError(
                "PRECONDITION_FAILED",
                "The policy of {!r} has no version {} any more".format(
                    write.policy.client, write.policy.version
                ),
                policy=next(reversed(list(versions)), None),
                hint="send the rules again, then the write",
            )
        self._held.move_to_end(write.policy.client)
        return held

    def check(
        self, batcher: Batcher, write: Write, operation: Operation, operations: List[Operation]
    ) -> None:
        """Right before an operation runs; BridgeError DENIED when a rule is against it as things are now."""
        held = self._protection(write)
        if held is None or write.dry_run:
            return
        assert write.policy is not None
        tree = ShadowTree(batcher)
        for effect in _acts(tree, operation):
            made = [id_ for id_ in effect.ids if _is_made(batcher, tree, id_, write, operations)]
            effect = effect._replace(ids=tuple(id_ for id_ in effect.ids if id_ not in made))
            number = rules.first(held.rules, tree, write.policy.tool, effect)
            against = _refusing(held, tree, write, effect)
            if against is not None:
                rule = held.rules[against]
                self.refused += 1
                raise BridgeError(
                    "DENIED",
                    "The policy does not allow to {} {}".format(
                        effect.kind, _refs(batcher, effect) or operation.where
                    ),
                    hint=rule.reason or "rule {} is against it as the Set is now".format(against + 1),
                )
            if number is not None:
                self._count(held.rates[number], write)

    def check_history(self, batcher: Batcher, write: Write, operation: Operation) -> None:
        """Right after undo or redo: where it touched what a rule protects, it is taken back, and DENIED."""
        held = self._protection(write)
        if held is None:
            return
        assert write.policy is not None
        tree = ShadowTree(batcher)
        for effect in effects_of_marks(batcher, batcher.attribution.marking):
            for id_ in effect.ids:
                one = effect._replace(ids=(id_,))
                number = _refusing(held, tree, write, one)
                if number is None:
                    continue
                self.refused += 1
                back = "redo" if operation.method.name == "undo" else "undo"
                getattr(batcher.song, back)()
                operation.moved = False
                raise BridgeError(
                    "DENIED",
                    "The policy does not allow to {} what changed {}".format(
                        operation.method.name, _refs(batcher, one) or "what is protected"
                    ),
                    hint=held.rules[number].reason or "it was taken back at once",
                )

    def _count(self, rate: Rate, write: Write) -> None:
        """One write through a rule counts once, for its client and for all."""
        assert write.policy is not None
        if rate.key in write.counted or (rate.each is None and rate.together is None):
            return
        for whose, most in ((write.policy.client, rate.each), ("", rate.together)):
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


def _refusing(held: Protection, tree: ShadowTree, write: Write, effect: reach.Effect) -> Optional[int]:
    """The rule that refuses an effect of this write's tool, or of any tool that it holds."""
    assert write.policy is not None
    for tool in (write.policy.tool,) + write.policy.held:
        number = rules.first(held.rules, tree, tool, effect)
        if number is not None and _refuses(held.rules[number], write, effect):
            return number
    return None


def _refuses(rule: rules.Rule, write: Write, effect: reach.Effect) -> bool:
    """What a rule that fits means for this write: a person may have consented."""
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
        found = reach.effects_of_set(known, operation.prop.name)
    elif known:
        found = reach.effects(tree, known, operation.method, operation.args, operation.overwrite)
    else:
        found = reach.kinds_of(operation.method)
    # What the write makes below an object that was there is a part of that object.
    above = (operation.above,) if operation.above else ()
    return found if known else [effect._replace(ids=above) for effect in found]


def _is_made(batcher: Batcher, tree: reach.Tree, id_: int, write: Write, operations: List[Operation]) -> bool:
    """Whether the write made the object, or what it hangs in: nothing that was there before it began is its own."""
    young: Set[int] = set()
    each: Optional[int] = id_
    while each is not None:
        if each > write.oldest_own:
            young.add(each)
        each = tree.parent(each)
    if not young:
        return False
    rows = (
        batcher.shadow.row_of(operation.product) for operation in operations if operation.product is not None
    )
    return any(row is not None and row.id in young for row in rows)


def _refs(batcher: Batcher, effect: reach.Effect) -> str:
    shadow = batcher.shadow
    return ", ".join(ref_of(shadow, shadow.rows[id_]) for id_ in effect.ids[:5] if id_ in shadow.rows)
