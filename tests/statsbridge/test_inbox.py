"""Updates are conflated by statistic on their way in."""

import asyncio
import sys
from collections.abc import Iterable
from typing import Any

import msgspec

from statsbridge import lenient
from statsbridge.inbox import HELD_MOST, Inbox
from statsbridge.notifications import Update


class Scene:
    def __init__(self) -> None:
        self.taken: list[list[Any]] = []
        self.came = asyncio.Event()
        self.inbox = Inbox(self._take)

    def _take(self, updates: Iterable[Update]) -> None:
        self.taken.append([update.read() for update in updates])
        self.came.set()

    async def next(self) -> list[Any]:
        async with asyncio.timeout(5):
            await self.came.wait()
        self.came.clear()
        return self.taken[-1]


def update(value: int, statistic: str = "1", timestamp: int | None = 5, subscription: str = "S") -> Update:
    return Update(subscription, statistic, timestamp, lenient.encode(value))


async def test_a_value_that_changes_twice_between_two_looks_is_taken_once() -> None:
    scene = Scene()
    scene.inbox.put([update(1), update(2), update(7, "2")])
    scene.inbox.put([update(3)])
    assert await scene.next() == [3, 7]


async def test_what_comes_after_a_look_is_taken_with_the_next() -> None:
    scene = Scene()
    scene.inbox.put([update(1)])
    assert await scene.next() == [1]
    scene.inbox.put([update(2)])
    assert await scene.next() == [2]


async def test_a_value_measured_earlier_does_not_replace_a_later_one() -> None:
    scene = Scene()
    scene.inbox.put([update(9, timestamp=10), update(1, timestamp=4)])
    assert await scene.next() == [9]


async def test_values_without_usable_times_go_by_their_order() -> None:
    scene = Scene()
    scene.inbox.put([update(9, timestamp=10), update(1, timestamp=None), update(2, timestamp=3)])
    assert await scene.next() == [2]


async def test_statistics_of_the_same_id_in_two_subscriptions_are_two() -> None:
    scene = Scene()
    scene.inbox.put([update(1), update(2, subscription="T")])
    assert await scene.next() == [1, 2]


async def test_what_is_held_keeps_no_large_body_in_memory() -> None:
    scene = Scene()
    body = b'{"value": 7, "padding": "%s"}' % (b"x" * 10_000)
    own = sys.getrefcount(body)
    scene.inbox.put([Update("S", "1", 5, msgspec.json.decode(body, type=dict[str, msgspec.Raw])["value"])], len(body))
    assert sys.getrefcount(body) > own
    scene.inbox.put([], HELD_MOST)
    assert sys.getrefcount(body) == own
    assert await scene.next() == [7]


async def test_a_closed_inbox_hands_on_nothing_that_is_held_or_comes_late() -> None:
    scene, open_one = Scene(), Scene()
    scene.inbox.put([update(1)])
    scene.inbox.close()
    scene.inbox.put([update(2)])
    # Its timer is set after that of the closed one would have been.
    open_one.inbox.put([update(3)])
    assert await open_one.next() == [3]
    scene.inbox.flush()
    assert [value for values in scene.taken for value in values] == []
