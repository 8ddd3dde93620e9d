"""The script is installed where Live looks for it; a script that Live does not list is a frequent complaint."""

from __future__ import annotations

from pathlib import Path

import pytest

from mcp_server.commands import folders

CONFIG = """<?xml version="1.0" encoding="UTF-8"?>
<Ableton MajorVersion="5" Creator="Ableton Live 12.4">
	<ContentLibrary>
		<UserLibrary>
			<LibraryProject Id="0">
				<ProjectLocation />
				<ProjectName Value="User Library" />
				<ProjectPath Value="{path}" />
			</LibraryProject>
		</UserLibrary>
	</ContentLibrary>
</Ableton>
"""


def mac(home: Path) -> folders.Machine:
    return folders.Machine("darwin", home, {})


def add_live(home: Path, version: str, library: Path | None) -> Path:
    preferences = home / f"Library/Preferences/Ableton/Live {version}"
    preferences.mkdir(parents=True)
    if library is not None:
        (preferences / "Library.cfg").write_text(CONFIG.format(path=library.parent), "utf-8")
    return preferences


def test_the_path_of_the_user_library_comes_from_library_cfg(tmp_path: Path) -> None:
    moved = tmp_path / "Disk & Co" / "User Library"
    moved.mkdir(parents=True)
    preferences = add_live(tmp_path, "12.4", None)
    text = CONFIG.format(path=str(moved.parent).replace("&", "&amp;"))
    (preferences / "Library.cfg").write_text(text, "utf-8")

    assert mac(tmp_path).libraries() == [folders.UserLibrary(moved, ("12.4",), True)]


def test_versions_of_live_are_sorted_by_number(tmp_path: Path) -> None:
    for version in ("9.7.1", "12.4", "11.3.35", "12.10"):
        add_live(tmp_path, version, None)

    versions = [each.live_version for each in mac(tmp_path).preferences()]

    assert versions == ["12.10", "12.4", "11.3.35", "9.7.1"]


def test_a_library_shared_by_two_versions_of_live_is_listed_once(tmp_path: Path) -> None:
    library = tmp_path / "Music/Ableton/User Library"
    library.mkdir(parents=True)
    add_live(tmp_path, "11.3", library)
    add_live(tmp_path, "12.4", library)

    assert mac(tmp_path).libraries() == [folders.UserLibrary(library, ("12.4", "11.3"), True)]


def test_a_library_on_an_absent_drive_is_named_and_not_replaced_by_another(tmp_path: Path) -> None:
    unplugged = tmp_path / "unplugged" / "User Library"
    (tmp_path / "Music/Ableton/User Library").mkdir(parents=True)
    add_live(tmp_path, "12.4", unplugged)

    assert mac(tmp_path).libraries() == [folders.UserLibrary(unplugged, ("12.4",), False)]


def test_without_preferences_only_an_existing_default_library_counts(tmp_path: Path) -> None:
    library = tmp_path / "Music/Ableton/User Library"
    assert mac(tmp_path).libraries() == []
    library.mkdir(parents=True)
    assert mac(tmp_path).libraries() == [folders.UserLibrary(library, (), True)]


def test_on_windows_the_preferences_are_in_appdata_and_documents_can_be_in_onedrive(tmp_path: Path) -> None:
    roaming, one_drive = tmp_path / "Roaming", tmp_path / "OneDrive"
    (roaming / "Ableton/Live 12.4/Preferences").mkdir(parents=True)
    library = one_drive / "Documents/Ableton/User Library"
    library.mkdir(parents=True)
    machine = folders.Machine("win32", tmp_path, {"APPDATA": str(roaming), "OneDrive": str(one_drive)})

    assert [each.live_version for each in machine.preferences()] == ["12.4"]
    assert [each.path for each in machine.libraries()] == [library]


def test_on_linux_the_absence_of_live_is_reported(tmp_path: Path) -> None:
    assert folders.Machine("linux", tmp_path, {}).libraries() == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<Ableton>",
        "<Ableton/>",
        '<!DOCTYPE a [<!ENTITY b "c">]><Ableton><UserLibrary><LibraryProject>'
        '<ProjectPath Value="/x"/></LibraryProject></UserLibrary></Ableton>',
        '<Ableton><UserLibrary><LibraryProject><ProjectPath Value=""/></LibraryProject></UserLibrary>'
        "</Ableton>",
    ],
)
def test_a_library_cfg_without_a_path_is_ignored(tmp_path: Path, text: str) -> None:
    config = tmp_path / "Library.cfg"
    config.write_text(text, "utf-8")

    assert folders.user_library_of(config) is None


def test_the_bundled_script_has_a_readable_version() -> None:
    assert folders.version_of(folders.source()) is not None
    assert folders.version_of(folders.source().parent) is None
