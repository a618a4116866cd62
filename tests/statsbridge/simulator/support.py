"""What the tests of the simulator share: a clock turned by hand, and a plain client that knows only the wire."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from statsbridge.simulator.server import SimulatorServer
from statsbridge.simulator.tokens import Credentials

# A Thursday, 10:30 UTC, and 1:30 of it, up to which there is less of a past to make.
MORNING = 1_795_084_200
NIGHT = MORNING - 9 * 3600
UPDATES, SERVICE = "/statistics/v3/updates", "/statistics/v3/service"
SALES_QUEUE = "8001@SIP_Switch"
SAMPLE = Credentials()


class HandClock:
    """Epoch seconds that pass when told to."""

    def __init__(self, now: float = NIGHT) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def turn(self, seconds: float) -> None:
        self.now += seconds


def basic(client_id: str = SAMPLE.client_id, secret: str = SAMPLE.client_secret) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


class Client:
    """One browser-like client: a cookie jar, an API key, a token; speaks HTTP and Bayeux by hand."""

    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self.url, self.http = url, http
        self.headers = {"x-api-key": "sim-api-key"}
        self.client_id = ""
        self.ext: dict[str, Any] = {}

    async def ask(self, method: str, path: str, **parts: Any) -> tuple[int, Any]:
        headers = {**self.headers, **parts.pop("headers", {})}
        async with self.http.request(method, self.url + path, headers=headers, **parts) as answer:
            is_json = answer.content_type == "application/json"
            return answer.status, await (answer.json() if is_json else answer.text())

    async def token(self, headers: dict[str, str] | None = None, **form: str) -> tuple[int, Any]:
        given = form or {"grant_type": "password", "username": "tenant\\bridge", "password": "sim-password"}
        return await self.ask("POST", "/auth/v3/oauth/token", data=given, headers=headers or basic())

    async def sign_in(self) -> dict[str, Any]:
        status, body = await self.token()
        assert status == 200
        self.headers["Authorization"] = f"Bearer {body['access_token']}"
        return dict(body)

    async def bayeux(self, *messages: dict[str, Any], suffix: str = "") -> Any:
        status, body = await self.ask("POST", f"/statistics/v3/notifications{suffix}", json=list(messages))
        assert status == 200, body
        return body

    async def handshake(self, **parts: Any) -> dict[str, Any]:
        message = {"channel": "/meta/handshake", "version": "1.0", "supportedConnectionTypes": ["long-polling"]}
        reply = (await self.bayeux({**message, **parts}))[0]
        self.client_id = reply.get("clientId", "")
        return dict(reply)

    def meta(self, what: str, **parts: Any) -> dict[str, Any]:
        return {"channel": f"/meta/{what}", "clientId": self.client_id, **parts}

    async def connect(self, **parts: Any) -> list[dict[str, Any]]:
        return list(await self.bayeux(self.meta("connect", connectionType="long-polling", **parts)))

    async def join(self) -> None:
        """Token, handshake, first connect, both channels."""
        await self.sign_in()
        await self.handshake()
        await self.connect()
        await self.bayeux(*(self.meta("subscribe", subscription=channel) for channel in (UPDATES, SERVICE)))

    async def open(self, *statistics: dict[str, Any], id: str = "S1", verbose: str = "") -> tuple[int, Any]:
        query = f"?verbose={verbose}" if verbose else ""
        body = {"operationId": id, "data": {"statistics": list(statistics)}}
        return await self.ask("POST", f"/statistics/v3/subscriptions{query}", json=body)

    async def chaos(self, action: str, **parts: Any) -> tuple[int, Any]:
        return await self.ask("POST", "/_sim/chaos", json={"action": action, **parts})

    async def state(self) -> dict[str, Any]:
        return dict((await self.ask("GET", "/_sim/state"))[1])


def named(name: str, object_type: str = "Queue", object_id: str = SALES_QUEUE, id: str = "") -> dict[str, Any]:
    return {"statisticId": id or name, "name": name, "objectType": object_type, "objectId": object_id}


def defined(id: str, definition: dict[str, Any], object_type: str = "Queue", object_id: str = SALES_QUEUE) -> Any:
    return {"statisticId": id, "definition": definition, "objectType": object_type, "objectId": object_id}


@asynccontextmanager
async def another(url: str) -> AsyncIterator[Client]:
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        yield Client(url, http)


async def until(condition: Callable[[], Any], seconds: float = 5.0) -> None:
    """Wait for something that another task does, with a deadline."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - the server's insides have no event for it
            await asyncio.sleep(0.01)


def small_simulator(clock: HandClock, **changes: Any) -> SimulatorServer:
    """Ten agents and three queues, quickly made, on a clock turned by hand."""
    given = {"agents": 10, "queues": 3, "credentials": Credentials(), **changes}
    return SimulatorServer(clock=clock, paced=False, **given)
