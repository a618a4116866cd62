"""From an update published at the CometD side to the frame received at a screen's socket.

The CometD side is the official Node server of the tests. The baseline is the shortest way there is: a bare long-polling
loop that only parses, on the same server, in the same run. Both count from just before the update is published.
"""

import asyncio
import contextlib
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp

from tests.e2e.installation import Installation, Screen
from tests.peers.genesys import GenesysPeer

UPDATES = 2000
BOARDS = 20
PAUSE = 0.02

HEAD = """
version: 1
connections:
  - {{name: main, api_url: "{url}", api_key: "{peer.api_key}", client_id: "{peer.client_id}",
     client_secret: "{peer.client_secret}", grant: password, username: '{peer.username}', password: "{peer.password}"}}
statistics:
  - {{name: waiting, title: Waiting, statistic: CurrNumberWaitingCalls, unit: count}}
teams:
  - {{name: bench, title: Bench}}
objects:
"""


def configuration(peer: GenesysPeer) -> str:
    lines = [HEAD.format(url=peer.url, peer=peer)]
    lines += [
        f"  - {{name: q{n}, title: Queue {n}, connection: main, type: Queue, id: {8000 + n}@SIP_Switch}}\n"
        for n in range(BOARDS)
    ]
    lines.append("wallboards:\n")
    lines += [
        f"  - slug: b{n}\n    title: Board {n}\n    team: bench\n    tiles:\n"
        f"      - {{kind: number, title: Waiting, series: [{{statistic: waiting, object: q{n}}}],"
        " position: {x: 0, y: 0, w: 12, h: 2}, sparkline: false}\n"
        for n in range(BOARDS)
    ]
    return "".join(lines)


def report(name: str, seconds: list[float]) -> float:
    median = statistics.median(seconds)
    print(
        f"{name:<44} median {median * 1000:7.1f} ms   p99 {statistics.quantiles(seconds, n=100)[98] * 1000:7.1f} ms"
        f"   {len(seconds)} updates"
    )
    return median


async def publish_all(peer: GenesysPeer, targets: list[tuple[str, str]], pause: float, count: int) -> dict[int, float]:
    """Publish ``count`` numbered updates over ``targets`` in turn; returns when each was published."""
    published: dict[int, float] = {}
    for number in range(1, count + 1):
        published[number] = time.perf_counter()
        value = {"intValue": number, "stringValue": str(number)}
        await peer.publish(*targets[number % len(targets)], value, 2_000_000_000_000 + number)
        await asyncio.sleep(pause)
    return published


async def through_the_product(peer: GenesysPeer, folder: Path, pause: float, count: int) -> list[float]:
    installation = Installation(folder)
    await asyncio.to_thread(installation.prepare, configuration(peer))
    await asyncio.to_thread(installation.start)
    client = await asyncio.to_thread(installation.sign_in)
    received: dict[int, float] = {}

    async def watch(screen: Screen) -> None:
        while True:
            frame = await screen.read()
            if frame["type"] == "update":
                now = time.perf_counter()
                for wire in frame["values"].values():
                    received.setdefault(wire[0], now)

    try:
        async with contextlib.AsyncExitStack() as screens, asyncio.TaskGroup() as group:
            watchers = []
            for n in range(BOARDS):
                screen = await screens.enter_async_context(installation.screen(f"b{n}", client.cookies["sessionid"]))
                async with asyncio.timeout(20):
                    while not screen.values or any(wire[2] != "ok" for wire in screen.values.values()):
                        await screen.read()
                watchers.append(group.create_task(watch(screen)))
            targets = [
                (entry["id"], item["statisticId"])
                for entry in await peer.subscriptions()
                for item in entry["statistics"]
            ]
            published = await publish_all(peer, targets, pause, count)
            await asyncio.sleep(2)
            for watcher in watchers:
                watcher.cancel()
    finally:
        client.close()
        await asyncio.to_thread(installation.stop)
    lost = [number for number in published if number not in received]
    if lost:
        print(f"  {len(lost)} of {count} were overtaken by a newer value of their series before a frame was due")
    return [received[number] - at for number, at in published.items() if number in received]


async def bare_long_polling(peer: GenesysPeer, pause: float, count: int) -> list[float]:
    """The baseline: handshake, subscribe, then poll and parse, nothing else."""
    jar = aiohttp.CookieJar(unsafe=True)
    received: dict[int, float] = {}
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        auth = aiohttp.BasicAuth(peer.client_id, peer.client_secret)
        key = {"x-api-key": peer.api_key}
        form = {"grant_type": "password", "username": peer.username, "password": peer.password}
        async with session.post(f"{peer.url}/auth/v3/oauth/token", data=form, auth=auth, headers=key) as answer:
            token = (await answer.json())["access_token"]
        headers = {**key, "Authorization": f"Bearer {token}"}

        async def send(message: dict[str, Any]) -> list[dict[str, Any]]:
            async with session.post(
                f"{peer.url}/statistics/v3/notifications", json=[message], headers=headers
            ) as answer:
                reply: list[dict[str, Any]] = json.loads(await answer.read())
                return reply

        handshake = {
            "channel": "/meta/handshake",
            "version": "1.0",
            "supportedConnectionTypes": ["long-polling"],
            "id": "1",
        }
        client_id = (await send(handshake))[0]["clientId"]
        await send(
            {
                "channel": "/meta/subscribe",
                "clientId": client_id,
                "subscription": "/statistics/v3/updates",
                "id": "2",
            }
        )
        statistics_wanted = [
            {
                "statisticId": f"s{n}",
                "name": "CurrNumberWaitingCalls",
                "objectType": "Queue",
                "objectId": f"{8000 + n}@SIP_Switch",
            }
            for n in range(BOARDS)
        ]
        body = {"operationId": "bare", "data": {"statistics": statistics_wanted}}
        async with session.post(f"{peer.url}/statistics/v3/subscriptions", json=body, headers=headers) as answer:
            await answer.read()

        async def poll() -> None:
            number = 3
            while True:
                number += 1
                replies = await send(
                    {
                        "channel": "/meta/connect",
                        "clientId": client_id,
                        "connectionType": "long-polling",
                        "id": str(number),
                    }
                )
                now = time.perf_counter()
                for reply in replies:
                    data = reply.get("data", {})
                    for item in data.get("data", data).get("statistics", ()):
                        received.setdefault(item["value"]["intValue"], now)

        poller = asyncio.create_task(poll())
        targets = [("bare", f"s{n}") for n in range(BOARDS)]
        published = await publish_all(peer, targets, pause, count)
        await asyncio.sleep(1)
        poller.cancel()
        await asyncio.gather(poller, return_exceptions=True)
    return [received[number] - at for number, at in published.items() if number in received]


async def run() -> None:
    async with GenesysPeer() as peer:
        with tempfile.TemporaryDirectory() as folder:
            product = await through_the_product(peer, Path(folder), PAUSE, UPDATES)
        with tempfile.TemporaryDirectory() as folder:
            quiet = await through_the_product(peer, Path(folder), 0.3, 100)
        bare = await bare_long_polling(peer, PAUSE, UPDATES)
    ours = report(f"to the screen's socket, {1 / PAUSE:.0f} updates/s", product)
    report("to the screen's socket, about 3 updates/s", quiet)
    base = report("baseline: bare long-polling loop, parse only", bare)
    print(f"ratio of the medians: {ours / base:.2f}")


def main() -> None:
    asyncio.run(run())
