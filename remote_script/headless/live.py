"""The running headless Live: a document, a clock, scripts in their slots, and a person at the mouse.

One thread is Live's main thread: scripts, timers and listeners run only there. `run_for` advances a virtual clock,
`run` follows real time. An exception in a script goes to the log and stops nothing else; a call that crashes a real
Live ends this Live with `LiveEnded`.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import traceback
from datetime import datetime
from typing import Any, Callable, Dict, List, Optional, Tuple

from ..SetMirror.contract import hazards, schema
from .api import handles
from .api.facts import DEFAULT_VERSION
from .api.listening import listeners_below
from .api.live_module import install, make_modules, uninstall
from .hosting.host import HostedScript
from .hosting.runtime import DISPLAY_S, ENGINE_S, Scheduler, TimedAction, VirtualClock, make_timer_class
from .hosting.script_logging import ScriptLogHandler
from .model import (
    LiveSet,
    conversions,  # noqa: F401 - gives Live.Conversions its behaviour
)
from .model.surfaces import RemoteSurface
from .sets.generate import default_set
from .sets.packs import Library
from .sets.spec import SetSpec

LOAD_S = 3.0
"""Seconds without Live's ticks while a Set loads (measured from a client's side)."""
THREADS = ("raise", "log", "count")


class OffMainThread(RuntimeError):
    """The LiveAPI was used on a thread that is not Live's main thread; a real Live may crash."""


class Person:
    """A person at Live's mouse and keyboard: edits outside any script's turn, each its own history entry."""

    def __init__(self, live: HeadlessLive) -> None:
        self._live = live
        self.answers: List[int] = []
        """Buttons that the person will press in dialogs that block a script, the next button first."""

    def play(self, pitch: int, seconds: float = 0.25, velocity: float = 100.0, at: float = 0.0) -> None:
        """Press a key of a MIDI keyboard in `at` seconds and release the key `seconds` later."""
        live = self._live
        live.scheduler.after(at, lambda: live.document.keyboard.press(pitch, velocity))
        live.scheduler.after(at + seconds, lambda: live.document.keyboard.release(pitch))

    def do(self, action: Callable[[Any], Any], label: str = "Edit") -> Any:
        """Run `action(song)` as one edit; returns the action's result."""
        live = self._live
        history = live.document.history
        history.sync()
        history.boundary(label)
        try:
            return action(live.song)
        finally:
            history.sync()
            history.end()


class LiveEnded(BaseException):
    """A script made a call that crashes a real Live (see `SetMirror.hazards`). `except Exception` does not catch it."""


