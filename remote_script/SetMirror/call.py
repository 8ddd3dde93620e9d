"""A pending LiveAPI call, and the values that an adapter may yield while the call runs.

An adapter gets the call and returns Live's return value. As a generator it may `yield LIVE` to let Live run until
the next pump (positions and browser loads apply late), or `yield MORE` between two pieces of long work; it updates
the call's `done`, `of` and `so_far` meanwhile. It raises BridgeError before it has changed anything, or lets Live's
own exception pass.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Generator, List, Optional, Set, Tuple

from .contract import schema
from .contract.errors import BridgeError
from .contract.values import read
from .layouts import Row

Steps = Generator[str, None, Any]

LIVE = "live"
BESIDE = "beside"
"""Yielded by a load that Live continues: the write waits outside the queue until `PendingCall.waiting` is over."""
MORE = "more"

UNCHANGED: Any = object()
"""Returned by an adapter whose call would change nothing."""


EARLY, ANY = "early", ""
"""Fact of a refusal that may pass within ticks if this method ran earlier in the same write; `ANY`: in any write."""
REPLACED_SHOWN = 20
"""Replaced objects listed in a result; the count covers all of them."""

Described = Dict[str, Any]


def by_type_and_name(obj: Any) -> Described:
    """An object as its type and name."""
    return {"type": type(obj).__name__, "name": str(read(obj, "name") or "")}


class Became:
    """An object that came back as a new object: its entry among the replaced objects, and the new object.

    `old` and `new` are the pointers: a deleted object does not give its pointer any more.
    """

    __slots__ = ("entry", "new", "obj", "old")

    def __init__(self, entry: Described, old: int, new: int, obj: Any) -> None:
        self.entry = entry
        self.old = old
        self.new = new
        self.obj = obj


class PendingCall:
    """One pending call: `args` by name, objects as Live's own.

    `live` is Live's version; `overwrite` allows the call to remove objects other than its target; `describe`
    returns the description of such an object for the answer.
    """

    __slots__ = (
        "acted", "after", "apart", "args", "back", "became", "before", "begin", "check", "cleared", "describe", "done",
        "holds", "live", "live_module", "load", "made", "method", "note", "of", "overwrite", "replaced", "row",
        "so_far", "song", "unread", "waiting",
    )  # fmt: skip

    def __init__(
        self,
        row: Row,
        method: schema.Method,
        args: Dict[str, Any],
        song: Any,
        live_module: Any,
        live: Tuple[int, ...] = (0,),
        overwrite: bool = False,
        describe: Callable[[Any], Described] = by_type_and_name,
    ) -> None:
        self.row = row
        self.method = method
        self.args = args
        self.song = song
        self.live_module = live_module
        self.live = live
        self.overwrite = overwrite
        self.describe = describe
        self.cleared: Set[Any] = set()
        """In a dry run: objects that earlier operations clear (`Operation.clears`); this call does not replace them."""
        self.replaced: List[Described] = []
        """Objects besides the target that the call removes or cuts."""
        self.became: List[Became] = []
        """Replaced objects that came back as new objects."""
        self.before: Dict[str, Any] = {}
        """Facts of the target that are not properties, such as its number of notes; `after` has them after the call."""
        self.after: Dict[str, Any] = {}
        self.begin: Callable[[], Any] = bool
        """Opens the write's undo step, for a call that Live ends at once; other loads make their own entry."""
        self.apart: Callable[[], Any] = bool
        """Ends the write's undo step before a load that makes its own entry."""
        self.note = ""
        self.unread = False
        """True when Live does not show now whether the call had its effect; `note` gives the reason."""
        self.load: Any = None
        """The `LoadRequest` of a load, once it has been judged."""
        self.waiting: Any = None
        """The `Watch` of a load that Live ends later."""
        self.check: Callable[[], Any] = bool
        """Compares the result with the forecast, in the turn of the call; raises when Live removed more."""
        self.made: Any = None
        """The object that the call made, if the adapter knows it."""
        self.done = 0
        self.of = 0
        """Total amount for `done`; 0 when it is unknown."""
        self.so_far = ""
        """Progress in words, for the error when the call takes too long."""
        self.back: Optional[Callable[[], Any]] = None
        """Reverts the call if undo cannot, because somebody edited the Set meanwhile."""
        self.acted = False
        """True once the call has changed something of which Live notifies nobody; a failure then undoes it."""
        self.holds: Tuple[str, ...] = ()
        """Properties of the row whose changes are sent when the call has ended, not after every piece."""

    @property
    def obj(self) -> Any:
        return self.row.obj

    def replaces(self, removed: List[Described], kind: str, outcome: str = "") -> None:
        """Record the objects that the call removes besides its target; BridgeError WOULD_OVERWRITE if not allowed.

        Args:
          kind: A word for the objects, in the plural.
          outcome: Their number before and after, such as "6 → 3".
        """
        removed = [obj for obj in removed if not self._is_cleared(obj)]
        if removed and not self.overwrite:
            names = [repr(obj["name"]) for obj in removed if obj.get("name")][:REPLACED_SHOWN]
            counted = "1 {}".format(kind[:-1]) if len(removed) == 1 else "{} {}".format(len(removed), kind)
            rule = "{} would overwrite {}".format(self.method.name, counted)
            rule += " ({})".format(", ".join(names)) if names else ""
            facts = {"replaced": removed[:REPLACED_SHOWN], "count": len(removed)}
            if outcome:
                rule, facts[kind] = "{}: {}".format(rule, outcome), outcome
            raise BridgeError("WOULD_OVERWRITE", rule, **facts)
        self.replaced.extend(removed)

    def _is_cleared(self, obj: Described) -> bool:
        if not self.cleared:
            return False
        clip = self.row.id
        if "note_id" in obj:
            return bool({(clip, obj["note_id"]), (clip, None)} & self.cleared)
        return obj.get("id") in self.cleared

    def positional(self) -> List[Any]:
        """The arguments in Live's order, up to the last one that the client sent."""
        args = list(self.method.args)
        while args and args[-1].name not in self.args:
            args.pop()
        return [self.args.get(arg.name, arg.default) for arg in args]


Adapters = Dict[Tuple[str, str], Callable[[PendingCall], Any]]
"""(class, method) → function that makes the call."""
