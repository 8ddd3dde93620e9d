"""SetMirror's script on a Bitwig project: `objects` in place of Live's, and a loop in place of Live's main thread.

One thread does everything: it pumps the script as soon as a client asks and at least every `TICK_S`, calls its update
every `DISPLAY_S`, and advances the project's cycles. While Bitwig is not running, or after another project was opened,
nothing listens on the bridge's port; then the script starts again, with another epoch.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from remote_script.SetMirror.contract.errors import BridgeError
from remote_script.SetMirror.script import SetMirror
from remote_script.SetMirror.transport import TcpListener

from .extension import Extension, Lost, connect
from .objects import Application
from .project import POLL_S, Project

TICK_S = 0.010
DISPLAY_S = 0.100
RETRY_S = (0.25, 0.5, 1.0, 2.0)
"""Seconds between attempts to reach the extension; the last value is repeated."""

Log = Callable[[str], None]


class _Timer:
    """A stand-in for Live's timer that does nothing: the loop pumps the script."""

    running = True

    def __init__(self, **options: Any) -> None:
        """Accept the options; the script asks for 10 ms, which is the interval of the loop."""

    def start(self) -> None:
        """Do nothing: the loop runs already."""

    def stop(self) -> None:
        """Do nothing: the loop ends with the script."""


class _Host:
    """The object that Live passes to `create_instance`."""

    def __init__(self, project: Project, log: Log) -> None:
        self.project = project
        self.log_message = log

    def song(self) -> Any:
        return self.project.song


class BitwigSide(SetMirror):
    """The script, with Bitwig in place of Live."""

    _c_instance: _Host

    def _import_live(self) -> Any:
        application = Application(self._c_instance.project, None)
        return SimpleNamespace(
            Application=SimpleNamespace(get_application=lambda: application),
            Base=SimpleNamespace(Timer=_Timer),
            Clip=SimpleNamespace(MidiNoteSpecification=dict),
        )

    def keep_alive(self) -> None:
        """Send a heartbeat during a long write: clients close the connection to a bridge without heartbeat."""
        if self.server is not None:
            self.server.beat(self.batcher.epoch, self.batcher.revision, time.time())
            self.server.send(self.batcher.epoch, self.batcher.revision)

    def welcome(self) -> dict[str, Any]:
        """The welcome without a version of Live; `daw` is Bitwig, `polls` describes the polling."""
        answer = super().welcome()
        answer["live"] = {
            "version": "",
            "build": "",
            "daw": "Bitwig",
            "polls": self._c_instance.project.facts(),
        }
        return answer


class Runner:
    """Serves Bitwig's project on the bridge's port, also after a new connection or another project.

    Args:
      reach: Connects to the extension; OSError while nothing listens.
      listen: Opens the bridge's port.
      log: Writes a line for a person.
      sleep: Waits for this number of seconds.
    """

    def __init__(
        self,
        reach: Callable[[], Extension],
        listen: Callable[[], Any],
        log: Log,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._reach = reach
        self._listen = listen
        self._log = log
        self._clock = clock
        self._sleep = sleep
        self._attempts = 0
        self._retry_at = 0.0
        self._said = ""
        self._display_at = 0.0
        self._listener: Any = None
        self._extension: Extension | None = None
        self.project: Project | None = None
        self.side: BitwigSide | None = None

    def turn(self) -> None:
        """Connect if an attempt is due, or serve the project; never raises for a lost connection."""
        try:
            if self.side is not None and self.project is not None:
                self._serve(self.side, self.project)
            elif self._clock() >= self._retry_at:
                self._begin()
        except (Lost, BridgeError) as problem:
            self._lose(f"{problem}; trying again")
        except OSError as problem:
            self._lose(f"no Bitwig extension answers: {problem}; trying again")

    def rest(self) -> None:
        """Wait until a client asks, at most `TICK_S`."""
        try:
            if self._listener is not None:
                self._listener.wait(TICK_S)
                return
        except (OSError, ValueError):
            # Windows cannot wait without a socket, which is the case while another program has the port.
            pass
        self._sleep(TICK_S)

    def close(self) -> None:
        """Stop the script, which notifies its clients, and close the connection to the extension."""
        side, self.side, self._listener = self.side, None, None
        if side is not None:
            side.disconnect()
        if self._extension is not None:
            self._extension.close()
            self._extension = None

    def _begin(self) -> None:
        """Read the project, then open the port."""
        if self._extension is None:
            self._extension = self._reach()
        self._extension.meanwhile = lambda: None
        project = Project(self._extension, self._sleep)
        project.read()
        listener = self._listen()
        side = BitwigSide(_Host(project, self._log), listener, self._clock)
        if side.server is None:
            listener.close()
            raise BridgeError("UNAUTHENTICATED", "The token cannot be used; the line before says why")
        self.project, self.side, self._listener = project, side, listener
        self._extension.meanwhile = side.keep_alive
        self._attempts = 0
        self._say(
            f"Bitwig's project is read, and is a Set now: it is asked every {POLL_S} s, "
            f"{project.facts()['questions_per_s']} questions a second at most"
        )

    def _serve(self, side: BitwigSide, project: Project) -> None:
        project.step()
        if project.switched:
            self._say(f"another project is open: {project.switched}")
            side.disconnect()
            self.side, self._listener = None, None
            return
        side.pump()
        if self._clock() >= self._display_at:
            self._display_at = self._clock() + DISPLAY_S
            side.update_display()

    def _lose(self, why: str) -> None:
        self._say(why)
        self.close()
        self._retry_at = self._clock() + RETRY_S[min(self._attempts, len(RETRY_S) - 1)]
        self._attempts += 1

    def _say(self, text: str) -> None:
        """Log a text, unless the last logged text is the same."""
        if text != self._said:
            self._said = text
            self._log(text)


def run(port: int, bitwig_port: int, log: Log) -> None:
    """Serve the project behind the extension on `bitwig_port` on the bridge's `port`, until interrupted."""
    runner = Runner(lambda: connect(bitwig_port, log), lambda: TcpListener(port, time.monotonic, log), log)
    try:
        while True:
            runner.turn()
            runner.rest()
    finally:
        runner.close()
