"""History of a large Set: the difference of two states, a mix, a stored state, a revert of many values, the journal.

The alternative to the difference compares both states as JSON texts, without recognizing moved objects.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from mcp_server.history import difference, mixes, state_of
from mcp_server.history.changes import changes
from mcp_server.history.visits import Here, state_bytes
from mirror.events import EventLog
from mirror.journal import Journal, read_folder
from mirror.store import Store
from remote_script.headless import HeadlessLive
from remote_script.headless.sets.generate import large_set
from tests.benchmarks.measure import OURS, Row

QUESTION = "two states of a Set of about {:,} objects, and what is kept of one"
MOVES = 20_000
"""The number of changes of one parameter in the journal: ten seconds of 2,000 changes a second."""


def rows() -> Iterator[Row]:
    """All rows of this module."""
    live = HeadlessLive(large_set(parameters=25_000))
    try:
        old = state_of(live)
        live.song.tracks[3].name = "Another"
        live.song.tracks[5].mixer_device.volume.value = 0.3
        live.song.create_midi_track(2)
        new = state_of(live)
    finally:
        live.close()
    question = QUESTION.format(len(old.nodes))
    timed = _timed(lambda: difference(old, new))
    yield Row(question, f"{OURS}: difference", facts={**timed[0], "changes": len(timed[1])}, note="aim: 3 s")
    same = _timed(lambda: difference(new, Store.of_nodes(new.nodes.values(), "another", new.root)))
    facts = {**same[0], "changes": len(same[1])}
    yield Row(question, f"{OURS}: difference of a Set with itself", facts=facts, note="aim: 0 changes")
    plain = _timed(lambda: sum(one != other for one, other in zip(_lines(old), _lines(new), strict=False)))
    yield Row(question, "lines of JSON compared", facts={**plain[0], "changes": plain[1]})
    text = _timed(lambda: mixes.text(mixes.Mix("m", "", "", mixes.SCOPES, mixes.take(old, mixes.SCOPES))))
    yield Row(question, f"{OURS}: mix of all tracks as text", facts={**text[0], "bytes": len(text[1])})
    mix = mixes.parse(text[1])
    yield Row(question, f"{OURS}: recall planned", facts=_timed(lambda: mixes.recall(mix, new))[0])
    kept = _timed(lambda: state_bytes(Here(0.0, old)))
    yield Row(question, f"{OURS}: state kept for a client", facts={**kept[0], "bytes": len(kept[1])})
    yield from _journal(new)


def _journal(store: Store) -> Iterator[Row]:
    """The journal of a constantly moving fader, and of the same events without merging."""
    id_ = next(iter(store.of_type("DeviceParameter")))
    log = EventLog(store, lambda: 0.0)
    for number in range(MOVES):
        applied = store.apply(store.revision + 1, [["set", id_, "value", number / MOVES]])
        log.record(applied, number / 2000, "live", None, None)
    events = log.whole()
    question = f"{MOVES:,} changes of one control, ten seconds of 2,000 a second, in the journal"
    ways: dict[str, Callable[[Any], Any]] = {
        OURS: lambda part: [change.to_line() for change in changes(part)],
        "every event": lambda part: part,
    }
    for name, lines in ways.items():
        with tempfile.TemporaryDirectory() as folder:
            journal = Journal(folder, lines=lines, wall=lambda: 0.0)
            parts = [events[at : at + 500] for at in range(0, len(events), 500)]
            took = _timed(lambda journal=journal, parts=parts: [journal.write(part) for part in parts])[0]
            size = journal.path.stat().st_size
            read = _timed(lambda folder=folder: read_folder(Path(folder)))[0]
        yield Row(question, name, facts={**took, "bytes": size, "read_ms": read["ms"]})


def _timed(what: Callable[[], Any]) -> tuple[dict[str, Any], Any]:
    began = time.perf_counter()
    result = what()
    return {"ms": round((time.perf_counter() - began) * 1000, 1)}, result


def _lines(store: Store) -> list[bytes]:
    return [store.encoded(node.id) for node in store.walk()]
