"""The official JavaScript CometD client works against the simulator, through an expiry and to the end."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from statsbridge.simulator.bayeux import Timing
from statsbridge.simulator.server import SimulatorServer
from tests.statsbridge.simulator.support import SERVICE, UPDATES, Client, HandClock, another, defined, small_simulator

SCRIPT = Path(__file__).with_name("js_client.js")
MODULES = Path(__file__).parents[2] / "peers" / "node_modules"
TICKING = {"category": "CurrentMaxTime", "subject": "AgentStatus", "mainMask": "*", "notificationMode": "Immediate"}
DEADLINE = 20


class JsClient:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def next(self, event: str, **expected: Any) -> dict[str, Any]:
        """The next thing of this kind, with these properties, that happens to the client."""
        assert self.process.stdout is not None
        async with asyncio.timeout(DEADLINE):
            while True:
                line = await self.process.stdout.readline()
                assert line, "the client ended"
                if line.startswith(b"{"):
                    told: dict[str, Any] = json.loads(line)
                    if told["event"] == event and all(told.get(key) == value for key, value in expected.items()):
                        return told

    def say(self, command: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(command.encode() + b"\n")


@pytest.fixture
async def js(clock: HandClock) -> AsyncIterator[tuple[JsClient, SimulatorServer]]:
    async with small_simulator(clock, timing=Timing(hold=2, expiry=2)) as simulator:
        process = await asyncio.create_subprocess_exec(
            *("node", str(SCRIPT), simulator.url),
            env={**os.environ, "NODE_PATH": str(MODULES)},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        yield JsClient(process), simulator
        if process.returncode is None:
            process.kill()
        await process.wait()


async def open_for(client: Client, simulator: SimulatorServer, client_id: str) -> None:
    """A subscription in the session of that Bayeux client, as its own REST call with its cookie would open it."""
    cookie = f"STATISTICS_SESSIONID={simulator.bayeux.sessions[client_id].http}"
    asked = defined("tick", TICKING, "GroupAgents", "All_Agents")
    body = {"operationId": "S1", "data": {"statistics": [asked]}}
    status, _ = await client.ask("POST", "/statistics/v3/subscriptions", json=body, headers={"Cookie": cookie})
    assert status == 200


async def receive(one: JsClient, simulator: SimulatorServer, clock: HandClock) -> dict[str, Any]:
    clock.turn(1)
    simulator.catch_up()
    return await one.next("message", channel=UPDATES)


async def test_it_shakes_hands_receives_survives_an_expiry_and_leaves(
    js: tuple[JsClient, SimulatorServer], clock: HandClock
) -> None:
    one, simulator = js
    first = await one.next("handshake", successful=True)
    for channel in (UPDATES, SERVICE):
        assert (await one.next("subscribe", channel=channel))["successful"]
    async with another(simulator.url) as client:
        await client.sign_in()
        await open_for(client, simulator, first["clientId"])
        told = await receive(one, simulator, clock)
        (item,) = told["data"]["data"]["statistics"]
        assert (item["subscriptionId"], item["statisticId"]) == ("S1", "tick")

        await client.chaos("drop_sessions")
        second = await one.next("handshake", successful=True)
        assert second["clientId"] != first["clientId"]
        for channel in (UPDATES, SERVICE):
            assert (await one.next("subscribe", channel=channel))["successful"]
        await open_for(client, simulator, second["clientId"])
        await receive(one, simulator, clock)

        await client.chaos("unavailable")
        told = await one.next("message", channel=SERVICE)
        assert told["data"]["data"] == {"serviceState": "UNAVAILABLE"}

    one.say("disconnect")
    assert (await one.next("disconnect"))["successful"]
    assert simulator.bayeux.sessions == {}
    async with asyncio.timeout(DEADLINE):
        assert await one.process.wait() == 0
