"""Sessions that the service forgets, and links that go down."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import count, pairwise, repeat

import pytest

from statsbridge.cometd import Alive, NewSession, Timing, Trouble
from tests.peers.genesys import SERVICE, UPDATES, GenesysPeer
from tests.statsbridge.cometd.links import (
    CHANNELS,
    Link,
    LinkMaker,
    fails_on_plain_aiocometd,
    until,
)

UNKNOWN = {"successful": False, "error": "402::session_unknown", "advice": {"reconnect": "handshake", "interval": 0}}


async def until_joined(link: Link, *channels: str) -> None:
    async def joined() -> bool:
        return any(set(session["channels"]) == set(channels) for session in await link.peer.sessions())

    await until(joined, link.deadline)


@fails_on_plain_aiocometd(TimeoutError)
async def test_it_tells_of_a_new_session_after_the_service_dropped_the_old_one(
    genesys_peer: GenesysPeer, make_link: LinkMaker
) -> None:
    """aiocometd shakes hands anew without a word; what was opened in the old session is gone, and nobody knows."""
    link = await make_link(genesys_peer)
    await link.open()
    await genesys_peer.kick()
    await link.until(lambda: [session.generation for session in link.all(NewSession)] == [1, 2])
    (session,) = await genesys_peer.sessions()
    assert link.all(NewSession)[1].client_id == session["id"]
    await link.until_told("news")


async def test_it_comes_back_after_the_service_restarted(genesys_peer: GenesysPeer, make_link: LinkMaker) -> None:
    link = await make_link(genesys_peer)
    await link.open()
    await genesys_peer.restart()
    await link.until(lambda: len(link.all(NewSession)) == 2)
    await link.until_told("news")
    assert link.token.renewals == 1


async def test_it_comes_back_when_the_service_was_away(genesys_peer: GenesysPeer, make_link: LinkMaker) -> None:
    link = await make_link(genesys_peer)
    await link.open()
    await genesys_peer.stop()
    await link.until(lambda: len(link.all(Trouble)) > 3)
    assert "cannot be reached" in link.all(Trouble)[-1].reason
    await genesys_peer.start()
    await link.until_told("news")


async def test_a_forgotten_session_is_replaced_at_once(genesys_peer: GenesysPeer, make_link: LinkMaker) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        await asyncio.sleep(min(seconds, 0.05))

    link = await make_link(genesys_peer, timing=Timing(sleep=sleep))
    await link.open()
    await link.until(lambda: len(link.all(Alive)) > 2)
    await genesys_peer.kick()
    await link.until(lambda: len(link.all(NewSession)) == 2)
    assert [pause for pause in pauses if pause != 0 and pause < 20] == []


@fails_on_plain_aiocometd(TimeoutError)
async def test_it_asks_again_for_a_channel_that_was_refused(genesys_peer: GenesysPeer, make_link: LinkMaker) -> None:
    """aiocometd drops a refused channel from its list for good."""
    link = await make_link(genesys_peer)
    await link.open()
    await genesys_peer.deny([UPDATES], count=3)
    await genesys_peer.kick()
    await until_joined(link, *CHANNELS)
    await link.until_told("news")
    assert [(session.generation, session.refused) for session in link.all(NewSession)] == [
        (1, ()),
        (2, (UPDATES,)),
        (2, ()),
    ]


async def test_of_two_refused_channels_each_is_told_when_granted(
    genesys_peer: GenesysPeer, make_link: LinkMaker
) -> None:
    link = await make_link(genesys_peer)
    await link.open()
    await genesys_peer.deny([UPDATES], count=1)
    await genesys_peer.deny([SERVICE], count=2)
    await genesys_peer.kick()
    await link.until(lambda: len(link.all(NewSession)) == 4)
    assert [session.refused for session in link.all(NewSession)] == [(), CHANNELS, (SERVICE,), ()]


async def test_a_session_lost_while_asking_again_starts_over(genesys_peer: GenesysPeer, make_link: LinkMaker) -> None:
    link = await make_link(genesys_peer)
    await link.open()
    await genesys_peer.deny([UPDATES], count=1000)
    await genesys_peer.kick()
    await link.until(lambda: len(link.all(NewSession)) == 2)
    await genesys_peer.deny([UPDATES], count=0)
    await genesys_peer.kick()
    await until_joined(link, *CHANNELS)
    assert link.all(NewSession)[-1].refused == ()


@fails_on_plain_aiocometd(AssertionError)
async def test_sessions_that_are_forgotten_at_once_do_not_make_a_hot_loop(
    genesys_peer: GenesysPeer, make_link: LinkMaker
) -> None:
    """A balancer without stickiness, or a lost cookie: aiocometd shakes hands hundreds of times a second."""
    link = await make_link(genesys_peer, backoff=lambda: repeat(0.2))
    await link.open()
    await genesys_peer.fault("connect", count=-1, reply=UNKNOWN)
    await genesys_peer.kick()
    assert await time_for(12, genesys_peer, "handshake") > 1


@fails_on_plain_aiocometd(AssertionError)
async def test_sessions_that_are_forgotten_after_one_poll_do_not_either(
    genesys_peer: GenesysPeer, make_link: LinkMaker
) -> None:
    link = await make_link(genesys_peer, backoff=lambda: repeat(0.2))
    await link.open()
    await genesys_peer.fault("poll", count=-1, reply=UNKNOWN)
    await genesys_peer.kick()
    assert await time_for(12, genesys_peer, "handshake") > 1


@fails_on_plain_aiocometd(AssertionError)
async def test_empty_answers_that_come_at_once_do_not_either(genesys_peer: GenesysPeer, make_link: LinkMaker) -> None:
    link = await make_link(genesys_peer, backoff=lambda: repeat(0.2))
    await link.open()
    await genesys_peer.fault("connect", count=-1, reply={"successful": True})
    await genesys_peer.kick()
    assert await time_for(12, genesys_peer, "connect") > 1


async def time_for(number: int, peer: GenesysPeer, kind: str) -> float:
    """Seconds from the first to the last of the next requests of a kind."""
    await peer.forget_requests()
    came: list[int] = []

    async def enough_came() -> bool:
        came[:] = [request["at"] for request in await peer.requests(kind)]
        return len(came) >= number

    await until(enough_came, 10)
    return (came[number - 1] - came[0]) / 1000


@asynccontextmanager
async def nobody_home(port: int) -> AsyncIterator[list[float]]:
    """Takes connections on the port and drops them; the times at which they came."""
    came: list[float] = []

    def take(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(asyncio.get_running_loop().time())
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", port)
    try:
        yield came
    finally:
        server.close()
        await server.wait_closed()


@fails_on_plain_aiocometd(AssertionError)
async def test_it_waits_longer_after_each_failure(genesys_peer: GenesysPeer, make_link: LinkMaker) -> None:
    """aiocometd comes back each second, in step with every other client of a service that is struggling."""
    link = await make_link(genesys_peer, backoff=lambda: (0.1 * 2**n for n in count()))
    await link.open()
    await genesys_peer.stop()
    async with nobody_home(genesys_peer.port) as came:

        async def came_back_thrice() -> bool:
            return len(came) >= 4

        await until(came_back_thrice)
        gaps = [later - earlier for earlier, later in pairwise(came)]
    assert gaps[1] > 1.5 * gaps[0]
    assert gaps[2] > 1.5 * gaps[1]


async def test_only_a_proof_of_life_starts_the_backoff_anew(genesys_peer: GenesysPeer, make_link: LinkMaker) -> None:
    started: list[float] = []

    def backoff() -> Iterator[float]:
        started.append(0)
        return repeat(0.01)

    link = await make_link(genesys_peer, backoff=backoff)
    await link.open()
    await genesys_peer.fault("poll", count=4, reply=UNKNOWN)
    await genesys_peer.kick()
    await link.until(lambda: len(link.all(NewSession)) >= 5)
    assert len(started) == 1
    await link.until_told("news")
    await genesys_peer.kick()
    await link.until(lambda: len(link.all(NewSession)) >= 6)
    assert len(started) == 2


async def test_a_service_that_ends_the_session_is_asked_again_later(
    genesys_peer: GenesysPeer, make_link: LinkMaker
) -> None:
    """``reconnect: none`` ends a client's life, says Bayeux; a wallboard's has to go on."""
    link = await make_link(genesys_peer)
    await link.open()
    reply = {"successful": False, "error": "403::ended", "advice": {"reconnect": "none"}}
    await genesys_peer.fault("connect", count=2, reply=reply)
    await genesys_peer.kick()
    await link.until_told("news")
    assert "403::ended" in " ".join(trouble.reason for trouble in link.all(Trouble))


async def test_a_handshake_refused_while_open_is_tried_again(genesys_peer: GenesysPeer, make_link: LinkMaker) -> None:
    link = await make_link(genesys_peer)
    await link.open()
    await genesys_peer.fault("handshake", count=2, reply={"successful": False, "error": "500::busy"})
    await genesys_peer.kick()
    await link.until_told("news")
    assert any("500::busy" in trouble.reason for trouble in link.all(Trouble))


async def test_a_receiver_that_fails_does_not_end_the_link(
    genesys_peer: GenesysPeer, make_link: LinkMaker, caplog: pytest.LogCaptureFixture
) -> None:
    link = await make_link(genesys_peer)
    failing = True

    def sink(event: object) -> None:
        if failing:
            raise RuntimeError("a fault of the receiver")
        Link.take(link, event)  # type: ignore[arg-type]

    link.connect(sink=sink)
    await link.open()
    failing = False
    await link.until_told("news")
    assert "The receiver of CometD events failed" in caplog.text
    assert link.all(Alive)
