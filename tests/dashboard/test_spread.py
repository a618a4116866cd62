"""Many screens get a snapshot each: a few at a time, in no order, and each once."""

import asyncio
from typing import Any

from dashboard.spread import AT_ONCE, PAUSE_SECONDS, SPREAD_SECONDS, hand_out
from tests.dashboard.test_streams import Bench

SCREENS = 3 * AT_ONCE


async def until_all_have_two(received: list[list[dict[str, Any]]]) -> None:
    async with asyncio.timeout(20):
        while not all(len(frames) == 2 for frames in received):  # noqa: ASYNC110  # nobody tells of a last frame
            await asyncio.sleep(0.01)


async def test_a_hundred_and_fifty_screens_get_their_snapshot_in_three_goes() -> None:
    bench = Bench()
    received = [bench.screen()[1] for _ in range(SCREENS)]
    loop = asyncio.get_running_loop()
    began = loop.time()
    hand_out(bench.stream, bench.stream.begin_anew())
    assert sum(len(frames) == 2 for frames in received) == AT_ONCE
    await until_all_have_two(received)
    assert loop.time() - began >= 2 * PAUSE_SECONDS
    assert {frames[1]["epoch"] for frames in received} == {bench.stream.epoch}


async def test_a_screen_that_asked_for_itself_or_left_gets_no_second_one() -> None:
    bench = Bench()
    both = [bench.screen() for _ in range(2 * AT_ONCE)]
    hand_out(bench.stream, bench.stream.begin_anew())
    asking, leaving, *others = [(screen, frames) for screen, frames in both if len(frames) == 1]
    bench.stream.bring_up_to_date(asking[0], history=False)
    bench.stream.leave(leaving[0])
    await until_all_have_two([frames for _, frames in others])
    assert len(asking[1]) == 2
    assert len(leaving[1]) == 1


async def test_however_many_they_are_the_last_is_served_within_the_spread() -> None:
    bench = Bench()
    many = [bench.screen()[1] for _ in range(40 * AT_ONCE)]
    hand_out(bench.stream, bench.stream.begin_anew())
    goes = SPREAD_SECONDS / PAUSE_SECONDS
    assert sum(len(frames) == 2 for frames in many) >= len(many) / goes
