"""The page in a real Chromium while a person edits in Live and agents write.

Needs playwright (the extra `browser`) and a Chromium on the path, such as Debian's; axe-core comes from npm.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import anyio
import pytest
import trio

from mcp_server.page.live import HERE_S
from mcp_server.policy import Policy, PolicyFile, Rule
from remote_script.headless.sets.generate import large_set
from tests.lean import demo_set
from tests.mcp_server.page.served import Served, served
from tests.mcp_server.page.test_alive import HOSTILE, with_name

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the path, such as Debian's package chromium"),
]
WAIT_MS = 60_000
"""A long limit for busy machines; the test looks for hangs."""
SIZES = {"desk": (1300, 900), "phone": (380, 780)}


class Browser:
    """A page in Chromium, in a thread; `live` runs an action in Live."""

    def __init__(self, page: Any, there: Served) -> None:
        self.page, self.there = page, there
        self.faults: list[str] = []
        page.set_default_timeout(WAIT_MS)
        page.on("console", lambda message: self._heard(message))
        page.on("pageerror", lambda problem: self.faults.append(str(problem)))
        page.on("dialog", lambda dialog: (self.faults.append("dialog"), dialog.dismiss()))
        page.on("request", lambda request: self._asked(request.url))

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(message.text)

    def _asked(self, url: str) -> None:
        if not url.startswith((f"http://127.0.0.1:{self.there.port}/", "data:")):
            self.faults.append(f"asked {url}")

    def live(self, do: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """Run an async function in the thread of Live and the server."""
        return trio.from_thread.run(partial(do, *args, **named))

    def by_hand(self, edit: Callable[[Any], Any]) -> None:
        self.live(self.there.whole.by_hand, edit)

    def call(self, tool: str, **arguments: Any) -> Any:
        return self.live(partial(self.there.whole.call, tool, **arguments))

    def see(self, text: str, where: str = "#plane") -> None:
        """Wait until the page shows a text."""
        self.page.wait_for_function(
            "([where, text]) => document.querySelector(where).textContent.includes(text)", arg=[where, text]
        )

    def show(self, view: str) -> None:
        self.page.click(f"#tab-{view}")
        self.page.wait_for_selector(f"#tab-{view}[aria-selected=true]")


@contextmanager
def chromium(there: Served, size: str = "desk") -> Iterator[Browser]:
    with sync_api.sync_playwright() as playwright:
        words = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        program = playwright.chromium.launch(executable_path=CHROMIUM, args=words)
        try:
            width, height = SIZES[size]
            page = program.new_context(viewport={"width": width, "height": height}).new_page()
            browser = Browser(page, there)
            page.goto(there.links[-1])
            page.wait_for_selector("#body svg")
            yield browser
            assert browser.faults == []
        finally:
            program.close()


@asynccontextmanager
async def opened(spec: Any = None, size: str = "desk", **options: Any) -> AsyncIterator[Callable[..., Any]]:
    """Serve the page of a Live in real time; yields a function that runs a test's function with its browser."""
    async with served(None, demo_set() if spec is None else spec, **options) as there:

        def run(test: Callable[[Browser], None]) -> None:
            with chromium(there, size) as browser:
                test(browser)

        async def go(test: Callable[[Browser], None]) -> None:
            await trio.to_thread.run_sync(run, test)

        yield go


async def test_grid_mixer_arrangement_roll_and_log_follow_live() -> None:
    def test(browser: Browser) -> None:
        browser.see("Drums")
        browser.by_hand(lambda song: setattr(song.tracks[0], "name", "Percussion"))
        browser.see("Percussion")
        browser.see("Percussion", "#log")
        browser.by_hand(lambda song: song.scenes[1].fire())
        browser.see("▶")
        browser.show("mixer")
        browser.call("set_track", track="tracks/1", volume="-17 dB")
        browser.see("-17.0 dB")
        browser.page.wait_for_selector(".meter")
        browser.see("tests", "#log")
        browser.see("-17.0 dB", "#log")
        browser.show("arrangement")
        browser.see("Intro")
        browser.by_hand(lambda song: setattr(song.cue_points[0], "name", "Opening"))
        browser.see("Opening")
        browser.by_hand(lambda song: setattr(song.view, "detail_clip", song.tracks[1].clip_slots[2].clip))
        browser.show("notes")
        browser.see("40 notes")
        browser.call("edit_notes", clip="tracks/1/clip_slots/2/clip", add="C5@15:0.5")
        browser.see("41 notes")

    async with opened() as go:
        await go(test)


