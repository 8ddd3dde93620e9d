"""Later calls of a batch see the objects that earlier calls create and name."""

from __future__ import annotations

from typing import Any, cast

import pytest
import trio
import trio.testing

from mcp_server.batch_objects import BatchObjects
from mcp_server.late_nodes import LateNode, Own, Product, listed, made
from mirror import Call, Mirror, Node, Set, errors
from remote_script.headless import default_set
from tests.whole import Refused, whole_path

SONG = Node(1, "Song", None, "", {}, {}, 0)
KEYS = Node(7, "Track", 1, "tracks", {"name": "Keys"}, {}, 0)
TRACK = Product(0, "Track", "song", "tracks")
CREATE = Call("song", "create_midi_track", {"index": -1})


class Nodes:
    """The two lookups of a mirror, over two objects."""

    def node(self, id_: int) -> Node:
        return {1: SONG, 7: KEYS}[id_]

    def resolve(self, target: str) -> Node:
        assert target == "song"
        return SONG


def batch(*calls: tuple[Product | None, list[Any]]) -> BatchObjects:
    objects = BatchObjects(cast(Mirror, Nodes()), listed, lambda node: str(node.id))
    for product, ops in calls:
        objects.add(product, ops)
    return objects


def test_a_new_object_has_the_number_of_its_operation_in_the_batch() -> None:
    objects = batch((None, [Set(7, "mute", True), Set(7, "solo", True)]), (TRACK, [CREATE]))
    assert objects.find("$1").id == "$2"
    assert objects.makes == [None, 2]
    assert objects.operations == 3


def test_a_path_below_a_new_object_is_followed_through_the_table() -> None:
    objects = batch((TRACK, [CREATE]))
    assert objects.find("$0/mixer_device/volume").type == "DeviceParameter"
    device = objects.find("$0/devices/0")
    assert (device.id, device.type) == ("$0/devices/0", "Device")
    parameter = objects.find("$0/devices/0/parameters/Dry/Wet")
    assert parameter.id == "$0/devices/0/parameters/=Dry%2FWet"


@pytest.mark.parametrize(
    ("target", "rule"),
    [
        ("$2", "is none"),
        ("$x", "is none"),
        ("$1", "makes no object"),
        ("$0/wings", "has no 'wings' below it"),
        ("$0/devices", "is a list"),
    ],
)
def test_a_target_that_no_call_creates_is_refused(target: str, rule: str) -> None:
    objects = batch((TRACK, [CREATE]), (None, [Set(7, "mute", True)]))
    with pytest.raises(errors.InvalidValue, match=rule):
        objects.find(target)


def test_a_new_clip_is_a_child_of_the_slot_created_by_the_same_call() -> None:
    objects = batch((None, [Set(7, "mute", True)]))
    objects.add(TRACK, [CREATE, Call("$1/clip_slots/0", "create_clip", {"pages": 4.0})])
    clip = objects.node_of(Product(1, "Clip", Own(made(0, "clip_slots/0")), "clip"))
    assert clip.id == "$2"
    assert isinstance(clip.above, LateNode)
    assert clip.above.id == "$1/clip_slots/0"


def test_names_given_by_calls_are_usable_in_later_calls() -> None:
    objects = batch((TRACK, [CREATE, Set("$0", "name", "Lead")]), (None, [Set(7, "name", "Lead")]))
    assert [node.id for node in objects.named("Lead")] == ["$0", 7]
    assert not objects.named("Keys")


def test_only_new_return_tracks_count_as_returns() -> None:
    track = Call("song", "create_return_track")
    objects = batch((TRACK, [CREATE]), (Product(0, "Track", "song", "return_tracks"), [track]))
    assert [node.id for node in objects.return_tracks()] == ["$1"]


def test_the_call_that_exceeds_the_limit_of_operations_is_named() -> None:
    objects = batch((None, [Set(7, "mute", True)] * 999))
    with pytest.raises(errors.TooLarge, match="with call 1 it has 1001"):
        objects.add(None, [Set(7, "mute", True)] * 2)


async def test_a_new_object_that_a_person_deletes_before_the_next_call_is_named_as_deleted(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with whole_path(default_set()) as whole:
        names = [track.name for track in whole.stage.song.tracks]

        async def delete() -> None:
            await whole.until(lambda: whole.stage.song.tracks[0].name == "New")
            await whole.by_hand(lambda song: song.delete_track(0))

        calls = [
            {"tool": "create", "args": {"kind": "audio", "name": "New", "index": 0}},
            # The write waits until Live has the routing lists of the new track.
            {"tool": "set_track", "args": {"track": "$0", "input_routing_type": "Resampling"}},
            {"tool": "set_track", "args": {"track": 0, "name": "Changed"}},
        ]
        async with trio.open_nursery() as nursery:
            nursery.start_soon(delete)
            with pytest.raises(Refused, match=r"STALE_REFERENCE: call 1 .*\$0 made was deleted meanwhile"):
                await whole.call("batch", calls=calls)
        assert [track.name for track in whole.stage.song.tracks] == names
