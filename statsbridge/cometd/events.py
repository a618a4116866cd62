"""What a CometD link tells its owner, and the times it keeps."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from statsbridge import lenient


@dataclass(frozen=True, slots=True)
class Message:
    """A notification: its Bayeux ``channel`` and its data as JSON text, which nobody has read yet."""

    channel: str
    text: msgspec.Raw

    @property
    def data(self) -> Any:
        """The text, read.

        Raises ValueError or RecursionError when it is no JSON after all.
        """
        return lenient.decode(self.text)


@dataclass(frozen=True, slots=True)
class NewSession:
    """The service has a new session for us: what belonged to an earlier one is gone there.

    Told after each handshake, once the channels are subscribed; ``refused`` are those that were not. They are asked for
    again, and when one is granted the event comes again with the same ``generation``. ``generation`` counts the
    sessions of a client from 1. ``client_id`` is a credential of the session: never log it.
    """

    generation: int
    client_id: str
    refused: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"NewSession(generation={self.generation}, refused={self.refused!r})"


@dataclass(frozen=True, slots=True)
class Alive:
    """The service answered a poll: the link works, whether or not there was any news."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A request failed and will be made again; ``reason`` is for people and holds no secret."""

    reason: str


Event = Message | NewSession | Alive | Trouble
Sink = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds, and where time comes from."""

    request: float = 10.0
    """For the answer to a handshake, a subscription or a poll that asks to be answered at once."""
    grace: float = 10.0
    """For the answer to a poll, beyond the time that the service said it holds one."""
    hold: float = 60.0
    """How long a poll may be held when the service has not said."""
    farewell: float = 2.0
    """For the disconnect message of ``close()``."""
    brisk: float = 0.25
    """A poll answered sooner, with no news in it, proves nothing and slows the next one down."""
    watchdog: float = 30.0
    """Without an answered poll for the service's hold time and this, everything is torn down and opened anew."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], float] = time.monotonic
