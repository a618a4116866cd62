"""A sample wallboard with every kind of tile, described by the product's own code, and frames about it."""

import math
from dataclasses import dataclass, field
from typing import Any

from dashboard.models import Team, Tile, Wallboard
from dashboard.tiles import SeriesInfo, describe
from dashboard.tv import tv_settings

NOW = 1_763_730_000_000  # a Friday, 14:00 in Berlin
ZONE = "Europe/Berlin"
STATES = ["WaitForNextCall", "CallInbound", "NotReadyForNextCall", "AfterCallWork", "CallOutbound", "LoggedOut"]
NAMES = ["Maria L.", "Ben K.", "Aylin D.", "Tom W.", "Sofia R.", "Jonas P.", "Clara V.", "Marek Z.", "Ines F.",
         "Paul O.", "Lena H.", "Noah S."]  # fmt: skip
QUEUES = ["Sales", "Service", "Returns", "Partners", "Technical support", "Billing"]


@dataclass
class Sample:
    """Builds tiles and their series; ``snapshot`` is a whole frame, with values that agree with each other."""

    locale: str = "en"
    now: int = NOW
    tiles: list[tuple[Tile, list[int]]] = field(default_factory=list)
    series: dict[int, SeriesInfo] = field(default_factory=dict)
    values: dict[str, list[Any]] = field(default_factory=dict)
    levels: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    links: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.team = Team(name="sales", title="Sales")
        self.wallboard = Wallboard(slug="sales", title="Sales floor", team=self.team, timezone=ZONE, columns=12)
        self.links = {"main": {"state": "live", "since": self.now - 3_600_000, "reason": ""}}

    def add_series(
        self, statistic: str, unit: str, value: Any, title: str, of: str = "Sales", kind: str = "Queue"
    ) -> int:
        key = len(self.series) + 1
        self.series[key] = SeriesInfo(
            id=key,
            statistic=statistic,
            title=title,
            unit=unit,
            decimals=None,
            object_name=of.lower().replace(" ", "-").replace(".", ""),
            object_title=of,
            object_type=kind,
            object_id=f"{of}@sample",
            connection="main",
        )
        self.values[str(key)] = [value, self.now - 4_000, "ok"]
        return key

    def add_tile(self, kind: str, title: str, ids: list[int], x: int, y: int, w: int, h: int, **settings: Any) -> str:
        thresholds = settings.pop("thresholds", None)
        key = f"{kind}-{len(self.tiles) + 1}"
        tile = Tile(key=key, kind=kind, title=title, x=x, y=y, w=w, h=h, options=settings, thresholds=thresholds)
        self.tiles.append((tile, ids))
        return key

    def history(self, key: str) -> list[list[int | float | None]]:
        value = self.values[key][0]
        level = value if isinstance(value, int | float) else 0
        start = self.now - 3_600_000
        wave = [math.sin(step / 17) * 0.35 + math.sin(step / 5 + int(key)) * 0.2 + 0.8 for step in range(360)]
        return [[start + step * 10_000, round(max(0, level * part))] for step, part in enumerate(wave)]

    def snapshot(self, *, epoch: str = "e1", seq: int = 0, version: str = "1", history: bool = True) -> dict[str, Any]:
        frame: dict[str, Any] = {
            "type": "snapshot",
            "epoch": epoch,
            "seq": seq,
            "version": version,
            "bridge": "live",
            "wallboard": {
                "slug": self.wallboard.slug,
                "title": self.wallboard.title,
                "timezone": ZONE,
                "columns": self.wallboard.columns,
                "tv": tv_settings(self.wallboard),
                "tiles": [describe(tile, [self.series[i] for i in ids], ZONE, self.locale) for tile, ids in self.tiles],
            },
            "series": {str(key): _series_wire(info) for key, info in self.series.items()},
            "values": dict(self.values),
            "levels": dict(self.levels),
            "links": dict(self.links),
        }
        if history:
            drawn = {str(i) for tile, ids in self.tiles if tile.kind in ("number", "trend") for i in ids}
            frame["history"] = {key: self.history(key) for key in drawn}
        return frame


