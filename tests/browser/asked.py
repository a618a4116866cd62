"""What the server tells of a tile, for tests that ask the page: the product's own sentence, a day that a test knows."""

from typing import Any

from playwright.async_api import Page, Route

from statsbridge.describe import describe
from tests.browser.sample import Sample

HOUR = 3_600_000


def about(sample: Sample, series: int) -> dict[str, Any]:
    info = sample.series[series]
    numeric = info.unit not in ("state", "text")
    since = sample.now - 24 * HOUR
    descriptor = {"name": "CurrentAgentState" if info.unit == "state" else "CurrNumberWaitingCalls"}
    return {
        "series": series,
        "title": info.title,
        "description": describe(descriptor, info.object_type, sample.locale),
        "note": "Calls that wait for anyone.",
        "statistic": {"name": info.statistic, "genesys": descriptor["name"], "definition": None},
        "object": {"name": info.object_name, "title": info.object_title, "type": "Queue", "id": info.object_id},
        "connection": "main",
        "thresholds": {"direction": "above", "warning": 1500, "critical": 3000, "clear": 1, "hold": 10},
        "thresholds_of": "tile",
        "changed": sample.now - HOUR,
        "since": since,
        "until": sample.now,
        "history": [[since, 2], [since + 6 * HOUR, None], [since + 7 * HOUR, 9]] if numeric else [],
        "summary": {"min": [2, since], "max": [1234.5, sample.now - HOUR], "average": 7.25} if numeric else {},
    }


async def answer(page: Page, sample: Sample) -> list[str]:
    """Answers what the page asks of its tiles from now on; the addresses that it asked."""
    asked: list[str] = []

    async def fulfil(route: Route) -> None:
        asked.append(route.request.url)
        await route.fulfill(json=about(sample, int(route.request.url.rpartition("=")[2])))

    await page.route("**/about/**", fulfil)
    return asked
