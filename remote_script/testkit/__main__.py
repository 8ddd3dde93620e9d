"""`python -m remote_script.testkit PATH`: the course in this Python, as JSON lines on stdout.

The script's own output goes to stderr.

`{"check": "load"}` when a check starts, `{"check": "load", "verdict": "pass", "details": []}` when it ends.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import Any, List, Optional

from ..headless.api.facts import DEFAULT_VERSION
from .actors import set_of
from .course import CHECKS, Course


def main(arguments: Optional[List[str]] = None) -> int:
    """Run the course; 0 when the course reached its end, with any results."""
    parser = argparse.ArgumentParser(prog="python -m remote_script.testkit", description=__doc__)
    parser.add_argument("path", metavar="PATH")
    parser.add_argument("--live-version", default=DEFAULT_VERSION, metavar="V")
    parser.add_argument("--set", metavar="FILE.als")
    options = parser.parse_args(arguments)
    # A script may print, or write to descriptor 1: the report keeps a descriptor of its own.
    report = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr

    def say(message: Any) -> None:
        report.write(json.dumps(message) + "\n")
        report.flush()

    course = Course(options.path, options.live_version, set_of(options.set) if options.set else None)
    outcomes = course.run()
    for check in CHECKS:
        say({"check": check})
        say(next(outcomes)._asdict())
    outcomes.close()
    # Threads that the script left behind must not keep this process alive.
    report.close()
    os._exit(0)


if __name__ == "__main__":
    main()
