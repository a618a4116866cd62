"""Opening a link, what comes over it, and leaving nothing behind."""

import asyncio
import logging
import time

import pytest
from aiocometd.exceptions import AiocometdException

from statsbridge.cometd import Alive, CometdError, Message, NewSession
from tests.peers.genesys import SERVICE, UPDATES, GenesysPeer
from tests.statsbridge.cometd.links import (
    CHANNELS,
    Link,
    LinkMaker,
    PlainLink,
    RememberedTransport,
    Token,
    aiocometds_own_transport,
    fails_on_plain_aiocometd,
    free_port,
    open_http_sessions,
    until,
)

SUBSCRIPTION = {
    "operationId": "S1",
    "data": {"statistics": [{"statisticId": "a", "name": "CallsWaiting", "objectType": "Queue", "objectId": "8001"}]},
}


@pytest.fixture(params=["localhost", "127.0.0.1"])
def host(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@fails_on_plain_aiocometd(AiocometdException)
async def test_it_opens_to_a_host_named_by_its_address(genesys_peer: GenesysPeer, make_link: LinkMaker) -> None:
    link = await make_link(genesys_peer, url=genesys_peer.notifications_url)
    await link.open()
    await link.until_told("news")


async def test_it_tells_of_the_session_then_of_life(genesys_peer: GenesysPeer, make_link: LinkMaker, host: str) -> None:
    link = await make_link(genesys_peer, url=genesys_peer.notifications_url.replace("127.0.0.1", host))
    await link.open()
    (session,) = await genesys_peer.sessions()
    assert link.events[:2] == [NewSession(1, session["id"], ()), Alive()]
    assert session["channels"] == list(CHANNELS)


async def test_updates_reach_the_session_whose_cookies_the_rest_call_carried(
    genesys_peer: GenesysPeer, make_link: LinkMaker, host: str
) -> None:
    link = await make_link(genesys_peer, url=genesys_peer.notifications_url.replace("127.0.0.1", host))
    await link.open()
    async with link.rest() as rest:
        answer = await rest.post("/subscriptions", json=SUBSCRIPTION, headers=dict(link.token.headers()))
    assert answer.status_code == 200
    await genesys_peer.publish("S1", "a", 12, 1490830620000)
    await link.until(lambda: bool(link.all(Message)))
    (message,) = link.all(Message)
    (item,) = message.data["data"]["statistics"]
    assert message.channel == UPDATES
    assert (item["subscriptionId"], item["statisticId"], item["value"]["intValue"]) == ("S1", "a", 12)


@fails_on_plain_aiocometd(TimeoutError)
async def test_it_shares_its_cookies_with_rest(genesys_peer: GenesysPeer, make_link: LinkMaker) -> None:
    link = await make_link(genesys_peer)
    await link.open()
    async with link.rest() as rest:
        await rest.post("/subscriptions", json=SUBSCRIPTION, headers=dict(link.token.headers()))
    await genesys_peer.publish("S1", "a", 12)
    await link.until(lambda: bool(link.all(Message)))


@fails_on_plain_aiocometd(AiocometdException)
async def test_it_returns_secure_cookies_over_plain_http(make_link: LinkMaker) -> None:
    async with GenesysPeer(secure_cookies=True) as peer:
        link = await make_link(peer)
        await link.open()
        await link.until_told("news")


async def test_bursts_arrive_once_and_in_order(genesys_peer: GenesysPeer, make_link: LinkMaker, host: str) -> None:
    link = await make_link(genesys_peer, url=genesys_peer.notifications_url.replace("127.0.0.1", host))
    await link.open()
    async with link.rest() as rest:
        await rest.post("/subscriptions", json=SUBSCRIPTION, headers=dict(link.token.headers()))
    for start in range(0, 5000, 250):
        await genesys_peer.publish_messages([[("S1", "a", n, n)] for n in range(start, start + 250)])
    await link.until(lambda: len(link.events) >= 5000 and len(link.all(Message)) >= 5000, 20)
    seen = [data["data"]["statistics"][0]["timestamp"] for data in link.data()]
    assert seen == list(range(5000))


async def test_a_service_state_arrives_as_the_vendor_writes_it(genesys_peer: GenesysPeer, make_link: LinkMaker) -> None:
    link = await make_link(genesys_peer)
    await link.open()
    await genesys_peer.service_state("UNAVAILABLE")
    await genesys_peer.service_state("AVAILABLE")
    await link.until(lambda: len(link.all(Message)) == 2)
    assert [message.channel for message in link.all(Message)] == [SERVICE, SERVICE]
    assert [data["data"]["serviceState"] for data in link.data()] == ["UNAVAILABLE", "AVAILABLE"]
    assert [data["topic"] for data in link.data()] == ["/statistics/v3/service", "statistics/v3/service"]


@fails_on_plain_aiocometd(AssertionError)
async def test_it_does_not_wait_for_the_hold_time_to_open(make_link: LinkMaker) -> None:
    async with GenesysPeer(hold=3000) as peer:
        link = await make_link(peer)
        started = time.monotonic()
        await link.open()
        assert time.monotonic() - started < 2.5


@fails_on_plain_aiocometd(AssertionError)
async def test_it_reads_on_however_much_comes_at_once(make_link: LinkMaker) -> None:
    """aiocometd stops polling when 100 messages wait to be read, and the service drops the session."""
    async with GenesysPeer(hold=200, max_interval=4000) as peer:
        link = await make_link(peer)
        PlainLink.reads = False
        try:
            await link.open()
            sessions = await peer.sessions()
            await peer.message(UPDATES, *range(150))
            seen = len(await peer.requests("poll"))

            async def polled_on_or_gone() -> bool:
                return len(await peer.requests("poll")) > seen + 3 or not await peer.sessions()

            await until(polled_on_or_gone, 15)
            assert await peer.sessions() == sessions
        finally:
            PlainLink.reads = True


@fails_on_plain_aiocometd(AssertionError)
async def test_closing_logs_no_error(
    genesys_peer: GenesysPeer, make_link: LinkMaker, caplog: pytest.LogCaptureFixture
) -> None:
    link = await make_link(genesys_peer)
    await link.open()
    await link.close()
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_closing_says_goodbye_and_leaves_no_task(genesys_peer: GenesysPeer, make_link: LinkMaker) -> None:
    before = asyncio.all_tasks()
    link = await make_link(genesys_peer)
    await link.open()
    await link.close()
    assert await genesys_peer.sessions() == []
    assert asyncio.all_tasks() == before
    assert open_http_sessions() == []


async def test_closing_does_not_wait_for_a_service_that_hangs(genesys_peer: GenesysPeer, make_link: LinkMaker) -> None:
    link = await make_link(genesys_peer)
    await link.open()
    await genesys_peer.fault("disconnect", hang=True)
    started = time.monotonic()
    await link.close()
    assert time.monotonic() - started < 2.5
    assert open_http_sessions() == []


async def test_nothing_is_told_after_closing(genesys_peer: GenesysPeer, make_link: LinkMaker) -> None:
    link = await make_link(genesys_peer)
    await link.open()
    await link.close()
    told = len(link.events)
    await genesys_peer.message(UPDATES, "late")
    assert len(link.events) == told


async def test_a_closed_link_can_be_opened_again(genesys_peer: GenesysPeer, make_link: LinkMaker) -> None:
    link = await make_link(genesys_peer)
    await link.open()
    await link.close()
    await link.open()
    await link.until_told("news")
    assert [session.generation for session in link.all(NewSession)] == [1, 2]


async def test_an_open_link_cannot_be_opened_again(genesys_peer: GenesysPeer, make_link: LinkMaker) -> None:
    link = await make_link(genesys_peer)
    await link.open()
    with pytest.raises(CometdError, match="open already"):
        await link.open()


@fails_on_plain_aiocometd(AssertionError)
async def test_a_failed_opening_leaves_no_task_and_no_connection(
    genesys_peer: GenesysPeer, make_link: LinkMaker
) -> None:
    """aiocometd keeps polling after the error, and its close() does nothing."""
    before = asyncio.all_tasks()
    link = await make_link(genesys_peer)
    await genesys_peer.fault("connect", status=503, body="<html></html>")
    with pytest.raises((CometdError, AiocometdException)):
        await link.open()
    await link.close()
    assert asyncio.all_tasks() == before
    assert open_http_sessions() == []
    assert await genesys_peer.sessions() == []


@fails_on_plain_aiocometd(AssertionError)
async def test_a_cancelled_opening_leaves_no_task_and_no_connection(
    genesys_peer: GenesysPeer, make_link: LinkMaker
) -> None:
    before = asyncio.all_tasks()
    link = await make_link(genesys_peer)
    await genesys_peer.fault("handshake", hang=True)
    opening = asyncio.create_task(link.open())
    await until(lambda: genesys_peer.requests("handshake"))
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert asyncio.all_tasks() == before
    assert open_http_sessions() == []


def test_a_link_may_be_built_while_another_event_loop_is_current() -> None:
    peer, other = GenesysPeer(), asyncio.new_event_loop()
    peer.port = free_port()
    asyncio.set_event_loop(other)
    ours, plain = (
        kind(peer, Token(peer), peer.url_by_name + "/statistics/v3/notifications") for kind in (Link, PlainLink)
    )

    async def open_both() -> None:
        async with peer:
            await ours.token.renew()
            await ours.open()
            await ours.until_told("news")
            await ours.close()
            await plain.token.renew()
            with aiocometds_own_transport(), pytest.raises(RuntimeError, match="different loop"):
                await plain.open()
            RememberedTransport.built[0]._connect_task = None  # cancelled below, on its own loop
            await RememberedTransport.clean_up()

    try:
        asyncio.run(open_both())
    finally:
        left = asyncio.all_tasks(other)
        for task in left:
            task.cancel()
        other.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        other.close()
