"""Screens that cost next to nothing: a load generator must not be what is measured.

A frame is taken from the stream, counted, and looked at only as far as needed: the number for acknowledgements, and
the stamp (the monotonic clock in microseconds as the first value) for its time on the way.
"""

import asyncio
import base64
import json
import os
import re
import time
from collections.abc import Callable

STAMP = re.compile(rb'"\d+":\s*\[(\d{6,})')
SEQ = re.compile(rb'"seq":(\d+)')
ACK_EVERY = 16


def handshake(port: int, path: str, headers: dict[str, str]) -> bytes:
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def text_frame(text: str) -> bytes:
    """A client's frame; the mask is zero, which the protocol allows."""
    data = text.encode()
    length = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2, "big")
    return b"\x81" + length + b"\0\0\0\0" + data


class Crowd:
    """What a number of screens received together; times are seconds from stamp to arrival."""

    def __init__(self, *, acknowledge: bool = False) -> None:
        self.acknowledge = acknowledge
        self.sockets: list[Socket] = []
        self.opened = 0
        self.frames = 0
        self.lost = 0
        self.snapshots = 0
        self.delays: list[float] = []
        self.on_frame: Callable[[Socket, bytes], None] | None = None
        self.on_lost: Callable[[], None] | None = None

    def restart(self) -> None:
        self.frames = self.snapshots = 0
        self.delays = []

    async def open(self, port: int, path: str, number: int, headers: dict[str, str], *, at_once: int = 50) -> None:
        loop = asyncio.get_running_loop()
        request = handshake(port, path, headers)

        def new_socket() -> Socket:
            return Socket(self, request)

        before = len(self.sockets)
        for start in range(0, number, at_once):
            wanted = min(at_once, number - start)
            made = [loop.create_connection(new_socket, "127.0.0.1", port) for _ in range(wanted)]
            self.sockets += [protocol for _, protocol in await asyncio.gather(*made)]
            await asyncio.gather(*(socket.ready for socket in self.sockets[before + start :]))

    def close(self) -> None:
        for socket in self.sockets:
            socket.transport.abort()
        self.sockets = []


class Socket(asyncio.Protocol):
    """One screen."""

    transport: asyncio.Transport

    def __init__(self, crowd: Crowd, request: bytes) -> None:
        self.crowd = crowd
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._request = request
        self._rest = b""
        self._open = False
        self._unacknowledged = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport) or hasattr(transport, "write")
        self.transport = transport  # type: ignore[assignment]
        self.transport.write(self._request)

    def connection_lost(self, error: Exception | None) -> None:
        self.crowd.lost += 1
        if self.crowd.on_lost is not None:
            self.crowd.on_lost()
        if not self.ready.done():
            self.ready.set_exception(ConnectionError("the server closed the connection before it was open"))

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
        at = 0
        if not self._open:
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self._rest = data
                return
            if b" 101 " not in data[:20]:
                self.ready.set_exception(ConnectionError(data[:200].decode(errors="replace")))
                self.transport.close()
                return
            at = end + 4
            self._open = True
            self.crowd.opened += 1
            self.ready.set_result(None)
        size = len(data)
        while size - at >= 2:
            length, head = data[at + 1] & 127, 2
            if length == 126:
                length, head = int.from_bytes(data[at + 2 : at + 4], "big"), 4
            elif length == 127:
                length, head = int.from_bytes(data[at + 2 : at + 10], "big"), 10
            if size - at < head + length:
                break
            code = data[at] & 15
            if code == 1:
                self._take(data[at + head : at + head + length])
            elif code == 9:
                # A pong without the ping's content counts as none.
                content = data[at + head : at + head + length]
                self.transport.write(bytes([0x8A, 0x80 | length]) + b"\0\0\0\0" + content)
            at += head + length
        self._rest = data[at:]

    def _take(self, frame: bytes) -> None:
        crowd = self.crowd
        if crowd.on_frame is not None:
            crowd.on_frame(self, frame)
        if frame.startswith(b'{"type":"heartbeat"'):
            self._acknowledge(frame)
            return
        if frame.startswith(b'{"type":"snapshot"'):
            crowd.snapshots += 1
            return
        crowd.frames += 1
        stamp = STAMP.search(frame)
        if stamp:
            crowd.delays.append(time.monotonic() - int(stamp[1]) / 1e6)
        if crowd.acknowledge:
            self._unacknowledged += 1
            if self._unacknowledged >= ACK_EVERY:
                self._acknowledge(frame)

    def _acknowledge(self, frame: bytes) -> None:
        seq = SEQ.search(frame, 0, 200)
        if self.crowd.acknowledge and seq:
            self._unacknowledged = 0
            self.transport.write(text_frame(json.dumps({"type": "ack", "seq": int(seq[1])})))
