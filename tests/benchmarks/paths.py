"""From Live to an agent and back, in real time, with the processes, sockets and pipes of real use.

One headless Live runs our Remote Script and, if they can be fetched, those of `ableton-mcp` and `ableton-js`; all get
the same questions in the same run. `peers` lists their advantages in this comparison.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import trio

from mcp_server.commands import processes
from mcp_server.commands.link import linked
from mcp_server.commands.processes import HeadlessProcess
from mcp_server.demo import measures
from mcp_server.demo.agent import Agent
from mcp_server.demo.tool_calls import ToolCalls
from mirror import Call, Mirror, Set
from tests import third_party
from tests.benchmarks import peers
from tests.benchmarks.measure import OURS, Distribution, Row, cycle

READS, CHANGES, WRITES = 500, 200, 200
MANY, NOTES = 100, 5000
STORM = 2000
"""Further changes in Live in a second, like a finely automated knob, beside the measured change."""
PEER_READS, PEER_CHANGES, PEER_WRITES = 200, 40, 30
READ_TRACK = "read one track"
READ_SET = "read an overview of the Set"
READ_PARAMETER = "read one parameter"
CHANGE = "a person moves a fader in Live → the agent knows"
RENAME = "a person renames a track in Live → the agent knows"
TEMPO = "a person changes the tempo in Live → the agent knows"
WRITE = "change the tempo, and know that it is so"
TOGETHER = f"change {MANY} parameters, and know that it is so"
CLIP_FULL = f"write {NOTES:,} notes into a clip, and know that they are there"


def rows(*, with_peers: bool = True, als: Path | None = None) -> Iterator[Row]:
    """All rows of this module."""
    measured: list[Row] = []
    trio.run(_measure, measured, with_peers, als)
    # One question after the other, our answers first.
    order = [READ_TRACK, READ_SET, READ_PARAMETER, CHANGE, RENAME, TEMPO, WRITE]
    yield from sorted(
        measured, key=lambda row: order.index(row.question) if row.question in order else len(order)
    )


async def _measure(measured: list[Row], with_peers: bool, als: Path | None) -> None:
    with tempfile.TemporaryDirectory(prefix="setmirror-peers-") as name:
        folder = Path(name)
        exchange = folder / "exchange"
        exchange.mkdir()
        fetched: dict[str, tuple[Path, Path]] = {}
        reasons = dict.fromkeys((peers.ABLETON_MCP, peers.ABLETON_JS), "not asked for")
        if with_peers:
            fetched, reasons = await trio.to_thread.run_sync(_fetch, folder)
        environ = processes.environment(TMPDIR=str(exchange), **peers.QUIET)
        async with (
            HeadlessProcess.started(
                als,
                remote_scripts=[script for script, _ in fetched.values()],
                more=["--threads", "count"],
                environ=environ,
            ) as live,
            linked(live.port, sync_s=60.0) as mirror,
            Agent.connected(live.port, environ=environ) as agent,
        ):
            measured.extend(await _ours(live, mirror, agent))
            for subject, measure in (
                (peers.ABLETON_MCP, lambda: _ableton_mcp(live)),
                (peers.ABLETON_JS, lambda: _ableton_js(live, fetched[peers.ABLETON_JS][1], exchange)),
            ):
                try:
                    if subject in reasons:
                        raise peers.NotAvailable(reasons[subject])
                    measured.extend(await measure())
                except peers.NotAvailable as problem:
                    measured.append(Row(WRITE, subject, note=f"not measured: {problem}"))


def _fetch(folder: Path) -> tuple[dict[str, tuple[Path, Path]], dict[str, str]]:
    """The packages that could be fetched, and the reasons for the others."""
    fetched, reasons = {}, {}
    for subject, fetch, free in (
        (peers.ABLETON_MCP, third_party.ableton_mcp, peers.free(peers.PORT)),
        (peers.ABLETON_JS, third_party.ableton_js, True),
    ):
        try:
            if not free:
                raise peers.NotAvailable(f"port {peers.PORT} is taken")
            fetched[subject] = fetch(folder)
        except peers.NotAvailable as problem:
            reasons[subject] = str(problem)
    return fetched, reasons


async def _ours(live: HeadlessProcess, mirror: Mirror, agent: Agent) -> list[Row]:
    calls = ToolCalls(agent)
    await calls.wait_synced()
    tracks = [mirror.ref(node.id) for node in mirror.children("song", "tracks")]
    fader = f"{tracks[0]}/mixer_device/volume"
    measured = []

    def row(question: str, subject: str, samples: list[float], note: str = "") -> None:
        measured.append(Row(question, subject, Distribution.of_seconds(samples), note=note))

    over_mcp = f"{OURS}, MCP over stdio, SDK client"
    following = cycle(tracks)
    row(READ_TRACK, over_mcp, await measures.calls(lambda: calls.track(following()), READS))
    row(READ_TRACK, f"{OURS}, mirror in memory", _direct(mirror, tracks))
    row(READ_SET, over_mcp, await measures.calls(calls.overview, READS))
    some = f"{tracks[0]}/devices/0/parameters/1"
    row(READ_PARAMETER, over_mcp, await measures.calls(lambda: agent.call("get", target=some), READS))
    values = [0.35, 0.45, 0.55]
    async with agent.subscribed(calls.uri(fader)):
        samples = await measures.notifications(live, agent, calls.uri(fader), fader, "value", values, CHANGES)
    row(CHANGE, f"{OURS}, notification at the MCP client", samples)
    row(
        CHANGE,
        f"{OURS}, subscriber of a mirror",
        await measures.arrivals(live, mirror, fader, "value", values, CHANGES),
    )
    other = f"{tracks[-1]}/mixer_device/panning"
    async with trio.open_nursery() as nursery:
        nursery.start_soon(measures.storm, live, other, "value", [-0.5, 0.0, 0.5], STORM)
        row(
            CHANGE,
            f"{OURS}, subscriber of a mirror, under {STORM:,} changes a second",
            await measures.arrivals(live, mirror, fader, "value", values, CHANGES),
        )
        nursery.cancel_scope.cancel()
    names = ["One", "Two", "Three"]
    async with agent.subscribed(calls.uri(tracks[0])):
        samples = await measures.notifications(
            live, agent, calls.uri(tracks[0]), tracks[0], "name", names, CHANGES
        )
    row(RENAME, f"{OURS}, notification at the MCP client", samples, "routings that show the name follow")
    async with agent.subscribed(calls.uri("song")):
        samples = await measures.notifications(
            live, agent, calls.uri("song"), "song", "tempo", [100.0, 101.0, 102.0], CHANGES
        )
    row(TEMPO, f"{OURS}, notification at the MCP client", samples)
    tempo = cycle([100.0, 101.0, 102.0])
    row(WRITE, f"{OURS}, verified, over MCP", await measures.calls(lambda: calls.tempo(tempo()), WRITES))
    row(
        WRITE,
        f"{OURS}, verified, mirror in this process",
        await measures.calls(lambda: mirror.write([Set("song", "tempo", tempo())], author="bench"), WRITES),
    )
    measured.extend(await _many(mirror))
    return measured


async def _many(mirror: Mirror) -> list[Row]:
    """A hundred changes as one write and as a hundred writes; five thousand notes; the load on Live's main thread."""
    parameters = [
        node.id
        for node in mirror.walk("song")
        if node.type == "DeviceParameter"
        and node.props.get("is_enabled")
        and not node.props.get("is_quantized")
        and isinstance(node.props.get("max"), float)
        and node.props["max"] > node.props["min"]
    ][:MANY]
    turn = cycle([0.25, 0.75])

    def sets() -> list[Set]:
        share = turn()
        bounds = [(mirror.node(id_).props["min"], mirror.node(id_).props["max"], id_) for id_ in parameters]
        return [Set(id_, "value", low + (high - low) * share) for low, high, id_ in bounds]

    async def singly() -> None:
        for operation in sets():
            await mirror.write([operation], author="bench")

    batch = await measures.calls(lambda: mirror.write(sets(), author="bench"), 20, warm=1)
    calls = await measures.calls(singly, 3, warm=0)
    made = await mirror.write(
        [
            Call("song", "create_midi_track", {"index": -1}),
            Call("$0/clip_slots/0", "create_clip", {"pages": 64.0}),
        ]
    )
    clip = made.results[1].result["id"] if made.results[1].result else 0
    notes = [
        {"pitch": 36 + n % 48, "start_time": n / 80, "duration": 0.05, "velocity": 100.0}
        for n in range(NOTES)
    ]

    async def full() -> None:
        await mirror.write([Call(clip, "replace_notes", {"notes": notes})], author="bench")

    await full()
    clip_full = await measures.calls(full, 5, warm=0)
    timings = (await mirror.script_status())["timings"]
    for _ in range(2):
        await mirror.undo()
    return [
        Row(TOGETHER, f"{OURS}, one write", Distribution.of_seconds(batch)),
        Row(TOGETHER, f"{OURS}, a write each", Distribution.of_seconds(calls)),
        Row(
            CLIP_FULL,
            OURS,
            Distribution.of_seconds(clip_full),
            facts={"longest step on Live's main thread ms": timings["write"]["max_ms"]},
        ),
    ]


