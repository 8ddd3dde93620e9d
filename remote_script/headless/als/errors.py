"""The errors of a Set file that cannot be loaded."""

from __future__ import annotations

from typing import Any


class SetFileError(ValueError):
    """Raised for a file that cannot be loaded as a Set: the rule, the value, and the next step."""

    def __init__(self, rule: str, value: Any, advice: str) -> None:
        self.rule = rule
        self.value = value
        self.advice = advice
        super().__init__(self.text())

    def text(self) -> str:
        return "%s, got %s. %s" % (self.rule, self.value, self.advice)


class SetTooOld(SetFileError):
    """The file is a Set of Live 8 or older."""

    def __init__(self, creator: str) -> None:
        super().__init__(
            "a Set must be written by Live 9 or later",
            creator,
            "open it in Live 9 or later and save it again",
        )

    def text(self) -> str:
        return "This Set was written by %s: %s." % (self.value, self.advice)
