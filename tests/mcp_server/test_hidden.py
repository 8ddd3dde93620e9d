"""A client that may not read an object learns only that it exists, by every way of reading."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import mcp_types as types
import pytest
import trio
import trio.testing
from mcp.shared.exceptions import MCPError

from mcp_server import resources
from mcp_server.policy import Policy, PolicyFile, Rule
from mcp_server.sight import Sight
from mirror import errors
from mirror.events import EventLog
from mirror.store import Store
from mirror.view import LogView
from tests.lean import demo_set
from tests.whole import Refused, Whole, whole_path

Clock = trio.testing.MockClock
ERAS = pytest.mark.parametrize("mode", ["auto", "legacy"])

MARK = "Zq7Xv"
TOLD = f"{MARK} "
"""A mark in all hidden names; a refusal may repeat the mark if the request had it."""
HIDDEN = (
    "tracks/1",
    "return_tracks/0",
    "scenes/2",
    "tracks/0/clip_slots/0/clip",
    "cue_points/0",
    f"tracks/*[{MARK} Bass]",
)
DENIED = Policy(PolicyFile(rule=(Rule("deny", operations=("read",), refs=HIDDEN),)))


async def marked(whole: Whole) -> None:
    """A person gives the hidden objects, and the objects below them, unique names."""

    def rename(song: Any) -> None:
        track = song.tracks[1]
        track.name = f"{MARK} Keys"
        for slot in track.clip_slots:
            if slot.has_clip:
                slot.clip.name = f"{MARK} Clip"
        for device in track.devices:
            device.name = f"{MARK} Device"
        song.tracks[2].name = f"{MARK} Bass"
        song.return_tracks[0].name = f"{MARK} Return"
        song.scenes[2].name = f"{MARK} Scene"
        song.cue_points[0].name = f"{MARK} Cue"
        song.tracks[0].clip_slots[0].clip.name = f"{MARK} Drums"
        routes = song.tracks[4].available_output_routing_types
        song.tracks[4].output_routing_type = next(each for each in routes if MARK in each.display_name)

    await whole.by_hand(rename)
    await trio.sleep(2.0)
    names = {node.name for node in whole.mirror.walk() if MARK in node.name}
    assert len(names) >= 8, names
    assert any(MARK in str(node.props.get("output_routing_type")) for node in whole.mirror.walk())


ID = object()
"""A placeholder for the id of the hidden track in targets."""
TARGETS: list[Any] = [
    "tracks/1",
    ID,
    "tracks/1/devices/0",
    f"{MARK} Keys",
    MARK,
    f"tracks/1[{MARK} Keys]",
    "tracks/1[x]",
]
READS: dict[str, list[dict[str, Any]]] = {
    "get_set": [{}, {"parts": ["view", "status"]}],
    "get_track": [
        {"track": target} for target in [*TARGETS, "tracks/0", "tracks/4", "tracks/2", "return_tracks/0"]
    ],
    "get_device": [{"device": target} for target in [*TARGETS, "tracks/1/devices/0"]],
    "get": [
        *(
            {"target": target, "depth": depth}
            for target in [*TARGETS, "song", "tracks/0", "tracks/4", "view"]
            for depth in (0, 3)
        ),
        {"target": "song", "children": "tracks"},
        {"target": "tracks/0/mixer_device", "children": "sends"},
    ],
    "find": [
        {"name": MARK},
        {"kind": "track"},
        {"kind": "clip", "limit": 500},
        {"where": [f"name contains {MARK}"]},
        {"where": [f"output_routing_type contains {MARK}"]},
        {"kind": "parameter", "name": "return", "limit": 100},
        {"under": "tracks/1"},
    ],
    "get_notes": [
        {"clip": target} for target in ["tracks/0/clip_slots/0/clip", "tracks/1/clip_slots/0/clip", MARK]
    ],
    "get_changes": [
        {},
        {"since": 0, "limit": 1000},
        {"match": ["**"], "since": 0},
        {"match": [MARK], "since": 0},
    ],
    "wait_for_change": [
        {"match": ["**"], "after": 0, "timeout_s": 1},
        {"match": [f"{MARK} Keys"], "timeout_s": 0.1},
    ],
    "describe": [{"what": "Track"}, {"what": f"{MARK} Keys"}, {"what": "tracks/1"}],
}
ELSEWHERE = {"browse": "it shows Live's library, not the Set"}


def guessed(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Arguments for a reading tool without a row above: each target in every text argument."""
    wanted = schema.get("properties", {})
    for target in TARGETS:
        given: dict[str, Any] = {}
        for name, value in wanted.items():
            kinds = {each.get("type") for each in [value, *value.get("anyOf", ())]}
            if "enum" not in value and "string" in kinds and name in schema.get("required", ()):
                given[name] = target
            elif name in schema.get("required", ()):
                given[name] = (value.get("enum") or [[target] if "array" in kinds else 1])[0]
        yield given
        if not given:
            return


