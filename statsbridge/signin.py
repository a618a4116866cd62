"""Signing people in: the authorization code flow of the Authentication API, through Authlib.

The service documents plain OAuth 2: no id token, and who somebody is comes from ``/openid/userinfo`` or ``/userinfo``.
Calls block; they are made from a view's thread, or beside the event loop.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.oauth2.client import OAuth2Client

from statsbridge.auth import Token, read_token, refusal
from statsbridge.configuration import ConnectionSettings
from statsbridge.errors import BridgeError, Malformed, Refused, ServerFault, SignInRefused, Unauthorized, Unreachable
from statsbridge.hiding import Hiding, of_credentials, of_proxy
from statsbridge.http import closed_after, describe, open_blocking, read_json

#: A person waits for it.
ANSWER_SECONDS = 7.0
#: For each call, however slowly its answers drip.
CALL_SECONDS = 15.0
USERINFO = ("/openid/userinfo", "/userinfo")


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the browser goes, and what has to be kept until it comes back."""

    url: str
    state: str
    verifier: str = field(repr=False)


class SignInService:
    """The Authentication API of one connection, as people sign in to it.

    Every call raises ``Unreachable``, ``ServerFault`` or ``Malformed`` where the service does not work, and
    ``SignInRefused`` for the API key or the client; ``SettingsUnusable`` where the proxy or the CA file is of no use.
    """

    def __init__(
        self,
        settings: ConnectionSettings,
        *,
        transport: httpx.BaseTransport | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        seconds: float = CALL_SECONDS,
    ) -> None:
        self._seconds = seconds
        self._settings = settings
        self._transport = transport
        self._monotonic = monotonic
        self._url = settings.authentication_url

    def begin(self, redirect_uri: str) -> Begun:
        """What a sign-in starts with: a state and a PKCE verifier that nobody can guess."""
        client = self._client(None, redirect_uri)
        verifier = generate_token(48)
        url, state = client.create_authorization_url(f"{self._url}/oauth/authorize", code_verifier=verifier)
        return Begun(url, state, verifier)

    def finish(self, answered: str, state: str, verifier: str, redirect_uri: str) -> Token:
        """Exchange the code of the address ``answered`` that the browser came back to.

        Raises:
            SignInRefused: also for the code: used before, too old, or of somebody who may not sign in.
        """

        def exchange(client: OAuth2Client) -> Any:
            return client.fetch_token(
                f"{self._url}/oauth/token",
                authorization_response=answered,
                state=state,
                code_verifier=verifier,
                auth=self._basic(),
            )

        sent = [verifier, *parse_qs(urlsplit(answered).query).get("code", [])]
        return self._obtain(exchange, Refused.CODE, redirect_uri=redirect_uri, sent=sent)

    def refresh(self, spent: str) -> Token:
        """Another access token; the answer's refresh token is ``spent`` where the service does not rotate them.

        Raises:
            SignInRefused: also for the refresh token.
        """
        return self._obtain(
            lambda client: client.refresh_token(
                f"{self._url}/oauth/token", refresh_token=spent, auth=self._basic(), scope=None
            ),
            Refused.TOKEN,
            refresh=spent,
            sent=[spent],
        )

    def claims(self, access: str) -> dict[str, Any]:
        """What the service says about the person.

        Raises:
            Unauthorized: the access token is no longer good.
        """
        with self._http() as http:
            response = self._ask(http, "GET", USERINFO[0], access)
            if response.status_code in (400, 403, 404, 405) and not _names_key(response):
                # The scope of OpenID is not given to every client.
                response = self._ask(http, "GET", USERINFO[1], access)
        body = read_json(response)
        gone = response.status_code == 403 and isinstance(body, dict) and not _names_key(response)
        if response.status_code == 401 or gone:
            # Some say so of people who were removed; the refresh token decides.
            raise Unauthorized("The access token is no longer good.")
        if response.status_code != 200:
            raise self._refusal(response.status_code, body, Refused.TOKEN, [access])
        if not isinstance(body, dict):
            raise Malformed("The service answers without information about the person.")
        return body

    def sign_out(self, access: str) -> None:
        """End this one token; those that the person has elsewhere stay."""
        with self._http() as http:
            self._ask(http, "POST", "/sign-out?global=false", access)

    def sign_out_url(self, back: str) -> str:
        """Where a browser ends its session with the service, which leads it to ``back`` then."""
        return f"{self._url}/sign-out?{urlencode({'global': 'false', 'redirectUri': back})}"

    # ---- the requests ----

    def _refusal(self, status: int, body: Any, blame: Refused, sent: Iterable[str]) -> BridgeError:
        """What the answer means, without any secret that it repeats."""
        known = of_credentials(self._settings.credentials) | of_proxy(self._settings.proxy) | set(sent)
        hiding = Hiding()
        hiding.add(lambda: known)
        # As RFC 6749 has it, an answer with ``error`` is 400; some send it with 200.
        return refusal(400 if status == 200 else status, hiding.clear(body), blame)

    def _obtain(
        self,
        ask: Callable[[OAuth2Client], Any],
        blame: Refused,
        *,
        redirect_uri: str = "",
        refresh: str = "",
        sent: Iterable[str] = (),
    ) -> Token:
        asked_at = self._monotonic()

        def judge(response: httpx.Response) -> httpx.Response:
            body = read_json(response)
            if response.status_code != 200 or (isinstance(body, dict) and "error" in body):
                raise self._refusal(response.status_code, body, blame, sent)
            if not isinstance(body, dict):
                raise Malformed("The sign-in service answers without an access token.")
            return response

        with self._http() as http:
            client = self._client(http, redirect_uri)
            for hook in ("access_token_response", "refresh_token_response"):
                client.register_compliance_hook(hook, judge)
            try:
                given: Mapping[str, Any] = ask(client)
            except AuthlibBaseError as error:
                raise SignInRefused(blame, str(error.error or "refused")) from error
        return read_token(dict(given), asked_at, refresh)

    def _client(self, http: httpx.Client | None, redirect_uri: str) -> OAuth2Client:
        credentials = self._settings.credentials
        return OAuth2Client(
            http,
            client_id=credentials.client_id,
            client_secret=credentials.client_secret,
            scope="*",
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
        )

    def _basic(self) -> httpx.BasicAuth:
        credentials = self._settings.credentials
        return httpx.BasicAuth(credentials.client_id, credentials.client_secret)

    @contextmanager
    def _http(self) -> Iterator[httpx.Client]:
        """Raises ``Unreachable``."""
        settings = self._settings
        client = open_blocking(
            proxy=settings.proxy, ca_file=settings.ca_file, seconds=ANSWER_SECONDS, transport=self._transport
        )
        if settings.credentials.api_key:
            client.headers["x-api-key"] = settings.credentials.api_key
        with client:
            try:
                with closed_after(client, self._seconds):
                    yield client
            except httpx.HTTPError as error:
                raise Unreachable(f"Signing in failed: {describe(error)}.") from error

    def _ask(self, http: httpx.Client, method: str, path: str, access: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {access}", "Accept": "application/json"}
        response = http.request(method, self._url + path, headers=headers)
        if response.status_code >= 500 or response.status_code == 429:
            raise ServerFault(f"The sign-in service answers HTTP {response.status_code}.")
        return response


def _names_key(response: httpx.Response) -> bool:
    """The gateway's answer to a wrong API key."""
    body = read_json(response)
    return response.status_code == 403 and isinstance(body, dict) and "message" in body and "error" not in body
