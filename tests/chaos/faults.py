"""Every fault of the schedule: how it begins, how long it lasts, how it ends, and what may take longer than 10 s."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tests.chaos.observer import SETTLED_SECONDS
from tests.chaos.proxy import MODES, FaultyProxy
from tests.chaos.site import Site

Action = Callable[[], Awaitable[None]]
#: After a refusal by the token endpoint, and for a rejected statistic, the next try is a minute away.
MINUTE = 60.0


@dataclass(frozen=True)
class Fault:
    """``lasts``: least and most seconds; ``slow``: not in a short run."""

    name: str
    begin: Action
    end: Action
    lasts: tuple[float, float] = (2.0, 5.0)
    grace: float = SETTLED_SECONDS
    slow: bool = False


async def nothing() -> None: ...


class Faults:
    def __init__(self, site: Site, proxy: FaultyProxy, chance: random.Random) -> None:
        self._site, self._proxy, self._chance = site, proxy, chance

    def every(self) -> list[Fault]:
        return [*self._of_service(), *self._of_network(), *self._of_processes()]

    def _order(self, action: str, **order: Any) -> Action:
        async def give() -> None:
            await asyncio.to_thread(self._site.chaos, action, **order)

        return give

    def _both(self, *actions: Action) -> Action:
        async def all_of_them() -> None:
            for action in actions:
                await action()

        return all_of_them

    def _of_service(self) -> list[Fault]:
        order, chance = self._order, self._chance
        undo = order("reset")
        at_once = (0.1, 0.5)
        faults = [
            Fault("unavailable", order("unavailable"), order("available"), (3.0, 12.0)),
            Fault("unavailable, no word of its end", order("unavailable"), self._both(undo), (6.0, 9.0)),
            Fault("drop_sessions", order("drop_sessions"), nothing, at_once),
            Fault("drop_sessions, again and again", self._again("drop_sessions"), nothing, at_once),
            Fault("expire_tokens", order("expire_tokens"), nothing, at_once),
            Fault("expire_tokens, drop_sessions", self._both(order("expire_tokens"), order("drop_sessions")), nothing),
            Fault("revoke_refresh", self._both(order("revoke_refresh"), order("expire_tokens")), nothing, at_once),
            Fault("remove_user", order("remove_user"), undo, grace=MINUTE + SETTLED_SECONDS, slow=True),
            Fault(
                "reject",
                self._both(order("reject", statistic="TotalAnswered"), order("drop_sessions")),
                order("accept", statistic="TotalAnswered"),
                grace=MINUTE + SETTLED_SECONDS,
                slow=True,
            ),
            Fault("freeze", order("freeze"), order("thaw"), (5.0, 10.0)),
            Fault("freeze, long", order("freeze"), order("thaw"), (30.0, 40.0), slow=True),
            Fault("close_connections", order("close_connections"), nothing, at_once),
            Fault("reset", undo, nothing, at_once),
        ]
        areas = ("rest", "notifications", "token", "all")
        status, broken, spoilt, slowed = chance.choice((401, 403, 429, 500, 502, 503)), *chance.choices(areas, k=3)
        error = self._both(order("error", status=status, count=1000, on=broken), order("drop_sessions"))
        garbage = self._both(order("garbage", count=1000, on=spoilt), order("close_connections"))
        return [
            *faults,
            Fault(f"error {status} on {broken}", error, undo),
            Fault(f"garbage on {spoilt}", garbage, undo),
            Fault(f"delay on {slowed}", order("delay", ms=1500, on=slowed), undo),
        ]

    def _again(self, action: str) -> Action:
        async def some_times() -> None:
            for _ in range(5):
                await asyncio.to_thread(self._site.chaos, action)
                await asyncio.sleep(self._chance.uniform(0.1, 0.8))

        return some_times

    def _of_network(self) -> list[Fault]:
        def fault(mode: str) -> Fault:
            async def begin() -> None:
                await self._proxy.begin(mode)

            return Fault(f"proxy: {mode}", begin, self._proxy.end, (2.0, 10.0))

        return [fault(mode) for mode in MODES]

    def _of_processes(self) -> list[Fault]:
        async def kill_worker() -> None:
            worker = self._site.workers.pop()
            worker.kill()
            await asyncio.to_thread(worker.wait, 10)

        async def start_worker() -> None:
            await asyncio.to_thread(self._site.start_worker)

        async def kill_simulator() -> None:
            await asyncio.to_thread(self._site.kill_simulator)

        async def start_simulator() -> None:
            await asyncio.to_thread(self._site.start_simulator)

        return [
            Fault("worker killed and restarted", kill_worker, start_worker, (0.1, 2.0)),
            Fault("service restarted, state lost", kill_simulator, start_simulator, (0.1, 4.0)),
        ]
