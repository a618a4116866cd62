"""A CometD link that stays open."""

import asyncio
import contextlib
import http.cookiejar
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence

from aiocometd.client import Client
from aiocometd.constants import ConnectionType

from statsbridge.backoff import full_jitter
from statsbridge.cometd import shim
from statsbridge.cometd.errors import CometdError
from statsbridge.cometd.events import Sink, Timing
from statsbridge.cometd.pace import Pace, Pauses
from statsbridge.cometd.seam import translated
from statsbridge.cometd.wiring import Wiring

shim.apply()
from statsbridge.cometd.transport import Polling  # noqa: E402, F401 - registers itself with aiocometd


class CometdClient:
    """A link to one CometD endpoint over long polling, for one event loop.

    ``headers`` is called for every request. ``jar`` is shared with the REST client (``httpx.Cookies().jar``); for an
    endpoint on plain http it is told to return ``Secure`` cookies. ``on_unauthorized`` is awaited once for each 401 or
    403, then the request is made once more; it should renew the token, and bound its own time. ``sink`` is called in
    the event loop for every event, must not block, and must not call back into the client. ``backoff`` gives fresh
    delays in seconds; they are used until the service proves to be alive.
    """

    def __init__(
        self,
        url: str,
        *,
        headers: Callable[[], Mapping[str, str]],
        jar: http.cookiejar.CookieJar,
        on_unauthorized: Callable[[], Awaitable[None]],
        sink: Sink,
        proxy: str = "",
        ssl: ssl.SSLContext | None = None,
        backoff: Pauses = full_jitter,
        timing: Timing | None = None,
    ) -> None:
        self._url = url
        self._wiring = Wiring(
            headers=headers,
            jar=jar,
            on_unauthorized=on_unauthorized,
            sink=sink,
            proxy=proxy,
            ssl=ssl,
            backoff=backoff,
            timing=timing or Timing(),
            pace=Pace(backoff),
        )
        self._watch: asyncio.Task[None] | None = None

    async def open(self, channels: Sequence[str]) -> None:
        """Shake hands, subscribe to all ``channels``, and keep the link open from then on.

        Raises ``CometdError`` (unreachable, no answer, no Bayeux) or ``CometdRefused`` (sign-in, handshake or a
        subscription refused). Then, or when cancelled, nothing is left behind.
        """
        if self._watch is not None:
            raise CometdError("The link is open already")
        self._wiring.channels = tuple(channels)
        self._wiring.opening = True
        try:
            await self._begin()
        finally:
            self._wiring.opening = False
        self._watch = asyncio.create_task(self._keep_watch())

    async def close(self) -> None:
        """Say goodbye, within ``Timing.farewell``, and let go of everything. Closing twice does no harm."""
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.cancel()
            await asyncio.wait([watch])
        await self._end()

    def nudge(self) -> None:
        """Give up the poll under way and poll anew, on another connection: this one may be dead in silence."""
        if self._wiring.transport is not None:
            self._wiring.transport.nudge()

    async def _begin(self) -> None:
        # Built here and not earlier: aiocometd takes hold of the event loop that is current when its client is made.
        client = Client(
            self._url,
            ConnectionType.LONG_POLLING,
            auth=self._wiring,
            max_pending_count=0,  # its queue stays empty: messages go to the sink
        )
        try:
            await client.open()
        except BaseException as error:
            await self._end()
            if isinstance(error, Exception) and not isinstance(error, CometdError):
                raise translated(error) from error
            raise
        self._wiring.alive_at = self._wiring.timing.clock()

    async def _end(self) -> None:
        """Tear the transport down. aiocometd's close() does nothing after a failed or cancelled open()."""
        transport, self._wiring.transport = self._wiring.transport, None
        if transport is None:
            return
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._wiring.timing.farewell):
                    await transport.disconnect()
        finally:
            await transport.close()

    async def _keep_watch(self) -> None:
        """Open anew when no poll has been answered for too long, whatever the transport believes of itself."""
        timing = self._wiring.timing
        while True:
            transport = self._wiring.transport
            limit = timing.watchdog + (transport.hold if transport else 0.0)
            quiet = timing.clock() - self._wiring.alive_at
            if quiet < limit:
                await timing.sleep(limit - quiet)
            else:
                self._wiring.trouble(f"No poll was answered for {quiet:.0f} s: opening anew")
                await self._end()
                await self._begin_until_it_works()

    async def _begin_until_it_works(self) -> None:
        while True:
            try:
                return await self._begin()
            except CometdError as error:
                self._wiring.trouble(str(error))
            await self._wiring.timing.sleep(self._wiring.pace.failed())
