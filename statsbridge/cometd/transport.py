"""aiocometd's long-polling transport, made fit for a link that has to last for months.

Kept of aiocometd: the messages, their numbering, the handshake and the client's opening sequence. Replaced, because
each is the place of a fault that ``docs/cometd.md`` lists: the HTTP exchange, reading of replies, and the poll loop,
which is a coroutine here and a chain of done-callbacks there.
"""

import asyncio
import contextlib
from typing import Any

import aiohttp
from aiocometd.constants import (
    CONNECT_MESSAGE,
    DISCONNECT_MESSAGE,
    SUBSCRIBE_MESSAGE,
    ConnectionType,
    TransportState,
)
from aiocometd.transports.long_polling import LongPollingTransport
from aiocometd.transports.registry import register_transport
from aiocometd.utils import is_auth_error_message

from statsbridge.cometd import bayeux
from statsbridge.cometd.bayeux import JsonMessage
from statsbridge.cometd.errors import CometdError, CometdRefused
from statsbridge.cometd.exchange import post, session_for
from statsbridge.cometd.pace import Pace
from statsbridge.cometd.seam import translated
from statsbridge.cometd.wiring import Wiring

_UNAUTHORIZED = (401, 403)
# Empty answers at once happen (a session that is being dropped has one); many in a row are a server gone wrong.
_HURRIED = 3
_LONGEST_HURRY = 1.0


class _Nudged(Exception):  # noqa: N818 - what happened
    """The poll under way is to be given up."""


