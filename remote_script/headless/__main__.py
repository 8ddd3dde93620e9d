"""`python -m remote_script.headless`: headless Live in real time, with SetMirror and other Remote Scripts.

Lines on stdout are JSON: `{"reading": 0.4}` every two seconds while a large Set file is read, then
`{"ready": true, "port": N}` when SetMirror listens; with `--person-stdin` every line on stdin is a person's action (see
`person`), and the answer is a line on stdout. The log goes to stderr.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import sys
import threading
import time
from functools import partial
from typing import Any, Dict, List, Optional

from .als import SetFileError, load_als
from .api.facts import DEFAULT_VERSION
from .hosting.host import HostedScript
from .hosting.runtime import RealClock, VirtualClock
from .live import THREADS, HeadlessLive, LiveEnded
from .person import Actions
from .person_script import PersonScript, read
from .sets.demo_set import demo_set
from .sets.generate import default_set
from .sets.spec import SetSpec

SETMIRROR = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "SetMirror")
READY_S = 0.02
READING_S = 2.0
CRASHED = 139
"""Exit status after a call that crashes a real Live: the status with which shells report a segmentation fault."""
VIRTUAL_STEP_S = 0.1
"""Seconds of virtual time between two checks for a stop request."""
LISTENING = "listening on 127.0.0.1:"


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m remote_script.headless", description=__doc__.split("\n")[0]
    )
    made.add_argument("--set", metavar="FILE.als", help="the Set to open; default: the demo Set")
    made.add_argument("--default-set", action="store_true", help="open the empty Set with which Live starts")
    made.add_argument("--port", type=int, default=None, help="SetMirror's port; 0 selects any free port")
    made.add_argument(
        "--live-version",
        default=DEFAULT_VERSION,
        metavar="V",
        help="the version of Live, such as 11.3 or 12.4",
    )
    made.add_argument(
        "--remote-script", action="append", default=[], metavar="PATH", help="a further script to load"
    )
    made.add_argument("--no-setmirror", action="store_true", help="do not load SetMirror")
    made.add_argument(
        "--person-stdin", action="store_true", help="read a person's edits from stdin, as JSON lines"
    )
    made.add_argument(
        "--person",
        metavar="FILE",
        help="play a person's actions from a file of JSON lines with times (see the module person_script); a line "
        "that Live refuses ends Live with status 1",
    )
    made.add_argument(
        "--virtual-seconds",
        type=float,
        metavar="S",
        help="let this much virtual time pass, as fast as possible, then end",
    )
    made.add_argument(
        "--threads",
        choices=THREADS,
        default="raise",
        help="the reaction to LiveAPI calls off the main thread: an error, a log line, or only a count at the end",
    )
    made.add_argument("--log-file", metavar="FILE", help="write Log.txt to this file")
    made.add_argument(
        "--library",
        dest="packs",
        metavar="FOLDER",
        help="folder of the browser's packs, presets and samples, with Live's index of them; written if missing",
    )
    made.add_argument(
        "--coverage",
        action="store_true",
        help="print the implemented parts of the Object Model and of the frameworks of Remote Scripts, and end",
    )
    made.add_argument("--when-ready", default="", help="a text that is printed to stderr once Live is ready")
    return made


class Reading:
    """Reports on stdout the share of a Set file that has been read, every two seconds."""

    def __init__(self) -> None:
        self._said_at = time.monotonic()

    def __call__(self, share: float) -> None:
        now = time.monotonic()
        if now - self._said_at >= READING_S:
            self._said_at = now
            sys.stdout.write(json.dumps({"reading": round(share, 2)}) + "\n")
            sys.stdout.flush()


def read_set(path: Optional[str], default: bool) -> SetSpec:
    """The Set to open: a file's, Live's default Set or the demo Set."""
    if path:
        return load_als(path, progress=Reading())
    return default_set() if default else demo_set()


class Runner:
    """One headless Live in this process, until it is stopped."""

    def __init__(self, options: argparse.Namespace, spec: SetSpec) -> None:
        self.live = HeadlessLive(
            spec,
            version=options.live_version,
            clock=RealClock() if options.virtual_seconds is None else VirtualClock(),
            threads=options.threads,
            log_file=options.log_file,
            log=self._log,
            library=options.packs,
        )
        if options.packs is not None:
            self.live.packs.write()
        self._options = options
        self._said_ready = False
        self._output = threading.Lock()
        self._actions = Actions(self.live, load_als)
        self.setmirror: Optional[HostedScript] = None
        self._script: Optional[PersonScript] = None
        if options.person:
            with open(options.person, encoding="utf-8") as file:
                lines = read(file.read(), options.person)
            self._script = PersonScript(self.live, load_als, lines, options.person)

    @staticmethod
    def _log(line: str) -> None:
        try:
            sys.stderr.write(line + "\n")
            sys.stderr.flush()
        except (OSError, ValueError):
            pass

    def say(self, message: Dict[str, Any]) -> None:
        with self._output:
            try:
                sys.stdout.write(json.dumps(message) + "\n")
                sys.stdout.flush()
            except (OSError, ValueError):
                # No process reads stdout any more.
                self.live.stop()

    def run(self) -> None:
        options = self._options
        if not options.no_setmirror:
            self.setmirror = self.live.load_script(SETMIRROR)
        for path in options.remote_script:
            # SetMirror is loaded already; a second instance would compete for the port.
            if options.no_setmirror or os.path.realpath(path) != os.path.realpath(SETMIRROR):
                self.live.load_script(path)
        self._ready()
        if options.person_stdin:
            threading.Thread(target=self._read_stdin, name="stdin", daemon=True).start()
        try:
            if options.virtual_seconds is None:
                self.live.run()
            else:
                self._run_virtually(options.virtual_seconds)
        except LiveEnded:
            # The log has the reason; scripts do not disconnect in a crash.
            pass
        finally:
            self.live.close()
            if options.threads != "raise":
                for line in self.live.off_main_report():
                    self._log(line)

    def _run_virtually(self, seconds: float) -> None:
        live = self.live
        end = live.clock.now() + seconds
        while live.clock.now() < end and not live.scheduler.stopped:
            live.run_for(min(VIRTUAL_STEP_S, end - live.clock.now()))

    @property
    def status(self) -> int:
        """The exit status: a failure after a crash, or if a person's script ended early."""
        if self.live.ended:
            return CRASHED
        if self._script is not None and (self._script.failed or not self._script.done):
            return 1
        return int(self.live.exit_code)

    def _played(self, answer: Dict[str, Any]) -> None:
        self.say(answer)
        if not answer["ok"]:
            self._log(answer["error"])
            self.live.stop()

    def _ready(self) -> None:
        """Report that SetMirror listens; SetMirror may have to wait for a port that is still in use."""
        port = self._options.port if self._options.no_setmirror else self._port()
        if port is None and not self._options.no_setmirror:
            self.live.scheduler.after(READY_S, self._ready)
            return
        self.say({"ready": True, "port": port})
        if self._options.when_ready:
            sys.stderr.write(self._options.when_ready + "\n")
            sys.stderr.flush()
        if self._script is not None:
            self._script.begin(self._played)

    def _port(self) -> Optional[int]:
        assert self.setmirror is not None
        for line in reversed(self.setmirror.log):
            if LISTENING in line:
                return int(line.split(LISTENING)[1].split()[0])
        return None

    def _read_stdin(self) -> None:
        for line in sys.stdin:
            self.live.scheduler.post(partial(self._act, line))
        # `stop` runs after the last action.
        self.live.scheduler.post(self.live.stop)

    def _act(self, line: str) -> None:
        answer = self._actions.answer(line)
        if answer is not None:
            self.say(answer)


def main(arguments: Optional[List[str]] = None) -> int:
    """Run until interrupted; returns the exit status."""
    options = parser().parse_args(arguments)
    if options.coverage:
        from .api.coverage import coverage, framework_coverage, framework_report, report

        version = options.live_version
        print("\n".join(report(coverage(version)) + framework_report(framework_coverage(version))))
        return 0
    if options.port is not None:
        os.environ["SETMIRROR_PORT"] = str(options.port)
    try:
        spec = read_set(options.set, options.default_set)
    except (SetFileError, OSError) as problem:
        sys.stderr.write("%s\n" % problem)
        return 2
    try:
        runner = Runner(options, spec)
    except (ValueError, OSError) as problem:
        sys.stderr.write("%s\n" % problem)
        return 2
    # As in Live's Python: Log.txt has the scripts' log records from INFO on.
    logging.getLogger().setLevel(logging.INFO)
    stop = lambda *args: runner.live.stop()  # noqa: E731
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGTERM, stop)
    runner.run()
    return runner.status


if __name__ == "__main__":
    sys.exit(main())
