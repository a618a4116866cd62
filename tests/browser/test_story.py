"""A new administrator's first day in one walk: from nothing to a wall, in a real browser on a real installation."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from statsbridge.simulator.server import SimulatorServer
from tests.browser.editing import EditorPage
from tests.browser.waiting import holds
from tests.e2e.installation import Installation
from tests.statsbridge.support import until

PASSWORD = "sample-password-1"
QUEUES = "id,title,type\n8001@SIP_Switch,Sales,Queue\n8009@SIP_Switch,Partners,Robot\n8002@SIP_Switch,Service,Queue\n"
#: Notes the moment at which the wall has the level, from now on.
NOTE_LEVEL = """(level) => {
  window.reached = null;
  const look = () => {
    if (document.querySelector(`.tile[data-level="${level}"]`)) window.reached ??= Date.now();
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, attributes: true });
}"""
#: A page of a busy machine; what has a ceiling of its own is measured.
PATIENCE = 90_000
WALL_SECONDS = 2.0


class Story:
    """The administrator's page, the wall's page, and the contact centre behind both."""

    def __init__(self, admin: Page, url: str, simulator: SimulatorServer) -> None:
        self.admin = admin
        self.wall = admin
        self.url = url
        self.simulator = simulator

    async def list_of(self, model: str) -> None:
        """By the way that people go: the administration's first page, then the list."""
        await self.admin.goto(f"{self.url}/admin/")
        await self.admin.locator(f"#content-main .model-{model} th a").click()

    async def next_step(self, text: str) -> None:
        """The one button of an empty list."""
        await self.admin.locator(".next-step").get_by_role("link", name=text, exact=True).click()

    async def save(self, told: str = "was added successfully") -> None:
        await self.admin.locator("[name=_save]").last.click()
        await self.said(told)

    async def give_title(self, title: str, field: str, made: str) -> None:
        await self.admin.locator("#id_title").fill(title)
        await self.admin.locator("#id_title").press("Tab")
        await expect(self.admin.locator(f"#id_{field}")).to_have_value(made)

    async def said(self, text: str) -> None:
        await expect(self.admin.locator(".messagelist")).to_contain_text(text, timeout=PATIENCE)

    def tile(self, title: str) -> Locator:
        return self.wall.locator("article.tile", has=self.wall.get_by_role("heading", name=title, exact=True))

    async def sign_in(self) -> None:
        page = self.admin
        await page.goto(f"{self.url}/")
        await page.get_by_label("Username").fill("admin")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in").click()
        told = "Nothing is set up yet. Add a connection"
        await expect(page.get_by_role("main")).to_contain_text(told, timeout=PATIENCE)
        await page.get_by_role("link", name="Open administration").click()
        steps = page.get_by_role("region", name="The way to the first wallboard")
        await expect(steps.get_by_role("listitem")).to_have_count(6, timeout=PATIENCE)
        await steps.get_by_role("link", name="Add a connection").click()

    async def connect(self) -> None:
        page, keys = self.admin, self.simulator.options.credentials
        for name, value in (
            ("name", "main"), ("api_url", self.simulator.url), ("client_id", keys.client_id), ("api_key", keys.api_key),
            ("username", keys.username), ("password", keys.password), ("client_secret", "a wrong one"),
        ):  # fmt: skip
            await page.locator(f"#id_{name}").fill(value)
        await page.locator("#id_grant").select_option("password")
        await page.get_by_label("Value of").select_option("Queue")
        await page.get_by_label("Its Genesys id").fill("8001@SIP_Switch")
        await page.get_by_role("button", name="Test connection").click()
        steps = page.locator("#test .steps li")
        await expect(steps.first).to_contain_text("The client id or secret was refused", timeout=PATIENCE)
        await expect(steps.nth(1)).to_contain_text("not reached")
        await page.locator("#id_client_secret").fill(keys.client_secret)
        await page.get_by_role("button", name="Test connection").click()
        await expect(steps.nth(3)).to_contain_text("The first value came after", timeout=PATIENCE)
        for step in await steps.all():
            await expect(step.locator(".how")).to_have_text("ok")
        await self.save()
        await page.locator("#result_list").get_by_role("link", name="main", exact=True).click()
        await expect(page.locator("#live [data-live=state]")).to_have_text("live", timeout=PATIENCE)
        assert keys.client_secret not in await page.content()

    async def add_from_the_library(self) -> None:
        await self.list_of("statisticdefinition")
        await self.next_step("Choose from the library")
        line = self.admin.locator("tr", has=self.admin.get_by_text("Calls waiting", exact=True))
        await line.get_by_role("button", name="Add").click()
        await self.said("1 statistic added.")
        await expect(line.get_by_role("link")).to_contain_text("there")

    async def add_objects(self) -> None:
        page = self.admin
        await self.list_of("monitoredobject")
        await self.next_step("Add many objects")
        upload: Any = {"name": "queues.csv", "mimeType": "text/csv", "buffer": QUEUES.encode()}
        await page.locator("input[type=file]").set_input_files(upload)
        await page.get_by_role("button", name="Preview").click()
        await expect(page.get_by_role("status")).to_contain_text("Good lines: 2. To correct: 1.", timeout=PATIENCE)
        await expect(page.locator("tr.bad")).to_contain_text("“Robot” is no object type")
        await page.get_by_role("button", name="Save 2 good lines").click()
        await self.said("2 objects saved.")
        await expect(page.locator("textarea")).to_have_value("id,title,type\n8009@SIP_Switch,Partners,Robot")

    async def define(self) -> None:
        page = self.admin
        await self.list_of("statisticdefinition")
        await page.locator(".object-tools .addlink").click()
        await self.give_title("Entered today", "name", "entered-today")
        await page.get_by_label("By a definition of our own").check()
        await page.locator("#id_types input[value=Queue]").check()
        await page.locator("#id_category").select_option("TotalNumber")
        await page.locator("#id_subject").select_option("AgentStatus")
        reason = page.locator(".field-subject .errorlist")
        await expect(reason).to_contain_text("AgentStatus cannot be asked of Queue", timeout=PATIENCE)
        await page.locator("[name=_save]").click()
        await expect(page.locator(".errornote")).to_be_visible(timeout=PATIENCE)
        await expect(reason).to_contain_text("AgentStatus cannot be asked of Queue")
        await page.locator("#id_subject").select_option("DNAction")
        await page.locator("#id_mainMask").fill("CallEntered")
        await expect(page.locator("#id_intervalType")).to_be_visible()
        await page.locator("#id_intervalType").select_option("GrowingWindow")
        await page.locator("#id_dynamicTimeProfile").fill("0:00")
        await page.locator("#try .select2-selection").click()
        await page.locator(".select2-results__option", has_text="Sales").click()
        await page.get_by_role("button", name="Try", exact=True).click()
        outcome = page.locator("#try .outcome")
        await expect(outcome.locator(".headline")).to_have_text("Accepted", timeout=PATIENCE)
        await expect(outcome.locator("output")).to_have_text(re.compile(r"^[\d,.]+$"))
        await self.save()

    async def make_team_and_board(self) -> None:
        page = self.admin
        await self.list_of("wallboard")
        await self.next_step("Add a team")
        await self.give_title("Sales", "name", "sales")
        await self.save()
        await self.list_of("wallboard")
        await self.next_step("Add a wallboard")
        await self.give_title("Sales floor", "slug", "sales-floor")
        await page.locator("#id_team").select_option(label="Sales")
        await page.locator("[name=_save]").last.click()
        await page.wait_for_url("**/wallboards/sales-floor/edit/", timeout=PATIENCE)

    async def hang_up_the_wall(self, wall: Page) -> None:
        self.wall = wall
        await wall.goto(f"{self.url}/wallboards/sales-floor/")
        await expect(wall.get_by_role("link", name="Add the first ones")).to_be_visible(timeout=PATIENCE)
        await wall.evaluate("window.same = true")

    async def fill_the_board(self) -> None:
        editor = EditorPage(self.admin)
        first = await self.add_tile("calls-waiting")
        second = await self.add_tile("entered-today")
        await editor.expect_place(first, 0, 0, 3, 2)
        await editor.drag(first, 9, 0)
        await editor.expect_place(first, 9, 0, 3, 2)
        await editor.drag(second, 2, 0, corner=True)
        await editor.expect_place(second, 3, 0, 5, 2)
        await editor.saved()

    async def add_tile(self, statistic: str) -> str:
        await self.admin.get_by_role("button", name="Add tile").click()
        dialog = self.admin.get_by_role("dialog")
        await dialog.get_by_label("Statistic", exact=True).select_option(statistic)
        await dialog.get_by_label("Object", exact=True).select_option("sales")
        await dialog.get_by_role("button", name="Add tile").click()
        cell = self.admin.locator(".editor-cell.selected")
        await expect(cell.locator(".tb-value")).to_have_text(re.compile(r"^[\d,.]+$"), timeout=PATIENCE)
        return await cell.get_attribute("data-cell") or ""

    async def see_live_values(self) -> None:
        shown = self.tile("Calls waiting").locator(".tb-value")
        await expect(shown).to_have_text(re.compile(r"^\d+$"), timeout=PATIENCE)
        await until(self.shows_what_the_service_says, PATIENCE / 1000)

    async def shows_what_the_service_says(self) -> bool:
        shown = await self.tile("Entered today").locator(".tb-value").inner_text()
        asked = [one for held in self.simulator.subscriptions.describe() for one in held["statistics"]]
        told = [str(one["notified"]) for one in asked if one.get("definition", {}).get("mainMask") == "CallEntered"]
        return shown.replace(",", "") in told

    async def change_a_threshold(self) -> None:
        page = self.admin
        await page.locator(".editor-cell", has=page.get_by_text("Calls waiting", exact=True)).click()
        await page.locator("#panel").get_by_label("Critical").fill("0")
        await self.wall.evaluate(NOTE_LEVEL, "critical")
        async with page.expect_response(lambda one: one.request.method == "PUT") as answer:
            await EditorPage(page).save()
        assert (await answer.value).ok
        saved = time.time() * 1000
        await holds(self.wall, "window.reached !== null")
        assert await self.wall.evaluate("window.reached") - saved <= WALL_SECONDS * 1000
        await expect(self.tile("Calls waiting")).to_have_attribute("data-level", "critical")
        await EditorPage(page).state("Saved at")

    async def try_to_delete_what_is_in_use(self) -> None:
        page = self.admin
        await self.list_of("statisticdefinition")
        await page.get_by_role("link", name="Calls waiting", exact=True).click()
        await page.get_by_role("link", name="Delete", exact=True).click()
        await expect(page.locator("#content")).to_contain_text("It cannot simply be deleted", timeout=PATIENCE)
        await expect(page.locator(".uses li")).to_contain_text(["Sales floor · Calls waiting"])
        await page.get_by_role("link", name="Keep it").click()
        await expect(page.locator("#id_title")).to_have_value("Calls waiting", timeout=PATIENCE)

    async def take_the_threshold_back(self) -> None:
        page = self.admin
        await self.list_of("wallboard")
        await page.get_by_role("link", name="Sales floor", exact=True).click()
        await page.locator(".object-tools").get_by_role("link", name="History", exact=True).click()
        await expect(page.locator("section.change").first).to_contain_text("critical", timeout=PATIENCE)
        await page.get_by_role("button", name="Take this change back").first.click()
        await self.said("“Sales floor” is as it was before that change.")
        await expect(self.tile("Calls waiting")).to_have_attribute("data-level", "normal", timeout=PATIENCE)
        assert await self.wall.evaluate("window.same"), "the wall was reloaded"


