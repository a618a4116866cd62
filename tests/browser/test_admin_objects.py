"""Objects, their use and their history, as an administrator works with them in a real browser."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.e2e.installation import Installation

CONFIGURATION = """
version: 1
connections:
  - {name: main, api_url: 'https://gws.example.com', client_id: wallboard, grant: client_credentials, enabled: false}
objects:
  - {name: sales-queue, title: Sales, connection: main, type: Queue, id: 8001@SIP_Switch}
  - {name: orders-queue, title: Orders, connection: main, type: Queue, id: 8002@SIP_Switch}
statistics:
  - {name: waiting, title: Waiting, statistic: CurrNumberWaitingCalls}
teams:
  - {name: sales, title: Sales}
wallboards:
  - slug: sales
    title: Sales floor
    team: sales
    tiles:
      - {kind: number, title: Waiting, series: [{statistic: waiting, object: sales-queue}],
         position: {x: 0, y: 0, w: 6, h: 2}}
"""
OBJECTS = "/admin/statsbridge/monitoredobject"
PATIENCE = 60_000


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    """An installation whose connection is off: nothing here asks the contact centre."""
    installation = Installation(tmp_path_factory.mktemp("objects"))
    await asyncio.to_thread(installation.prepare, CONFIGURATION)
    try:
        await asyncio.to_thread(installation.start)
        yield installation
    finally:
        await asyncio.to_thread(installation.stop)


def session_of(installation: Installation) -> str:
    """The session of the administrator, signed in as a person does."""
    with contextlib.closing(installation.sign_in()) as client:
        return str(client.cookies["sessionid"])


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, place: Installation) -> AsyncIterator[Page]:
    url = place.url
    context = await browser.new_context(viewport={"width": 1024, "height": 768}, locale="en", base_url=url)
    context.set_default_timeout(PATIENCE)
    problems: list[str] = []
    try:
        session = await asyncio.to_thread(session_of, place)
        await context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
        page = await context.new_page()
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        yield page
    finally:
        await context.close()
    assert problems == []


async def test_a_csv_file_with_one_bad_line_is_previewed_and_its_good_lines_are_saved(page: Page) -> None:
    await page.goto(f"{OBJECTS}/")
    await page.get_by_role("link", name="Add many").click()
    text = (
        "id,title,type\n8003@SIP_Switch,Returns,Queue\n8004@SIP_Switch,Partners,Robot\n8005@SIP_Switch,Billing,Queue\n"
    )
    await page.set_input_files(
        "input[type=file]", {"name": "queues.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    await page.get_by_role("button", name="Preview").click()
    await expect(page.get_by_role("status")).to_contain_text("Good lines: 2. To correct: 1.", timeout=PATIENCE)
    await expect(page.locator("tr.bad")).to_contain_text("“Robot” is no object type")
    await page.get_by_role("button", name="Save 2 good lines").click()
    await expect(page.locator(".messagelist")).to_contain_text("2 objects saved.", timeout=PATIENCE)
    await expect(page.locator("textarea")).to_have_value("id,title,type\n8004@SIP_Switch,Partners,Robot")
    await page.locator("textarea").fill("id,title,type\n8004@SIP_Switch,Partners,Queue")
    await page.get_by_role("button", name="Preview").click()
    await page.get_by_role("button", name="Save 1 good line").click()
    await expect(page.locator("#result_list")).to_contain_text("Partners", timeout=PATIENCE)


async def test_deleting_what_a_wallboard_shows_is_refused_with_the_list_until_another_takes_its_place(
    page: Page,
) -> None:
    await page.goto(f"{OBJECTS}/?q=sales-queue")
    await page.get_by_role("link", name="Sales", exact=True).first.click()
    await expect(page.locator(".uses")).to_contain_text("Sales floor", timeout=PATIENCE)
    await page.get_by_role("link", name="Delete", exact=True).click()
    await expect(page.locator("#content")).to_contain_text("It cannot simply be deleted", timeout=PATIENCE)
    await page.get_by_label("Show instead").fill("orders-quee")
    await page.get_by_role("button", name="Replace and delete").click()
    await expect(page.locator(".errorlist")).to_contain_text("did you mean “orders-queue”?", timeout=PATIENCE)
    await page.get_by_label("Show instead").fill("orders-queue")
    await page.get_by_role("button", name="Replace and delete").click()
    await expect(page.locator(".messagelist")).to_contain_text("its wallboards show “Orders”", timeout=PATIENCE)


async def test_a_change_is_found_in_the_history_and_taken_back(page: Page) -> None:
    await page.goto(f"{OBJECTS}/?q=orders-queue")
    await page.get_by_role("link", name="Orders", exact=True).first.click()
    await page.get_by_label("Title").fill("Orders and returns")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.locator(".messagelist")).to_contain_text("changed successfully", timeout=PATIENCE)
    await page.goto("/admin/auditlog/logentry/")
    row = page.locator("#result_list tbody tr").first
    await expect(row).to_contain_text("Orders → Orders and returns", timeout=PATIENCE)
    await row.get_by_role("link").click()
    await page.get_by_role("button", name="Take this change back").first.click()
    await expect(page.locator(".messagelist")).to_contain_text("is as it was before that change", timeout=PATIENCE)
    await expect(page.get_by_label("Title")).to_have_value("Orders")
    await page.goto("/admin/auditlog/logentry/")
    await page.locator("#result_list tbody tr").first.get_by_role("button", name="Take back").click()
    await expect(page.get_by_label("Title")).to_have_value("Orders and returns", timeout=PATIENCE)


async def test_on_a_tablet_a_wide_list_scrolls_in_itself_and_never_the_page(page: Page) -> None:
    await page.set_viewport_size({"width": 820, "height": 1180})
    lists = ("statsbridge/monitoredobject", "dashboard/wallboard", "auth/user", "dashboard/accessrecord")
    for name in lists:
        await page.goto(f"/admin/{name}/")
        await expect(page.locator("#result_list")).to_be_visible()
        beyond = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await page.evaluate(beyond) == 0, name
