"""The Bayeux sessions: who is connected, what is queued for them, and every rule of the protocol; no HTTP here."""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

Message = dict[str, Any]
UPDATES = "/statistics/v3/updates"
SERVICE = "/statistics/v3/service"
TYPES = ("long-polling", "callback-polling")


class InvalidChannel(Exception):  # noqa: N818 - the word of the protocol
    """A channel id that the service breaks on."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds: how long a connect is held, and how long a session lives without one."""

    hold: float = 20.0
    expiry: float = 10.0


@dataclass(eq=False)
class Session:
    """One Bayeux client. ``http``: its STATISTICS_SESSIONID, ``browser``: its BAYEUX_BROWSER."""

    client_id: str
    http: str
    browser: str
    seen: float
    acks: bool = False
    connected: bool = False
    channels: dict[str, None] = field(default_factory=dict)
    queue: deque[Message] = field(default_factory=deque)
    unacknowledged: deque[tuple[int, Message]] = field(default_factory=deque)
    batch: int = 0
    waiter: asyncio.Event | None = None
    ended: bool = False
    dropped: bool = False  # ended by the service, not by the client

    def listens(self, channel: str) -> bool:
        return any(_matches(pattern, channel) for pattern in self.channels)

    def put(self, message: Message) -> None:
        self.queue.append(message)
        if self.waiter:
            self.waiter.set()


def _matches(pattern: str, channel: str) -> bool:
    if pattern.endswith("/**"):
        return channel.startswith(pattern[:-2])
    if pattern.endswith("/*"):
        return fnmatchcase(channel, pattern) and "/" not in channel[len(pattern) - 1 :]
    return pattern == channel


