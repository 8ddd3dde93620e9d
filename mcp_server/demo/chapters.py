"""The chapters of the demo; `Chapters.play` plays them all.

The agent uses MCP only. The witness is a mirror on the same bridge, in this process: a tool's answers are checked
against it, and the Set at the end is compared with the Set at the beginning, property by property.
"""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import trio

from mcp_server.commands.events import line_of
from mcp_server.commands.link import Reading
from mcp_server.commands.processes import HeadlessProcess
from mcp_server.demo import measures
from mcp_server.demo.agent import Agent, ToolRefused
from mcp_server.demo.contents import Picture, differences, picture
from mcp_server.demo.story import Story
from mcp_server.demo.tool_calls import Answer, ToolCalls
from remote_script.SetMirror.contract import schema

if TYPE_CHECKING:
    from mirror import Mirror
    from mirror.model import Event

SYNC_S = 60.0
SEEN_S = 5.0
"""The longest wait for a change that must be visible at once."""
QUIET_S = 0.3
"""Seconds for many turns of the script, so that all consequences of a change have arrived."""
SETTLE_S = 90.0
"""The longest wait for the audit, which finds changes that Live does not notify; it is slow in a large Set."""
LOG_LINES = 24
READS, CHANGES, WRITES = 300, 100, 100
TRACK_NAME, CLIP_NAME = "SetMirror demo", "Four notes"
VOLUME_DB = -6.0
NOTES = [
    {"pitch": 48, "start_time": 0.0, "duration": 0.5, "velocity": 100.0},
    {"pitch": 55, "start_time": 1.0, "duration": 0.5, "velocity": 90.0},
    {"pitch": 51, "start_time": 2.0, "duration": 0.5, "velocity": 95.0},
    {"pitch": 60, "start_time": 3.0, "duration": 1.0, "velocity": 110.0},
]


