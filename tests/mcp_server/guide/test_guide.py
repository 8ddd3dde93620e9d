"""The guide covers the whole product, its statements are true, and its calls work."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import click
import pytest
import trio
import trio.testing
from click.testing import CliRunner

from mcp_server.cli import setmirror
from mcp_server.commands.client_config import CLIENTS
from mcp_server.effects import Kind
from mcp_server.guide import generated, pages
from mcp_server.policy import PolicyFile, Rule
from mcp_server.prompts import PROMPTS
from mcp_server.resources import RESOURCES
from mcp_server.tools import TOOLS, TOOLSETS
from remote_script.SetMirror.contract.errors import TABLE
from remote_script.SetMirror.settings import Settings
from tests.lean import demo_set
from tests.whole import whole_path

ROOT = Path(__file__).resolve().parents[3]
WHOLE = "\n".join(pages.text_of(topic) for topic in pages.TOPICS)
HAND_WRITTEN = {topic: (pages.FOLDER / f"{topic}.md").read_text("utf-8") for topic in pages.TOPICS}


def commands(group: click.Group = setmirror, above: str = "setmirror") -> dict[str, click.Command]:
    found = {}
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        found[f"{above} {name}"] = command
        if isinstance(command, click.Group):
            found.update(commands(command, f"{above} {name}"))
    return found


def test_every_page_has_a_title_and_is_on_the_list() -> None:
    unlisted = sorted({path.stem for path in pages.FOLDER.glob("*.md")} ^ set(pages.TOPICS))
    assert unlisted == [], (
        f"a page is a file in mcp_server/guide/ and a topic in pages.py: {', '.join(unlisted)}"
    )
    for topic in pages.TOPICS:
        assert pages.text_of(topic).startswith("# ")
        assert "{{" not in pages.text_of(topic).replace("{{name}}", "")


def test_every_command_and_option_is_in_the_guide() -> None:
    missing = []
    for name, command in commands().items():
        if command.hidden:
            continue
        options = [
            each
            for param in command.params
            if isinstance(param, click.Option) and not param.hidden
            for each in param.opts
        ]
        missing += [each for each in (f"`{name}`", *options) if each not in WHOLE]
    assert missing == []


def test_every_tool_argument_prompt_and_resource_is_in_the_guide() -> None:
    page = pages.text_of("tools")
    for tool in TOOLS.values():
        _, _, rest = page.partition(f"### `{tool.name}`")
        section = rest.partition("\n### ")[0]
        assert section, tool.name
        missing = [
            name for name in tool.declared.input_schema.get("properties", {}) if f"| `{name}`" not in section
        ]
        assert missing == [], tool.name
    names = [*PROMPTS, *TOOLSETS, *(each.template for each in RESOURCES if each.template.startswith("live:"))]
    assert [name for name in names if f"`{name}`" not in page] == []


def test_every_setting_variable_and_rule_is_in_the_guide() -> None:
    product = [
        *(ROOT / "mcp_server").rglob("*.py"),
        *(ROOT / "mirror").rglob("*.py"),
        *(ROOT / "remote_script").rglob("*.py"),
    ]
    variables = {
        each
        for path in product
        for each in re.findall(r"[\"'](SETMIRROR_[A-Z_]+)[\"']", path.read_text("utf-8"))
    }
    names = {
        *variables,
        *Settings._fields,
        *Rule.__struct_fields__,
        *PolicyFile.__struct_fields__,
        *Kind.__args__,
    }
    assert [name for name in sorted(names) if f"`{name}`" not in WHOLE] == []


def test_every_error_and_client_is_in_the_guide() -> None:
    assert [name for name in TABLE if f"`{name}`" not in pages.text_of("errors")] == []
    assert [name for name in CLIENTS if f"client-config {name} --write" not in pages.text_of("clients")] == []


@pytest.mark.parametrize("topic", pages.TOPICS)
def test_files_and_commands_named_in_a_page_exist(topic: str) -> None:
    known = commands()
    text = HAND_WRITTEN[topic]
    mentions = re.findall(r"(?:`|^    )setmirror((?: [\w./-]+)+)", text, re.MULTILINE)
    for words in mentions:
        parts = words.split()
        name = "setmirror"
        while parts and f"{name} {parts[0]}" in known:
            name += " " + parts.pop(0)
        if parts == ["--version"]:
            continue
        assert name != "setmirror", words
        options = {"--help", *(each for param in known[name].params for each in param.opts)}
        assert [each for each in parts if each.startswith("--") and each not in options] == [], words
    for topics in re.findall(r"setmirror guide ([a-z-]+)|live://guide/([a-z-]+)", text):
        assert "".join(topics) in pages.TOPICS
    for path in re.findall(r"`((?:mirror|mcp_server)/[\w/]+\.(?:py|md))`", text):
        assert (ROOT / path).exists(), path
    for code in re.findall(r"`([A-Z]+_[A-Z_]+)`", text):
        assert code in TABLE or code.startswith(("SETMIRROR_", "NO_COLOR")), code


def test_the_command_shows_topics_and_pages() -> None:
    from mcp_server.commands.guide import command

    listed = CliRunner().invoke(command, [])
    assert all(topic in listed.output for topic in pages.TOPICS)
    shown = CliRunner().invoke(command, ["musicians"])
    assert shown.output.strip() == pages.text_of("musicians").strip()
    assert json.loads(CliRunner().invoke(command, ["tools", "--json"]).output)["text"] == pages.text_of(
        "tools"
    )
    refused = CliRunner().invoke(command, ["tool"])
    assert refused.exit_code == 2
    assert "expected one of musicians" in refused.output


def test_every_part_is_used_on_a_page() -> None:
    used = {
        each for text in HAND_WRITTEN.values() for each in re.findall(r"^\{\{(\w+)\}\}$", text, re.MULTILINE)
    }
    assert used == set(generated.PARTS)


def prompts() -> dict[str, list[tuple[str, dict[str, Any]]]]:
    """The cookbook's prompts, each with its calls."""
    found = {}
    for section in HAND_WRITTEN["cookbook"].split("\n### ")[1:]:
        title, _, rest = section.partition("\n")
        calls = re.findall(r"^    (\w+) (\{.*\})$", rest, re.MULTILINE)
        found[title.strip('"')] = [(tool, json.loads(arguments)) for tool, arguments in calls]
    return found


