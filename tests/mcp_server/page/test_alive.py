"""The messages to an open page as the Set changes, and the person's actions on the page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import anyio
import pytest
import trio

from mcp_server.page.live import HERE_S
from mcp_server.policy import Policy, PolicyFile, Rule
from mirror import gauges
from remote_script.headless.sets.generate import default_set
from tests.lean import demo_set
from tests.mcp_server.page.served import Page, Served, served

ASKING = Policy(PolicyFile(rule=(Rule("ask", operations=("delete",)),)))


def words(page: Page) -> list[str]:
    """All changes of the log: "who: where what: before → after"."""
    return [
        f"{entry['who']}: {each['where']} {each['what']}: {each['before']} → {each['after']}"
        for entry in page.log.values()
        for each in entry["changes"]
    ]


def drawn(page: Page) -> str:
    return "".join(page.parts.values())


async def test_the_session_follows_a_person_and_an_agent(autojump_clock: Any) -> None:
    async with served(autojump_clock, demo_set()) as browser:
        page = await browser.page()
        await page.look("session")
        await page.until(lambda: "Drums" in drawn(page))
        assert page.now["layout"]["title"].startswith("Session: 6 tracks, 8 scenes")
        assert page.now["status"]["synced"]

        await browser.whole.by_hand(lambda song: setattr(song.tracks[0], "name", "Percussion"))
        await page.until(lambda: "Percussion" in drawn(page))
        await browser.whole.call("set_clip", clip="tracks/1/clip_slots/2", name="Hymn")
        await page.until(lambda: "Hymn" in drawn(page))
        await browser.whole.by_hand(lambda song: song.scenes[0].fire())
        await page.until(lambda: "▶" in drawn(page))
        await browser.whole.call("create", kind="midi")
        await page.until(lambda: page.now["layout"]["title"].startswith("Session: 7 tracks"))


async def test_only_visible_changes_are_sent_again(autojump_clock: Any) -> None:
    async with served(autojump_clock, demo_set()) as browser:
        page = await browser.page()
        await page.look("session")
        await page.until(lambda: len(page.parts) == len(page.now["layout"]["areas"]))
        page.parts.clear()
        await browser.whole.by_hand(lambda song: setattr(song.tracks[2].clip_slots[1].clip, "name", "Low"))
        await page.until(lambda: page.parts)
        assert list(page.parts) == ["body/0/0"]


async def test_the_mixer_and_the_arrangement_follow(autojump_clock: Any) -> None:
    async with served(autojump_clock, demo_set()) as browser:
        page = await browser.page()
        await page.look("mixer")
        await page.until(lambda: "Drums" in drawn(page))
        await browser.whole.call("set_track", track="tracks/1", volume="-17 dB", panning="20R")
        await page.until(lambda: "-17.0 dB" in drawn(page) and "20R" in drawn(page))

        await page.look("arrangement")
        await page.until(lambda: "Intro" in drawn(page))
        await browser.whole.by_hand(lambda song: setattr(song.cue_points[0], "name", "Opening"))
        await page.until(lambda: "Opening" in drawn(page))
        await browser.whole.by_hand(lambda song: song.start_playing())
        await page.until(lambda: page.now.get("song", {}).get("playing"))
        before = page.now["song"]["beats"]
        await page.until(lambda: page.now["song"]["beats"] > before + 1)


async def test_the_roll_shows_the_clip_that_is_selected_in_live_and_where_it_plays(
    autojump_clock: Any,
) -> None:
    async with served(autojump_clock, demo_set()) as browser:
        page = await browser.page()
        await browser.whole.by_hand(
            lambda song: setattr(song.view, "detail_clip", song.tracks[1].clip_slots[2].clip)
        )
        await page.look("notes")
        await page.until(lambda: "40 notes" in drawn(page))
        await browser.whole.call("edit_notes", clip="tracks/1/clip_slots/2/clip", add="C5@15:0.5")
        await page.until(lambda: "41 notes" in drawn(page))
        await browser.whole.by_hand(lambda song: song.tracks[1].clip_slots[2].fire())
        await page.until(lambda: page.now.get("clip", {}).get("playing"))
        assert page.now["clip"]["loop"] == [0, 16]


async def test_a_page_can_select_a_clip_and_a_clip_without_notes_is_reported(autojump_clock: Any) -> None:
    async with served(autojump_clock, demo_set()) as browser:
        page = await browser.page()
        clip = browser.whole.mirror.resolve("tracks/0/clip_slots/1/clip")
        await page.look("notes", target=clip.id)
        await page.until(lambda: "Beat A" in drawn(page))
        audio = browser.whole.mirror.resolve("tracks/4/clip_slots/0/clip")
        await page.look("notes", target=audio.id)
        assert "has no notes" in page.now["layout"]["title"]


async def test_the_log_shows_authors_objects_and_former_and_new_values(autojump_clock: Any) -> None:
    async with served(autojump_clock, demo_set()) as browser:
        page = await browser.page()
        await browser.whole.call("set_track", track="tracks/1", volume="-9 dB", mute=True)
        await browser.whole.call("set_song", tempo=99)
        await browser.whole.call("edit_notes", clip="tracks/1/clip_slots/2/clip", add="C5@15:0.5")
        await browser.whole.by_hand(lambda song: setattr(song.tracks[0], "name", "Percussion"))
        await browser.whole.call("create", kind="midi", name="Pad")
        await page.until(lambda: any("Pad" in each for each in words(page)))
        told = words(page)
        for line in (
            "tests: Keys › Volume : 0.0 dB → -9.0 dB", "tests: Keys mute: off → on", "tests: Song tempo: 82 → 99",
            "Live: Percussion name: Drums → Percussion", "tests: Pad track is new:  → ",
        ):  # fmt: skip
            assert line in told, told
        assert any(each.startswith("tests: Keys › Chords notes: 1 added") for each in told), told
        writes = [entry for entry in page.log.values() if entry["write"]]
        assert len(writes) == 4
        assert all(any(change["id"] for change in entry["changes"]) for entry in writes)


async def test_a_moved_fader_is_one_line_and_envelope_movements_are_none(autojump_clock: Any) -> None:
    async with served(autojump_clock, demo_set()) as browser:
        page = await browser.page()
        await browser.whole.by_hand(lambda song: song.tracks[1].clip_slots[0].fire())
        for step in range(10):
            value = 0.3 + step / 100
            await browser.whole.by_hand(
                lambda song, value=value: setattr(song.tracks[2].mixer_device.volume, "value", value)
            )
            await trio.sleep(0.1)
        await browser.whole.by_hand(lambda song: setattr(song, "tempo", 77.0))
        await page.until(lambda: any("tempo" in each for each in words(page)))
        told = words(page)
        assert sum("Bass › Volume" in each for each in told) == 1, told
        assert not any("Keys › Volume" in each for each in told), told


async def test_show_locates_an_object_in_the_most_suitable_view(autojump_clock: Any) -> None:
    async with served(autojump_clock, demo_set()) as browser:
        page, mirror = await browser.page(), browser.whole.mirror
        await page.look("session")
        expected = {
            "tracks/1/clip_slots/2/clip": "session", "tracks/1": "session", "scenes/3": "session",
            "tracks/1/mixer_device/volume": "mixer", "return_tracks/0": "mixer", "cue_points/1": "arrangement",
            "tracks/0/arrangement_clips/0": "arrangement", "song": "session",
            "tracks/1/devices/0/parameters/1": "device",
        }  # fmt: skip
        for ref, view in expected.items():
            await page.say(do="show", id=mirror.resolve(ref).id)
            await page.until(lambda: page.replies)
            found = page.replies.pop()["show"]
            assert found["view"] == view, ref
            assert ref == "song" or len(found["box"]) == 4, ref
        await page.say(do="show", id=999_999)
        await page.until(lambda: page.replies)
        assert page.replies.pop()["show"]["gone"]


async def asked(browser: Served, page: Page, allow: bool) -> Any:
    """Let an agent delete a track while the page answers the question; returns the agent's answer."""
    got: list[Any] = []

    async def delete() -> None:
        result = await browser.whole.agent.client.call_tool("delete", {"targets": ["tracks/2"]})
        got.append(result)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(delete)
        await page.until(lambda: page.now.get("questions"))
        question = page.now["questions"][0]
        assert "tracks/2" in question["text"]
        assert 0 < question["left_s"] <= 120
        await page.say(do="answer", question=question["question"], allow=allow)
        await page.until(lambda: not page.now["questions"])
    return got[0]


