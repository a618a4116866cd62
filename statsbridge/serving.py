"""Daphne's server for one machine, with the limits that a server needs that nobody stands in front of.

Daphne and Twisted wait for a request's headers as long as a byte arrives now and then, write its body to a file however
large it is, and accept as many connections as there are file descriptors. Here headers and body have a time, bodies a
size, and connections a number; when there are too many, one that has not asked anything makes room.
"""

# ruff: noqa: N802  # methods have Twisted's names
# mypy: allow-untyped-calls

import resource
from tempfile import SpooledTemporaryFile
from typing import Any
from weakref import WeakSet

from daphne.http_protocol import HTTPFactory, WebRequest  # type: ignore[import-untyped]
from daphne.server import Server  # type: ignore[import-untyped]
from twisted.web.http import HTTPChannel

#: From the connection, or the first byte of a further request, to the end of the headers.
HEADERS_SECONDS = 15.0
#: From there to the end of the body; the largest one takes that long at 100 kB a second.
BODY_SECONDS = 60.0
#: Of a body beyond the limit so many times its size is read, so that the sender gets to read the answer.
READ_ON = 2
#: Bytes of a body before it goes to a file.
BODY_IN_MEMORY = 100_000
#: Bytes of all bodies that are under way.
BODIES_MOST = 100_000_000
#: Bytes of a body that are taken beyond that, too: a sign-in needs no more, and headers may take as many.
BODY_ALWAYS = 16_384
#: Descriptors that stay free for the database, Redis and the service.
DESCRIPTORS_FREE = 200
DESCRIPTORS_MOST = 65_536
#: So many of these are for whoever comes while all connections are sockets, some of them about to be closed.
SPARE = 50


_ANSWER = b"HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class LimitedChannel(HTTPChannel):
    """A connection before it is a socket: it may take its time for nothing but the answer."""

    factory: Any
    transport: Any
    _deadline: Any = None

    def connectionMade(self) -> None:
        super().connectionMade()
        self._expect(HEADERS_SECONDS)
        self.factory.entered(self)

    def dataReceived(self, data: bytes) -> None:
        if self._deadline is None and not self._handlingRequest:
            self._expect(HEADERS_SECONDS)
        super().dataReceived(data)

    def allHeadersReceived(self) -> None:
        self._expect(BODY_SECONDS)
        super().allHeadersReceived()

    def allContentReceived(self) -> None:
        self._expect(None)
        self.factory.idle.pop(self, None)
        super().allContentReceived()

    def requestDone(self, request: Any) -> None:
        # First: what was sent ahead begins in there.
        if self.persistent:
            self.factory.idle[self] = None
        super().requestDone(request)

    def connectionLost(self, reason: Any = None) -> None:
        self._expect(None)
        self.factory.idle.pop(self, None)
        super().connectionLost(reason)

    def _expect(self, seconds: float | None) -> None:
        """Give what comes next ``seconds``, or all the time there is."""
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None if seconds is None else self.callLater(seconds, self._too_slow)

    def _too_slow(self) -> None:
        self._deadline = None
        if self._receivedHeaderSize:
            self.transport.write(_ANSWER % b"408 Request Timeout")
        self.timeoutConnection()


