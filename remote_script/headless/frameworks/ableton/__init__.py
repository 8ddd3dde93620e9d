"""Later generations of Live's classes for control surfaces."""

from __future__ import annotations
