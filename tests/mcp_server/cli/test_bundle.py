"""The bundle is complete, starts as a client starts it, and accepts its settings as texts."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import trio
from mcp import StdioServerParameters
from mcp.client.stdio import stdio_client
from PIL import Image

from mcp_server.cli import setmirror
from mcp_server.commands import bundle, doctor_checks, options, processes
from mcp_server.commands.console import run_command
from mcp_server.demo.agent import Agent

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle")
    assert run_command(setmirror, ["bundle", str(folder)]) == 0
    with zipfile.ZipFile(folder / f"setmirror-{doctor_checks.version()}.mcpb") as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def test_the_manifest_names_existing_files_and_settings_with_defaults(unpacked: Path) -> None:
    manifest = json.loads((unpacked / "manifest.json").read_text("utf-8"))

    assert manifest["version"] == doctor_checks.version()
    assert (unpacked / manifest["server"]["entry_point"]).is_file()
    with Image.open(unpacked / manifest["icon"]) as icon:
        assert (icon.format, icon.size) == ("PNG", (512, 512))
    given = manifest["server"]["mcp_config"]["env"].values()
    assert set(given) == {f"${{user_config.{name}}}" for name in manifest["user_config"]}
    for setting in manifest["user_config"].values():
        assert setting["description"]
        assert "default" in setting


def test_the_bundle_has_the_dependencies_of_the_program(unpacked: Path) -> None:
    ours = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    theirs = tomllib.loads((unpacked / "pyproject.toml").read_text("utf-8"))["project"]

    def names(requirements: list[str]) -> set[str]:
        return {each.split(">")[0].split("<")[0].strip() for each in requirements}

    assert names(theirs["dependencies"]) == names(ours["dependencies"])
    assert theirs["scripts"] == {"setmirror": ours["scripts"]["setmirror"]}
    assert theirs["version"] == ours["version"] == doctor_checks.version()


def test_the_bundle_stays_small_and_no_data_file_dominates_it() -> None:
    data = bundle.bundle("1.0.0", [])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        largest = max(archive.infolist(), key=lambda each: each.compress_size)
    assert len(data) < 3_000_000
    assert largest.compress_size < 150_000, largest.filename


def test_building_the_bundle_is_reproducible() -> None:
    assert bundle.bundle("1.0.0", ["a>=1"]) == bundle.bundle("1.0.0", ["a>=1"])


def test_server_json_fits_the_registrys_rules_and_the_readme() -> None:
    told = bundle.server_json("0.1.0")

    assert told["name"].count("/") == 1
    assert len(told["description"]) <= 100
    assert f"mcp-name: {told['name']}" in (ROOT / "README.md").read_text("utf-8")
    assert [each["transport"]["type"] for each in told["packages"]] == ["stdio"]


async def test_the_unpacked_bundle_answers_a_client_with_its_settings(unpacked: Path, home: Path) -> None:
    values = {"read_only": "true", "toolset": "all", "headless": "true", "port": "9860"}
    manifest = json.loads(await trio.Path(unpacked / "manifest.json").read_text("utf-8"))
    environ = {
        name: values[text.removeprefix("${user_config.").removesuffix("}")]
        for name, text in manifest["server"]["mcp_config"]["env"].items()
    }
    arguments = manifest["server"]["mcp_config"]["args"]
    server = StdioServerParameters(
        command=sys.executable,
        # As uv does: run the program `setmirror` from that folder.
        args=[
            "-c",
            "from mcp_server.cli import main; main()",
            *arguments[arguments.index("setmirror") + 1 :],
        ],
        cwd=unpacked,
        env=processes.environment(PYTHONPATH=str(unpacked), **environ),
    )
    with trio.fail_after(180):
        async with Agent.over(stdio_client(server), mode="auto", name="claude") as agent:
            tools = {tool.name for tool in (await agent.client.list_tools()).tools}
            found = await agent.call("get_set")

    assert "set_song" not in tools
    assert found["set"]


SWITCHES = {"true": True, "TRUE": True, "1": True, "false": False, "": False, "${user_config.x}": False}


@pytest.mark.parametrize(("text", "on"), SWITCHES.items())
def test_a_switch_is_accepted_in_the_forms_that_clients_write(
    text: str, on: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SETMIRROR_READ_ONLY", text)
    assert options.switched_on("SETMIRROR_READ_ONLY") is on


def test_a_switch_value_other_than_on_or_off_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SETMIRROR_READ_ONLY", "maybe")
    assert run_command(setmirror, ["serve"]) == 2
    assert "SETMIRROR_READ_ONLY must be true or false" in capsys.readouterr().err


def test_types_are_shipped_with_each_package() -> None:
    assert all((processes.packages_root() / package / "py.typed").is_file() for package in bundle.PACKAGES)


@pytest.mark.slow
def test_the_bundlers_own_validator_accepts_the_manifest(unpacked: Path) -> None:
    npx = shutil.which("npx")
    if npx is None:
        pytest.skip("npx is not on this machine")
    words = [npx, "-y", "@anthropic-ai/mcpb", "validate", str(unpacked / "manifest.json")]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=300)
    if "validation" not in done.stdout + done.stderr:
        pytest.skip(f"the validator cannot be had: {done.stderr[-200:]}")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_bundle_is_a_valid_zip() -> None:
    assert zipfile.ZipFile(io.BytesIO(bundle.bundle("1.0.0", []))).testzip() is None
