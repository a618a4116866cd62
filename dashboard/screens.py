"""One open socket: frames are handed to the server without a task, a queue or an encoding of its own."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any

from dashboard.access import Grant
from dashboard.protocol import Refusal, Window, error_frame

logger = logging.getLogger(__name__)

Send = Callable[[dict[str, Any]], Awaitable[None]]

#: A screen may ask for so many snapshots in a row; after that for one in a second.
SNAPSHOTS_AT_ONCE = 5.0
CLOSE_SECONDS = 5.0


def text_message(frame: str) -> dict[str, Any]:
    """The ASGI message of a frame; one object serves all screens of a stream."""
    return {"type": "websocket.send", "text": frame}


class _Rest:
    """What is left of a coroutine that was started by hand and had to wait."""

    def __init__(self, coroutine: Coroutine[Any, Any, None], waits_for: Any) -> None:
        self._coroutine = coroutine
        self._waits_for = waits_for

    def __await__(self) -> Generator[Any, Any, None]:
        waits_for = self._waits_for
        while True:
            try:
                sent = yield waits_for
            except BaseException as error:  # noqa: BLE001  # handed on to the coroutine, as await would
                step: Callable[[Any], Any] = self._coroutine.throw
                value: Any = error
            else:
                step, value = self._coroutine.send, sent
            try:
                waits_for = step(value)
            except StopIteration:
                return


class Screen:
    """A socket, what it was admitted with, and how far it follows. Owned by its consumer, listed by its stream.

    ``heard`` is the clock's second in which it last said something.
    """

    def __init__(self, send: Send, grant: Grant, heard: float, name: str) -> None:
        self.grant = grant
        self.heard = heard
        self.name = name
        self.window = Window()
        self.credit = SNAPSHOTS_AT_ONCE
        #: A snapshot is owed; its value says whether with history.
        self.owed: bool | None = None
        self.closed = False
        self._send = send
        self._rest: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        """Whether the server has not taken the last frame yet."""
        return self._rest is not None and not self._rest.done()

    def offer(self, message: dict[str, Any], seq: int) -> bool:
        """Send numbered frame ``seq`` if the screen can take it; otherwise it is withheld, and a snapshot is due."""
        if self.closed:
            return False
        if self.busy or not self.window.admits(seq):
            self.window.behind = True
            return False
        self.window.sent = seq
        return self.push(message)

    def push(self, message: dict[str, Any]) -> bool:
        """Hand a message to the server now. Where the server makes its caller wait, one task does that."""
        if self.closed or self.busy:
            return False
        coroutine: Any = self._send(message)
        try:
            waits_for = coroutine.send(None)
        except StopIteration:
            return True
        except Exception as error:  # noqa: BLE001  # each server has its own; one broken socket may cost nobody else
            self._lost(error)
            return False
        self._rest = asyncio.ensure_future(self._finish(_Rest(coroutine, waits_for)))
        return True

    def refuse(self, refusal: Refusal) -> "asyncio.Task[None] | None":
        """Say why and close, in a task of its own; what is still being sent is dropped."""
        if self.closed:
            return None
        self.closed = True
        logger.info("%s closed: %s %s", self.name, int(refusal.code), refusal.message)
        return asyncio.ensure_future(self._close(refusal))

    def gone(self) -> None:
        """The client is away."""
        self.closed = True
        if self._rest is not None:
            self._rest.cancel()

    async def _finish(self, rest: _Rest) -> None:
        try:
            await rest
        except Exception as error:  # noqa: BLE001
            self._lost(error)

    def _lost(self, error: Exception) -> None:
        self.closed = True
        logger.debug("%s lost: %s", self.name, type(error).__name__)

    async def _close(self, refusal: Refusal) -> None:
        stuck = self.busy
        if self._rest is not None and stuck:
            self._rest.cancel()
            await asyncio.wait([self._rest])
        await refuse(self._send, refusal, say=not stuck)


async def refuse(send: Send, refusal: Refusal, *, say: bool = True) -> None:
    """An error frame, then the close; a socket that is gone or stuck is left to the server after a while."""
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            if say:
                await send(text_message(error_frame(refusal.word, refusal.message)))
            await send({"type": "websocket.close", "code": int(refusal.code)})
    except Exception as error:  # noqa: BLE001  # nothing is left to do for it
        logger.debug("Closing a socket failed: %s", type(error).__name__)
