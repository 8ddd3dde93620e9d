"""The policy's file: read as a whole or refused, in force as soon as it changes; the folders of files that it names."""

from __future__ import annotations

from pathlib import Path

import pytest
import trio
import trio.lowlevel
import trio.testing

from mcp_server.policy import Policy, PolicyFile
from mcp_server.tools import TOOLS
from mirror import errors
from tests.lean import demo_set
from tests.whole import Refused, whole_path

Clock = trio.testing.MockClock
ERAS = pytest.mark.parametrize("mode", ["auto", "legacy"])


@pytest.mark.parametrize(
    "text",
    [
        "rule = 3",
        "[[rule]]\ndecide = 'perhaps'",
        "[[rule]]\ndecide='deny'\nrefs=['a b/c']",
        "x = 1",
        "[[",
        "read_only = 'no'",
    ],
)
def test_an_invalid_policy_is_refused_completely(text: str, tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(text)
    with pytest.raises(errors.InvalidParams, match=r"policy\.toml cannot be used"):
        Policy.load(path)


def test_the_default_policy_has_no_rules_and_a_missing_named_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SETMIRROR_HOME", str(tmp_path))
    assert Policy.load().rules == ()
    with pytest.raises(errors.InvalidParams, match="There is no policy"):
        Policy.load(tmp_path / "other.toml")


@ERAS
async def test_a_changed_policy_applies_at_once_and_changed_toolsets_are_announced(
    mode: str, tmp_path: Path, autojump_clock: Clock
) -> None:
    path = tmp_path / "policy.toml"
    async with whole_path(demo_set(), mode=mode, policy_file=path) as whole:
        await whole.call("set_song", tempo=100)
        assert len((await whole.agent.client.list_tools()).tools) == len(TOOLS)
        path.write_text("toolsets = ['read']\n")
        await trio.sleep(5)
        assert {each.name for each in (await whole.agent.client.list_tools()).tools} == set(
            whole.engine.tools
        )
        assert "set_song" not in whole.engine.tools
        if mode == "legacy":
            assert whole.agent.lists == ["tools"]
        path.write_text("toolsets = ['no such'] ")
        await trio.sleep(5)
        assert "set_song" not in whole.engine.tools
        path.write_text("[[rule]]\ndecide = 'deny'\nreason = 'hands off'")
        await trio.sleep(5)
        with pytest.raises(Refused) as caught:
            await whole.call("set_song", tempo=101)
        assert caught.value.data["hint"] == "hands off"
        path.unlink()
        await trio.sleep(5)
        await whole.call("set_song", tempo=101)


def test_audio_files_are_read_only_from_folders_of_the_policy(tmp_path: Path) -> None:
    inside, outside = tmp_path / "music", tmp_path / "secret"
    inside.mkdir()
    outside.mkdir()
    (inside / "link").symlink_to(outside)
    policy = Policy(PolicyFile(audio_folders=(str(inside),)))
    policy.check_file(str(inside / "kick.wav"))
    for path in (outside / "a.wav", inside / ".." / "secret" / "a.wav", inside / "link" / "a.wav"):
        with pytest.raises(errors.Denied):
            policy.check_file(str(path))
    for text in ("kick.wav", "../kick.wav", str(inside / "a\0.wav")):
        with pytest.raises(errors.InvalidValue):
            policy.check_file(text)


async def test_the_name_of_the_files_argument_may_be_written_in_any_case(
    tmp_path: Path, autojump_clock: Clock
) -> None:
    inside = tmp_path / "music"
    inside.mkdir()
    policy = Policy(PolicyFile(audio_folders=(str(inside),)))
    async with whole_path(demo_set(), policy=policy) as whole:
        for name in ("file_path", "File_Path", "FILE_PATH"):
            with pytest.raises(Refused, match="audio_folders"):
                await whole.call(
                    "call_method",
                    target="tracks/4/clip_slots/7",
                    method="create_audio_clip",
                    args={name: str(tmp_path / "secret.wav")},
                )
