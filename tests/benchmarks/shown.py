"""The README's numbers and their picture, from the files that `python -m tests.benchmarks --json FILE` wrote.

    python -m tests.benchmarks.shown FILE.json [FILE.json …]

A later file replaces the suites of an earlier one. The README's table stands between two marks; the picture shows each
row as the span from the 5th to the 95th percentile, its middle half, its median and the 99th, in a logarithmic scale.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from mcp_server.pictures.shapes import Picture
from mcp_server.pictures.svg import svg
from tests.benchmarks import growth, lockstep
from tests.benchmarks.measure import OURS, duration

ROOT = Path(__file__).parents[2]
README, PICTURE = ROOT / "README.md", ROOT / ".github" / "benchmarks.svg"
BEGIN, END = "<!-- benchmarks: begin -->", "<!-- benchmarks: end -->"
CHOSEN: dict[str, Sequence[str]] = {
    "paths": (
        "read one track",
        "read an overview of the Set",
        "a person moves a fader in Live → the agent knows",
        "a person changes the tempo in Live → the agent knows",
        "change the tempo, and know that it is so",
        "change 100 parameters, and know that it is so",
        "write 5,000 notes into a clip, and know that they are there",
    ),
    "lockstep": (lockstep.TEMPO, lockstep.PARAMETER),
    "surface": ("read one track through the MCP server",),
    "http": ("one call over HTTP, a raw keep-alive client, 2026-07-28",),
    "starting": ("start a server over stdio, until it answers `initialize`",),
}
"""Suite → the questions whose rows the picture shows, and the README, which has a table of its own for `lockstep`."""
COLUMNS = ("p50_ms", "p95_ms", "p99_ms")
WIDTH, LEFT, ROW, TOP = 960, 470, 19, 34
INK, FAINT, MINE, OTHERS = "#1f2328", "#d0d7de", "#0969da", "#8c959f"

Rows = list[dict[str, Any]]


def chosen(suites: dict[str, Rows]) -> list[tuple[str, Rows]]:
    """(Question, its measured rows) in the order of `CHOSEN`, our rows first."""
    measured = []
    for suite, questions in CHOSEN.items():
        for question in questions:
            rows = [row for row in suites.get(suite, ()) if row["question"] == question and "p50_ms" in row]
            if rows:
                measured.append((question, rows))
    return measured


def block(document: dict[str, Any]) -> str:
    """The README's part between its marks."""
    about = document["machine"]
    where = (
        f"{about['system']}, {about['processors']} processors, Python {about['python']}, mcp {about['mcp']}"
    )
    lines = [
        BEGIN,
        f"Measured by `python -m tests.benchmarks --readme` against headless Live ({where}),",
        "the rows of a question in the same run:",
        "",
        f"![Distributions of the latencies below](.github/{PICTURE.name})",
        "",
        "| | p50 | p95 | p99 |",
        "|---|---|---|---|",
    ]
    suites = document["suites"]
    for question, rows in chosen({name: suites[name] for name in suites if name != "lockstep"}):
        lines.append(f"| **{question}** | | | |")
        for row in rows:
            figures = " | ".join(duration(row[name]).strip() for name in COLUMNS)
            lines.append(f"| {row['subject']} | {figures} |")
    lines += ["", *_curves(suites.get("lockstep", ())), *_growth(suites.get("growth", ())), END]
    return "\n".join(lines)


def _curves(rows: Iterable[dict[str, Any]]) -> list[str]:
    """For each kind of write, Live and client: p50, p95 and all writes together, by the share of Live's main thread."""
    measured = {(row["question"], row["subject"]): row for row in rows if lockstep.SINGLY in row}
    lines = []
    for what, about in ((lockstep.TEMPO, "tempo"), (lockstep.PARAMETER, "a parameter")):
        for version, older in lockstep.OLDER.items():
            for client in ("", lockstep.SDK, lockstep.PIPE):
                question = what + (lockstep.OVER_MCP if client else "") + older
                cells = [
                    # Without waits all versions have the same result.
                    _curve(measured.get((question, lockstep.subject_of(version, share, client))))
                    for share in lockstep.SHARES
                ]
                if any(cells):
                    how = f"MCP, {client}" if client else "library"
                    lines.append(f"| {about}, Live {version}, {how} | {' | '.join(cells)} |")
    if not lines:
        return []
    shares = " | ".join(f"{share:.0%}" for share in lockstep.SHARES)
    head = (
        f"| {lockstep.MANY} verified writes, each sent after the answer before: p50 / p95 / all in ms, "
        f"by `awake_share` | {shares} |"
    )
    return [head, "|---|" + "---|" * len(lockstep.SHARES), *lines, ""]


