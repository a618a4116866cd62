"""Fixtures of the peers, for ``pytest_plugins``."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.peers.genesys import GenesysPeer


@pytest_asyncio.fixture
async def genesys_peer() -> AsyncIterator[GenesysPeer]:
    """A peer of its own for each test, with the options' defaults."""
    async with GenesysPeer() as peer:
        yield peer
