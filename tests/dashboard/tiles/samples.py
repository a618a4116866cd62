"""Series as tiles see them, for tests."""

from typing import Any

from dashboard.models import Tile
from dashboard.tiles import SeriesInfo, TileContext


def series(number: int = 1, unit: str = "count", **given: Any) -> SeriesInfo:
    facts: dict[str, Any] = {
        "id": number, "statistic": "calls-waiting", "title": "Calls waiting", "unit": unit, "decimals": None,
        "object_name": f"queue-{number}", "object_title": f"Queue {number}", "object_type": "Queue",
        "object_id": f"800{number}@SIP", "connection": "main",
    }  # fmt: skip
    return SeriesInfo(**(facts | given))


def context(*several: SeriesInfo, **given: Any) -> TileContext:
    facts: dict[str, Any] = {"title": "Waiting", "thresholds": None, "decimals": None}
    return TileContext(**(facts | {"series": several, "timezone": "Europe/Berlin", "locale": "en"} | given))


def tile(kind: str, **given: Any) -> Tile:
    return Tile(**({"key": "waiting", "kind": kind, "title": "Waiting", "x": 0, "y": 0, "w": 3, "h": 2} | given))


#: A choice of series that each kind accepts.
FITTING: dict[str, list[SeriesInfo]] = {
    "number": [series()],
    "trend": [series(1), series(2)],
    "gauge": [series(1, "percent")],
    "bars": [series(1), series(2)],
    "donut": [series(1), series(2)],
    "agents": [series(1, "state", object_type="Agent")],
    "table": [series(1), series(1, "seconds", id=2, statistic="longest-wait", title="Longest wait"), series(3)],
    "text": [],
}
