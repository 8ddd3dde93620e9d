"""The one error that a Set file can end in."""

from __future__ import annotations

from typing import Any


class SetFileError(ValueError):
    """A file is not a Set that can be loaded: the rule, the value that breaks it, and what to do."""

    def __init__(self, rule: str, value: Any, advice: str) -> None:
        self.rule = rule
        self.value = value
        self.advice = advice
        super().__init__("%s, got %s. %s" % (rule, value, advice))