class LimitedRequest(WebRequest):  # type: ignore[misc]  # untyped
    """A request whose body is not kept beyond what the site has any use for."""

    _read = 0
    _kept = 0
    _refused = False

    def gotLength(self, length: int | None) -> None:
        # Twisted would open a file for each body that does not say that it is small.
        self.content = SpooledTemporaryFile(BODY_IN_MEMORY)  # noqa: SIM115  # closed with the request
        if length is not None and length > self.channel.factory.body_most:
            self._refused = True
            self.channel.transport.write(_ANSWER % b"413 Content Too Large")

    def handleContentChunk(self, data: bytes) -> None:
        factory = self.channel.factory
        self._read += len(data)
        room = self._read <= BODY_ALWAYS or factory.bodies + len(data) <= BODIES_MOST
        if self._read <= factory.body_most and room:
            self._kept += len(data)
            factory.bodies += len(data)
            super().handleContentChunk(data)
        elif self._read > factory.body_most * READ_ON:
            self.channel.forceAbortClient()

    def process(self) -> Any:
        if self._refused:
            return self.channel.loseConnection()
        if self._read > self.channel.factory.body_most:
            return self._refuse(413, b"Content Too Large", "The request is too large for this site.")
        if self._read > self._kept:
            return self._refuse(503, b"Service Unavailable", "Too many large requests at this moment. Try again.")
        if self._read and self.requestHeaders.getRawHeaders(b"upgrade", [b""])[0].lower() == b"websocket":
            # Daphne would hand the body to the socket, and nobody would ever let go of it.
            return self._refuse(400, b"Bad Request", "A socket begins without a body.")
        processed = super().process()
        if self.transport is None:
            # It has become a socket, and will not be finished as a request.
            self.content.close()
        return processed

    def _refuse(self, status: int, words: bytes, why: str) -> Any:
        self.responseHeaders.setRawHeaders(b"connection", [b"close"])
        self.channel.persistent = False
        return self.basic_error(status, words, why)

    def finish(self) -> None:
        self._let_go()
        super().finish()

    def connectionLost(self, reason: Any) -> None:
        self._let_go()
        super().connectionLost(reason)

    def _let_go(self) -> None:
        if self._kept and self.channel is not None:
            self.channel.factory.bodies -= self._kept
        self._read = self._kept = 0


class LimitedFactory(HTTPFactory):  # type: ignore[misc]  # untyped
    """Makes such channels, and counts connections: those of sockets, too, which begin as requests."""

    protocol = LimitedChannel

    def __init__(self, server: Server, *, connections: int, body_most: int) -> None:
        super().__init__(server)
        self.body_most = body_most
        #: Bytes of the bodies that are kept at this moment.
        self.bodies = 0
        #: Connections without a request that is worked on, the one that has been so for longest first.
        self.idle: dict[LimitedChannel, None] = {}
        self._most = connections
        self._transports: WeakSet[Any] = WeakSet()

    def buildProtocol(self, address: Any) -> Any:
        protocol = super().buildProtocol(address)
        protocol.requestFactory = LimitedRequest
        return protocol

    def entered(self, channel: LimitedChannel) -> None:
        """A connection was accepted; if it is one too many, one that asks nothing goes."""
        self._transports.add(channel.transport)
        self.idle[channel] = None
        if len(self._transports) <= self._most:
            return
        self._transports = WeakSet(one for one in self._transports if one.connected)
        if len(self._transports) > self._most:
            goes = next(iter(self.idle))
            if goes is channel and len(self._transports) <= self._most + SPARE:
                return
            # It is lost with the reactor's next turn; many may be accepted in this one.
            del self.idle[goes]
            self._transports.discard(goes.transport)
            goes.forceAbortClient()


class LimitedServer(Server):  # type: ignore[misc]  # untyped
    """Daphne's server with such a factory; it also says why it cannot listen."""

    failure = ""

    def __init__(self, *, connections: int, body_most: int, **options: Any) -> None:
        super().__init__(**options)
        self._limits = {"connections": connections, "body_most": body_most}

    @property
    def http_factory(self) -> Any:
        return self._http_factory

    @http_factory.setter
    def http_factory(self, made: Any) -> None:
        # Daphne makes its own in the middle of run(), which leaves no other place.
        self._http_factory = LimitedFactory(self, **self._limits)

    def listen_error(self, failure: Any) -> None:
        self.failure = failure.getErrorMessage()
        self.stop()


def use_all_descriptors() -> int:
    """Raise the soft limit of file descriptors to the hard one; for how many connections that is good."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = DESCRIPTORS_MOST if hard == resource.RLIM_INFINITY else min(hard, DESCRIPTORS_MOST)
    if soft == resource.RLIM_INFINITY or soft > most:
        most = DESCRIPTORS_MOST
    elif soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return max(most - DESCRIPTORS_FREE, most // 2)
