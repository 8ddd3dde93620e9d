"""The file on disk behind a sample of Live's browser, from the item's uri and Live's own index.

Guess, from uris that users published: "…:FileId_15087" is a row of the index; "userfolder:<folder>#a:b.wav" and
"query:UserLibrary#Samples:a.wav" name the path, with ":" between folders.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote

from mirror import errors

from . import index

TYPES = (".wav", ".aif", ".aiff", ".flac", ".mp3", ".ogg", ".m4a", ".caf")
_ID = "FileId_"
_USER_FOLDER, _USER_LIBRARY = "userfolder:", "query:UserLibrary#"


def is_sample(name: str) -> bool:
    """Whether a name is that of an audio file."""
    return name.lower().endswith(TYPES)


def files(uris: Iterable[str]) -> dict[str, str]:
    """Absolute paths by uri, of those that are known."""
    found: dict[str, str] = {}
    asked: list[str] = []
    for uri in uris:
        if uri.startswith(_USER_FOLDER):
            folder, _, inside = unquote(uri[len(_USER_FOLDER) :]).partition("#")
            found[uri] = str(Path(folder, *inside.split(":")))
        else:
            asked.append(uri)
    if asked:
        found.update(_indexed(asked))
    return found


def _indexed(uris: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    try:
        with index.opened() as held:
            for uri in uris:
                _, is_id, number = uri.rpartition(_ID)
                if is_id and number.isdigit():
                    file = held.file(int(number))
                elif uri.startswith(_USER_LIBRARY):
                    library = held.place("User Library")
                    inside = unquote(uri[len(_USER_LIBRARY) :]).split(":")
                    file = str(Path(library, *inside)) if library else None
                else:
                    file = None
                if file:
                    found[uri] = file
    except errors.NotAvailable:
        # No index on this machine: Live's browser loads it all the same.
        return found
    return found
