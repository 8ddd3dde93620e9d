"""Places in a request become the identities of the objects that the client saw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from remote_script.SetMirror.contract.errors import BridgeError
from remote_script.SetMirror.contract.places import ID, Lookup, bind_args
from remote_script.SetMirror.identity import bind
from remote_script.SetMirror.write import parse_write

from .stage import Stage

SONG, TRACK = 1, 2
LISTS = {(SONG, "tracks"): [TRACK, 3], (TRACK, "devices"): [21, 22, 23]}


class Set(Lookup):
    """A song with two tracks, of which the first has three devices."""

    def resolve(self, target: Any) -> int:
        return int(target)

    def type_of(self, id_: int) -> str:
        return {SONG: "Song", TRACK: "Track", 3: "Track"}.get(id_, "Device")

    def children(self, id_: int, name: str) -> Sequence[int]:
        return LISTS.get((id_, name), [])

    def check_place(self, id_: int, name: str, place: int) -> None:
        pass


def moved(place: int) -> Any:
    args = {"device": 21, "target": TRACK, "target_position": place}
    return bind_args(Set(), SONG, "move_device", args)["target_position"]


@pytest.mark.parametrize(("index", "before"), [(0, TRACK), (1, 3), (2, None), (-1, None)])
def test_a_new_track_is_inserted_before_its_index_and_minus_one_is_the_end(
    index: int, before: int | None
) -> None:
    assert bind_args(Set(), SONG, "create_midi_track", {"index": index}) == {"index": {ID: before}}


def test_a_device_that_moves_within_its_list_is_not_counted_in_it() -> None:
    assert [moved(place) for place in (0, 1, 2)] == [{ID: 22}, {ID: 23}, {ID: None}]


def test_a_place_beyond_the_list_is_refused() -> None:
    with pytest.raises(BridgeError, match="There are 2 devices, from 0, so 3 does not exist"):
        moved(3)


@pytest.mark.parametrize("target", ["tracks/0", "tracks/0/mixer_device/volume"])
def test_a_ref_through_a_list_that_changed_since_the_clients_revision_is_refused(target: str) -> None:
    stage = Stage()
    stage.follower()
    stage.song.create_midi_track(0)
    stage.pump(3)
    batcher = stage.script.batcher
    changed = batcher.list_change(batcher.shadow.root, "tracks")

    def refusal(revision: int) -> BridgeError | None:
        operation = {"op": "set", "target": target, "name": "name", "value": "x"}
        write = parse_write({"write": "w", "ops": [operation], "if_revision": revision}, 0.0)
        bind(batcher, write)
        return write.unbound.get(0)

    refused = refusal(changed - 1)
    assert refused is not None
    assert refused.name == "PRECONDITION_FAILED"
    assert refusal(changed) is None