def _series_wire(info: SeriesInfo) -> dict[str, Any]:
    return {
        "statistic": info.statistic,
        "title": info.title,
        "unit": info.unit,
        "decimals": info.decimals,
        "object": {
            "name": info.object_name,
            "type": info.object_type,
            "id": info.object_id,
            "title": info.object_title,
        },
        "connection": info.connection,
        "timezone": info.timezone,
    }


def one_number(*, sparkline: bool = False, **settings: Any) -> Sample:
    """The smallest board: series 1 in tile ``number-1``. For its line a browser compiles plotly.js for a second."""
    sample = Sample(**settings)
    waiting = sample.add_series("calls-waiting", "count", 7, "Calls waiting")
    sample.add_tile("number", "Waiting", [waiting], 0, 0, 12, 4, sparkline=sparkline)
    return sample


def sales_floor(**settings: Any) -> Sample:
    """A board with all kinds, as a floor would hang it on the wall."""
    sample = Sample(**settings)
    above = {"direction": "above", "warning": 8, "critical": 15}
    waiting = sample.add_series("calls-waiting", "count", 4, "Calls waiting")
    longest = sample.add_series("longest-wait", "seconds", 95, "Longest wait")
    level = sample.add_series("service-level", "percent", 82.4, "Service level")
    ready = sample.add_series("agents-ready", "count", 6, "Agents ready")
    sample.add_tile("number", "Waiting", [waiting], 0, 0, 3, 2, goal=3, thresholds=above)
    sample.add_tile("number", "Longest wait", [longest], 3, 0, 3, 2, goal=60)
    sample.add_tile("gauge", "Service level", [level], 6, 0, 3, 2, goal=80)
    sample.add_tile("number", "Agents ready", [ready], 9, 0, 3, 2, sparkline=False)
    sample.add_tile("trend", "Waiting, last hour", [waiting], 0, 2, 6, 2, thresholds=above)
    queues = [
        sample.add_series("calls-waiting-queue", "count", (index * 5) % 11, "Waiting", of=name)
        for index, name in enumerate(QUEUES)
    ]
    sample.add_tile("bars", "Waiting by queue", queues, 6, 2, 6, 2, thresholds=above)
    agents = [
        sample.add_series("agent-state", "state", _agent(index, sample.now), "State", of=name, kind="Agent")
        for index, name in enumerate(NAMES)
    ]
    sample.add_tile("agents", "Agents", agents, 0, 4, 6, 3, limits={"AfterCallWork": 120})
    sample.add_tile("table", "Queues", queues + _answered(sample), 6, 4, 6, 3)
    return sample


def all_kinds(**settings: Any) -> Sample:
    """The kinds that ``sales_floor`` leaves out, and a long title."""
    sample = Sample(**settings)
    share = [
        sample.add_series(f"agents-{word}", "count", count, word, of="Everybody", kind="GroupAgents")
        for word, count in (("Ready", 9), ("In a call", 14), ("After call", 5), ("Not ready", 7))
    ]
    sample.add_tile("donut", "Agents by state", share, 0, 0, 6, 3)
    sample.add_tile(
        "text", "News", [], 6, 0, 6, 3, text="## Fire drill at 15:00\n\nPlease **sign out** before leaving.\n\n* Exit B"
    )
    number = sample.add_series("calls-answered", "count", 12_345, "Calls answered today in all queues together")
    sample.add_tile("number", "", [number], 0, 3, 6, 3)
    sample.add_tile("trend", "Agents by state, last hour", share, 6, 3, 6, 3)
    return sample


def _agent(index: int, now: int) -> dict[str, Any]:
    state = STATES[index % len(STATES)]
    return {
        "state": state,
        "since": now - 31_000 * (index + 1),
        "reason": "Lunch" if state == "NotReadyForNextCall" else "",
        "channels": [{"media": "voice", "state": state, "since": now - 31_000 * (index + 1)}],
    }


def _answered(sample: Sample) -> list[int]:
    return [
        sample.add_series("calls-answered", "count", 120 + 37 * index, "Answered", of=name)
        for index, name in enumerate(QUEUES)
    ]
