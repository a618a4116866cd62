"""One session by itself, against the official CometD server."""

import asyncio

import pytest
from asgiref.sync import sync_to_async

from statsbridge import configuration
from statsbridge.clock import Clock
from statsbridge.history import Sampler
from statsbridge.intake import Intake
from statsbridge.leadership import Term
from statsbridge.ledger import Ledger
from statsbridge.link import LinkMonitor
from statsbridge.messages import Link, LinkState
from statsbridge.session import Session
from statsbridge.store import Store
from statsbridge.surroundings import Surroundings
from tests.peers.genesys import GenesysPeer
from tests.statsbridge.support import make_connection, until

pytestmark = pytest.mark.django_db(transaction=True)


async def ignore(spent: str, token: str) -> None: ...


async def session_with(peer: GenesysPeer) -> Session:
    connection = await sync_to_async(make_connection)(peer)
    configured = (await sync_to_async(configuration.load)())[connection.pk]
    clock = Clock()
    link = LinkMonitor(clock.now, clock.elapsed, lambda before, after, lasted: None)
    intake = Intake(Store("main", "e", Link(LinkState.CONNECTING, 0)), Sampler(10_000), clock, {})
    ledger = Ledger(connection.pk, clock)
    around = Surroundings(clock, link, intake, ledger, lambda: None, ignore, Term(1))
    return Session(configured.settings, around)


async def test_a_poll_that_is_refused_late_does_not_cost_a_good_token(genesys_peer: GenesysPeer) -> None:
    session = await session_with(genesys_peer)
    # Held, and refused as one would be that was sent with a token that died meanwhile.
    await genesys_peer.fault("poll", 1, delay=1500)
    running = asyncio.create_task(session.run())

    async def polls() -> bool:
        return bool(await genesys_peer.requests("poll"))

    await until(polls)
    await genesys_peer.expire_tokens()
    old = session._auth.token
    await session._auth.renew(old)
    # Another request of the CometD side goes out with the good token, while the poll is still held.
    good = session._auth.token
    session._token.headers()
    assert good is not old

    async def refused() -> bool:
        return any(poll["status"] == 401 for poll in await genesys_peer.requests("poll"))

    async def polls_again() -> bool:
        return (await genesys_peer.requests("poll"))[-1]["status"] is None

    await until(refused)
    await until(polls_again)
    assert session._auth.token is good
    assert len(await genesys_peer.requests("token")) == 2
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
