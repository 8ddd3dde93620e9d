"""`python -m tests.benchmarks`: all measurements as a table, and as JSON for comparing runs.

All measurements run on this machine over loopback and end within twenty minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

from tests.benchmarks import shown
from tests.benchmarks.measure import Row, table

SUITES = {
    "core": "the store and the wire by themselves: reads, batches, snapshots, sealed lines",
    "large": "a large Set in headless Live: made, loaded, and what it weighs",
    "building": "the script building and resyncing a large Set, in virtual time",
    "growth": "Sets of 10, 100 and 1,000 tracks: what is flat, what is linear",
    "starting": "a server's start beside one of the SDK with an empty tool: time and memory",
    "lockstep": "a client that waits for each answer: shares of Live's main thread, versions of Live; many notes",
    "paths": "Live to agent and back over MCP, and others in the same Live",
    "daw_mcp": "200 calls a second of DAW MCP's protocol, and Live's main thread meanwhile",
    "http": "raw HTTP clients, one and eight, beside an empty tool on two servers",
    "pictures": "pictures of many notes and clips: time and size",
    "page": "the page of a large Set in Chromium: first shown, change to pixels, scrolled",
    "history": "the difference of two large states, mixes, kept states, the journal",
    "music": "edits of 10,000 notes, analysis of 100 clips",
    "jobs": "what jobs cost a model that has only the tools: calls, refusals, bytes, tokens",
    "surface": "tokens of tools and answers, and latency over stdio and HTTP, beside other servers",
}


def machine() -> dict[str, Any]:
    """The machine and versions of a measurement."""
    versions = {}
    for package in ("mcp", "trio", "anyio", "msgspec"):
        versions[package] = metadata.version(package)
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": _processors(),
        **versions,
    }


def _processors() -> int:
    return os.cpu_count() or 0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "suites", nargs="*", metavar="SUITE", help=f"among {', '.join(SUITES)}; all otherwise"
    )
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write the rows there as JSON; - for stdout"
    )
    parser.add_argument(
        "--readme", action="store_true", help="put the numbers into README.md and draw them; see `shown`"
    )
    parser.add_argument("--no-peers", action="store_true", help="do not download and ask other bridges")
    parser.add_argument(
        "--set", type=Path, metavar="FILE.als", help="the Set for `paths`; the demo Set otherwise"
    )
    chosen = parser.parse_args(arguments)
    unknown = [name for name in chosen.suites if name not in SUITES]
    if unknown:
        parser.error(f"there is no suite {unknown[0]!r}; there are {', '.join(SUITES)}")
    with tempfile.TemporaryDirectory(prefix="setmirror-benchmarks-") as folder:
        # A separate home, so that the user's token and logs are not used.
        os.environ["SETMIRROR_HOME"] = folder
        return run(chosen)


def run(chosen: argparse.Namespace) -> int:
    """Run the chosen suites, print their rows and write them."""
    out = sys.stderr if str(chosen.json) == "-" else sys.stdout
    about = machine()
    print(", ".join(f"{name} {value}" for name, value in about.items()), file=out)
    rows_of: dict[str, list[Row]] = {}
    for name in chosen.suites or SUITES:
        print(f"\n== {name}: {SUITES[name]}", file=out, flush=True)
        began = time.monotonic()
        rows: Callable[..., Iterable[Row]] = import_module(f"tests.benchmarks.{name}").rows
        options: dict[str, Any] = {}
        if name in ("paths", "surface"):
            options["with_peers"] = not chosen.no_peers
        if name == "paths":
            options["als"] = chosen.set
        rows_of[name] = list(rows(**options))
        for line in table(rows_of[name]):
            print(line, file=out)
        print(f"\n   {time.monotonic() - began:.1f} s", file=out, flush=True)
    document = {"machine": about, "suites": {n: [r.to_json() for r in rows] for n, rows in rows_of.items()}}
    if chosen.readme:
        shown.write(document)
    if chosen.json is not None:
        text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
        if str(chosen.json) == "-":
            sys.stdout.write(text)
        else:
            chosen.json.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
