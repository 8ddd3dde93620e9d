"""The Python packages that Live ships for Remote Scripts: `_Framework`, `_Generic`, `_APC`, `ableton`.

This code is written from public knowledge of Live's behaviour; names, arguments and timing are Live's.

    facts       the names of each of Live's modules, by version, and how often they are used (a table)
    homes       the modules here that have the objects behind these names (a table)
    modules     makes Live's modules importable, from both tables
    engine      code that the generations share
    first, second, third      code of `_Framework`, `ableton.v2`, `ableton.v3` only
    old_python  the parts of the packages `future` and `past` that old scripts import

A name of Live's that is not implemented here can be imported; its use raises NotImplementedError with the name.
"""

from __future__ import annotations

import os

OLD_PYTHON = os.path.join(os.path.dirname(os.path.abspath(__file__)), "old_python")
"""Folder for `sys.path` with the packages `future` and `past`."""
