"""The token file and the proofs."""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
from pathlib import Path

import pytest

from remote_script.SetMirror import auth


def test_the_token_is_made_once_and_private(tmp_path: Path) -> None:
    folder = str(tmp_path / "new")
    token = auth.load_token(folder)
    assert len(token) == 64
    assert auth.load_token(folder) == token
    path = tmp_path / "new" / "token"
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["token"]


def test_a_token_made_by_the_other_side_is_taken(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("ab" * 32 + "\n")
    assert auth.load_token(str(tmp_path)) == "ab" * 32


def test_a_file_that_holds_no_token_is_refused_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("password")
    with pytest.raises(auth.TokenUnusable, match="64 hex digits"):
        auth.load_token(str(tmp_path))
    assert (tmp_path / "token").read_text() == "password"


def test_a_token_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("cd" * 32)
    path.chmod(0o644)
    auth.load_token(str(tmp_path))
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600


def test_proofs_are_hmacs_over_both_nonces_in_their_order() -> None:
    key, client, script = "aa" * 32, "11" * 32, "22" * 32

    def expected(text: str) -> str:
        return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()

    assert auth.script_proof(key, client, script) == expected(f"setmirror/2/script:{client}:{script}")
    assert auth.client_proof(key, client, script) == expected(f"setmirror/2/client:{script}:{client}")


def test_only_the_same_text_is_the_proof() -> None:
    assert auth.same("abc", "abc")
    assert not any(auth.same("abc", other) for other in ("abd", "", None, 5, ["abc"], "ü"))
