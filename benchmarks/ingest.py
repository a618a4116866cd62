"""The bridge under load: 10,000 open series on one connection, 5,000 changes a second in batches of 100.

A worker as it is run (Redis, SQLite) is bound to one core; the service and the listening hub have the other. First the
paced load, then both the bridge and a bare long-polling loop as fast as they can, one after the other.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import linear_regression
from typing import Any

import httpx
from channels_redis.pubsub import RedisPubSubChannelLayer

from benchmarks.processes import LOAD_CORE, SERVER_CORE, Server, go_first
from statsbridge.messages import FRAMES_GROUP
from tests.dashboard.live import RedisServer
from tests.e2e.installation import ROOT, Installation, free_port

SERIES = 10_000
FEW = 100
RATE = 5_000
#: Seconds, then so many parts of so many seconds.
WARM_UP, PARTS, PART = 60.0, 10, 30.0
FLAT_OUT = 2_000_000

PREPARE = """
from statsbridge.models import *
c = Connection.objects.create(name="main", api_url="{url}", client_id="sample", username="sample", password="sample")
o = MonitoredObject.objects.bulk_create([MonitoredObject(name=f"q{{n}}", title=f"Queue {{n}}", connection=c,
    type="Queue", object_id=f"{{n}}@SIP_Switch") for n in range(100)])
