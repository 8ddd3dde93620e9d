"""DAW MCP's protocol, every method and field of its document (version 0.8.1), on a real Set."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trio
import trio.testing

from mcp_server.dialects import daw_mcp, daw_mcp_server
from mcp_server.dialects.daw_mcp_server import DawMcp
from mcp_server.policy import Policy
from mcp_server.tools import TOOLS
from mirror import errors
from remote_script.headless import load_als
from remote_script.headless.sets.generate import default_set
from tests import sets
from tests.whole import Whole, whole_path

SUCCESS = {"success": True}
PEER = "127.0.0.1:50000"
SONG = next((each for each in sets.files() if each.stem == "live12.3-song"), sets.OWN)


class Client:
    """Speaks the protocol's lines."""

    def __init__(self, whole: Whole, dialect: daw_mcp.Dialect = daw_mcp.DOCUMENT) -> None:
        self.whole = whole
        self.server = DawMcp(whole.engine, dialect)
        self.entries = 0

    async def raw(self, method: str, **params: Any) -> dict[str, Any]:
        line = json.dumps({"jsonrpc": "2.0", "id": "7", "method": method, "params": params}).encode()
        answer = await self.server.answer(line, PEER)
        assert answer is not None
        assert (answer["jsonrpc"], answer["id"]) == ("2.0", "7")
        return answer

    async def call(self, method: str, **params: Any) -> Any:
        """Call a method; returns its result, and checks that a write is at most one step of Live's undo history."""
        before = len(self.whole.history())
        answer = await self.raw(method, **params)
        assert "error" not in answer, (method, params, answer)
        assert len(self.whole.history()) - before <= 1
        return json.loads(json.dumps(answer["result"]))

    async def refused(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method that must be refused and change nothing; returns the error."""
        before = self.whole.history()
        answer = await self.raw(method, **params)
        assert "result" not in answer, (method, params, answer)
        assert self.whole.history() == before
        assert answer["error"]["message"]
        error: dict[str, Any] = answer["error"]
        return error


@asynccontextmanager
async def client(
    spec: Any = None, dialect: daw_mcp.Dialect = daw_mcp.DOCUMENT, **more: Any
) -> AsyncIterator[Client]:
    async with whole_path(default_set() if spec is None else spec, **more) as whole:
        yield Client(whole, dialect)


async def midi_clip(one: Client) -> dict[str, int]:
    """Create an empty clip on the first instrument track."""
    track = next(each for each in (await one.call("track.list"))["tracks"] if each["type"] == "instrument")
    made = await one.call("clip.create", trackIndex=track["index"], lengthInBeats=4, name="New Clip")
    assert made["success"]
    return {"trackIndex": track["index"], "slotIndex": made["slotIndex"]}


async def test_the_project_and_the_transport_answer_with_the_documents_fields(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with client(load_als(str(SONG))) as one:
        info = await one.call("project.getInfo")
        song = one.whole.stage.live.song
        assert info == {
            "bpm": song.tempo,
            "timeSignatureNumerator": song.signature_numerator,
            "timeSignatureDenominator": song.signature_denominator,
            "isPlaying": False,
            "isRecording": False,
        }
        assert await one.call("transport.setPosition", beats=4.0) == SUCCESS
        assert await one.call("transport.getStatus") == {
            "isPlaying": False,
            "isRecording": False,
            "position": 4.0,
        }
        for method, field in (("togglePlay", "isPlaying"), ("toggleRecord", "isRecording")):
            for wanted in (True, False):
                assert await one.call(f"transport.{method}") == SUCCESS
                await trio.sleep(0.3)
                assert (await one.call("transport.getStatus"))[field] is wanted
        assert await one.call("ping") == {"pong": True}
        assert (await one.refused("transport.setPosition", beats=-1))["code"] == -32000


async def test_tracks_are_listed_as_live_has_them_and_every_setter_arrives(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with client(load_als(str(SONG))) as one:
        listed = (await one.call("track.list"))["tracks"]
        song = one.whole.stage.live.song
        assert [each["name"] for each in listed] == [t.name for t in [*song.tracks, *song.return_tracks]]
        assert [each["index"] for each in listed] == list(range(1, len(listed) + 1))
        for each in listed:
            assert await one.call("track.get", trackIndex=each["index"]) == each
        at = next(each["index"] for each in listed if each["type"] == "instrument")
        for method, field, value in (
            ("setName", "name", "New Name"),
            ("setVolume", "volume", 0.75),
            ("setPan", "pan", -0.5),
            ("setMute", "mute", True),
            ("setSolo", "solo", True),
            ("setArm", "arm", True),
        ):
            assert await one.call(f"track.{method}", trackIndex=at, **{field: value}) == SUCCESS
            assert (await one.call("track.get", trackIndex=at))[field] == pytest.approx(value)
        track = song.tracks[at - 1]
        assert track.name == "New Name"
        assert track.mixer_device.volume.value == pytest.approx(0.75)
        assert await one.call("track.select", trackIndex=at) == SUCCESS
        assert song.view.selected_track == track
        for wrong in (0, -1, len(listed) + 1):
            assert (await one.refused("track.get", trackIndex=wrong))["code"] == -32000
        for method, field, value in (
            ("setVolume", "volume", 1.2),
            ("setPan", "pan", 2),
            ("setMute", "mute", "x"),
        ):
            assert (await one.refused(f"track.{method}", trackIndex=at, **{field: value}))["code"] == -32000


async def test_tracks_are_created_at_a_position_and_deleted_in_one_step(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with client() as one:
        song = one.whole.stage.live.song
        names = [track.name for track in song.tracks]
        made = await one.call("track.create", type="instrument", name="Synth", position=1)
        assert (made["success"], made["trackIndex"]) == (True, 1)
        assert song.tracks[0].name == "Synth"
        made = await one.call("track.create", type="audio", name="Voice")
        assert made["trackIndex"] == len(song.tracks)
        assert song.tracks[-1].has_audio_input
        assert await one.call("track.delete", trackIndices=[1, made["trackIndex"]]) == SUCCESS
        assert [track.name for track in song.tracks] == names
        made = await one.call("track.create", type="effect", name="Echo")
        assert song.return_tracks[-1].name.endswith("Echo")
        assert (await one.call("track.get", trackIndex=made["trackIndex"]))["type"] == "effect"
        for wrong in ({"type": "drum"}, {"position": 0}, {"position": 99}, {"type": "effect", "position": 1}):
            assert (await one.refused("track.create", **wrong))["code"] == -32000
        assert (await one.refused("track.delete", trackIndices=[]))["code"] == -32000
        assert (await one.refused("track.delete", trackIndices=[1, 99]))["code"] == -32000


async def test_clips_and_scenes_behave_as_documented(autojump_clock: trio.testing.MockClock) -> None:
    async with client() as one:
        song = one.whole.stage.live.song
        scenes = len(song.scenes)
        assert await one.call("clip.getSceneCount") == {"sceneCount": scenes}
        clip = await midi_clip(one)
        assert await one.call("clip.list", trackIndex=clip["trackIndex"]) == {
            "clips": [
                {
                    "slotIndex": clip["slotIndex"],
                    "name": "New Clip",
                    "length": 4.0,
                    "isPlaying": False,
                    "isRecording": False,
                }
            ]
        }
        assert await one.call("clip.hasContent", **clip) == {"hasContent": True}
        found = await one.call("clip.findEmptySlots", trackIndex=clip["trackIndex"], count=3, startSlot=1)
        assert found["emptySlots"] == [n for n in range(1, scenes + 1) if n != clip["slotIndex"]][:3]
        assert await one.call("clip.select", **clip) == SUCCESS
        assert await one.call("clip.getSelection") == {**clip, "hasClip": True}
        assert await one.call("clip.setName", **clip, name="Verse A") == SUCCESS
        # Without indices the method uses the selection.
        assert await one.call("clip.setLength", lengthInBeats=8) == SUCCESS
        told = (await one.call("clip.list"))["clips"][0]
        assert (told["name"], told["length"]) == ("Verse A", 8.0)
        assert await one.call("clip.createScene", count=2) == {
            "success": True,
            "created": 2,
            "sceneCount": scenes + 2,
        }
        assert len(song.scenes) == scenes + 2
        far = scenes + 5
        made = await one.call("clip.create", trackIndex=clip["trackIndex"], slotIndex=far, name="Far")
        assert made == {"success": True, "slotIndex": far}
        assert song.tracks[clip["trackIndex"] - 1].clip_slots[far - 1].clip.name == "Far"
        assert len(song.scenes) == far
        assert await one.call("clip.stop", **clip) == SUCCESS
        assert (await one.refused("clip.create", **clip))["code"] == -32000
        assert (await one.refused("clip.setLength", **clip, lengthInBeats=0))["code"] == -32000
        assert await one.call("clip.delete", **clip) == SUCCESS
        assert await one.call("clip.hasContent", **clip) == {"hasContent": False}
        for method in ("clip.delete", "clip.getNotes", "clip.setName"):
            more = {"name": "x"} if method == "clip.setName" else {}
            assert (await one.refused(method, **clip, **more))["code"] == -32000
        assert (await one.refused("clip.hasContent", trackIndex=1))["code"] == -32000


async def test_when_every_slot_is_full_a_clip_creates_a_scene(autojump_clock: trio.testing.MockClock) -> None:
    async with client() as one:
        clip = await midi_clip(one)
        scenes = (await one.call("clip.getSceneCount"))["sceneCount"]
        for _ in range(scenes - 1):
            await one.call("clip.create", trackIndex=clip["trackIndex"])
        assert (await one.call("clip.findEmptySlots", trackIndex=clip["trackIndex"]))["emptySlots"] == []
        made = await one.call("clip.create", trackIndex=clip["trackIndex"], name="One more")
        assert made["slotIndex"] == scenes + 1
        assert (await one.call("clip.getSceneCount"))["sceneCount"] == scenes + 1


async def test_notes_are_read_and_written_in_steps(autojump_clock: trio.testing.MockClock) -> None:
    async with client() as one:
        clip = await midi_clip(one)
        assert await one.call("clip.getNotes", **clip) == {"notes": [], "count": 0}
        assert await one.call("clip.setNote", **clip, x=0, y=60, velocity=100, duration=0.5) == SUCCESS
        assert await one.call("clip.setNote", **clip, x=4, y=64, velocity=80, duration=0.25) == SUCCESS
        assert await one.call("clip.getNotes", **clip) == {
            "notes": [[0, 60, 100, 0.5], [4, 64, 80, 0.25]],
            "count": 2,
        }
        assert [n.start_time for n in one.whole.mirror.notes(_slot_ref(clip) + "/clip")] == [0.0, 1.0]
        assert await one.call("clip.setNote", **clip, x=0, y=60, velocity=90, duration=1) == SUCCESS
        assert await one.call("clip.moveNote", **clip, x=0, y=60, dx=4, dy=0) == SUCCESS
        assert await one.call("clip.transpose", **clip, semitones=5) == SUCCESS
        assert (await one.call("clip.getNotes", **clip))["notes"] == [[4, 65, 90, 1.0], [4, 69, 80, 0.25]]
        assert await one.call("clip.clearNote", **clip, x=4, y=69) == SUCCESS
        verbose = await one.call("clip.getNotes", **clip, verbose=True)
        assert verbose == {
            "notes": [
                {
                    "x": 4,
                    "y": 65,
                    "velocity": 90,
                    "duration": 1.0,
                    "gain": 1.0,
                    "pan": 0.0,
                    "pressure": 0.0,
                    "timbre": 0.0,
                    "transpose": 0,
                    "chance": 1.0,
                    "muted": False,
                }
            ],
            "count": 1,
        }
        for method, params in (
            ("clip.clearNote", {"x": 9, "y": 60}),
            ("clip.setNote", {"x": 0, "y": 128}),
            ("clip.setNote", {"x": -1, "y": 60}),
            ("clip.setNote", {"x": 0, "y": 60, "velocity": 128}),
            ("clip.setNote", {"x": 0, "y": 60, "duration": 0}),
            ("clip.setNote", {"x": 0}),
            ("clip.setNote", {"x": 0, "y": 60, "velocitty": 1}),
            ("clip.moveNote", {"x": 4, "y": 65, "dx": -5}),
            ("clip.transpose", {"semitones": 100}),
        ):
            assert (await one.refused(method, **clip, **params))["code"] == -32000, (method, params)
        await one.call("clip.setNote", **clip, x=8, y=40)
        assert await one.call("clip.clearNotesAtPitch", **clip, pitch=65) == SUCCESS
        assert (await one.call("clip.getNotes", **clip))["count"] == 1
        assert await one.call("clip.clearAllNotes", **clip) == SUCCESS
        assert await one.call("clip.clearAllNotes", **clip) == SUCCESS
        assert (await one.call("clip.getNotes", **clip))["count"] == 0


def _slot_ref(clip: dict[str, int]) -> str:
    return f"tracks/{clip['trackIndex'] - 1}/clip_slots/{clip['slotIndex'] - 1}"


NOTE_PROPERTIES = [
    ("velocity", 0.5, 64),
    ("duration", 0.75, 0.75),
    ("muted", True, True),
    ("chance", 0.5, 0.5),
    *[(name, 1.0, None) for name in ("gain", "pan", "pressure", "timbre", "transpose")],
]
"""The table of note properties: the value to set, and its form in a verbose read; None if Live lacks the property."""


async def test_the_table_of_note_properties_is_implemented_and_chance_works_too(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with client() as one:
        clip = await midi_clip(one)
        await one.call("clip.setNote", **clip, x=0, y=60)
        for name, value, shown in NOTE_PROPERTIES:
            method, at = f"clip.setNote{name.title()}", {**clip, "x": 0, "y": 60}
            if shown is None:
                error = await one.refused(method, **at, **{name: value})
                assert error == {"code": -32001, "message": f"Feature not supported: note.{name}"}
                continue
            assert await one.call(method, **at, **{name: value}) == SUCCESS
            note = (await one.call("clip.getNotes", **clip, verbose=True))["notes"][0]
            assert note[name] == pytest.approx(shown)
            assert (await one.refused(method, **{**at, "x": 3}, **{name: value}))["code"] == -32000
            assert (await one.refused(method, **at))["code"] == -32000
        assert (await one.refused("clip.setNoteVelocity", **clip, x=0, y=60, velocity=1.5))["code"] == -32000


async def test_chance_of_a_note_works_from_live_11_on(autojump_clock: trio.testing.MockClock) -> None:
    async with client(version="11.0") as one:
        clip = await midi_clip(one)
        await one.call("clip.setNote", **clip, x=0, y=60)
        assert await one.call("clip.setNoteChance", **clip, x=0, y=60, chance=0.25) == SUCCESS


ODD = (None, True, "x", "", -1, 0, 1.5, 999, 10**30, [], {}, [1], "1")
"""Values that almost no parameter accepts."""
NEEDED = {
    "trackIndex": 1,
    "trackIndices": [1],
    "slotIndex": 1,
    "x": 0,
    "y": 60,
    "pitch": 60,
    "semitones": 1,
    "name": "n",
    "beats": 1,
    "lengthInBeats": 4,
    "notes": [],
}


@pytest.mark.parametrize("method", daw_mcp.METHODS)
async def test_odd_values_of_any_parameter_are_answered_and_unknown_names_refused(
    method: str, autojump_clock: trio.testing.MockClock
) -> None:
    async with client(policy=Policy(read_only=True)) as one:
        fields = daw_mcp.METHODS[method].params.__struct_fields__
        fit = {name: value for name, value in NEEDED.items() if name in fields}
        for name in fields:
            for value in ODD:
                answer = await one.raw(method, **{**fit, name: value})
                if "error" in answer:
                    assert answer["error"]["code"] in (-32000, -32001), (name, value, answer)
        told = await one.refused(method, **fit, trackindex=1)
        assert "trackindex" in told["message"]
        assert all(name in told["message"] for name in fields)


async def test_a_hidden_track_keeps_its_number_and_shows_nothing(
    autojump_clock: trio.testing.MockClock, tmp_path: Path
) -> None:
    file = tmp_path / "policy.toml"
    file.write_text('[[rule]]\ndecide = "deny"\noperations = ["read"]\nrefs = ["tracks/0", "tracks/0/**"]\n')
    async with client(policy=Policy.load(file)) as one:
        await one.whole.by_hand(lambda song: setattr(song.tracks[0], "name", "Secret"))
        await trio.sleep(1)
        assert "Secret" not in json.dumps(await one.raw("track.list"))
        for method in ("track.get", "clip.list"):
            assert "Secret" not in json.dumps(await one.raw(method, trackIndex=1))
        assert (await one.call("track.get", trackIndex=2))["index"] == 2


TRACK_METHODS = ("track.setName", "track.setVolume", "track.setMute", "track.setSolo", "track.setPan")
PARITY = {
    "track properties": (*TRACK_METHODS, "track.setArm", "track.select"),
    "transport": (
        "transport.togglePlay",
        "transport.setPosition",
        "transport.getStatus",
        "project.getInfo",
        "transport.toggleRecord",
    ),
    "scenes and clips": ("clip.getSceneCount", "clip.createScene"),
}
BEYOND = {
    "track color": ("set_track", {"track": 0, "color": "#ff0000"}),
    "set tempo": ("set_song", {"tempo": 99}),
    "time signature set": ("set_song", {"signature_numerator": 3}),
    "delete scene": ("delete", {"targets": ["scenes/1"]}),
}
"""Rows of the tables without a method in the protocol → the tool that does it."""


@pytest.mark.parametrize("table", PARITY)
def test_each_row_of_the_parity_tables_has_a_method(table: str) -> None:
    assert set(PARITY[table]) <= set(daw_mcp.METHODS)


async def test_rows_without_a_method_of_the_protocol_have_a_tool(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with whole_path(default_set()) as whole:
        for tool, arguments in BEYOND.values():
            assert (await whole.call(tool, **arguments))["outcome"] == "verified"


EQUALS = {
    "batch_set_notes": "edit_notes",
    "batch_clear_notes": "edit_notes",
    "batch_move_notes": "transform_notes",
    "batch_set_note_properties": "edit_notes",
    "batch_create_clips": "batch",
    "batch_list_clips": "get_set",
    "get_clip_stats": "analyze",
    "batch_create_euclid_pattern": "compose",
    "transpose_range": "transform_notes",
}


def test_each_higher_tool_of_the_document_has_an_equivalent() -> None:
    assert set(EQUALS.values()) <= set(TOOLS)


async def test_its_own_server_counts_from_0_and_gets_notes_as_it_reads_them(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with client(dialect=daw_mcp.EXTENSION) as one:
        assert (await one.call("track.list"))["tracks"][0]["index"] == 0
        made = await one.call("track.create", type="instrument", position=0)
        assert made["index"] == 0
        assert await one.call("track.setName", index=0, name="Synth") == SUCCESS
        await one.call("clip.create", trackIndex=0, slotIndex=0, lengthInBeats=4)
        await one.call("clip.select", trackIndex=0, slotIndex=0)
        notes = [[0, 60, 127, 0.5], {"x": 1.5, "y": 64}]
        assert await one.call("clip.setNotes", notes=notes) == SUCCESS
        assert await one.call("clip.setNoteVelocity", x=1.5, y=64, value=1.0) == SUCCESS
        told = (await one.call("clip.getNotes"))["notes"]
        assert [(n["x"], n["y"], n["velocity"], n["isMuted"]) for n in told] == [
            (0, 60, 1.0, False),
            (1.5, 64, 1.0, False),
        ]
        assert await one.call("track.delete", index=0) == SUCCESS


async def test_read_only_mode_refuses_every_write_and_no_read(autojump_clock: trio.testing.MockClock) -> None:
    async with client(policy=Policy(read_only=True)) as one:
        assert (await one.call("track.list"))["tracks"]
        for method, params in (
            ("track.setName", {"trackIndex": 1, "name": "x"}),
            ("track.create", {}),
            ("clip.createScene", {}),
            ("transport.togglePlay", {}),
        ):
            assert (await one.refused(method, **params))["code"] == -32000


async def test_a_write_is_attributed_to_its_client(autojump_clock: trio.testing.MockClock) -> None:
    async with client() as one:
        await one.call("track.setName", trackIndex=1, name="Told")
        events = (await one.whole.call("get_changes", since=0, limit=500))["events"]
        assert any("Told" in json.dumps(each) and f"{PEER} daw-mcp" in json.dumps(each) for each in events)


async def test_malformed_requests_are_answered_by_the_rules_of_json_rpc(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with client() as one:
        for line, code in (
            (b"{", -32700),
            (b"[]", -32600),
            (b'{"id":1,"method":"ping"}', -32600),
            (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}', -32600),
            (b'{"jsonrpc":"2.0","id":1,"method":"clip.nope"}', -32601),
            (b'{"jsonrpc":"2.0","id":1,"method":"track.get","params":{"trackIndex":1e999}}', -32700),
        ):
            answer = await one.server.answer(line, PEER)
            assert answer is not None
            assert answer["error"]["code"] == code, (line, answer)
        assert await one.server.answer(b'{"jsonrpc":"2.0","method":"ping"}', PEER) is None
        assert await one.server.answer(b'{"jsonrpc":"2.0","id":3,"method":"ping","params":null}', PEER) == {
            "jsonrpc": "2.0",
            "id": 3,
            "result": {"pong": True},
        }


async def test_lines_are_answered_in_order_and_http_clients_refused(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with client() as one, trio.open_nursery() as nursery:
        ours, theirs = trio.testing.memory_stream_pair()
        nursery.start_soon(one.server.handle, theirs, PEER)
        lines = [b'{"jsonrpc":"2.0","id":%d,"method":"ping"}\r\n' % n for n in (1, 2)]
        whole = b"\n" + b"".join(lines)
        for n in range(0, len(whole), 7):
            await ours.send_all(whole[n : n + 7])
        got = b""
        while got.count(b"\n") < 2:
            got += await ours.receive_some()
        assert [json.loads(each)["id"] for each in got.splitlines()] == [1, 2]
        await ours.aclose()
        ours, theirs = trio.testing.memory_stream_pair()
        nursery.start_soon(one.server.handle, theirs, PEER)
        await ours.send_all(b"POST / HTTP/1.1\r\n\r\n" + lines[0])
        assert await ours.receive_some() == b""


async def test_two_servers_cannot_have_one_port(autojump_clock: trio.testing.MockClock) -> None:
    async with client() as one, trio.open_nursery() as nursery:
        port = await nursery.start(daw_mcp_server.serve, one.whole.engine, 0)
        with pytest.raises(errors.NotAvailable, match=str(port)):
            await daw_mcp_server.serve(one.whole.engine, port)
        nursery.cancel_scope.cancel()
