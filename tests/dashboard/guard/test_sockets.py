"""How many sockets wait and stay, and how much they may send."""

import asyncio

import pytest

from dashboard.guard.sockets import Allowance, Doorkeeper
from dashboard.protocol import Refusal


class Visitor:
    """Somebody at the door: waits there until let in."""

    def __init__(self, door: Doorkeeper, address: str) -> None:
        self.letting_in = asyncio.Event()
        self.refusal: Refusal | None = None
        self.task = asyncio.create_task(self._visit(door, address))

    async def _visit(self, door: Doorkeeper, address: str) -> None:
        try:
            async with door.waiting(address):
                await self.letting_in.wait()
        except Refusal as refusal:
            self.refusal = refusal

    async def ended(self) -> Refusal | None:
        await asyncio.wait_for(self.task, 5)
        return self.refusal


async def come(door: Doorkeeper, *addresses: str) -> list[Visitor]:
    visitors = []
    for address in addresses:
        visitors.append(Visitor(door, address))
        await asyncio.sleep(0)
    return visitors


async def let_in(visitors: list[Visitor]) -> list[Refusal | None]:
    for visitor in visitors:
        visitor.letting_in.set()
    return [await visitor.ended() for visitor in visitors]


async def test_when_too_many_wait_who_waits_longest_makes_room() -> None:
    visitors = await come(Doorkeeper(9, 3, 9), "a", "b", "c", "d", "e")
    assert [bool(await visitor.ended()) for visitor in visitors[:2]] == [True, True]
    assert await let_in(visitors[2:]) == [None] * 3


async def test_one_address_makes_room_for_itself_and_not_for_others() -> None:
    visitors = await come(Doorkeeper(9, 100, 2), "friend", "a", "a", "a", "a")
    assert visitors[1:3] == [one for one in visitors if one.task in (await asyncio.wait([one.task], timeout=0.01))[0]]
    assert await let_in([visitors[0], *visitors[3:]]) == [None] * 3


async def test_who_was_let_in_or_left_waits_no_more() -> None:
    door = Doorkeeper(9, 2, 2)
    for _ in range(5):
        visitors = await come(door, "a", "a")
        visitors[1].task.cancel()
        assert await let_in(visitors[:1]) == [None]
    assert await let_in(await come(door, "a", "a")) == [None, None]


async def test_a_refusal_for_want_of_room_is_one_that_screens_try_again_after() -> None:
    first, second = await come(Doorkeeper(9, 1, 9), "a", "b")
    refusal = await first.ended()
    assert refusal is not None
    assert (refusal.code, refusal.word) == (4408, "crowded")
    assert await let_in([second]) == [None]


async def test_a_timeout_of_admission_itself_stays_one() -> None:
    door = Doorkeeper(9, 9, 9)
    with pytest.raises(TimeoutError):
        async with door.waiting("a"):
            raise TimeoutError


async def test_a_process_holds_a_bounded_number_of_screens() -> None:
    door = Doorkeeper(2, 9, 9)
    async with door.inside(), door.inside():
        with pytest.raises(Refusal) as refused:
            async with door.inside():
                pass
        assert refused.value.code == 4408
    async with door.inside():
        pass


def test_an_allowance_is_used_up_and_comes_back_with_time() -> None:
    allowance = Allowance(at_once=3, per_second=2, now=100)
    assert [allowance.take(100) for _ in range(4)] == [True, True, True, False]
    assert [allowance.take(101) for _ in range(3)] == [True, True, False]
    assert [allowance.take(1000) for _ in range(4)] == [True, True, True, False]
