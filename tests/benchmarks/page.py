"""The page in Chromium: first display, from a change in Live to pixels, scrolling, and its requests to Live.

Live, the page's server and the browser are separate processes. Needs playwright and a Chromium on the path; if these
are missing, a row says so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import trio

from mcp_server.commands.processes import HeadlessProcess, environment
from mcp_server.demo.latency import Distribution
from mirror import load_token, open_mirror, tcp
from tests.benchmarks.large import write_als
from tests.benchmarks.measure import OURS, Row

TRACKS, SCENES = 100, 200
QUESTION = f"the page with {TRACKS} tracks × {SCENES} scenes"
CHANGES = 40
LOOKS_S = 5.0
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_SHOWN = """() => {
    const parts = [...document.querySelectorAll('.part')];
    return parts.length && parts.every(part => part.firstChild);
}"""
_PIXELS = """name => { window.seen = new Promise(done => {
    const look = new MutationObserver(() => {
        if (!document.getElementById('head').textContent.includes(name)) return;
        look.disconnect();
        requestAnimationFrame(() => setTimeout(() => done(performance.timeOrigin + performance.now())));
    });
    look.observe(document.getElementById('head'), {childList: true, subtree: true});
}); }"""
_SCROLL = """async () => {
    const box = document.getElementById('scroller'), gaps = [];
    let last = performance.now();
    for (let n = 1; n <= 240; n++) {
        box.scrollTo(box.scrollWidth * n / 240 * 0.9, box.scrollHeight * n / 240 * 0.9);
        await new Promise(requestAnimationFrame);
        const now = performance.now();
        gaps.push((now - last) / 1000);
        last = now;
    }
    return gaps;
}"""


def rows() -> Iterator[Row]:
    """All rows of this module."""
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    try:
        from playwright import sync_api
    except ImportError:
        sync_api = None
    if program is None or sync_api is None:
        missing = "playwright is not installed" if sync_api is None else "no Chromium is on the path"
        yield Row(QUESTION, OURS, note=f"not here: {missing}")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "Large.als"
        write_als(path, TRACKS, TRACKS * SCENES // 2, 20_000, 2_000)
        yield from trio.run(_measured, path, program, sync_api)


async def _measured(path: Path, program: str, sync_api: Any) -> list[Row]:
    async with (
        HeadlessProcess.started(path) as live,
        open_mirror(tcp("127.0.0.1", live.port), load_token()) as mirror,
    ):
        await mirror.wait_read(stalled_s=60)
        words = ["view", "--no-browser", "--page-port", "0", "--port", str(live.port)]
        process = await trio.lowlevel.open_process(
            [sys.executable, "-m", "mcp_server.cli", *words], stdout=subprocess.PIPE, env=environment()
        )
        assert process.stdout is not None
        try:
            link = (await process.stdout.receive_some()).split()[-1].decode()
            # The page's own mirror reads the Set first.
            await trio.sleep(LOOKS_S)
            alone = await _rate(mirror)

            async def asked() -> float:
                return await _rate(mirror) - alone

            return await trio.to_thread.run_sync(_browsed, program, sync_api, link, live, asked)
        finally:
            process.terminate()
            await process.wait()


async def _rate(mirror: Any) -> float:
    """The requests to the script in a second, by all clients."""
    counts = []
    for _ in range(2):
        counts.append(int((await mirror.script_status())["server"]["requests"]))
        await trio.sleep(LOOKS_S)
    return (counts[1] - counts[0]) / LOOKS_S


def _browsed(program: str, sync_api: Any, link: str, live: HeadlessProcess, asked: Any) -> list[Row]:
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=root)
        page = browser.new_context(viewport={"width": 1300, "height": 900}).new_page()
        began = time.perf_counter()
        page.goto(link, wait_until="commit")
        page.wait_for_function(_SHOWN, polling="raf")
        first = time.perf_counter() - began
        more = trio.from_thread.run(asked)
        seconds = []
        for number in range(CHANGES):
            page.evaluate(_PIXELS, f"N{number}x")
            at = time.time()
            trio.from_thread.run(live.set, "tracks/0", "name", f"N{number}x")
            seconds.append(page.evaluate("window.seen") / 1000 - at)
        gaps = page.evaluate(_SCROLL)
        trio.from_thread.run(live.call, "song", "start_playing")
        playing = {}
        for view in ("session", "arrangement", "mixer"):
            page.click(f"#tab-{view}")
            page.wait_for_function(_SHOWN, polling="raf")
            playing[view] = trio.from_thread.run(asked)
        browser.close()
    return [
        Row(QUESTION, f"{OURS}: first shown", facts={"s": first}, note="aim: at most 1.5 s"),
        Row(QUESTION, f"{OURS}: change to pixels", Distribution.of_seconds(seconds), note="aim: p50 150 ms"),
        Row(QUESTION, f"{OURS}: frames while scrolling", Distribution.of_seconds(gaps)),
        Row(QUESTION, f"{OURS}: requests to Live a second", facts={"more than without a page": more}),
        Row(
            QUESTION,
            f"{OURS}: the same while the song plays, by the view in sight",
            facts=playing,
            note="no track of this Set has a meter; with meters in sight 10 more",
        ),
    ]
