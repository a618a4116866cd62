"""What a transport needs from its owner."""

import http.cookiejar
import logging
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
from aiocometd.extensions import AuthExtension
from yarl import URL

from statsbridge.cometd import bayeux
from statsbridge.cometd.events import Alive, Event, Message, NewSession, Sink, Timing, Trouble
from statsbridge.cometd.pace import Pace, Pauses

if TYPE_CHECKING:
    from statsbridge.cometd.transport import Polling

logger = logging.getLogger(__name__)


@dataclass(eq=False, repr=False)
class Wiring(AuthExtension):  # type: ignore[misc, unused-ignore]
    """The owner's side of a transport.

    ``aiocometd.Client`` builds its transport itself and takes no further arguments for it, but it hands its
    authentication extension on as it is. That is how this travels, and the reason for the base class.
    """

    headers: Callable[[], Mapping[str, str]]
    jar: http.cookiejar.CookieJar
    on_unauthorized: Callable[[], Awaitable[None]]
    sink: Sink
    proxy: str
    ssl: ssl.SSLContext | None
    backoff: Pauses
    timing: Timing
    pace: Pace
    channels: tuple[str, ...] = ()
    generation: int = 0
    opening: bool = False
    """Refused subscriptions are an error while the owner waits in ``open()``, and are tried again later on."""
    alive_at: float = 0.0
    transport: "Polling | None" = None
    _sent: Mapping[str, str] = field(default_factory=dict)

    async def outgoing(self, payload: list[dict[str, Any]], headers: dict[str, str]) -> None:
        """Nothing: headers are asked for when a request goes out, also the second time."""

    async def incoming(self, payload: list[dict[str, Any]], headers: dict[str, str] | None = None) -> None:
        """Nothing: the transport reads the replies."""

    async def authenticate(self) -> None:
        await self.on_unauthorized()

    def outgoing_headers(self) -> dict[str, str]:
        self._sent = dict(self.headers())
        return dict(self._sent)

    def cleared(self, text: str) -> str:
        """The text without any credential that this link uses."""
        words = [word for value in self._sent.values() for word in value.split()]
        words += [cookie.value for cookie in self.jar if cookie.value]
        password = URL(self.proxy).password if self.proxy else None
        return bayeux.cleared(text, words + ([password] if password else []))

    # ---- to the owner -------------------------------------------------------------------------------------------

    def tell(self, event: Event) -> None:
        try:
            self.sink(event)
        except Exception:
            logger.exception("The receiver of CometD events failed")

    def message(self, channel: str, text: msgspec.Raw) -> None:
        self.pace.reset()
        self.tell(Message(channel, text))

    def alive(self) -> None:
        self.alive_at = self.timing.clock()
        self.tell(Alive())

    def trouble(self, reason: str) -> None:
        self.tell(Trouble(self.cleared(reason)))

    def session(self, client_id: str, refused: tuple[str, ...], *, new: bool) -> None:
        if new:
            self.generation += 1
        self.tell(NewSession(self.generation, client_id, refused))
