"""Who keeps a connection when several workers could: a lease in Redis, or this process alone.

A term is the time for which one worker leads. It carries a fencing number that only grows: hubs ignore whatever comes
with an older one. ``Term.holds`` is asked right before each request that changes something at the service, before each
message to the hubs and before each write, so that a leader that was paused finds out by its own clock, without asking
anybody. Its clock runs out before the lease does.
"""

import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

LEASE_SECONDS = 6.0
#: How long before the lease ends its holder stops, for clocks that run apart and requests under way.
MARGIN_SECONDS = 1.0
RENEW_SECONDS = 1.0
TRY_SECONDS = 0.5
REDIS_SECONDS = 1.0
RELEASE_SECONDS = 0.4

# A Redis that lost everything must not begin at 1 again: the number is at least the time in milliseconds.
_ACQUIRE = """
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local fence = math.max(now, tonumber(redis.call('GET', KEYS[2]) or '0') + 1)
redis.call('SET', KEYS[2], string.format('%.0f', fence))
redis.call('SET', KEYS[1], string.format('%.0f', fence) .. ':' .. ARGV[1], 'PX', ARGV[2])
return fence
"""
_RENEW = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
"""
_RELEASE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
"""


def uptime() -> float:
    """Seconds that go on while the machine sleeps, where the system tells them."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


@dataclass
class Term:
    """One time of leading a connection. ``until`` is in seconds of ``now``; infinite for a worker that is alone."""

    fence: int
    until: float = float("inf")
    now: Callable[[], float] = uptime

    def holds(self) -> bool:
        return self.now() < self.until


class Leases(Protocol):
    """Where the terms of all connections come from."""

    async def acquire(self, connection: int) -> Term | None:
        """A term, or ``None`` while another worker leads or nobody can tell."""

    async def renew(self, connection: int, term: Term) -> bool:
        """Whether the term goes on; a failure to find out ends it only when its time is up."""

    async def release(self, connection: int, term: Term) -> None:
        """Let the next one lead at once."""

    async def close(self) -> None: ...


class Alone:
    """Without Redis there is one process, which leads everything."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._last = 0

    async def acquire(self, connection: int) -> Term | None:
        self._last = max(self._last + 1, self._now())
        return Term(self._last)

    async def renew(self, connection: int, term: Term) -> bool:
        return True

    async def release(self, connection: int, term: Term) -> None: ...

    async def close(self) -> None: ...


class RedisLeases:
    """Leases in Redis under ``prefix``, held by the worker ``owner``."""

    def __init__(self, url: str, prefix: str, owner: str) -> None:
        self._redis: Redis = Redis.from_url(
            url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS, decode_responses=True
        )
        self._prefix = prefix
        self._owner = owner
        self._failing = False

    async def acquire(self, connection: int) -> Term | None:
        asked_at = uptime()
        ttl = int(LEASE_SECONDS * 1000)
        fence = await self._ask(
            lambda: self._redis.eval(_ACQUIRE, 2, self._key(connection), self._fences(connection), self._owner, ttl)
        )
        return Term(int(fence), asked_at + LEASE_SECONDS - MARGIN_SECONDS) if fence else None

    async def renew(self, connection: int, term: Term) -> bool:
        asked_at = uptime()
        ttl = int(LEASE_SECONDS * 1000)
        renewed = await self._ask(lambda: self._redis.eval(_RENEW, 1, self._key(connection), self._value(term), ttl))
        if renewed:
            term.until = asked_at + LEASE_SECONDS - MARGIN_SECONDS
        elif renewed is not None:
            term.until = float("-inf")
        return term.holds()

    async def release(self, connection: int, term: Term) -> None:
        term.until = float("-inf")
        await self._ask(lambda: self._redis.eval(_RELEASE, 1, self._key(connection), self._value(term)))

    async def close(self) -> None:
        with contextlib.suppress(RedisError, OSError):
            await self._redis.aclose()

    async def _ask(self, call: Callable[[], Awaitable[Any]]) -> int | None:
        """The answer, or ``None`` when there was none."""
        try:
            answer = int(await call())
        except (RedisError, OSError) as error:
            if not self._failing:
                logger.warning("Redis does not answer for the leases: %s", type(error).__name__)
            self._failing = True
            return None
        if self._failing:
            logger.info("Redis answers for the leases again")
        self._failing = False
        return answer

    def _key(self, connection: int) -> str:
        return f"{self._prefix}:leader:{{{connection}}}"

    def _fences(self, connection: int) -> str:
        return f"{self._prefix}:fence:{{{connection}}}"

    def _value(self, term: Term) -> str:
        return f"{term.fence}:{self._owner}"
