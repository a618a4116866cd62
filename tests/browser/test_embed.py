"""A wallboard in a portal's iframe: the token, and what the portal is told."""

import base64
import json
from typing import Any

from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.site import Screen, Site


def token_of(seconds: int, name: str = "sample") -> str:
    """A token as a portal makes it, as far as the page reads it; the server alone judges the signature."""
    claims = {"wallboard": "sales", "iat": 1_763_730_000, "exp": 1_763_730_000 + seconds, "jti": name}
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{body}.c2ln"


async def told(page: Page, kind: str, **wanted: Any) -> dict[str, Any]:
    """The first message of this type, and with the ``wanted`` fields, that the portal got from the frame."""
    for _ in range(200):
        for message in await page.evaluate("window.told"):
            if message.items() >= {"type": kind, **wanted}.items():
                return dict(message)
        await page.evaluate("new Promise((resolve) => setTimeout(resolve, 25))")
    raise AssertionError(f"The portal was never told {kind}.")


async def give(page: Page, token: str) -> None:
    await page.evaluate(
        "token => document.querySelector('iframe').contentWindow.postMessage({type: 'wallboard:token', token}, '*')",
        token,
    )


async def admitted(site: Site, number: int = 0) -> tuple[Screen, str]:
    screen = await site.screen(number)
    auth = await screen.wait_for_type("auth")
    await screen.send(site.sample.snapshot())
    return screen, auth["token"]


async def test_the_page_carries_nothing_of_the_board(open_page: OpenPage, site: Site) -> None:
    page = await open_page(path="/embed/sales/")
    html = await page.content()
    assert "Sales floor" not in html
    assert "/accounts/" not in html
    await expect(page.locator("#notice")).to_contain_text("Waiting for the portal")
    assert site.screens == []


async def test_a_token_in_the_fragment_is_used_and_removed_from_the_address(open_page: OpenPage, site: Site) -> None:
    token = token_of(3600)
    page = await open_page(path=f"/embed/sales/?theme=dark#token={token}")
    _, shown = await admitted(site)
    assert shown == token
    assert page.url == f"{site.url}/embed/sales/?theme=dark"
    await expect(page.locator(".tile [data-series='1']")).to_have_text("7")


async def test_a_portal_is_told_that_the_frame_is_ready_and_gives_the_token(open_page: OpenPage, site: Site) -> None:
    page = await open_page(path="/portal/")
    await told(page, "wallboard:ready")
    token = token_of(3600)
    await give(page, token)
    _, shown = await admitted(site)
    assert shown == token
    await told(page, "wallboard:link", state="live")
    assert (await told(page, "wallboard:resize"))["height"] > 0


async def test_the_height_is_told_on_growth_and_on_shrink(open_page: OpenPage, site: Site) -> None:
    page = await open_page(path="/portal/")
    await give_when_ready(page)
    screen, _ = await admitted(site)
    await told(page, "wallboard:resize")
    small = await settled_height(page)
    extra = site.sample.add_series("longest-wait", "seconds", 95, "Longest wait")
    site.sample.add_tile("trend", "Longest wait", [extra], 0, 4, 12, 4)
    await screen.send(site.sample.snapshot(seq=1))
    await expect(page.frame_locator("iframe").locator("article.tile")).to_have_count(2)
    assert await settled_height(page) > small
    site.sample.tiles.pop()
    await screen.send(site.sample.snapshot(seq=2))
    await expect(page.frame_locator("iframe").locator("article.tile")).to_have_count(1)
    assert await settled_height(page) == small


async def give_when_ready(page: Page) -> None:
    await told(page, "wallboard:ready")
    await give(page, token_of(3600))


async def settled_height(page: Page) -> int:
    """The height last told, once two frames passed in which the content had that height."""
    script = """async () => {
      const frame = document.querySelector('iframe').contentWindow;
      const next = () => new Promise((resolve) => frame.requestAnimationFrame(resolve));
      await next(); await next(); await next();
      return window.told.filter((message) => message.type === 'wallboard:resize').at(-1).height;
    }"""
    height: int = await page.evaluate(script)
    return height


async def test_a_short_token_is_renewed_at_half_its_life_on_the_same_socket(open_page: OpenPage, site: Site) -> None:
    page = await open_page(path="/portal/", clock=True)
    await told_by_clock(page, "wallboard:ready")
    await give(page, token_of(60))
    screen, _ = await admitted(site)
    await expect(page.frame_locator("iframe").locator("article.tile")).to_have_count(1)
    for beat in range(1, 7):
        # A socket without a word for 15 s is given up, and the clock goes on by itself, too.
        await page.clock.run_for(3_500)
        await screen.update(beat, {})
        await screen.heartbeat(beat, site.sample.now)
        await screen.wait_for(lambda message, beat=beat: message == {"type": "ack", "seq": beat})  # type: ignore[misc]
    assert not any(message["type"] == "wallboard:token-expiring" for message in await page.evaluate("window.told"))
    await page.clock.run_for(5_000)
    await screen.heartbeat(6, site.sample.now)
    await page.clock.run_for(5_000)
    await told_by_clock(page, "wallboard:token-expiring")
    fresh = token_of(60, "fresh")
    await give(page, fresh)
    await screen.wait_for(lambda message: message.get("token") == fresh)
    assert len(site.screens) == 1


async def told_by_clock(page: Page, kind: str) -> None:
    """As ``told``, where the page's own timers stand still."""
    for _ in range(200):
        if any(message["type"] == kind for message in await page.evaluate("window.told")):
            return
        await page.clock.run_for(25)
    raise AssertionError(f"The portal was never told {kind}.")


async def test_a_refused_token_is_asked_for_again(open_page: OpenPage, site: Site) -> None:
    page = await open_page(path="/portal/")
    await give_when_ready(page)
    screen = await site.screen()
    await screen.wait_for_type("auth")
    await screen.close(4401)
    await told(page, "wallboard:token-expiring")
    await give(page, token_of(3600, "second"))
    await admitted(site, 1)
    await expect(page.frame_locator("iframe").locator(".tile [data-series='1']")).to_have_text("7")


async def test_a_foreign_parent_is_neither_told_nor_heard(open_page: OpenPage, site: Site) -> None:
    page = await open_page(path="about:blank")
    page.expected += ["asked http://localhost", "Framing", "frame-ancestors"]  # type: ignore[attr-defined]
    foreign = site.url.replace("127.0.0.1", "localhost")
    await page.goto(f"{foreign}/portal/")
    assert await page.evaluate("window.told") == []
    assert site.screens == []
