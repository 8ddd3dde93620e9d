"""The token file and the proofs."""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
from pathlib import Path

import pytest

from remote_script.SetMirror.contract import auth


def test_the_token_is_created_once_with_private_access(tmp_path: Path) -> None:
    folder = str(tmp_path / "new")
    token = auth.load_token(folder)
    assert len(token) == 64
    assert auth.load_token(folder) == token
    path = tmp_path / "new" / "token"
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["token"]


def test_a_token_created_by_the_other_side_is_used(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("ab" * 32 + "\n")
    assert auth.load_token(str(tmp_path)) == "ab" * 32


def test_a_file_without_a_token_is_refused_and_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("password")
    with pytest.raises(auth.TokenUnusable, match="64 hex digits"):
        auth.load_token(str(tmp_path))
    assert (tmp_path / "token").read_text() == "password"


def test_a_token_readable_by_others_is_made_private(tmp_path: Path) -> None:
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


def _folder(path: Path) -> None:
    path.mkdir()


def _link(path: Path) -> None:
    (path.parent / "elsewhere").write_text("ab" * 32)
    path.symlink_to(path.parent / "elsewhere")


def _nowhere(path: Path) -> None:
    path.symlink_to(path.parent / "nowhere")


BAD_FILES = {
    "not UTF-8": (lambda path: path.write_bytes(b"\xff\xfe\x00" * 30), "64 hex digits"),
    "empty": (lambda path: path.write_bytes(b""), "64 hex digits"),
    "long": (lambda path: path.write_bytes(b"ab" * 10_000_000), "64 hex digits"),
    "a FIFO": (os.mkfifo, "not a regular file"),
    "a folder": (_folder, "not a regular file"),
    "a link": (_link, "symbolic link"),
    "a link to nowhere": (_nowhere, "symbolic link"),
}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_token_file_of_another_kind_is_refused_at_once_in_one_line(tmp_path: Path, kind: str) -> None:
    make, reason = BAD_FILES[kind]
    make(tmp_path / "token")
    with pytest.raises(auth.TokenUnusable) as refused:
        auth.load_token(str(tmp_path))
    text = str(refused.value)
    assert reason in text
    assert str(tmp_path / "token") in text
    assert "\n" not in text


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such owners")
def test_somebody_elses_token_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text("ab" * 32)
    uid = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: uid + 1)
    with pytest.raises(auth.TokenUnusable, match="another user"):
        auth.load_token(str(tmp_path))


def test_a_key_belongs_to_one_client() -> None:
    token = "ab" * 32
    names = [(role, name) for role in auth.ROLES for name in ("a", "b", "a-b", "A")]
    assert len({auth.client_key(token, *who) for who in names}) == len(names)
    for role, name in names:
        assert auth.read_bearer(token, auth.bearer(token, name, role)) == (role, name)
        assert auth.read_bearer("cd" * 32, auth.bearer(token, name, role)) is None
    for shown in ("", ".", "a", "a.", token, f"a.{token}", f".{auth.client_key(token, 'agent', 'a')}"):
        assert auth.read_bearer(token, shown) is None
