"""The file on disk of a sample in Live's browser, found by the item's uri and Live's own index.

A guess, based on uris that users published: "…:FileId_15087" is a row of the index; "userfolder:<folder>#a:b.wav" and
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
    """True for the name of an audio file."""
    return name.lower().endswith(TYPES)


def files(uris: Iterable[str]) -> dict[str, str]:
    """Absolute paths by uri; uris without a known path are missing."""
    paths: dict[str, str] = {}
    asked: list[str] = []
    for uri in uris:
        if uri.startswith(_USER_FOLDER):
            folder, _, inside = unquote(uri[len(_USER_FOLDER) :]).partition("#")
            paths[uri] = str(Path(folder, *inside.split(":")))
        else:
            asked.append(uri)
    if asked:
        paths.update(_indexed(asked))
    return paths


def _indexed(uris: list[str]) -> dict[str, str]:
    paths: dict[str, str] = {}
    try:
        with index.opened() as library_index:
            for uri in uris:
                _, is_id, number = uri.rpartition(_ID)
                if is_id and number.isdigit():
                    file = library_index.file(int(number))
                elif uri.startswith(_USER_LIBRARY):
                    library = library_index.place("User Library")
                    inside = unquote(uri[len(_USER_LIBRARY) :]).split(":")
                    file = str(Path(library, *inside)) if library else None
                else:
                    file = None
                if file:
                    paths[uri] = file
    except errors.NotAvailable:
        # Without an index on this machine the path is unknown, but Live's browser can load the sample.
        return paths
    return paths
