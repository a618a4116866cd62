"""aiocometd on a Python whose asyncio takes no loop."""

import asyncio

import aiocometd.transports.long_polling as long_polling
import pytest
from aiocometd.client import Client
from aiocometd.constants import ConnectionType

from statsbridge.cometd import shim
from tests.peers.genesys import GenesysPeer
from tests.statsbridge.cometd.links import LinkMaker, aiocometds_own_transport


async def test_without_the_shim_aiocometd_cannot_open_a_link(genesys_peer: GenesysPeer) -> None:
    long_polling.asyncio = asyncio  # as it is before the shim
    try:
        with aiocometds_own_transport(), pytest.raises(TypeError, match="loop"):
            await Client(genesys_peer.notifications_url, ConnectionType.LONG_POLLING).open()
    finally:
        shim.apply()


async def test_with_the_shim_it_opens(genesys_peer: GenesysPeer, make_link: LinkMaker) -> None:
    link = await make_link(genesys_peer)
    await link.open()
    assert len(await genesys_peer.sessions()) == 1


async def test_it_leaves_asyncio_itself_alone() -> None:
    shim.apply()
    with pytest.raises(TypeError, match="loop"):
        asyncio.Semaphore(2, loop=asyncio.get_running_loop())  # type: ignore[call-arg]
    assert not isinstance(asyncio, shim.AsyncioWithoutLoop)
