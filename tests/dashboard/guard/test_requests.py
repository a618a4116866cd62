"""How many pages are worked on at a time."""

import asyncio
from typing import Any

from dashboard.guard.requests import BoundedRequests


class Site:
    """Pages that take until they are allowed to end."""

    def __init__(self, **limits: Any) -> None:
        self.ending = asyncio.Event()
        self.working = self.most = 0
        self._app = BoundedRequests(self._page, **limits)

    async def _page(self, scope: Any, receive: Any, send: Any) -> None:
        self.working += 1
        self.most = max(self.most, self.working)
        try:
            if scope["path"] == "/fails":
                raise ValueError
            await self.ending.wait()
        finally:
            self.working -= 1
        await send({"type": "http.response.start", "status": 200, "headers": []})

    def ask(self, path: str = "/", address: str = "198.51.100.7", kind: str = "http") -> "asyncio.Task[list[Any]]":
        return asyncio.create_task(self._ask({"type": kind, "path": path, "client": [address, 1]}))

    async def _ask(self, scope: Any) -> list[Any]:
        answers: list[Any] = []

        async def send(message: Any) -> None:
            answers.append(message)

        await self._app(scope, None, send)
        return answers


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def statuses(asked: list["asyncio.Task[list[Any]]"]) -> list[int]:
    return [(await asyncio.wait_for(one, 5))[0]["status"] for one in asked]


async def test_so_many_pages_at_a_time_and_the_others_after_them() -> None:
    site = Site(at_once=2)
    asked = [site.ask() for _ in range(7)]
    await settle()
    assert site.working == 2
    site.ending.set()
    assert await statuses(asked) == [200] * 7
    assert site.most == 2


async def test_a_full_queue_is_told_to_come_again() -> None:
    site = Site(at_once=1, waiting=4)
    asked = [site.ask(address=f"198.51.100.{number}") for number in range(6)]
    await settle()
    (start, body) = await asked[-1]
    assert start["status"] == 503
    assert (b"retry-after", b"5") in start["headers"]
    assert b"Try again" in body["body"]
    site.ending.set()
    assert await statuses(asked[:-1]) == [200] * 5


async def test_one_address_leaves_room_in_the_queue() -> None:
    site = Site(at_once=1, waiting=4)
    flood = [site.ask() for _ in range(6)]
    await settle()
    friend = site.ask(address="203.0.113.9")
    await settle()
    site.ending.set()
    assert await statuses(flood) == [200] * 3 + [503] * 3
    assert await statuses([friend]) == [200]


async def test_whoever_comes_after_a_flood_stands_before_most_of_it() -> None:
    site = Site(at_once=1)
    flood = [site.ask() for _ in range(500)]
    await settle()
    friend = site.ask(address="203.0.113.9")
    await settle()
    site.ending.set()
    assert await statuses([friend]) == [200]
    assert sum(one.done() for one in flood) < 50
    assert await statuses(flood) == [200] * 500


async def test_who_waits_for_too_long_is_told_to_come_again() -> None:
    site = Site(at_once=1, seconds=0.01)
    first, second = site.ask(), site.ask()
    assert await statuses([second]) == [503]
    site.ending.set()
    assert await statuses([first]) == [200]


async def test_what_watches_the_product_has_places_of_its_own() -> None:
    site = Site(at_once=1, waiting=1)
    flood = [site.ask() for _ in range(5)]
    probe = site.ask("/healthz")
    await settle()
    site.ending.set()
    assert await statuses([probe]) == [200]
    await statuses(flood)


async def test_a_page_that_fails_or_whose_reader_leaves_gives_its_place_back() -> None:
    site = Site(at_once=1)
    for _ in range(3):
        failed = site.ask("/fails")
        await asyncio.wait([failed])
        assert isinstance(failed.exception(), ValueError)
        left = site.ask()
        await settle()
        left.cancel()
        await asyncio.wait([left])
    site.ending.set()
    assert await statuses([site.ask()]) == [200]


async def test_sockets_are_not_its_business() -> None:
    site = Site(at_once=1)
    sockets = [site.ask(kind="websocket") for _ in range(3)]
    await settle()
    assert site.working == 3
    site.ending.set()
    await statuses(sockets)