COOKBOOK = prompts()


def test_the_cookbook_has_thirty_prompts_and_calls_for_each() -> None:
    assert len(COOKBOOK) >= 30
    assert [prompt for prompt, calls in COOKBOOK.items() if not calls] == []


@pytest.mark.parametrize("prompt", COOKBOOK)
async def test_a_prompt_of_the_cookbook_works_in_the_demo_set(
    prompt: str, autojump_clock: trio.testing.MockClock
) -> None:
    async with whole_path(demo_set()) as whole:
        for tool, arguments in COOKBOOK[prompt]:
            before = whole.mirror.revision
            await whole.call(tool, **arguments)
            writes = not TOOLS[tool].reads and not arguments.get("dry_run") and tool != "recipe"
            assert (whole.mirror.revision > before) == writes or tool in ("look", "transport", "fire"), tool


README = (ROOT / "README.md").read_text("utf-8")


async def test_the_calls_in_the_readme_work_in_the_demo_set(autojump_clock: trio.testing.MockClock) -> None:
    calls = re.findall(r"^    (\w+) +(\{.*\})$", README, re.MULTILINE)
    assert len(calls) >= 4
    for tool, arguments in calls:
        async with whole_path(demo_set()) as whole:
            await whole.call(tool, **json.loads(arguments))
            assert whole.mirror.revision > 0


def test_the_readme_names_commands_pages_and_files_that_exist() -> None:
    known = commands()
    for words in re.findall(r"(?:`|^    )setmirror ([a-z-]+)((?: --[\w-]+)*)", README, re.MULTILINE):
        options = {each for param in known[f"setmirror {words[0]}"].params for each in param.opts}
        assert set(words[1].split()) <= options, words
    links = re.findall(r"\]\((?!https?:)([^)]+)\)", README)
    assert len(links) > 10
    assert [each for each in links if not (ROOT / each).exists()] == []
    for topic in re.findall(r"`([a-z-]+)`(?= ·| \|)", README):
        assert topic in pages.TOPICS
    pages_linked = {Path(each).stem for each in links if each.startswith("mcp_server/guide/")}
    unlinked = sorted(set(pages.TOPICS) - pages_linked - {"tools", "errors", "commands", "settings"})
    assert unlinked == [], f"README.md links to each page of the guide: add {', '.join(unlinked)}"
    assert pages_linked <= set(pages.TOPICS)


def test_the_readme_is_one_screen_before_its_reference() -> None:
    assert len(README.partition("## The guide")[0].splitlines()) <= 45


async def test_pages_of_the_guide_are_resources_and_no_tools(autojump_clock: trio.testing.MockClock) -> None:
    async with whole_path(demo_set()) as whole:
        listed = await whole.agent.client.list_resources()
        uris = {str(each.uri) for each in listed.resources}
        assert {f"live://guide/{topic}" for topic in pages.TOPICS} <= uris
        for topic in ("musicians", "tools"):
            read = await whole.agent.client.read_resource(f"live://guide/{topic}")
            assert json.loads(read.contents[0].text)["text"] == pages.text_of(topic)
        assert "guide" not in TOOLS
