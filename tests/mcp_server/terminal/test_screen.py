"""`setmirror top` in use: textual's pilot beside headless Live, and the end in real terminals."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import trio
from textual.pilot import Pilot
from textual.widgets import Static

from mcp_server.cli import setmirror
from mcp_server.commands import top
from mcp_server.commands.console import run_command
from mcp_server.commands.processes import HeadlessProcess, environment
from mcp_server.terminal.screen import Top
from mirror import load_token, open_mirror, tcp
from mirror.token import PERSON

WAIT_S = 20.0


class Driven:
    """The screen under textual's pilot, on a separate loop in a thread; Live runs in trio's."""

    def __init__(self, port: int) -> None:
        connect = tcp("127.0.0.1", port)
        self.app = Top(lambda: open_mirror(connect, load_token(), role=PERSON, identity="top"))
        self._trio = trio.lowlevel.current_trio_token()

    def shown(self, pane: str) -> str:
        return str(self.app.query_one(f"#{pane}", Static).content)

    async def until(self, pilot: Pilot[Any], done: Callable[[], bool]) -> None:
        async with asyncio.timeout(WAIT_S):
            while not done():
                await pilot.pause(0.02)

    async def in_trio(self, call: Any, *args: Any) -> None:
        """Await a call in trio's loop."""
        await asyncio.to_thread(partial(trio.from_thread.run, call, *args, trio_token=self._trio))

    async def run(self, drive: Callable[[Pilot[Any]], Any]) -> None:
        async def main() -> None:
            async with self.app.run_test(size=(80, 24)) as pilot:
                await drive(pilot)

        await trio.to_thread.run_sync(partial(asyncio.run, main()))


async def test_the_screen_follows_edits_is_filtered_and_paused() -> None:
    async with HeadlessProcess.started() as live:
        driven = Driven(live.port)
        shown = driven.shown

        async def drive(pilot: Pilot[Any]) -> None:
            until, edit = partial(driven.until, pilot), partial(driven.in_trio, live.set)
            await until(lambda: "Drums" in shown("grid") and "clients: top (person)" in shown("bridge"))
            assert "82 BPM 4/4" in shown("head")
            await edit("tracks/0", "name", "[b]Kit[/]")
            await until(lambda: "[b]Kit" in shown("grid"))
            assert "Drums → [b]Kit[/]" in shown("log")
            await pilot.press("slash", *"volume", "enter")
            assert shown("log") == "No line has these words."
            await edit("tracks/1/mixer_device/volume", "value", 0.7)
            await until(lambda: "Keys › Volume" in shown("log"))
            await pilot.press("escape")
            assert "Kit" in shown("log")

            await pilot.press("p")
            await edit("tracks/0", "name", "Later")
            await until(lambda: "PAUSED, 1 new" in shown("head"))
            assert "Later" not in shown("grid")
            await pilot.press("p")
            assert "Later" in shown("grid")

            await pilot.press("right")
            assert "Later" not in shown("grid")
            await pilot.resize_terminal(60, 16)
            await until(lambda: "5 more tracks" in shown("grid"))
            await pilot.press("q")

        await driven.run(drive)
        assert driven.app.return_value == 0


@pytest.mark.slow
async def test_the_screen_reports_that_live_quit_and_follows_the_next_one() -> None:
    async with trio.open_nursery() as nursery:
        gone, again = trio.Event(), trio.Event()

        async def lives(port: int, task_status: Any) -> None:
            async with HeadlessProcess.started(port=port) as live:
                task_status.started(live.port)
                await gone.wait()
            await again.wait()
            async with HeadlessProcess.started(port=live.port) as live:
                await live.set("tracks/0", "name", "Another")
                await trio.sleep_forever()

        driven = Driven(await nursery.start(lives, 0))

        async def drive(pilot: Pilot[Any]) -> None:
            await driven.until(pilot, lambda: "Drums" in driven.shown("grid"))
            await driven.in_trio(happens, gone)
            await driven.until(pilot, lambda: "queue" not in driven.shown("bridge"))
            assert "Drums" in driven.shown("grid")
            await driven.in_trio(happens, again)
            await driven.until(pilot, lambda: "Another" in driven.shown("grid"))
            await driven.until(pilot, lambda: "queue" in driven.shown("bridge"))
            await pilot.press("ctrl+c")

        async def happens(event: trio.Event) -> None:
            event.set()

        await driven.run(drive)
        assert driven.app.return_value == 130
        nursery.cancel_scope.cancel()


@pytest.mark.skipif(sys.platform == "win32", reason="terminals and signals of POSIX")
@pytest.mark.parametrize(
    "how",
    [
        "SIGTERM",
        pytest.param("q", marks=pytest.mark.slow),
        pytest.param("\x03", marks=pytest.mark.slow, id="Ctrl-C"),
    ],
)
async def test_the_terminal_is_restored_after_any_exit(how: str) -> None:
    import pty
    import termios

    leader, follower = pty.openpty()
    before = termios.tcgetattr(follower)
    async with await trio.open_file(leader, "rb+", buffering=0) as terminal:
        process = await trio.lowlevel.open_process(
            [sys.executable, "-m", "mcp_server.cli", "top", "--port", "1"],
            stdin=follower,
            stdout=follower,
            stderr=follower,
            start_new_session=True,
            env={**environment(), "TERM": "xterm-256color"},
        )
        try:
            written = b""
            with trio.fail_after(WAIT_S):
                # The keys at the bottom do not depend on Live.
                while b"Quit" not in written:
                    written += await terminal.read(65536)
                assert b"\x1b[?1049h" in written
                if how == "SIGTERM":
                    process.send_signal(signal.SIGTERM)
                else:
                    await terminal.write(how.encode())
                while b"\x1b[?1049l" not in written:
                    written += await terminal.read(65536)
                code = await process.wait()
            assert code == (0 if how == "q" else 130)
            assert b"Traceback" not in written
            assert termios.tcgetattr(follower) == before
        finally:
            process.kill()
            await process.wait()
            os.close(follower)


def test_without_textual_or_a_terminal_the_next_step_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(setmirror, ["top"]) == 1
    assert capsys.readouterr().err == (
        "error: `setmirror top` needs a terminal\n"
        "  `setmirror tail` and `setmirror look --text` need no terminal\n"
    )
    monkeypatch.setattr(top, "find_spec", lambda name: None)
    assert run_command(setmirror, ["top"]) == 1
    assert capsys.readouterr().err == (
        "error: `setmirror top` needs textual, which is not installed\n  pip install 'setmirror[top]'\n"
    )
