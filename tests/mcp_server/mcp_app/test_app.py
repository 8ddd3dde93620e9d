"""The MCP App without a browser: the clients that get it, its document, and its tool that follows the Set."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import mcp_types as types
import pytest
import trio
import trio.testing
from mcp.client import Client
from mcp.client.extension import advertise
from mcp.server.apps import APP_MIME_TYPE, EXTENSION_ID
from mcp.shared.exceptions import MCPError

from mcp_server.front import build
from mcp_server.mcp_app import extension, following
from mcp_server.mcp_app.belonging import BELONGS
from mcp_server.mcp_app.document import _wrapped, bundle, document
from mcp_server.mcp_app.following import tools as view_tools
from mcp_server.policy import Policy, PolicyFile, Rule
from mcp_server.tools import TOOLS
from tests.lean import demo_set
from tests.whole import Whole, whole_path

Clock = trio.testing.MockClock
ERAS = pytest.mark.parametrize("mode", ["auto", "legacy"])
SHOWS_VIEWS = advertise(EXTENSION_ID, {"mimeTypes": [APP_MIME_TYPE]})
CLIP = "tracks/1/clip_slots/2/clip"


@asynccontextmanager
async def host(whole: Whole, mode: str = "auto", *, shows_views: bool = True) -> AsyncIterator[Client]:
    """Connect a client of the same server, with or without support for views."""
    more = {"extensions": [SHOWS_VIEWS]} if shows_views else {}
    async with Client(build(whole.engine), mode=mode, cache=None, **more) as client:
        yield client


async def belongs(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """The data about a call that its view gets."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    told = (result.meta or {})[BELONGS]
    assert isinstance(told, dict)
    return told


async def follow(client: Client, **arguments: Any) -> dict[str, Any]:
    result = await client.call_tool("follow_view", arguments)
    assert not result.is_error, result.content
    assert result.content == []
    answer = result.structured_content
    assert isinstance(answer, dict)
    return answer


async def all_of(client: Client, view: str, **more: Any) -> tuple[dict[str, Any], str]:
    """The state of a view that requests all parts after its first calls, and the parts' SVG."""
    first = await follow(client, view=view, **more)
    keys = [place[0] for place in first["layout"]["areas"]]
    answer = await follow(client, view=view, keys=keys, have=first["digests"], **more)
    assert "layout" not in answer
    have = {**first["digests"], **answer["digests"]}
    return {"view": view, "keys": keys, "have": have, **more}, "".join(answer["parts"].values())


# -- who is offered it -------------------------------------------------------------------------------------------


