"""What the bridge's ingest is compared with: aiohttp polls, ``json`` or orjson parses, nothing else happens.

``python -m benchmarks.ingest_bare URL TOTAL json|orjson`` prints how many values came, and its own processor time
for them, once ``TOTAL`` came.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import aiohttp
import orjson


async def poll(url: str, total: int, loads: Callable[[bytes], Any]) -> None:
    count, began = 0, 0.0
    async with aiohttp.ClientSession() as session:
        while count < total:
            payload = [{"channel": "/meta/connect", "clientId": "c" * 30, "connectionType": "long-polling", "id": "1"}]
            async with session.post(url, json=payload) as response:
                messages = loads(await response.read())
            for message in messages:
                if message["channel"] == "/statistics/v3/updates":
                    began = began or time.process_time()
                    count += len(message["data"]["data"]["statistics"])
    print(json.dumps({"values": count, "cpu": time.process_time() - began}))


if __name__ == "__main__":
    asyncio.run(poll(sys.argv[1], int(sys.argv[2]), {"json": json.loads, "orjson": orjson.loads}[sys.argv[3]]))