def texts(arguments: Any) -> list[str]:
    if isinstance(arguments, str):
        return [arguments] if MARK in arguments else []
    items = arguments.values() if isinstance(arguments, dict) else arguments
    return [text for item in items for text in texts(item)] if isinstance(arguments, dict | list) else []


async def everything_said(whole: Whole, tool: str, arguments: dict[str, Any]) -> str:
    """All texts of a tool's answer or refusal, without the names in the request."""
    track = f"id:{whole.mirror.resolve('tracks/1').id}"
    given = {name: f"id:{track}" if value is ID else value for name, value in arguments.items()}
    result = str(await whole.agent.client.call_tool(tool, given))
    for value in texts(given):
        # A refusal repeats the client's own text, as it does for a name that no object has.
        for echo in (f"is named '{value}'", f"'value': '{value}'"):
            result = result.replace(echo, "")
    return result


@ERAS
async def test_no_read_reveals_the_name_of_a_hidden_object(mode: str, autojump_clock: Clock) -> None:
    async with whole_path(demo_set(), mode=mode, policy=DENIED) as whole:
        await marked(whole)
        reading = {name for name, tool in whole.engine.tools.items() if tool.reads}
        for tool in reading - ELSEWHERE.keys():
            for arguments in READS.get(tool) or list(guessed(whole.engine.tools[tool].declared.input_schema)):
                assert TOLD not in await everything_said(whole, tool, arguments), (tool, arguments)
        client = whole.agent.client
        assert TOLD not in str(await client.list_resources())
        uris = [
            "live://set", "live://tracks/1", "live://tracks/0", "live://tracks/4", "live://events", "live://events?since=0",
            "live://status", "live://ref/tracks/1", "live://ref/song", "live://ref/tracks/1/devices/0",
            "live://devices/tracks/1/devices/0", "live://clips/tracks/0/clip_slots/0/clip/notes",
            "live://picture/session", "live://picture/arrangement", "live://picture/mixer",
            "live://picture/notes/tracks/0/clip_slots/1/clip", "live://picture/device/tracks/1/devices/0",
            "live://guide/agents",
        ]  # fmt: skip
        unread = {kind.template for kind in resources.RESOURCES} - {
            resources.find(uri)[0].template for uri in uris
        }
        assert not unread, f"add an address of {', '.join(sorted(unread))} to the uris of this test"
        for uri in uris:
            assert TOLD not in await read(whole, uri), uri
            with suppress(errors.MirrorError):
                # The picture's description, since the text of a PNG cannot be read here.
                assert TOLD not in whole.engine.sight("look", "tests").bodies.body(uri).decode(), uri
        for template in (
            "live://tracks/{index}",
            "live://clips/{+ref}/notes",
            "live://devices/{+ref}",
            "live://ref/{+path}",
        ):
            for typed in ("", MARK, "tracks/", "tracks/1/", "tracks/1/devices/", "scenes/"):
                ref = types.ResourceTemplateReference(uri=template)
                name = template.partition("{")[2].strip("+").partition("}")[0].strip("+")
                assert TOLD not in str(await client.complete(ref, {"name": name, "value": typed})), (
                    template,
                    typed,
                )
        device = types.PromptReference(name="learn_device")
        assert TOLD not in str(await client.complete(device, {"name": "device", "value": MARK}))


