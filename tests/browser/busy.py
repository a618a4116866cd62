"""A wallboard of twelve tiles that all change once a second, each at a phase of its own."""

import asyncio
import math
import time
from typing import Any

from tests.browser.sample import NAMES, QUEUES, STATES, Sample
from tests.browser.site import Screen

HEARTBEAT_SECONDS = 5.0
LIMITS = {"direction": "above", "warning": 8, "critical": 15}


def twelve_tiles() -> Sample:
    """Every kind that shows values; no series is in two tiles. The lines of an hour have their 360 points."""
    sample = Sample(now=int(time.time() * 1000))

    def add(count: int, statistic: str, unit: str = "count", value: float = 7) -> list[int]:
        return [sample.add_series(f"{statistic}-{at}", unit, value, statistic, of=QUEUES[at]) for at in range(count)]

    sample.add_tile("number", "Waiting", add(1, "waiting"), 0, 0, 3, 2, goal=3, thresholds=LIMITS)
    sample.add_tile("number", "Longest wait", add(1, "longest-wait", "seconds", 95), 3, 0, 3, 2, goal=60)
    sample.add_tile("gauge", "Service level", add(1, "service-level", "percent", 82.4), 6, 0, 3, 2, goal=80)
    sample.add_tile("gauge", "Abandoned", add(1, "abandoned", "percent", 4.2), 9, 0, 3, 2)
    sample.add_tile("trend", "Waiting, last hour", add(1, "waiting-hour"), 0, 2, 4, 2, thresholds=LIMITS)
    sample.add_tile("trend", "By queue, last hour", add(4, "by-queue"), 4, 2, 4, 2)
    sample.add_tile("trend", "Last quarter", add(2, "quarter"), 8, 2, 4, 2, window=15)
    sample.add_tile("bars", "Waiting by queue", add(6, "bars"), 0, 4, 4, 2, thresholds=LIMITS)
    sample.add_tile("bars", "Answered", add(4, "answered"), 4, 4, 4, 2)
    sample.add_tile("donut", "Calls by queue", add(5, "share"), 8, 4, 4, 2)
    agents = [
        sample.add_series("state", "state", state_of(at, 0, sample.now), "State", of=name, kind="Agent")
        for at, name in enumerate(NAMES)
    ]
    sample.add_tile("agents", "Agents", agents, 0, 6, 6, 3, limits={"AfterCallWork": 120})
    sample.add_tile("table", "Queues", add(6, "table-waiting") + add(6, "table-answered"), 6, 6, 6, 3)
    return sample


def state_of(agent: int, step: int, at: int) -> dict[str, Any]:
    state = STATES[(agent + step) % len(STATES)]
    reason = "Lunch" if state == "NotReadyForNextCall" else ""
    channels = [{"media": "voice", "state": state, "since": at}]
    return {"state": state, "since": at, "reason": reason, "channels": channels}


def change(sample: Sample, index: int, step: int) -> dict[str, Any]:
    """The values and levels of an update frame: one series of the ``index``-th tile, its next in turn."""
    tile, ids = sample.tiles[index]
    key, at = ids[step % len(ids)], int(time.time() * 1000)
    unit = sample.series[key].unit
    value: Any = round(9 + 8 * math.sin(step / 7 + index) + 3 * math.sin(step / 1.7))
    if unit == "state":
        value = state_of(key, step, at)
    elif unit == "percent":
        value = round(82 + 0.7 * value, 1)
    sample.values[str(key)] = [value, at, "ok"]
    values = {str(key): sample.values[str(key)]}
    if not tile.thresholds:
        return {"values": values}
    level = "critical" if value > LIMITS["critical"] else "warning" if value > LIMITS["warning"] else "normal"
    return {"values": values, "levels": {tile.key: {str(key): [level, at]}}}


async def keep_changing(sample: Sample, screen: Screen) -> None:
    """A frame for each change, none merged with another, and the heartbeats; until cancelled."""
    tiles = len(sample.tiles)
    began, seq, beat = time.monotonic(), 0, 0.0
    while True:
        await asyncio.sleep(max(0.0, began + seq / tiles - time.monotonic()))
        more = change(sample, seq % tiles, seq // tiles)
        seq += 1
        await screen.update(seq, more.pop("values"), **more)
        if time.monotonic() - beat >= HEARTBEAT_SECONDS:
            beat = time.monotonic()
            await screen.heartbeat(seq, int(time.time() * 1000))