d = StatisticDefinition.objects.bulk_create([StatisticDefinition(name=f"s{{n}}", title=f"Statistic {{n}}",
    statistic=f"Statistic{{n}}", unit="count") for n in range({series} // 100)])
Series.objects.bulk_create([Series(definition=a, monitored_object=b) for a in d for b in o])
few = Series.objects.values_list("pk")[:{few}]
Series.objects.filter(pk__in=few).update(wanted=True)
Revision.bump()
"""
WANT_ALL = """
from statsbridge.models import *
Series.objects.update(wanted=True)
Revision.bump()
"""


class Hub:
    """Listens as a web process does."""

    def __init__(self, url: str) -> None:
        self.layer = RedisPubSubChannelLayer(hosts=[url], prefix="wallboard")
        self.values: dict[str, Any] = {}
        self.channel = ""
        self.news = asyncio.Event()

    async def listen(self) -> None:
        self.channel = await self.layer.new_channel()
        await self.layer.group_add(FRAMES_GROUP, self.channel)
        while True:
            message = await self.layer.receive(self.channel)
            self.values.update(message.get("values", {}))
            self.news.set()

    async def until_ok(self, count: int, seconds: float = 120) -> float:
        began = time.monotonic()
        async with asyncio.timeout(seconds):
            while sum(wire[2] == "ok" for wire in self.values.values()) < count:
                self.news.clear()
                await self.news.wait()
        return time.monotonic() - began

    async def until_equal(self, service: httpx.AsyncClient, seconds: float = 10) -> tuple[int, float]:
        """How many series differ from the service in the end, and how long they took to be equal."""
        truth = (await service.get("/_values")).json()
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            differing = sum(self.values.get(name, [None])[0] != value for name, value in truth.items())
            if not differing:
                return 0, time.monotonic() - began
            await asyncio.sleep(0.05)
        return differing, seconds


async def measure(folder: Path) -> None:
    redis = RedisServer(folder)
    redis.start()
    environment = {"REDIS_URL": redis.url}
    installation = Installation(folder, **environment)
    service = Server(
        ["-m", "benchmarks.ingest_service", str(port := free_port())], folder, port, installation.environment, LOAD_CORE
    ).wait()
    url = f"http://127.0.0.1:{port}"
    installation.manage("migrate", "-v0")
    installation.manage("shell", "-v0", "-c", PREPARE.format(url=url, series=SERIES, few=FEW))
    hub = Hub(redis.url)
    listening = asyncio.create_task(hub.listen())
    metrics = free_port()
    arguments = ["manage.py", "runworker", "statsbridge"]
    worker = Server(arguments, folder, metrics, {**installation.environment, "METRICS_PORT": str(metrics)}, SERVER_CORE)
    try:
        worker.wait()
        await hub.until_ok(FEW)
        await asyncio.sleep(5)
        small = resident(worker)
        await asyncio.to_thread(installation.manage, "shell", "-v0", "-c", WANT_ALL)
        took = await hub.until_ok(SERIES)
        await asyncio.sleep(10)
        large = resident(worker)
        print(
            f"{SERIES - FEW:,} series more: open and read after {took:.1f} s, "
            f"{(large - small) / (SERIES - FEW) * 1000:.1f} MiB for 1,000 series ({large:.0f} MiB in all)"
        )
        async with httpx.AsyncClient(base_url=url, timeout=300, trust_env=False) as client:
            await paced(worker, hub, client)
            await flat_out(worker, hub, client, url)
    finally:
        listening.cancel()
        await hub.layer.flush()
        worker.stop()
        service.stop()
        redis.stop()


async def paced(worker: Server, hub: Hub, client: httpx.AsyncClient) -> None:
    # Long enough for everything that is written now and then to have been written several times.
    await client.post("/_run", json={"rate": RATE, "seconds": WARM_UP})
    cpu, began = worker.cpu(), time.monotonic()
    memory = [resident(worker)]
    print(f"{RATE:,} changes/s for {WARM_UP + PARTS * PART:.0f} s; memory after {WARM_UP:.0f} s: {memory[0]:.1f} MiB")
    sent = 0
    for part in range(1, PARTS + 1):
        # The service answers when the last change is sent, so that the parts follow one another without a pause.
        sent += (await client.post("/_run", json={"rate": RATE, "seconds": PART})).json()["sent"]
        memory.append(resident(worker))
        print(f"  after {WARM_UP + part * PART:.0f} s: {memory[-1]:.1f} MiB", flush=True)
    elapsed = time.monotonic() - began
    share = (worker.cpu() - cpu) / elapsed
    differing, took = await hub.until_equal(client)
    print(
        f"{sent / elapsed:,.0f} changes/s: {share:.0%} of a core, "
        f"memory {slope(memory) * 60 / PART:+.2f} MiB a minute, "
        f"{differing} of {SERIES:,} last values lost, all shown {took:.2f} s after the last change"
    )


def slope(values: list[float]) -> float:
    """Of the straight line nearest to equally spaced values, for one step."""
    return linear_regression(range(len(values)), values).slope


async def flat_out(worker: Server, hub: Hub, client: httpx.AsyncClient, url: str) -> None:
    cpu, began = worker.cpu(), time.monotonic()
    await client.post("/_run", json={"total": FLAT_OUT})
    took, used = time.monotonic() - began, worker.cpu() - cpu
    differing, _ = await hub.until_equal(client)
    bridge = FLAT_OUT / used
    print(
        f"as fast as it can: {FLAT_OUT / took:,.0f} changes/s, {bridge:,.0f} for a second of processor time, "
        f"{differing} last values lost"
    )
    worker.stop()
    for parser in ("json", "orjson"):
        alone = await bare(url, parser, client)
        print(
            f"bare loop that only parses, with {parser}: {alone:,.0f} for a second of processor time; "
            f"the bridge has {bridge / alone:.0%} of it" + (" (target: at least 50 %)" if parser == "json" else "")
        )


async def bare(url: str, parser: str, client: httpx.AsyncClient) -> float:
    """Values for a second of processor time."""
    module = ["-m", "benchmarks.ingest_bare", url + "/statistics/v3/notifications", str(FLAT_OUT), parser]
    process = await asyncio.create_subprocess_exec(sys.executable, *module, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    os.sched_setaffinity(process.pid, {SERVER_CORE})
    await asyncio.sleep(2)
    await client.post("/_run", json={"total": FLAT_OUT})
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    result = json.loads(output)
    return float(result["values"]) / float(result["cpu"])


def resident(server: Server) -> float:
    """MiB."""
    return server.memory() / 2**20


def main() -> None:
    go_first()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder)))
