"""The parameters of native devices, by internal name; see the package's docstring for the form."""

from __future__ import annotations

from typing import Dict

ALL: Dict[str, str] = {}
