"""An administrator at work in a real browser, against a real installation and the simulated contact centre."""

import asyncio
import contextlib
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Page, Route, expect

from statsbridge.simulator.server import SimulatorServer
from tests.browser.pages import Pages
from tests.e2e.installation import ROOT, Installation, free_port, wait_for_http
from tests.statsbridge.support import until

CONFIGURATION = """
version: 1
connections:
  - {{name: main, api_url: {url}, api_key: {keys.api_key}, client_id: {keys.client_id},
     client_secret: {keys.client_secret}, grant: password, username: '{keys.username}', password: {keys.password}}}
objects:
  - {{name: sales-queue, title: Sales, connection: main, type: Queue, id: {queue}}}
statistics:
  - {{name: waiting, title: Waiting, statistic: CurrNumberWaitingCalls}}
  - {{name: own, title: Waiting of our own, definition: {own}}}
  - {{name: level, title: Level of the hour, unit: percent, definition: {level}}}
teams:
  - {{name: sales, title: Sales}}
wallboards:
  - slug: sales
    title: Sales floor
    team: sales
    tiles:
      - {{kind: number, title: Waiting, series: [{{statistic: waiting, object: sales-queue}}],
         position: {{x: 0, y: 0, w: 6, h: 2}}}}
"""
LEVEL: dict[str, str | int] = {
    "category": "ServiceFactor1", "subject": "DNAction", "intervalType": "SlidingWindow",
    "dynamicTimeProfile": "3600:10", "timeRangeLeft": 0, "timeRangeRight": 20, "timeRangeLeft2": 0,
    "timeRangeRight2": 5, "dynamicFilter": "MediaType=voice", "notificationMode": "Periodical",
    "notificationFrequency": 10, "insensitivity": 1,
}  # fmt: skip
WAITING: dict[str, str | int] = {
    "category": "CurrentNumber", "subject": "DNAction", "mainMask": "CallWait", "notificationMode": "Immediate",
    "insensitivity": 1,
}  # fmt: skip
STATISTIC = "/admin/statsbridge/statisticdefinition"
#: A page of a busy machine; what people wait for at most is measured where it matters.
PATIENCE = 30_000


@dataclass
class Desk:
    """A signed-in administrator's browser page, and the addresses of processes with and without a bridge."""

    page: Page
    url: str
    url_without_bridge: str
    simulator: SimulatorServer

    async def open(self, path: str) -> Page:
        await self.page.goto(f"{self.url}{path}")
        return self.page


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Installation, str, SimulatorServer]]:
    async with SimulatorServer(seed=3, agents=6, queues=2) as simulator:
        queue = next(one.object_id for one in simulator.roster.objects if one.type == "Queue")
        installation = Installation(tmp_path_factory.mktemp("admin"))
        text = CONFIGURATION.format(
            url=simulator.url,
            keys=simulator.options.credentials,
            queue=queue,
            level=json.dumps(LEVEL),
            own=json.dumps(WAITING),
        )
        await asyncio.to_thread(installation.prepare, text)
        alone, url = await asyncio.to_thread(start_without_bridge, installation)
        try:
            await asyncio.to_thread(installation.start)
            yield installation, url, simulator
        finally:
            await asyncio.to_thread(installation.stop)
            alone.terminate()
            alone.wait(15)


def session_of(installation: Installation) -> str:
    with contextlib.closing(installation.sign_in()) as client:
        return str(client.cookies["sessionid"])


