"""How many sockets a process holds, and how much each of them may send.

A socket that has not shown yet who it is costs a stranger nothing. When too many wait, the one that waits longest goes:
screens show their credential at once, so they are let in however many others only wait.
"""

import asyncio
import resource
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

from django.conf import settings
from prometheus_client import Counter, Gauge

from dashboard.guard.addresses import place_of
from dashboard.protocol import CloseCode, Refusal

WAITING = Gauge("wallboard_sockets_waiting", "Open sockets that have not shown a credential yet")
TURNED_AWAY = Counter("wallboard_sockets_turned_away", "Sockets closed because there were too many", ["why"])

CROWDED = Refusal(CloseCode.TOO_SLOW, "crowded", "Too many others connect at this moment. Try again.")
FULL = Refusal(CloseCode.TOO_SLOW, "crowded", "This server shows as many screens as it may. Try again later.")
FLOODED = Refusal(CloseCode.TOO_SLOW, "too_many_frames", "This screen sends too many frames.")


class Allowance:
    """So many at once, and then ``per_second``; whoever wants more has to be refused."""

    def __init__(self, at_once: float, per_second: float, now: float) -> None:
        self._most = self._left = at_once
        self._per_second = per_second
        self._at = now

    def take(self, now: float) -> bool:
        """Whether one more is within the allowance at second ``now``, which is monotonic."""
        self._left = min(self._most, self._left + (now - self._at) * self._per_second)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Doorkeeper:
    """Counts the sockets of one process; all methods run on its event loop."""

    def __init__(self, most: int, waiting: int, waiting_of_address: int) -> None:
        self._most = most
        self._waiting_most = waiting
        self._of_address_most = waiting_of_address
        self._inside = 0
        # In the order of arrival; the second one by address.
        self._waiting: dict[asyncio.Timeout, str] = {}
        self._by_place: defaultdict[str, dict[asyncio.Timeout, None]] = defaultdict(dict)

    @asynccontextmanager
    async def waiting(self, address: str) -> AsyncIterator[None]:
        """Around admission.

        Raises:
            Refusal: so many came after this one that it has to make room.
        """
        place = place_of(address)
        self._make_room(place)
        try:
            async with asyncio.timeout(None) as turn:
                self._waiting[turn] = place
                self._by_place[place][turn] = None
                WAITING.inc()
                try:
                    yield
                finally:
                    self._forget(turn, place)
        except TimeoutError:
            if not turn.expired():
                raise
            raise CROWDED from None

    @asynccontextmanager
    async def inside(self) -> AsyncIterator[None]:
        """Around the life of a socket that was admitted.

        Raises:
            Refusal: there are as many as this process may hold.
        """
        if self._inside >= self._most:
            TURNED_AWAY.labels("full").inc()
            raise FULL
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1

    def _make_room(self, place: str) -> None:
        if len(self._by_place.get(place, ())) >= self._of_address_most:
            self._turn_away(next(iter(self._by_place[place])), "address")
        if len(self._waiting) >= self._waiting_most:
            self._turn_away(next(iter(self._waiting)), "process")

    def _turn_away(self, turn: asyncio.Timeout, why: str) -> None:
        TURNED_AWAY.labels(why).inc()
        self._forget(turn, self._waiting[turn])
        turn.reschedule(asyncio.get_running_loop().time())

    def _forget(self, turn: asyncio.Timeout, place: str) -> None:
        if self._waiting.pop(turn, None) is None:
            return
        WAITING.dec()
        self._by_place[place].pop(turn, None)
        if not self._by_place[place]:
            del self._by_place[place]


_doorkeepers: WeakKeyDictionary[asyncio.AbstractEventLoop, Doorkeeper] = WeakKeyDictionary()


def doorkeeper() -> Doorkeeper:
    """The one of the running event loop; a web process has one loop, tests have many."""
    loop = asyncio.get_running_loop()
    if loop not in _doorkeepers:
        # Those that only wait leave most descriptors to others.
        waiting = min(settings.SOCKETS_WAITING, max(1, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 4))
        _doorkeepers[loop] = Doorkeeper(settings.SOCKETS_MOST, waiting, settings.SOCKETS_WAITING_OF_ADDRESS)
    return _doorkeepers[loop]
