"""Answers that do not come, and what the service says about time."""

import asyncio
import contextlib

import pytest
from aiocometd.exceptions import AiocometdException

from statsbridge.cometd import Alive, CometdError, NewSession, Timing, Trouble
from tests.peers.genesys import GenesysPeer
from tests.statsbridge.cometd.links import LinkMaker, fails_on_plain_aiocometd, small_steps

WATCHFUL = Timing(request=3, grace=1, farewell=0.5, watchdog=0.5)


@fails_on_plain_aiocometd(TimeoutError)
async def test_it_takes_the_interval_for_milliseconds(make_link: LinkMaker) -> None:
    """aiocometd waits 300 s after the first poll; the service forgets the session meanwhile."""
    async with GenesysPeer(hold=100, interval=300) as peer:
        link = await make_link(peer)
        await link.open()
        await link.until_told("news")


async def test_it_keeps_the_interval_between_polls(make_link: LinkMaker) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        await asyncio.sleep(0)

    async with GenesysPeer(hold=50, interval=700) as peer:
        link = await make_link(peer, timing=Timing(request=1, sleep=sleep, watchdog=1000))
        await link.open()
        await link.until(lambda: len(link.all(Alive)) > 3)
    assert 0.7 in pauses


@fails_on_plain_aiocometd(TimeoutError)
async def test_partial_advice_does_not_take_the_time_limit_away(make_link: LinkMaker) -> None:
    """aiocometd forgets the timeout when advice comes without one, and waits for ever for the next reply."""
    async with GenesysPeer(hold=200) as peer:
        link = await make_link(peer)
        await link.open()
        await peer.fault("poll", advice={"reconnect": "retry", "interval": 0})
        await link.until_told("with the poll that is being held")
        await link.until_told("with the advice")
        await peer.fault("poll", hang=True)
        await link.until_told("before the next hangs")
        await link.until_told("after it was given up")


@fails_on_plain_aiocometd(TimeoutError)
async def test_a_handshake_without_an_answer_ends(genesys_peer: GenesysPeer, make_link: LinkMaker) -> None:
    link = await make_link(genesys_peer, timing=Timing(request=0.5))
    await genesys_peer.fault("handshake", hang=True)
    async with asyncio.timeout(2):
        with pytest.raises(CometdError, match=r"within 0\.5 s"):
            await link.open()


@fails_on_plain_aiocometd(TimeoutError, AiocometdException)
async def test_a_subscription_without_an_answer_ends_in_an_error_of_ours(
    make_link: LinkMaker,
) -> None:
    async with GenesysPeer(hold=200) as peer:
        link = await make_link(peer, timing=Timing(request=0.5, farewell=0.5))
        await peer.fault("subscribe", hang=True)
        async with asyncio.timeout(2):
            with pytest.raises(CometdError, match=r"within 0\.5 s"):
                await link.open()


async def test_a_poll_may_take_the_hold_time_and_some_grace(make_link: LinkMaker) -> None:
    async with GenesysPeer(hold=300) as peer:
        link = await make_link(peer)
        await link.open()
        await link.until(lambda: len(link.all(Alive)) > 2)
        assert link.all(Trouble) == []
        await peer.fault("poll", hang=True)
        await link.until(lambda: link.all(Trouble) == [Trouble("The service did not answer within 1.3 s")])
        await link.until_told("news")


async def test_after_a_failure_it_asks_to_be_answered_at_once(make_link: LinkMaker) -> None:
    """A held poll would leave the owner in doubt for the hold time; aiocometd calls a healthy link lost meanwhile."""
    async with GenesysPeer(hold=60_000) as peer:
        link = await make_link(peer, timing=Timing(request=0.5))
        await link.open()
        await peer.fault("poll", drop=True)
        await link.until(lambda: bool(link.all(Alive)))
        await peer.kick()
        await link.until(lambda: bool(link.all(Trouble)) and isinstance(link.events[-1], Alive))


@fails_on_plain_aiocometd(TimeoutError)
async def test_the_watchdog_opens_anew_when_no_poll_is_answered(make_link: LinkMaker) -> None:
    """An interval of ten minutes, by mistake: the service has forgotten the session long before."""
    async with GenesysPeer(hold=100, max_interval=300) as peer:
        link = await make_link(peer, timing=WATCHFUL)
        await link.open()
        await peer.fault("poll", advice={"interval": 600_000})
        await link.until(lambda: len(link.all(NewSession)) == 2)
        assert link.all(NewSession)[1].generation == 2
        assert "opening anew" in link.all(Trouble)[-1].reason
        await link.until_told("news")


async def test_without_the_watchdog_that_link_stays_silent(make_link: LinkMaker) -> None:
    async with GenesysPeer(hold=3000) as peer:
        link = await make_link(peer, timing=Timing(request=3, grace=1, farewell=0.5, watchdog=1000))
        await link.open()
        await peer.fault("poll", advice={"interval": 600_000})
        await link.until_told("with the poll that is being held")
        # Whichever of the two polls brought the advice, nothing comes after the second.
        with contextlib.suppress(TimeoutError):
            await link.until_told("with the advice", 1.5)
        with pytest.raises(TimeoutError):
            await link.until_told("after it", 1.5)


async def test_the_watchdog_ends_a_renewal_that_hangs(make_link: LinkMaker) -> None:
    async with GenesysPeer(hold=100) as peer:
        asked = 0

        async def renew() -> None:
            nonlocal asked
            asked += 1
            if asked == 1:
                await asyncio.Event().wait()
            await link.token.renew()

        link = await make_link(peer, on_unauthorized=renew, timing=WATCHFUL)
        await link.open()
        await peer.expire_tokens()
        await link.until_told("with the poll that is being held")
        await link.until_told("after the renewal")
        assert asked == 2


async def test_the_watchdog_tries_until_the_service_is_back(make_link: LinkMaker) -> None:
    async with GenesysPeer(hold=100) as peer:
        timing = Timing(request=0.3, grace=0.1, farewell=0.2, watchdog=0.2)
        link = await make_link(peer, timing=timing, backoff=small_steps)
        await link.open()
        await peer.fault("all", count=-1, hang=True)
        await link.until(lambda: sum("opening anew" in trouble.reason for trouble in link.all(Trouble)) > 0, 5)
        await peer.clear_faults()
        await link.until_told("news")