async def read(whole: Whole, uri: str) -> str:
    try:
        return str(await whole.agent.client.read_resource(uri))
    except Exception as problem:
        return str(problem) + str(getattr(problem, "data", "")) + str(getattr(problem, "error", ""))


async def test_no_answer_or_refusal_of_a_write_reveals_a_hidden_name(autojump_clock: Clock) -> None:
    async with whole_path(demo_set(), policy=DENIED) as whole:
        await marked(whole)
        track = f"id:{whole.mirror.resolve('tracks/1').id}"
        for tool, arguments in [
            ("set_track", {"track": track, "name": "other"}),
            ("set_track", {"track": "tracks/4", "output_routing_type": "nothing"}),
            ("set_track", {"track": "tracks/0", "sends": [{"send": "nothing", "value": 0.1}]}),
            (
                "batch",
                {
                    "calls": [{"tool": "set_track", "args": {"track": track, "name": "x"}}],
                    "dry_run": True,
                },
            ),
            ("set_property", {"target": MARK, "property": "name", "value": "x"}),
            ("delete", {"targets": ["tracks/1/devices/0"]}),
            ("call_method", {"target": "song", "method": "nothing"}),
        ]:
            said = str(await whole.agent.client.call_tool(tool, arguments))
            assert TOLD not in said, (tool, said)


@ERAS
async def test_a_question_about_a_hidden_object_does_not_name_it_to_the_client(
    mode: str, autojump_clock: Clock
) -> None:
    asked: list[str] = []

    async def elicit(context: Any, params: Any) -> types.ElicitResult:
        asked.append(params.message)
        await trio.lowlevel.checkpoint()
        return types.ElicitResult(action="accept", content={"allow": True})

    async with whole_path(demo_set(), mode=mode, policy=DENIED, elicit=elicit) as whole:
        await marked(whole)
        if mode == "auto":
            first = await whole.agent.client.session.call_tool(
                "delete", {"targets": ["tracks/1"]}, allow_input_required=True
            )
            assert TOLD not in str(first)
        await whole.call("delete", targets=["tracks/1"])
        assert asked == ["tests wants to delete_track (tracks/1 'hidden'). Let it?"]


async def test_a_hidden_object_shows_its_ref_and_that_it_is_hidden(autojump_clock: Clock) -> None:
    async with whole_path(demo_set(), policy=DENIED) as whole:
        await marked(whole)
        shown = (await whole.call("get_set"))["set"]
        assert shown["tracks"][1] == {"ref": "tracks/1", "hidden": True}
        assert shown["scenes"][2] == {"ref": "scenes/2", "hidden": True}
        assert shown["tracks"][0]["name"] == "Drums"
        assert (await whole.call("get", target="tracks/1"))["object"] == {"ref": "tracks/1", "hidden": True}
        clips = (await whole.call("get_track", track="tracks/0"))["track"]["clips"]
        assert clips[0] == {"ref": "tracks/0/clip_slots/0/clip", "hidden": True}
        for target in ("tracks/1/devices/0", f"id:{whole.mirror.resolve('tracks/1/devices/0').id}"):
            with pytest.raises(Refused, match="DENIED"):
                await whole.call("get", target=target)
        # The order of places is unchanged.
        assert (await whole.call("get_track", track="tracks/3"))["track"]["ref"] == "tracks/3"


