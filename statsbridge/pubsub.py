"""The Pub/Sub channel layer of ``channels_redis``, which finds out that Redis is gone where nobody says so.

A host that vanishes, or a firewall that forgets a connection, sends no reset. What is published over such a connection
fails by its time limit; a subscription waits for good. So each process asks Redis over its subscription, too, and
opens another connection when no answer comes. redis-py subscribes again by itself; what was missed shows as a gap.
"""

import asyncio
import logging
import socket
from typing import Any

from channels_redis.pubsub import (  # type: ignore[import-untyped]
    RedisPubSubChannelLayer,
    RedisSingleShardConnection,
)
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

logger = logging.getLogger(__name__)

PING_SECONDS = 2.0
#: Without a word on a subscription for so long its connection is given up.
SILENT_SECONDS = 6.0
ANSWER_SECONDS = 3.0
POLL_SECONDS = 0.1
RETRY_SECONDS = 1.0


def redis_host(url: str) -> dict[str, Any]:
    """What ``hosts`` of the layer takes: the address, with limits that the address itself may overrule."""
    limits = {"TCP_KEEPIDLE": 5, "TCP_KEEPINTVL": 2, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 10_000}
    return {
        "address": url,
        "socket_timeout": ANSWER_SECONDS,
        "socket_connect_timeout": ANSWER_SECONDS,
        # Once more over another connection; whoever calls has a time limit, and goes on without the message.
        "retry": Retry(NoBackoff(), 1),
        "socket_keepalive": True,
        # Not every system has them all.
        "socket_keepalive_options": {getattr(socket, one): limits[one] for one in limits if hasattr(socket, one)},
    }


class PubSubLayer(RedisPubSubChannelLayer):  # type: ignore[misc]  # no stubs
    """``BACKEND`` of the channel layer over Redis."""

    def _get_layer(self) -> Any:
        layer = super()._get_layer()
        shards = layer._shards
        if not isinstance(shards[0], WatchedConnection):
            shards[:] = [WatchedConnection(shard.host, layer) for shard in shards]
        return layer


class WatchedConnection(RedisSingleShardConnection):  # type: ignore[misc]  # no stubs
    """A subscription that is proved to be alive, and renewed when it is not."""

    async def subscribe(self, channel: str) -> None:
        try:
            await super().subscribe(channel)
        except BaseException:
            # The layer made a queue already, for a name that nobody gets to know.
            self.channel_layer.channels.pop(channel, None)
            raise

    async def _do_receiving(self) -> None:
        self._heard = self._asked = _now()
        failing = False
        while True:
            try:
                await self._receive_next()
                failing = False
            except Exception as error:  # noqa: BLE001  # whatever it is, the next second tries again
                if not failing:
                    logger.warning("Redis cannot be heard, trying again: %s", type(error).__name__)
                failing = True
                await asyncio.sleep(RETRY_SECONDS)

    async def _receive_next(self) -> None:
        if not self._pubsub.subscribed:
            self._heard = _now()
            await asyncio.sleep(POLL_SECONDS)
            return
        await self._prove()
        message = await self._pubsub.get_message(ignore_subscribe_messages=True, timeout=POLL_SECONDS)
        if message is not None:
            self._heard = _now()
            self._receive_message(message)

    async def _prove(self) -> None:
        """Ask for a sign of life when it is time; connect anew where none came. Redis's client subscribes again."""
        connection = self._pubsub.connection
        if connection is None:
            return
        if _now() - self._heard >= SILENT_SECONDS:
            logger.warning("Redis is silent, subscribing over another connection")
            self._heard = _now()
            async with self._lock:
                await connection.disconnect()
        if not connection.is_connected:
            # Under the lock, or whoever subscribes would connect at the same time.
            async with self._lock:
                await connection.connect()
        if _now() - self._asked >= PING_SECONDS:
            self._asked = _now()
            async with self._lock:
                await self._pubsub.ping()


def _now() -> float:
    return asyncio.get_running_loop().time()