@pytest.mark.parametrize("allow", [True, False], ids=["yes", "no"])
async def test_a_question_of_the_policy_is_answered_in_the_page(autojump_clock: Any, allow: bool) -> None:
    async with served(autojump_clock, demo_set(), policy=ASKING) as browser:
        page = await browser.page()
        await trio.sleep(1)
        tracks = len(browser.whole.stage.live.song.tracks)
        result = await asked(browser, page, allow)
        assert result.is_error is not allow
        assert len(browser.whole.stage.live.song.tracks) == tracks - allow


async def test_questions_are_followed_again_after_a_lost_link(autojump_clock: Any) -> None:
    async with served(autojump_clock, demo_set(), policy=ASKING) as browser:
        page = await browser.page()
        await page.until(lambda: "read_only" in page.now)
        browser.whole.cut()
        await trio.sleep(2)
        assert not (await asked(browser, page, True)).is_error


async def test_the_switch_refuses_all_writes_and_every_page_shows_it(autojump_clock: Any) -> None:
    async with served(autojump_clock, demo_set()) as browser:
        page, other = await browser.page(), await browser.page()
        await page.say(do="read_only", on=True)
        await other.until(lambda: other.now.get("read_only"))
        await browser.whole.refused("set_song", tempo=100)
        await other.say(do="read_only", on=False)
        await page.until(lambda: page.now.get("read_only") is False)
        await browser.whole.call("set_song", tempo=100)


