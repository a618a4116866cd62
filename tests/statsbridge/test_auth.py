"""Tokens, against a token endpoint that answers as the vendor documents."""

import asyncio
import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from statsbridge.auth import Authenticator, Credentials, Token
from statsbridge.clock import Clock
from statsbridge.errors import Malformed, Refused, ServerFault, SignInRefused, Unreachable, is_fatal

VENDOR = Path(__file__).parent.parent / "fixtures" / "vendor"
PASSWORD = Credentials("client", "secret", username="tenant\\bridge", password="pass", api_key="key")


class HandClock(Clock):
    seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds


class Endpoint:
    """Answers in turn, the last answer for ever; keeps the requests."""

    def __init__(self, *answers: tuple[int, Any]) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        status, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return httpx.Response(status, json=body) if not isinstance(body, str) else httpx.Response(status, text=body)

    @property
    def forms(self) -> list[dict[str, str]]:
        return [{k: v[0] for k, v in parse_qs(one.content.decode()).items()} for one in self.requests]


def token(access: str = "one", **fields: Any) -> dict[str, Any]:
    return {"access_token": access, "token_type": "bearer", "expires_in": 1000, "scope": "*", **fields}


def signing_in(
    handler: Callable[[httpx.Request], httpx.Response], credentials: Credentials = PASSWORD, **given: Any
) -> tuple[Authenticator, HandClock]:
    clock = HandClock()
    client = httpx.AsyncClient(transport=httpx.MockTransport(handler))
    return Authenticator(client, "https://gws.example.com/auth/v3", credentials, clock=clock, **given), clock


def held(auth: Authenticator) -> Token:
    assert auth.token is not None
    return auth.token


async def test_it_signs_in_with_a_password_as_the_vendors_clients_do() -> None:
    endpoint = Endpoint((200, token()))
    auth, _ = signing_in(endpoint)
    await auth.ensure()
    (request,) = endpoint.requests
    assert request.url == "https://gws.example.com/auth/v3/oauth/token"
    assert request.headers["x-api-key"] == "key"
    assert request.headers["authorization"] == "Basic " + base64.b64encode(b"client:secret").decode()
    assert endpoint.forms[0] == {
        "grant_type": "password",
        "username": "tenant\\bridge",
        "password": "pass",
        "client_id": "client",
        "scope": "*",
    }
    assert auth.headers() == {"x-api-key": "key", "Authorization": "Bearer one"}


async def test_the_vendors_own_sample_is_read() -> None:
    sample = json.loads((VENDOR / "token_response.json").read_text())
    auth, _ = signing_in(Endpoint((200, sample)))
    await auth.ensure()
    assert held(auth).access == sample["access_token"]


async def test_it_signs_in_with_client_credentials_and_without_a_key() -> None:
    endpoint = Endpoint((200, token()))
    auth, _ = signing_in(endpoint, Credentials("client", "secret", grant="client_credentials"))
    await auth.ensure()
    assert endpoint.forms[0]["grant_type"] == "client_credentials"
    assert "x-api-key" not in endpoint.requests[0].headers


async def test_a_token_is_refreshed_at_eighty_percent_of_its_life() -> None:
    endpoint = Endpoint((200, token("one", refresh_token="r1")), (200, token("two")))
    auth, clock = signing_in(endpoint)
    await auth.ensure()
    clock.seconds = 799.0
    await auth.ensure()
    assert (held(auth).access, auth.refresh_due_in()) == ("one", 1.0)
    clock.seconds = 800.0
    await auth.ensure()
    assert held(auth).access == "two"
    assert endpoint.forms[1]["grant_type"] == "refresh_token"
    assert endpoint.forms[1]["refresh_token"] == "r1"
    # An answer without a refresh token leaves the old one valid.
    assert held(auth).refresh == "r1"


async def test_many_that_need_a_token_share_one_request() -> None:
    endpoint = Endpoint((200, token()))
    auth, _ = signing_in(endpoint)
    await asyncio.gather(*(auth.ensure() for _ in range(5)))
    dead = auth.token
    await asyncio.gather(*(auth.renew(dead) for _ in range(5)))
    assert len(endpoint.requests) == 2