@ERAS
async def test_a_client_without_views_gets_the_unchanged_tools_and_results(
    mode: str, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole, host(whole, mode, shows_views=False) as client:
        listed = (await client.list_tools()).tools
        assert [each.model_dump() for each in listed] == [
            each.declared.model_dump() for each in TOOLS.values()
        ]
        assert all(each.meta is None for each in listed)
        resources = (await client.list_resources()).resources
        assert not any(str(each.uri).startswith("ui://") for each in resources)
        result = await client.call_tool("look", {"targets": [CLIP]})
        assert [each.type for each in result.content] == ["text", "image"]
        for tool, arguments in (("look", {}), ("set_track", {"track": 1, "volume": "-9 dB"})):
            assert BELONGS not in ((await client.call_tool(tool, arguments)).meta or {})
        refused = await client.call_tool("follow_view", {})
        assert refused.is_error
        assert "There is no tool 'follow_view'" in refused.content[0].text  # type: ignore[union-attr]


@ERAS
async def test_a_client_with_views_gets_their_addresses_and_one_more_tool(
    mode: str, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole, host(whole, mode) as client:
        assert (client.server_capabilities.extensions or {}) == {EXTENSION_ID: {}}
        listed = {each.name: each for each in (await client.list_tools()).tools}
        assert list(listed) == [*TOOLS, "follow_view"]
        assert listed["follow_view"].meta == {"ui": {"visibility": ["app"]}}
        resources = {str(each.uri): each for each in (await client.list_resources()).resources}
        for name, tool in TOOLS.items():
            meta = listed[name].meta
            if tool.reads and name not in ("look", "analyze"):
                assert meta is None
                continue
            assert meta is not None
            uri = meta["ui"]["resourceUri"]
            assert resources[uri].mime_type == APP_MIME_TYPE
            # Except for the view's address a tool is the same for all clients.
            assert listed[name].model_copy(update={"meta": None}) == tool.declared


@ERAS
async def test_text_and_picture_are_the_same_beside_a_view(mode: str, autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole, host(whole, mode) as client:
        for tool, arguments in (("look", {"targets": [CLIP]}), ("analyze", {})):
            shown = await client.call_tool(tool, arguments)
            async with host(whole, mode, shows_views=False) as other:
                plain = await other.call_tool(tool, arguments)
            assert [each.type for each in shown.content] == [each.type for each in plain.content]
            for one, same in zip(shown.content, plain.content, strict=True):
                if isinstance(one, types.ImageContent):
                    assert one == same
            for ages in (shown.structured_content, plain.structured_content):
                assert ages is not None
                ages.pop("age_ms")
            assert shown.structured_content == plain.structured_content


# -- the document ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", extension.KINDS)
def test_a_view_is_a_single_self_contained_document(kind: str) -> None:
    html = document(kind)
    assert html.startswith("<!doctype html>")
    assert "{{" not in html
    assert len(html) < 200_000
    assert not re.findall(
        r"""(?:src|href)\s*=|https?:|//[a-z0-9-]+\.[a-z]|@import|url\(|\bimport\b\s*[({"']""", html
    )
    assert not re.findall(r"^\s*(?:import|export)\b", html, re.MULTILINE)
    assert not re.findall(
        r"\bfetch\(|XMLHttpRequest|WebSocket|EventSource|localStorage|\beval\(|new Function", html
    )
    (script,) = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)
    assert policy is not None
    proof = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{proof}'" in policy[1]
    assert "default-src 'none'" in policy[1]
    assert html.index("Content-Security-Policy") < html.index("<style>") < html.index("<script>")


def test_the_view_draws_with_the_modules_of_the_page() -> None:
    script = bundle("app.js")
    names = re.findall(r"^const module_(\w+)_js = ", script, re.MULTILINE)
    assert set(names) >= {"picture", "views", "log", "dom", "app", "host", "follow"}
    assert len(names) == len(set(names))
    # Each module comes after the modules that it imports.
    assert names.index("dom") < names.index("picture") < names.index("views") < names.index("app")


@pytest.mark.parametrize(
    "line", ["import x from 'y';", "export default 1;", 'const a = "</script>";', "<!-- -->"]
)
def test_a_module_that_cannot_be_bundled_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="cannot stand in one script"):
        _wrapped("some.js", f"const b = 1;\n{line}\n")


@ERAS
async def test_every_address_is_served_with_a_policy_without_network(
    mode: str, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole, host(whole, mode) as client:
        for kind in extension.KINDS:
            (contents,) = (await client.read_resource(extension.URI.format(kind=kind))).contents
            assert isinstance(contents, types.TextResourceContents)
            assert contents.mime_type == APP_MIME_TYPE
            assert contents.text == document(kind)
            assert contents.meta is not None
            assert set(contents.meta["ui"]["csp"]) == {
                "connectDomains", "resourceDomains", "frameDomains", "baseUriDomains"
            }  # fmt: skip
            assert not any(contents.meta["ui"]["csp"].values())
        with pytest.raises(MCPError, match="no such view"):
            await client.read_resource("ui://setmirror/other.html")


# -- what a view is told of a call -------------------------------------------------------------------------------


async def test_each_call_has_its_view(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole, host(whole) as client:
        mirror = whole.mirror
        clip, other = mirror.resolve(CLIP).id, mirror.resolve("tracks/0/clip_slots/1/clip").id
        device = mirror.resolve("tracks/1/devices/0").id
        cases: list[tuple[str, dict[str, Any], str, list[int]]] = [
            ("look", {}, "session", []),
            ("look", {"view": "mixer"}, "mixer", []),
            ("look", {"targets": ["tracks/1/clip_slots/2"]}, "notes", [clip]),
            ("look", {"targets": [CLIP, "tracks/0/clip_slots/1"]}, "notes", [clip, other]),
            ("look", {"targets": ["tracks/1/devices/0"]}, "device", [device]),
            ("analyze", {"targets": [CLIP]}, "notes", [clip]),
            ("analyze", {"listen_s": 0.2}, "mixer", []),
            ("set_track", {"track": "tracks/1", "volume": "-9 dB"}, "mixer", []),
            ("edit_notes", {"clip": CLIP, "add": "C5@15:0.5"}, "notes", [clip]),
            ("set_clip", {"clip": CLIP, "name": "Hymn"}, "session", []),
            ("set_device", {"device": "tracks/1/devices/0", "parameters": {"Device On": "off"}}, "device", [device]),
            ("create", {"kind": "midi", "name": "Pad"}, "session", []),
            ("set_song", {"tempo": 99}, "session", []),
        ]  # fmt: skip
        for tool, arguments, view, targets in cases:
            told = await belongs(client, tool, **arguments)
            assert (told["view"], told["targets"]) == (view, targets), (tool, arguments)
            assert told["epoch"] == mirror.epoch
            assert told["tool"] == tool
            assert (told.get("entry") is not None) is (not TOOLS[tool].reads)


@pytest.mark.parametrize("name", [name for name, tool in TOOLS.items() if extension.kind_of(tool)])
async def test_a_refused_call_has_no_view(name: str, autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole, host(whole) as client:
        result = await client.call_tool(name, {"no_such": 1})
        assert result.is_error
        assert BELONGS not in (result.meta or {})


async def test_the_view_of_a_write_shows_former_and_new_values(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole, host(whole) as client:
        told = await belongs(client, "set_track", track="tracks/1", volume="-9 dB", mute=True)
        changes = {
            (each["where"], each["what"], each["before"], each["after"]) for each in told["entry"]["changes"]
        }
        assert changes == {("Keys › Volume", "", "0.0 dB", "-9.0 dB"), ("Keys", "mute", "off", "on")}
        assert told["entry"]["write"] == whole.mirror.log.last(1)[0].write
        assert told["buttons"] == ["revert", "fire"]
        # The tools that the buttons of a view call.
        await client.call_tool("revert", {"write": told["entry"]["write"]})
        assert whole.mirror.resolve("tracks/1/mixer_device/volume").props["display"] == "0.0 dB"


async def test_the_view_of_a_write_omits_simultaneous_edits_by_a_person(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole, host(whole) as client, anyio.create_task_group() as tasks:

        async def work() -> None:
            for number in range(400):
                await whole.by_hand(
                    lambda song, number=number: setattr(song.tracks[3], "name", f"Pad {number}")
                )
                await trio.sleep(0.002)

        tasks.start_soon(work)
        for volume in ("-9 dB", "-12 dB", "-15 dB"):
            told = await belongs(client, "set_track", track="tracks/1", volume=volume)
            assert [each["where"] for each in told["entry"]["changes"]] == ["Keys › Volume"]
        tasks.cancel_scope.cancel()


async def test_the_view_of_a_dry_run_shows_planned_changes(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole, host(whole) as client:
        arguments = {"clips": [CLIP], "edits": ["legato"], "dry_run": True}
        told = await belongs(client, "transform_notes", **arguments)
        assert told["buttons"] == ["revert", "fire", "try"]
        assert told["view"] == "notes"
        assert told["entry"]["write"] is None
        assert [each["what"] for each in told["entry"]["changes"]] == [f"{CLIP}: 40 changed"]


async def test_a_server_without_the_tools_offers_no_buttons(autojump_clock: Clock) -> None:
    async with whole_path(demo_set(), policy=Policy(read_only=True)) as whole, host(whole) as client:
        assert (await belongs(client, "look"))["buttons"] == []
        listed = [each.name for each in (await client.list_tools()).tools]
        assert "set_track" not in listed
        assert "follow_view" in listed


# -- following the Set -------------------------------------------------------------------------------------------


async def test_a_view_gets_only_visible_changes(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole, host(whole) as client:
        state, drawn = await all_of(client, "session")
        assert "Drums" in drawn
        answer = await follow(client, **state)
        assert (answer["different"], answer["parts"], answer["digests"]) == (False, {}, {})
        await whole.by_hand(lambda song: setattr(song.tracks[2].clip_slots[1].clip, "name", "Low"))
        answer = await follow(client, **state, wait_s=20)
        assert list(answer["parts"]) == ["body/0/0"]
        assert "Low" in answer["parts"]["body/0/0"]


async def test_a_call_waits_for_a_change_up_to_its_timeout(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole, host(whole) as client:
        state, _ = await all_of(client, "mixer")
        began = trio.current_time()
        answer = await follow(client, **state, wait_s=15)
        assert not answer["different"]
        assert 15 <= trio.current_time() - began < 16
        answers = []

        async def wait() -> None:
            answers.append(await follow(client, **state, wait_s=20))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(wait)
            await trio.sleep(5)
            # The mixer does not show names of clips.
            await whole.by_hand(lambda song: setattr(song.tracks[1].clip_slots[2].clip, "name", "Hymn"))
            await trio.sleep(5)
            assert answers == []
            changed = trio.current_time()
            await whole.by_hand(lambda song: setattr(song.tracks[1].mixer_device.volume, "value", 0.5))
        assert trio.current_time() - changed < 0.5
        assert list(answers[0]["parts"]) == ["body/0"]


async def test_a_lost_answer_is_sent_again(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole, host(whole) as client:
        state, _ = await all_of(client, "session")
        await whole.by_hand(lambda song: setattr(song.tracks[0], "name", "Percussion"))
        await trio.sleep(1)
        first, again = await follow(client, **state), await follow(client, **state)
        assert first["parts"] == again["parts"]
        assert "Percussion" in first["parts"]["head/0"]


async def test_answers_are_bounded_and_the_rest_is_in_the_next(
    autojump_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "MOST_CHARACTERS", 1)
    async with whole_path(demo_set()) as whole, host(whole) as client:
        first = await follow(client, view="session")
        keys = [place[0] for place in first["layout"]["areas"]]
        have = first["digests"]
        for key in keys:
            answer = await follow(client, view="session", keys=keys, have=have, wait_s=20)
            assert list(answer["parts"]) == [key]
            have = {**have, **answer["digests"]}
        assert not (await follow(client, view="session", keys=keys, have=have))["different"]


async def test_a_view_is_notified_when_live_quits_and_returns(
    autojump_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise OSError("nobody listens")

    async with whole_path(demo_set()) as whole, host(whole) as client:
        state, _ = await all_of(client, "session")
        monkeypatch.setattr(whole.stage.listener, "connect", refuse)
        whole.cut()
        answer = await follow(client, **state, wait_s=20)
        assert not answer["follows"]
        assert answer["problem"]
        monkeypatch.undo()
        state["have"].update(answer["digests"])
        while not answer["follows"]:
            answer = await follow(client, **state, wait_s=20)


async def test_the_arrangement_view_follows_start_jump_and_stop_of_the_song(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole, host(whole) as client:
        await follow(client, view="arrangement")
        await trio.sleep(2)
        state, _ = await all_of(client, "arrangement")

        async def next_song() -> dict[str, Any]:
            answer = await follow(client, **state, wait_s=20)
            assert answer["different"]
            state["have"].update(answer["digests"])
            song = answer["song"]
            assert isinstance(song, dict)
            return song

        await whole.by_hand(lambda song: song.start_playing())
        assert (await next_song())["playing"]
        # A playing song needs no message: the view moves the playhead itself.
        began = trio.current_time()
        assert not (await follow(client, **state, wait_s=10))["different"]
        assert trio.current_time() - began >= 10
        await whole.by_hand(lambda song: setattr(song, "current_song_time", 64.0))
        assert (await next_song())["beats"] >= 64
        await whole.by_hand(lambda song: song.stop_playing())
        assert not (await next_song())["playing"]


async def test_meters_move_while_the_song_plays_at_a_bounded_rate(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole, host(whole) as client:
        state, _ = await all_of(client, "mixer")
        assert not (await follow(client, **state, wait_s=5))["different"]
        await whole.by_hand(lambda song: song.scenes[1].fire())
        await trio.sleep(1)
        reads, began, levels = await requests(whole), trio.current_time(), []
        while trio.current_time() - began < 5:
            # Also without waiting: a view that asks more often gets no more samples.
            answer = await follow(client, **state, wait_s=20 if len(levels) % 2 else 0)
            state["have"].update(answer["digests"])
            levels.append(answer["meters"])
        samples = 5 / following.METER_S
        assert {"tracks/0", "master_track"} <= levels[-1].keys()
        assert len({str(each) for each in levels}) > samples / 3
        assert await requests(whole) - reads <= samples + 3
        await whole.by_hand(lambda song: song.stop_playing())
        while levels[-1]:
            answer = await follow(client, **state, wait_s=20)
            assert answer["different"]
            state["have"].update(answer["digests"])
            levels.append(answer["meters"])
        reads = await requests(whole)
        await trio.sleep(5)
        assert await requests(whole) - reads <= 3


async def requests(whole: Whole) -> int:
    """The number of requests that the script has served."""
    return int((await whole.mirror.script_status())["server"]["requests"])


async def test_a_roll_follows_its_clips_and_marks_launchable_ones(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole, host(whole) as client:
        mirror = whole.mirror
        clip, other = mirror.resolve(CLIP).id, mirror.resolve("tracks/0/clip_slots/1/clip").id
        state, drawn = await all_of(client, "notes", targets=[clip], epoch=mirror.epoch)
        assert "40 notes" in drawn
        assert (await follow(client, view="notes", targets=[clip]))["launch"] == CLIP
        await whole.by_hand(lambda song: song.tracks[1].clip_slots[2].fire())
        answer = await follow(client, **state, wait_s=20)
        while not answer["clip"]:
            state["have"].update(answer["digests"])
            answer = await follow(client, **state, wait_s=20)
        assert answer["clip"]["loop"] == [0, 16]
        _, both = await all_of(client, "notes", targets=[clip, other], epoch=mirror.epoch)
        assert "Chords" in both
        assert "Beat A" in both
        arranged = mirror.resolve("tracks/0/arrangement_clips/0").id
        assert (await follow(client, view="notes", targets=[arranged]))["launch"] == ""


async def test_deleted_objects_and_ids_of_another_epoch_are_reported_as_gone(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole, host(whole) as client:
        clip = whole.mirror.resolve(CLIP).id
        for more in ({"targets": [clip], "epoch": "another"}, {"targets": [999_999]}):
            answer = await follow(client, view="notes", **more)
            assert answer["gone"]
            assert answer["epoch"] == whole.mirror.epoch
        found = await follow(client, view="session", find=clip)
        assert found["found"]["view"] == "session"
        assert len(found["found"]["box"]) == 4
        assert (await follow(client, view="session", find=999_999))["found"]["gone"]


@pytest.mark.parametrize("name", view_tools.tools)
async def test_a_wrong_argument_of_a_views_tool_is_refused_with_the_rule(
    name: str, autojump_clock: Clock
) -> None:
    async with whole_path(demo_set()) as whole, host(whole) as client:
        for arguments in (
            {"no_such": 1}, {"view": "desktop"}, {"wait_s": 60}, {"wait_s": -1}, {"keys": ["k"] * 401},
            {"targets": ["Drums"]}, {"have": {"layout": [1]}}, {"theme": "blue"}, {"zoom": "NaN"},
        ):  # fmt: skip
            result = await client.call_tool(name, arguments)
            assert result.is_error, arguments
            assert "Traceback" not in str(result.content)
        # A page's request is limited to the parts that can be drawn.
        answer = await follow(client, width=10**9, zoom=1e300, keys=["nonsense", "body/99/99", "../x"])
        assert answer["layout"]["width"] < 10_000
        assert answer["parts"] == {}


# -- rules -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tools", [(), ("look",)])
async def test_a_view_omits_objects_hidden_from_its_client(
    tools: tuple[str, ...], autojump_clock: Clock
) -> None:
    hidden = Policy(PolicyFile(rule=(Rule("deny", operations=("read",), refs=("tracks/0",), tools=tools),)))
    async with whole_path(demo_set(), policy=hidden) as whole, host(whole) as client:
        for view in ("session", "mixer", "arrangement"):
            state, drawn = await all_of(client, view)
            assert "Drums" not in drawn + json.dumps(await follow(client, view=view))
            await whole.by_hand(lambda song: setattr(song.tracks[0], "name", "Secret"))
            await trio.sleep(1)
            assert "Secret" not in json.dumps(await follow(client, **state))


async def test_rules_about_look_apply_to_its_views(autojump_clock: Clock) -> None:
    nothing = Policy(PolicyFile(rule=(Rule("deny", operations=("read",), tools=("look",)),)))
    async with whole_path(demo_set(), policy=nothing) as whole, host(whole) as client:
        for tool in ("look", "follow_view"):
            result = await client.call_tool(tool, {})
            assert result.is_error
            assert "does not allow look to read" in result.content[0].text  # type: ignore[union-attr]
        assert not (await client.call_tool("get_set", {})).is_error


async def test_a_view_that_follows_does_not_count_as_a_visit_of_its_client(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole, host(whole) as client:
        seen = []
        visits = whole.engine.visits
        call = visits.call
        visits.call = lambda who: (seen.append(who), call(who))[1]  # type: ignore[method-assign]
        await follow(client, view="session")
        assert seen == []
        await client.call_tool("get_set", {})
        assert seen
