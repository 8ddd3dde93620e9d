"""Shared by the examples: a clean end for Ctrl-C, and a one-line message if Live cannot be reached."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable

import anyio

from mirror import errors


def run(main: Callable[[], Awaitable[None]]) -> None:
    """Run `main` until it ends or Ctrl-C; exit code 1, with the reason, for a refusal."""
    try:
        anyio.run(main)
    except KeyboardInterrupt:
        pass
    except errors.MirrorError as problem:
        sys.exit(f"{problem}\n  {problem.hint}")
