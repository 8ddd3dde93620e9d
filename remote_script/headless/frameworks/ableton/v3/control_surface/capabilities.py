"""What a script says of its controller."""

from __future__ import annotations

from _Framework.Capabilities import *
