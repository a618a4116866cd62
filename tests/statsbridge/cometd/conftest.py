"""Fixtures of the CometD link's tests."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.peers.genesys import GenesysPeer
from tests.statsbridge.cometd.links import LinkMaker, our_links


@pytest_asyncio.fixture
async def genesys_peer() -> AsyncIterator[GenesysPeer]:
    """A peer that holds polls for a short time only."""
    async with GenesysPeer(hold=400) as peer:
        yield peer


@pytest_asyncio.fixture
async def make_link() -> AsyncIterator[LinkMaker]:
    """Builds links to a peer; closes them after the test."""
    async with our_links() as make:
        yield make