@register_transport(ConnectionType.LONG_POLLING)
class Polling(LongPollingTransport):
    """One CometD session after the other over long polling; everything goes to the wiring's sink at once."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._wiring: Wiring = kwargs["auth"]
        self._wiring.transport = self
        self._advice: JsonMessage = self._first_advice()
        self._lost = False  # the session is gone: the next request is a handshake
        self._fresh = True  # the next poll asks to be answered at once
        self._hurried = 0  # empty answers in a row that came at once
        self._retry: asyncio.Task[None] | None = None
        self._nudged = asyncio.Event()

    def _first_advice(self) -> JsonMessage:
        return {"timeout": self._wiring.timing.hold * 1000, "interval": 0}

    @property
    def hold(self) -> float:
        """Seconds that the service holds a poll."""
        return float(self._advice["timeout"]) / 1000

    @property
    def interval(self) -> float:
        """Seconds that the service wants between two polls; aiocometd takes the milliseconds for seconds."""
        return float(self._advice["interval"]) / 1000

    # ---- the HTTP exchange --------------------------------------------------------------------------------------

    async def _get_http_session(self) -> aiohttp.ClientSession:
        if self._http_session is None or self._http_session.closed:
            self._http_session = session_for(self._wiring)
        return self._http_session

    async def _close_http_session(self) -> None:
        if self._http_session is not None:
            await self._http_session.close()

    def _limit(self, payload: list[JsonMessage]) -> float:
        """Seconds this request may take. aiocometd sets none before it has advice, or when advice came in part."""
        timing = self._wiring.timing
        held = payload[0]["channel"] == bayeux.CONNECT and len(payload) == 1 and "advice" not in payload[0]
        return self.hold + timing.grace if held else timing.request

    async def _send_payload_with_auth(self, payload: list[JsonMessage]) -> JsonMessage:
        """As aiocometd's, but an unknown session (some servers number it 401 or 403, too) needs no new token."""
        reply = await self._send_payload(payload)
        if is_auth_error_message(reply) and bayeux.reconnect(reply) != "handshake":
            await self._wiring.authenticate()
            reply = await self._send_payload(payload)
        return reply

    async def _send_final_payload(self, payload: list[JsonMessage], *, headers: Any) -> JsonMessage:
        """Post and read. HTTP 401 or 403 renews the token and posts once more; aiocometd knows Bayeux errors only."""
        status, body = await self._post(payload)
        if status in _UNAUTHORIZED:
            await self._wiring.authenticate()
            status, body = await self._post(payload)
        if status != 200:
            text = self._wiring.cleared(bayeux.said(body))
            kind = CometdRefused if status in _UNAUTHORIZED else CometdError
            raise kind(f"The service answered HTTP {status}" + (f": {text}" if text else ""))
        return self._take(payload, bayeux.read(body))

    async def _post(self, payload: list[JsonMessage]) -> tuple[int, bytes]:
        return await post(await self._get_http_session(), self._url, payload, self._wiring, self._limit(payload))

    def _take(self, payload: list[JsonMessage], messages: list[JsonMessage]) -> JsonMessage:
        """Learn from the messages, pass the events on, return the reply to the first message of the payload."""
        self._advice = bayeux.merged(self._advice, messages)
        reply = next((message for message in messages if bayeux.answers(message, payload[0])), None)
        polled = reply is not None and reply["channel"] == bayeux.CONNECT and bool(reply["successful"])
        if polled and self._subscribe_on_connect:
            self._begin(messages)
        events = [message for message in messages if bayeux.is_event(message)]
        for event in events:
            self._wiring.message(event["channel"], event["data"])
        if polled:
            self._wiring.alive()
        if reply is None:
            raise CometdError("The service's answer lacks the reply to the request")
        return {**reply, "events": len(events)}

    # ---- a session ----------------------------------------------------------------------------------------------

    async def handshake(self, connection_types: list[ConnectionType]) -> JsonMessage:
        reply: JsonMessage = await super().handshake(connection_types)
        if not reply["successful"]:
            raise CometdRefused(self._wiring.cleared(f"The service refused the handshake: {reply.get('error', '')}"))
        if not isinstance(self.client_id, str):
            raise CometdError("The service's handshake names no client id")
        self._advice = bayeux.merged(self._first_advice(), [reply])
        self._lost, self._fresh = False, True
        return reply

    async def connect(self) -> JsonMessage:
        """Poll once, for the owner to know, then go on in the background."""
        self._state = TransportState.CONNECTING
        reply = await self._connect()
        if not reply["successful"]:
            error = reply.get("error", "")
            raise CometdError(self._wiring.cleared(f"The service did not accept the session it gave: {error}"))
        self._state = TransportState.CONNECTED
        self._connect_task = asyncio.create_task(self._poll(self._after(reply, self.hold)))
        return reply

    async def _connect(self) -> JsonMessage:
        """One poll; the first of a session carries the subscriptions.

        After a handshake or a failure it asks to be answered at once: held, it would leave everyone in doubt for the
        service's whole hold time.
        """
        payload: list[JsonMessage] = [CONNECT_MESSAGE.copy()]
        if self._fresh:
            payload[0]["advice"] = {"timeout": 0}
        if self._subscribe_on_connect:
            payload += [{**SUBSCRIBE_MESSAGE, "subscription": channel} for channel in self._wiring.channels]
        return await self._send_payload_with_auth(payload)

    def _begin(self, messages: list[JsonMessage]) -> None:
        """The session stands: say so, and go after what was not granted."""
        granted = bayeux.granted(messages)
        refused = tuple(channel for channel in self._wiring.channels if channel not in granted)
        if refused and self._wiring.opening:
            errors = [str(m.get("error", "")) for m in messages if m["channel"] == bayeux.SUBSCRIBE]
            text = f"The service refused the subscription to {', '.join(refused)}: {', '.join(filter(None, errors))}"
            raise CometdRefused(self._wiring.cleared(text))
        self._subscribe_on_connect = False
        self._wiring.session(str(self.client_id), refused, new=True)
        if refused:
            self._wiring.trouble(f"The service refused the subscription to {', '.join(refused)}")
            self._retry = asyncio.create_task(self._ask_again(refused))

    async def _ask_again(self, refused: tuple[str, ...]) -> None:
        """Subscribe what was refused until it is granted; aiocometd forgets such channels without a word."""
        pace = Pace(self._wiring.backoff)
        while refused:
            await self._wiring.timing.sleep(pace.failed())
            for channel in refused:
                try:
                    reply = await self._send_message(SUBSCRIBE_MESSAGE.copy(), subscription=channel)
                except Exception as error:  # noqa: BLE001 - whatever it was, the next round may go better
                    self._wiring.trouble(str(translated(error)))
                    continue
                if reply["successful"]:
                    refused = tuple(other for other in refused if other != channel)
                    self._wiring.session(str(self.client_id), refused, new=False)

    # ---- the loop -----------------------------------------------------------------------------------------------

    async def _poll(self, pause: float) -> JsonMessage:
        """Poll until cancelled. Nothing that a server, a network or a callback does ends it."""
        timing = self._wiring.timing
        while True:
            await timing.sleep(pause)
            started = timing.clock()
            try:
                if self._lost:
                    await self._stop_retry()
                    await self.handshake([self.connection_type])
                reply = await self._connect_unless_nudged()
                pause = self._after(reply, timing.clock() - started)
            except _Nudged:
                self._fresh = True
                self._wiring.trouble("The poll was given up: the network failed meanwhile")
                pause = 0.0
            except Exception as error:  # noqa: BLE001 - see above
                self._fresh = True
                self._wiring.trouble(str(translated(error)))
                pause = self._wiring.pace.failed()

    def nudge(self) -> None:
        self._nudged.set()

    async def _connect_unless_nudged(self) -> JsonMessage:
        self._nudged.clear()
        polling = asyncio.ensure_future(self._connect())
        nudged = asyncio.ensure_future(self._nudged.wait())
        try:
            await asyncio.wait({polling, nudged}, return_when=asyncio.FIRST_COMPLETED)
            if not polling.done():
                raise _Nudged
            return polling.result()
        finally:
            polling.cancel()
            nudged.cancel()
            await asyncio.gather(polling, nudged, return_exceptions=True)

    def _after(self, reply: JsonMessage, took: float) -> float:
        """Seconds to wait after the reply to a poll that took so long."""
        pace = self._wiring.pace
        if not reply["successful"]:
            self._lost = bayeux.reconnect(reply) in ("handshake", "none")
            self._fresh = True
            self._wiring.trouble(f"The service refused the poll: {reply.get('error', '')}")
            return max(self.interval, pace.lost() if bayeux.reconnect(reply) == "handshake" else pace.failed())
        asked_at_once, self._fresh = self._fresh, False
        brisk = self._wiring.timing.brisk
        held = took >= (min(brisk, self.hold / 2) or brisk)
        if held:
            pace.reset()
        if held or asked_at_once or reply["events"] or self.interval:
            self._hurried = 0
            return self.interval
        self._hurried += 1
        return min(pace.failed(), _LONGEST_HURRY) if self._hurried > _HURRIED else 0.0

    async def _stop_retry(self) -> None:
        if self._retry is not None:
            self._retry.cancel()
            await asyncio.wait([self._retry])
            self._retry = None

    async def disconnect(self) -> None:
        """Stop polling and, if there is a session, say goodbye."""
        self._state = TransportState.DISCONNECTING
        await self._stop_retry()
        await self._stop_connect_task()
        if self.client_id and not self._lost:
            message = DISCONNECT_MESSAGE.copy()
            self._finalize_message(message)
            with contextlib.suppress(Exception):  # it goes all the same
                await self._post([message])
        self._state = TransportState.DISCONNECTED
