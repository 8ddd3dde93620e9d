"""The parameters of native devices, by internal name; see the package's docstring for the form."""

from __future__ import annotations

from typing import Dict

from . import color, dynamics, instruments, space

ALL: Dict[str, str] = {}
for _part in (dynamics, space, color, instruments):
    ALL.update(_part.TABLES)
