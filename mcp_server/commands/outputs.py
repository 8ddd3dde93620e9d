"""Writing files under a name that the user gives, without overwriting files of another kind."""

from __future__ import annotations

from pathlib import Path

from mcp_server.commands.console import Failure

SET = ".als"
NEXT = "choose another name, or delete that file first"
_WRITE_BITS = 0o222


def check(path: Path, kind: str, begins: bytes) -> None:
    """Refuse to overwrite a Set, a read-only file, or a file that does not begin as files of this kind do.

    Args:
      kind: The kind in words, such as "MIDI file".
      begins: The first bytes of such files; b"" for text.

    Raises:
      Failure: the file must not be overwritten.
    """
    if path.suffix.casefold() == SET:
        raise Failure(f"{path} is the name of a Set, not of a {kind}", NEXT)
    if not path.is_file():
        return
    # The superuser may write to it anyway.
    if not path.stat().st_mode & _WRITE_BITS:
        raise Failure(f"{path} is read-only", NEXT)
    with path.open("rb") as file:
        start = file.read(len(begins))
    if start and start != begins:
        raise Failure(f"{path} exists and is not a {kind}", NEXT)


def write(path: Path, data: bytes, kind: str, begins: bytes = b"") -> None:
    """Write a file, or overwrite one of its kind.

    Raises:
      Failure: the file must not be overwritten, or it cannot be written.
    """
    try:
        check(path, kind, begins)
        path.write_bytes(data)
    except OSError as problem:
        raise Failure(f"{path} cannot be written: {problem.strerror}") from None
