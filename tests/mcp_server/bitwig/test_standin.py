"""The stand-in and our own server give the same answers to the examples of the protocol's document."""

from __future__ import annotations

import json
from typing import Any

import pytest
import trio
import trio.testing

from mcp_server.dialects import daw_mcp
from tests.mcp_server.test_daw_mcp import client

from .standin import METHODS, Project, StandIn, Track

AT = {"trackIndex": 1, "slotIndex": 1}
NOTE = {**AT, "x": 0, "y": 60}
SUCCESS = ["success"]
TRACK = ["index", "mute", "name", "pan", "solo", "type", "volume"]
TALK: list[tuple[str, dict[str, Any], Any]] = [
    ("ping", {}, ["pong"]),
    (
        "project.getInfo",
        {},
        ["bpm", "isPlaying", "isRecording", "timeSignatureDenominator", "timeSignatureNumerator"],
    ),
    ("transport.setPosition", {"beats": 4.0}, SUCCESS),
    ("transport.getStatus", {}, ["isPlaying", "isRecording", "position"]),
    ("transport.togglePlay", {}, SUCCESS),
    ("transport.togglePlay", {}, SUCCESS),
    ("transport.toggleRecord", {}, SUCCESS),
    ("transport.toggleRecord", {}, SUCCESS),
    ("track.create", {"type": "instrument", "name": "Synth", "position": -1}, ["success", "trackIndex"]),
    ("track.list", {}, ["tracks"]),
    ("track.get", {"trackIndex": 1}, TRACK),
    ("track.setName", {"trackIndex": 1, "name": "New Name"}, SUCCESS),
    ("track.setVolume", {"trackIndex": 1, "volume": 0.75}, SUCCESS),
    ("track.setPan", {"trackIndex": 1, "pan": 0.0}, SUCCESS),
    ("track.setMute", {"trackIndex": 1, "mute": True}, SUCCESS),
    ("track.setSolo", {"trackIndex": 1, "solo": True}, SUCCESS),
    ("track.setArm", {"trackIndex": 1, "arm": True}, SUCCESS),
    ("track.select", {"trackIndex": 1}, SUCCESS),
    ("clip.createScene", {"count": 1}, ["created", "sceneCount", "success"]),
    ("clip.getSceneCount", {}, ["sceneCount"]),
    ("clip.create", {**AT, "lengthInBeats": 4, "name": "New Clip"}, ["slotIndex", "success"]),
    ("clip.list", {"trackIndex": 1}, ["clips"]),
    ("clip.select", AT, SUCCESS),
    ("clip.getSelection", {}, ["hasClip", "slotIndex", "trackIndex"]),
    ("clip.hasContent", AT, ["hasContent"]),
    ("clip.findEmptySlots", {"trackIndex": 1, "count": 2, "startSlot": 1}, ["emptySlots"]),
    ("clip.setName", {**AT, "name": "Verse A"}, SUCCESS),
    ("clip.setLength", {**AT, "lengthInBeats": 8}, SUCCESS),
    ("clip.stop", AT, SUCCESS),
    ("clip.setNote", {**NOTE, "velocity": 100, "duration": 0.5}, SUCCESS),
    ("clip.getNotes", AT, ["count", "notes"]),
    ("clip.getNotes", {**AT, "verbose": True}, ["count", "notes"]),
    ("clip.setNoteVelocity", {**NOTE, "velocity": 0.8}, SUCCESS),
    ("clip.setNoteDuration", {**NOTE, "duration": 0.5}, SUCCESS),
    ("clip.setNoteChance", {**NOTE, "chance": 0.5}, SUCCESS),
    ("clip.setNoteMuted", {**NOTE, "muted": True}, SUCCESS),
    ("clip.moveNote", {**NOTE, "dx": 4, "dy": 0}, SUCCESS),
    ("clip.transpose", {**AT, "semitones": 5}, SUCCESS),
    ("clip.clearNote", {**AT, "x": 4, "y": 65}, SUCCESS),
    ("clip.clearNotesAtPitch", {**AT, "pitch": 60}, SUCCESS),
    ("clip.clearAllNotes", AT, SUCCESS),
    ("clip.delete", AT, SUCCESS),
    ("track.delete", {"trackIndices": [1]}, SUCCESS),
]
"""The document's examples in an order in which all succeed: method, parameters, fields of the result."""
ONLY_BITWIG = {f"clip.setNote{name}" for name in ("Gain", "Pan", "Pressure", "Timbre", "Transpose")}


def asked(standin: StandIn, method: str, params: dict[str, Any]) -> dict[str, Any]:
    line = json.dumps({"jsonrpc": "2.0", "id": "unique-request-id", "method": method, "params": params})
    answer: dict[str, Any] = json.loads(standin.answer(line.encode()))
    assert (answer["jsonrpc"], answer["id"]) == ("2.0", "unique-request-id")
    return answer


def test_the_stand_in_answers_the_documents_examples_with_its_fields() -> None:
    standin = StandIn(Project([Track("Bass")]))
    for method, params, fields in TALK:
        answer = asked(standin, method, params)
        assert sorted(answer.get("result", answer)) == fields, (method, answer)
    assert {method for method, _, _ in TALK} | ONLY_BITWIG == set(METHODS)


async def test_our_own_server_answers_the_same_requests_with_the_same_fields(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with client() as one:
        for method, params, fields in TALK:
            result = await one.call(method, **params)
            # That project's own server has more parameters than the document.
            assert set(fields) <= set(result), (method, result)
            await trio.sleep(0.3)
    assert set(METHODS) <= set(daw_mcp.METHODS)


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("track.get", {"trackIndex": 9}),
        ("clip.delete", {"trackIndex": 1, "slotIndex": 5}),
        ("clip.create", {"trackIndex": 9, "slotIndex": 1}),
        ("clip.setNoteGain", {**AT, "x": 9, "y": 9, "gain": 1.0}),
        ("track.create", {"type": "group"}),
        ("clip.setNoteVelocity", {**NOTE, "velocity": 5}),
    ],
)
def test_the_stand_in_refuses_with_a_sentence(method: str, params: dict[str, Any]) -> None:
    error = asked(StandIn(), method, params)["error"]
    assert error["code"] == -32000
    assert error["message"]
