"""Updates are conflated by statistic on their way in."""

import asyncio
from collections.abc import Iterable
from typing import Any

from statsbridge.inbox import Inbox


class Scene:
    def __init__(self) -> None:
        self.taken: list[list[Any]] = []
        self.came = asyncio.Event()
        self.inbox = Inbox(self._take)

    def _take(self, elements: Iterable[Any]) -> None:
        self.taken.append([element.get("value") for element in elements])
        self.came.set()

    async def next(self) -> list[Any]:
        async with asyncio.timeout(5):
            await self.came.wait()
        self.came.clear()
        return self.taken[-1]


def update(value: int, statistic: Any = "1", timestamp: Any = 5) -> dict[str, Any]:
    return {"subscriptionId": "S", "statisticId": statistic, "value": value, "timestamp": timestamp}


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
    scene.inbox.put([update(9, timestamp=10), update(1, timestamp=None), update(2, timestamp="soon")])
    assert await scene.next() == [2]


async def test_elements_in_no_known_shape_harm_no_others() -> None:
    scene = Scene()
    scene.inbox.put([None, "text", [], update(1, ["list"]), update(2, 2), update(3)])
    scene.inbox.flush()
    assert scene.taken == [[1], [2], [3]]


async def test_a_closed_inbox_hands_on_nothing_by_itself() -> None:
    scene = Scene()
    scene.inbox.put([update(1)])
    scene.inbox.close()
    await asyncio.sleep(0.01)
    assert scene.taken == []
