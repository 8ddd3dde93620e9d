"""Access to the page: links, cookies, hosts, origins, proofs, and the limits of its headers."""

from __future__ import annotations

from typing import Any

import pytest

from mcp_server.guide import pages
from tests.mcp_server.page.served import Page, served


async def test_a_link_admits_one_browser_and_the_next_needs_a_new_link(autojump_clock: Any) -> None:
    async with served(autojump_clock) as browser:
        first = browser.path
        page = await browser.enter()
        assert page.status == 200
        assert b"<title>SetMirror</title>" in page.body
        assert (await browser.get(first)).status == 401
        assert len(browser.links) == 2
        assert browser.path != first
        assert (await browser.get(browser.path)).status == 303


async def test_the_cookie_is_for_this_page_only_and_no_script_reads_it(autojump_clock: Any) -> None:
    async with served(autojump_clock) as browser:
        opened = await browser.get(browser.path)
        name, *rules = (part.strip() for part in opened.headers["set-cookie"].split(";"))
        assert len(name) > 30
        assert set(rules) == {"HttpOnly", "SameSite=Lax", f"Path={opened.headers['location']}"}


@pytest.mark.parametrize("link", ["/open/", "/open/x", "/open", "/openx/../y"])
async def test_a_wrong_link_is_refused_and_leaves_the_valid_one_usable(
    autojump_clock: Any, link: str
) -> None:
    async with served(autojump_clock) as browser:
        assert (await browser.get(link)).status == 401
        assert (await browser.get(browser.path, method="HEAD")).status == 405
        assert (await browser.get(browser.path)).status == 303


async def test_without_the_cookie_nothing_is_served(autojump_clock: Any) -> None:
    async with served(autojump_clock) as browser:
        await browser.enter()
        for path in ("/", browser.root, f"{browser.root}main.js", f"{browser.root}live"):
            for cookie in ((), (("Cookie", "setmirror=" + "x" * 32),), (("Cookie", "setmirror="),)):
                assert (await browser.get(path, *cookie)).status == 401, (path, cookie)
        others = ("Cookie", f'a="; {browser.cookie}; setmirror=other')
        assert (await browser.get(browser.root, others)).status == 200


async def test_the_guide_is_on_the_page_as_it_is_in_the_terminal(autojump_clock: Any) -> None:
    async with served(autojump_clock) as browser:
        index = await browser.enter()
        assert b'href="guide/musicians"' in index.body
        cookie = ("Cookie", browser.cookie)
        for topic in pages.TOPICS:
            answer = await browser.get(f"{browser.root}guide/{topic}", cookie)
            assert answer.status == 200
            assert answer.headers["content-type"] == "text/html; charset=utf-8"
            text = answer.body.decode()
            assert "<script" not in text
            title = pages.text_of(topic).splitlines()[0].removeprefix("# ")
            assert f"<h1>{title.replace('`', '')}</h1>" in text.replace("<code>", "").replace("</code>", "")
            assert all(f'href="{other}"' in text for other in pages.TOPICS)
        assert (await browser.get(f"{browser.root}guide/nothing", cookie)).status == 404
        assert (await browser.get(f"{browser.root}guide/../main.js", cookie)).status == 404
        assert (await browser.get(f"{browser.root}guide/musicians")).status == 401


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:80"])
async def test_another_host_is_refused_also_with_the_cookie(autojump_clock: Any, host: str) -> None:
    async with served(autojump_clock) as browser:
        await browser.enter()
        assert (await browser.get(browser.root, ("Cookie", browser.cookie), host=host)).status == 421
        assert (await browser.get(browser.path, host=host)).status == 421
        assert await browser.socket([("Origin", f"http://{host}"), ("Cookie", browser.cookie)], host) == 403


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://127.0.0.1:{port}", "http://127.0.0.1:1", ""]
)
async def test_another_origin_is_refused_also_with_the_cookie(autojump_clock: Any, origin: str) -> None:
    async with served(autojump_clock) as browser:
        await browser.enter()
        shown, cookie = origin.format(port=browser.port), ("Cookie", browser.cookie)
        assert (await browser.get(browser.root, cookie, ("Origin", shown))).status == 403
        assert await browser.socket([("Origin", shown), cookie]) == 403
        assert await browser.socket([cookie]) == 403


async def test_a_websocket_needs_the_cookie_its_path_and_then_the_proof(autojump_clock: Any) -> None:
    async with served(autojump_clock) as browser:
        await browser.enter()
        origin = ("Origin", f"http://127.0.0.1:{browser.port}")
        assert await browser.socket([origin]) == 403
        assert await browser.socket(path=f"{browser.root}other") == 403
        told = ({"do": "hello", "proof": "x"}, {"do": "read_only", "on": True}, {"do": "hello"}, {})
        for message in told:
            page = await browser.socket()
            assert isinstance(page, Page)
            await page.say(**message)
            await page.until(lambda page=page: page.closed)
            assert page.closed == 4403
        assert not browser.whole.stage.script.guard.read_only


@pytest.mark.parametrize(
    "sent", [{"do": "what"}, {"do": "want", "keys": [1]}, {"do": "look", "view": "x"}, {"keys": []}]
)
async def test_an_invalid_message_disconnects_only_its_page(
    autojump_clock: Any, sent: dict[str, Any]
) -> None:
    async with served(autojump_clock) as browser:
        page, other = await browser.page(), await browser.page()
        await page.say(**sent)
        await page.until(lambda: page.closed)
        assert page.closed == 1008
        await other.look("session")
        await other.until(lambda: other.parts)


async def test_only_get_requests_for_files_of_the_page_are_served(autojump_clock: Any) -> None:
    async with served(autojump_clock) as browser:
        await browser.enter()
        cookie = ("Cookie", browser.cookie)
        for method in ("POST", "PUT", "DELETE", "OPTIONS"):
            assert (await browser.get(browser.root, cookie, method=method)).status == 405
        for name in ("../app.py", "%2e%2e/app.py", "static/main.js", "main.js/", "nothing.js"):
            assert (await browser.get(browser.root + name, cookie)).status == 404, name
        script = await browser.get(browser.root + "main.js", cookie)
        assert script.headers["content-type"] == "text/javascript; charset=utf-8"


async def test_the_policy_allows_nothing_inline_and_nothing_from_outside(autojump_clock: Any) -> None:
    async with served(autojump_clock) as browser:
        page = await browser.enter()
        rules = dict(
            rule.strip().split(" ", 1) for rule in page.headers["content-security-policy"].split(";")
        )
        assert rules["default-src"] == "'none'"
        assert rules["script-src"] == rules["style-src"] == "'self'"
        assert rules["frame-ancestors"] == rules["form-action"] == rules["base-uri"] == "'none'"
        assert "unsafe" not in page.headers["content-security-policy"]
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["cache-control"] == "no-store"
        refused = await browser.get("/")
        assert "content-security-policy" in refused.headers
        for text in (
            page.body,
            (await browser.get(f"{browser.root}page.css", ("Cookie", browser.cookie))).body,
        ):
            assert b"http://" not in text
            assert b"https://" not in text
            assert b" style=" not in text
            assert b"<script>" not in text
