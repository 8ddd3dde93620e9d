"""Live's folders on this machine: the User Library, its `Remote Scripts`, Live's Preferences.

The functions only read files; platform, home folder and environment are arguments, so that a test on any system can ask
about any other system. Live's `Library.cfg` names the User Library, which people may move; if no Live has written that
file yet, the User Library is the folder that Live would choose.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

NAME = "SetMirror"
"""The name of the script's folder, which is also the name in Live's menu."""
_CONFIG_BYTES = 4 << 20
"""The largest Library.cfg that is read; a real one has a few kilobytes."""
_VERSION = re.compile(r"^VERSION\s*=\s*[\"']([^\"']+)[\"']", re.MULTILINE)


@dataclass(frozen=True)
class Preferences:
    """The Preferences folder of one Live on this machine, and the User Library that it names."""

    live_version: str
    folder: Path
    user_library: Path | None


@dataclass(frozen=True)
class UserLibrary:
    """A User Library, the versions of the Lives that use it, and whether it can be reached."""

    path: Path
    lives: tuple[str, ...]
    there: bool

    @property
    def script(self) -> Path:
        """The folder of our script in this library."""
        return remote_scripts(self.path) / NAME

    @property
    def whose(self) -> str:
        """The Lives that use this library, in words."""
        return " and ".join(f"Live {version}" for version in self.lives) or "Live"


@dataclass(frozen=True)
class Machine:
    """A system: `platform` is a value of `sys.platform`, `home` and `environ` are the user's."""

    platform: str = sys.platform
    home: Path = field(default_factory=Path.home)
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def preferences(self) -> list[Preferences]:
        """Every Live's Preferences, newest version first."""
        preferences = []
        for folder in self._preference_folders():
            match = re.fullmatch(r"Live (\d+(?:\.\d+)*)(?:[ab]\d+)?", _live_folder(folder).name)
            if match:
                preferences.append(Preferences(match[1], folder, user_library_of(folder / "Library.cfg")))
        return sorted(preferences, key=lambda live: _numbers(live.live_version), reverse=True)

    def _preference_folders(self) -> list[Path]:
        if self.platform == "darwin":
            root, inner = self.home / "Library/Preferences/Ableton", ""
        elif self.platform == "win32":
            roaming = self.environ.get("APPDATA")
            root, inner = Path(roaming or self.home / "AppData/Roaming") / "Ableton", "Preferences"
        else:
            return []
        try:
            return [folder / inner for folder in sorted(root.glob("Live *")) if (folder / inner).is_dir()]
        except OSError:
            return []

    def default_user_library(self) -> Path | None:
        """The folder in which Live creates the User Library by default; None on a system without Live."""
        if self.platform == "darwin":
            return self.home / "Music/Ableton/User Library"
        if self.platform == "win32":
            drives = [
                self.environ.get(name) for name in ("OneDrive", "OneDriveCommercial", "OneDriveConsumer")
            ]
            documents = [Path(drive) / "Documents" for drive in drives if drive] + [self.home / "Documents"]
            libraries = [folder / "Ableton/User Library" for folder in documents]
            return next((library for library in libraries if library.is_dir()), libraries[-1])
        return None

    def libraries(self) -> list[UserLibrary]:
        """Every User Library that a Live of this machine uses, the newest Live's first, also on an absent drive.

        If no Live has run yet, this is the default User Library, if that exists.
        """
        versions: dict[Path, list[str]] = {}
        default, lives = self.default_user_library(), self.preferences()
        for live in lives:
            path = live.user_library or default
            if path is not None:
                versions.setdefault(path, []).append(live.live_version)
        if not lives and default is not None and default.is_dir():
            versions[default] = []
        # Live itself creates the default library when it is missing.
        return [
            UserLibrary(path, tuple(of), path.is_dir() or path == default) for path, of in versions.items()
        ]


def _live_folder(preferences: Path) -> Path:
    return preferences.parent if preferences.name == "Preferences" else preferences


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def user_library_of(config: Path) -> Path | None:
    """The User Library that a `Library.cfg` names; None where the file names no library."""
    try:
        if config.stat().st_size > _CONFIG_BYTES:
            return None
        data = config.read_bytes()
        # Live writes no document type; a file with one, and thus with entities, does not come from Live.
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            return None
        project = ElementTree.fromstring(data).find(".//UserLibrary/LibraryProject")
    except (OSError, ElementTree.ParseError):
        return None
    if project is None:
        return None
    path, name = (_value(project, tag) for tag in ("ProjectPath", "ProjectName"))
    return Path(path) / (name or "User Library") if path else None


def _value(element: ElementTree.Element, tag: str) -> str:
    child = element.find(tag)
    return "" if child is None else child.get("Value", "")


def remote_scripts(user_library: Path) -> Path:
    """The folder that Live scans at its start."""
    return user_library / "Remote Scripts"


def source() -> Path:
    """The Remote Script in this program."""
    import remote_script

    return Path(remote_script.__path__[0]) / NAME


def version_of(script: Path) -> str | None:
    """The version in a script folder's `script.py`; None where no version can be read."""
    try:
        match = _VERSION.search((script / "script.py").read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        return None
    return match[1] if match else None
