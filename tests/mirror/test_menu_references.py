"""Menus are sent once and referred to: in snapshots, while a Set is read, and when tracks come and go."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
import trio
import trio.testing
from hypothesis import given
from hypothesis import strategies as st

from mirror import load_token, open_mirror
from mirror.store import Store
from remote_script.headless.sets.generate import large_set
from remote_script.SetMirror.attribution import LIVE, Lot
from remote_script.SetMirror.batches import Batch
from remote_script.SetMirror.content import whole
from remote_script.SetMirror.contract.menus import NAMES, edit_of
from remote_script.SetMirror.layouts import Row
from remote_script.SetMirror.menu_references import KINDS, SHORT, MenuReferences
from remote_script.SetMirror.wire import encode
from tests.remote_script.script.guest import Client
from tests.remote_script.script.stage import Stage
from tests.whole import LONG_S, PLENTY_S, whole_path

from .conftest import Open
from .peer import Peer, obj, small_set

Clock = trio.testing.MockClock
NAME = "available_output_routing_types"
LABELS = [f"track {number}" for number in range(12)]
MENUS = st.lists(
    st.one_of(
        st.lists(st.sampled_from(LABELS), max_size=20),
        st.permutations(LABELS),
        st.sampled_from([LABELS[:place] + LABELS[place + 1 :] for place in range(12)]),
        st.just([""]),
    ),
    max_size=12,
)


def stage_of(tracks: int) -> Stage:
    """Tracks in groups, MIDI and audio, with one clip and one parameter for each; no turn ends for want of time."""
    return Stage(large_set(tracks, tracks, tracks, tracks), budget_s=PLENTY_S)


def size_of(client: Client, method: str) -> int:
    return sum(len(encode(notice)) for notice in client.notices(method))


def references(client: Client, method: str) -> int:
    return sum(encode(notice).count(b'{"like":') for notice in client.notices(method))


def menus_of(objects: dict[int, list[Any]]) -> dict[tuple[int, str], list[str]]:
    return {(id_, name): row[4][name] for id_, row in objects.items() for name in NAMES & row[4].keys()}


def with_menus(*menus: Any) -> list[Any]:
    """A song with a track for each menu, in a snapshot's form."""
    ids = list(range(2, 2 + len(menus)))
    tracks = [obj(id_, "Track", 1, "tracks", {NAME: menu}) for id_, menu in zip(ids, menus, strict=True)]
    return [obj(1, "Song", None, "song", {}, tracks=ids), *tracks]


def stored(*menus: Any) -> Store:
    return Store.of_objects(with_menus(*menus), "epoch")


# -- values ----------------------------------------------------------------------------------------


@given(menus=MENUS)
def test_the_store_has_the_menus_that_the_script_has(menus: list[list[str]]) -> None:
    sent = MenuReferences()
    values = [sent.value(id_, NAME, tuple(menu)) for id_, menu in enumerate(menus, 2)]
    store = stored(*[list(value) if isinstance(value, tuple) else value for value in values])
    assert [store.nodes[id_].props[NAME] for id_ in range(2, 2 + len(menus))] == menus
    assert not store.bad


def test_equal_menus_are_one_object_in_memory_and_stay_one_when_they_are_edited() -> None:
    labels = [f"track {number}" for number in range(5)]
    store = stored(labels, {"like": 2}, list(labels), {"like": 3, "edit": [[4, 5, ["Bass"]]]})
    first, second, third, fourth = (store.nodes[id_].props[NAME] for id_ in range(2, 6))
    assert first is second
    assert first is third
    assert fourth == [*labels[:4], "Bass"]
    assert fourth[0] is first[0]
    store.apply(2, [["menus", [2, 3, 4, 5], NAME, {"relabel": {"track 0": "Drums"}}]])
    first, second, third, fourth = (store.nodes[id_].props[NAME] for id_ in range(2, 6))
    assert first is second
    assert first is third
    assert first == ["Drums", *labels[1:]]
    assert fourth == ["Drums", *labels[1:4], "Bass"]


