"""The browser client against a server that a test commands frame by frame."""

import itertools

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.site import Screen, Site

VALUE = ".tile [data-series='1']"
DROPPED = "WebSocket connection to"


async def opened(open_page: OpenPage, site: Site, **options: object) -> tuple[Page, Screen]:
    page = await open_page(**options)
    screen = await site.screen()
    await expect(page.locator(VALUE)).to_have_text("7")
    return page, screen


async def test_it_shows_the_snapshot(open_page: OpenPage, site: Site) -> None:
    page, _ = await opened(open_page, site)
    await expect(page.locator("#board-title")).to_have_text("Sales floor")
    await expect(page.locator("#lamp")).to_have_attribute("data-state", "live")
    await expect(page.locator("article.tile")).to_have_attribute("data-state", "live")
    await expect(page.locator("article.tile")).to_have_attribute("data-level", "normal")


async def test_it_patches_a_value_in_place(open_page: OpenPage, site: Site) -> None:
    page, screen = await opened(open_page, site)
    element = await page.locator(VALUE).element_handle()
    assert element
    await screen.update(1, {"1": [8, site.sample.now, "ok"]})
    await expect(page.locator(VALUE)).to_have_text("8")
    assert await element.evaluate("element => element.isConnected && element.textContent") == "8"


async def test_it_asks_for_a_snapshot_after_a_gap_without_the_points_it_has(open_page: OpenPage, site: Site) -> None:
    page, screen = await opened(open_page, site)
    await screen.update(2, {"1": [9, site.sample.now, "ok"]})
    assert await screen.wait_for_type("resync") == {"type": "resync", "history": False}
    await expect(page.locator(VALUE)).to_have_text("7")
    site.sample.values["1"] = [11, site.sample.now, "ok"]
    await screen.send(site.sample.snapshot(seq=5, history=False))
    await expect(page.locator(VALUE)).to_have_text("11")
    await screen.update(6, {"1": [12, site.sample.now, "ok"]})
    await expect(page.locator(VALUE)).to_have_text("12")


async def test_it_asks_for_a_snapshot_when_the_epoch_is_another(open_page: OpenPage, site: Site) -> None:
    _, screen = await opened(open_page, site)
    await screen.update(1, {"1": [9, site.sample.now, "ok"]}, epoch="e2")
    await screen.wait_for_type("resync")


async def test_it_asks_for_a_snapshot_when_a_heartbeat_is_ahead(open_page: OpenPage, site: Site) -> None:
    _, screen = await opened(open_page, site)
    await screen.heartbeat(3, site.sample.now)
    await screen.wait_for_type("resync")


async def test_it_ignores_a_frame_it_has_seen(open_page: OpenPage, site: Site) -> None:
    page, screen = await opened(open_page, site)
    await screen.update(1, {"1": [8, site.sample.now, "ok"]})
    await screen.update(1, {"1": [99, site.sample.now, "ok"]})
    await screen.heartbeat(1, site.sample.now)
    await screen.wait_for_type("ack")
    await expect(page.locator(VALUE)).to_have_text("8")
    assert [message for message in screen.received if message["type"] == "resync"] == []


async def test_it_acknowledges_each_heartbeat(open_page: OpenPage, site: Site) -> None:
    _, screen = await opened(open_page, site)
    await screen.update(1, {"1": [8, site.sample.now, "ok"]})
    await screen.heartbeat(1, site.sample.now)
    assert await screen.wait_for_type("ack") == {"type": "ack", "seq": 1}


async def test_it_acknowledges_at_least_every_32_frames(open_page: OpenPage, site: Site) -> None:
    _, screen = await opened(open_page, site)
    for seq in range(1, 65):
        await screen.update(seq, {"1": [seq, site.sample.now, "ok"]})
    await screen.wait_for(lambda message: message["type"] == "ack" and message["seq"] >= 33)
    acks = [0, *(message["seq"] for message in screen.received if message["type"] == "ack")]
    assert max(later - earlier for earlier, later in itertools.pairwise(acks)) <= 32


async def test_a_link_frame_is_named_by_the_lamp(open_page: OpenPage, site: Site) -> None:
    page, screen = await opened(open_page, site)
    link = {"type": "link", "epoch": "e1", "connection": "main", "since": site.sample.now, "reason": "Maintenance"}
    await screen.send(link | {"seq": 1, "state": "unavailable"})
    await expect(page.locator("#lamp-text")).to_contain_text("Genesys main unavailable since")
    await expect(page.locator("#lamp")).to_have_attribute("title", "Maintenance")
    await screen.send(link | {"seq": 2, "state": "live"})
    await expect(page.locator("#lamp-text")).to_have_text("Live")