class Chapters:
    """The actions of the agent, the person and the witness."""

    def __init__(
        self, story: Story, live: HeadlessProcess, agent: Agent, witness: Mirror, *, quick: bool = False
    ) -> None:
        self.story = story
        self.live = live
        self.agent = agent
        self.calls = ToolCalls(agent)
        self.witness = witness
        self.share = 0.2 if quick else 1.0
        self.track = ""
        self.undoable = 0
        """The number of the demo's entries in Live's undo history."""

    async def play(self, older: Callable[[], Any]) -> None:
        """Play all chapters in order; `older` opens an agent of the older protocol era."""
        await self.witness.wait_read(stalled_s=SYNC_S, tell=Reading())
        status = self.witness.status()
        where = f"Live {status.live_version}, epoch {status.epoch}, revision {status.revision}"
        self.story.tell(f"the witness mirrors {status.objects:,} objects of {where}")
        await self.reads()
        await self.a_person(older)
        await self._quiet()
        before = picture(self.witness)
        await self.edits()
        await self.undoes_all(before)
        await self.measure()
        self.log()

    # -- the agent reads ---------------------------------------------------------------------------

    async def reads(self) -> None:
        story, witness = self.story, self.witness
        story.chapter("An agent reads the Set over MCP")
        story.tell(f"protocol {self.agent.client.protocol_version}, stdio")
        await self.calls.wait_synced()
        shown = await self.calls.overview()
        counts = {
            name: len(witness.children("song", name))
            for name in ("tracks", "return_tracks", "scenes", "cue_points")
        }
        expected = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())
        reported = {name: len(shown[name]) for name in counts}
        story.check(f"the overview has {expected}", reported == counts, actual=reported)
        tempo = witness.resolve("song").props["tempo"]
        story.check(f"tempo {tempo:g} BPM", shown["song"]["tempo"] == tempo, actual=shown["song"])
        for line in shown["tracks"][:6]:
            story.tell(
                f"{line['ref']:<10} {line['name'][:24]:<24} {line['kind']:<6} {line['volume'] or '':>9}"
                f"  {line['clips']} + {line['arrangement_clips']} clips  {', '.join(line['devices'])[:40]}"
            )
        if len(shown["tracks"]) > 6:
            story.tell(f"and {len(shown['tracks']) - 6} more")
        self.track = shown["tracks"][0]["ref"]
        track = await self.calls.track(self.track)
        clips = [track for track in shown["tracks"] if track["clips"]]
        story.check(
            f'{self.track} "{track["name"]}" has {len(track["devices"])} devices and {track["clip_slots"]} slots',
            track["name"] == witness.resolve(self.track).name
            and len(track["devices"]) == len(witness.children(self.track, "devices")),
            actual=track,
        )
        if clips:
            await self._reads_notes(clips[0]["ref"])

    async def _reads_notes(self, ref: str) -> None:
        for clip in (await self.calls.track(ref))["clips"]:
            if clip["kind"] == "midi":
                notes = await self.calls.notes(clip["ref"])
                count = len(self.witness.notes(clip["ref"]))
                self.story.check(
                    f'{clip["ref"]} "{clip["name"]}" holds {count} notes',
                    min(count, 500) == len(notes),
                    actual=notes,
                )
                return

    # -- a person works in Live --------------------------------------------------------------------

    async def a_person(self, older: Callable[[], Any]) -> None:
        story, agent = self.story, self.agent
        uri = self.calls.uri(self.track)
        story.chapter("A person works in Live, and the agent is notified")
        async with older() as elder:
            await ToolCalls(elder).wait_synced()
            story.tell(
                f"two agents listen to {uri}: one speaks {agent.client.protocol_version}, "
                f"the other {elder.client.protocol_version}"
            )
            async with agent.subscribed(uri), elder.subscribed(uri):
                await self._renamed_by_hand(uri, elder)

    async def _renamed_by_hand(self, uri: str, elder: Agent) -> None:
        story, witness, agent = self.story, self.witness, self.agent
        was, revision = witness.resolve(self.track).name, witness.revision
        named = f"{was} (by hand)"
        changed = await self.live.set(self.track, "name", named)
        for listener in (agent, elder):
            await self._is_told(listener, uri, changed, f'the person renames the track "{named}"')
        read = await self.calls.track(self.track)
        story.check("the agent reads the new name", read["name"] == named, actual=read["name"])
        events = await self.calls.changes(revision)
        who = [event["who"] for event in events if event["ref"] == self.track and event["name"] == "name"]
        story.check("the event log says that a person did it", who == ["live"], actual=who)
        await trio.sleep(measures.APART_S)
        count = len(agent.updates), len(elder.updates)
        changed = await self.live.call("song", "undo")
        for listener, heard in zip((agent, elder), count, strict=True):
            await self._is_told(listener, uri, changed, "the person undoes it", heard)
        read = await self.calls.track(self.track)
        story.check("the agent reads the old name", read["name"] == was, actual=read["name"])

    async def _is_told(self, agent: Agent, uri: str, changed: float, what: str, heard: int = 0) -> None:
        try:
            arrived = await agent.update_after(heard, uri, timeout_s=SEEN_S)
            self.story.check(
                f"{what}: notified after {(arrived - changed) * 1000:.1f} ms ({agent.client.protocol_version})",
                True,
            )
        except TimeoutError:
            self.story.check(f"{what}: notified within {SEEN_S:.0f} s", False, actual=agent.updates)

    # -- the agent writes --------------------------------------------------------------------------

    async def edits(self) -> None:
        story, witness, calls = self.story, self.witness, self.calls
        story.chapter("The agent edits; every write is verified and one entry in Live's undo history")
        tempo = 97.0 if witness.resolve("song").props["tempo"] != 97.0 else 98.0
        await self._write(f"tempo to {tempo:g} BPM", lambda: calls.tempo(tempo))
        self._shows("song", "tempo", tempo)
        fader = f"{self.track}/mixer_device/volume"
        await self._write(
            f"{self.track}'s volume to {VOLUME_DB:g} dB, panned 20L",
            lambda: calls.mixer(self.track, volume=f"{VOLUME_DB:g} dB", panning="20L"),
        )
        # The upper part of the fader has 40 dB per unit, so −6 dB is at 0.7.
        self._shows(fader, "value", 0.7)
        text = str(witness.resolve(fader).props.get("display"))
        story.check(f"Live's fader shows {text}", text.startswith("-6.0"), actual=text)
        made = await self._write(f'a MIDI track "{TRACK_NAME}"', lambda: calls.create_track(TRACK_NAME))
        track = made["results"][0]["result"]["ref"]
        self._shows(track, "name", TRACK_NAME)
        clip = f"{track}/clip_slots/0/clip"
        await self._write(
            f"a clip with {len(NOTES)} notes in {track}",
            lambda: calls.create_clip(track, 0, CLIP_NAME, NOTES),
        )
        story.check(
            "the witness has its notes", self._notes(clip) == _as_tuples(NOTES), actual=self._notes(clip)
        )
        notes = await calls.notes(clip)
        await self._write(
            "one note higher and louder, one gone, one new",
            lambda: calls.edit_notes(
                clip,
                change=[{"note_id": notes[0]["note_id"], "pitch": 50, "velocity": 120.0}],
                remove=[notes[2]["note_id"]],
                add=[{"pitch": 72, "start_time": 2.5, "duration": 0.25, "velocity": 80.0}],
            ),
        )
        wanted = [{**NOTES[0], "pitch": 50, "velocity": 120.0}, NOTES[1]]
        wanted += [{"pitch": 72, "start_time": 2.5, "duration": 0.25, "velocity": 80.0}, NOTES[3]]
        story.check(
            "the witness has the edit", self._notes(clip) == _as_tuples(wanted), actual=self._notes(clip)
        )
        await self._plays(clip)
        await self._refused()

    async def _plays(self, clip: str) -> None:
        calls = self.calls
        await self._write(f"fire {clip}", lambda: calls.fire(clip), undo_steps=0)
        await self._becomes(
            "the clip plays", lambda: self.witness.resolve(clip).props.get("is_playing") is True
        )
        await self._write("stop all clips", calls.stop_clips, undo_steps=0)
        await self._becomes(
            "the clip is stopped", lambda: self.witness.resolve(clip).props.get("is_playing") is False
        )
        await self._write("stop the transport", calls.stop, undo_steps=0)
        await self._becomes(
            "Live stands still", lambda: self.witness.resolve("song").props.get("is_playing") is False
        )
        # A launched clip takes tracks over from the Arrangement, and undo does not revert that.
        await self._write("give the tracks back to the Arrangement", calls.back_to_arranger, undo_steps=0)

    async def _refused(self) -> None:
        revision = self.witness.revision
        try:
            answer: Any = await self.calls.tempo(5.0)
        except ToolRefused as problem:
            self.story.check(f"5 BPM is refused: {str(problem)[:90]}", self.witness.revision == revision)
        else:
            self.story.check("5 BPM is refused", False, actual=answer)

    async def _write(
        self, what: str, write: Callable[[], Awaitable[Answer]], *, undo_steps: int = 1
    ) -> Answer:
        began = time.perf_counter()
        try:
            answer = await write()
        except ToolRefused as problem:
            self.story.check(what, False, actual=str(problem))
            raise
        took = (time.perf_counter() - began) * 1000
        self.undoable += answer["undo_steps"]
        good = answer["outcome"] == "verified" and answer["undo_steps"] == undo_steps
        self.story.check(f"{what}: {answer['outcome']} in {took:.1f} ms", good, actual=answer)
        await self.witness.wait_for(answer["revision"], timeout_s=SEEN_S)
        return answer

    def _shows(self, ref: str, name: str, wanted: Any) -> None:
        shown = self.witness.resolve(ref).props.get(name)
        self.story.check(
            f"the witness reads {ref} {name} {shown}", measures.same(shown, wanted), actual=shown
        )

    def _notes(self, clip: str) -> list[tuple[Any, ...]]:
        return [(n.pitch, n.start_time, n.duration, n.velocity) for n in self.witness.notes(clip)]

    async def _becomes(self, what: str, is_so: Callable[[], bool]) -> None:
        with trio.move_on_after(SEEN_S):
            while not is_so():
                await self.witness.wait_for(self.witness.revision + 1, timeout_s=math.inf)
        self.story.check(what, is_so())

    # -- the agent undoes --------------------------------------------------------------------------

    async def undoes_all(self, before: Picture) -> None:
        story, witness = self.story, self.witness
        story.chapter("The agent undoes all its edits")
        edited = len(differences(before, picture(witness)))
        story.check(f"the Set differs from before in {edited} places", edited > 0)
        steps = self.undoable
        for _ in range(steps):
            answer = await self.calls.undo()
            await witness.wait_for(answer["revision"], timeout_s=SEEN_S)
        await self._quiet()
        left = await self._settled(before)
        story.check(
            f"after {steps} undos all {len(before):,} properties are as before", not left, actual=left[:5]
        )

    async def _quiet(self) -> None:
        """Wait for consequences of a change in later batches, such as routing lists after a new name."""
        revision = -1
        with trio.move_on_after(SEEN_S):
            while revision != self.witness.revision:
                revision = self.witness.revision
                await trio.sleep(QUIET_S)

    async def _settled(self, before: Picture) -> list[str]:
        """The remaining differences after the audit had time to find all changes."""
        left = differences(before, picture(self.witness))
        deadline = time.monotonic() + SETTLE_S
        if left:
            self.story.tell(f"{len(left)} properties that Live does not notify: waiting for the audit")
        while left and time.monotonic() < deadline:
            await trio.sleep(0.25)
            left = differences(before, picture(self.witness))
        return left

    # -- how long it takes -------------------------------------------------------------------------

    async def measure(self) -> None:
        story, calls, witness = self.story, self.calls, self.witness
        story.chapter("How long it takes")
        tracks = [witness.ref(track.id) for track in witness.children("song", "tracks")]
        turn = 0

        async def read() -> None:
            nonlocal turn
            turn += 1
            await calls.track(tracks[turn % len(tracks)])

        story.latency("read a track, agent and back", await measures.calls(read, self._count(READS)), 1.5)
        fader = f"{self.track}/mixer_device/volume"
        value_before = witness.resolve(fader).props["value"]
        uri = calls.uri(fader)
        values = [0.35, 0.45, 0.55]
        async with self.agent.subscribed(uri):
            samples = await measures.notifications(
                self.live, self.agent, uri, fader, "value", values, self._count(CHANGES)
            )
        story.latency("a fader moves in Live → notified", samples, 10.0)
        turn = 0

        async def write() -> None:
            nonlocal turn
            turn += 1
            answer = await calls.mixer(self.track, volume=("-12 dB", "-9 dB")[turn % 2])
            if answer["outcome"] != "verified":
                story.check("a measured write is verified", False, actual=answer)

        story.latency(
            "a verified write, agent and back", await measures.calls(write, self._count(WRITES)), 30.0
        )
        await self.live.set(fader, "value", value_before)
        timings = (await witness.script_status()).get("timings", {})
        rest, pump = timings.get("rest", {}), timings.get("pump", {})
        story.tell(
            f"on Live's main thread a pump takes {rest.get('p50_ms', math.nan):.2f} ms at rest (p50), "
            f"{pump.get('p95_ms', math.nan):.2f} ms (p95 of all), every 10 ms"
        )

    def _count(self, full: int) -> int:
        return max(20, round(full * self.share))

    # -- the log -----------------------------------------------------------------------------------

    def log(self) -> None:
        story, witness = self.story, self.witness
        events = witness.log.last(100_000)
        who = {event.who for event in events}
        edits = [event for event in events if _is_edit(event)]
        story.chapter(f"The event log: {min(LOG_LINES, len(edits))} of {len(events):,} events")
        for event in edits[:LOG_LINES]:
            self.story.line(line_of(event))
        story.check(
            f"the log tells people from agents: {', '.join(sorted(who))}",
            "live" in who and len(who) > 1,
            actual=who,
        )
        status = witness.status()
        wrong = {
            name: count
            for name, count in status.counters.items()
            if count and ("gap" in name or "bad" in name)
        }
        story.check(
            f"revision {status.revision}, every batch in its place, nothing lost",
            status.synced and not wrong,
            actual=wrong,
        )


def _is_edit(event: Event) -> bool:
    """True for an edit by a client or a person, False for its consequences."""
    if event.kind in ("add", "remove"):
        return event.type in ("Track", "Clip", "Scene", "Device")
    if event.kind == "set":
        known = schema.properties(event.type) if event.type in schema.CLASSES else {}
        return (
            event.name in known and known[event.name].write and known[event.name].type not in ("ref", "refs")
        )
    return event.kind == "content"


def _as_tuples(notes: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    tuples = [(n["pitch"], n["start_time"], n["duration"], n["velocity"]) for n in notes]
    return sorted(tuples, key=lambda n: (n[1], n[0]))
