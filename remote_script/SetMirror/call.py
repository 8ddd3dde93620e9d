"""One call of a method of Live's that is about to be made, and the words in which an adapter tells how it goes on.

An adapter gets the call and returns what Live returned. As a generator it may `yield LIVE` to let Live run until the
next pump (positions and browser loads apply late), or `yield MORE` between two pieces of long work, and keeps
`done`, `of` and `so_far` of the call as it goes. It raises BridgeError before it has changed anything, or lets Live's
own exception through.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Generator, List, Optional, Tuple

from .contract import schema
from .contract.errors import BridgeError
from .contract.values import read
from .layouts import Row

Steps = Generator[str, None, Any]

LIVE = "live"
BESIDE = "beside"
"""Yielded by a load that Live goes on with: its write waits beside the queue until `Call.waiting` is over."""
MORE = "more"

UNCHANGED: Any = object()
"""Returned by an adapter that found nothing to do."""


EARLY, ANY = "early", ""
"""In the facts of a refusal that holds for a tick only: after which method of the same write; `ANY` for always."""
REPLACED_SHOWN = 20
"""Of what a call replaces; all are counted."""

Described = Dict[str, Any]


def by_type_and_name(obj: Any) -> Described:
    """An object as its type and name."""
    return {"type": type(obj).__name__, "name": str(read(obj, "name") or "")}


class Became:
    """An object that came back as a new one: its entry among what was replaced, and the new object.

    `old` and `new` are their pointers: an object that is gone does not show it any more.
    """

    __slots__ = ("entry", "new", "obj", "old")

    def __init__(self, entry: Described, old: int, new: int, obj: Any) -> None:
        self.entry = entry
        self.old = old
        self.new = new
        self.obj = obj


class Call:
    """One call about to be made: `args` by name, objects already Live's own.

    `live` is Live's version; `overwrite` allows the call to remove what is not its target; `describe` says how such an
    object is named in the answer.
    """

    __slots__ = (
        "after", "apart", "args", "back", "became", "before", "begin", "check", "describe", "done", "holds", "live",
        "live_module", "made", "method", "note", "of", "overwrite", "replaced", "row", "so_far", "song", "waiting",
        "wish",
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
        self.replaced: List[Described] = []
        """What the call removes or cuts besides its target."""
        self.became: List[Became] = []
        """Of what the call replaces, what came back as a new object."""
        self.before: Dict[str, Any] = {}
        """What of the target is no property and changes, such as its number of notes; `after` the same afterwards."""
        self.after: Dict[str, Any] = {}
        self.begin: Callable[[], Any] = bool
        """Opens the write's undo step, for a call that Live ends at once; a load makes its own entry else."""
        self.apart: Callable[[], Any] = bool
        """Ends the write's undo step, before a load that makes an entry of its own."""
        self.note = ""
        self.wish: Any = None
        """What is to be loaded where, once it was judged."""
        self.waiting: Any = None
        """What a load that Live ends later waits for."""
        self.check: Callable[[], Any] = bool
        """Compares what Live did with what was foreseen, in the turn of the call; raises where it removed more."""
        self.made: Any = None
        """What an adapter knows that the call made."""
        self.done = 0
        self.of = 0
        """`done` of so much; 0 where nobody knows how much it is."""
        self.so_far = ""
        """What Live shows while the call is waited for, should it take too long."""
        self.back: Optional[Callable[[], Any]] = None
        """Takes back what was done so far, where undo cannot: somebody edits the Set meanwhile."""
        self.holds: Tuple[str, ...] = ()
        """Properties of the row that are told when the call has ended, not after each piece of it."""

    @property
    def obj(self) -> Any:
        return self.row.obj

    def replaces(self, what: List[Described], kind: str, outcome: str = "") -> None:
        """Record what the call removes besides its target; BridgeError WOULD_OVERWRITE where that is not allowed.

        Args:
          kind: What they are, in the plural.
          outcome: What becomes of their number, such as "6 → 3".
        """
        if what and not self.overwrite:
            names = [repr(each["name"]) for each in what if each.get("name")][:REPLACED_SHOWN]
            counted = "1 {}".format(kind[:-1]) if len(what) == 1 else "{} {}".format(len(what), kind)
            rule = "{} would overwrite {}".format(self.method.name, counted)
            rule += " ({})".format(", ".join(names)) if names else ""
            facts = {"replaced": what[:REPLACED_SHOWN], "count": len(what)}
            if outcome:
                rule, facts[kind] = "{}: {}".format(rule, outcome), outcome
            raise BridgeError("WOULD_OVERWRITE", rule, **facts)
        self.replaced.extend(what)

    def positional(self) -> List[Any]:
        """The arguments in Live's order, up to the last one given."""
        args = list(self.method.args)
        while args and args[-1].name not in self.args:
            args.pop()
        return [self.args.get(arg.name, arg.default) for arg in args]


Adapters = Dict[Tuple[str, str], Callable[[Call], Any]]
"""(class, method) → how it is called."""
