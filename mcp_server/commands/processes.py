"""Headless Live as a separate process, and the edits of a person in it.

`HeadlessProcess.started` is an async context manager: leaving it always ends the process. A person's edits are sent as
JSON lines; each answer has the time at which Live had made the edit (`time.monotonic`, which all processes of one
machine share on Linux, macOS and Windows).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import trio

from mcp_server.commands import folders
from mcp_server.commands.console import Failure

START_S = 60.0
"""Seconds to wait for a process without progress; reading 100,000 automation points takes a few seconds."""
END_S = 3.0
_LINE_LIMIT = 1 << 20
_LOG_LINES = 200
OLD_PYTHON = "3.7"
"""The Python version of Live before 12.1."""


def packages_root() -> Path:
    """The folder from which this product is imported, in a source tree or where it is installed."""
    return folders.source().parent.parent


def python_for(live_version: str) -> str:
    """A Python of the version of this Live, if this machine has one; else the running Python."""
    numbers = tuple(int(part) for part in live_version.split(".")[:2] if part.isdigit())
    return (old_python() or sys.executable) if numbers and numbers < (12, 1) else sys.executable


def old_python() -> str | None:
    """A working Python 3.7, see `find_python`."""
    return find_python(OLD_PYTHON)


def find_python(version: str) -> str | None:
    """A working Python of this version ("3.7"): the running Python, a Python on the path, or a Python of pyenv.

    A shim on the path may have no Python behind it, so each candidate is started once.
    """
    if version == "{}.{}".format(*sys.version_info):
        return sys.executable
    named = shutil.which(f"python{version}")
    versions = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    for path in ([named] if named else []) + [
        str(python) for python in versions.glob(f"{version}.*/bin/python")
    ]:
        try:
            said = subprocess.run([path, "-V"], capture_output=True, timeout=10, check=False, text=True)
        except (OSError, subprocess.SubprocessError):
            continue
        if said.returncode == 0 and f"Python {version}." in said.stdout:
            return path
    return None


def headless_arguments(
    set_file: Path | None = None,
    *,
    port: int = 0,
    live_version: str | None = None,
    remote_scripts: Sequence[Path] = (),
    person: bool = False,
    default_set: bool = False,
) -> list[str]:
    """The arguments of `python -m remote_script.headless`."""
    words = ["--port", str(port)]
    if default_set:
        words.append("--default-set")
    if set_file is not None:
        words += ["--set", str(set_file)]
    if live_version is not None:
        words += ["--live-version", live_version]
    for path in remote_scripts:
        words += ["--remote-script", str(path)]
    if person:
        words.append("--person-stdin")
    return words


def environment(**more: str) -> dict[str, str]:
    """This process's environment for a child process: it can import this product, and its pipes are UTF-8."""
    environ = dict(os.environ)
    environ["PYTHONIOENCODING"] = "utf-8"
    environ["PYTHONPATH"] = os.pathsep.join(
        [str(packages_root()), *filter(None, [environ.get("PYTHONPATH")])],
    )
    environ.update(more)
    return environ


class PersonRefused(Exception):
    """Live refused a person's edit."""


