"""The store and the wire alone, without socket or Live: reads, batches, snapshots, sealed lines.

Alternatives: the same JSON without the cache, `json` of the standard library instead of msgspec, and a mirror that
returns deep copies of its objects.
"""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from mirror import wire
from mirror.store import Store
from remote_script.SetMirror.contract.seal import client_session, script_session
from tests.benchmarks import artificial_set
from tests.benchmarks.measure import OURS, Row, cycle, timed

TRACKS, DEVICES, PARAMETERS, SCENES = 60, 5, 64, 12


def full_store() -> tuple[Store, list[artificial_set.Object]]:
    """A store with a large Set, and the objects of its snapshot."""
    objects = artificial_set.objects(TRACKS, DEVICES, PARAMETERS, SCENES)
    store = Store()
    store.collect(copy.deepcopy(objects), True)
    store.replace("epoch", 1)
    return store, objects


def rows() -> Iterator[Row]:
    """All rows of this module."""
    store, objects = full_store()
    yield Row(
        "the made Set",
        "store",
        facts={"objects": len(objects), "tracks": TRACKS, "parameters": TRACKS * (DEVICES * PARAMETERS + 1)},
    )
    yield from reads(store)
    yield from overviews(store)
    yield from batches(store)
    yield from snapshots(objects)
    yield from seals()


def seals() -> Iterator[Row]:
    """The cost of a counter and an HMAC on each line, for one side."""
    message = wire.request(17, "write.execute", {"write": "c4-17", "ops": [{"op": "set", "target": 1234}]})
    question = f"seal, then open one line of {len(message)} bytes"

    def session() -> Callable[[], Any]:
        nonces = ("11" * 32, "22" * 32)
        client, script = client_session("ab" * 32, *nonces), script_session("ab" * 32, *nonces)
        return lambda: script.incoming.open(client.outgoing.seal(message)[:-1])

    yield Row(question, OURS, timed(session()))

    def plain() -> Any:
        key = b"ab" * 32
        proof = hmac.new(key, message, hashlib.sha256).hexdigest()
        return hmac.compare_digest(proof, hmac.new(key, message, hashlib.sha256).hexdigest())

    yield Row(question, "hmac.new for each line", timed(plain))
    yield Row(question, "no seal: the line copied", timed(lambda: bytes(bytearray(message))))
    long = b"x" * 1_000_000
    yield Row("hash one line of 1 MB", "SHA-256", timed(lambda: hashlib.sha256(long).digest(), samples=50))


def reads(store: Store) -> Iterator[Row]:
    parameters = [id_ for id_ in store.of_type("DeviceParameter")]
    chance = random.Random(2)
    chosen = [chance.choice(parameters) for _ in range(1000)]
    question = "read one parameter of 19,260, as JSON"

    for id_ in chosen:
        store.encoded(id_)
    following = cycle(chosen)
    yield Row(question, OURS, timed(lambda: store.encoded(following())))
    following = cycle(chosen)
    yield Row(question, "msgspec without the cache", timed(lambda: wire.encode(store.nodes[following()])))
    plain = {id_: msgspec.to_builtins(store.nodes[id_]) for id_ in chosen}
    following = cycle(chosen)
    yield Row(question, "json.dumps of a dict", timed(lambda: json.dumps(plain[following()]).encode()))
    following = cycle(chosen)
    yield Row(
        question,
        "deepcopy, then json.dumps",
        timed(lambda: json.dumps(copy.deepcopy(plain[following()])).encode()),
    )


def overviews(store: Store) -> Iterator[Row]:
    question = f"overview of {TRACKS} tracks with mixer, devices and clips, as JSON"

    def overview() -> dict[str, Any]:
        nodes = store.nodes
        assert store.root is not None
        song = nodes[store.root]
        return {
            "tempo": song.props["tempo"],
            "tracks": [
                {
                    **track.props,
                    "id": track.id,
                    "ref": store.ref(track.id),
                    "devices": [nodes[id_].name for id_ in track.children["devices"]],
                    "clips": [
                        nodes[clip].name
                        for slot in track.children["clip_slots"]
                        if (clip := nodes[slot].children["clip"]) is not None
                    ],
                }
                for track in (nodes[id_] for id_ in song.children["tracks"])
            ],
        }

    yield Row(question, OURS, timed(lambda: wire.encode(overview())))
    yield Row(question, "the same, json.dumps", timed(lambda: json.dumps(overview()).encode()))


def batches(store: Store) -> Iterator[Row]:
    chance = random.Random(3)
    parameters = list(store.of_type("DeviceParameter"))
    question = "apply one batch of 20 changed values (decoded from its line, all indices kept)"
    lines = [
        wire.encode(
            {
                "jsonrpc": "2.0",
                "method": "set.batch",
                "params": {
                    "epoch": "epoch",
                    "revision": 2,
                    "time": 0.0,
                    "cause": "live",
                    "changes": [
                        ["set", chance.choice(parameters), "value", chance.random()] for _ in range(20)
                    ],
                },
            }
        )
        for _ in range(200)
    ]

    def ours(line: bytes) -> None:
        batch = wire.decode(line).params
        store.apply(store.revision + 1, batch.changes)

    following = cycle(lines)
    times = timed(lambda: ours(following()))
    yield Row(question, OURS, times, {"batches/s": 1000 / times.p50})

    naive = {id_: dict(node.props) for id_, node in store.nodes.items()}

    def unguarded(line: bytes) -> None:
        for _, id_, name, value in json.loads(line)["params"]["changes"]:
            naive[id_][name] = value

    following = cycle(lines)
    times = timed(lambda: unguarded(following()))
    yield Row(
        question,
        "json.loads into nested dicts",
        times,
        {"batches/s": 1000 / times.p50},
        "no revision, no events, readers see half a batch",
    )


def snapshots(objects: list[artificial_set.Object]) -> Iterator[Row]:
    question = f"take a whole snapshot of {len(objects):,} objects"
    encoded = wire.encode(objects)

    def first() -> None:
        store = Store()
        store.collect(msgspec.json.decode(encoded), True)
        store.replace("epoch", 1)

    yield Row(question, f"{OURS}, first", timed(first, samples=10, warm=1), {"bytes": len(encoded)})
    store = Store()
    store.collect(msgspec.json.decode(encoded), True)
    store.replace("epoch", 1)

    def again() -> None:
        store.collect(msgspec.json.decode(encoded), True)
        store.replace("epoch", store.revision + 1)

    yield Row(question, f"{OURS}, resync with nothing changed", timed(again, samples=10, warm=1))
    yield Row(question, "json.loads alone", timed(lambda: json.loads(encoded), samples=10, warm=1))