@pytest.mark.parametrize(("bridge", "words"), [("late", "Bridge late since"), ("down", "Bridge down since")])
async def test_a_silent_bridge_is_named_by_the_lamp(open_page: OpenPage, site: Site, bridge: str, words: str) -> None:
    page, screen = await opened(open_page, site)
    await screen.heartbeat(0, site.sample.now, bridge=bridge)
    await expect(page.locator("#lamp-text")).to_contain_text(words)


async def test_a_change_of_level_is_announced_once(open_page: OpenPage, site: Site) -> None:
    page, screen = await opened(open_page, site)
    levels = {"number-1": {"1": ["critical", site.sample.now]}}
    await screen.update(1, {"1": [17, site.sample.now, "ok"]}, levels=levels)
    await expect(page.locator("article.tile")).to_have_attribute("data-level", "critical")
    await expect(page.locator("#announcer")).to_have_text("Waiting: critical")
    await expect(page.locator(".tile-foot")).to_contain_text("critical")


async def test_silence_for_15_seconds_is_said_and_ends_in_a_new_socket(open_page: OpenPage, site: Site) -> None:
    page, _ = await opened(open_page, site, clock=True)
    await page.clock.fast_forward(8_000)
    await expect(page.locator("#lamp")).to_have_attribute("data-state", "live")
    site.answers_sockets = False
    page.expected.append(DROPPED)  # type: ignore[attr-defined]
    await page.clock.fast_forward(7_500)
    await expect(page.locator("#lamp-text")).to_contain_text("This screen lost its connection")
    await expect(page.locator("article.tile")).to_have_attribute("data-state", "late")
    await expect(page.locator(VALUE)).to_have_text("7")
    site.answers_sockets = True
    await page.clock.run_for(11_000)
    await site.screen(1)
    await expect(page.locator("#lamp-text")).to_have_text("Live")
    await expect(page.locator("article.tile")).to_have_attribute("data-state", "live")


async def test_tries_that_fail_leave_the_lamp_reconnecting(open_page: OpenPage, site: Site) -> None:
    page, screen = await opened(open_page, site, clock=True)
    page.expected.append(DROPPED)  # type: ignore[attr-defined]
    site.answers_sockets = False
    await screen.close(1001)
    # The clock goes on by itself, too, and another word comes after 15 s.
    await expect(page.locator("#lamp-text")).to_contain_text("This screen is reconnecting")
    for _ in range(5):
        await page.clock.run_for(1_000)
        await expect(page.locator("#lamp-text")).to_contain_text("This screen is reconnecting", timeout=1_000)


async def test_a_lost_screen_ages_its_values(open_page: OpenPage, site: Site) -> None:
    page, screen = await opened(open_page, site, clock=True)
    page.expected.append(DROPPED)  # type: ignore[attr-defined]
    site.answers_sockets = False
    await screen.close(1001)
    tile = page.locator("article.tile")
    for wait, state in ((16_000, "late"), (45_000, "stale"), (540_000, "unknown")):
        await page.clock.fast_forward(wait)
        await page.clock.run_for(1_000)
        await expect(tile).to_have_attribute("data-state", state)
    await expect(page.locator(VALUE)).to_have_text("—")


@pytest.mark.parametrize(
    ("code", "words"),
    [(4401, "Nobody is signed in"), (4403, "may not see this wallboard"), (4404, "does not exist any more")],
)
async def test_a_refusal_is_explained_and_not_retried(open_page: OpenPage, site: Site, code: int, words: str) -> None:
    page, screen = await opened(open_page, site, clock=True)
    await screen.close(code)
    await expect(page.locator("#notice")).to_contain_text(words)
    await expect(page.locator("#lamp-text")).to_contain_text("This screen lost its connection")
    await page.clock.run_for(60_000)
    assert len(site.screens) == 1
    href = await page.locator("#notice a").get_attribute("href")
    assert href == ("/accounts/login/?next=%2Fwallboards%2Fsales%2F" if code == 4401 else "/")


@pytest.mark.parametrize("code", [1001, 1011, 4408])
async def test_another_close_is_retried(open_page: OpenPage, site: Site, code: int) -> None:
    page, screen = await opened(open_page, site, clock=True)
    site.sample.values["1"] = [21, site.sample.now, "ok"]
    await screen.close(code)
    await page.clock.run_for(1_100)
    await site.screen(1)
    await expect(page.locator(VALUE)).to_have_text("21")


async def test_a_server_that_accepts_and_closes_is_not_hammered(open_page: OpenPage, site: Site) -> None:
    page, screen = await opened(open_page, site, clock=True)
    site.refuse_with = 1011
    await screen.close(1011)
    for _ in range(30):
        await page.clock.run_for(1_000)
    assert 2 <= len(site.screens) <= 14


