"""What the simulator costs: processor seconds per second of the wall clock, for a large floor and many statistics.

Runs the simulator in a process of its own (200 agents, 30 queues), opens 2,000 statistics from here over REST, polls
for their notifications like any client, and reads the simulator's own processor time from the system.
"""

import argparse
import asyncio
import base64
import itertools
import os
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).parents[1]
AGENT_NAMES = (
    *("CurrentAgentState", "TimeInCurrentStateVoice", "InboundCalls", "AverageHandlingTime", "ReadyDuration"),
    *("TalkDuration", "NotReadyDuration", "LoginDuration"),
)
QUEUE_NAMES = (
    *("CurrentNumberWaitingCalls", "CurrMaxCallWaitingTime", "ServiceLevel", "CallsEntered", "TotalAnswered"),
    *("TotalAbandoned", "AverageWaitingTime", "Total_Calls_Answered_In_Threshold", "AbandonRate", "ExpectedWaitTime"),
)
GROUP_NAMES = (
    *("CurrentGroupState", "CurrentReadyAgents", "CurrentNotReadyAgents", "CurrentLoggedInAgents"),
    *("CurrentNumberInCall", "LongestIdleTime", "CurrentInQueueAG", "AverageHandlingTime", "Productivity"),
)
BY_TYPE = {"Agent": AGENT_NAMES, "Queue": QUEUE_NAMES, "GroupAgents": GROUP_NAMES}


def processor_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def choose(objects: list[dict[str, str]], count: int) -> list[dict[str, str]]:
    """Names on objects: all groups, all queues, then agents, until there are enough; then each again by another id."""
    order = [o for kind in ("GroupAgents", "Queue", "Agent") for o in objects if o["type"] == kind]
    pairs = [(o, name) for o in order for name in BY_TYPE[o["type"]]]
    return [
        {"statisticId": str(i), "name": name, "objectType": o["type"], "objectId": o["id"]}
        for i, (o, name) in enumerate(itertools.islice(itertools.cycle(pairs), count))
    ]


class Poller:
    """Signs in, opens the statistics in subscriptions of 100, and counts what is notified."""

    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self.url, self.http, self.items, self.polls = url, http, 0, 0

    async def post(self, path: str, body: Any) -> Any:
        async with self.http.post(self.url + path, json=body) as answer:
            return await answer.json()

    async def bayeux(self, *messages: dict[str, Any]) -> Any:
        return await self.post("/statistics/v3/notifications", list(messages))

    async def join(self) -> None:
        basic = "Basic " + base64.b64encode(b"wallboard:sim-client-secret").decode()
        form = {"grant_type": "password", "username": "tenant\\bridge", "password": "sim-password"}
        headers = {"Authorization": basic}
        async with self.http.post(f"{self.url}/auth/v3/oauth/token", data=form, headers=headers) as answer:
            self.http.headers["Authorization"] = "Bearer " + (await answer.json())["access_token"]
        shake = {"channel": "/meta/handshake", "version": "1.0", "supportedConnectionTypes": ["long-polling"]}
        self.client_id = (await self.bayeux(shake))[0]["clientId"]
        await self.connect()
        channel = {"channel": "/meta/subscribe", "subscription": "/statistics/v3/updates"}
        await self.bayeux({**channel, "clientId": self.client_id})

    async def connect(self) -> None:
        poll = {"channel": "/meta/connect", "clientId": self.client_id, "connectionType": "long-polling"}
        for message in await self.bayeux(poll):
            if "data" in message:
                self.items += len(message["data"]["data"]["statistics"])
            else:
                assert message["successful"], message
        self.polls += 1

    async def open(self, count: int) -> float:
        async with self.http.get(f"{self.url}/_sim/state") as answer:
            statistics = choose((await answer.json())["objects"], count)
        started = time.perf_counter()
        for start in range(0, count, 100):
            body = {"operationId": f"cost-{start}", "data": {"statistics": statistics[start : start + 100]}}
            answer_body = await self.post("/statistics/v3/subscriptions", body)
            assert answer_body["status"] == {"code": 0}, answer_body["status"]
        return time.perf_counter() - started

    async def poll(self) -> None:
        while True:
            await self.connect()


async def start_simulator(agents: int, queues: int) -> tuple[asyncio.subprocess.Process, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "manage.py", "simulator", "--port", "0", "--agents", str(agents), "--queues", str(queues)),
        cwd=ROOT,
        env={"SECRET_KEY": "for-this-benchmark-only", **os.environ},
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 20,
    )
    assert process.stdout is not None
    url = ""
    while line := (await process.stdout.readline()).decode():
        found = re.search(r"http://\S+", line)
        url = url or (found[0] if found else "")
        if "statistics by name" in line:
            return process, url
    raise RuntimeError("The simulator did not start.")


async def measure(agents: int, queues: int, statistics: int, seconds: float) -> None:
    started = time.perf_counter()
    process, url = await start_simulator(agents, queues)
    ready = time.perf_counter() - started
    try:
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar, headers={"x-api-key": "sim-api-key"}) as http:
            poller = Poller(url, http)
            await poller.join()
            polling = asyncio.create_task(poller.poll())
            opening = await poller.open(statistics)
            await asyncio.sleep(10)
            poller.items = poller.polls = 0
            before, wall = processor_seconds(process.pid), time.perf_counter()
            await asyncio.sleep(seconds)
            used, wall = processor_seconds(process.pid) - before, time.perf_counter() - wall
            polling.cancel()
        print(f"simulator: {agents} agents, {queues} queues, {statistics} open statistics, one polling client")
        print(f"  {used / wall:.3f} processor seconds per second, over {wall:.0f} s (aim: under 0.300)")
        print(f"  {poller.items / wall:.0f} values notified a second, in {poller.polls / wall:.1f} polls a second")
        print(f"  start with the day's past {ready:.1f} s, opening the statistics {opening:.1f} s")
    finally:
        process.terminate()
        await process.wait()


def main(arguments: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=200)
    parser.add_argument("--queues", type=int, default=30)
    parser.add_argument("--statistics", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=30)
    chosen = parser.parse_args(arguments)
    asyncio.run(measure(chosen.agents, chosen.queues, chosen.statistics, chosen.seconds))


if __name__ == "__main__":
    main(sys.argv[1:])
