"""A proxy between the bridge and the service that breaks connections in every way that networks and gateways do."""

import asyncio
import contextlib
import random
import socket
import struct

BODY = b"<html><head><title>Gateway</title></head><body>The gateway has a problem.</body></html>"
GARBAGE = (
    (b"text/html", BODY),
    (b"application/json", b'[{"channel": "/meta/connect", "successful": tr'),
    (b"application/json", b"\xff\xfe\x00garbage\x00" * 40),
    (b"application/json", b'{"status": "fine", "data": [1, 2, {"statistics": "none"}]}'),
    (b"application/json", b"[" * 200_000),
)
STATUSES = ("401", "403", "429", "500", "502", "503")
MODES = ("cut", "delay", "half_open", "reset", "garbage", "drip", *STATUSES)

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class FaultyProxy:
    """Listens on ``port`` and passes everything on, until ``begin`` names one of ``MODES``; ``end`` stops that.

    ``half_open`` is a network that forgot its connections: those there are swallow everything for good, in silence.
    """

    def __init__(self, target: int, chance: random.Random) -> None:
        self.port = 0
        self.mode = ""
        self._target = target
        self._chance = chance
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._dead: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def begin(self, mode: str) -> None:
        self.mode = mode
        if mode == "half_open":
            self._dead |= self._open
        elif mode in ("cut", "reset", "garbage", *STATUSES):
            await self._break(hard=mode == "reset")
        if mode == "cut" and self._server is not None:
            self._server.close()

    async def end(self) -> None:
        before, self.mode = self.mode, ""
        if before == "cut":
            await self.start()

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        self._dead.clear()
        await self._break(hard=True)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _break(self, *, hard: bool) -> None:
        for writer in list(self._open - self._dead):
            if hard:
                reset(writer)
            writer.close()
        await asyncio.sleep(0)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._open.add(writer)
        if self.mode == "half_open":
            self._dead.add(writer)
        try:
            if self.mode == "reset":
                reset(writer)
            elif self.mode == "garbage" or self.mode in STATUSES:
                await self._answer(reader, writer)
            else:
                await self._pass_on(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError, ValueError):
            # The client went, or the test ends.
            pass
        finally:
            self._open.discard(writer)
            self._dead.discard(writer)
            self._tasks.discard(task)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """The gateway itself answers."""
        mode = self.mode
        head = await reader.readuntil(b"\r\n\r\n")
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                await reader.readexactly(int(line.split(b":")[1]))
        kind, body = self._chance.choice(GARBAGE) if mode == "garbage" else (b"text/html", BODY)
        status = b"200 OK" if mode == "garbage" else f"{mode} Gateway".encode()
        writer.write(b"HTTP/1.1 %s\r\nContent-Type: %s\r\n" % (status, kind))
        writer.write(b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)
        await writer.drain()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind, beyond = await asyncio.open_connection("127.0.0.1", self._target)
        pumps = [
            asyncio.create_task(self._pump(reader, beyond, writer, slow=False)),
            asyncio.create_task(self._pump(behind, writer, writer, slow=True)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            if writer in self._dead:
                # Nobody tells the client that this connection is gone.
                await asyncio.Event().wait()
        finally:
            for pump in pumps:
                pump.cancel()
            beyond.close()
            await asyncio.gather(*pumps, return_exceptions=True)

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, client: asyncio.StreamWriter, *, slow: bool
    ) -> None:
        while data := await source.read(65_536):
            if client in self._dead:
                continue
            if self.mode == "delay":
                await asyncio.sleep(1.0)
            if self.mode == "drip" and slow:
                await self._drip(data, sink)
                continue
            sink.write(data)
            await sink.drain()

    async def _drip(self, data: bytes, sink: asyncio.StreamWriter) -> None:
        for at in range(0, len(data), 4):
            sink.write(data[at : at + 4] if self.mode == "drip" else data[at:])
            await sink.drain()
            if self.mode != "drip":
                return
            await asyncio.sleep(0.02)


def reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST, as a firewall does."""
    kept = writer.get_extra_info("socket")
    if kept is not None:
        with contextlib.suppress(OSError):
            kept.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
