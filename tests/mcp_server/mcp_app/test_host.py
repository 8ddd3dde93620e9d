"""The MCP App in a real host: AppBridge of npm's ext-apps, in Chromium over our HTTP server, with a person in Live.

Needs playwright (the extra `browser`), a Chromium and npm on the path.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trio

from mcp_server.http import http
from mirror import load_token
from mirror.token import bearer
from tests.lean import demo_set
from tests.mcp_server.page.test_alive import HOSTILE, with_name
from tests.whole import Whole, whole_path

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the path, such as Debian's package chromium"),
]
PACKAGES = (
    "@modelcontextprotocol/ext-apps@2",
    "@modelcontextprotocol/client@2",
    "esbuild@0.25",
    "axe-core@4",
)
FILES = Path(__file__).parent / "host"
WAIT_MS = 60_000
"""A long limit for busy machines; the test looks for hangs."""
CLIP = "tracks/1/clip_slots/2/clip"


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the host's files, its bundled script, and axe-core."""
    folder = tmp_path_factory.mktemp("host")
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("npm and node are not on the path")
    for path in FILES.iterdir():
        shutil.copy(path, folder)
    (folder / "package.json").write_text('{"type": "module"}')
    install = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", *PACKAGES]
    script = str(folder / "host.js")
    bundle = [
        str(folder / "node_modules" / ".bin" / "esbuild"),
        script,
        "--bundle",
        f"--outfile={script}",
        "--allow-overwrite",
    ]
    for command in (install, bundle):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240)
        if done.returncode:
            pytest.skip(f"{PACKAGES[0]} cannot be had from npm: {done.stderr.strip()[-200:]}")
    return folder


