"""How many pages a process works on at a time: each takes a thread and a connection to the database.

What is beyond waits, in bounds, and is told to come again where that would take too long. What watches the product has
places of its own, so that a flood does not look like a dead process.
"""

import asyncio
from collections import defaultdict
from typing import Any
from weakref import WeakValueDictionary

from dashboard.guard.addresses import place_of

PROBES = ("/healthz", "/readyz", "/metrics")
PROBES_AT_ONCE = 4
#: Browsers open six connections each, and all screens of a hall start together.
WAITING_MOST = 4000
WAIT_SECONDS = 30.0
#: So many of one address stand before whoever comes next; its others stand behind. A hall behind one address gets in.
TURNS_OF_ADDRESS = 20
TEXT = b"This site has too much to do at this moment. Try again in a few seconds.\n"
RETRY_SECONDS = 5


class _Lane:
    """Places for requests, and a queue before them; one address fills no more than half of the queue."""

    def __init__(self, at_once: int, waiting: int, seconds: float) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._most = waiting
        self._seconds = seconds
        self._waiting = 0
        self._by_place: defaultdict[str, int] = defaultdict(int)
        self._turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    async def enter(self, place: str) -> bool:
        """Wait for a place; False where there is none to be had."""
        if not self._free.locked():
            await self._free.acquire()
            return True
        if self._waiting >= self._most or self._by_place[place] >= max(1, self._most // 2):
            return False
        self._waiting += 1
        self._by_place[place] += 1
        try:
            async with asyncio.timeout(self._seconds):
                async with self._turns.setdefault(place, asyncio.Semaphore(TURNS_OF_ADDRESS)):
                    await self._free.acquire()
            return True
        except TimeoutError:
            return False
        finally:
            self._waiting -= 1
            self._by_place[place] -= 1
            if not self._by_place[place]:
                del self._by_place[place]

    def leave(self) -> None:
        self._free.release()


class BoundedRequests:
    """The ASGI application ``app``, asked for at most ``at_once`` pages at a time; beyond, 503."""

    def __init__(self, app: Any, at_once: int, waiting: int = WAITING_MOST, seconds: float = WAIT_SECONDS) -> None:
        self._app = app
        self._pages = _Lane(at_once, waiting, seconds)
        self._probes = _Lane(PROBES_AT_ONCE, waiting, seconds)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        lane = self._probes if scope["path"] in PROBES else self._pages
        if not await lane.enter(place_of((scope.get("client") or [""])[0])):
            await _refuse(send)
            return
        try:
            await self._app(scope, receive, send)
        finally:
            lane.leave()


async def _refuse(send: Any) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(TEXT)).encode()),
        (b"retry-after", str(RETRY_SECONDS).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": TEXT})