async def test_clients_are_listed_including_those_behind_a_server(autojump_clock: Any) -> None:
    async with served(autojump_clock, demo_set()) as browser:
        page = await browser.page()
        await browser.whole.call("set_song", tempo=100)
        await page.until(lambda: any(each["clients"] for each in page.now.get("clients", [])))
        roles = {each["role"] for each in page.now["clients"]}
        assert roles == {"agent", "person"}


HOSTILE = (
    '<img src=x onerror="alert(1)">', "</text></svg><script>alert(1)</script>", "\u202egnp.exe", "x" * 10_000,
    "🎹🎛️👩‍🎤", "a\u0000b\ud800c", "&lt;b&gt; &amp; ' \" {{proof}}",
)  # fmt: skip


def with_name(name: str) -> Any:
    """A person's edit: all kinds of objects get a name (if it is a text), and the clip is selected."""
    safe = name.encode("utf-8", "ignore").decode()

    def rename(song: Any) -> None:
        clip = song.tracks[1].clip_slots[2].clip
        for each in (song.tracks[0], song.scenes[0], song.cue_points[0], clip):
            each.name = safe
        song.view.detail_clip = clip

    return rename


async def test_hostile_names_are_escaped_text_in_every_view(autojump_clock: Any) -> None:
    async with served(autojump_clock, demo_set()) as browser:
        page = await browser.page()
        for name in HOSTILE:
            await browser.whole.by_hand(with_name(name))
            for view in ("session", "mixer", "arrangement", "notes"):
                await page.look(view)
                await page.until(lambda: page.parts)
                svg = drawn(page)
                assert "<script" not in svg.lower()
                assert "<img" not in svg.lower()
                assert "\u202e" not in svg
                assert len(svg) < 400_000
            assert browser.proof not in drawn(page)


async def test_a_page_in_the_background_gets_questions_but_no_pictures(autojump_clock: Any) -> None:
    async with served(autojump_clock, demo_set(), policy=ASKING) as browser:
        page = await browser.page()
        await page.look("session")
        await page.until(lambda: page.parts)
        await page.say(do="look", view="session", visible=False)
        await trio.sleep(0.5)
        page.parts.clear()
        await browser.whole.by_hand(lambda song: setattr(song.tracks[0], "name", "Percussion"))
        assert not (await asked(browser, page, True)).is_error
        assert page.parts == {}
        await page.say(do="look", view="session", visible=True)
        await page.until(lambda: "Percussion" in drawn(page))


