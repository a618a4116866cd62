"""The ceiling in Python: ``websockets.broadcast`` of each message that comes in, to everybody else."""

import asyncio
import sys

from websockets.asyncio.server import ServerConnection, broadcast, serve


async def run(port: int) -> None:
    connections: set[ServerConnection] = set()

    async def handler(connection: ServerConnection) -> None:
        connections.add(connection)
        try:
            async for message in connection:
                broadcast(connections, message)
        finally:
            connections.discard(connection)

    async with serve(handler, "127.0.0.1", port, compression=None, ping_interval=None, backlog=4096):
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    asyncio.run(run(int(sys.argv[1])))
