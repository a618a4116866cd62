"""The bridge as a Channels worker: always there, not only once a first message came, and until it is told to end.

The stock worker creates its consumer at the first message, ends it for good at an exception, and dies at SIGTERM
without clean-up. This one starts the bridge at once, restarts it, and closes what is open when it has to go.
"""

import asyncio
import logging
import signal
from typing import Any

from channels.consumer import AsyncConsumer
from channels.layers import BaseChannelLayer
from channels.worker import Worker

from statsbridge.bridge import Bridge
from statsbridge.clock import Clock
from statsbridge.messages import COMMANDS, TRIALS
from statsbridge.together import cancel, run_together, supervise

logger = logging.getLogger(__name__)

LISTEN_ANEW_SECONDS = 5.0


class BridgeConsumer(AsyncConsumer):
    """What hubs may ask of the bridge."""

    def __init__(self, bridge: Bridge | None = None) -> None:
        self._bridge = bridge

    async def bridge_resync(self, message: dict[str, Any]) -> None:
        """Answered with ``bridge.snapshot`` messages on the channel that ``reply`` names."""
        if self._bridge is not None:
            await self._bridge.answer(message)


class BridgeWorker(Worker):
    """Runs one bridge on one channel layer; ``serve`` in a loop that exists, ``run`` in one of its own."""

    def __init__(self, layer: BaseChannelLayer, clock: Clock | None = None) -> None:
        super().__init__(application=BridgeConsumer.as_asgi(), channels=[COMMANDS], channel_layer=layer)
        self.bridge: Bridge | None = None
        self._clock = clock or Clock()
        self._stopping = asyncio.Event()

    def run(self) -> None:
        """Until SIGTERM or SIGINT."""
        asyncio.run(self._run_until_signal())

    async def serve(self) -> None:
        """Until ``stop``."""
        await run_together(self._keep_bridge(), self._listen(), self._await_stop())

    async def stop(self) -> None:
        """End politely, within five seconds."""
        bridge, self.bridge = self.bridge, None
        if bridge is not None:
            await bridge.stop()
        self._stopping.set()

    async def _run_until_signal(self) -> None:
        loop = asyncio.get_running_loop()
        signalled = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, signalled.set)
        serving = asyncio.create_task(self.serve())
        waiting = asyncio.create_task(signalled.wait())
        try:
            await asyncio.wait([serving, waiting], return_when=asyncio.FIRST_COMPLETED)
            logger.info("ending")
            await self.stop()
            await serving
        finally:
            await cancel(serving, waiting)

    async def _await_stop(self) -> None:
        await self._stopping.wait()

    async def _keep_bridge(self) -> None:
        """An error of the bridge itself costs a restart, never the worker."""
        await supervise("the bridge", self._run_bridge, self._clock)

    async def _run_bridge(self) -> None:
        self.bridge = Bridge(self.channel_layer, self._clock)
        await self.bridge.run()
        await self._stopping.wait()

    async def _listen(self) -> None:
        await supervise("receiving commands", self._receive, self._clock)

    async def _receive(self) -> None:
        while True:
            try:
                async with asyncio.timeout(LISTEN_ANEW_SECONDS):
                    message = await self.channel_layer.receive(COMMANDS)
            except TimeoutError:
                # The Pub/Sub layer subscribes at the first call only, and takes one that failed (Redis was away) for
                # done. An interrupted call makes it subscribe again; a command lost meanwhile is sent again.
                continue
            if message.get("type") == "bridge.resync":
                await BridgeConsumer(self.bridge).dispatch(message)
            elif message.get("type") in TRIALS and self.bridge is not None:
                # Not as a consumer: it would wait for a thread that the very page that asks may occupy.
                self.bridge.try_out(message)