def _direct(mirror: Mirror, tracks: list[str]) -> list[float]:
    following = cycle(tracks)
    seconds = []
    for _ in range(READS):
        began = time.perf_counter()
        mirror.encoded(mirror.resolve(following()).id)
        seconds.append(time.perf_counter() - began)
    return seconds


async def _ableton_mcp(live: HeadlessProcess) -> list[Row]:
    peer = await trio.to_thread.run_sync(peers.Peer)
    try:
        info = await trio.to_thread.run_sync(lambda: peer.ask("get_session_info"))
        numbers = cycle(range(int(info["track_count"])))

        async def sample(ask: Callable[[], Any], count: int) -> Distribution:
            return Distribution.of_seconds(await trio.to_thread.run_sync(_times, ask, count))

        tempo = cycle([100.0, 101.0, 102.0])
        return [
            Row(
                READ_TRACK,
                peers.ABLETON_MCP,
                await sample(lambda: peer.ask("get_track_info", track_index=numbers()), PEER_READS),
                note="its thread may run freely here; in Live about every 100 ms",
            ),
            Row(READ_SET, peers.ABLETON_MCP, await sample(lambda: peer.ask("get_session_info"), PEER_READS)),
            Row(
                RENAME,
                f"{peers.ABLETON_MCP}, asked without pause",
                Distribution.of_seconds(await _polled(live, peer)),
                note="it tells nothing by itself",
            ),
            Row(
                WRITE,
                peers.ABLETON_MCP,
                await sample(lambda: peer.ask("set_tempo", tempo=tempo()), PEER_WRITES),
                note="not read back",
            ),
        ]
    finally:
        peer.close()