def start_without_bridge(installation: Installation) -> tuple[subprocess.Popen[bytes], str]:
    """A web process on the same database and no bridge in it."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "daphne", "--bind", "127.0.0.1", "--port", str(port), "dashboard.asgi:application"],
        cwd=ROOT,
        env=installation.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    installation.log.touch()
    url = f"http://127.0.0.1:{port}"
    wait_for_http(f"{url}/healthz", process, installation.log)
    return process, url


@pytest_asyncio.fixture(loop_scope="session")
async def desk(pages: Pages, place: tuple[Installation, str, SimulatorServer]) -> AsyncIterator[Desk]:
    installation, without_bridge, simulator = place
    session = await asyncio.to_thread(session_of, installation)
    problems: list[str] = []
    page = await pages.new(installation.url, session=session, viewport={"width": 1024, "height": 768})
    page.set_default_timeout(PATIENCE)
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield Desk(page, installation.url, without_bridge, simulator)
    assert problems == []


async def choose_object(page: Page, text: str) -> None:
    await page.locator("#try .select2-selection").click()
    await page.locator(".select2-search__field").fill(text)
    await page.locator(".select2-results__option", has_text=text).first.click()


async def begin_ad_hoc(page: Page, types: str, category: str, subject: str) -> None:
    await page.get_by_label("By a definition of our own").check()
    await page.locator(f"#id_types input[value={types}]").check()
    await page.locator("#id_category").select_option(category)
    await page.locator("#id_subject").select_option(subject)


async def test_the_form_shows_only_what_applies_and_says_in_words_what_it_measures(desk: Desk) -> None:
    page = await desk.open(f"{STATISTIC}/add/")
    await expect(page.locator("#id_statistic")).to_be_visible()
    for key in ("category", "mainMask", "intervalType", "notificationMode"):
        await expect(page.locator(f"#id_{key}")).to_be_hidden()
    await begin_ad_hoc(page, "Queue", "CurrentNumber", "DNAction")
    await expect(page.locator("#id_mainMask")).to_be_visible()
    for key in ("statistic", "intervalType", "relativeMask", "timeRangeLeft", "notificationFrequency"):
        await expect(page.locator(f"#id_{key}")).to_be_hidden()

    words = page.locator(".field-mainMask .mask-list")
    await words.locator("summary").click()
    await expect(words.get_by_text("CallWait", exact=True)).to_be_visible()
    await expect(words.get_by_text("CallInbound", exact=True)).to_have_count(0)
    await words.locator("input[value=CallWait]").check()
    await expect(page.locator("#id_mainMask")).to_have_value("CallWait")
    await expect(page.locator(".in-words .sentence")).to_have_text("How many waiting calls there are at this moment.")

    await page.locator("#id_category").select_option("AverageTime")
    await expect(page.locator("#id_intervalType")).to_be_visible()
    await expect(page.locator("#id_relativeMask")).to_be_visible()
    await expect(page.locator("#id_unit")).to_have_value("seconds")
    await page.locator("#id_category").select_option("ServiceFactor1")
    await expect(page.locator("#id_timeRangeRight2")).to_be_visible()
    await expect(page.locator("#id_mainMask")).to_be_hidden()
    await page.locator("#id_notificationMode").select_option("Periodical")
    await page.locator("#id_notificationFrequency").fill("2")
    await expect(page.locator(".in-words .costs")).to_contain_text("Every 2 s is dear")


async def open_stored(desk: Desk, title: str) -> Page:
    page = await desk.open(f"{STATISTIC}/")
    await page.get_by_role("link", name=title, exact=True).click()
    return page


async def test_a_stored_definition_opens_whole_and_in_its_own_words_and_can_be_tried(desk: Desk) -> None:
    page = await open_stored(desk, "Waiting of our own")
    await expect(page.locator(".in-words .sentence")).to_have_text("How many waiting calls there are at this moment.")
    await expect(page.locator(".errorlist")).to_have_count(0)
    await expect(page.locator("#id_mainMask")).to_have_value("CallWait")
    await expect(page.locator("#id_intervalType")).to_be_hidden()
    await choose_object(page, "Sales")
    await page.get_by_role("button", name="Try", exact=True).click()
    await expect(page.locator("#try .headline")).to_have_text("Accepted", timeout=PATIENCE)


async def test_saving_before_the_server_has_checked_the_form_loses_nothing_of_the_definition(desk: Desk) -> None:
    asked = asyncio.Event()

    async def never_answered(_route: Route) -> None:
        asked.set()

    await desk.page.route("**/check/", never_answered)
    page = await open_stored(desk, "Level of the hour")
    await asyncio.wait_for(asked.wait(), PATIENCE / 1000)
    await expect(page.locator("#id_timeRangeRight2")).to_be_visible()
    await expect(page.locator("#id_mainMask")).to_be_hidden()
    await page.locator("#id_description").fill("Of the hour that is over")
    await page.locator("[name=_save]").click()
    await expect(page.locator(".messagelist")).to_contain_text("was changed successfully")
    await page.unroute("**/check/")
    await open_stored(desk, "Level of the hour")
    await expect(page.locator("#id_description")).to_have_value("Of the hour that is over")
    await expect(page.locator(".as-json")).to_contain_text("ServiceFactor1")
    assert json.loads(await page.locator(".as-json").text_content() or "") == LEVEL


async def test_what_the_server_refused_stays_told_although_the_field_is_empty(desk: Desk) -> None:
    page = await open_stored(desk, "Waiting of our own")
    await page.locator("#id_mainMask").fill("")
    await page.locator("[name=_save]").click()
    await expect(page.locator(".errornote")).to_be_visible()
    await expect(page.locator(".in-words .sentence")).to_be_visible()
    await expect(page.locator(".field-mainMask .errorlist")).to_contain_text("Choose which actions or statuses count")


async def test_an_impossible_combination_is_refused_with_the_reason_and_a_right_one_is_saved(desk: Desk) -> None:
    page = await desk.open(f"{STATISTIC}/add/")
    await page.locator("#id_title").fill("Waiting now")
    await page.locator("#id_name").fill("waiting-now")
    await begin_ad_hoc(page, "Queue", "CurrentNumber", "AgentStatus")
    await expect(page.locator(".field-subject .errorlist")).to_contain_text("AgentStatus cannot be asked of Queue")
    await page.locator("#id_subject").select_option("DNAction")
    await page.locator("#id_mainMask").fill("CallAnswered")
    await expect(page.locator(".field-mainMask .errorlist")).to_contain_text("happen in a moment")
    await page.locator("[name=_save]").click()
    await expect(page.locator(".errornote")).to_be_visible()
    await expect(page.locator(".field-mainMask .errorlist")).to_contain_text("happen in a moment")
    await page.locator("#id_mainMask").fill("CallWait")
    await expect(page.locator(".field-mainMask .errorlist")).to_have_count(0)
    await page.locator("[name=_save]").click()
    await expect(page.locator(".messagelist")).to_contain_text("was added successfully")


async def test_try_shows_the_first_value_of_an_unsaved_form_or_the_services_refusal(desk: Desk) -> None:
    page = await desk.open(f"{STATISTIC}/add/")
    await begin_ad_hoc(page, "Queue", "CurrentNumber", "DNAction")
    await page.locator("#id_mainMask").fill("CallWait")
    await choose_object(page, "Sales")
    outcome = page.locator("#try .outcome")
    await page.get_by_role("button", name="Try", exact=True).click()
    await expect(outcome.locator(".headline")).to_have_text("Accepted", timeout=PATIENCE)
    await expect(outcome.locator("output")).to_have_text(re.compile(r"^\d+$"))
    number = await outcome.locator("output").inner_text()
    await outcome.locator("summary").click()
    await expect(outcome.locator("pre")).to_contain_text(f'"stringValue": "{number}"')

    await page.get_by_label("By its name").check()
    await page.locator("#id_statistic").fill("NoSuchStatistic")
    await page.get_by_role("button", name="Try", exact=True).click()
    await expect(outcome.locator(".headline")).to_have_text("Refused", timeout=PATIENCE)
    await expect(outcome.locator(".refusal")).to_have_text("“Statistic 'NoSuchStatistic' not found”")
    await until(lambda: nothing_is_tried(desk.simulator), PATIENCE / 1000)


async def nothing_is_tried(simulator: SimulatorServer) -> bool:
    return "try" not in {one["id"] for held in simulator.subscriptions.describe() for one in held["statistics"]}


async def test_the_library_adds_one_and_then_all_and_never_twice(desk: Desk) -> None:
    page = await desk.open(f"{STATISTIC}/library/")
    line = page.locator("tr", has=page.get_by_text("Longest wait", exact=True))
    await line.get_by_role("button", name="Add").click()
    await expect(page.locator(".messagelist")).to_contain_text("1 statistic added.")
    await expect(line.get_by_role("link")).to_contain_text("there")
    await page.get_by_role("button", name="Add all").click()
    await expect(page.locator(".messagelist")).to_contain_text("statistics added.")
    await expect(page.get_by_text("All of them are there already.")).to_be_visible()
    await expect(page.get_by_role("button", name="Add all")).to_have_count(0)
    await expect(page.locator("tbody button")).to_have_count(0)


async def test_a_connection_with_a_wrong_secret_is_refused_clearly_and_the_right_one_walks_all_steps(
    desk: Desk,
) -> None:
    page = await desk.open("/admin/statsbridge/connection/")
    await page.get_by_role("link", name="main", exact=True).click()
    await expect(page.locator("#live [data-live=state]")).to_have_text("live", timeout=PATIENCE)
    await page.locator("#id_client_secret").fill("a wrong one")
    await page.get_by_role("button", name="Test connection").click()
    steps = page.locator("#test .steps li")
    await expect(steps.first).to_contain_text("The client id or secret was refused", timeout=PATIENCE)
    await expect(steps.nth(1)).to_contain_text("not reached")
    await page.locator("#id_client_secret").fill("")
    await page.get_by_role("button", name="Test connection").click()
    await expect(steps.nth(3)).to_contain_text("The first value came after", timeout=PATIENCE)
    assert desk.simulator.options.credentials.client_secret not in await page.content()


async def test_a_connection_asks_only_for_what_its_kind_of_sign_in_takes(desk: Desk) -> None:
    page = await desk.open("/admin/statsbridge/connection/add/")
    await expect(page.locator("#id_password")).to_be_visible()
    await expect(page.locator("#id_refresh_token")).to_be_hidden()
    await page.locator("#id_grant").select_option("refresh_token")
    await expect(page.locator("#id_refresh_token")).to_be_visible()
    await expect(page.locator("#id_password")).to_be_hidden()
    await page.locator("#id_grant").select_option("client_credentials")
    for key in ("username", "password", "refresh_token"):
        await expect(page.locator(f"#id_{key}")).to_be_hidden()
    await expect(page.locator("#id_client_secret")).to_be_visible()


async def test_without_a_bridge_try_says_so(desk: Desk, place: tuple[Installation, str, SimulatorServer]) -> None:
    installation, without_bridge, _ = place
    await asyncio.to_thread(installation.stop)
    try:
        page = desk.page
        await page.goto(f"{without_bridge}{STATISTIC}/")
        await page.get_by_role("link", name="Waiting", exact=True).click()
        await choose_object(page, "Sales")
        await page.get_by_role("button", name="Try", exact=True).click()
        await expect(page.locator("#try .outcome")).to_contain_text("No bridge is running", timeout=PATIENCE)
    finally:
        await asyncio.to_thread(installation.start)