class Bayeux:
    """``ended`` is told the client id of a session that is gone. ``unknown`` is the text for an unknown client: older
    servers say ``402::Unknown client``, newer ones ``403::Unknown client``. ``trust_client``: find sessions by client
    id alone, without the browser cookie."""

    def __init__(
        self,
        timing: Timing,
        ended: Callable[[str], None],
        *,
        unknown: str = "402::Unknown client",
        trust_client: bool = False,
    ) -> None:
        self.timing, self.unknown, self.trust_client = timing, unknown, trust_client
        self.sessions: dict[str, Session] = {}
        self._ended = ended

    # ---- messages in ----

    async def handle(self, messages: list[Message], http: str, browser: str) -> list[Message]:
        """The replies to one payload, with queued events among them. Raises ``InvalidChannel``."""
        for message in messages:
            channel = message.get("channel")
            if not isinstance(channel, str) or not channel.startswith("/"):
                raise InvalidChannel(str(channel))
        replies: list[Message] = []
        connects: list[tuple[Message, Session]] = []
        for message in messages:
            if message["channel"] == "/meta/handshake":
                replies.append(self._handshake(message, http, browser))
                continue
            session = self._find(message, browser)
            if session is None:
                replies.append(self._reply_unknown(message))
            elif message["channel"] == "/meta/connect":
                connects.append((message, session))
            else:
                replies += self._handle_one(message, session)
        for message, session in connects:
            replies += await self._connect(message, session, alone=len(messages) == 1)
        return replies

    def _find(self, message: Message, browser: str) -> Session | None:
        session = self.sessions.get(str(message.get("clientId")))
        return session if session and (self.trust_client or session.browser == browser) else None

    def _handle_one(self, message: Message, session: Session) -> list[Message]:
        channel = message["channel"]
        if channel == "/meta/subscribe":
            return [self._subscribe(message, session), *self._ride(session)]
        if channel == "/meta/unsubscribe":
            for name in _names(message):
                session.channels.pop(name, None)
            return [_reply(message, successful=True, subscription=message.get("subscription")), *self._ride(session)]
        if channel == "/meta/disconnect":
            self.end(session, reply_unknown=False)
            return [_reply(message, successful=True)]
        return [_reply(message, successful=False, error=f"403:{channel}:Publishing is denied")]

    def _handshake(self, message: Message, http: str, browser: str) -> Message:
        asked = message.get("supportedConnectionTypes")
        if not isinstance(asked, list) or not set(asked) & set(TYPES):
            error = "400::No common connection type"
            return _reply(message, successful=False, error=error, advice={"reconnect": "none"}, version="1.0")
        session = Session(secrets.token_hex(16), http, browser, asyncio.get_running_loop().time())
        session.acks = isinstance(message.get("ext"), dict) and bool(message["ext"].get("ack"))
        self.sessions[session.client_id] = session
        reply = _reply(
            message,
            successful=True,
            clientId=session.client_id,
            version="1.0",
            minimumVersion="1.0",
            supportedConnectionTypes=list(TYPES),
            advice=self._advice(),
        )
        if session.acks:
            reply["ext"] = {"ack": True}
        return reply

    def _advice(self) -> Message:
        return {"interval": 0, "timeout": round(self.timing.hold * 1000), "reconnect": "retry"}

    def _reply_unknown(self, message: Message) -> Message:
        reply = _reply(message, successful=False, error=self.unknown)
        if message["channel"] == "/meta/connect":
            reply["advice"] = {"interval": 0, "reconnect": "handshake"}
        return reply

    def _subscribe(self, message: Message, session: Session) -> Message:
        names = _names(message)
        for name in names:
            if not name.startswith("/"):
                raise InvalidChannel(name)
        denied = [name for name in names if name.startswith("/meta/")]
        if denied or not names:
            error = f"403:{','.join(denied)}:Subscription is denied"
            return _reply(message, successful=False, subscription=message.get("subscription"), error=error)
        session.channels.update(dict.fromkeys(names))
        return _reply(message, successful=True, subscription=message.get("subscription"))

    def _ride(self, session: Session) -> list[Message]:
        """Events may come along with any reply, unless they are to be acknowledged."""
        if session.acks:
            return []
        events = list(session.queue)
        session.queue.clear()
        return events

    # ---- connect ----

    async def _connect(self, message: Message, session: Session, *, alone: bool) -> list[Message]:
        if session.ended:
            return [self._reply_unknown(message)]
        self._acknowledge(message, session)
        if session.waiter:
            session.waiter.set()  # the newer poll wins; the older one is answered empty
        first, session.connected = not session.connected, True
        advice: Message | None = self._advice() if first else None
        at_once = first or not alone or _timeout(message) == 0
        others = [s for s in self.sessions.values() if s.browser == session.browser and s.waiter and s is not session]
        if others and session.browser:
            advice = {"multiple-clients": True, "reconnect": "retry", "interval": 2000}
            at_once = True
        waiter: asyncio.Event | None = None
        if not at_once and not session.queue:
            waiter = asyncio.Event()
            await self._hold(session, waiter)
        session.seen = asyncio.get_running_loop().time()
        if session.dropped:
            return [self._reply_unknown(message)]
        superseded = waiter is not None and session.waiter not in (None, waiter)
        events = [] if superseded or session.ended else self._take(session)
        reply = _reply(message, successful=True)
        if advice:
            reply["advice"] = advice
        if session.acks:
            reply["ext"] = {"ack": session.batch}
        return [*events, reply]

    async def _hold(self, session: Session, waiter: asyncio.Event) -> None:
        session.waiter = waiter
        try:
            async with asyncio.timeout(self.timing.hold):
                await waiter.wait()
        except TimeoutError:
            pass
        finally:
            session.seen = asyncio.get_running_loop().time()
            if session.waiter is waiter:
                session.waiter = None

    def _take(self, session: Session) -> list[Message]:
        events = list(session.queue)
        session.queue.clear()
        if not session.acks:
            return events
        resent = [event for _, event in session.unacknowledged]
        session.batch += 1
        session.unacknowledged.extend((session.batch, event) for event in events)
        return [*resent, *events]

    def _acknowledge(self, message: Message, session: Session) -> None:
        ext = message.get("ext")
        seen = ext.get("ack") if isinstance(ext, dict) else None
        while isinstance(seen, int) and session.unacknowledged and session.unacknowledged[0][0] <= seen:
            session.unacknowledged.popleft()

    # ---- messages out ----

    def publish(self, channel: str, data: Message, http: str | None = None) -> None:
        """To the sessions of an HTTP session, or to all."""
        for session in self.sessions.values():
            if (http is None or session.http == http) and session.listens(channel):
                session.put({"channel": channel, "data": data})

    def newest_client(self, http: str) -> str:
        """The client of an HTTP session that shook hands last; empty when there is none."""
        return next((s.client_id for s in reversed(self.sessions.values()) if s.http == http), "")

    # ---- the end of sessions ----

    def end(self, session: Session, *, reply_unknown: bool = True) -> None:
        """Forget a session; a held connect is answered, with ``unknown client`` unless the client itself left."""
        if self.sessions.pop(session.client_id, None) is None:
            return
        session.ended = True
        session.dropped = reply_unknown
        if session.waiter:
            session.waiter.set()
        self._ended(session.client_id)

    def end_all(self) -> None:
        for session in list(self.sessions.values()):
            self.end(session)

    def expire(self) -> None:
        """End the sessions that have not polled for too long."""
        now = asyncio.get_running_loop().time()
        for session in list(self.sessions.values()):
            if session.waiter is None and now - session.seen > self.timing.expiry:
                self.end(session)

    def describe(self) -> Iterable[Message]:
        for session in self.sessions.values():
            yield {
                "clientId": session.client_id,
                "session": session.http,
                "channels": list(session.channels),
                "polling": session.waiter is not None,
                "queued": len(session.queue),
            }


def _reply(message: Message, **parts: Any) -> Message:
    reply = {"channel": message["channel"], **parts}
    if "id" in message:
        reply["id"] = message["id"]
    return reply


def _names(message: Message) -> list[str]:
    subscription = message.get("subscription")
    return [str(name) for name in subscription] if isinstance(subscription, list) else [str(subscription or "")]


def _timeout(message: Message) -> Any:
    advice = message.get("advice")
    return advice.get("timeout") if isinstance(advice, dict) else None
