"""The last hour of the demo's trends, against a simulator."""

import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async

from dashboard.configfile import apply_text
from dashboard.demo import past
from dashboard.demo.data import FILE
from dashboard.demo.installation import Simulator
from statsbridge.models import Sample, Series
from statsbridge.simulator.server import SimulatorServer

pytestmark = pytest.mark.django_db(transaction=True)
HOUR_MS = 3_600_000


@pytest_asyncio.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with SimulatorServer() as server:
        one = Simulator(server.port)
        await sync_to_async(apply_text)(FILE.read_text(encoding="utf-8"), "demo.yaml", one.variables())
        yield one


def _numeric() -> set[int]:
    return set(Series.objects.filter(wanted=True).exclude(definition__unit="state").values_list("pk", flat=True))


async def test_each_numeric_series_gets_its_last_hour(simulator: Simulator) -> None:
    began = int(time.time() * 1000)
    written = await sync_to_async(past.fill)(simulator)
    samples = [row async for row in Sample.objects.order_by("pk").values_list("series", "at", "value")]
    assert len(samples) == written
    assert {series for series, _, _ in samples} == await sync_to_async(_numeric)()
    times = [at for _, at, _ in samples]
    assert times == sorted(times)
    assert times[0] < began - HOUR_MS + 20_000
    assert times[-1] > began - 20_000
    assert len({value for _, _, value in samples}) > 20


async def test_it_goes_on_where_samples_are(simulator: Simulator) -> None:
    await sync_to_async(past.fill)(simulator)
    before = await Sample.objects.acount()
    await sync_to_async(past.fill)(simulator)
    assert await Sample.objects.acount() - before < 10 * len(await sync_to_async(_numeric)())
    assert await Sample.objects.values("series", "at").distinct().acount() == await Sample.objects.acount()


async def test_another_source_gets_no_invented_past(simulator: Simulator) -> None:
    assert await sync_to_async(past.fill)(Simulator(simulator.port + 1)) == 0
    assert not await Sample.objects.aexists()
