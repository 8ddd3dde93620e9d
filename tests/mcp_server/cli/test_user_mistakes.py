"""A user's mistake is one line with the problem, its reason and the next step; a client's server starts anyway."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import anyio
import pytest
import trio.testing

from mcp_server import serving
from mcp_server.cli import setmirror
from mcp_server.commands import options, processes
from mcp_server.commands.console import run_command
from mcp_server.demo.agent import Agent, ToolRefused
from mcp_server.dialects import daw_mcp_server
from mcp_server.policy import Policy
from mcp_server.serving import Options
from mirror import errors
from remote_script.SetMirror import settings
from tests.lean import demo_set
from tests.whole import Refused, whole_path


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which another program listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


def ends(words: str, capfd: pytest.CaptureFixture[str]) -> str:
    """Run a command that must fail with an explanation; returns its output."""
    assert run_command(setmirror, words.split()) in (1, 2)
    said = "".join(capfd.readouterr())
    assert "Traceback" not in said
    assert len(said.splitlines()) <= 4, said
    return said


BROKEN = [
    "read_only = yes",
    "read_onyl = true",
    '[[rule]]\ndecide = "forbid"',
    '[[rules]]\ndecide = "deny"',
    '[[rule]]\ndecide = "deny"\nrefs = ["tracks/["]',
    '[[rule]]\ndecide = "ask"\noperations = ["read"]',
    'toolsets = ["coer"]',
    "\x00",
]


@pytest.mark.parametrize("text", BROKEN)
def test_a_policy_with_a_mistake_leaves_the_server_read_only_and_names_the_file(
    text: str, home: Path
) -> None:
    home.mkdir()
    (home / "policy.toml").write_text(text, "utf-8")

    policy = serving._policy(Options())

    assert policy.read_only
    assert "policy.toml" in policy.unusable or "coer" in policy.unusable


def test_a_missing_policy_or_one_that_is_not_utf8_makes_the_server_read_only(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b"# \xe9\n")
    for path in (tmp_path / "missing.toml", tmp_path / "latin.toml", tmp_path):
        assert serving._policy(Options(policy=path)).unusable


async def test_with_a_broken_policy_clients_can_read_and_writes_are_refused_with_the_reason(
    autojump_clock: trio.testing.MockClock,
) -> None:
    policy = Policy.standing_in(errors.InvalidParams("The policy /x/policy.toml cannot be used: decide"))
    async with whole_path(demo_set(), policy=policy) as whole:
        assert (await whole.call("get_set"))["set"]
        with pytest.raises(Refused, match=r"/x/policy\.toml cannot be used: decide"):
            await whole.call("set_song", tempo=90)


@pytest.fixture
def broken_policy(home: Path) -> None:
    home.mkdir()
    (home / "policy.toml").write_text("read_only = yes", "utf-8")


@pytest.mark.usefixtures("broken_policy")
async def test_a_server_process_with_a_broken_policy_starts_and_reports_the_error() -> None:
    with trio.fail_after(120):
        async with Agent.connected(1, environ=processes.environment()) as agent:
            assert "policy.toml" in (agent.client.instructions or "")
            with pytest.raises(ToolRefused, match=r"policy\.toml"):
                await agent.call("set_song", tempo=90)


async def test_an_occupied_port_of_daw_mcp_does_not_end_the_server(
    taken: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(daw_mcp_server, "serve", partial(daw_mcp_server.serve, port=taken))
    async with anyio.create_task_group() as tasks:
        await serving._start_daw_mcp(tasks, None)  # type: ignore[arg-type]

    assert f"port {taken} on 127.0.0.1 is taken" in caplog.text


@pytest.mark.parametrize("words", ["serve --http --http-port {taken}", "daw-mcp --daw-mcp-port {taken}"])
def test_an_occupied_port_is_named_with_the_option_for_another(
    words: str, taken: int, capfd: pytest.CaptureFixture[str]
) -> None:
    said = ends(words.format(taken=taken), capfd)

    assert f"port {taken} on 127.0.0.1 is taken" in said
    assert "-port" in said.split("taken")[1]


@pytest.mark.parametrize("words", ["serve --toolset none", "client-config cursor --toolset none"])
def test_an_unknown_toolset_is_refused_with_the_valid_ones(
    words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert "core" in ends(words, capfd)


def test_an_unknown_token_is_refused_with_the_way_to_get_one(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SETMIRROR_CLIENT", "cursor.0123")

    assert "client-config" in ends("serve", capfd)


@pytest.mark.parametrize("text", ["abc", "0x10", "²", "-1", "65536", "9" * 5000])
def test_an_invalid_port_variable_is_reported_once_and_both_sides_use_the_default(
    text: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SETMIRROR_PORT", text)
    logged: list[str] = []

    run_command(setmirror, ["client-config", "cursor"])

    said = capfd.readouterr().err
    assert said.count("SETMIRROR_PORT must be 1 to 65535") == 1
    assert options.default_port() == settings.load(logged.append).port == 9860
    assert len(logged) == 1


@pytest.mark.parametrize("text", ["", "9999", " 9999 "])
def test_a_valid_port_variable_is_used_on_both_sides(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETMIRROR_PORT", text)

    assert options.default_port() == settings.load(lambda line: None).port == int(text or 9860)


WRITERS = [
    "client-config cursor",
    "serve",
    "get song",
    "tail",
    "record {folder}/r.ndjson",
    "status",
    "policy clients",
]


@pytest.mark.parametrize("words", WRITERS)
def test_a_home_folder_that_cannot_be_created_is_named(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SETMIRROR_HOME", str(tmp_path / "file" / "home"))

    assert f"{tmp_path}{os.sep}file" in ends(words.format(folder=tmp_path), capfd)


@pytest.mark.parametrize(
    "words",
    [
        "record {missing}/r.ndjson",
        "look -o {missing}/x.svg",
        "probe --devices {missing}/x.json",
        "lint {missing}",
    ],
)
def test_a_missing_folder_is_named(words: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ends(f"{words.format(missing=tmp_path / 'missing')} " + ("" if "lint" in words else "--port 1"), capfd)
