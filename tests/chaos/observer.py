"""Compares what a screen is shown with what the service says that it notified; knows nothing of the bridge."""

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import httpx

from statsbridge.values import read_value
from tests.chaos.twice import Twice
from tests.e2e.installation import Screen

SAMPLE_SECONDS = 0.5
#: What a value may take from the service to the screen, with everything on one busy machine.
WAY_SECONDS = 2.0
SETTLED_SECONDS = 10.0


@dataclass
class Excuse:
    """A fault: values are not counted while it lasts and for ``grace`` seconds from its end."""

    name: str
    began: float
    ended: float = float("inf")
    grace: float = SETTLED_SECONDS
    recovered: float | None = None

    def covers(self, now: float) -> bool:
        return self.began <= now < self.ended + self.grace


@dataclass
class Tally:
    """``counted`` and ``good`` value samples outside of excuses; ``wrong`` the longest time of ok and wrong, in s."""

    counted: int = 0
    good: int = 0
    wrong: float = 0.0
    notes: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        return self.good / max(self.counted, 1)


class Observer:
    def __init__(self, simulator_url: str, screen: Screen, series: int) -> None:
        self.tally = Tally()
        self.twice = Twice()
        self.excuses: list[Excuse] = []
        self.began = time.monotonic()
        self._url = simulator_url
        self._screen = screen
        self._series = series
        self._told: dict[str, deque[tuple[float, Any]]] = {}
        self._wrong_since: dict[str, float] = {}
        self._restless: list[str] = []
        self._settled = asyncio.Event()

    def begin(self) -> None:
        """Count from now on."""
        self.tally, self.twice, self.began = Tally(), Twice(), time.monotonic()

    async def run(self) -> None:
        """Until cancelled; fails when the screen's socket breaks."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._read())
            group.create_task(self._sample())

    async def settle(self, seconds: float) -> None:
        """Wait until everything shown is ok and equal."""
        self._settled.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._settled.wait()
        except TimeoutError:
            raise AssertionError(f"not settled in {seconds} s: {self._restless}; links {self._screen.links}") from None

    async def _read(self) -> None:
        while True:
            await self._screen.read()

    async def _sample(self) -> None:
        async with httpx.AsyncClient(base_url=self._url, trust_env=False, timeout=3) as client:
            while True:
                # Taken before the question: what is shown may not be ahead of the truth that it is compared with.
                shown = dict(self._screen.values)
                try:
                    state = (await client.get("/_sim/state")).json()
                except (httpx.HTTPError, ValueError):
                    state = None
                if state is not None:
                    self._look(state, shown)
                await asyncio.sleep(SAMPLE_SECONDS)

    def _look(self, state: dict[str, Any], shown: dict[str, list[Any]]) -> None:
        now = time.monotonic()
        self.twice.look(state)
        notified = {one["id"]: one["notified"] for held in state["subscriptions"] for one in held["statistics"]}
        missing = self._series - len(shown)
        self._restless = [f"{missing} series are not shown"] if missing else []
        excused = any(excuse.covers(now) for excuse in self.excuses)
        for series, wire in shown.items():
            ok = wire[2] == "ok"
            equal = series in notified and self._equal(series, wire[0], notified[series], now)
            if not (ok and equal):
                self._restless.append(f"{series}: {str(wire)[:80]} != {str(notified.get(series, 'not open'))[:80]}")
            self._note_wrong(series, ok and not equal, now)
            if not excused:
                self.tally.counted += 1
                self.tally.good += ok and equal
        if self._restless and not excused:
            self._note(now)
        if not self._restless:
            self._settled.set()
            for excuse in self.excuses:
                if excuse.recovered is None and now >= excuse.ended:
                    excuse.recovered = now - excuse.ended

    def _equal(self, series: str, shown: Any, truth: Any, now: float) -> bool:
        """Whether it is what was notified just now, or shortly before and is on its way."""
        told = self._told.setdefault(series, deque())
        told.append((now, essence(truth)))
        while told[0][0] < now - WAY_SECONDS:
            told.popleft()
        return any(essence(shown) == value for _, value in told)

    def _note_wrong(self, series: str, wrong: bool, now: float) -> None:
        if not wrong:
            self._wrong_since.pop(series, None)
            return
        lasted = now - self._wrong_since.setdefault(series, now)
        if lasted > max(self.tally.wrong, 15.0):
            self._note(now)
        self.tally.wrong = max(self.tally.wrong, lasted)

    def _note(self, now: float) -> None:
        last = self.excuses[-1].name if self.excuses else "nothing"
        links = {name: link["state"] for name, link in self._screen.links.items()}
        self.tally.notes.append(f"{now - self.began:.1f} s, after {last}, links {links}: {self._restless[:3]}")


def essence(value: Any) -> Any:
    """A number as it is, of a state its name: times and members follow from it."""
    if isinstance(value, dict):
        if "state" in value:
            return value["state"]
        return read_value({"stateValue": value}, "state", timestamp=0)["state"]
    return value


def table(excuses: list[Excuse], origin: float) -> str:
    """Each fault with when it began, how long it lasted, and its own recovery time."""
    lines = []
    for one in excuses:
        recovery = "never" if one.recovered is None else f"{one.recovered:.1f} s"
        lines.append(
            f"  {one.began - origin:6.1f} s  {one.name:<32} {one.ended - one.began:5.1f} s  live after {recovery}"
        )
    return "\n".join(lines)
