"""The way out to the hubs: the channel layer, which may be slow or away without holding anything up."""

import asyncio
import logging
from typing import Any

from channels.layers import BaseChannelLayer

from statsbridge.messages import FRAMES_GROUP

logger = logging.getLogger(__name__)

SEND_SECONDS = 5.0


class Publisher:
    """Sends to the group of hubs or to one of them. What is lost shows there as a gap, and is asked for again."""

    def __init__(self, layer: BaseChannelLayer) -> None:
        self._layer = layer
        self._failing = False

    async def publish(self, message: dict[str, Any]) -> None:
        """To every hub."""
        await self._guard(self._layer.group_send(FRAMES_GROUP, message))

    async def answer(self, channel: str, message: dict[str, Any]) -> None:
        """To one hub."""
        await self._guard(self._layer.send(channel, message))

    async def _guard(self, sending: Any) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await sending
        except Exception as error:  # noqa: BLE001 - every layer has errors of its own
            if not self._failing:
                logger.warning("the channel layer does not take messages: %s", type(error).__name__)
            self._failing = True
            return
        if self._failing:
            logger.info("the channel layer takes messages again")
        self._failing = False