async def test_no_method_or_dry_run_reads_hidden_objects(autojump_clock: Clock) -> None:
    clip = "tracks/0/clip_slots/0/clip"
    async with whole_path(demo_set(), policy=DENIED) as whole:
        await marked(whole)
        ids = [f"id:{whole.mirror.resolve(ref).id}" for ref in (clip, "tracks/1")]
        notes = {"from_pitch": 0, "pitch_span": 128, "from_time": 0.0, "time_span": 100.0}
        methods = {
            "get_notes_extended": notes,
            "get_all_notes_extended": {},
            "get_notes_by_id": {"note_ids": []},
        }
        for method, args in methods.items():
            told = await whole.call("call_method", target=ids[0], method=method, args=args)
            assert told["results"] == [{"ref": clip, "hidden": True, "changed": False, "verified": True}]
        call = {"tool": "set_property", "args": {"target": ids[1], "property": "color", "value": 1}}
        told = await whole.call("batch", calls=[call], dry_run=True)
        assert told["results"] == [{"call": 0, "ref": "tracks/1", "hidden": True, "changed": True}]


@ERAS
async def test_a_subscriber_gets_no_events_of_hidden_objects(mode: str, autojump_clock: Clock) -> None:
    async with whole_path(demo_set(), mode=mode, policy=DENIED) as whole:
        agent = whole.agent
        await whole.by_hand(lambda song: setattr(song, "tempo", 99.0))
        await trio.sleep(1.0)
        async with agent.subscribed("live://set", "live://tracks/1", "live://ref/tracks/1"):
            await trio.sleep(1.0)
            await whole.by_hand(lambda song: setattr(song.tracks[1], "name", "other"))
            await whole.by_hand(lambda song: setattr(song.tracks[1].mixer_device.volume, "value", 0.1))
            await trio.sleep(1.0)
            assert agent.updates == []
            await whole.by_hand(lambda song: setattr(song.tracks[0], "name", "other"))
            await trio.sleep(1.0)
            assert {uri for _, uri in agent.updates} == {"live://set"}


@ERAS
async def test_a_changed_policy_notifies_subscribers_of_newly_hidden_objects(
    mode: str, tmp_path: Path, autojump_clock: Clock
) -> None:
    path = tmp_path / "policy.toml"
    path.write_text("")
    async with whole_path(demo_set(), mode=mode, policy_file=path) as whole:
        agent = whole.agent
        async with agent.subscribed("live://tracks/1"):
            assert "Keys" in await read(whole, "live://tracks/1")
            path.write_text("[[rule]]\ndecide = 'deny'\noperations = ['read']\nrefs = ['tracks/1']")
            await trio.sleep(5.0)
            assert [uri for _, uri in agent.updates] == ["live://tracks/1"]
            assert "Keys" not in await read(whole, "live://tracks/1")


async def test_the_history_of_deleted_hidden_objects_stays_hidden(autojump_clock: Clock) -> None:
    async with whole_path(demo_set(), policy=DENIED) as whole:
        await marked(whole)
        await whole.call("get_set")
        await whole.by_hand(lambda song: song.delete_track(1))
        await trio.sleep(1.0)
        told = (await whole.call("get_changes", since=0, limit=1000))["events"]
        assert TOLD not in json.dumps(told)
        assert any(each.get("hidden") and each["kind"] == "remove" for each in told)


@ERAS
async def test_a_client_never_gets_objects_visible_only_to_another(mode: str, autojump_clock: Clock) -> None:
    rule = Rule("deny", operations=("read",), refs=HIDDEN, clients=("tests",))
    async with whole_path(demo_set(), mode=mode, policy=Policy(PolicyFile(rule=(rule,)))) as whole:
        await marked(whole)
        async with whole.another("friend") as friend:
            for _ in range(2):
                for call in (
                    lambda agent: agent.client.call_tool("get_set", {}),
                    lambda agent: agent.client.read_resource("live://set"),
                    lambda agent: agent.client.read_resource("live://tracks/1"),
                ):
                    assert TOLD in str(await call(friend))
                    assert TOLD not in str(await call(whole.agent))