async def visit(folder: Path) -> None:
    """Store a visit of the person, then restart Live without the last edits."""

    def edit(song: Any) -> None:
        song.tempo = 91.0
        song.tracks[1].name = "<img src=x onerror=alert(1)>"

    async with served(None, demo_set(), visits=folder) as there:
        page = await there.page()
        await page.look("session")
        await there.whole.by_hand(edit)
        await trio.sleep(2 * HERE_S)


async def test_changes_since_the_last_visit_are_reachable_by_keyboard_and_stay_dismissed(
    tmp_path: Path,
) -> None:
    def test(browser: Browser) -> None:
        page = browser.page
        page.wait_for_selector("#digest:not([hidden])")
        browser.see("2 changes in 2 objects since 20", "#digest-summary")
        assert page.locator("#digest details[open]").count() == 0
        assert page.locator("#digest-all").is_hidden()
        page.locator("#digest summary").nth(1).focus()
        page.keyboard.press("Enter")
        page.wait_for_selector("#digest details[open]")
        browser.see("<img src=x onerror=alert(1)>' is now called 'Keys'", "#digest details[open]")
        assert page.locator("#digest img").count() == 0
        page.focus("#digest-hide")
        page.keyboard.press("Enter")
        page.wait_for_selector("#digest", state="hidden")
        page.wait_for_selector("#scroller:focus")
        page.reload()
        page.wait_for_selector("#body svg")
        page.wait_for_timeout(2000 * HERE_S)
        assert page.locator("#digest").is_hidden()

    await visit(tmp_path)
    async with opened(visits=tmp_path) as go:
        await go(test)


async def test_the_playhead_moves_between_messages() -> None:
    places = """() => new Promise((done) => {
        const found = [], head = document.getElementById("playhead");
        const look = () => {
            found.push(head.hidden ? -1 : new DOMMatrix(getComputedStyle(head).transform).e);
            found.length < 180 ? requestAnimationFrame(look) : done(found);
        };
        requestAnimationFrame(look);
    })"""

    def test(browser: Browser) -> None:
        browser.show("arrangement")
        browser.see("Intro")
        browser.by_hand(lambda song: song.start_playing())
        browser.page.wait_for_selector("#playhead:not([hidden])")
        browser.page.wait_for_timeout(500)
        found = browser.page.evaluate(places)
        steps = [after - before for before, after in pairwise(found)]
        assert min(found) >= 0
        assert sum(step > 0 for step in steps) > len(steps) * 0.8, steps
        # Three seconds with three samples from Live: no sample moves the playhead back or makes it jump.
        assert min(steps) >= 0, steps
        assert max(steps) < 12, steps

    async with opened() as go:
        await go(test)


async def test_show_opens_the_object_and_revert_reverts_the_write() -> None:
    def test(browser: Browser) -> None:
        page = browser.page
        browser.call("set_track", track="tracks/1", volume="-9 dB")
        browser.see("-9.0 dB", "#log")
        entry = page.locator("#log > li", has_text="-9.0 dB").first
        entry.get_by_role("button", name="Show").click()
        page.wait_for_selector("#tab-mixer[aria-selected=true]")
        page.wait_for_selector("#mark:not([hidden])")
        entry.get_by_role("button", name="Revert").click()
        browser.see("person at the page", "#log")
        browser.see("Reverted", "#log")
        volume = browser.there.whole.mirror.resolve("tracks/1/mixer_device/volume")
        assert volume.props["display"] == "0.0 dB"

    async with opened() as go:
        await go(test)


@pytest.mark.parametrize("answer", ["Allow", "Deny"])
async def test_a_question_is_answered_in_the_page(answer: str) -> None:
    results: list[Any] = []

    async def delete(whole: Any) -> None:
        results.append(await whole.agent.client.call_tool("delete", {"targets": ["tracks/2"]}))

    async with served(
        None, demo_set(), policy=Policy(PolicyFile(rule=(Rule("ask", operations=("delete",)),)))
    ) as there:

        def test() -> None:
            with chromium(there) as browser:
                browser.page.wait_for_selector("#switch:not(:disabled)")
                browser.live(started, there.whole)
                browser.page.wait_for_selector(".question")
                assert "tracks/2" in browser.page.locator(".question").inner_text()
                assert browser.page.title().startswith("(1)")
                browser.page.get_by_role("button", name=answer).click()
                browser.page.wait_for_selector(".question", state="detached")

        async with anyio.create_task_group() as tasks:

            async def started(whole: Any) -> None:
                tasks.start_soon(delete, whole)

            await trio.to_thread.run_sync(test)
        assert results[0].is_error is (answer == "Deny")


