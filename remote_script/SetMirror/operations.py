"""One operation of a write: checked as far as possible before any operation runs, then applied and read back.

`set` gives a property a value, `call` calls a method; targets and objects are ids, refs, or late targets such as
`$k`: the object that operation k of the same write created (see `late`). All problems of a write are collected
before the first is raised. `results` makes the answer about an operation.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Dict, Generator, List, Optional, Set, Tuple

from . import row_checks
from .arguments import check_seen, live_arguments
from .batches import Batcher
from .call import ANY, EARLY, UNCHANGED, PendingCall
from .calls import EFFECTS, PRODUCTS, UNSEEN, judge, victim
from .contract import checks, schema
from .contract.errors import BridgeError
from .contract.late import is_late, not_earlier, parse
from .contract.places import ID, is_identity
from .contract.values import ABSENT, alive, items, live_ptr, read, same
from .layouts import Row, class_of
from .products import find
from .refs import ref_of, resolve
from .results import named, seen_of_call
from .write import SEEN, Write

_STAMPING = ("duplicate_clip_to_arrangement", "move_clip_to_arrangement", "stamp_automation")
"""These calls write a Session clip's envelopes into lanes, which move parameters at once (measured on 12.4.6)."""


class Problems:
    """Collects every problem of one write."""

    def __init__(self) -> None:
        self._problems: List[Any] = []

    def add(self, number: int, problem: BridgeError) -> None:
        self._problems.append((number, problem))

    def raise_first(self) -> None:
        """Raise the first problem, with a list of all."""
        if not self._problems:
            return
        first: BridgeError = self._problems[0][1]
        first.facts["problems"] = [
            dict(op=number, error=problem.name, rule=problem.rule, value=problem.value)
            for number, problem in self._problems[:50]
        ]
        raise first


