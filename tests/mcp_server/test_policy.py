"""The policy: judged by an operation's real effects, enforced for every tool, with questions where possible."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import pytest
import trio
import trio.lowlevel
import trio.testing

from mcp_server import policy as policy_module
from mcp_server.desk import Desk
from mcp_server.effects import NamedEffect, StoreTree, effects_of_undo
from mcp_server.pins import Pin
from mcp_server.policy import Policy, PolicyFile, Rule, Verdict
from mcp_server.protection import Protection, _wire
from mirror import Event, Mirror, Node, errors
from mirror.store import Store
from remote_script.SetMirror.contract.rules import from_wire
from remote_script.SetMirror.guard import _rate
from tests.lean import demo_set
from tests.whole import Refused, Whole, whole_path

Clock = trio.testing.MockClock
ERAS = pytest.mark.parametrize("mode", ["auto", "legacy"])


async def names(whole: Whole) -> list[str]:
    return [each["name"] for each in (await whole.call("get_set"))["set"]["tracks"]]


def ruled(*rules: Rule, **file: Any) -> Policy:
    return Policy(PolicyFile(rule=rules, **file))


DRUMS = ("tracks/0", "tracks/0/**")
LOCKED = ruled(Rule("deny", refs=DRUMS, reason="the drums are done"))

PAST_THE_LOCK: list[tuple[str, dict[str, Any]]] = [
    ("set_track", {"track": "tracks/0", "name": "x"}),
    ("set_track", {"track": "Drums", "volume": "-6 dB"}),
    ("set_property", {"target": "tracks/0/mixer_device/volume", "property": "value", "value": 0.1}),
    ("delete", {"targets": ["tracks/1", "tracks/0"]}),
    ("call_method", {"target": "song", "method": "delete_track", "args": {"index": 0}}),
    ("call_method", {"target": "tracks/0", "method": "delete_device", "args": {"device": 0}}),
    ("batch", {"calls": [{"tool": "set_song", "args": {"tempo": 99}},
                         {"tool": "delete", "args": {"targets": ["tracks/0"]}}]}),
    ("delete", {"targets": ["tracks/0/clip_slots/0/clip"]}),
    ("fire", {"target": "tracks/0/clip_slots/0"}),
    ("duplicate", {"target": "tracks/0/clip_slots/0/clip", "to": ["tracks/1/clip_slots/7"]}),
    ("move", {"target": "tracks/1/devices/0", "to": "tracks/0"}),
    ("edit_notes", {"clip": "tracks/0/clip_slots/0/clip", "add": "C3@0"}),
    ("set_device", {"device": "tracks/0/devices/0", "on": False}),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "arguments"), PAST_THE_LOCK)
async def test_a_rule_for_an_object_cannot_be_evaded(
    tool: str, arguments: dict[str, Any], autojump_clock: Clock
) -> None:
    async with whole_path(demo_set(), policy=LOCKED) as whole:
        entries, before = whole.history(), whole.mirror.revision
        with pytest.raises(Refused) as caught:
            await whole.call(tool, **arguments)
        assert caught.value.data["error"] == "DENIED", caught.value.data
        assert caught.value.data["hint"] == "the drums are done"
        assert (whole.history(), whole.mirror.revision) == (entries, before)


async def test_a_rule_about_a_tool_applies_inside_a_batch(autojump_clock: Clock) -> None:
    policy = ruled(Rule("deny", tools=("set_track",), reason="the mix is done"))
    async with whole_path(demo_set(), policy=policy) as whole:
        revision = whole.mirror.revision
        calls = [
            {"tool": "set_song", "args": {"tempo": 99}},
            {"tool": "set_track", "args": {"track": "Bass", "volume": "-6 dB"}},
        ]
        with pytest.raises(Refused) as caught:
            await whole.call("batch", calls=calls)
        assert caught.value.data["error"] == "DENIED"
        assert caught.value.data["hint"] == "the mix is done"
        assert whole.mirror.revision == revision
        assert (await whole.call("batch", calls=calls[:1]))["outcome"] == "verified"


async def test_a_rule_about_a_tool_in_a_batch_applies_at_the_place_at_execution(
    autojump_clock: Clock,
) -> None:
    policy = ruled(Rule("deny", tools=("delete",), refs=("tracks/1",)))
    async with whole_path(demo_set(), policy=policy) as whole:
        names = [track.props["name"] for track in whole.mirror.children("song", "tracks")]
        # The new track moves another track to the place of the rule.
        calls = [
            {"tool": "create", "args": {"kind": "midi", "index": 0}},
            {"tool": "delete", "args": {"targets": ["tracks/0"]}},
        ]
        with pytest.raises(Refused) as caught:
            await whole.call("batch", calls=calls)
        assert caught.value.data["error"] == "DENIED"
        assert [track.props["name"] for track in whole.mirror.children("song", "tracks")] == names


async def test_writes_without_a_rule_and_all_reads_are_allowed(autojump_clock: Clock) -> None:
    async with whole_path(demo_set(), policy=LOCKED) as whole:
        assert (await whole.call("set_track", track="tracks/1", name="ok"))["outcome"] == "verified"
        assert (await whole.call("get_track", track="tracks/0"))["track"]["name"]
        dry = await whole.call("batch", calls=[{"tool": "set_song", "args": {"tempo": 77}}], dry_run=True)
        assert dry["dry_run"]


async def test_a_rule_for_a_child_applies_to_deletion_of_its_parent(
    autojump_clock: Clock,
) -> None:
    policy = ruled(Rule("deny", operations=("delete",), refs=("tracks/0/devices/*",)))
    async with whole_path(demo_set(), policy=policy) as whole:
        with pytest.raises(Refused, match="DENIED"):
            await whole.call("delete", targets=["tracks/0"])
        await whole.call("set_device", device="tracks/0/devices/0", on=False)


NO_DELETION = ruled(Rule("deny", operations=("delete",), reason="nothing goes"))
SLOT, EFFECT = "tracks/0/clip_slots", "tracks/1/devices/1"
DELETES: list[tuple[str, str, dict[str, Any]]] = [
    (f"{SLOT}/0", "duplicate_clip_to", {"target_clip_slot": f"{SLOT}/1"}),
    ("tracks/0/devices/0", "copy_pad", {"source_index": 36, "destination_index": 38}),
    ("tracks/0/devices/0", "copy_pad", {"Source_Index": 36, "DESTINATION_INDEX": 38}),
    ("tracks/0", "duplicate_clip_slot", {"index": 0, "overwrite": True}),
    ("song", "set_or_delete_cue", {}),
    ("application/browser", "load", {"path": "audio_effects/Reverb", "target": EFFECT, "place": "replace"}),
    ("application/browser", "load", {"path": "instruments/Drift", "target": "tracks/1"}),
    ("song", "delete_track", {"INDEX": 0}),
    ("tracks/1/clip_slots/0/clip", "quantize", {"quantization_grid": 1, "amount": 1.0, "overwrite": True}),
    ("tracks/0/devices/0/drum_pads/36", "delete_all_chains", {}),
]  # fmt: skip


@pytest.mark.parametrize(("target", "method", "args"), DELETES)
async def test_a_rule_against_deletion_applies_to_every_deleting_call(
    target: str, method: str, args: dict[str, Any], autojump_clock: Clock
) -> None:
    async with whole_path(demo_set(), policy=NO_DELETION) as whole:
        with pytest.raises(Refused, match="DENIED"):
            overwrite = args.pop("overwrite", False)
            await whole.call("call_method", target=target, method=method, args=args, overwrite=overwrite)


REACHES: list[tuple[str, str, dict[str, Any]]] = [
    # A lock on tracks/4, a member of the group tracks/3 with a clip in scene 1 and sends to both returns.
    ("song", "delete_track", {"index": 3}),
    ("song", "delete_scene", {"index": 1}),
    ("song", "delete_return_track", {"index": 0}),
    ("scenes/1", "fire", {}),
    ("song", "duplicate_scene", {"index": 1}),
]


@pytest.mark.parametrize("refs", [("tracks/4",), ("tracks/4/**",), ("tracks/*[Vinyl]",), ("Vinyl",)])
@pytest.mark.parametrize(("target", "method", "args"), REACHES)
async def test_a_rule_for_an_object_applies_to_calls_that_move_or_play_it_indirectly(
    target: str, method: str, args: dict[str, Any], refs: tuple[str, ...], autojump_clock: Clock
) -> None:
    async with whole_path(demo_set(), policy=ruled(Rule("deny", refs=refs))) as whole:
        with pytest.raises(Refused, match="DENIED"):
            await whole.call("call_method", target=target, method=method, args=args)
        await whole.call("call_method", target="song", method="delete_track", args={"index": 0})


async def test_a_load_without_a_target_is_judged_by_the_selected_track(autojump_clock: Clock) -> None:
    async with whole_path(demo_set(), policy=LOCKED) as whole:
        for number, refused in ((0, True), (1, False)):
            await whole.by_hand(partial(select_track, number))
            await trio.sleep(1.0)
            if refused:
                with pytest.raises(Refused, match="DENIED"):
                    await whole.call("load", path="audio_effects/Reverb")
            else:
                await whole.call("load", path="audio_effects/Reverb")


def select_track(number: int, song: Any) -> None:
    song.view.selected_track = song.tracks[number]


async def test_an_allow_rule_must_cover_all_changed_objects(autojump_clock: Clock) -> None:
    policy = ruled(Rule("allow", refs=("tracks/1", "tracks/1/**")), Rule("deny"))
    async with whole_path(demo_set(), policy=policy) as whole:
        await whole.call("set_track", track="tracks/1", mute=True)
        for tool, arguments in (
            ("set_song", {"tempo": 99}),
            ("move", {"target": "tracks/1/devices/0", "to": "tracks/2"}),
            ("undo", {}),
            ("call_method", {"target": "song", "method": "undo"}),
        ):
            with pytest.raises(Refused, match="DENIED"):
                await whole.call(tool, **arguments)
        await whole.by_hand(lambda song: song.undo())
        await trio.sleep(1)
        with pytest.raises(Refused, match="DENIED"):
            await whole.call("undo", redo=True, anyone=True)
        with pytest.raises(Refused, match="not yours to redo"):
            await whole.call("call_method", target="song", method="redo")


async def test_created_objects_grant_access_to_children_only(autojump_clock: Clock) -> None:
    async with whole_path(demo_set(), policy=LOCKED) as whole:
        for way in ("canonical_parent/tracks/0", "_live_ptr", "group_track", "devices/0/canonical_parent"):
            with pytest.raises(Refused, match=r"below it|STALE_REFERENCE"):
                await whole.call(
                    "batch",
                    calls=[
                        {"tool": "create", "args": {"kind": "midi"}},
                        {
                            "tool": "set_property",
                            "args": {"target": f"$0/{way}", "property": "name", "value": "x"},
                        },
                    ],
                )
        assert (await whole.call("get", target="tracks/0"))["object"]["name"] != "x"


async def test_read_only_offers_no_writing_tool_and_refuses_by_name(autojump_clock: Clock) -> None:
    async with whole_path(demo_set(), policy=Policy(read_only=True)) as whole:
        tools = (await whole.agent.client.list_tools()).tools
        assert {each.name for each in tools} >= {"get_set", "find", "wait_for_change"}
        assert all(each.annotations is not None and each.annotations.read_only_hint for each in tools)
        with pytest.raises(Refused, match="NOT_FOUND"):
            await whole.call("set_song", tempo=99)


SENT: dict[str, Any] = {
    "operations": ("delete",), "refs": ("tracks/0",), "pins": (Pin("Track", "Vocals", "x"),), "tools": ("set_*",),
    "per_minute": 2, "per_minute_in_all": 2, "reason": "no",
}  # fmt: skip
"""A value for each condition that the script judges; `clients` only selects the rules that are sent."""


def test_every_condition_of_a_rule_reaches_the_script() -> None:
    policy, tree = Policy(), StoreTree(Store())
    untried = {*Rule.__struct_fields__} - {"decide", "clients"} - {*SENT}
    assert not untried, f"add a value of {', '.join(sorted(untried))} to SENT in {__file__}"
    for name, value in SENT.items():
        sent = _wire(policy, Rule("deny", **{name: value}), tree)
        assert sent != _wire(policy, Rule("deny"), tree), (
            f"the script never judges by `{name}`: send it in `_wire` of mcp_server/protection.py"
        )
        assert _parsed(sent) != _parsed(_wire(policy, Rule("deny"), tree)), (
            f"the script drops `{name}`: read it in `from_wire` of remote_script/SetMirror/contract/rules.py"
        )


def _parsed(sent: dict[str, Any]) -> Any:
    """The rule and the rate that the script makes of a rule on the wire."""
    return from_wire([sent]), _rate(sent)


def test_every_condition_of_a_rule_is_compiled_for_the_server_and_explained() -> None:
    policy = Policy()
    for name, value in SENT.items():
        if not name.startswith("per_minute"):
            compiled = policy.compiled(Rule("deny", **{name: value}), Store())
            assert compiled != policy.compiled(Rule("deny"), Store()), (
                f"this server never judges by `{name}`: pass it in `Policy.compiled` of mcp_server/policy.py"
            )
    explained = str(policy_module.__doc__)
    unexplained = [name for name in Rule.__struct_fields__ if f" {name} = " not in explained]
    assert unexplained == [], f"the first lines of mcp_server/policy.py have no {', '.join(unexplained)}"


async def test_rates_are_counted_for_each_client_and_refused_with_the_time_to_wait() -> None:
    now = [0.0]
    policy = Policy(PolicyFile(rule=(Rule("allow", per_minute=2),)), clock=lambda: now[0])
    effect = _effect("set")
    store: Any = None
    for _ in range(2):
        assert policy.judge(store, "set_song", "one", [effect, effect]).decide == "allow"
    verdict = policy.judge(store, "set_song", "one", [effect])
    assert (verdict.decide, verdict.reason) == ("deny", "try again in 60 s")
    assert policy.judge(store, "set_song", "two", [effect]).decide == "allow"
    now[0] = 61.0
    assert policy.judge(store, "set_song", "one", [effect]).decide == "allow"


def test_a_write_that_one_rate_refuses_counts_towards_no_other_rate() -> None:
    rules = (
        Rule("allow", operations=("set",), per_minute=2),
        Rule("allow", operations=("create",), per_minute=1),
    )
    policy = Policy(PolicyFile(rule=rules), clock=lambda: 0.0)
    store: Any = None

    def decided(*kinds: str) -> str:
        return policy.judge(store, "batch", "one", [_effect(kind) for kind in kinds]).decide

    assert decided("create") == "allow"
    assert [decided("set", "create") for _ in range(3)] == ["deny"] * 3
    assert [decided("set") for _ in range(3)] == ["allow", "allow", "deny"]


def test_the_objects_of_an_edit_that_the_log_cut_are_unknown() -> None:
    edits = [{"write": "w", "revision": 3}]
    for more in (0, 1):
        event = Event(1, 0.0, "e", 3, "set", "me", "tracks/0", 2, "Track", "name", write="w", more=more)
        mirror: Any = SimpleNamespace(
            writes=SimpleNamespace(history=SimpleNamespace(last=lambda count: edits)),
            log=SimpleNamespace(last=lambda count, event=event: [event]),
            store=SimpleNamespace(nodes={2: None}),
            epoch="e",
        )
        [effect] = effects_of_undo(mirror, "undo it", "w")
        assert (effect.unknown, effect.ids) == ((True, ()) if more else (False, (2,)))


async def test_a_consent_to_one_effect_is_no_consent_to_another() -> None:
    one, other = NamedEffect("delete", "delete it", (1,)), NamedEffect("delete", "delete it", (2,))
    desk: Any = SimpleNamespace(
        _verdict=lambda effects: Verdict("deny", "delete it"), _batched=(), _tool="delete"
    )
    assert await Desk._permit(desk, [one], [one]) == [one]
    with pytest.raises(errors.Denied):
        await Desk._permit(desk, [other], [one])


def test_an_undo_that_restores_objects_is_allowed_only_if_the_rule_has_all_of_them() -> None:
    rules = (Rule("allow", refs=("tracks/0",)), Rule("deny"))
    policy, store = Policy(PolicyFile(rule=rules)), Store()
    one, other = ("tracks/0", "Drums"), ("tracks/1", "Bass")
    for gone, decision in (((one,), "allow"), ((one, other), "deny"), ((other,), "deny")):
        effect = NamedEffect("undo", "undo it", gone=gone)
        assert policy.explain(store, "undo", "me", effect).decide == decision


def _effect(kind: Any) -> Any:
    return NamedEffect(kind, "do it")


def rename_drums(song: Any) -> None:
    song.tracks[0].name = "by hand"


def delete_drums(song: Any) -> None:
    song.delete_track(0)


def delete_clip(song: Any) -> None:
    song.tracks[0].clip_slots[0].delete_clip()


@pytest.mark.parametrize("edit", [rename_drums, delete_drums, delete_clip])
async def test_undo_is_checked_by_the_changes_of_the_newest_edit(edit: Any, autojump_clock: Clock) -> None:
    async with whole_path(demo_set(), policy=LOCKED) as whole:
        await whole.call("set_track", track="tracks/1", name="free")
        await whole.by_hand(edit)
        await trio.sleep(1.0)
        entries = whole.history()
        with pytest.raises(Refused, match="DENIED"):
            await whole.call("undo", anyone=True)
        assert whole.history() == entries
        await whole.by_hand(lambda song: song.undo())
        await trio.sleep(1.0)


async def test_undo_of_a_creation_is_a_deletion(autojump_clock: Clock) -> None:
    async with whole_path(demo_set(), policy=NO_DELETION) as whole:
        write = (await whole.call("create", kind="scene", index=0))["write"]
        with pytest.raises(Refused, match="DENIED"):
            await whole.call("undo", write=write)
        # Refused before it ran, so nothing had to be undone.
        assert whole.stage.script.guard.refused == 0
        renamed = (await whole.call("set_track", track="tracks/1", name="free"))["write"]
        await whole.call("undo", write=renamed)


async def test_an_unlogged_edit_is_not_undone_when_a_rule_protects_an_object(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set(), policy=LOCKED) as whole:
        await whole.call("set_track", track="tracks/1", name="free")
        whole.mirror.writes.history.forget(whole.mirror.revision)
        with pytest.raises(Refused, match="DENIED"):
            await whole.call("undo")


# -- where the write runs ----------------------------------------------------------------------------------------


def set_name(target: Any, name: str) -> dict[str, Any]:
    return {"tool": "set_property", "args": {"target": target, "property": "name", "value": name}}


def delete_track(index: int) -> dict[str, Any]:
    return called("delete_track", index)


def called(method: str, index: int) -> dict[str, Any]:
    return {"tool": "call_method", "args": {"target": "song", "method": method, "args": {"index": index}}}


INSERT = called("create_midi_track", 0)


async def test_a_rule_applies_to_an_object_moved_to_its_place_during_a_waiting_write(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set(), policy=ruled(Rule("deny", refs=("tracks/0",)))) as whole:
        keys = f"id:{whole.mirror.resolve('tracks/1').id}"
        answers: list[Any] = []

        async def ask() -> None:
            try:
                answers.append(
                    (await whole.call("set_property", target=keys, property="name", value="x"))["outcome"]
                )
            except Refused as problem:
                answers.append(problem.data["error"])

        async with trio.open_nursery() as nursery:
            nursery.start_soon(ask)
            # The call has been read; a person edits before the write runs.
            await trio.lowlevel.checkpoint()
            await whole.by_hand(lambda song: song.delete_track(0))
        assert answers in (["DENIED"], ["verified"])
        await whole.audited()
        assert (answers == ["verified"]) == (whole.mirror.resolve("tracks/0").name == "x")
        with pytest.raises(Refused, match="DENIED"):
            await whole.call("set_property", target=keys, property="name", value="y")


@pytest.mark.parametrize(
    ("refs", "operations"),
    [
        (("tracks/0",), [INSERT, delete_track(0)]),
        (("tracks/0",), [delete_track(1), set_name("tracks/0", "x")]),
        (("tracks/1",), [delete_track(0), set_name("tracks/2", "x")]),
        (("tracks/*[Bass]",), [set_name("tracks/2", "Other"), delete_track(2)]),
        (("Bass",), [set_name("tracks/2", "Other"), delete_track(2)]),
    ],
)  # fmt: skip
async def test_a_batch_cannot_evade_a_rule_by_moving_or_renaming(
    refs: tuple[str, ...], operations: list[dict[str, Any]], autojump_clock: Clock
) -> None:
    async with whole_path(demo_set(), policy=ruled(Rule("deny", refs=refs))) as whole:
        entries, before = whole.history(), await names(whole)
        with pytest.raises(Refused, match="DENIED"):
            await whole.call("batch", calls=operations)
        assert (whole.history(), await names(whole)) == (entries, before)


async def test_rules_are_sent_to_the_script_once_and_again_when_their_objects_change(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set(), policy=ruled(Rule("deny", refs=("tracks/*[Bass]",)))) as whole:
        guard = whole.stage.script.guard
        for tempo in (100, 101, 102):
            await whole.call("set_song", tempo=tempo)
        first = next(reversed(guard._rule_sets["tests"]))
        await whole.call("set_track", track="tracks/1", name="Bass")
        for _ in range(2):
            with pytest.raises(Refused, match="DENIED"):
                await whole.call("set_track", track="tracks/1", name="free")
        await whole.call("set_song", tempo=103)
        assert next(reversed(guard._rule_sets["tests"])) == first + 1


async def test_new_rules_replace_the_former_and_new_objects_of_the_same_rules_do_not() -> None:
    sent: list[dict[str, Any]] = []

    async def ask(method: str, params: dict[str, Any]) -> None:
        sent.append(params)

    async def wait_synced(timeout_s: float) -> None:
        await trio.lowlevel.checkpoint()

    mirror = SimpleNamespace(store=Store(), epoch="e1", ask=ask, wait_synced=wait_synced)
    protection = Protection(cast(Mirror, mirror))
    for name in ("Bass", "Bass", "Keys"):
        await protection.judged(ruled(Rule("deny", refs=(f"tracks/*[{name}]",))), "set_track", (), "me", [])
    assert [(params["rules"][0]["refs"], params["replaces"]) for params in sent] == [
        (["tracks/*[Bass]"], True),
        (["tracks/*[Keys]"], True),
    ]
    nodes = [
        Node(1, "Song", None, "", {}, {"tracks": (2,)}, 0), Node(2, "Track", 1, "tracks", {"name": "Keys"}, {}, 0),
    ]  # fmt: skip
    mirror.store = Store.of_nodes(nodes, "e1", 1)
    await protection.judged(ruled(Rule("deny", refs=("tracks/*[Keys]",))), "set_track", (), "me", [])
    assert (sent[-1]["rules"][0]["ids"], sent[-1]["replaces"]) == ([2], False)


async def test_rules_lost_by_the_script_are_sent_again_and_the_write_is_executed(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set(), policy=LOCKED) as whole:
        await whole.call("set_song", tempo=100)
        whole.stage.script.guard.forget()
        assert (await whole.call("set_song", tempo=101))["outcome"] == "verified"


async def test_simultaneous_writes_succeed_although_they_move_protected_objects(
    autojump_clock: Clock,
) -> None:
    async with whole_path(demo_set(), policy=ruled(Rule("deny", refs=("tracks/*[New]",)))) as whole:
        async with trio.open_nursery() as nursery:
            for number in range(12):
                name = "New" if number % 2 else "Old"
                nursery.start_soon(partial(whole.call, "create", kind="midi", name=name))
        assert len(await names(whole)) == 18


async def test_a_person_at_the_bridge_is_asked_where_the_client_cannot_ask(autojump_clock: Clock) -> None:
    strict = ruled(Rule("ask", operations=("delete",)))
    async with whole_path(demo_set(), policy=strict) as whole:
        answered: list[Any] = []

        async def delete() -> None:
            try:
                answered.append((await whole.call("delete", targets=["tracks/1"]))["outcome"])
            except Refused as problem:
                answered.append(problem.data["error"])

        for allow in (True, False):
            async with whole.person() as person, trio.open_nursery() as nursery:
                await person.ask("question.follow", {})
                nursery.start_soon(delete)
                await trio.sleep(1.0)
                (question,) = (await person.ask("policy.state", {}))["questions"]
                assert "delete_track (tracks/1" in question["text"]
                await person.ask("question.answer", {"question": question["question"], "allow": allow})
        assert answered == ["verified", "DENIED"]
        assert len(await names(whole)) == 5


async def test_a_person_can_switch_all_servers_to_read_only(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole, whole.person() as person:
        with pytest.raises(errors.Denied):
            await whole.mirror.ask("policy.read_only", {"on": True})
        await person.ask("policy.read_only", {"on": True})
        for tool, arguments in (
            ("set_song", {"tempo": 99}),
            ("undo", {"anyone": True}),
            ("fire", {"target": "scenes/0"}),
        ):
            with pytest.raises(Refused, match="read-only"):
                await whole.call(tool, **arguments)
        await whole.call("get_set")
        await person.ask("policy.read_only", {"on": False})
        await whole.call("set_song", tempo=99)


async def test_the_bridge_knows_who_the_clients_of_a_server_are(autojump_clock: Clock) -> None:
    async with whole_path(demo_set()) as whole, whole.person() as person:
        await whole.call("get_set")
        await trio.sleep(0.5)
        told = (await person.ask("client.list", {}))["clients"]
        assert {"identity": "tests", "name": "tests"} in [
            each for server in told for each in server["clients"]
        ]
