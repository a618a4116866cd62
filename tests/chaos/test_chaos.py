"""Seeded random faults, and a screen that must tell the truth through all of them.

``CHAOS_SEED`` repeats a schedule; each run prints its own, and how long each fault took to be over.
"""

import asyncio
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.faults import Fault, Faults
from tests.chaos.observer import Excuse, Observer, table
from tests.chaos.processes import Holdings, holdings
from tests.chaos.proxy import FaultyProxy
from tests.chaos.site import SERIES, Site

SHORT_SECONDS = 60.0
LONG_SECONDS = 600.0
#: How long everything has to be right between the time that a fault may take to be over and the next fault.
QUIET_SECONDS = (1.0, 4.0)
#: Descriptors, threads and MiB that a process may hold more at the end than when it was warm.
MORE = Holdings(12, 8, 30.0)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    try:
        yield site
    finally:
        site.stop()


async def test_a_minute_of_faults(site: Site) -> None:
    seed = int(os.environ.get("CHAOS_SEED") or 4)
    await run(site, seed, SHORT_SECONDS, slow=False)


@pytest.mark.soak
async def test_ten_minutes_of_faults(site: Site) -> None:
    seed = int(os.environ.get("CHAOS_SEED") or random.SystemRandom().randrange(1_000_000))
    await run(site, seed, LONG_SECONDS, slow=True)


async def run(site: Site, seed: int, seconds: float, *, slow: bool) -> None:
    print(f"\nchaos: CHAOS_SEED={seed}, {seconds:.0f} s")  # noqa: T201
    chance = random.Random(seed)
    proxy = FaultyProxy(site.simulator_port, chance)
    await proxy.start()
    try:
        await asyncio.to_thread(site.prepare, f"http://127.0.0.1:{proxy.port}")
        await asyncio.to_thread(site.start_web)
        await asyncio.to_thread(site.start_worker)
        client = await asyncio.to_thread(site.installation.sign_in)
        async with site.installation.screen("floor", client.cookies["sessionid"]) as screen:
            observer = Observer(site.simulator_url, screen, SERIES)
            watching = asyncio.create_task(observer.run())
            try:
                await observer.settle(60)
                await schedule(site, proxy, observer, chance, seconds, slow=slow)
                assert not watching.done(), watching.exception()
            finally:
                watching.cancel()
                await asyncio.gather(watching, return_exceptions=True)
        client.close()
    finally:
        await proxy.stop()


async def schedule(
    site: Site, proxy: FaultyProxy, observer: Observer, chance: random.Random, seconds: float, *, slow: bool
) -> None:
    observer.begin()
    before = {"worker": site.workers[-1].pid, "web": site.web.pid if site.web else 0}
    warm = {name: holdings(pid) for name, pid in before.items()}
    faults = [one for one in Faults(site, proxy, chance).every() if slow or not one.slow]
    left = chance.sample(faults, len(faults))
    # The long run has every fault at least once, however long that takes.
    while time.monotonic() - observer.began < seconds - 12 or (slow and len(observer.excuses) < len(faults)):
        left = left or chance.sample(faults, len(faults))
        await commit(left.pop(), observer, chance, longest=10.0 if slow else 3.0)
        if site.workers[-1].pid != before["worker"]:
            before["worker"] = site.workers[-1].pid
            warm["worker"] = await asyncio.to_thread(holdings, before["worker"])
    report(observer, seconds, warm, {name: holdings(pid) for name, pid in before.items()})
    judge(observer)
    for name, pid in before.items():
        now = holdings(pid)
        assert now.descriptors <= warm[name].descriptors + MORE.descriptors
        assert now.threads <= warm[name].threads + MORE.threads
        assert now.resident <= warm[name].resident + MORE.resident


async def commit(fault: Fault, observer: Observer, chance: random.Random, longest: float) -> None:
    """One fault, and the time after it: until it is over, and then a while in which everything has to be right."""
    excuse = Excuse(fault.name, time.monotonic(), grace=fault.grace)
    observer.excuses.append(excuse)
    await fault.begin()
    lasts = chance.uniform(*fault.lasts)
    await asyncio.sleep(lasts if fault.slow else min(lasts, longest))
    await fault.end()
    excuse.ended = time.monotonic()
    quiet = min(fault.grace, 10.0) + chance.uniform(*QUIET_SECONDS)
    await observer.settle(fault.grace + 20)
    await asyncio.sleep(max(0.0, excuse.ended + quiet - time.monotonic()))


def report(observer: Observer, seconds: float, warm: dict[str, Holdings], end: dict[str, Holdings]) -> None:
    tally = observer.tally
    print(table(observer.excuses, observer.began))  # noqa: T201
    print(f"  ok and equal outside of faults: {tally.share:.2%} of {tally.counted} values looked at")  # noqa: T201
    print(f"  longest ok and wrong: {tally.wrong:.1f} s; subscribed twice: {observer.twice.longest:.1f} s")  # noqa: T201
    for name in warm:
        print(f"  {name}: {warm[name]} -> {end[name]}")  # noqa: T201
    for note in tally.notes[:30]:
        print(f"  ! {note}")  # noqa: T201


def judge(observer: Observer) -> None:
    tally = observer.tally
    assert tally.wrong <= 15.0
    assert tally.counted
    assert tally.share >= 0.995
    takeover = any("worker" in one.name for one in observer.excuses)
    assert observer.twice.longest <= (15.0 if takeover else 5.0)
    slow = [one.name for one in observer.excuses if one.recovered is None or one.recovered > one.grace]
    assert not slow