async def test_a_rule_about_a_tool_holds_for_it_and_for_the_resource_that_reads_the_same(
    autojump_clock: Clock,
) -> None:
    clip = "tracks/1/clip_slots/0/clip"
    for rule in (Rule("deny", tools=("get_notes",)), Rule("deny", tools=("get_notes",), refs=("tracks/1",))):
        async with whole_path(demo_set(), policy=Policy(PolicyFile(rule=(rule,)))) as whole:
            with pytest.raises(Refused, match="DENIED"):
                await whole.call("get_notes", clip=clip)
            assert "policy" in await read(whole, f"live://clips/{clip}/notes")
            if not rule.refs:
                with pytest.raises(MCPError, match="does not allow get_notes"):
                    async with whole.agent.subscribed(f"live://clips/{clip}/notes"):
                        await trio.sleep(1.0)
            assert (await whole.call("get_track", track="tracks/1"))["track"]["name"] == "Keys"


async def test_a_rule_against_a_writing_tool_covers_its_read_only_methods(
    autojump_clock: Clock,
) -> None:
    rule = Rule("deny", tools=("call_method",))
    async with whole_path(demo_set(), policy=Policy(PolicyFile(rule=(rule,)))) as whole:
        for target, method in (
            ("song", "get_beats_loop_length"),
            ("tracks/1/clip_slots/0/clip", "get_all_notes_extended"),
        ):
            with pytest.raises(Refused, match="DENIED"):
                await whole.call("call_method", target=target, method=method)


async def test_allowed_objects_are_visible_in_a_hidden_set(autojump_clock: Clock) -> None:
    rules = (
        Rule("allow", operations=("read",), refs=("tracks/2",)),
        Rule("deny", operations=("read",), refs=("**",)),
    )
    async with whole_path(demo_set(), policy=Policy(PolicyFile(rule=rules))) as whole:
        tracks = (await whole.call("get_set"))["set"]["tracks"]
        assert [each.get("name") for each in tracks if not each.get("hidden")] == ["Bass"]
        assert (await whole.call("get_track", track="Bass"))["track"]["devices"]


@pytest.mark.parametrize(("rules", "hidden"), [
    ((Rule("allow", refs=("tracks/0",)), Rule("deny")), [False, True, True]),
    ((Rule("deny", refs=("tracks/1",)),), [False, True, False]),
    ((Rule("deny", refs=("tracks/1",)), Rule("allow")), [False, True, False]),
    ((Rule("deny", refs=("tracks/*[Secret]",)),), [False, False, True]),
])  # fmt: skip
def test_of_a_deleted_object_the_first_matching_rule_decides(
    rules: tuple[Rule, ...], hidden: list[bool]
) -> None:
    mirror: Any = SimpleNamespace(store=Store(), epoch="e", revision=0)
    sight = Sight(mirror, Policy(PolicyFile(rule=rules)), rules)
    objects = (("tracks/0", "A"), ("tracks/1", "B"), ("tracks/2", "Secret"))
    assert [sight._was_hidden(ref, name) for ref, name in objects] == hidden


def test_a_view_of_the_log_has_all_that_readers_of_the_log_use() -> None:
    # Only the mirror writes the log, only followers outside of tools read it event by event; `names` is for the view.
    others = {"record", "record_resync", "seed", "dropped", "follow", "after", "available", "names"}
    log: Any = EventLog(Store(), lambda: 0.0)
    public = {name for name in dir(log) if not name.startswith("_")}
    assert public - others == {name for name in dir(LogView) if not name.startswith("_")}


