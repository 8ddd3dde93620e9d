"""The mirror as a library: found automatically, typed, under asyncio and trio; and its examples in use."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest
import trio

from mcp_server.commands.processes import HeadlessProcess, environment
from mirror import Added, ListChanged, Removed, errors, live_set, open_mirror
from remote_script.SetMirror.contract import schema
from tests.mirror import typed_views

ROOT = Path(__file__).resolve().parents[2]
WAIT_S = 120.0

PROGRAM = """
import sys
import anyio
from mirror import Changed, open_mirror

async def main() -> None:
    async with open_mirror() as mirror:
        track = mirror.song.tracks[0]
        async with anyio.create_task_group() as tasks:
            async def hear() -> None:
                async for event in mirror.events(track.ref):
                    match event:
                        case Changed("name", before, after):
                            print(event.who, before, after, track.name)
                            return
            tasks.start_soon(hear)
            await anyio.lowlevel.checkpoint()
            result = await track.set(name="Kit")
            print(result.outcome)

anyio.run(main, backend=sys.argv[1])
"""


def environ(port: int) -> dict[str, str]:
    return environment(SETMIRROR_PORT=str(port), SETMIRROR_HOME=os.environ["SETMIRROR_HOME"])


def run(*words: str, port: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], env=environ(port), capture_output=True, text=True, timeout=WAIT_S
    )


class Lines:
    """The output of a running example, line by line."""

    def __init__(self, process: trio.Process) -> None:
        self.process = process
        self._rest = b""

    async def until(self, expression: str) -> str:
        assert self.process.stdout is not None
        seen = []
        with trio.fail_after(WAIT_S):
            while True:
                while b"\n" in self._rest:
                    line, _, self._rest = self._rest.partition(b"\n")
                    seen.append(line.decode())
                    if re.search(expression, seen[-1]):
                        return seen[-1]
                data = await self.process.stdout.receive_some()
                assert data, seen
                self._rest += data


@asynccontextmanager
async def example(name: str, *words: str, port: int) -> AsyncIterator[Lines]:
    process = await trio.lowlevel.open_process(
        [sys.executable, "-m", f"mirror.examples.{name}", *words], stdout=subprocess.PIPE, env=environ(port)
    )
    try:
        yield Lines(process)
    finally:
        process.kill()
        await process.wait()
        assert process.stdout is not None
        await process.stdout.aclose()


async def test_a_program_connects_to_live_under_asyncio_and_trio(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    async with HeadlessProcess.started() as live:
        for backend in ("asyncio", "trio"):
            await live.set("tracks/0", "name", "Old")
            done = await trio.to_thread.run_sync(
                lambda b=backend: run(str(tmp_path / "program.py"), b, port=live.port)
            )
            assert done.stderr == ""
            assert sorted(done.stdout.splitlines())[1] == "verified"
            assert re.fullmatch(r"\S.* Old Kit Kit", sorted(done.stdout.splitlines())[0])


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_refused_connection_fails_at_once_with_the_reason(
    backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SETMIRROR_PORT", "1")

    async def connect() -> None:
        with anyio.fail_after(60):
            async with open_mirror():
                pass

    with pytest.raises(
        errors.Disconnected, match=r"no link to Live on 127\.0\.0\.1:1: no connection"
    ) as caught:
        anyio.run(connect, backend=backend)
    assert "setmirror doctor" in caught.value.hint


async def test_a_wrong_token_is_reported_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with HeadlessProcess.started() as live:
        monkeypatch.setenv("SETMIRROR_HOME", str(tmp_path / "other"))
        monkeypatch.setenv("SETMIRROR_PORT", str(live.port))
        with pytest.raises(errors.Disconnected, match="token"):
            async with open_mirror():
                pass


async def test_typed_objects_follow_changes_of_the_set(monkeypatch: pytest.MonkeyPatch) -> None:
    async with HeadlessProcess.started() as live:
        monkeypatch.setenv("SETMIRROR_PORT", str(live.port))
        async with open_mirror() as mirror:
            song = mirror.song
            bass = next(track for track in song.tracks if track.name == "Bass")
            before = bass.ref
            await bass.mixer_device.volume.set(value=0.25)
            assert bass.mixer_device.volume.value == pytest.approx(0.25)
            assert bass.current_monitoring_state == "auto"
            assert song.view.selected_track in song.tracks
            assert isinstance(bass, live_set.Track)
            assert isinstance(bass.devices[0], live_set.Device)
            events = song.events(below=True)
            await song.create_midi_track(song.tracks[0])
            assert bass.ref != before
            assert bass.name == "Bass"
            assert bass in song.tracks
            kinds = []
            while Added not in kinds:
                kinds.append(type(await anext(events)))
            assert ListChanged in kinds or kinds[0] is Added
            assert isinstance(await song.read("current_song_time"), float)
            with pytest.raises(AttributeError, match=r"await song\.read"):
                song.current_song_time  # noqa: B018
            with pytest.raises(AttributeError, match="has no 'arms'"):
                bass.arms  # noqa: B018
            with pytest.raises(AttributeError, match="has no 'arm' now"):
                song.return_tracks[0].arm  # noqa: B018
            await song.delete_track(bass)
            assert not bass.exists
            assert repr(bass) == "<Track that was deleted>"
            with pytest.raises(errors.StaleReference):
                bass.name  # noqa: B018
            with trio.fail_after(WAIT_S):
                async for event in events:
                    if isinstance(event, Removed) and event.object_name == "Bass":
                        break


def test_the_typed_views_match_the_table() -> None:
    made = ast.dump(ast.parse(typed_views.text()))
    assert made == ast.dump(ast.parse(typed_views.PATH.read_text("utf-8"))), (
        "run python -m tests.mirror.typed_views"
    )


def test_no_name_of_live_is_hidden_by_ours() -> None:
    ours = {name for name in vars(live_set.LiveObject) if not name.startswith("_")}
    live = {name for each in schema.CLASSES for name in (*schema.properties(each), *schema.methods(each))}
    assert ours & live == set()


def test_a_type_checker_completes_properties_and_reports_mistakes(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(
        "from mirror import open_mirror\n"
        "async def main() -> float:\n"
        "    async with open_mirror() as mirror:\n"
        "        await mirror.song.set(tempo='fast')\n"
        "        mirror.song.tracks[0].volume\n"
        "        mirror.song.tracks[0].clip_slots[0].clip.name\n"
        "        await mirror.song.tracks[0].set(current_monitoring_state='of')\n"
        "        return mirror.song.tracks[0].mixer_device.volume.value\n"
    )
    words = ["-m", "mypy", "--strict", "program.py"]
    checked = subprocess.run(
        [sys.executable, *words],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": str(ROOT), "MYPY_CACHE_DIR": str(ROOT / ".mypy_cache")},
        capture_output=True,
        text=True,
        timeout=300,
    )
    errors_ = re.findall(r"^program\.py:(\d+): error: .*\[([\w-]+)\]$", checked.stdout, re.MULTILINE)
    assert errors_ == [("4", "arg-type"), ("5", "attr-defined"), ("6", "union-attr"), ("7", "arg-type")], (
        checked.stdout
    )


async def test_the_session_grid_is_drawn_again_when_a_clip_is_renamed() -> None:
    async with HeadlessProcess.started() as live, example("session_grid", port=live.port) as lines:
        await lines.until("^Drums +Keys +Bass")
        await lines.until("Hats Only")
        await live.set("tracks/0/clip_slots/0/clip", "name", "Ghosts")
        await lines.until("^ Ghosts")


async def test_the_clip_logger_logs_a_start() -> None:
    async with HeadlessProcess.started() as live, example("clip_logger", port=live.port) as lines:
        await lines.until("following")
        await live.call("tracks/0/clip_slots/0", "fire")
        assert '"track": "Drums", "clip": "Hats Only", "what": "start"' in await lines.until("start")


async def test_a_backup_is_written_after_a_change(tmp_path: Path) -> None:
    async with (
        HeadlessProcess.started() as live,
        example("backup_on_change", str(tmp_path), "0.2", port=live.port) as lines,
    ):
        await lines.until("watching")
        await live.set("song", "tempo", 101.0)
        path = await lines.until("jsonl")
    text = await trio.Path(path).read_text("utf-8")
    assert '"tempo":101.0' in text
    assert len(text.splitlines()) > 500


async def test_the_notifier_prints_changes_in_words() -> None:
    async with HeadlessProcess.started() as live, example("notifier", port=live.port) as lines:
        await lines.until("Following .* tracks")
        await live.set("tracks/0", "name", "Kit")
        assert await lines.until("Kit") == "Somebody in Live renamed the track **Drums** to **Kit**"
        await live.set("song", "tempo", 99)
        await lines.until("Somebody in Live set the tempo to 99 BPM")


def test_an_example_without_live_prints_the_next_step() -> None:
    done = run("-m", "mirror.examples.notifier", port=1)
    assert done.returncode == 1
    assert "no link to Live on 127.0.0.1:1" in done.stderr
    assert "Traceback" not in done.stderr


MODEL = """
import json, sys
turn = json.load(sys.stdin)
tools = [each["name"] for each in turn["tools"]]
count = sum(each["role"] == "tool" for each in turn["messages"])
answers = [
    {"tool": "set_track", "arguments": {"track": "Drums", "volume": "louder"}},
    {"tool": "set_track", "arguments": {"track": "Drums", "volume": "-9 dB"}},
    {"say": f"done, {count} calls, {len(tools) > 10}, "
     + "".join(str(each.get("failed", "")) for each in turn["messages"])},
]
print(json.dumps(answers[count]))
"""


async def test_the_agent_loop_executes_tool_calls_until_the_model_ends(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text(MODEL)
    model = f"{sys.executable} {tmp_path / 'model.py'}"
    async with HeadlessProcess.started() as live:
        words = ("-m", "mcp_server.examples.agent_loop", model, "make the drums quieter")
        done = await trio.to_thread.run_sync(lambda: run(*words, port=live.port))
    *calls, last = done.stdout.splitlines()
    assert last == "done, 2 calls, True, TrueFalse", done.stdout + done.stderr
    assert "-9" in calls[-1]


def test_the_agent_loop_has_sixty_lines() -> None:
    assert len((ROOT / "mcp_server/examples/agent_loop.py").read_text().splitlines()) <= 66