async def test_hostile_names_stay_text() -> None:
    def test(browser: Browser) -> None:
        for name in HOSTILE:
            browser.by_hand(with_name(name))
            for view in ("session", "mixer", "arrangement", "notes"):
                browser.show(view)
                browser.page.wait_for_selector("#body svg")
            browser.page.wait_for_timeout(150)
            strange = "img, iframe, script:not([src]), object, [onerror], foreignObject"
            assert browser.page.locator(strange).count() == 0
            assert browser.page.evaluate("document.scripts.length") == 1
            wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert browser.page.evaluate(wide) <= 0
        browser.see('<img src=x onerror="alert(1)">', "#log")
        browser.page.click("#words summary")

    async with opened() as go:
        await go(test)


async def test_a_large_set_is_shown_by_parts_to_its_last_cell() -> None:
    spec = large_set(100, 10_000, 10_000, 2_000)
    spec.tracks[99].name = spec.tracks[99].user_name = "The last track"
    spec.scenes[-1].name = "The last scene"

    def test(browser: Browser) -> None:
        page = browser.page
        browser.see("Track 1")
        browser.see(f"100 tracks, {len(spec.scenes)} scenes", "#title")
        assert len(spec.scenes) == 200
        # Scrolled by a few screens each time.
        for step in range(1, 21):
            page.evaluate(
                "share => { const s = document.getElementById('scroller');"
                " s.scrollTo(s.scrollWidth * share, s.scrollHeight * share); }",
                step / 20,
            )
            page.wait_for_timeout(50)
        browser.see("The last track")
        browser.see("The last scene")
        assert page.locator(".part").count() < 60
        browser.show("mixer")
        page.evaluate("document.getElementById('scroller').scrollLeft = 1e6")
        browser.see("Main")
        browser.show("arrangement")
        browser.see("Part 1")

    # In slices, so that no time limit expires while a busy machine reads the Set.
    async with opened(spec, budget_s=0.05) as go:
        await go(test)


async def test_everything_is_reached_by_keyboard() -> None:
    def test(browser: Browser) -> None:
        page = browser.page
        browser.call("set_song", tempo=99)
        browser.see("99", "#log")
        page.focus("#tab-session")
        for view in ("arrangement", "mixer", "notes", "session"):
            page.keyboard.press("ArrowRight")
            page.wait_for_selector(f"#tab-{view}[aria-selected=true]:focus")
        page.focus("body")
        reached = set()
        for _ in range(40):
            page.keyboard.press("Tab")
            reached.add(
                page.evaluate(
                    "document.activeElement.id || document.activeElement.getAttribute('aria-label') || ''"
                )
            )
        assert reached >= {"switch", "tab-session", "scroller", "by-hand", "log"}, reached
        assert any(each.startswith("Revert") for each in reached), reached
        page.focus("#switch")
        page.keyboard.press("Space")
        page.wait_for_selector("#switch[aria-checked=true]")

    async with opened() as go:
        await go(test)


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The source of axe-core."""
    folder = tmp_path_factory.mktemp("axe")
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not on the path")
    words = [
        npm,
        "install",
        "--prefix",
        str(folder),
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        "axe-core@4",
    ]
    done = subprocess.run(words, capture_output=True, text=True, timeout=180)
    if done.returncode:
        pytest.skip(f"axe-core cannot be had from npm: {done.stderr.strip()[-200:]}")
    return Path(folder, "node_modules", "axe-core", "axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("size", list(SIZES))
async def test_axe_finds_no_serious_problem_in_light_and_dark(axe: str, size: str, tmp_path: Path) -> None:
    def test(browser: Browser) -> None:
        page = browser.page
        browser.call("set_track", track="tracks/1", color="#ff0000", volume="-9 dB")
        browser.see("-9.0 dB", "#log")
        page.click("#words summary")
        page.click("#digest summary")
        page.evaluate(axe)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for view in ("session", "arrangement", "mixer", "notes"):
                browser.show(view)
                page.wait_for_timeout(200)
                violations = page.evaluate("axe.run()")["violations"]
                serious = [
                    (violation["id"], violation["nodes"][0]["html"])
                    for violation in violations
                    if violation["impact"] in ("serious", "critical")
                ]
                assert serious == [], json.dumps(serious)

    await visit(tmp_path)
    async with opened(size=size, visits=tmp_path) as go:
        await go(test)


async def test_a_used_link_admits_no_second_browser() -> None:
    def test(browser: Browser) -> None:
        other = browser.page.context.browser.new_context().new_page()
        answer = other.goto(browser.there.links[0])
        assert answer.status == 401
        assert "used" in other.inner_text("body")
        assert other.context.cookies() == []
        cookie = browser.page.context.cookies()[0]
        assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
        assert browser.page.evaluate("document.cookie") == ""

    async with opened() as go:
        await go(test)