def test_more_kinds_of_menus_than_are_kept_are_sent_whole_and_exact() -> None:
    kinds = [tuple(f"{kind} {number}" for number in range(10)) for kind in range(KINDS + 1)]
    sent = MenuReferences()
    values = [sent.value(id_, NAME, kinds[id_ % len(kinds)]) for id_ in range(2 * len(kinds))]
    assert values == [kinds[id_ % len(kinds)] for id_ in range(2 * len(kinds))]
    assert sent.value(99, NAME, kinds[-1]) == {"like": 2 * len(kinds) - 1}


# -- references that fit no menu -------------------------------------------------------------------

HOSTILE = [
    {"like": 99},
    {"like": 3},
    {"like": 4},
    {"like": True},
    {"like": "2"},
    {"like": [2]},
    {"like": None},
    {"edit": []},
    {},
    {"like": 1},
    {"like": 2, "edit": [[0, 9, []]]},
    {"like": 2, "edit": [[2, 1, []]]},
    {"like": 2, "edit": [[0, 1, [5]]]},
    {"like": 2, "edit": [[0, 1, []], [0, 1, []]]},
    {"like": 2, "edit": 7},
    {"like": 2, "edit": "abc"},
]


@pytest.mark.parametrize("reference", HOSTILE, ids=str)
def test_a_reference_without_its_menu_leaves_no_wrong_menu_and_is_named(reference: Any) -> None:
    rows = with_menus(["a", "b", "c"], reference, ["d"])
    store = Store()
    store.collect(rows, True)
    applied = store.replace("epoch", 1)
    assert f"the menu {NAME} of object 3 refers to a menu that does not fit" in applied.problem
    assert NAME not in store.nodes[3].props
    assert store.nodes[4].props == {NAME: ["d"]}
    assert store.bad == {"menus": 1}
    assert store.replace("epoch", 2).problem == ""


@pytest.mark.parametrize(
    "reference", [case for case in HOSTILE if case not in ({"like": 3}, {"like": 4})], ids=str
)
def test_the_same_in_a_batch_keeps_the_menu_of_before(reference: Any) -> None:
    store = stored(["a", "b", "c"], ["x"], ["d"])
    new = obj(9, "Track", 1, "tracks", {NAME: reference, "name": "New"})
    changes = [["set", 3, NAME, reference], ["set", 4, "name", "Keys"], ["add", new]]
    applied = store.apply(2, changes)
    assert "of object 3 refers to a menu that does not fit" in applied.problem
    assert store.nodes[3].props == {NAME: ["x"]}
    assert store.nodes[4].props == {NAME: ["d"], "name": "Keys"}
    assert store.nodes[9].props == {"name": "New"}
    assert store.apply(3, [["set", 3, NAME, {"like": 2}]]).problem == ""
    assert store.nodes[3].props == {NAME: ["a", "b", "c"]}


async def test_a_batch_with_a_wrong_reference_ends_the_link_and_a_snapshot_follows(
    autojump_clock: Clock, peer: Peer, opened: Open
) -> None:
    async with opened() as mirror:
        peer.line.notify(
            "set.batch",
            epoch=peer.epoch,
            revision=peer.revision + 1,
            changes=[["set", 2, NAME, {"like": 77}], ["set", 2, "name", "Wrong"]],
        )
        peer.revision += 1
        await trio.sleep(0.01)
        assert not mirror.status().synced
        assert f"the menu {NAME} of object 2 refers to a menu" in mirror.status().last_problem
        await mirror.wait_synced(30)
        assert mirror.status().counters["bad"] == 1
        assert mirror.status().counters["bad menus"] == 1
        assert mirror.store.nodes[2].name == "Drums"


async def test_a_snapshot_with_a_wrong_reference_never_counts_as_synced(
    autojump_clock: Clock, nursery: trio.Nursery
) -> None:
    rows = small_set()
    rows[3][4][NAME] = {"like": 2}
    peer = Peer(nursery, rows)
    async with open_mirror(peer.connect, load_token(), "tests", "1", chance=lambda: 1.0) as mirror:
        peer.token = load_token()
        await trio.sleep(30)
        assert not mirror.status().synced
        assert f"the menu {NAME} of object 3 refers to a menu" in mirror.status().last_problem
        del rows[3][4][NAME]
        await mirror.wait_synced(30)


