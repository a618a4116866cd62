"""Signing in: OAuth 2 tokens for one connection, renewed before they die."""

import asyncio
import logging
import math
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from statsbridge.clock import Clock
from statsbridge.errors import Malformed, Refused, ServerFault, SignInRefused, Unreachable
from statsbridge.http import describe, read_json
from statsbridge.text import clean

logger = logging.getLogger(__name__)

REFRESH_AT = 0.8
SETTLE_SECONDS = 2.0
#: Where the service does not say how long a token lives.
ANSWER_SECONDS = 7.0
LIFE_UNKNOWN_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a connection signs in with; ``grant`` is password, client_credentials or refresh_token."""

    client_id: str
    client_secret: str = field(default="", repr=False)
    grant: str = "password"
    username: str = ""
    password: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    api_key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Token:
    """An access token with its times, seconds of ``Clock.monotonic``."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    issued: float
    life: float

    @property
    def refresh_at(self) -> float:
        return self.issued + max(self.life * REFRESH_AT, 1.0)


async def _ignore_rotation(spent: str, token: str) -> None:
    """For grants whose refresh tokens live in memory only."""


class Authenticator:
    """Holds the access token of one connection and is the only one that asks for another.

    ``on_rotated`` gets the configured refresh token and the one that the service put in its place. Call ``settle``
    before the client is closed.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        url: str,
        credentials: Credentials,
        *,
        clock: Clock,
        on_rotated: Callable[[str, str], Awaitable[None]] = _ignore_rotation,
    ) -> None:
        self._http = http
        self._url = url.rstrip("/") + "/oauth/token"
        self._credentials = credentials
        self._clock = clock
        self._on_rotated = on_rotated
        self._token: Token | None = None
        self._configured_refresh = credentials.refresh_token
        self._rotating: asyncio.Task[Token] | None = None
        self._lock = asyncio.Lock()
        #: What the service gave lately: an answer to a request with the token before may still be under way.
        self._given: deque[str] = deque(maxlen=8)

    def given(self) -> list[str]:
        """The tokens of the last few answers: secrets, as those of the credentials are."""
        return list(self._given)

    @property
    def token(self) -> Token | None:
        return self._token

    def headers(self) -> dict[str, str]:
        """The headers of every request to the service: the API key and, once signed in, the token."""
        headers = self.key_header()
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token.access}"
        return headers

    def key_header(self) -> dict[str, str]:
        return {"x-api-key": self._credentials.api_key} if self._credentials.api_key else {}

    def refresh_due_in(self) -> float:
        """Seconds until the token should be renewed; 0 when it is due or there is none."""
        if self._token is None:
            return 0.0
        return max(0.0, self._token.refresh_at - self._clock.monotonic())

    def age(self) -> float:
        """Seconds since the token was issued."""
        return self._clock.monotonic() - self._token.issued if self._token else 0.0

    async def ensure(self) -> None:
        """Sign in, or renew a token that is due.

        Raises:
            SignInRefused: in the documented form.
            Unreachable, ServerFault, Malformed: worth another try.
        """
        held = self._token
        if held is None or self.refresh_due_in() == 0.0:
            await self.renew(held)

    async def renew(self, dead: Token | None) -> None:
        """Get another token than ``dead``. Callers that come together share one request.

        Raises:
            SignInRefused: in the documented form.
            Unreachable, ServerFault, Malformed: worth another try.
        """
        async with self._lock:
            if self._token is not dead:
                return
            self._token = await self._obtain(dead)
            logger.debug("a token was obtained, it lives %.0f s", self._token.life)

    async def _obtain(self, dead: Token | None) -> Token:
        if self._credentials.grant == "refresh_token":
            return await self._with_configured_refresh()
        if dead is not None and dead.refresh:
            try:
                return await self._refresh(dead.refresh)
            except SignInRefused as refusal:
                logger.info("the refresh token was refused (%s); signing in again", refusal.words)
        return await self._sign_in()

    async def settle(self) -> None:
        """Wait a little for a request of which the answer must not be lost."""
        if self._rotating is not None:
            await asyncio.wait([self._rotating], timeout=SETTLE_SECONDS)
            self._rotating.cancel()
            await asyncio.gather(self._rotating, return_exceptions=True)

    async def _with_configured_refresh(self) -> Token:
        """The grant that has no other way in. Whoever stops waiting does not stop the request."""
        self._rotating = asyncio.create_task(self._rotate())
        return await asyncio.shield(self._rotating)

    async def _rotate(self) -> Token:
        """A rotated token is handed on before anything can use it up."""
        spent = self._configured_refresh
        token = await self._refresh(spent)
        if token.refresh != spent:
            self._configured_refresh = token.refresh
            await self._on_rotated(spent, token.refresh)
        return token

    async def _sign_in(self) -> Token:
        credentials = self._credentials
        if credentials.grant == "client_credentials":
            return await self._ask({"grant_type": "client_credentials", "scope": "*"}, Refused.CLIENT)
        form = {
            "grant_type": "password",
            "client_id": credentials.client_id,
            "username": credentials.username,
            "password": credentials.password,
            "scope": "*",
        }
        return await self._ask(form, Refused.USER)

    async def _refresh(self, refresh: str) -> Token:
        form = {"grant_type": "refresh_token", "refresh_token": refresh, "client_id": self._credentials.client_id}
        return await self._ask(form, Refused.TOKEN, refresh)

    async def _ask(self, form: dict[str, str], blame: Refused, refresh: str = "") -> Token:
        asked_at = self._clock.monotonic()
        try:
            response = await self._http.post(
                self._url,
                data=form,
                headers={"Accept": "application/json", **self.key_header()},
                auth=httpx.BasicAuth(self._credentials.client_id, self._credentials.client_secret),
                timeout=ANSWER_SECONDS,
            )
        except httpx.HTTPError as error:
            raise Unreachable(f"Signing in failed: {describe(error)}.") from error
        body = read_json(response)
        if response.status_code != 200:
            raise refusal(response.status_code, body, blame)
        token = read_token(body, asked_at, refresh)
        self._given += [token.access, token.refresh]
        return token


def refusal(status: int, body: Any, blame: Refused) -> SignInRefused | ServerFault | Malformed:
    """What an answer other than 200 of the token endpoint means.

    The vendor's reference documents 403 ``{"message": "Forbidden"}`` for the API key, 401 for the client and 400
    ``invalid_grant`` for the user; RFC 6749 gives the other words. Anything else is worth another try.
    """
    if status >= 500 or status == 429:
        return ServerFault(f"The sign-in service answers HTTP {status}.")
    if not isinstance(body, dict):
        return Malformed(f"The sign-in service answers HTTP {status} in no documented form.")
    error, message = body.get("error"), body.get("message")
    if status == 403 and isinstance(message, str) and not error:
        return SignInRefused(Refused.KEY, clean(message))
    if status in (400, 401, 403) and isinstance(error, str):
        words = clean(str(body.get("error_description") or error))
        by_token = error in ("invalid_grant", "invalid_token")
        by_client = (status == 401 and not by_token) or error in (
            "invalid_client",
            "unauthorized_client",
            "unsupported_grant_type",
        )
        return SignInRefused(Refused.CLIENT if by_client else blame, words)
    return Malformed(f"The sign-in service answers HTTP {status} in no documented form.")


def read_token(body: Any, asked_at: float, refresh: str) -> Token:
    """The token of a good answer; ``refresh`` is the refresh token that stays where the answer has none.

    Raises:
        Malformed: there is no access token in it.
    """
    access = body.get("access_token") if isinstance(body, dict) else None
    if not isinstance(access, str) or not access:
        raise Malformed("The sign-in service answers without an access token.")
    life = body.get("expires_in")
    try:
        seconds = float(life) if life is not None else LIFE_UNKNOWN_SECONDS
    except (TypeError, ValueError, OverflowError):
        seconds = LIFE_UNKNOWN_SECONDS
    if not math.isfinite(seconds):
        seconds = LIFE_UNKNOWN_SECONDS
    given = body.get("refresh_token")
    # An answer without a refresh token leaves the old one valid.
    return Token(access, given if isinstance(given, str) and given else refresh, asked_at, max(seconds, 0.0))
