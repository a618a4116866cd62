"""The pages as axe-core judges them, in both themes."""

from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.test import Client, override_settings
from playwright.async_api import expect

from dashboard.models import Membership, Team, Tile, Wallboard
from tests.browser.axe import violations
from tests.browser.conftest import OpenPage
from tests.browser.sample import Sample, sales_floor
from tests.browser.site import PLAIN_STATIC, Site

THEMES = ("dark", "light")


def troubled_floor() -> Sample:
    """A floor with every level and every state of a value."""
    sample = sales_floor()
    sample.levels = {
        "number-1": {"1": ["critical", sample.now - 60_000]},
        "gauge-3": {"3": ["warning", sample.now - 60_000]},
        "bars-6": {"5": ["warning", sample.now - 60_000], "6": ["critical", sample.now - 60_000]},
    }
    for key, state in (("2", "stale"), ("4", "rejected"), ("7", "unknown"), ("8", "pending"), ("11", "late")):
        value = sample.values[key][0] if state in ("stale", "late") else None
        sample.values[key] = [value, sample.now - 120_000, state]
    return sample


class TestWallboard:
    @pytest.fixture
    def sample(self) -> Sample:
        return troubled_floor()

    @pytest.mark.parametrize("theme", THEMES)
    async def test_it_has_no_violation(self, open_page: OpenPage, theme: str) -> None:
        page = await open_page(f"/wallboards/sales/?theme={theme}", viewport={"width": 1920, "height": 1080})
        await expect(page.locator(".tile")).not_to_have_count(0)
        assert await violations(page) == []


@pytest.fixture
def plain_pages(db: None, tmp_path: Path) -> dict[str, str]:
    """The sign-in page and a member's home, as the product renders them."""
    team = Team.objects.create(name="sales", title="Sales")
    board = Wallboard.objects.create(slug="sales", title="Sales floor", team=team)
    Tile.objects.create(wallboard=board, key="news", kind="text", x=0, y=0, w=12, h=4)
    user = get_user_model().objects.create_user("maria", password="sample-password-1")
    Membership.objects.create(team=team, user=user)
    client = Client()
    with override_settings(STORAGES=PLAIN_STATIC, STATIC_ROOT=tmp_path):
        login = client.get("/accounts/login/").content.decode()
        refused = client.post("/accounts/login/", {"username": "maria", "password": "wrong"}).content.decode()
        client.force_login(user)
        return {"login": login, "refused": refused, "home": client.get("/").content.decode()}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", ["login", "refused", "home"])
async def test_a_plain_page_has_no_violation(
    open_page: OpenPage, site: Site, plain_pages: dict[str, str], name: str, theme: str
) -> None:
    page = await open_page("about:blank", color_scheme=theme)
    address = f"{site.url}/plain/{name}/"
    await page.route(address, lambda route: route.fulfill(body=plain_pages[name], content_type="text/html"))
    await page.goto(address)
    assert await violations(page) == []
