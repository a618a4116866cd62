"""A canary on one subscription, with time turned by hand."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import httpx
import pytest

from statsbridge.auth import Authenticator, Credentials
from statsbridge.canary import Canary
from statsbridge.clock import Clock
from statsbridge.configuration import WantedSeries
from statsbridge.history import Sampler
from statsbridge.intake import Intake
from statsbridge.leadership import Term
from statsbridge.ledger import Ledger
from statsbridge.link import LinkMonitor
from statsbridge.messages import Link, LinkState
from statsbridge.rest import StatisticsApi
from statsbridge.store import Store
from statsbridge.subscriptions import Subscriptions
from statsbridge.surroundings import Surroundings

EVERY_TEN = {"definition": {"notificationMode": "Periodical", "notificationFrequency": 10, "insensitivity": 1}}


class TurnedClock(Clock):
    """Each sleep takes no time and moves the clock on; ``before`` is called at each, until it says stop."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.before: Callable[[float], bool] = lambda now: True

    def now(self) -> int:
        return int(self.seconds * 1000)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.seconds += seconds
        if not self.before(self.seconds):
            raise Enough


class Enough(Exception):  # noqa: N818
    """The test has seen what it wanted to see."""


class Scene:
    """One subscription ``S`` with series 1, whose value at the service is ``self.value``."""

    def __init__(self, descriptor: dict[str, Any] | None = None) -> None:
        self.clock = TurnedClock()
        self.value: Any = 5
        self.status = 200
        self.reads = 0
        self.links: list[str] = []
        wanted = {1: WantedSeries(1, "count", "Queue", "8001", descriptor or EVERY_TEN)}
        store = Store("main", "e", Link(LinkState.CONNECTING, 0))
        self.intake = Intake(store, Sampler(10_000), self.clock, wanted)
        self.around = Surroundings(
            clock=self.clock,
            link=LinkMonitor(
                self.clock.now, self.clock.elapsed, lambda before, after, lasted: self.links.append(str(after.state))
            ),
            intake=self.intake,
            ledger=Ledger(1, self.clock),
            alive=lambda: None,
            on_rotated=self._rotated,
            term=Term(1),
        )
        client = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        auth = Authenticator(client, "http://gws/auth/v3", Credentials("c"), clock=self.clock)
        api = StatisticsApi(client, "http://gws/statistics/v3", auth)
        self.subscriptions = Subscriptions("main", api, self.around.ledger, self.intake, self.clock, {})
        self.subscriptions.open["S"] = {1: wanted[1].asked}
        self.canary = Canary("main", api, self.subscriptions, self.around, lambda: None)
        self.intake.accept(1, 5, 0)
        self.around.link.ready()

    async def _rotated(self, spent: str, token: str) -> None: ...

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/oauth/token"):
            return httpx.Response(200, json={"access_token": "t", "expires_in": 1_000_000})
        self.reads += 1
        item = {"statisticId": "1", "value": self.value, "timestamp": self.clock.now()}
        status = {"code": 0 if self.status == 200 else self.status, "message": "Subscription not found"}
        return httpx.Response(self.status, json={"status": status, "data": {"statistics": [item]}})

    def shown(self) -> tuple[Any, str]:
        reading = self.intake.reading(1)
        assert reading is not None
        return reading.value, str(reading.state)

    def notify(self, value: Any) -> None:
        self.canary.notified(1)
        self.intake.accept(1, value, self.clock.now())

    async def run(self, seconds: float) -> None:
        """Until the canary raises, or so many seconds are over."""
        until = self.clock.seconds + seconds
        each = self.clock.before
        self.clock.before = lambda now: each(now) and now <= until
        running: Coroutine[Any, Any, None] | Awaitable[None] = self.canary.run()
        with pytest.raises(Enough):
            await running
        self.clock.before = each