# -- the script ------------------------------------------------------------------------------------


def test_a_snapshot_grows_with_the_objects_and_not_with_the_square_of_the_tracks() -> None:
    sizes = {}
    for tracks in (10, 100, 400):
        stage = stage_of(tracks)
        client = stage.follower()
        sizes[tracks] = size_of(client, "set.objects") / len(client.objects)
        rows = stage.script.batcher.shadow.rows
        assert menus_of(client.objects) == {
            (id_, name): list(row.value(name))
            for id_, row in rows.items()
            for name in NAMES
            if isinstance(row.value(name), tuple)
        }
        stage.live.close()
    assert max(sizes.values()) < 150
    # Ids of more digits are part of a larger Set.
    assert sizes[400] < 1.1 * sizes[10]


def test_the_parts_after_an_outline_grow_as_little() -> None:
    sizes = {}
    for tracks in (10, 100):
        stage = stage_of(tracks)
        stage.script._budget_s = 0.0001
        client = stage.client()
        while not stage.script.batcher.outlined:
            stage.pump()
        client.snapshot(outline=True)
        assert stage.script.batcher.coming
        client.watch()
        stage.script._budget_s = PLENTY_S
        stage.until_ready()
        client.follow()
        sizes[tracks] = size_of(client, "set.batch") / tracks
        assert references(client, "set.batch") >= tracks
        assert stage.differences(client) == []
        stage.live.close()
    assert sizes[100] < 1.3 * sizes[10]


EDITS: dict[str, Callable[[Any], Any]] = {
    "rename": lambda song: setattr(song.tracks[7], "name", "Another"),
    "the name of another": lambda song: setattr(song.tracks[7], "name", song.tracks[8].name),
    "audio at the end": lambda song: song.create_audio_track(-1),
    "midi between": lambda song: song.create_midi_track(5),
    "delete": lambda song: song.delete_track(7),
    "duplicate": lambda song: song.duplicate_track(3),
}


def test_an_edit_of_a_track_costs_a_few_bytes_for_each_other_track() -> None:
    costs: dict[int, dict[str, int]] = {}
    for tracks in (20, 60):
        stage = stage_of(tracks)
        client = stage.follower()
        costs[tracks] = {name: cost_of(stage, client, edit) for name, edit in EDITS.items()}
        assert stage.differences(client) == []
        stage.live.close()
    grown = {name: (costs[60][name] - costs[20][name]) / 40 for name in EDITS}
    assert max(grown.values()) < 200, grown
    assert costs[60]["rename"] < 3000


def test_a_new_track_has_menus_like_those_of_the_other_tracks() -> None:
    """An edit of the others' menus has made one menu of each kind known."""
    stage = stage_of(60)
    client = stage.follower()
    stage.song.tracks[7].name = "Another"
    stage.pump(300)
    client.follow()
    revision = stage.script.batcher.revision
    stage.song.create_audio_track(-1)
    stage.pump(300)
    batches = [json.loads(line)["params"] for line in stage.script.batcher.history.after(revision)]
    changes = [change for batch in batches for change in batch["changes"]]
    menus = [change[3] for change in changes if change[0] == "set" and change[2] in NAMES]
    menus += [
        change[1][4][name] for change in changes if change[0] == "add" for name in NAMES & change[1][4].keys()
    ]
    assert any("like" in value for value in menus)
    assert [value for value in menus if isinstance(value, list) and len(value) > SHORT] == []
    assert stage.differences(client) == []
    stage.live.close()


def cost_of(stage: Stage, client: Client, edit: Callable[[Any], Any]) -> int:
    """Bytes of the batches after an edit, until all menus are sent."""
    before = size_of(client, "set.batch")
    edit(stage.song)
    stage.pump(300)
    client.follow()
    return size_of(client, "set.batch") - before


