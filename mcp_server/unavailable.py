"""Functions that Live's API does not offer, by the words that people use, with the reason and the nearest alternative.

Consulted when the name of a tool, a method or a property is unknown. Checked against Live's API up to 12.4.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from mirror import errors


class Missing(NamedTuple):
    """A function that Live's API does not offer: the words that ask for it, and an alternative."""

    words: tuple[str, ...]
    what: str
    instead: str


MISSING = (
    Missing(
        ("freeze", "unfreeze", "flatten"),
        "freeze or flatten tracks",
        "a person does it in Live; `is_frozen` says whether it is done",
    ),
    Missing(
        ("bounce", "export", "render", "resample"),
        "export or bounce audio",
        "record the track onto another: set its input_routing_type and fire a slot",
    ),
    Missing(("save", "saveas", "collect"), "save the Set", "a person saves it with Cmd+S or Ctrl+S"),
    Missing(
        ("group", "ungroup"),
        "group tracks or devices",
        "insert_device makes a rack; move devices into its chains",
    ),
    Missing(
        ("reorder", "movetrack", "movetracks", "movescene"),
        "move tracks or scenes",
        "create a track where it belongs and move devices and clips there",
    ),
    Missing(
        ("map", "unmap", "mapping", "macro_mapping", "mapmacro", "midilearn"),
        "map macros, keys or controllers",
        "a person maps them in Live; set_device moves mapped macros",
    ),
    Missing(
        ("mpe",), "edit MPE curves", "edit_notes changes pitch, velocity, probability and release velocity"
    ),
    Missing(
        ("configure",), "change which parameters a plug-in shows", "a person adds them with Configure in Live"
    ),
    Missing(
        ("consolidate",),
        "consolidate clips",
        "arrange writes a section as clips of its exact length; call_method crop cuts a clip to its loop",
    ),
    Missing(
        ("comp", "comping"),
        "comp takes",
        "a person does it in Live; record into slots and keep the best clip",
    ),
    Missing(
        ("slicetomidi", "slicetonewmiditrack", "slicetotrack", "sliceaudio", "sliceclip"),
        "slice audio to a new MIDI track",
        "load the sample into a Simpler and set its playback_mode to slicing",
    ),
    Missing(
        ("tempoautomation", "automatetempo", "tempomap", "temporamp", "tempochange", "automationoftempo"),
        "automate the tempo along the song",
        "set_song sets the tempo; a scene may have its own (set_property tempo of a scene)",
    ),
    Missing(
        ("openset", "newset", "loadset", "openfile"),
        "open another Set",
        "a person opens it; the mirror follows at once",
    ),
)


def about(name: str) -> Missing | None:
    """The missing function that a name asks for: "freeze_track", "exportAudio", "Group"; None for other names."""
    words = {word.casefold() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)}
    whole = re.sub(r"[^a-z]", "", name.casefold())
    return next((missing for missing in MISSING if words & {*missing.words} or whole in missing.words), None)


def refuse(name: str) -> None:
    """Refuse a name of a function that Live does not offer, with the reason; return for any other name."""
    missing = about(name)
    if missing is not None:
        raise errors.NotAvailable(
            f"{name[:60]!r}: Live's API cannot {missing.what}", name[:60], hint=missing.instead
        )
