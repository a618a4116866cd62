"""What the server tells of a tile, for tests that ask the page: the product's own sentence, a day that a test knows."""

from functools import partial
from typing import Any

from statsbridge.describe import describe
from tests.browser.sample import Sample
from tests.browser.site import Site

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


def answer(site: Site) -> None:
    """Answers what pages ask of their tiles from now on."""
    site.about = partial(about, site.sample)