async def test_a_page_that_reads_nothing_delays_no_other_page(autojump_clock: Any) -> None:
    async with served(autojump_clock, demo_set()) as browser:
        deaf, page = await browser.page(), await browser.page()
        await deaf.say(do="look", view="session")
        await page.look("session")
        for number in range(30):
            name = f"Track {number}"
            await browser.whole.by_hand(lambda song, name=name: setattr(song.tracks[0], "name", name))
            await page.until(lambda name=name: name in drawn(page))
        await trio.sleep(1)
        # The page has acknowledged no message, so it was sent only one.
        deaf.ws.receive_data(await deaf.stream.receive_some(1 << 20))
        assert sum(event.message_finished for event in deaf.ws.events()) == 1


def gone() -> None:
    raise OSError("nobody listens")


async def test_the_page_reports_that_live_quit_and_continues_when_it_returns(
    autojump_clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served(autojump_clock, demo_set()) as browser:
        page = await browser.page()
        await page.look("session")
        await page.until(lambda: page.parts)
        with monkeypatch.context() as away:
            away.setattr(browser.whole.stage.listener, "connect", gone)
            browser.whole.cut()
            await page.until(lambda: not page.now["status"]["synced"])
        assert page.now["status"]["problem"]
        await browser.whole.by_hand(lambda song: setattr(song.tracks[0], "name", "While away"))
        await page.until(lambda: page.now["status"]["synced"])
        await page.until(lambda: "While away" in drawn(page))


async def test_revert_restores_a_write_in_the_persons_name_and_names_kept_changes(
    autojump_clock: Any,
) -> None:
    async with served(autojump_clock, demo_set()) as browser:
        page, song = await browser.page(), browser.whole.stage.live.song
        answer = await browser.whole.call(
            "set_track", track="tracks/1", volume="-9 dB", name="Organ", mute=True
        )
        await browser.whole.by_hand(lambda song: setattr(song.tracks[1], "name", "Mine"))
        await page.until(lambda: any("Mine" in each for each in words(page)))
        await page.say(do="revert", write=answer["write"])
        await page.until(lambda: page.replies)
        reply = page.replies.pop()
        assert reply["reverted"]["write"] == answer["write"]
        assert "Mine" in reply["reverted"]["left"]
        assert (song.tracks[1].name, song.tracks[1].mute) == ("Mine", False)
        await page.until(lambda: any(each.startswith("person at the page: ") for each in words(page)))
        assert "person at the page: Mine › Volume : -9.0 dB → 0.0 dB" in words(page)


async def test_an_impossible_revert_is_refused_with_the_reason(autojump_clock: Any) -> None:
    async with served(autojump_clock, demo_set()) as browser:
        page = await browser.page()
        answer = await browser.whole.call("set_song", tempo=99)
        await page.say(do="read_only", on=True)
        await page.until(lambda: page.now.get("read_only"))
        for write in (answer["write"], "nothing"):
            await page.say(do="revert", write=write)
            await page.until(lambda: page.replies)
            reply = page.replies.pop()
            assert reply["problem"]
            assert reply["write"] == write
        assert browser.whole.stage.live.song.tempo == 99


async def visited(clock: Any, folder: Path, edit: Any = None, hidden: bool = False) -> dict[str, Any]:
    """The page's digest of changes since the last visit, with or without an edit of its person."""
    async with served(clock, demo_set(), visits=folder) as browser:
        page = await browser.page()
        if hidden:
            # A hidden page gets no layout.
            await page.say(do="look", view="session", visible=False)
            await page.until(lambda: "digest" in page.now)
        else:
            await page.look("session")
        if edit is None:
            await page.until(lambda: page.now.get("digest"))
            await page.say(do="changes")
            await page.until(lambda: page.replies)
        else:
            await browser.whole.by_hand(edit)
            await trio.sleep(HERE_S + 0.5)
        return page.now["digest"] | (page.replies[0] if page.replies else {})


async def test_a_page_shows_changes_since_the_persons_last_visit(autojump_clock: Any, tmp_path: Path) -> None:
    def edit(song: Any) -> None:
        song.tempo = 91.0
        song.tracks[1].name = "<b>Piano</b>"

    # A hidden page does not count as a visit, so the next visit has no previous one.
    assert await visited(autojump_clock, tmp_path, edit, hidden=True) == {}
    assert await visited(autojump_clock, tmp_path, edit) == {}
    # Live came back without these edits.
    said = await visited(autojump_clock, tmp_path)
    assert {group["object"]: group["changes"] for group in said["groups"]} == {
        "song 'Lo-Fi Demo'": ["song 'Lo-Fi Demo': tempo 91.0 → 82.0"],
        "track 'Keys'": ["track '<b>Piano</b>' is now called 'Keys'"],
    }
    assert said["count"] == said["objects"] == 2
    assert said["changes"]["groups"] == said["groups"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", said["last_here"])


@pytest.mark.slow
async def test_a_digest_fits_on_a_screen_and_expands_on_demand(autojump_clock: Any, tmp_path: Path) -> None:
    def edit(song: Any) -> None:
        for track in song.tracks:
            for slot in track.clip_slots:
                if slot.has_clip:
                    slot.clip.name, slot.clip.muted, slot.clip.color = "Other", True, 0xFF3636

    await visited(autojump_clock, tmp_path, edit)
    said = await visited(autojump_clock, tmp_path)
    assert said["count"] > 40
    assert sum(1 + len(group["changes"]) for group in said["groups"]) <= 40
    assert sum(len(group["changes"]) for group in said["changes"]["groups"]) == said["count"]


async def test_no_polling_while_no_page_is_open(autojump_clock: Any) -> None:
    async with served(autojump_clock, demo_set(), policy=ASKING) as browser:
        page = await browser.page()
        await page.until(lambda: "read_only" in page.now)
        await trio.sleep(1)
        await page.stream.aclose()
        await trio.sleep(1)
        result = await browser.whole.agent.client.call_tool("delete", {"targets": ["tracks/2"]})
        assert result.is_error
        assert "nobody could be asked" in str(result.content)
        again = await browser.page()
        await trio.sleep(1)
        assert not (await asked(browser, again, True)).is_error


async def test_another_set_is_followed_and_state_of_the_former_is_dropped(autojump_clock: Any) -> None:
    async with served(autojump_clock, demo_set()) as browser:
        page, whole = await browser.page(), browser.whole
        clip = whole.mirror.resolve("tracks/1/clip_slots/2/clip")
        await page.look("notes", target=clip.id)
        await page.until(lambda: "40 notes" in drawn(page))
        answer = await whole.call("set_song", tempo=99)
        await page.until(lambda: any("tempo" in each for each in words(page)))
        epoch = whole.mirror.epoch
        whole.stage.live.open_set(default_set())
        await page.until(lambda: page.now["layout"]["title"].startswith("No clip"))
        assert page.now["layout"]["target"] is None
        await page.say(do="show", id=1, epoch=epoch)
        await page.until(lambda: page.replies)
        assert page.replies.pop()["show"]["gone"]
        await page.say(do="revert", write=answer["write"])
        await page.until(lambda: page.replies)
        assert page.replies.pop()["problem"]
        await page.look("session")
        await page.until(lambda: "1-MIDI" in drawn(page) or "MIDI" in drawn(page))


ASKS_S = 2.0


async def requests_in(browser: Served, seconds: float) -> int:
    """The number of requests of all clients to the script in a time, without the request that counts them."""
    counts = []
    for _ in range(2):
        status = await browser.whole.mirror.script_status()
        counts.append(int(status["server"]["requests"]))
        await trio.sleep(seconds)
    return counts[1] - counts[0] - 1


@pytest.mark.slow
async def test_only_visible_values_without_listeners_are_polled(
    autojump_clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gauges, "ASKED_S", 1.0)
    async with served(autojump_clock, demo_set()) as browser:
        await browser.whole.by_hand(lambda song: song.tracks[1].clip_slots[2].fire())
        clip = browser.whole.mirror.resolve("tracks/1/clip_slots/2/clip").id
        await trio.sleep(3)
        alone = await requests_in(browser, ASKS_S)
        page = await browser.page()
        asked: dict[str, int] = {}
        for view, target in (("session", None), ("notes", clip), ("arrangement", None)):
            await page.look(view, target=target)
            async with trio.open_nursery() as nursery:
                nursery.start_soon(page.until, lambda: False)
                await trio.sleep(1)
                asked[view] = await requests_in(browser, ASKS_S) - alone
                nursery.cancel_scope.cancel()
        await page.say(do="look", view="arrangement", visible=False)
        await trio.sleep(2)
        # The page requests the list of clients every 2 s, positions every second.
        clients, positions = 1 + ASKS_S / 2, 1 + ASKS_S
        assert asked["session"] <= clients
        assert 0 < asked["notes"] <= clients + positions
        assert 0 < asked["arrangement"] <= clients + positions
        assert await requests_in(browser, ASKS_S) == alone


async def test_meters_are_read_only_for_visible_strips(autojump_clock: Any) -> None:
    async with served(autojump_clock, demo_set()) as browser:
        await browser.whole.by_hand(lambda song: song.tracks[1].clip_slots[2].fire())
        page = await browser.page()
        await page.look("mixer")
        await page.until(lambda: "tracks/1" in page.now.get("meters", {}))
        assert {"tracks/0", "master_track"} <= page.now["meters"].keys()
        for keys, shown in (
            (["body/1"], {"master_track"}),
            (["body/9", "body/x", "x", "body/99999999999"], set()),
        ):
            await page.say(do="want", keys=keys)
            await page.until(lambda shown=shown: set(page.now["meters"]) == shown)


async def test_the_arrangement_names_newly_automated_parameters(autojump_clock: Any) -> None:
    async with served(autojump_clock, demo_set()) as browser:
        page = await browser.page()
        await page.look("arrangement")
        await page.until(lambda: "Bass" in page.parts.get("side/0", ""))
        assert "Track Volume" not in page.parts["side/0"]
        await browser.whole.call(
            "edit_envelope",
            track="tracks/2",
            parameter="tracks/2/mixer_device/volume",
            ramps=[{"time": 256, "length": 8, "from": "-12 dB", "to": "0 dB"}],
        )
        await page.until(lambda: "~ Track Volume" in page.parts["side/0"])


async def test_texts_at_the_edge_of_a_part_are_complete_or_continue_in_the_next(
    autojump_clock: Any,
) -> None:
    async with served(autojump_clock, demo_set()) as browser:
        page = await browser.page()
        for zoom in (2.9, 3.0, 3.1, 3.2, 3.3):
            await page.look("arrangement", width=1000, zoom=zoom)
            await page.until(lambda: len(page.parts) == len(page.now["layout"]["areas"]))
            check_heads(page)


def check_heads(page: Page) -> None:
    """Check that each text of the ruler has one place in all parts, and that the part in which it begins draws it."""
    heads = [
        (x, width, page.parts[key])
        for key, layer, x, _, width, _ in page.now["layout"]["areas"]
        if layer == "head"
    ]
    assert len(heads) > 2
    texts: dict[str, set[float]] = {}
    for x, _, part in heads:
        for at, text in re.findall(r'<text x="([-\d.]+)"[^>]*>([^<]+)</text>', part):
            texts.setdefault(text, set()).add(round(float(at) + x, 1))
    for text, places in texts.items():
        (place,) = places
        assert [f">{text}<" in part for x, width, part in heads if x <= place < x + width] == [True], text
    numbers = sorted(int(text) for text in texts if text.isdigit())
    assert numbers == list(range(1, 41, numbers[1] - numbers[0]))
    assert {"Intro", "Verse", "Hook", "Outro"} <= texts.keys()
