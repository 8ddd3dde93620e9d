"""The saved mixes of one Set, as files in its folder.

`mixes` defines their text, `set_folder` finds the folder.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, unquote

from mirror import errors
from mirror.files import locked, write_beside

from . import mixes
from .mixes import Mix

MIXES = 200
"""The most mixes of one Set."""
NAME_LENGTH = 60
FILE_BYTES = 8 * 1024 * 1024


class Shelf:
    """The saved mixes in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        """The names of all mixes, in order."""
        return sorted(map(_name_in, self.folder.glob("*.mix")), key=str.casefold)

    def save(self, mix: Mix, *, overwrite: bool = False) -> Path:
        """Write a mix; returns the path of its file.

        Raises:
          InvalidValue: the name is not allowed, or exists already and `overwrite` is False.
          TooLarge: the Set has `MIXES` mixes already, or this mix is too long.
          NotAvailable: the file cannot be written.
          Busy: another process writes in the folder.
        """
        path, data = self._path(mix.name), mixes.text(mix).encode()
        if len(data) > FILE_BYTES or len(mix.store.nodes) > mixes.LINES:
            raise errors.TooLarge(
                f"The mix has {len(mix.store.nodes)} objects; a mix has at most {mixes.LINES} in {FILE_BYTES} bytes",
                hint="save a smaller scope",
            )
        try:
            with locked(self.folder):
                if path.exists() and not overwrite:
                    raise errors.InvalidValue(
                        f"There is a mix {mix.name!r} already",
                        mix.name,
                        hint="give another name, or `overwrite`",
                    )
                if not path.exists() and len(self.names()) >= MIXES:
                    raise errors.TooLarge(f"The Set has {MIXES} mixes already", hint="delete one first")
                write_beside(path, data)
        except OSError as problem:
            raise errors.NotAvailable(f"{path} cannot be written: {problem.strerror}") from None
        return path

    def read(self, name: str) -> Mix:
        """Read the mix of a name.

        Raises:
          NotFound: there is no mix of this name; the hint lists the names that exist.
          InvalidValue: the file is damaged.
        """
        path = self._path(name)
        try:
            return mixes.parse(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            names = ", ".join(self.names()) or "none yet"
            raise errors.NotFound(f"There is no mix {name!r}", name, hint=f"the mixes are: {names}") from None
        except (OSError, UnicodeDecodeError, errors.InvalidValue) as problem:
            raise errors.InvalidValue(
                f"The file of mix {name!r} cannot be read: {problem}",
                name,
                hint=f"see {path}, or delete the mix",
            ) from None

    def delete(self, name: str) -> None:
        """Remove a mix; raises NotFound if no mix has the name."""
        path = self._path(name)
        with locked(self.folder):
            if not path.exists():
                self.read(name)
            path.unlink()

    def _path(self, name: str) -> Path:
        """The path of a mix's file; the case of letters does not distinguish names."""
        plain = " ".join(name.split())
        if plain != name or not 0 < len(name) <= NAME_LENGTH or not name.isprintable():
            raise errors.InvalidValue(
                f"A mix's name has 1 to {NAME_LENGTH} characters on one line, not {name[:80]!r}", name[:80]
            )
        return self.folder / f"{quote(name.casefold(), safe=' ')}.mix"


def _name_in(path: Path) -> str:
    """The name that the mix was saved under; for a damaged file, the name from the file name."""
    try:
        with path.open(encoding="utf-8") as file:
            lines = [file.readline(4 * NAME_LENGTH).rstrip("\n") for _ in range(2)]
    except (OSError, UnicodeDecodeError):
        lines = []
    label, _, name = lines[1].partition(": ") if len(lines) > 1 else ("", "", "")
    same = label == "name" and quote(name.casefold(), safe=" ") == path.stem
    return name if same else unquote(path.stem)
