"""The code flow as the service sees it: what is sent, and what each of its answers means."""

import base64
import gzip
import json
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest

from statsbridge.auth import Credentials
from statsbridge.configuration import ConnectionSettings
from statsbridge.errors import BridgeError, Malformed, ServerFault, SignInRefused, Unauthorized, Unreachable
from statsbridge.signin import SignInService

BACK = "https://wall.example.com/accounts/genesys/callback/"
TOKEN = {"access_token": "a-1", "token_type": "bearer", "refresh_token": "r-1", "expires_in": 43199, "scope": "*"}
PERSON = {"user_name": "eva@sample.example", "authorities": [{"name": "ROLE_AGENT", "privileges": []}]}
Answer = Callable[[httpx.Request], httpx.Response]


def service(answer: Answer) -> SignInService:
    credentials = Credentials("wallboard", "a secret", api_key="the key")
    settings = ConnectionSettings(
        1, "main", "https://gws.example.com/statistics/v3", "https://gws.example.com/auth/v3", credentials
    )
    return SignInService(settings, transport=httpx.MockTransport(answer), monotonic=lambda: 100.0)


def never(request: httpx.Request) -> httpx.Response:
    raise AssertionError(request.url)


def always(status: int, body: Any) -> Answer:
    return lambda request: httpx.Response(status, json=body)


def test_the_address_of_the_form_has_state_and_challenge_and_no_secret() -> None:
    begun = service(never).begin(BACK)
    query = dict(parse_qsl(urlsplit(begun.url).query))
    assert begun.url.startswith("https://gws.example.com/auth/v3/oauth/authorize?")
    assert {key: query[key] for key in ("response_type", "client_id", "redirect_uri", "scope")} == {
        "response_type": "code", "client_id": "wallboard", "redirect_uri": BACK, "scope": "*",
    }  # fmt: skip
    assert query["state"] == begun.state
    assert len(begun.state) >= 30
    assert begun.verifier not in begun.url
    assert begun.verifier not in repr(begun)
    assert service(never).begin(BACK).state != begun.state


def test_the_code_is_exchanged_with_the_key_the_client_and_the_same_redirect_uri() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=TOKEN)

    token = service(answer).finish(f"{BACK}?code=c%201&state=s-1", "s-1", "v" * 48, BACK)
    (request,) = seen
    assert str(request.url) == "https://gws.example.com/auth/v3/oauth/token"
    assert request.headers["x-api-key"] == "the key"
    assert request.headers["authorization"] == "Basic " + base64.b64encode(b"wallboard:a secret").decode()
    assert parse_qs(request.content.decode()) == {
        "grant_type": ["authorization_code"], "code": ["c 1"], "redirect_uri": [BACK], "code_verifier": ["v" * 48],
    }  # fmt: skip
    assert (token.access, token.refresh, token.issued, token.life) == ("a-1", "r-1", 100.0, 43199.0)


def test_a_foreign_state_is_refused_before_anything_is_asked() -> None:
    with pytest.raises(SignInRefused):
        service(never).finish(f"{BACK}?code=c&state=forged", "s-1", "v" * 48, BACK)


def test_a_refresh_keeps_the_old_token_where_none_comes() -> None:
    asked: list[dict[str, list[str]]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(parse_qs(request.content.decode()))
        return httpx.Response(200, json={"access_token": "a-2", "token_type": "bearer", "expires_in": 60})

    assert service(answer).refresh("r-1").refresh == "r-1"
    assert asked == [{"grant_type": ["refresh_token"], "refresh_token": ["r-1"]}]


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (400, {"error": "invalid_grant", "error_description": "Invalid code"}, SignInRefused, "authorization code"),
        (401, {"error": "Unauthorized", "error_description": "Bad credentials"}, SignInRefused, "client id or secret"),
        (401, {"error": "invalid_grant", "error_description": "Invalid code"}, SignInRefused, "authorization code"),
        (403, {"message": "Forbidden"}, SignInRefused, "API key"),
        (200, {"error": "invalid_grant"}, SignInRefused, "authorization code"),
        (503, {}, ServerFault, "503"),
        (429, {}, ServerFault, "429"),
        (200, {}, Malformed, "access token"),
        (200, [1], Malformed, "access token"),
        (302, {}, Malformed, "302"),
    ],
)
def test_each_answer_of_the_token_end_point_has_its_meaning(
    status: int, body: Any, kind: type[BridgeError], words: str
) -> None:
    with pytest.raises(kind, match=words):
        service(always(status, body)).finish(f"{BACK}?code=c&state=s", "s", "v" * 48, BACK)


