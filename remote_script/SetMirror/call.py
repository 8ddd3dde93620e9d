"""One call of a method of Live's that is about to be made, and the words in which an adapter tells how it goes on.

An adapter gets the call and returns what Live returned. As a generator it may `yield LIVE` to let Live run until the
next pump (positions and browser loads apply late), or `yield MORE` between two pieces of long work, and keeps
`done`, `of` and `so_far` of the call as it goes. It raises BridgeError before it has changed anything, or lets Live's
own exception through.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Generator, List, Optional, Tuple

from . import schema
from .plans import Row

Steps = Generator[str, None, Any]

LIVE = "live"
MORE = "more"

UNCHANGED: Any = object()
"""Returned by an adapter that found nothing to do."""


class Call:
    """One call about to be made: `args` by name, objects already Live's own."""

    __slots__ = (
        "args", "back", "done", "holds", "live_module", "made", "method", "of", "row", "so_far", "song",
    )  # fmt: skip

    def __init__(
        self, row: Row, method: schema.Method, args: Dict[str, Any], song: Any, live_module: Any
    ) -> None:
        self.row = row
        self.method = method
        self.args = args
        self.song = song
        self.live_module = live_module
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

    def positional(self) -> List[Any]:
        """The arguments in Live's order, up to the last one given."""
        args = list(self.method.args)
        while args and args[-1].name not in self.args:
            args.pop()
        return [self.args.get(arg.name, arg.default) for arg in args]


Adapters = Dict[Tuple[str, str], Callable[[Call], Any]]
"""(class, method) → how it is called."""