@pytest_asyncio.fixture(loop_scope="session")
async def simulator() -> AsyncIterator[SimulatorServer]:
    async with SimulatorServer(seed=3, agents=6, queues=2) as simulator:
        yield simulator


@pytest_asyncio.fixture(loop_scope="session")
async def installation(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    """As it comes: migrated, with an account and nothing else."""
    installation = Installation(tmp_path_factory.mktemp("story"), DJANGO_SUPERUSER_PASSWORD=PASSWORD)
    await asyncio.to_thread(installation.begin)
    who = ("--username", "admin", "--email", "admin@example.com")
    await asyncio.to_thread(installation.manage, "createsuperuser", "--noinput", *who)
    try:
        await asyncio.to_thread(installation.start)
        yield installation
    finally:
        await asyncio.to_thread(installation.stop)


async def test_a_new_administrator_comes_from_nothing_to_a_wall(
    browser: Browser, installation: Installation, simulator: SimulatorServer
) -> None:
    problems: list[str] = []
    own = (installation.url, installation.url.replace("http", "ws"), "data:", "blob:")

    async def page_of(signed_in: Any = None) -> Page:
        size: Any = {"width": 1920, "height": 1080}
        context = await browser.new_context(
            viewport=size, locale="en", service_workers="block", storage_state=signed_in
        )
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", lambda one: None if one.url.startswith(own) else problems.append(f"asked {one.url}"))
        return page

    story = Story(await page_of(), installation.url, simulator)
    await story.sign_in()
    await story.connect()
    await story.add_from_the_library()
    await story.add_objects()
    await story.define()
    await story.make_team_and_board()
    await story.hang_up_the_wall(await page_of(await story.admin.context.storage_state()))
    await story.fill_the_board()
    await story.see_live_values()
    await story.change_a_threshold()
    await story.try_to_delete_what_is_in_use()
    await story.take_the_threshold_back()
    for page in (story.admin, story.wall):
        await page.context.close()
    assert problems == []
    assert simulator.options.credentials.client_secret not in installation.log.read_text(encoding="utf-8")
