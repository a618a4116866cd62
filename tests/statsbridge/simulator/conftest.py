"""A small simulator on a clock turned by hand, and a client of it."""

from collections.abc import AsyncIterator

import pytest

from statsbridge.simulator.server import SimulatorServer
from tests.statsbridge.simulator.support import Client, HandClock, another, small_simulator


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def simulator(clock: HandClock) -> AsyncIterator[SimulatorServer]:
    async with small_simulator(clock) as server:
        yield server


@pytest.fixture
async def client(simulator: SimulatorServer) -> AsyncIterator[Client]:
    async with another(simulator.url) as one:
        yield one