def _curve(row: dict[str, Any] | None) -> str:
    return "" if row is None else f"{row['p50_ms']:.1f} / {row['p95_ms']:.1f} / {row[lockstep.SINGLY]:,.0f}"


def _growth(rows: Iterable[dict[str, Any]]) -> list[str]:
    """One line for each question: its median, or bytes, in Sets of 10, 100 and 1,000 tracks."""
    grouped: dict[str, list[str]] = {}
    for row in rows:
        if "p50_ms" in row:
            grouped.setdefault(row["question"], []).append(duration(row["p50_ms"]).strip())
        for name in growth.SIZES:
            if name in row:
                grouped.setdefault(row["question"], []).append(f"{row[name]:,.0f} bytes")
    if not grouped:
        return []
    head = ["| Set of | 10 tracks | 100 tracks | 1,000 tracks |", "|---|---|---|---|"]
    return [*head, *(f"| {question} | {' | '.join(cells)} |" for question, cells in grouped.items()), ""]


def picture(suites: dict[str, Rows]) -> Picture:
    """The distributions of all chosen rows."""
    groups = chosen(suites)
    count = sum(len(rows) + 1 for _, rows in groups)
    drawn = Picture(
        WIDTH, TOP + ROW * count + 12, "#ffffff", "Latencies", "Each row's percentiles, in milliseconds"
    )
    every = [row for _, rows in groups for row in rows]
    low = math.floor(math.log10(min(row["p5_ms"] for row in every)))
    high = math.ceil(math.log10(max(row["p99_ms"] for row in every)))

    def x(milliseconds: float) -> float:
        share = (math.log10(max(milliseconds, 10.0**low)) - low) / (high - low)
        return LEFT + share * (WIDTH - LEFT - 24)

    for power in range(low, high + 1):
        drawn.line(x(10.0**power), TOP - 6, x(10.0**power), drawn.height - 8, FAINT)
        drawn.text(x(10.0**power), TOP - 12, duration(10.0**power).strip(), INK, size=11, anchor="middle")
    y = float(TOP)
    for question, rows in groups:
        drawn.text(8, y + 13, question, INK, size=12, bold=True, width=WIDTH - 16)
        y += ROW
        for row in rows:
            color = MINE if row["subject"].startswith(OURS) else OTHERS
            drawn.text(20, y + 13, row["subject"], INK, size=11, width=LEFT - 32)
            middle = y + ROW / 2
            drawn.line(x(row["p5_ms"]), middle, x(row["p95_ms"]), middle, color, width=2)
            half = x(row["p75_ms"]) - x(row["p25_ms"])
            drawn.rect(x(row["p25_ms"]), middle - 5, max(half, 2.0), 10, color, radius=2)
            drawn.line(x(row["p50_ms"]), middle - 7, x(row["p50_ms"]), middle + 7, INK, width=2)
            drawn.rect(x(row["p99_ms"]) - 2, middle - 2, 4, 4, color, radius=2)
            y += ROW
    return drawn


def write(document: dict[str, Any], readme: Path = README, drawing: Path = PICTURE) -> None:
    """Put the numbers into the README and draw them.

    Raises:
      ValueError: no row that the README shows was measured, or the README has no marks.
    """
    if not chosen(document["suites"]):
        raise ValueError(f"Nothing that the README shows was measured; it shows {', '.join(CHOSEN)}")
    text = readme.read_text("utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{readme.name} must hold the marks {BEGIN} and {END}")
    readme.write_text(before + block(document) + after, "utf-8")
    drawing.write_text(svg(picture(document["suites"])), "utf-8")


def main(files: Sequence[str]) -> int:
    """Merge the files and write."""
    if not files:
        print(__doc__, file=sys.stderr)
        return 2
    merged: dict[str, Any] = {"suites": {}}
    for name in files:
        document = json.loads(Path(name).read_text("utf-8"))
        merged = {"machine": document["machine"], "suites": {**merged["suites"], **document["suites"]}}
    write(merged)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