async def test_another_version_reloads_the_page_once_in_five_minutes(open_page: OpenPage, site: Site) -> None:
    page, screen = await opened(open_page, site, clock=True)
    await screen.send(site.sample.snapshot(seq=1, version="2"))
    async with page.expect_navigation():
        await page.clock.run_for(11_000)
    again = await site.screen(1)
    served = site.pages_served
    await again.send(site.sample.snapshot(seq=1, version="2"))
    await page.clock.run_for(60_000)
    assert site.pages_served == served


async def test_a_tile_that_did_not_change_survives_a_snapshot(open_page: OpenPage, site: Site) -> None:
    page, screen = await opened(open_page, site)
    await page.evaluate("document.querySelector('.tile').kept = true")
    await screen.send(site.sample.snapshot(epoch="e9", seq=40))
    await screen.update(41, {"1": [3, site.sample.now, "ok"]}, epoch="e9")
    await expect(page.locator(VALUE)).to_have_text("3")
    assert await page.evaluate("document.querySelector('.tile').kept")


async def test_a_new_epoch_on_the_same_socket_does_not_flash(open_page: OpenPage, site: Site) -> None:
    page, screen = await opened(open_page, site)
    await page.evaluate("""() => {
        window.seen = [];
        const look = () => seen.push(document.querySelector(".tile [data-series='1']")?.textContent ?? "gone");
        new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
    }""")
    site.sample.values["1"] = [8, site.sample.now, "ok"]
    await screen.send(site.sample.snapshot(epoch="e2", seq=4))
    await screen.update(5, {"1": [9, site.sample.now, "ok"]}, epoch="e2")
    await screen.heartbeat(5, site.sample.now, epoch="e2")
    assert await screen.wait_for_type("ack") == {"type": "ack", "seq": 5}
    await expect(page.locator(VALUE)).to_have_text("9")
    assert set(await page.evaluate("seen")) <= {"7", "8", "9"}
    assert len(site.screens) == 1
    assert [message for message in screen.received if message["type"] == "resync"] == []


async def test_a_changed_layout_is_drawn_without_a_reload(open_page: OpenPage, site: Site) -> None:
    page, screen = await opened(open_page, site)
    waiting = site.sample.add_series("longest-wait", "seconds", 95, "Longest wait")
    site.sample.add_tile("number", "Longest wait", [waiting], 0, 4, 12, 4)
    await screen.send(site.sample.snapshot(seq=1))
    await expect(page.locator("article.tile h2")).to_have_text(["Waiting", "Longest wait"])
    await expect(page.locator(".tile [data-series='2']")).to_have_text("1:35")


async def test_a_tile_that_fails_says_so_alone_and_is_drawn_again(open_page: OpenPage, site: Site) -> None:
    page, screen = await opened(open_page, site)
    page.expected.append("a sample fault")  # type: ignore[attr-defined]
    await page.evaluate("""async () => {
      const { kinds } = await import("/static/dashboard/js/tiles/index.js");
      const { number } = kinds;
      const fail = () => { throw new Error("a sample fault"); };
      const broken = { update: fail, tick: fail, resize: fail, destroy: fail };
      kinds.number = (...given) => (given[1].title === "Broken" ? (kinds.number = number, broken) : number(...given));
    }""")
    site.sample.add_tile("number", "Broken", [1], 0, 4, 12, 4)
    # In front of the one that works.
    site.sample.tiles.reverse()
    await screen.send(site.sample.snapshot(seq=1))
    await screen.update(2, {"1": [8, site.sample.now, "ok"]})
    await expect(page.locator(".tile", has_text="cannot be drawn")).to_have_count(1)
    await expect(page.locator(VALUE)).to_have_text("8")
    await screen.send(site.sample.snapshot(seq=3))
    await expect(page.locator(VALUE)).to_have_count(2)


@pytest.mark.parametrize("module", ["model.js", "tv.js"])
async def test_a_page_that_lacks_a_module_is_loaded_anew_by_itself(
    open_page: OpenPage, site: Site, module: str
) -> None:
    page = await open_page(path="about:blank", clock=True)
    page.expected += ["Failed to load resource", "Failed to fetch dynamically"]  # type: ignore[attr-defined]
    await page.route(f"**/{module}", lambda route: route.abort(), times=1)
    async with page.expect_event("requestfailed"):
        await page.goto(site.address)
    await page.clock.fast_forward(31_000)
    await page.wait_for_selector("html[data-started][data-complete]", state="attached", timeout=60_000)
    assert site.pages_served > 1