async def test_history_tells_nothing_of_hidden_objects_but_that_they_changed(autojump_clock: Clock) -> None:
    """Neither values, names (former ones too), classes, inner objects nor numbers, in answers and refusals."""
    rule = Rule("deny", operations=("read",), refs=HIDDEN, clients=("tests",))
    async with whole_path(demo_set(), policy=Policy(PolicyFile(rule=(rule,)))) as whole:
        await marked(whole)
        inner = [node.id for node in whole.mirror.walk("tracks/1") if whole.mirror.ref(node.id) != "tracks/1"]
        secrets = [TOLD.strip(), "tracks/1/", "17.3", "21.9", "Reverb", '"below"']
        answers: list[str] = []

        async def ask(tool: str, **arguments: Any) -> None:
            answers.append(str(await whole.agent.client.call_tool(tool, arguments)))
            for secret in [*secrets, *(f"id:{id_}'" for id_ in inner)]:
                assert secret not in answers[-1], (tool, arguments, secret, answers[-1])

        async with whole.another("friend") as friend:

            async def write(tool: str, **arguments: Any) -> str:
                answer = await friend.call(tool, **arguments)
                await trio.sleep(0.5)
                return str(answer["write"])

            parts = [
                {"tool": "set_track", "args": {"track": 1, "volume": "-17.3 dB", "name": f"{MARK} New"}},
                {"tool": "set_track", "args": {"track": 3, "volume": "-9 dB"}},
            ]
            writes = [
                await write("batch", calls=parts),
                await write("set_track", track=1, volume="-21.9 dB"),
                await write("insert_device", to=1, name="Reverb"),
                await write("delete", targets=["tracks/1/devices/0"]),
                await write("create", kind="midi", name=f"{MARK} Bass"),
            ]
            for match in ([], ["tracks/1"], ["**"]):
                await ask("get_changes", since=0, limit=1000, match=match)
            await ask("get_set", parts=["status"])
            await ask("undo")
            for made in writes:
                await ask("undo", write=made) if made != writes[-1] else None
                await ask("revert", write=made, dry_run=True)
            await ask("revert", since=0, who="anyone", dry_run=True)
            await ask("revert", since=0, who="anyone")
            await ask("undo", anyone=True)
            await ask("undo", anyone=True)
            await ask("undo", redo=True, anyone=True)
            for _ in range(4):
                await ask("undo", anyone=True)
            deleted = await write("delete", targets=["tracks/1"])
            await ask("revert", write=deleted)
            await ask("get_changes", since=0, limit=1000)
            await ask("undo", write=deleted)
        assert any("a change in what the policy hides" in answer for answer in answers)
        assert any("changes in what the policy hides are left" in answer for answer in answers)


async def test_a_scene_with_a_hidden_slot_is_edited_without_it_and_the_answer_says_so(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set(), policy=DENIED) as whole:
        seen = [
            clip for track, slot in enumerate(whole.mirror.resolve("scenes/1").props["clip_slots"]) if track != 1
            if (clip := whole.mirror.child(whole.mirror.node(slot), "clip")) is not None
        ]  # fmt: skip
        assert seen
        section = {"name": "A", "bars": 2, "scene": 1}
        for tool, arguments in (
            ("transform_notes", {"clips": ["scenes/1"], "edits": [{"edit": "transpose", "semitones": 1}]}),
            ("arrange", {"sections": [section], "dry_run": True}),
        ):
            answer = await whole.call(tool, **arguments)
            assert any("1 slot is left out, since the policy hides" in note for note in answer["notes"]), tool
        hidden = whole.mirror.resolve("tracks/1/devices/0").id
        with pytest.raises(errors.Denied, match="hides this object"):
            whole.engine.sight("get", "tests").reader.node(hidden)


async def test_a_refusal_repeats_a_name_that_the_client_wrote_whether_or_not_it_is_hidden(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set(), policy=DENIED) as whole:
        await marked(whole)
        for name in (f"{MARK} Keys", f"{MARK} Nothing"):
            with pytest.raises(Refused) as caught:
                await whole.call("get_track", track=name)
            assert caught.value.data["rule"] == f"Nothing is named {name!r}"
            assert caught.value.data["value"] == name
            assert TOLD not in str(caught.value.data["hint"]) + str(caught.value.data.get("candidates"))
