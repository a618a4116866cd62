"""Leases: one worker at a time, for as long as its own clock says."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from channels.layers import InMemoryChannelLayer
from redis.asyncio import Redis

from statsbridge.auth import Authenticator, Credentials
from statsbridge.bridge import Bridge
from statsbridge.clock import Clock
from statsbridge.errors import NotLeading
from statsbridge.leadership import LEASE_SECONDS, MARGIN_SECONDS, Alone, RedisLeases, Term, uptime
from statsbridge.rest import StatisticsApi
from tests.dashboard.live import RedisServer


@pytest_asyncio.fixture
async def redis_server(tmp_path: Path) -> AsyncIterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest_asyncio.fixture
async def pair(redis_server: RedisServer) -> AsyncIterator[tuple[RedisLeases, RedisLeases]]:
    one, other = (RedisLeases(redis_server.url, "test", owner) for owner in ("one", "other"))
    yield one, other
    await one.close()
    await other.close()


async def test_one_worker_leads_and_the_other_waits(pair: tuple[RedisLeases, RedisLeases]) -> None:
    one, other = pair
    term = await one.acquire(1)
    assert term is not None
    assert term.holds()
    assert await other.acquire(1) is None
    assert await other.acquire(2) is not None
    assert await one.renew(1, term)


async def test_a_released_lease_is_free_at_once_and_the_number_grows(pair: tuple[RedisLeases, RedisLeases]) -> None:
    one, other = pair
    first = await one.acquire(1)
    assert first is not None
    await one.release(1, first)
    assert not first.holds()
    second = await other.acquire(1)
    assert second is not None
    assert second.fence > first.fence
    await one.release(1, first)
    assert await other.renew(1, second)


async def test_a_term_ends_by_the_holders_own_clock_before_the_lease_does(
    pair: tuple[RedisLeases, RedisLeases],
) -> None:
    term = await pair[0].acquire(1)
    assert term is not None
    assert 0 < term.until - uptime() <= LEASE_SECONDS - MARGIN_SECONDS
    term.now = lambda: term.until
    assert not term.holds()


async def test_a_lease_that_another_worker_got_is_not_renewed(
    pair: tuple[RedisLeases, RedisLeases], redis_server: RedisServer
) -> None:
    one, other = pair
    first = await one.acquire(1)
    assert first is not None
    async with Redis.from_url(redis_server.url) as client:
        await client.delete("test:leader:{1}")
    second = await other.acquire(1)
    assert second is not None
    assert not await one.renew(1, first)
    assert not first.holds()


async def test_numbers_grow_on_although_redis_lost_everything(
    pair: tuple[RedisLeases, RedisLeases], redis_server: RedisServer
) -> None:
    one, _ = pair
    first = await one.acquire(1)
    assert first is not None
    async with Redis.from_url(redis_server.url) as client:
        await client.flushall()
    second = await one.acquire(1)
    assert second is not None
    assert second.fence > first.fence


async def test_without_redis_a_term_goes_on_until_its_time_is_up(
    pair: tuple[RedisLeases, RedisLeases], redis_server: RedisServer
) -> None:
    one, other = pair
    term = await one.acquire(1)
    assert term is not None
    redis_server.stop()
    assert await one.renew(1, term)
    term.until = uptime()
    assert not await one.renew(1, term)
    assert await other.acquire(1) is None


async def test_a_worker_alone_leads_everything_with_growing_numbers() -> None:
    alone = Alone(lambda: 1000)
    first, second = await alone.acquire(1), await alone.acquire(2)
    assert first is not None
    assert second is not None
    assert (first.holds(), second.fence > first.fence) == (True, True)


@pytest.mark.django_db(transaction=True)
async def test_a_worker_that_does_not_lead_answers_nobody() -> None:
    layer = InMemoryChannelLayer()
    reply = await layer.new_channel()
    await Bridge(layer).answer({"connection": None, "reply": reply})
    assert not layer.channels.get(reply)


async def test_what_changes_something_at_the_service_asks_whether_it_still_leads() -> None:
    term = Term(1)
    sent: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if "oauth" in request.url.path:
            # The pause of a stopped process, right before the request.
            term.until = float("-inf")
            return httpx.Response(200, json={"access_token": "t", "expires_in": 100, "token_type": "bearer"})
        sent.append(request.method)
        return httpx.Response(200, json={"status": {"code": 0}, "data": {"statistics": []}})

    def guard(subscription: str) -> None:
        if not term.holds():
            raise NotLeading("Another worker leads this connection.")

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        auth = Authenticator(client, "http://gws/auth/v3", Credentials("c"), clock=Clock())
        api = StatisticsApi(client, "http://gws/statistics/v3", auth, guard)
        with pytest.raises(NotLeading):
            await api.open_subscription("S", [{"statisticId": "1"}])
        with pytest.raises(NotLeading):
            await api.close_subscription("S")
        await api.read_subscription("S")
    assert sent == ["GET"]