class Operation:
    """One operation with its state and results; `row` is None until a late target is resolved."""

    def __init__(
        self, batcher: Batcher, number: int, asked: Dict[str, Any], earlier: Dict[int, Operation]
    ) -> None:
        self.number = number
        self._earlier = earlier
        self.asked = asked
        self.kind = asked.get("op")
        if self.kind not in ("set", "call"):
            raise BridgeError("INVALID_PARAMS", "`op` is set or call", checks.short(self.kind))
        self.overwrite = asked.get("overwrite", False)
        if not isinstance(self.overwrite, bool) or (self.overwrite and self.kind == "set"):
            rule = "`overwrite` is true or false, and belongs to a call"
            raise BridgeError("INVALID_PARAMS", rule, checks.short(self.overwrite))
        self.target = asked.get("target")
        self.where = str(checks.short(self.target))
        self.row: Optional[Row] = None
        self.prop: Optional[schema.Property] = None
        self.method_row: Optional[schema.Method] = None
        self.value: Any = None
        self.args: Dict[str, Any] = {}
        self.touches: Set[int] = set()
        self.changed = False
        self.moved = False
        """True when Live notified a change during the operation: then a failure has a change to revert."""
        self.call: Optional[PendingCall] = None
        self.lasts = False
        """True when the operation stays done although the write failed."""
        self.before: Any = None
        self.after: Any = None
        self.verified = False
        self.note = ""
        self.raw: Any = None
        self.product: Any = None
        self.victim: Any = None
        self.own_bits = 0
        """Properties of the target that were marked while the call ran."""
        self.sent_values: List[Any] = []
        """The target's values as last sent before the call, in the order of its layout."""
        self.in_step = False
        """True when a load was done by calls that end at once, inside the write's undo step."""
        self._raw_before: Any = None
        self._raw_channel: Any = ABSENT
        self.above = 0
        """For a late target: id of the nearest existing ancestor; 0 when all ancestors are new as well."""
        if self._of_result(self.target, batcher):
            self.above = parse(str(self.target)).owner or 0
        else:
            self.row = resolve(batcher.shadow, self.target)
            self.where = ref_of(batcher.shadow, self.row)
            self.touches.add(self.row.id)
            self._check(batcher, self.row)

    # -- before any operation runs ---------------------------------------------------------------------

    def _of_result(self, target: Any, batcher: Optional[Batcher] = None) -> bool:
        """True for a late target; INVALID_VALUE when it names an operation that cannot make an object."""
        if not is_late(target):
            return False
        late = parse(target)
        for number in late.operations():
            if number >= self.number:
                raise not_earlier(target)
            made = self._earlier.get(number)
            if made is not None and not made.makes_object:
                raise checks.needs_object(number)
        if batcher is not None and late.owner is not None:
            self.touches.add(resolve(batcher.shadow, late.owner).id)
        return True

    @property
    def makes_object(self) -> bool:
        """True when `$k` may name this operation's result, as far as the table knows."""
        if self.kind == "set":
            return False
        method = self.method_row
        if method is None or method.returns == "obj":
            return True
        return any(name == method.name for _, name in PRODUCTS)

    def _check(self, batcher: Batcher, row: Row) -> None:
        if self.kind == "set":
            now = partial(batcher.reader.now, row)
            prop = self.prop = row_checks.writable(row, self.asked.get("name"), batcher.live, now)
            value = self.asked.get("value")
            if prop.type == "ref":
                self.value = value
                if value is not None and not self._of_result(value, batcher):
                    self._check_object(batcher, value, prop.of)
            elif prop.type == "routing":
                self.value = row_checks.property_value(row, prop, value, lambda: ABSENT)
                if not self._follows_type(row, prop):
                    self._routing(row)
            else:
                checks.not_null(prop, value)
                self.value = row_checks.property_value(row, prop, value, partial(self._present, row, prop))
            return
        method = self.method_row = checks.method_of(row.layout.type, self.asked.get("method"), batcher.live)
        self.args = checks.arguments(method, self.asked.get("args"))
        for arg in method.args:
            value = self.args.get(arg.name)
            if value is None or not (arg.type == "obj" or arg.is_place) or self._of_result(value, batcher):
                continue
            if arg.type == "obj":
                self._check_object(batcher, value, arg.of)
            elif is_identity(value) and value[ID] is not None:
                self.touches.add(resolve(batcher.shadow, value[ID]).id)
        if self.about is not None:
            self.touches.add(self.about)
        check_seen(batcher, self, ())

    def _check_object(self, batcher: Batcher, value: Any, of: str) -> Row:
        checks.not_a_browser_item(of)
        row = resolve(batcher.shadow, value)
        checks.is_class(row.layout.type, of, value, value)
        self.touches.add(row.id)
        return row

    def _present(self, row: Row, prop: schema.Property) -> Any:
        """The value from which a relative change counts: the value after the earlier operations of the write."""
        for earlier in reversed(list(self._earlier.values())):
            if earlier.kind == "set" and earlier.row is row and earlier.prop is prop:
                return earlier.value
        return read(row.obj, prop.name)

    def _follows_type(self, row: Row, prop: schema.Property) -> bool:
        """True for a channel whose type an earlier operation of the write sets: only then Live has its choices."""
        types = [op.prop for op in list(self._earlier.values()) if op.kind == "set" and op.row is row]
        return any(type_ is not None and row_checks.channel_of(type_) == prop.name for type_ in types)

    def _routing(self, row: Row) -> Any:
        assert self.prop is not None
        choices = items(read(row.obj, "available_{}s".format(self.prop.name)))
        for choice in choices:
            if str(choice.display_name) == self.value:
                return choice
        names = [str(choice.display_name) for choice in choices]
        # Measured: the lists of a new track are [""] in the tick in which it is created.
        early = {EARLY: ANY} if names == [""] else {}
        raise checks.not_offered(self.prop.name, self.value, names, **early)

    # -- the kind of operation ------------------------------------------------------------------------

    @property
    def method(self) -> schema.Method:
        assert self.method_row is not None
        return self.method_row

    @property
    def about(self) -> Optional[int]:
        """Id of an object that the call acts on without an argument (a slot's clip), at the time the write was read."""
        return self.asked.get(SEEN)

    @property
    def deleted(self) -> List[int]:
        """Ids of the objects that a pure delete removes, as far as its arguments name these objects; else empty."""
        method = self.method_row
        if method is None or self.row is None or not method.deletes or method.creates or method.changes:
            return []
        content = schema.properties(self.row.layout.type).get(method.deletes[0])
        if content is not None and not (content.is_tree or content.type == "refs"):
            return []
        values: List[Any] = [
            self.args.get(arg.name) for arg in method.args if arg.is_place or arg.type == "obj"
        ]
        ids = [value[ID] if isinstance(value, dict) else value for value in values]
        ids = [value for value in ids if isinstance(value, int)]
        if ids:
            return ids
        return [self.row.id if self.about is None else self.about]

    @property
    def name(self) -> str:
        """The name of the property or the method."""
        return str(self.asked.get("name" if self.kind == "set" else "method"))

    @property
    def later(self) -> str:
        """The table's word for the changes that Live makes later; "" for none."""
        declared = self.prop if self.kind == "set" else self.method_row
        return declared.later if declared is not None else ""

    @property
    def undoable(self) -> bool:
        """True when Live's history records the operation."""
        if self.kind == "set":
            # Unknown until a `$k` target exists: at worst an empty step, which leaves no entry.
            return self.prop is None or self.prop.undo
        return self.method_row is None or self.method_row.effect == "edit"

    @property
    def self_contained(self) -> bool:
        """True when Live makes the undo entry itself, later; an open step would contain a person's edits meanwhile."""
        return (
            self.kind == "call"
            and self.method_row is not None
            and self.method_row.name in ("load", "load_item")
            and not self.in_step
        )

    @property
    def is_history(self) -> bool:
        return self.kind == "call" and self.asked.get("method") in ("undo", "redo") and self.where == "song"

    @property
    def is_parameter(self) -> bool:
        return self.kind == "set" and self.row is not None and self.row.layout.type == "DeviceParameter"

    @property
    def moves_parameters(self) -> bool:
        """True when Live may record a part of the operation only when it syncs parameters."""
        return self.is_parameter or (self.kind == "call" and self.asked.get("method") in _STAMPING)

    def last_change(self, batcher: Batcher) -> int:
        """The last revision that edited an object of this operation; the next one if that edit is not sent yet."""
        if self.is_history:
            return batcher.revision + 1 if batcher.has_unsent_edit() else batcher.last_edit
        touches = self.touches
        if (
            self.row is not None
            and self.row is batcher.shadow.root
            and any(arg.is_place for arg in self._arguments())
        ):
            # The call's target is the song, but it acts on an object in one of the song's lists.
            touches = touches - {self.row.id}
        return batcher.last_change_of(touches)

    def _arguments(self) -> Tuple[schema.Arg, ...]:
        return self.method_row.args if self.method_row is not None else ()

    @property
    def clears(self) -> Set[Any]:
        """Objects that this operation removes from their place: ids, and (clip, note) ids, note None for all."""
        method = self.method_row
        if method is None or self.row is None or not method.deletes:
            return set()
        if method.deletes[0] != "notes":
            moved = self.args.get(method.deletes[0].lstrip("@")) if method.deletes[0][:1] == "@" else None
            moved = moved.get(ID) if isinstance(moved, dict) else moved
            return set(self.deleted) | ({moved} if isinstance(moved, int) else set())
        notes = self.args.get("note_ids")
        return {(self.row.id, note) for note in notes} if isinstance(notes, list) else {(self.row.id, None)}

    def forecast(
        self, batcher: Batcher, live_module: Any, cleared: Set[Any], earlier: Set[str]
    ) -> Generator[str, None, Dict[str, Any]]:
        """The dry-run result, as far as it is known without executing; raises the refusals that executing would raise.

        Args:
          cleared: `clears` of the write's operations before this one.
          earlier: The names of these operations.
        """
        if self.kind == "set" and self.row is not None:
            assert self.prop is not None
            before = batcher.reader.now(self.row, self.prop.name)
            wanted = self._wanted(batcher)
            return {"changed": not same(before, wanted), "before": before, "after": wanted, "verified": False}
        changes = self.method_row is None or self.method_row.effect in ("edit", "act")
        if self.row is not None and not any(self._of_result(value) for value in self.args.values()):
            call = self.new_call(batcher, [], live_module)
            call.cleared = cleared
            try:
                changes = (yield from judge(call)) is not UNCHANGED and changes
            except BridgeError as problem:
                if problem.facts.pop(EARLY, None) not in earlier:
                    problem.facts.setdefault("op", self.number)
                    raise
            self.note = call.note
        return dict(seen_of_call(self), changed=changes, verified=False)

    # -- running -----------------------------------------------------------------------------------

    def resolve_now(self, batcher: Batcher, operations: List[Operation]) -> Row:
        """The row of the target, which an earlier operation of this write may have created."""
        if self.row is None:
            row = self._row_for(batcher, find(batcher, str(self.target), operations))
            self._check(batcher, row)
            self.row = row
        if not alive(self.row.obj):
            raise BridgeError(
                "STALE_REFERENCE", "{} was removed by an earlier operation".format(self.where), self.target
            )
        return self.row

    def _row_for(self, batcher: Batcher, obj: Any) -> Row:
        """The shadow's row, or a temporary row for an object that no batch has announced yet."""
        type_ = class_of(obj, "")
        ptr = live_ptr(obj)
        if type_ is None or ptr is None:
            raise BridgeError(
                "INVALID_VALUE", "{} is no object that can be changed".format(self.target), self.target
            )
        known = batcher.shadow.known(type_, ptr)
        if known is not None:
            return known
        return batcher.layouts.get(type_).new_row(0, obj, ptr, None, "")

    def object_of(self, batcher: Batcher, value: Any, operations: List[Operation]) -> Any:
        """Live's object for an id or `$k`."""
        if self._of_result(value, batcher):
            return find(batcher, value, operations)
        return self._check_object(batcher, value, "").obj

    def _wanted(self, batcher: Batcher) -> Any:
        """The expected value of the property when it is read back."""
        assert self.prop is not None
        if self.prop.type == "ref" and self.value is not None and not is_late(self.value):
            return resolve(batcher.shadow, self.value).id
        return self.value

    def look(self, batcher: Batcher) -> None:
        """Read the property's value right before it is set."""
        row, prop = self.row, self.prop
        assert row is not None
        assert prop is not None
        self._raw_before = read(row.obj, prop.name)
        channel = row_checks.channel_of(prop)
        self._raw_channel = read(row.obj, channel) if channel else ABSENT
        self.before = self.after = batcher.reader.now(row, prop.name)

    def is_already_so(self, batcher: Batcher) -> bool:
        """True when the property had the wanted value at the last `look`."""
        return same(self.before, self._wanted(batcher))

    def apply_set(self, batcher: Batcher, operations: List[Operation]) -> None:
        """Set the property unless it had the value at the last `look`; Live's exceptions pass through."""
        row, prop = self.row, self.prop
        assert row is not None
        assert prop is not None
        if prop.type == "ref":
            target = None
            if self.value is not None:
                if self._of_result(self.value):
                    target = find(batcher, self.value, operations)
                else:
                    target = resolve(batcher.shadow, self.value).obj
            if target == self._raw_before or (target is None and not alive(self._raw_before)):
                self.verified = True
                return
            setattr(row.obj, prop.name, target)
            self.value = target
        else:
            if same(self.before, self.value):
                self.verified = True
                return
            setattr(row.obj, prop.name, self._routing(row) if prop.type == "routing" else self._for_live(row))
        self.changed = True
        self.observe(batcher)

    def _for_live(self, row: Row) -> Any:
        prop, value = self.prop, self.value
        assert prop is not None
        if prop.type == "json" and isinstance(value, dict):
            # Pitches of a tuning system: construct the class of the current value.
            kind = type(self._raw_before)
            return kind(
                *[value[name] for name in ("index_in_octave", "octave", "frequency") if name in value]
            )
        if isinstance(value, list):
            return tuple(value)
        return value

    def observe(self, batcher: Batcher) -> bool:
        """Read the value back; True when nothing more is expected to change."""
        row = self.row
        assert row is not None
        if self.kind == "call":
            return self._observe_call(row)
        prop = self.prop
        assert prop is not None
        if prop.type == "ref":
            now = read(row.obj, prop.name)
            self.verified = now == self.value or (self.value is None and not alive(now))
            self.after = batcher.reader.now(row, prop.name)
            return self.verified
        self.after = batcher.reader.now(row, prop.name)
        if self.after is ABSENT:
            self.after, self.note = None, "Live does not show it any more"
            return True
        if same(self.after, self.value):
            self.verified, self.note = True, ""
            return True
        if same(self.after, self.before):
            if prop.unit == "rgb":
                # Live sets colours at once, snapped to its palette: the nearest one is the previous colour.
                self.verified, self.changed = True, False
                self.note = "the nearest colour of Live's palette to '#{:06x}' is the present one".format(
                    self.value
                )
                return True
            self.verified, self.note = False, "Live still shows the old value"
            return False
        # Live accepted another value: clamped, snapped to its palette, or with "#" replaced by a number.
        self.verified = True
        asked, made = checks.short(self.value), checks.short(self.after)
        if prop.unit == "rgb":
            asked, made = "#{:06x}".format(asked), "#{:06x}".format(made)
        self.note = "asked for {!r}, Live made it {!r}".format(asked, made)
        return True

    def pending(self, batcher: Batcher, operations: List[Operation], live_module: Any) -> PendingCall:
        """A pending call, with Live's own objects and their current places."""
        assert self.row is not None
        check_seen(batcher, self, operations)
        return PendingCall(
            self.row,
            self.method,
            live_arguments(batcher, self, operations),
            batcher.song,
            live_module,
            batcher.live,
            self.overwrite,
            partial(named, batcher),
        )

    def new_call(self, batcher: Batcher, operations: List[Operation], live_module: Any) -> PendingCall:
        """The pending call, which the operation records together with the target's state before it."""
        call = self.call = self.pending(batcher, operations, live_module)
        assert self.row is not None
        self.sent_values = list(self.row.values) if self.row.id else []
        self.victim = victim(call)
        if self.victim is not None and alive(self.victim):
            call.before = call.describe(self.victim)
        return call

    def finish_call(self, call: PendingCall, raw: Any) -> None:
        """Record the value that the call returned and the object that it created."""
        method = self.method
        self.changed = raw is not UNCHANGED and method.effect != "read"
        self.note = call.note
        self.raw = None if raw is UNCHANGED else raw
        self._follow(call)
        if method.returns == "obj":
            self.product = self.raw
        else:
            for (type_, name), product in PRODUCTS.items():
                if name == method.name and schema.is_a(call.row.layout.type, type_) and self.changed:
                    try:
                        self.product = product(call)
                    except Exception:
                        # Only `$k` cannot be used then.
                        self.product = None
        self._observe_call(call.row)

    def _follow(self, call: PendingCall) -> None:
        """If this call replaced an earlier operation's new object again, list only the newest object."""
        newest = {became.old: became for became in call.became}
        calls = [operation.call for operation in self._earlier.values() if newest and operation.call]
        for became in [became for earlier in calls for became in earlier.became]:
            again = newest.get(became.new)
            if again is not None:
                became.obj, became.new = again.obj, again.new
                call.became.remove(again)
                call.replaced.remove(again.entry)

    def _observe_call(self, row: Row) -> bool:
        self.verified = True
        effect = EFFECTS.get((row.layout.type, self.method.name))
        if effect is not None and self.changed and alive(row.obj):
            try:
                self.verified = effect[1](row.obj)
            except Exception:
                # The object was deleted meanwhile or has no such property: then the condition cannot be violated.
                self.verified = True
            self.note = self.call.note if self.verified and self.call is not None else effect[0]
        if self.victim is not None and alive(self.victim):
            self.verified, self.note = False, "the object is still there"
        if self.call is not None and self.call.unread and self.verified:
            self.verified, self.note = False, self.call.note
            return True
        return self.verified

    def settled(self, notified: bool) -> None:
        """End the waiting for late values: mark the operation as unchanged if its value is still the previous value.

        Args:
          notified: True when Live notified any change of the Set during the write.
        """
        if self.kind == "set" and not self.verified and same(self.before, self.after):
            self.changed = False
        if self.kind == "call" and self.changed and self.undoable and not notified:
            assert self.row is not None
            if (self.row.layout.type, self.method.name) not in UNSEEN:
                self.changed, self.note = False, "no readable property changed"

    def restore(self) -> None:
        """Set the previous value again, or revert the call by its own inverse, if it has one."""
        assert self.row is not None
        if self.kind == "call":
            back = self.call.back if self.call is not None else None
            if back is None and read(self.product, "roll_back") is not ABSENT:
                # The product of a host without a history can remove itself.
                back = self.product.roll_back
            if back is not None:
                back()
                self.lasts = False
            return
        assert self.prop is not None
        setattr(self.row.obj, self.prop.name, self._raw_before)
        if self._raw_channel is not ABSENT:
            setattr(self.row.obj, row_checks.channel_of(self.prop), self._raw_channel)

    @property
    def place(self) -> Any:
        """Key that operations share if they set the same property of the same object; unique for a call."""
        if self.kind == "set" and self.row is not None:
            return (self.row.ptr, self.asked.get("name"))
        return self.number

    def is_restored(self, batcher: Batcher) -> bool:
        """True when the Set contains no change of this operation any more, as far as the script can see."""
        if self.kind == "set":
            if self.row is None or not alive(self.row.obj):
                return True
            assert self.prop is not None
            return same(batcher.reader.now(self.row, self.prop.name), self.before)
        return (
            self.method.effect == "edit"
            and not self.lasts
            and (self.product is None or not alive(self.product))
        )


def prepare(batcher: Batcher, write: Write, problems: Problems) -> List[Operation]:
    """The checked operations of a write; every problem is added to `problems`."""
    operations: List[Operation] = []
    earlier: Dict[int, Operation] = {}
    asked = write.operations
    if -1 in write.unbound:
        problems.add(-1, write.unbound[-1])
    for number, payload in enumerate(asked):
        try:
            if number in write.unbound:
                raise write.unbound[number]
            operation = Operation(batcher, number, payload, earlier)
            operations.append(operation)
            earlier[number] = operation
        except BridgeError as problem:
            problems.add(number, problem)
    if len(asked) > 1:
        for operation in operations:
            if operation.is_history:
                problems.add(operation.number, checks.stands_alone())
    return operations
