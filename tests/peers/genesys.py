"""The Genesys services for tests: the official CometD server for Node behind the URLs of the Statistics API.

``genesys_server.js`` is the peer, this module starts it, calls its controls and stops it. What it sends is built from
the vendor's samples in ``tests/fixtures/vendor``. ``genesys_faults.js`` names the faults it can be ordered to show.
"""

import asyncio
import json
import ssl
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import httpx

SERVER = Path(__file__).with_name("genesys_server.js")
UPDATES = "/statistics/v3/updates"
SERVICE = "/statistics/v3/service"
START_SECONDS = 20.0


class GenesysPeer:
    """A running peer: ``async with GenesysPeer(hold=500, refused=["NoSuch"]) as peer``.

    Options, all by keyword: ``hold`` (ms a poll is held, 2000), ``interval`` (ms, in the advice, 0), ``max_interval``
    (ms without a poll until a session is gone, 10000), ``refused`` (names of statistics that cannot be opened),
    ``api_key`` ("" for an edition without one), ``expires_in`` (seconds, of tokens), ``secure_cookies`` (cookies marked
    ``Secure``), ``certificate`` (its file and its key's: https). ``url`` names 127.0.0.1; ``localhost`` reaches it.
    """

    client_id = "peer-client"
    client_secret = "peer-client-secret"
    username = "tenant\\peer"
    password = "peer-password"

    def __init__(
        self,
        *,
        hold: int = 2000,
        interval: int = 0,
        max_interval: int = 10000,
        refused: Sequence[str] = (),
        api_key: str = "peer-api-key",
        expires_in: int = 43199,
        secure_cookies: bool = False,
        certificate: tuple[Path, Path] | None = None,
    ) -> None:
        self.api_key = api_key
        self.port = 0
        self._options = {
            "hold": hold,
            "interval": interval,
            "maxInterval": max_interval,
            "refused": list(refused),
            "apiKey": api_key,
            "clientId": self.client_id,
            "clientSecret": self.client_secret,
            "username": self.username,
            "password": self.password,
            "expiresIn": expires_in,
            "secureCookies": secure_cookies,
            "certificate": certificate and [str(path) for path in certificate],
        }
        self._scheme = "https" if certificate else "http"
        self._process: asyncio.subprocess.Process | None = None
        authority = ssl.create_default_context(cafile=certificate[0]) if certificate else True
        self._http = httpx.AsyncClient(timeout=10, trust_env=False, verify=authority)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
        await self._http.aclose()

    # ---- life ---------------------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.port}"

    @property
    def url_by_name(self) -> str:
        return f"{self._scheme}://localhost:{self.port}"

    @property
    def notifications_url(self) -> str:
        return f"{self.url}/statistics/v3/notifications"

    async def start(self) -> None:
        """Start it; after a first start always on the same port."""
        self._process = await asyncio.create_subprocess_exec(
            "node",
            str(SERVER),
            json.dumps({**self._options, "port": self.port}),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), START_SECONDS)
        if not line:
            raise RuntimeError("the peer did not start; are its packages installed? python -m tests.services")
        self.port = json.loads(line)["port"]

    async def stop(self) -> None:
        """Stop the process: nobody listens any more. ``start()`` brings it back."""
        if self._process is None:
            return
        process, self._process = self._process, None
        if process.returncode is None:
            process.terminate()
        await process.communicate()

    async def restart(self) -> None:
        """A new process on the same port: every session, subscription and token is gone."""
        await self.stop()
        await self.start()

    # ---- what it is told to do ----------------------------------------------------------------------------------

    async def publish(self, subscription_id: str, statistic_id: str, value: Any, timestamp: int | None = None) -> None:
        """One update of one statistic; ``value`` is a number or the whole value object, ``timestamp`` in ms."""
        await self.publish_messages([[(subscription_id, statistic_id, value, timestamp)]])

    async def publish_messages(self, messages: Iterable[Iterable[tuple[str, str, Any, int | None]]]) -> None:
        """Each inner list goes out as one notification, in this order, at once."""
        await self._control(
            "publish",
            messages=[
                [
                    {"subscriptionId": subscription, "statisticId": statistic, "value": value, "timestamp": timestamp}
                    for subscription, statistic, value, timestamp in message
                ]
                for message in messages
            ],
        )

    async def message(self, channel: str, *data: Any) -> None:
        """A message for each of ``data``, whatever it is, to every session that has joined ``channel``."""
        await self._control("message", channel=channel, data=data)

    async def service_state(self, state: str) -> None:
        """``UNAVAILABLE`` (drops all subscriptions) or ``AVAILABLE``, as the vendor's samples say it."""
        await self._control("service", state=state)

    async def mute(self, muted: bool = True) -> None:
        """Values go on changing, and notifications of them are not sent."""
        await self._control("mute", muted=muted)

    async def kick(self) -> int:
        """Drop every CometD session, and with it its subscriptions; returns how many there were."""
        return int(await self._control("kick"))

    async def expire_tokens(self, *, refresh: bool = False) -> None:
        """From now on every access token (and refresh token) is invalid: HTTP 401 on REST and notifications."""
        await self._control("expire", refresh=refresh)

    async def refuse(self, names: Sequence[str]) -> None:
        """From now on these statistics, and no others, cannot be opened."""
        self._options["refused"] = list(names)
        await self._control("refuse", names=list(names))

    async def deny(self, channels: Sequence[str], count: int = 1) -> None:
        """Refuse the next ``count`` subscriptions to each of these CometD channels."""
        await self._control("deny", channels=list(channels), count=count)

    async def fault(self, on: str, count: int = 1, **fault: Any) -> None:
        """Order a fault for the next ``count`` requests of a kind; ``genesys_faults.js`` says which there are."""
        await self._control("faults", on=on, count=count, **fault)

    async def clear_faults(self) -> None:
        await self._control("clear")

    # ---- what it has seen ---------------------------------------------------------------------------------------

    async def requests(self, kind: str = "") -> list[dict[str, Any]]:
        """Requests so far: ``at`` (ms), ``method``, ``path``, ``query``, ``kinds``, ``headers``, ``body``, and
        ``status`` (None while, or because, there is no answer).

        ``kind``: handshake, connect, poll (a connect that may be held), subscribe, disconnect, notifications, token,
        subscriptions, values or rest.
        """
        requests: list[dict[str, Any]] = await self._control("requests")
        return [request for request in requests if not kind or kind in request["kinds"]]

    async def forget_requests(self) -> None:
        await self._control("forget")

    async def subscriptions(self) -> list[dict[str, Any]]:
        """Open ones: ``{"id", "sessions": [CometD ids], "statistics": [{"statisticId", "name", "value", …}]}``."""
        subscriptions: list[dict[str, Any]] = await self._control("subscriptions")
        return subscriptions

    async def sessions(self) -> list[dict[str, Any]]:
        """CometD sessions: ``{"id", "cookie", "channels"}``."""
        sessions: list[dict[str, Any]] = await self._control("sessions")
        return sessions

    # ---- for tests that have no client of their own -------------------------------------------------------------

    async def token(self) -> str:
        """A fresh access token."""
        answer = await self._http.post(
            f"{self.url}/auth/v3/oauth/token",
            headers={"x-api-key": self.api_key},
            auth=(self.client_id, self.client_secret),
            data={"grant_type": "password", "username": self.username, "password": self.password},
        )
        access: str = answer.raise_for_status().json()["access_token"]
        return access

    async def headers(self) -> Mapping[str, str]:
        """The headers of an authorised call, with a fresh token."""
        return {"x-api-key": self.api_key, "Authorization": f"Bearer {await self.token()}"}

    async def _control(self, name: str, **body: Any) -> Any:
        answer = await self._http.post(f"{self.url}/_peer/{name}", json=body)
        if answer.is_error:
            raise RuntimeError(f"the peer refused {name}: {answer.text}")
        return answer.json()["result"]
