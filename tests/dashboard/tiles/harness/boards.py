"""Canned snapshots: every tile kind in every state, described by the product and filled with sample values."""

import math
from collections.abc import Sequence
from typing import Any

from dashboard.models import Tile
from dashboard.tiles import SeriesInfo, describe

#: Saturday 21 November 2026, 10:42:30 in Berlin.
NOW = 1_795_254_150_000
STATES = (
    "live",
    "late",
    "stale",
    "pending",
    "rejected",
    "unknown",
    "not_applicable",
    "empty",
    "warning",
    "critical",
)
LEVELS = ("warning", "critical")
WAITING = {"direction": "above", "warning": 5, "critical": 10}
SERVICE = {"direction": "below", "warning": 80, "critical": 70}
NAMES = (
    "Maria López", "Ben Carter", "Aylin Demir", "Jonas Schmidt-Rottluff", "Chloé Martin", "Noah Becker",
    "Priya Nair", "Tom O'Brien", "Lena Vogt", "Yusuf Kaya", "Emma Weiß", "Luca Rossi", "Sofia Petrova",
    "Max Huber", "Ida Lund", "Omar Haddad", "Nina Krüger", "Paul Adams", "Zoe Chen", "Karl Bauer",
    "Mia Sommer", "Ali Rahimi", "Eva Horak", "Jan de Vries", "Ruth Klein", "Leo Brandt",
)  # fmt: skip
WORDS = (
    "WaitForNextCall", "CallInbound", "CallInbound", "AfterCallWork", "NotReadyForNextCall", "CallInbound",
    "CallOutbound", "CallRinging", "CallOnHold", "LoggedOut",
)  # fmt: skip
QUEUES = ("Sales", "Service", "Billing", "Returns and complaints", "VIP", "Technical support")


def agent(index: int) -> dict[str, Any]:
    """An agent's state as a frame carries it."""
    word = WORDS[index % len(WORDS)]
    value = {"state": word, "since": NOW - (37 + index * 41) * 1000, "channels": []}
    if word == "NotReadyForNextCall":
        value["reason"] = "Lunch"
    return value


def members(count: int) -> dict[str, Any]:
    """A group's state with its members."""
    people = [{"id": NAMES[index % len(NAMES)], **agent(index)} for index in range(count)]
    return {"state": "Monitored", "agents": people}


class Snapshot:
    """Collects tiles with their series, values and levels into one snapshot frame."""

    def __init__(self, locale: str = "en", timezone: str = "Europe/Berlin", columns: int = 12) -> None:
        self.locale, self.timezone, self.columns = locale, timezone, columns
        self.tiles: list[dict[str, Any]] = []
        self.series: dict[str, Any] = {}
        self.values: dict[str, Any] = {}
        self.levels: dict[str, Any] = {}
        self.history: dict[str, Any] = {}

    def one(self, title: str, unit: str, obj: str, value: Any, state: str = "live", kind: str = "Queue") -> SeriesInfo:
        """A series with a value in one of ``STATES``."""
        number = len(self.series) + 1
        info = SeriesInfo(
            number, title.lower().replace(" ", "-"), title, unit, None, obj.lower(), obj, kind, obj, "main"
        )
        self.series[str(number)] = {
            "statistic": info.statistic,
            "title": title,
            "unit": unit,
            "decimals": None,
            "object": {"name": info.object_name, "type": kind, "id": obj, "title": obj},
            "connection": "main",
        }
        wire = {
            "late": [value, NOW - 23_000, "late"],
            "stale": [value, NOW - 120_000, "stale"],
            "pending": [None, None, "pending"],
            "rejected": [None, None, "rejected", "Statistic not found: CurrNumberWaitingCalls"],
            "unknown": [None, NOW - 900_000, "unknown"],
            "not_applicable": [None, NOW - 3000, "ok"],
        }
        if state != "empty":
            self.values[str(number)] = wire.get(state, [value, NOW - 3000, "ok"])
        if unit not in ("state", "text") and state not in ("pending", "rejected", "empty"):
            self.history[str(number)] = hour(value, number, state)
        return info

    def tile(self, kind: str, position: tuple[int, int, int, int], series: Sequence[SeriesInfo], **given: Any) -> str:
        """Adds a tile; ``given``: title, options, thresholds, decimals, level (of its first series)."""
        x, y, w, h = position
        level = given.pop("level", None)
        key = given.pop("key", f"tile-{len(self.tiles)}")
        tile = Tile(key=key, kind=kind, x=x, y=y, w=w, h=h, **given)
        self.tiles.append(describe(tile, series, self.timezone, self.locale))
        if level and series:
            self.levels[key] = {str(series[0].id): [level, NOW - 60_000]}
        return key

    def frame(self) -> dict[str, Any]:
        return {
            "type": "snapshot", "epoch": "sample", "seq": 1, "version": "sample", "bridge": "live",
            "wallboard": {
                "slug": "sample", "title": "Sample floor", "timezone": self.timezone,
                "columns": self.columns, "tiles": self.tiles,
            },
            "series": self.series, "values": self.values, "levels": self.levels, "history": self.history,
            "links": {"main": {"state": "live", "since": NOW - 3_600_000, "reason": ""}},
        }  # fmt: skip


