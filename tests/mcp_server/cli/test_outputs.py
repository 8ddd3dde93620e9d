"""Commands with a file name as output overwrite no Set, no read-only file and no file of another kind."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from click.testing import CliRunner

from mcp_server.cli import setmirror
from mcp_server.commands import outputs
from mcp_server.commands.console import Failure
from tests.sets import OWN

KINDS = {"MIDI file": b"MThd", "SVG": b"<svg", "PNG": b"\x89PNG", "JSON object": b"{"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_overwritten_only_by_the_same_kind_of_output(kind: str, tmp_path: Path) -> None:
    begins = KINDS[kind]
    path = tmp_path / "file"
    outputs.write(path, begins + b" one", kind, begins)
    outputs.write(path, begins + b" two", kind, begins)
    assert path.read_bytes() == begins + b" two"
    for before in (b"no file of this kind", gzip.compress(b"a Set under another name")):
        path.write_bytes(before)
        with pytest.raises(Failure, match=f"exists and is not a {kind}"):
            outputs.write(path, begins, kind, begins)
        assert path.read_bytes() == before


@pytest.mark.parametrize("kind", [*KINDS, "text"])
def test_no_set_and_no_read_only_file_is_overwritten(kind: str, tmp_path: Path) -> None:
    begins = KINDS.get(kind, b"")
    with pytest.raises(Failure, match="is the name of a Set"):
        outputs.write(tmp_path / "new.ALS", begins, kind, begins)
    path = tmp_path / "mine"
    path.write_bytes(begins)
    path.chmod(0o444)
    with pytest.raises(Failure, match="is read-only"):
        outputs.write(path, begins + b"more", kind, begins)
    assert path.read_bytes() == begins


@pytest.mark.parametrize("name", ["song.als", "song"])
def test_a_set_is_not_exported_over_itself(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(OWN.read_bytes())
    before = path.read_bytes()
    result = CliRunner().invoke(setmirror, ["export-midi", str(path), str(path)])
    assert result.exit_code != 0
    assert path.read_bytes() == before