class HeadlessProcess:
    """A running headless Live; `port` is the bridge's."""

    def __init__(self, process: trio.Process, port: int) -> None:
        self.process = process
        self.port = port
        self.log: deque[str] = deque(maxlen=_LOG_LINES)
        """The last lines of Live's log."""
        self._log_ended = trio.Event()
        self._sending = trio.Lock()
        self._lines = 0
        self._waiting: dict[int, trio.Event] = {}
        self._answers: dict[int, dict[str, Any]] = {}

    @classmethod
    @asynccontextmanager
    async def started(
        cls,
        set_file: Path | None = None,
        *,
        port: int = 0,
        live_version: str | None = None,
        remote_scripts: Sequence[Path] = (),
        more: Sequence[str] = (),
        environ: dict[str, str] | None = None,
        reading: Callable[[float], None] = lambda share: None,
    ) -> AsyncIterator[HeadlessProcess]:
        """Start headless Live and wait until its bridge listens; leaving the block ends the process.

        Args:
          port: The bridge's port; 0 takes any free port.
          remote_scripts: Further Remote Scripts to load.
          more: Further arguments of `python -m remote_script.headless`.
          reading: Called with the share 0..1 of a large Set file that has been read.

        Raises:
          Failure: the process ended, or wrote nothing for `START_S`; the text has the last lines of its log.
        """
        words = headless_arguments(
            set_file, port=port, live_version=live_version, remote_scripts=remote_scripts, person=True
        )
        process = await trio.lowlevel.open_process(
            [python_for(live_version or ""), "-m", "remote_script.headless", *words, *more],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environ or environment(),
            # A Ctrl-C at the terminal would reach all processes, but this process decides the order of their ends.
            start_new_session=sys.platform != "win32",
        )
        live = cls(process, port)
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(live._keep_log)
                lines = live._read_lines()
                await live._wait_ready(lines, reading)
                nursery.start_soon(live._demultiplex, lines)
                yield live
                nursery.cancel_scope.cancel()
        finally:
            with trio.CancelScope(shield=True):
                await live._end()

    async def do(self, **wish: Any) -> dict[str, Any]:
        """Let the person do an action; the answer's `t` is the time directly after the action.

        Raises:
          PersonRefused: Live refused it, or Live has ended.
        """
        self._lines += 1
        number = self._lines
        event = self._waiting[number] = trio.Event()
        assert self.process.stdin is not None
        try:
            async with self._sending:
                await self.process.stdin.send_all(msgspec.json.encode({"id": number, **wish}) + b"\n")
            await event.wait()
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            raise PersonRefused("Live has ended") from None
        finally:
            self._waiting.pop(number, None)
        answer = self._answers.pop(number, {"ok": False, "error": "Live has ended"})
        if not answer.get("ok"):
            raise PersonRefused(str(answer.get("error", answer)))
        return answer

    async def set(self, ref: str, name: str, value: Any) -> float:
        """Set a property by hand; returns the time at which Live had set it, in seconds of `time.monotonic`."""
        return float((await self.do(do="set", ref=ref, name=name, value=value))["t"])

    async def call(self, ref: str, method: str, *args: Any) -> float:
        """Call a method by hand; returns the time at which the method had returned."""
        return float((await self.do(do="call", ref=ref, method=method, args=list(args)))["t"])

    # -- inside ------------------------------------------------------------------------------------

    async def _read_lines(self) -> AsyncIterator[bytes]:
        assert self.process.stdout is not None
        rest = b""
        async for chunk in self.process.stdout:
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                yield line
            if len(rest) > _LINE_LIMIT:
                raise Failure("headless Live sent a line without an end")

    async def _wait_ready(self, lines: AsyncIterator[bytes], reading: Callable[[float], None]) -> None:
        with trio.move_on_after(START_S) as limit:
            async for line in lines:
                try:
                    said = msgspec.json.decode(line)
                except ValueError:
                    continue
                if isinstance(said, dict) and said.get("ready"):
                    self.port = int(said["port"])
                    return
                if isinstance(said, dict) and "reading" in said:
                    limit.deadline = trio.current_time() + START_S
                    reading(float(said["reading"]))
            with trio.move_on_after(1):
                await self.process.wait()
                await self._log_ended.wait()
        said_last = "\n  ".join(list(self.log)[-5:])
        if limit.cancelled_caught:
            raise Failure(f"headless Live did not report anything for {START_S:.0f} s", said_last)
        raise Failure("headless Live ended before it was ready", said_last)

    async def _demultiplex(self, lines: AsyncIterator[bytes]) -> None:
        async for line in lines:
            try:
                answer = msgspec.json.decode(line)
            except ValueError:
                continue
            number = answer.get("id") if isinstance(answer, dict) else None
            if isinstance(number, int) and number in self._waiting:
                self._answers[number] = answer
                self._waiting[number].set()
        for event in self._waiting.values():
            event.set()

    async def _keep_log(self) -> None:
        assert self.process.stderr is not None
        rest = b""
        async for chunk in self.process.stderr:
            *lines, rest = (rest + chunk).split(b"\n")
            self.log.extend(line.decode("utf-8", "replace") for line in lines)
            rest = rest[-_LINE_LIMIT:]
        self._log_ended.set()

    async def _end(self) -> None:
        process = self.process
        if process.returncode is None:
            process.terminate()
            with trio.move_on_after(END_S):
                await process.wait()
        if process.returncode is None:
            process.kill()
            await process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                await stream.aclose()
