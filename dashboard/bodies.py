"""No request's body is larger than the site has any use for, whoever sends it and however it is divided."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]

#: The largest body takes that long at 100 kB a second.
BODY_SECONDS = 60.0
TEXT = b"The request is too large for this site.\n"


class LimitedBodies:
    """The ASGI application ``app`` behind a limit; beyond it the answer is 413 and the rest is not read.

    Django itself looks at what a request says of its length, which one that is sent in chunks does not do, and it
    writes a body to a file before it asks who sends it. Servers that hand it on as it comes would also wait for it as
    long as a byte arrives now and then: the whole of it has ``seconds``.
    """

    def __init__(self, app: App, most: int, seconds: float = BODY_SECONDS) -> None:
        self._app = app
        self._most = most
        self._seconds = seconds

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _announced(scope) > self._most:
            await _refuse(send)
            return
        count = 0
        answered = complete = False
        loop = asyncio.get_running_loop()
        ends = loop.time() + self._seconds

        async def counted() -> Message:
            nonlocal count, complete
            try:
                # What comes after the body says that the reader left, and may take as long as the answer.
                async with asyncio.timeout_at(None if complete else ends):
                    message = await receive()
            except TimeoutError:
                return {"type": "http.disconnect"}
            complete = complete or not message.get("more_body", False)
            count += len(message.get("body", b""))
            # For the application it is as if the sender had gone: it cleans up, and reads no further.
            return message if count <= self._most else {"type": "http.disconnect"}

        async def sent(message: Message) -> None:
            nonlocal answered
            if count <= self._most:
                answered = True
                await send(message)

        await self._app(scope, counted, sent)
        if count > self._most and not answered:
            await _refuse(send)


def _announced(scope: Any) -> int:
    """The length that the request says it has; 0 where it says none, or nonsense, which servers refuse."""
    for name, value in scope["headers"]:
        if name.lower() == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def _refuse(send: Send) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(TEXT)).encode()),
        # What is left of the body would be taken for the next request.
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": TEXT})
