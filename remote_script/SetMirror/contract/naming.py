"""Resolves a name to one of several objects; an ambiguous name is refused, never guessed."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Callable, Dict, Iterable, List, Sequence, Tuple

from .errors import BridgeError

_DIGITS = re.compile(r"[0-9]{1,15}\Z")
NEAR = 5
WORD = 3
"""Minimum length of a text for which names that contain it count as similar."""
SHOWN = 40
AMBIGUOUS_SHOWN = 10


def exactly(name: str, text: str) -> bool:
    return name == text


def lettered(name: str, text: str) -> bool:
    """True when `text` is the letter that Live puts before a return track's name: "A" of "A-Reverb"."""
    return len(text) == 1 and text.isalpha() and name.casefold().startswith(text.casefold() + "-")


def same_fold(name: str, text: str) -> bool:
    """True when the texts are equal in any case, also without the letter before a return track's name ("A-Reverb")."""
    fold = text.casefold()
    return bool(fold) and fold in (name.casefold(), name.casefold().partition("-")[2])


def part(name: str, text: str) -> bool:
    return bool(text) and text.casefold() in name.casefold()


def all_words(name: str, text: str) -> bool:
    """True when `name` has all words of a text of several words, in any order: "1 Frequency A" has "Frequency 1"."""
    words = text.casefold().split()
    return len(words) > 1 and set(words) <= set(name.casefold().split())


_WAYS: Tuple[Callable[[str, str], bool], ...] = (exactly, lettered, same_fold, part, all_words)


def near_names(text: str, names: Iterable[str], most: int = 4, cutoff: float = 0.5) -> List[str]:
    """The names that `text` may mean, best first: names with all its words, of similar spelling, or that contain it.

    Args:
      cutoff: Required similarity of spelling, from 0 to 1; see `difflib.get_close_matches`.
    """
    known = list(names)
    folded: Dict[str, str] = {}
    for name in known:
        folded.setdefault(name.casefold(), name)
    same_words = [name for name in known if all_words(name, text)]
    alike = [folded[fold] for fold in get_close_matches(text.casefold(), folded, most, cutoff)]
    longer = [name for name in known if len(text) >= WORD and part(name, text)]
    return list(dict.fromkeys(same_words + alike + longer))[:most]


def suggestion(text: str, names: Iterable[str], otherwise: str, most: int = 4) -> str:
    """A hint with the names most similar to `text`, at most `most`; `otherwise` if no name is similar."""
    near = near_names(text, names, most)
    return "did you mean {}?".format(", ".join(near)) if near else otherwise


def chosen(names: Sequence[str], text: str, owner: str, kind: str) -> int:
    """The index of the name that `text` means: the exact name, an index from 0, a return's letter, any case, a part.

    Args:
      owner, kind: For the error text: "tracks/2/devices/0", "parameter".

    Raises:
      BridgeError: AMBIGUOUS with the indices; NOT_FOUND with the similar names, or all names if none is similar.
    """
    for fits in _WAYS:
        at = [number for number, name in enumerate(names) if fits(name, text)]
        if len(at) > 1:
            readings = ", ".join("{} ({})".format(n, names[n]) for n in at[:AMBIGUOUS_SHOWN])
            raise BridgeError(
                "AMBIGUOUS",
                "{} has {} {}s that {!r} can mean".format(owner, len(at), kind, text[:60]),
                text[:60],
                hint="write the index: {}".format(readings),
                candidates=[names[n] for n in at[:AMBIGUOUS_SHOWN]],
            )
        if at:
            return at[0]
        if fits is exactly and _DIGITS.match(text):
            if int(text) < len(names):
                return int(text)
            break
    known = ", ".join(names[:SHOWN]) or "none"
    raise BridgeError(
        "NOT_FOUND",
        "{} has {} {}s, none of them {!r}".format(owner, len(names), kind, text[:60]),
        text[:60],
        hint=suggestion(text, names, "they are {}".format(known), NEAR),
    )