def test_an_answer_that_is_no_json_is_malformed() -> None:
    with pytest.raises(Malformed):
        service(lambda request: httpx.Response(200, text="<html>")).refresh("r-1")


@pytest.mark.parametrize(
    "begins", [b"HTTP/1.1 200 OK\r\nX-Long: ", b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n"]
)
def test_an_answer_that_drips_is_waited_for_as_long_as_any_other(begins: bytes) -> None:
    over = threading.Event()

    def drip(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection, suppress(OSError):
            connection.sendall(begins)
            while not over.wait(0.05):
                connection.sendall(b" ")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = threading.Thread(target=drip, args=[listening], daemon=True)
        server.start()
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        settings = ConnectionSettings(1, "main", base, base, Credentials("wallboard", "a secret"))
        try:
            with pytest.raises(Unreachable, match="time limit"):
                SignInService(settings, seconds=0.5).claims("a-1")
        finally:
            over.set()
            server.join(20)


@pytest.mark.parametrize("encoding", [{}, {"content-encoding": "gzip"}])
def test_an_answer_without_an_end_is_none(encoding: dict[str, str]) -> None:
    body = b'{"user_name": "' + b"x" * 30_000_000 + b'"}'
    body = gzip.compress(body, 1) if encoding else body
    with pytest.raises(Unreachable):
        service(lambda request: httpx.Response(200, content=body, headers=encoding)).claims("a-1")


def test_an_answer_may_be_compressed() -> None:
    body = gzip.compress(json.dumps(PERSON).encode())
    one = service(lambda request: httpx.Response(200, content=body, headers={"content-encoding": "gzip"}))
    assert one.claims("a-1") == PERSON


def test_no_answer_is_unreachable_and_says_nothing_secret() -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    for call in (lambda one: one.refresh("r-1"), lambda one: one.claims("a-1"), lambda one: one.sign_out("a-1")):
        with pytest.raises(Unreachable) as caught:
            call(service(broken))
        assert not {"r-1", "a-1", "a secret", "the key"} & set(str(caught.value).split())


def test_who_it_is_comes_from_openid_or_from_userinfo() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        assert request.headers["authorization"] == "Bearer a-1"
        assert request.headers["x-api-key"] == "the key"
        if request.url.path.endswith("/openid/userinfo"):
            return httpx.Response(403, json={"error": "insufficient_scope"})
        return httpx.Response(200, json=PERSON)

    assert service(answer).claims("a-1") == PERSON
    assert asked == ["/auth/v3/openid/userinfo", "/auth/v3/userinfo"]


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, {"error": "invalid_token"}, Unauthorized),
        (403, {"status": {"code": 603}}, Unauthorized),
        (403, {"error": "access_denied"}, Unauthorized),
        (403, "a proxy's page", Malformed),
        (403, {"message": "Forbidden"}, SignInRefused),
        (503, {}, ServerFault),
        (200, [1], Malformed),
    ],
)
def test_no_claims_have_a_reason(status: int, body: Any, kind: type[BridgeError]) -> None:
    with pytest.raises(kind):
        service(always(status, body)).claims("a-1")


@pytest.mark.parametrize("status", [200, 400, 403])
def test_secrets_that_an_answer_repeats_are_not_in_what_is_said_of_it(status: int) -> None:
    said = "code c-secret, verifier vvvvvvvv, token r-secret, client a secret, key the key"
    one = service(always(status, {"error": "invalid_grant", "error_description": said}))
    calls = {
        "r-secret": lambda: one.refresh("r-secret"),
        "c-secret": lambda: one.finish(f"{BACK}?code=c-secret&state=s", "s", "vvvvvvvv", BACK),
        "vvvvvvvv": lambda: one.finish(f"{BACK}?code=c-secret&state=s", "s", "vvvvvvvv", BACK),
    }
    for secret, call in calls.items():
        with pytest.raises(SignInRefused) as caught:
            call()
        assert caught.value.words.startswith("code ")
        assert not [shown for shown in (secret, "a secret", "the key") if shown in caught.value.words]


def test_signing_out_ends_this_token_only() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, content=json.dumps({"status": {"code": 0}}))

    service(answer).sign_out("a-1")
    (request,) = asked
    assert (request.method, request.url.query) == ("POST", b"global=false")
    assert request.headers["authorization"] == "Bearer a-1"
    address = urlsplit(service(never).sign_out_url("https://wall.example.com/accounts/login/"))
    assert parse_qs(address.query)["redirectUri"] == ["https://wall.example.com/accounts/login/"]