class HeadlessLive:
    """One running Live.

    Args:
      spec: The Set to open; None is the Set that Live opens with.
      version: Which Live to be, 11.0 to `DEFAULT_VERSION`.
      clock: VirtualClock (default) or RealClock.
      threads: For a LiveAPI call off the main thread: "raise" OffMainThread, "log" the call, or only "count" the
        call. `off_main_calls` has every such call with its place.
      log_file: Path of a Log.txt to write.
      library: The folder of the browser's files; missing files are written there. None: a temporary folder.

    The thread that makes the HeadlessLive is Live's main thread, until another thread calls `run`.
    """

    def __init__(
        self,
        spec: Optional[SetSpec] = None,
        version: str = DEFAULT_VERSION,
        clock: Any = None,
        threads: str = "raise",
        log_file: Optional[str] = None,
        log: Optional[Callable[[str], None]] = None,
        library: Optional[str] = None,
    ) -> None:
        if threads not in THREADS:
            raise ValueError("threads must be one of %s, got %r" % (", ".join(THREADS), threads))
        self.surface = handles.surface_for(version)
        self.version = version
        self.packs = Library(library)
        self.clock = clock if clock is not None else VirtualClock()
        self.threads = threads
        self.main_thread = threading.get_ident()
        self.off_main_calls: Dict[Tuple[str, int, str], int] = {}
        """(file, line, name of the call) → number of calls."""
        self.log_lines: List[str] = []
        self._log_to = log
        self._log_file = open(log_file, "a", encoding="utf-8") if log_file else None  # noqa: SIM115
        self.options: Dict[str, bool] = {}
        self.status_bar = ""
        self.creating = 0
        self.scripts: List[HostedScript] = []
        self.remote_surfaces: List[RemoteSurface] = []
        self.exit_code = 0
        """The exit code that a script asked for."""
        self.ended = ""
        """The rule whose violation by a script ended this Live; "" while Live runs."""
        self._network_timer: Any = None
        self._network_s = 0.0
        self.stalled_until = 0.0
        self.scheduler = Scheduler(self.clock, self.log)
        self.timer_class = make_timer_class(self.scheduler, self._timer_failed)
        self.document = self._open(spec)
        self.modules = make_modules(self)
        self.person = Person(self)
        self._loading: Optional[TimedAction] = None
        self._python_log = ScriptLogHandler(self)
        self._python_log.begin()
        self._last_tick = self.clock.now()
        self.scheduler.after(ENGINE_S, self._tick, ENGINE_S)
        self.scheduler.after(DISPLAY_S, self._display, DISPLAY_S)
        self.install()

    def _open(self, spec: Optional[SetSpec]) -> LiveSet:
        document = LiveSet(
            spec if spec is not None else default_set(), self.surface, self.clock, self, self.log
        )
        document.main = self.main_thread
        document.off_main = self._off_main
        document.hazard = self._hazard
        for warning in document.warnings:
            self.log("Set file: " + warning)
        return document

    # Objects for scripts

    @property
    def song(self) -> Any:
        """The Song, a new handle at each access."""
        return self.surface.wrap(self.document.song)

    @property
    def application(self) -> Any:
        return self.surface.wrap(self.document.application)

    @property
    def licensing(self) -> Any:
        """The bridge that Live passes to its own licensing script; None before Live 12.1."""
        self._must_have("Licensing.PythonLicensingBridge", "licensing bridge", "12.1")
        return self.surface.wrap(self.document.application.licensing)

    def install(self) -> None:
        """Make `import Live` import the modules of this HeadlessLive."""
        install(self.modules)

    def control_surfaces(self) -> Tuple[Any, ...]:
        return tuple(script.instance for script in self.scripts if script.instance is not None)

    # Scripts

    def load_script(self, path_or_module: Any, name: Optional[str] = None) -> HostedScript:
        """Choose a script in a control surface slot: `create_instance(c_instance)`, as Live does.

        Args:
          path_or_module: The script's folder, or anything with `create_instance`.
          name: The package's name; None takes the folder's.

        A script that fails is logged, as in Live; its `instance` is None.
        """
        script = HostedScript(self, path_or_module, name)
        self.scripts.append(script)
        script.create()
        self._connect_instances()
        return script

    def _must_have(self, name: str, feature: str, since: str) -> None:
        if name not in self.surface.classes:
            raise AttributeError("Live %s has no %s; it came in %s" % (self.version, feature, since))

    def connect_surface(self, remote: RemoteSurface) -> Any:
        """Choose a control surface that runs in a process of its own; returns the proxy that scripts see."""
        self._must_have("Application.ControlSurfaceProxy", "control surface proxy", "11.1")
        self.remote_surfaces.append(remote)
        self.document.application.add_surface(remote)
        return self.surface.wrap(self.document.application.surfaces[-1])

    def _connect_instances(self) -> None:
        instances = [script.instance for script in self.scripts if script.instance is not None]
        for script in self.scripts:
            script.call("connect_script_instances", instances)
        self.document.application.notify("control_surfaces")

    # Time

    def next_due(self) -> float:
        """Clock time of the next due action."""
        return max(self.scheduler.next_due(), self.stalled_until)

    def run_due(self) -> None:
        """Run every action that is due now."""
        if self.ended:
            raise LiveEnded(self.ended)
        if self.clock.now() < self.stalled_until:
            return
        self.scheduler.run_due()

    def run_for(self, seconds: float) -> None:
        """Advance a virtual clock by `seconds`, and run every action that falls due on the way."""
        end = self.clock.now() + seconds
        while True:
            due = self.next_due()
            if due > end:
                break
            self.clock.advance_to(due)
            self.run_due()
        self.clock.advance_to(end)

    def run(self) -> None:
        """Real time: be Live's main thread until `stop`."""
        self.main_thread = threading.get_ident()
        self.document.main = self.main_thread
        self.scheduler.run()

    def stop(self) -> None:
        """End `run`; callable from any thread."""
        self.scheduler.stop()

    def stall(self, seconds: float) -> None:
        """Block the UI (an open menu, a heavy load): nothing runs for `seconds`, then all due actions run at once."""
        self.stalled_until = max(self.stalled_until, self.clock.now() + seconds)
        if not isinstance(self.clock, VirtualClock):
            # An open menu blocks the main thread, too.
            time.sleep(seconds)

    def set_network_timer(self, callback: Any, interval_in_ms: int) -> None:
        """Start the only timer that modal dialogs do not block; None stops the timer."""
        if self._network_timer is not None:
            self._network_timer.stop()
            self._network_timer = None
        if callback is not None:
            self._network_timer = self.timer_class(callback, interval_in_ms, True, True)
            self._network_s = interval_in_ms / 1000.0

    def modal_loop(self, is_open: Callable[[], bool]) -> None:
        """Block the caller while a dialog is open: only the network timer and the person's actions run.

        Without a timer and without pending actions the dialog would never close; then the loop ends, and the log
        says why.
        """
        while is_open():
            if self.person.answers:
                self.application.press_current_dialog_button(self.person.answers.pop(0))
            elif self._network_timer is not None and self._network_timer.running:
                self._wait(max(self._network_s, ENGINE_S))
                self._network_timer.fire()
            else:
                self.log("a modal dialog waits for a person, and nobody is here: it is taken away")
                return

    def _wait(self, seconds: float) -> None:
        if isinstance(self.clock, VirtualClock):
            self.clock.advance_to(self.clock.now() + seconds)
        else:
            time.sleep(seconds)

    def quit(self, exit_code: int = 0) -> None:
        """End `run` when the caller is done."""
        self.exit_code = exit_code
        self.scheduler.post(self.stop)

    def _tick(self) -> None:
        now = self.clock.now()
        seconds, self._last_tick = now - self._last_tick, now
        if self._loading is None:
            self.document.transport.tick(seconds)

    def _display(self) -> None:
        if self._loading is not None:
            return
        self.document.history.sync()
        for script in list(self.scripts):
            script.call("update_display")

    # Sets

    def open_set(self, spec: Optional[SetSpec] = None, seconds: Optional[float] = None) -> None:
        """Open another Set as Live does.

        Scripts disconnect, about 3 s of silence follow (longer with a slow script), Live has the new document, and
        Live calls create_instance again.
        """
        for script in self.scripts:
            script.disconnect(reports=False)
        self.document.close()
        self.document = self._open(spec)
        if self._loading is not None:
            self._loading.cancel()
        self._loading = self.scheduler.after(LOAD_S if seconds is None else seconds, self._opened)

    def _opened(self) -> None:
        self._loading = None
        self._last_tick = self.clock.now()
        for script in self.scripts:
            script.create()
        self._connect_instances()

    def close(self) -> None:
        """Quit: scripts disconnect, and no action runs afterwards."""
        for script in self.scripts:
            if script.instance is not None and not self.ended:
                script.disconnect(reports=False)
            script.forget()
        self.scripts = []
        self._python_log.end()
        self.scheduler.stop()
        self.document.close()
        if sys.modules.get("Live") is self.modules["Live"]:
            uninstall()
        if self._log_file is not None:
            self._log_file.close()
            self._log_file = None

    # For tests and authors

    @property
    def history(self) -> List[str]:
        """Labels of the undo stack, oldest first."""
        return self.document.history.labels

    def listener_count(self) -> int:
        """Listeners attached to all objects."""
        return self.document.listener_count()

    def listeners(self) -> List[Any]:
        """A ListenerHandle for every attached listener."""
        document = self.document
        return [handle for root in (document.song, document.application) for handle in listeners_below(root)]

    def log(self, text: str) -> None:
        for line in text.rstrip().splitlines() or [""]:
            self.log_lines.append(line)
            if self._log_file is not None:
                self._log_file.write("%s: info: %s\n" % (datetime.now().isoformat(), line))
                self._log_file.flush()
            if self._log_to is not None:
                self._log_to(line)

    def _timer_failed(self, text: str) -> None:
        self.log("RemoteScriptError: a timer stops for good:\n" + text)

    def _hazard(self, name: str) -> None:
        """End this Live if the call crashes its version."""
        if hazards.ends(name, schema.version(self.version)):
            self.ended = hazards.HAZARDS[name].rule
            self.log("Live ends here as a real one does: " + self.ended)
            raise LiveEnded(self.ended)

    # Threads

    def off_main_report(self) -> List[str]:
        """Calls of the LiveAPI off the main thread, a line for each place, the most frequent first."""
        calls = sorted(self.off_main_calls.items(), key=lambda call: -call[1])
        total = sum(count for _, count in calls)
        head = "LiveAPI off the main thread: %d calls from %d places" % (total, len(calls))
        return [head] + [
            "%7d × %s at %s:%d" % (count, access, file, line) for (file, line, access), count in calls
        ]

    def check_thread(self, access: str) -> None:
        if threading.get_ident() != self.main_thread:
            self._off_main(access)

    def _off_main(self, access: str) -> None:
        file, line = _caller()
        key = (file, line, access)
        self.off_main_calls[key] = self.off_main_calls.get(key, 0) + 1
        if self.threads == "count":
            return
        text = (
            "the LiveAPI belongs to Live's main thread, got %s on thread %r at %s:%d; defer it to a tick"
            % (
                access,
                threading.current_thread().name,
                file,
                line,
            )
        )
        if self.off_main_calls[key] == 1:
            self.log("OffMainThread: " + text)
        if self.threads == "raise":
            raise OffMainThread(text)


_HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep


def _caller() -> Tuple[str, int]:
    """File and line of the nearest stack frame outside headless Live."""
    frames = [
        frame for frame in traceback.extract_stack() if not os.path.abspath(frame.filename).startswith(_HERE)
    ]
    if not frames:
        return "<unknown>", 0
    return frames[-1].filename, int(frames[-1].lineno or 0)