async def test_a_refused_refresh_signs_in_again() -> None:
    refused = (400, {"error": "invalid_grant", "error_description": "Bad credentials"})
    endpoint = Endpoint((200, token("one", refresh_token="r1")), refused, (200, token("two")))
    auth, _ = signing_in(endpoint)
    await auth.ensure()
    await auth.renew(auth.token)
    assert held(auth).access == "two"
    assert [form["grant_type"] for form in endpoint.forms] == ["password", "refresh_token", "password"]


async def test_a_rotated_refresh_token_is_handed_on_and_used() -> None:
    endpoint = Endpoint((200, token("one", refresh_token="r2")), (200, token("two", refresh_token="r2")))
    kept: list[tuple[str, str]] = []

    async def keep(spent: str, rotated: str) -> None:
        kept.append((spent, rotated))

    auth, _ = signing_in(endpoint, Credentials("c", grant="refresh_token", refresh_token="r1"), on_rotated=keep)
    await auth.ensure()
    await auth.renew(auth.token)
    assert [form["refresh_token"] for form in endpoint.forms] == ["r1", "r2"]
    assert kept == [("r1", "r2")]


async def test_a_rotation_is_kept_although_nobody_waits_for_it_any_more() -> None:
    asked, answer = asyncio.Event(), asyncio.Event()
    kept: list[str] = []

    async def slowly(request: httpx.Request) -> httpx.Response:
        asked.set()
        await answer.wait()
        return httpx.Response(200, json=token(refresh_token="r2"))

    async def keep(spent: str, rotated: str) -> None:
        kept.append(rotated)

    client = httpx.AsyncClient(transport=httpx.MockTransport(slowly))
    credentials = Credentials("c", grant="refresh_token", refresh_token="r1")
    auth = Authenticator(client, "https://gws", credentials, clock=Clock(), on_rotated=keep)
    waiting = asyncio.create_task(auth.ensure())
    await asked.wait()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    answer.set()
    await auth.settle()
    assert kept == ["r2"]


@pytest.mark.parametrize("life", ["NaN", "Infinity", 10**400])
async def test_a_token_of_an_unreadable_life_lives_ten_minutes(life: Any) -> None:
    auth, _ = signing_in(Endpoint((200, json.dumps(token(expires_in=life)))))
    await auth.ensure()
    assert held(auth).life == 600.0


async def test_a_revoked_lone_refresh_token_says_what_to_do() -> None:
    endpoint = Endpoint((400, {"error": "invalid_grant", "error_description": "Token revoked"}))
    auth, _ = signing_in(endpoint, Credentials("c", grant="refresh_token", refresh_token="r1"))
    with pytest.raises(SignInRefused, match=r"refresh token was refused: Token revoked\. Sign in once more"):
        await auth.ensure()


@pytest.mark.parametrize(
    ("fixture", "status", "what"),
    [
        ("token_bad_api_key.json", 403, Refused.KEY),
        ("token_bad_client.json", 401, Refused.CLIENT),
        ("token_bad_user.json", 400, Refused.USER),
    ],
)
async def test_a_refusal_names_what_was_refused(fixture: str, status: int, what: Refused) -> None:
    body = json.loads((VENDOR / fixture).read_text())
    auth, _ = signing_in(Endpoint((status, body.get("body", body))))
    with pytest.raises(SignInRefused) as caught:
        await auth.ensure()
    assert caught.value.what == what
    assert caught.value.words in ("Forbidden", "Bad credentials")
    assert is_fatal(caught.value)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (503, {"message": "Service unavailable"}, ServerFault),
        (429, {}, ServerFault),
        (403, "<html>proxy</html>", Malformed),
        (404, {"path": "/"}, Malformed),
        (200, "<html>", Malformed),
        (200, {"token": 1}, Malformed),
        (200, [], Malformed),
    ],
)
async def test_anything_undocumented_is_worth_another_try(status: int, body: Any, error: type[Exception]) -> None:
    auth, _ = signing_in(Endpoint((status, body)))
    with pytest.raises(error) as caught:
        await auth.ensure()
    assert not is_fatal(caught.value)


async def test_no_answer_is_worth_another_try() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    auth, _ = signing_in(refuse)
    with pytest.raises(Unreachable, match="no connection"):
        await auth.ensure()


def test_no_secret_is_in_a_representation() -> None:
    text = repr(PASSWORD) + repr(Token("access", "refresh", 0, 1))
    assert not any(secret in text for secret in ("'secret'", "'pass'", "'key'", "'access'", "'refresh'"))