def hour(value: Any, seed: int, state: str) -> list[list[Any]]:
    """An hour of points that ends at ``value``, with a gap of six minutes."""
    last = float(value or 0)
    size = max(2.0, abs(last) * 0.6)
    points: list[list[Any]] = []
    for minute in range(60):
        wave = last + size * math.sin((59 - minute) / (5 + seed % 4)) * (0.4 + 0.6 * minute / 60)
        known = not 22 <= minute < 28
        points.append([NOW - (60 - minute) * 60_000, round(max(0.0, wave), 1) if known else None])
    if state in ("stale", "unknown"):
        points.append([NOW - 120_000, None])
    return points


def add(board: Snapshot, kind: str, position: tuple[int, int, int, int], state: str = "live", key: str = "") -> str:
    """A typical tile of ``kind`` whose series all are in ``state``."""
    level = state if state in LEVELS else None
    given: dict[str, Any] = {
        "title": f"{kind} {state}".replace("_", " "),
        "level": level,
        "key": key or f"{kind}-{state}",
    }
    if kind == "number":
        value = {"warning": 6, "critical": 12}.get(state, 3)
        one = board.one("Calls waiting", "count", "Sales", value, state)
        return board.tile(kind, position, [one], thresholds=WAITING, options={"goal": 3}, **given)
    if kind == "gauge":
        value = {"warning": 76.4, "critical": 61}.get(state, 87)
        one = board.one("Service level", "percent", "Sales", value, state)
        return board.tile(kind, position, [one], thresholds=SERVICE, options={"goal": 80}, **given)
    if kind == "trend":
        value = {"warning": 6, "critical": 12}.get(state, 3)
        several = [board.one("Calls waiting", "count", name, value + n, state) for n, name in enumerate(QUEUES[:2])]
        return board.tile(kind, position, several, thresholds=WAITING, **given)
    if kind in ("bars", "donut"):
        several = [
            board.one("Calls waiting", "count", name, 14 - 3 * n if n < 5 else 0, state)
            for n, name in enumerate(QUEUES)
        ]
        return board.tile(kind, position, several, thresholds=WAITING if kind == "bars" else None, **given)
    if kind == "agents":
        people = [board.one("State", "state", NAMES[n], agent(n), state, "Agent") for n in range(10)]
        return board.tile(kind, position, people, options={"limits": {"NotReadyForNextCall": 120}}, **given)
    if kind == "table":
        cells = []
        for n, name in enumerate(QUEUES):
            cells += [
                board.one("Calls waiting", "count", name, 12 - 2 * n, state),
                board.one("Longest wait", "seconds", name, 754 - 90 * n, state),
                board.one("Service level", "percent", name, 92 - 5 * n, state),
            ]
        return board.tile(kind, position, cells, **given)
    text = (
        ""
        if state == "empty"
        else "# Today\n\nNew **return policy** from noon.\n\n- VIP calls first\n- Breaks after 11:00"
    )
    return board.tile(kind, position, [], options={"text": text}, **given)


