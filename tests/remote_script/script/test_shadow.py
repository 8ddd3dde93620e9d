"""The shadow: a snapshot is the Set at one revision, and a pointer belongs to its newest object."""

from __future__ import annotations

from .stage import Stage


def test_a_snapshot_has_the_first_state_of_an_object_that_changes_twice_while_it_is_sent() -> None:
    stage = Stage()
    stage.until_ready()
    batcher = stage.script.batcher
    shadow = batcher.shadow
    track = shadow.row_of(stage.song.tracks[0])
    assert track is not None
    name = track.layout.index["name"]
    track[name] = "first"
    snapshot = shadow.snapshot(batcher.revision, [])
    for later in ("second", "third"):
        shadow.preserve(track)
        track[name] = later
    sent = b""
    while not snapshot.is_taken:
        sent += b"".join(snapshot.take(shadow.rows))
    assert (b'"first"' in sent, b'"second"' in sent, b'"third"' in sent) == (True, False, False)


def test_the_removal_of_a_deleted_object_leaves_the_newer_one_at_its_address() -> None:
    stage = Stage()
    stage.until_ready()
    shadow = stage.script.batcher.shadow
    track = stage.song.tracks[0]
    old = shadow.row_of(track)
    assert old is not None
    new = old.layout.new_row(shadow.new_id(), track, old.ptr, old.parent, old.role)
    shadow.add(new)
    shadow.discard(old)
    assert shadow.row_of(track) is new