class Conversation:
    """The host's page in Chromium, in a thread, with one view in it."""

    def __init__(self, page: Any, whole: Whole) -> None:
        self.page, self.whole = page, whole
        self.faults: list[str] = []
        page.set_default_timeout(WAIT_MS)
        page.on("console", self._on_console)
        page.on("pageerror", lambda problem: self.faults.append(str(problem)))
        page.on("dialog", lambda dialog: (self.faults.append("dialog"), dialog.dismiss()))
        page.on("request", lambda request: self._on_request(request.url))

    def _on_console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(message.text)

    def _on_request(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "data:", "about:")):
            self.faults.append(f"asked {url}")

    @property
    def view(self) -> Any:
        """The view's frame inside the sandbox's frame."""
        return self.page.frame_locator("#conversation iframe").frame_locator("iframe")

    @property
    def frame(self) -> Any:
        """The view's frame as an object that can evaluate scripts."""
        return self.page.frames[-1]

    def host(self, expression: str, *arguments: Any) -> Any:
        return self.page.evaluate(f"(given) => window.host.{expression}", list(arguments))

    def show(self, tool: str, arguments: dict[str, Any], **context: Any) -> Any:
        """Call a tool as the host's model does, and show its view."""
        shown = self.host("show(...given)", tool, arguments, context)
        self.view.locator("#body svg").first.wait_for()
        return shown

    def live(self, do: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """Run an async function in the thread of Live and the server."""
        return trio.from_thread.run(partial(do, *args, **named))

    def by_hand(self, edit: Callable[[Any], Any]) -> None:
        self.live(self.whole.by_hand, edit)

    def see(self, text: str, where: str = "#plane") -> None:
        """Wait until the view shows a text."""
        self.view.locator(where).filter(has_text=text).first.wait_for()

    def press(self, name: str) -> None:
        self.view.get_by_role("button", name=name, exact=True).click()

    def calls(self) -> list[str]:
        return list(self.page.evaluate("window.host.calls"))

    def until(self, condition: str) -> None:
        self.page.wait_for_function(condition)

    def display(self, ref: str) -> Any:
        return self.whole.mirror.resolve(ref).props["display"]


@contextmanager
def hosting(folder: Path, port: int, who: str) -> Iterator[tuple[int, int]]:
    """The host's two servers in Node: the ports of the conversation and of the sandbox."""
    words = [str(shutil.which("node")), str(folder / "serve.mjs"), str(folder), str(port), who]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            conversation, sandbox = json.loads(process.stdout.readline())
            yield conversation, sandbox
        finally:
            process.kill()


@contextmanager
def conversing(whole: Whole, folder: Path, port: int, width: int) -> Iterator[Conversation]:
    with (
        hosting(folder, port, bearer(load_token(), "host")) as (conversation, sandbox),
        sync_api.sync_playwright() as playwright,
    ):
        words = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        program = playwright.chromium.launch(executable_path=CHROMIUM, args=words)
        try:
            page = program.new_context(viewport={"width": width, "height": 700}).new_page()
            there = Conversation(page, whole)
            page.goto(f"http://127.0.0.1:{conversation}/")
            offered = there.host("connect(given[0])", f"http://127.0.0.1:{sandbox}/")
            assert offered["announced"] == {"io.modelcontextprotocol/ui": {}}
            assert offered["forModels"] == len(whole.engine.tools)
            assert offered["forViews"] == ["follow_view"]
            yield there
            assert there.faults == []
        finally:
            program.close()


@asynccontextmanager
async def opened(folder: Path, width: int = 800, spec: Any = None) -> AsyncIterator[Callable[..., Any]]:
    """Run Live in real time, our HTTP server and a host; yields a function that runs a test's function."""
    async with (
        whole_path(demo_set() if spec is None else spec, tick_s=0.02) as whole,
        trio.open_nursery() as nursery,
    ):
        urls, stop = [], trio.Event()
        started = trio.Event()

        def ready(url: str) -> None:
            urls.append(url)
            started.set()

        nursery.start_soon(http, whole.engine, load_token(), "1", 0, stop, ready)
        await started.wait()
        port = int(urls[0].split(":")[2].partition("/")[0])

        def run(test: Callable[[Conversation], None]) -> None:
            with conversing(whole, folder, port, width) as there:
                test(there)

        async def go(test: Callable[[Conversation], None]) -> None:
            await trio.to_thread.run_sync(run, test)

        yield go
        stop.set()


async def test_a_view_is_initialized_follows_a_person_and_is_torn_down(built: Path) -> None:
    def test(there: Conversation) -> None:
        shown = there.show("look", {})
        assert shown["app"]["name"] == "setmirror"
        assert shown["text"] == ["text", "image"]
        there.see("Session: 6 tracks", "#title")
        there.see("Drums")
        there.by_hand(lambda song: setattr(song.tracks[0], "name", "Percussion"))
        there.see("Percussion")
        there.by_hand(lambda song: song.scenes[1].fire())
        there.see("▶")
        # The frame has the height that the view requested, so nothing is cut off.
        there.page.wait_for_timeout(300)
        height = there.frame.evaluate("document.getElementById('all').getBoundingClientRect().height")
        assert there.page.locator("#conversation iframe").bounding_box()["height"] == pytest.approx(
            height, abs=1
        )
        assert there.host("teardown()") == {}
        calls = len(there.calls())
        there.by_hand(lambda song: setattr(song.tracks[0], "name", "Perc"))
        there.page.wait_for_timeout(500)
        assert len(there.calls()) == calls

    async with opened(built) as go:
        await go(test)


async def test_a_view_depends_on_the_input_and_the_result_of_its_call(built: Path) -> None:
    def test(there: Conversation) -> None:
        there.show("look", {"targets": [CLIP]})
        there.see("40 notes")
        there.view.locator("#tab-notes[aria-selected=true]").wait_for()
        there.show("look", {"targets": [CLIP, "tracks/0/clip_slots/1"]})
        there.see("Beat A")
        there.see("Chords")
        there.show("analyze", {})
        there.view.locator("#tab-arrangement[aria-selected=true]").wait_for()
        there.show("set_device", {"device": "tracks/1/devices/0", "parameters": {"Device On": "off"}})
        there.view.locator("#tab-device[aria-selected=true]").wait_for()
        there.see("Device On", "#log")

    async with opened(built) as go:
        await go(test)


async def test_a_change_is_shown_reverted_and_compared_by_its_buttons(built: Path) -> None:
    volume = "tracks/1/mixer_device/volume"

    def test(there: Conversation) -> None:
        there.show("set_track", {"track": "tracks/1", "volume": "-9 dB"})
        there.see("0.0 dB → -9.0 dB", "#log")
        there.see("-9.0 dB")
        there.view.locator("#mark:not([hidden])").wait_for()
        there.press("Compare: before")
        there.view.get_by_role("button", name="Compare: after").wait_for()
        assert there.display(volume) == "0.0 dB"
        there.press("Compare: after")
        there.view.get_by_role("button", name="Revert", exact=True).wait_for()
        assert there.display(volume) == "-9.0 dB"
        there.press("Revert")
        there.view.get_by_role("button", name="Reverted").wait_for()
        assert there.display(volume) == "0.0 dB"
        there.until("window.host.contexts.length === 3")
        contexts = there.page.evaluate("window.host.contexts")
        assert "reverted write" in contexts[0]
        assert "brought back write" in contexts[1]
        # A value that somebody changed since is left, and the view reports that.
        there.show("set_track", {"track": "tracks/2", "volume": "-9 dB"})
        there.by_hand(lambda song: setattr(song.tracks[2].mixer_device.volume, "value", 0.3))
        there.press("Revert")
        there.view.locator("#notice:not([hidden])").wait_for()

    async with opened(built) as go:
        await go(test)


async def test_a_dry_run_is_tried_and_a_clip_is_fired_from_the_view(built: Path) -> None:
    def test(there: Conversation) -> None:
        edits = [{"edit": "transpose", "semitones": 1}]
        there.show("transform_notes", {"clips": [CLIP], "edits": edits, "dry_run": True})
        there.see("Dry run", "#log")
        notes = there.whole.mirror.notes(CLIP)
        before = sorted(note.pitch for note in notes)
        there.press("Try it")
        there.view.get_by_role("button", name="Revert", exact=True).wait_for()
        assert sorted(note.pitch for note in there.whole.mirror.notes(CLIP)) == [
            pitch + 1 for pitch in before
        ]
        there.press("Fire")
        there.view.locator("#playhead:not([hidden])").wait_for()
        assert (
            there.whole.mirror.resolve(CLIP).props["is_playing"]
            or there.whole.mirror.resolve(CLIP).props["is_triggered"]
        )

    async with opened(built) as go:
        await go(test)


async def test_a_refusal_and_a_cancelled_call_are_shown(built: Path) -> None:
    def test(there: Conversation) -> None:
        there.host("show(...given)", "set_track", {"track": "Nobody", "volume": "-9 dB"})
        there.see("Nothing is named 'Nobody'", "#notice")
        assert not there.view.locator("#set").is_visible()

    async with opened(built) as go:
        await go(test)


async def test_theme_and_size_follow_the_host(built: Path) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    plane = "getComputedStyle(document.getElementById('plane')).backgroundColor"

    def test(there: Conversation) -> None:
        there.show("look", {})
        assert there.frame.evaluate(f"[{ground}, {plane}]") == ["rgb(255, 255, 255)", "rgb(244, 244, 242)"]
        there.host("context(given[0])", {"theme": "dark"})
        there.frame.wait_for_function(f"() => {plane} === 'rgb(29, 29, 31)'")
        assert there.frame.evaluate(ground) == "rgb(29, 29, 31)"
        variables = {"--color-background-primary": "#102030", "--evil": "x", "color": "red"}
        there.host("context(given[0])", {"styles": {"variables": variables}})
        there.frame.wait_for_function(f"() => {ground} === 'rgb(16, 32, 48)'")
        assert there.frame.evaluate("document.documentElement.style.getPropertyValue('--evil')") == ""
        there.host("context(given[0])", {"containerDimensions": {"maxHeight": 320}})
        there.page.wait_for_timeout(300)
        assert there.page.locator("#conversation iframe").bounding_box()["height"] <= 330

    async with opened(built) as go:
        await go(test)


async def test_a_hidden_view_sends_no_requests_although_meters_move(built: Path) -> None:
    def test(there: Conversation) -> None:
        there.by_hand(lambda song: song.scenes[1].fire())
        there.show("look", {"view": "mixer"})
        there.frame.wait_for_selector(".meter")
        scale = "document.querySelector('[data-meter$=\"master_track\"]').style.transform"
        first = there.frame.evaluate(scale)
        there.frame.wait_for_function(f"first => {scale} !== first", arg=first)
        there.page.evaluate("document.getElementById('below').style.height = '5000px'")
        there.page.evaluate("scrollTo(0, 5000)")
        there.page.wait_for_timeout(500)
        calls = len(there.calls())
        for name in ("One", "Two", "Three"):
            there.by_hand(lambda song, name=name: setattr(song.tracks[0], "name", name))
            there.page.wait_for_timeout(300)
        assert len(there.calls()) == calls
        there.page.evaluate("scrollTo(0, 0)")
        there.see("Three")

    async with opened(built) as go:
        await go(test)


async def test_hostile_names_stay_text_in_a_view(built: Path) -> None:
    def test(there: Conversation) -> None:
        for name in HOSTILE:
            there.by_hand(with_name(name))
            there.show("set_track", {"track": 0, "mute": True})
            there.show("set_track", {"track": 0, "mute": False})
            for view in ("session", "mixer", "arrangement", "notes"):
                there.view.locator(f"#tab-{view}").click()
                there.view.locator("#body svg").first.wait_for()
            there.page.wait_for_timeout(150)
            strange = "img, iframe, script[src], object, [onerror], foreignObject"
            assert there.view.locator(strange).count() == 0
            assert there.frame.evaluate("document.scripts.length") == 1
            assert (
                there.frame.evaluate(
                    "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                )
                <= 0
            )

    async with opened(built) as go:
        await go(test)


@pytest.mark.parametrize("width", [400, 800])
async def test_axe_finds_no_serious_problem_in_a_view(built: Path, width: int) -> None:
    axe = (built / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")

    def test(there: Conversation) -> None:
        for theme in ("light", "dark"):
            there.show(
                "set_track", {"track": 1, "volume": f"{-9 if theme == 'dark' else -8} dB"}, theme=theme
            )
            there.see("dB", "#log")
            there.frame.evaluate(axe)
            for view in ("session", "arrangement", "mixer", "notes"):
                there.view.locator(f"#tab-{view}").click()
                there.page.wait_for_timeout(200)
                serious = [
                    (each["id"], each["nodes"][0]["html"])
                    for each in there.frame.evaluate("axe.run()")["violations"]
                    if each["impact"] in ("serious", "critical")
                ]
                assert serious == [], (theme, view, json.dumps(serious))

    async with opened(built, width) as go:
        await go(test)