KINDS = ("number", "trend", "gauge", "bars", "donut", "agents", "table", "text")


def states_board(kind: str, locale: str = "en") -> Snapshot:
    """One tile per state, four to a row: the densest board that the design allows."""
    board = Snapshot(locale)
    for index, state in enumerate(STATES):
        add(board, kind, (3 * (index % 4), 2 * (index // 4), 3, 2), state)
    return board


def single_board(kind: str, state: str = "live", locale: str = "en") -> Snapshot:
    """One tile that fills the screen."""
    board = Snapshot(locale)
    add(board, kind, (0, 0, 12, 6), state)
    return board


def floor_board(locale: str = "en") -> Snapshot:
    """A supervisor's board: all kinds, mostly calm."""
    board = Snapshot(locale)
    waiting = board.one("Calls waiting", "count", "Sales", 12)
    longest = board.one("Longest wait", "seconds", "Sales", 154)
    level = board.one("Service level", "percent", "Sales", 76.4)
    calls = board.one("Calls today", "count", "Sales", 1284)
    board.tile(
        "number",
        (0, 0, 3, 2),
        [waiting],
        title="Calls waiting",
        thresholds=WAITING,
        options={"goal": 3},
        level="critical",
    )
    board.tile("number", (3, 0, 3, 2), [longest], title="Longest wait")
    board.tile(
        "gauge", (6, 0, 3, 2), [level], title="Service level", thresholds=SERVICE, options={"goal": 80}, level="warning"
    )
    board.tile("number", (9, 0, 3, 2), [calls], title="Calls today")
    more = [board.one("Calls waiting", "count", name, 4 + 2 * n) for n, name in enumerate(QUEUES[1:4])]
    board.tile("trend", (0, 2, 6, 3), more, title="Waiting, last hour", thresholds=WAITING)
    group = board.one("Group state", "state", "Sales team", members(26), kind="GroupAgents")
    board.tile("donut", (6, 2, 6, 3), [group], title="Sales team")
    return board


def people_board(locale: str = "en") -> Snapshot:
    """A team's board: the whole group, the queues in figures, and news."""
    board = Snapshot(locale)
    group = board.one("Group state", "state", "Sales team", members(26), kind="GroupAgents")
    limits = {"NotReadyForNextCall": 600, "AfterCallWork": 900}
    board.tile("agents", (0, 0, 8, 6), [group], title="Sales team", options={"limits": limits})
    several = [board.one("Calls waiting", "count", name, 14 - 3 * n if n < 5 else 0) for n, name in enumerate(QUEUES)]
    board.tile("bars", (8, 0, 4, 3), several, title="Calls waiting", thresholds=WAITING, level="critical")
    text = "**Return policy** changes at noon.\n\n- VIP calls first\n- Breaks after 11:00"
    board.tile("text", (8, 3, 4, 3), [], title="News", options={"text": text})
    return board


def crew_board(locale: str = "en") -> Snapshot:
    """Twenty agents on half a screen, those who logged out left out, beside their states."""
    board = Snapshot(locale)
    crew = [board.one("State", "state", NAMES[n].split()[0], agent(n), "live", "Agent") for n in range(20)]
    board.tile("agents", (0, 0, 6, 6), crew, title="Agents", options={"hide": ["LoggedOut"]})
    group = board.one("Group state", "state", "Sales team", members(20), kind="GroupAgents")
    board.tile("donut", (6, 0, 6, 6), [group], title="Sales team")
    return board


def queues_board(locale: str = "en") -> Snapshot:
    """Queues by statistics over the whole screen, with one exception and one refused statistic."""
    board = Snapshot(locale)
    cells = []
    for n, name in enumerate(QUEUES):
        cells += [
            board.one("Calls waiting", "count", name, 12 - 2 * n),
            board.one("Longest wait", "seconds", name, 754 - 90 * n),
            board.one("Service level", "percent", name, 92 - 5 * n, "rejected" if n == 3 else "live"),
            board.one("Answered", "count", name, 1284 - 100 * n),
        ]
    board.tile("table", (0, 0, 12, 6), cells, title="All queues", level="critical", thresholds=WAITING)
    return board
