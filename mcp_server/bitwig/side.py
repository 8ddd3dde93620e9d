"""SetMirror's script over a Bitwig project: what Live gives a script, and the loop that Live's main thread is there.

One thread does everything: a pump of the script as soon as a client asks and at least every `TICK_S`, Live's update
tick every `DISPLAY_S`, and a step of the project's cycles. While Bitwig is not there, or shows another project, nothing
listens on the bridge's port; then the script begins again, with another epoch.
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
"""Between attempts to reach the extension; the last one for good."""

Log = Callable[[str], None]


class _Timer:
    """Live's timer: the loop pumps instead."""

    running = True

    def __init__(self, **options: Any) -> None:
        """The script asks for 10 ms, which is what the loop has."""

    def start(self) -> None:
        """It runs."""

    def stop(self) -> None:
        """The loop ends with the script."""


class _Host:
    """What Live hands to `create_instance`."""

    def __init__(self, project: Project, log: Log) -> None:
        self.project = project
        self.log_message = log

    def song(self) -> Any:
        return self.project.song


class BitwigSide(SetMirror):
    """The script, with Bitwig where it looks for Live."""

    _c_instance: _Host

    def _import_live(self) -> Any:
        application = Application(self._c_instance.project, None)
        return SimpleNamespace(
            Application=SimpleNamespace(get_application=lambda: application),
            Base=SimpleNamespace(Timer=_Timer),
            Clip=SimpleNamespace(MidiNoteSpecification=dict),
        )

    def keep_alive(self) -> None:
        """In the midst of a write that asks Bitwig many times: clients take a bridge without heartbeat for dead."""
        if self.server is not None:
            self.server.beat(self.batcher.epoch, self.batcher.revision, time.time())
            self.server.send(self.batcher.epoch, self.batcher.revision)

    def welcome(self) -> dict[str, Any]:
        """As for Live, but no version of Live; `daw` names Bitwig, `polls` says how its rows are kept true."""
        answer = super().welcome()
        answer["live"] = {
            "version": "",
            "build": "",
            "daw": "Bitwig",
            "polls": self._c_instance.project.facts(),
        }
        return answer


class Runner:
    """Serves Bitwig's project on the bridge's port, from one connection and one project to the next.

    Args:
      reach: Connects to the extension; OSError while nothing listens.
      listen: Opens the bridge's port.
      log: Takes a line for a person.
      sleep: Waits so many seconds.
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
        """Connect, if it is time to, or do what is due; never raises."""
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
            # Windows cannot wait for nothing: the port is somebody else's still.
            pass
        self._sleep(TICK_S)

    def close(self) -> None:
        """End the script, so that its clients hear of it, and let go of the extension."""
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
        """Say what is new; the same again and again tells nobody anything."""
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
