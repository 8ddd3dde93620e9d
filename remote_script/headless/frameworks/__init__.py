"""The Python packages that Live brings for Remote Scripts: `_Framework`, `ableton.v2`, `ableton.v3`, and
the bits of `future` and `past` that old scripts import.

Written anew from what is publicly known of their behaviour; names, arguments and timing are Live's, the
code is not. What they share stands in `engine`; the packages themselves only give it the names and the
habits of each generation. A name that exists in Live and not here can be imported; using it raises
NotImplementedError with its name.
"""

from __future__ import annotations

import os
import sys
from typing import Dict, List, Optional

PACKAGES = ("_Framework", "ableton", "future", "past")


def path() -> str:
    """The folder to put on `sys.path` so that hosted scripts find the packages."""
    return os.path.dirname(os.path.abspath(__file__))


def install(modules: Optional[Dict[str, object]] = None) -> List[str]:
    """Let `import _Framework`, `import ableton.v2` … find these packages, before any installed ones.

    Args:
      modules: A table such as `sys.modules` (the default) out of which foreign packages of these names
        are taken, so that the next import reads ours.

    Answers the names that were taken out. Idempotent.
    """
    table: Dict[str, object] = sys.modules if modules is None else modules  # type: ignore[assignment]
    here = path()
    if here not in sys.path:
        sys.path.insert(0, here)
    taken = []
    for name, module in list(table.items()):
        if name.split(".")[0] not in PACKAGES:
            continue
        file = getattr(module, "__file__", None)
        if file is None or not os.path.abspath(file).startswith(here + os.sep):
            del table[name]
            taken.append(name)
    return taken