def test_many_tracks_of_one_name_are_renamed_in_a_few_bytes_each() -> None:
    """Labels that occur twice cannot be addressed by an edit of many menus."""
    sizes = {}
    for tracks in (20, 60):
        stage = stage_of(tracks)
        for track in stage.song.tracks:
            track.name = "Same"
        client = stage.follower()
        stage.pump(300)
        sizes[tracks] = cost_of(stage, client, lambda song: setattr(song.tracks[9], "name", "Other"))
        assert stage.differences(client) == []
        stage.live.close()
    assert sizes[60] < 4 * sizes[20]


@pytest.mark.parametrize("seed", range(3))
def test_a_batch_refers_only_to_menus_that_the_mirror_has_by_then(seed: int) -> None:
    """Rows are changed by `set`, by an edit of many menus, and by an `add` of a moved object, in any mixture."""
    draw = random.Random(seed)
    stage = stage_of(6)
    stage.until_ready()
    batcher = stage.script.batcher
    rows = [row for row in batcher.shadow.rows.values() if isinstance(row.value(NAME), tuple)]
    store = Store.of_objects([json.loads(row.line()) for row in batcher.shadow.rows.values()], "epoch")
    for revision in range(2, 60):
        batch = Batch(Lot(LIVE))
        for row in draw.sample(rows, draw.randrange(1, len(rows))):
            change(row, draw, batch)
        whole(batcher._encode(batch))
        applied = store.apply(revision, [json.loads(change) for change in batch.changes])
        assert not applied.problem
        assert not store.bad
        assert {row.id: store.nodes[row.id].props[NAME] for row in rows} == {
            row.id: list(row.value(NAME)) for row in rows
        }
    stage.live.close()


def change(row: Row, draw: random.Random, batch: Batch) -> None:
    """Give a row another menu, and record that as a flush does."""
    index = row.layout.index[NAME]
    old = row.values[index]
    row.values[index] = tuple(draw.sample(LABELS, draw.randrange(4, 12)))
    edit = edit_of(old, row.values[index])
    if edit is not None and draw.random() < 0.5:
        batch.menus.setdefault((NAME, encode(edit)), []).append(row.id)
    else:
        batch.set.append((row.id, index))
    if draw.random() < 0.3:
        batch.moved.append(row.id)


def test_each_client_gets_a_snapshot_that_can_be_read_on_its_own() -> None:
    stage = stage_of(30)
    first, second = stage.follower(), stage.client()
    second.snapshot()
    assert menus_of(second.objects) == menus_of(first.objects)
    assert references(first, "set.objects") == references(second, "set.objects") > 30
    stage.live.close()


def test_a_client_of_protocol_2_gets_whole_menus_and_a_new_snapshot_instead_of_a_reference() -> None:
    stage = stage_of(20)
    client = stage.follower()
    older = Client(stage)
    older.protocols = [2]
    hello = older.hello()
    stage.pump(4)
    older.authenticate(hello)
    stage.pump(4)
    older.snapshot()
    older.watch()
    assert references(older, "set.objects") == 0
    assert menus_of(older.objects) == menus_of(client.objects)
    for track in stage.song.tracks:
        track.name = "Same"
    stage.pump(600)
    assert references(client, "set.batch") > 0
    assert references(older, "set.batch") == 0
    assert {notice["reason"] for notice in older.notices("bridge.resync")} == {"references of protocol 3"}
    older.snapshot()
    client.follow()
    assert menus_of(older.objects) == menus_of(client.objects)
    stage.live.close()


async def test_a_mirror_of_protocol_2_gets_the_whole_set_without_an_outline(
    autojump_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mirror.sync.PROTOCOLS", (2,))
    async with whole_path(large_set(10, 10, 10, 100), budget_s=0.0004, sync=False) as whole:
        with trio.fail_after(LONG_S):
            while not whole.mirror.epoch:  # noqa: ASYNC110 - the moment itself is what is looked for
                await trio.sleep(0.005)
        assert whole.mirror.coming == ()
        await whole.mirror.wait_synced(LONG_S)
        assert await whole.differences() == []