async def _ableton_js(live: HeadlessProcess, package: Path, exchange: Path) -> list[Row]:
    async with peers.Script.started(package, exchange, PEER_READS, PEER_WRITES) as script:
        reads = await script.line()
        while "listening" not in await script.line():
            pass
        chance, tempo, heard = random.Random(9), cycle([110.0, 111.0, 112.0]), []
        # The client reports the time of day, Live its own clock.
        day = time.time() - time.monotonic()
        for _ in range(PEER_CHANGES):
            wanted = tempo()
            await trio.sleep(measures.APART_S + chance.uniform(0, measures.PHASE_S))
            changed = await live.set("song", "tempo", wanted)
            while (line := await script.line()).get("tempo") != wanted:
                pass
            heard.append(line["at"] / 1000 - day - changed)
        await script.go_on()
        while "write" not in (writes := await script.line()):
            pass

    def row(question: str, milliseconds: list[float], note: str = "") -> Row:
        distribution = Distribution.of_seconds([duration / 1000 for duration in milliseconds])
        return Row(question, peers.ABLETON_JS, distribution, note=note)

    return [
        row(READ_TRACK, reads["track"], "its name alone"),
        row(READ_SET, reads["overview"], "the tracks' names"),
        row(READ_PARAMETER, reads["parameter"]),
        row(TEMPO, [seconds * 1000 for seconds in heard]),
        row(WRITE, writes["write"], "until its listener tells it"),
    ]


def _times(ask: Callable[[], Any], count: int) -> list[float]:
    ask()
    seconds = []
    for _ in range(count):
        began = time.perf_counter()
        ask()
        seconds.append(time.perf_counter() - began)
    return seconds


async def _polled(live: HeadlessProcess, peer: peers.Peer) -> list[float]:
    """Seconds from a change to the first answer that shows it, with repeated questions."""
    chance = random.Random(9)
    seconds = []

    def until(name: str) -> float:
        while peer.ask("get_track_info", track_index=0)["name"] != name:
            pass
        return time.monotonic()

    for number in range(PEER_CHANGES):
        name = f"Peer {number}"
        seen: list[float] = []

        async def watch(name: str = name, seen: list[float] = seen) -> None:
            with trio.fail_after(measures.ARRIVAL_S):
                seen.append(await trio.to_thread.run_sync(until, name))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(watch)
            await trio.sleep(chance.uniform(0, measures.PHASE_S))
            changed = await live.set("tracks/0", "name", name)
        seconds.append(seen[0] - changed)
    return seconds
