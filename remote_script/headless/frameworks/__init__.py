"""The Python packages that Live ships for Remote Scripts: `_Framework`, `_Generic`, `_APC`, `ableton`.

Our own code after what is publicly known of Live's behaviour; names, arguments and timing are Live's.

    facts       which names each module of Live's has, in which version, and how much they are used (a table)
    homes       where the objects behind these names are written (a table)
    modules     makes Live's modules importable from both
    engine      what the generations share
    first, second, third      what is special to `_Framework`, `ableton.v2`, `ableton.v3`
    old_python  the bits of the packages `future` and `past` that old scripts import

A name of Live's that is not written here can be imported; using it raises NotImplementedError with its name.
"""

from __future__ import annotations

import os

OLD_PYTHON = os.path.join(os.path.dirname(os.path.abspath(__file__)), "old_python")
"""A folder for `sys.path`: `future` and `past`."""
