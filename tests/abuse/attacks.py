"""What an attacker sends, as bytes: no library stands between that would behave."""

import asyncio
import contextlib
import os
import struct

HANDSHAKE = (
    b"GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c2FtcGxlIHNhbXBsZSBzYQ==\r\n%s\r\n"
)
TEXT, CONTINUATION = 0x1, 0x0


class Attacker:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def connect(cls, port: int) -> "Attacker":
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=2**20))

    @classmethod
    async def socket(cls, port: int, path: bytes = b"/ws/embed/floor/", headers: bytes = b"") -> "Attacker":
        """An opened WebSocket."""
        one = await cls.connect(port)
        try:
            await one.send(HANDSHAKE % (path, port, headers))
            head = await one.reader.readuntil(b"\r\n\r\n")
            assert b" 101 " in head.split(b"\r\n")[0], head
        except BaseException:
            await one.end()
            raise
        return one

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def send_frame(self, payload: bytes, kind: int = TEXT, *, last: bool = True) -> None:
        mask = os.urandom(4)
        length = len(payload)
        head = bytes([(0x80 if last else 0) | kind])
        if length < 126:
            head += bytes([0x80 | length])
        elif length < 65536:
            head += bytes([0x80 | 126]) + struct.pack("!H", length)
        else:
            head += bytes([0x80 | 127]) + struct.pack("!Q", length)
        # A mask of zeros is as good as any and costs nothing.
        await self.send(head + b"\0\0\0\0" + payload if length > 65536 else head + mask + _masked(payload, mask))

    async def closed(self, seconds: float) -> int:
        """Wait until the server ends the connection; the close code if there was one, else 0."""
        read = b""
        async with asyncio.timeout(seconds):
            with contextlib.suppress(ConnectionError):
                while chunk := await self.reader.read(65536):
                    read += chunk
        return _close_code(read)

    async def end(self) -> None:
        self.writer.close()
        with contextlib.suppress(OSError):
            await self.writer.wait_closed()


def _masked(payload: bytes, mask: bytes) -> bytes:
    return bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))


def _close_code(read: bytes) -> int:
    """The code in the close frame among the small frames that a server sends."""
    while len(read) >= 2:
        length, start = read[1] & 0x7F, 2
        if length == 126:
            length, start = struct.unpack("!H", read[2:4])[0], 4
        elif length == 127:
            length, start = struct.unpack("!Q", read[2:10])[0], 10
        if read[0] & 0x0F == 0x8 and length >= 2:
            code: int = struct.unpack("!H", read[start : start + 2])[0]
            return code
        read = read[start + length :]
    return 0


async def connections(count: int, port: int, *, sockets: bool, at_once: int = 50) -> list[Attacker]:
    """Open that many, a few at a time so that the listening queue is not what is tested."""
    free = asyncio.Semaphore(at_once)

    async def one() -> Attacker:
        async with free:
            return await (Attacker.socket(port) if sockets else Attacker.connect(port))

    found = await asyncio.gather(*(one() for _ in range(count)), return_exceptions=True)
    return [attacker for attacker in found if isinstance(attacker, Attacker)]
