"""`setmirror view` as a person starts it: a process beside headless Live, its link, its end."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys

import pytest
import trio

from mcp_server.commands.processes import HeadlessProcess, environment
from tests.mcp_server.page.served import Page, Served

START_S = 120.0
END_S = 20.0
"""The end takes a tenth of a second; the test looks for hangs."""


class Viewing(Served):
    """The browser of a page in another process."""

    def __init__(self, process: trio.Process) -> None:
        super().__init__(None)  # type: ignore[arg-type]
        self.process = process
        self.said = ""

    async def line(self) -> str:
        """The next line that the command prints."""
        assert self.process.stdout is not None
        with trio.fail_after(START_S):
            while "\n" not in self.said:
                self.said += (await self.process.stdout.receive_some()).decode()
        line, _, self.said = self.said.partition("\n")
        return line


def command(port: int, page_port: int = 0) -> list[str]:
    words = ["view", "--no-browser", "--page-port", str(page_port), "--port", str(port)]
    return [sys.executable, "-m", "mcp_server.cli", *words]


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
async def test_the_process_prints_links_and_ends_at_once_with_open_or_unresponsive_pages(
    how: signal.Signals,
) -> None:
    async with HeadlessProcess.started() as live:
        process = await trio.lowlevel.open_process(
            command(live.port), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
        )
        viewing = Viewing(process)
        try:
            first = await viewing.line()
            assert first.startswith("Open http://127.0.0.1:")
            viewing.ready(first.split()[-1])
            page = await viewing.page()
            viewing.ready((await viewing.line()).split()[-1])
            await page.look("session")
            await page.until(lambda: page.parts)

            deaf = await viewing.page()
            deaf.stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            await deaf.say(do="look", view="session", width=4000)
            await deaf.say(do="want", keys=[place[0] for place in page.now["layout"]["areas"]])
            mute = await viewing.socket()
            assert isinstance(mute, Page)

            process.send_signal(how)
            with trio.fail_after(END_S):
                await page.until(lambda: page.closed)
                await process.wait()
            assert page.closed == 1001
            assert process.returncode == 130
            assert process.stderr is not None
            assert (await process.stderr.receive_some()).strip() == b""
        finally:
            process.kill()
            await viewing.close()


async def test_an_occupied_port_is_reported_with_the_next_step() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with trio.fail_after(START_S):
            done = await trio.run_process(
                command(1, port), capture_stderr=True, capture_stdout=True, check=False, env=environment()
            )
        assert done.returncode == 1
        assert f"port {port} on 127.0.0.1 is taken" in done.stderr.decode()
        assert "--page-port" in done.stderr.decode()
