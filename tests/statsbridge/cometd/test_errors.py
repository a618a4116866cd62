"""Refusals, expired tokens and answers that are not Bayeux."""

import json
import logging
from json import JSONDecodeError

import pytest
from aiocometd.exceptions import AiocometdException, ServerError

from statsbridge.cometd import CometdError, CometdRefused, NewSession, Trouble
from statsbridge.cometd.seam import translated
from tests.peers.genesys import UPDATES, GenesysPeer
from tests.statsbridge.cometd.links import LinkMaker, fails_on_plain_aiocometd

SPRING = {
    "timestamp": 1536851691737,
    "status": 500,
    "error": "Internal Server Error",
    "message": "java.lang.IllegalArgumentException: Invalid channel id: pepe",
    "path": "/statistics/v3/notifications",
}
BODIES = {
    "html": "<html><body>Service Unavailable</body></html>",
    "spring": SPRING,
    "gateway": {"message": "Forbidden"},
    "truncated": '[{"channel": "/meta/connect", "succ',
    "empty": "",
    "empty array": [],
    "numbers": [1, 2],
    "null": "null",
}


@pytest.mark.parametrize("kind", ["html", "spring", "truncated", "empty array"])
@fails_on_plain_aiocometd(TypeError, JSONDecodeError, AiocometdException)
async def test_a_body_that_is_no_bayeux_is_an_error_of_ours_when_opening(
    genesys_peer: GenesysPeer, make_link: LinkMaker, kind: str
) -> None:
    link = await make_link(genesys_peer)
    await genesys_peer.fault("handshake", body=BODIES[kind])
    with pytest.raises(CometdError):
        await link.open()


async def test_bodies_that_are_no_bayeux_are_passing_trouble_once_open(
    genesys_peer: GenesysPeer, make_link: LinkMaker
) -> None:
    link = await make_link(genesys_peer)
    await link.open()
    for body in BODIES.values():
        await genesys_peer.fault("connect", body=body)
    await genesys_peer.message(UPDATES, "wakes the held poll")
    await link.until(lambda: len(link.all(Trouble)) == len(BODIES))
    await link.until_told("news")
    assert len(link.all(NewSession)) == 1


@fails_on_plain_aiocometd(KeyError)
async def test_a_handshake_without_connection_types_is_an_error_of_ours(
    genesys_peer: GenesysPeer, make_link: LinkMaker
) -> None:
    link = await make_link(genesys_peer)
    await genesys_peer.fault("handshake", reply={"successful": True, "clientId": "c1"})
    with pytest.raises(CometdError) as caught:
        await link.open()
    assert isinstance(caught.value.__cause__, KeyError)


@fails_on_plain_aiocometd(AiocometdException)
async def test_no_common_connection_type_is_an_error_of_ours(genesys_peer: GenesysPeer, make_link: LinkMaker) -> None:
    link = await make_link(genesys_peer)
    reply = {"successful": True, "clientId": "c1", "supportedConnectionTypes": ["websocket"]}
    await genesys_peer.fault("handshake", reply=reply)
    with pytest.raises(CometdError):
        await link.open()


@fails_on_plain_aiocometd(AiocometdException)
async def test_a_service_that_is_not_there_is_an_error_of_ours(genesys_peer: GenesysPeer, make_link: LinkMaker) -> None:
    link = await make_link(genesys_peer)
    await genesys_peer.stop()
    with pytest.raises(CometdError, match="cannot be reached") as caught:
        await link.open()
    assert not isinstance(caught.value, CometdRefused)
    assert isinstance(caught.value.__cause__, OSError)
    # A service that speaks plain http has no certificate to look at.
    assert str(caught.value).endswith("(Connection refused)")
    assert "ssl" not in str(caught.value)


@fails_on_plain_aiocometd(ServerError)
async def test_a_refused_handshake_quotes_the_service(genesys_peer: GenesysPeer, make_link: LinkMaker) -> None:
    link = await make_link(genesys_peer)
    reply = {"successful": False, "error": "403::handshake_denied", "advice": {"reconnect": "none"}}
    await genesys_peer.fault("handshake", count=2, reply=reply)
    with pytest.raises(CometdRefused, match="403::handshake_denied"):
        await link.open()
    assert link.token.renewals == 1


@fails_on_plain_aiocometd(ServerError)
async def test_a_refused_subscription_quotes_the_service(genesys_peer: GenesysPeer, make_link: LinkMaker) -> None:
    link = await make_link(genesys_peer)
    await genesys_peer.deny([UPDATES], count=2)
    with pytest.raises(CometdRefused, match=f"{UPDATES}: 403::subscribe_denied"):
        await link.open()
    assert await genesys_peer.sessions() == []


@pytest.mark.parametrize("status", [401, 403])
@fails_on_plain_aiocometd(TypeError)
async def test_a_refused_sign_in_quotes_the_service(
    genesys_peer: GenesysPeer, make_link: LinkMaker, status: int
) -> None:
    """aiocometd reads the keys of the JSON object as if they were messages."""
    link = await make_link(genesys_peer)
    body = {"error": "invalid_token", "error_description": "Token was revoked"}
    await genesys_peer.fault("handshake", count=2, status=status, body=body)
    with pytest.raises(CometdRefused, match=f"HTTP {status}: Token was revoked"):
        await link.open()
    assert link.token.renewals == 1


@fails_on_plain_aiocometd(TimeoutError)
async def test_an_expired_token_is_renewed_once_and_the_poll_repeated(
    genesys_peer: GenesysPeer, make_link: LinkMaker
) -> None:
    """aiocometd takes HTTP 401 for any other failure and comes back with the dead token, each second."""
    link = await make_link(genesys_peer)
    await link.open()
    await genesys_peer.expire_tokens()
    await link.until_told("with the poll that is being held")
    await link.until_told("with the next one")
    assert link.token.renewals == 1
    assert link.all(Trouble) == []
    assert len(link.all(NewSession)) == 1


@fails_on_plain_aiocometd(TypeError)
async def test_a_token_that_expired_before_opening_is_renewed(genesys_peer: GenesysPeer, make_link: LinkMaker) -> None:
    link = await make_link(genesys_peer)
    await genesys_peer.expire_tokens()
    await link.open()
    assert link.token.renewals == 1


async def test_an_unknown_session_by_any_number_needs_no_new_token(
    genesys_peer: GenesysPeer, make_link: LinkMaker
) -> None:
    link = await make_link(genesys_peer)
    await link.open()
    reply = {"successful": False, "error": "403::Unknown client", "advice": {"reconnect": "handshake"}}
    await genesys_peer.fault("connect", reply=reply)
    await genesys_peer.message(UPDATES, "wakes the held poll")
    await link.until(lambda: len(link.all(NewSession)) == 2)
    assert link.token.renewals == 0


async def test_a_renewal_that_fails_is_trouble_and_tried_again(genesys_peer: GenesysPeer, make_link: LinkMaker) -> None:
    answers = [OSError("the sign-in service is down"), OSError("still down")]

    async def renew() -> None:
        if answers:
            raise answers.pop(0)
        await link.token.renew()

    link = await make_link(genesys_peer, on_unauthorized=renew)
    await link.open()
    await genesys_peer.expire_tokens()
    await link.until_told("with the poll that is being held")
    await link.until_told("with the next one")
    assert [trouble.reason for trouble in link.all(Trouble)] == [
        "The link failed: the sign-in service is down",
        "The link failed: still down",
    ]


async def test_a_renewal_that_fails_while_opening_is_the_cause_of_the_error(
    genesys_peer: GenesysPeer, make_link: LinkMaker
) -> None:
    class SignInRefused(Exception):  # noqa: N818
        pass

    async def renew() -> None:
        raise SignInRefused("wrong password")

    link = await make_link(genesys_peer, on_unauthorized=renew)
    await genesys_peer.expire_tokens()
    with pytest.raises(CometdError, match="wrong password") as caught:
        await link.open()
    assert isinstance(caught.value.__cause__, SignInRefused)


async def test_no_credential_gets_into_errors_events_and_logs(
    genesys_peer: GenesysPeer, make_link: LinkMaker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    link = await make_link(genesys_peer)
    secrets = {genesys_peer.api_key, *(value.split()[-1] for value in link.token.headers().values())}
    await link.open()
    secrets |= {cookie.value or "" for cookie in link.jar} | {link.all(NewSession)[0].client_id}
    # The peer quotes the token in its 401, as Spring does; the renewal here brings no better one.
    link.client._wiring.on_unauthorized = no_renewal
    token = link.token.headers()["Authorization"].split()[1]
    await genesys_peer.fault("connect", count=2, status=401, body={"error_description": f"Invalid token: {token}"})
    await genesys_peer.message(UPDATES, "wakes the held poll")
    await link.until(lambda: any("HTTP 401" in trouble.reason for trouble in link.all(Trouble)))
    await link.close()
    await genesys_peer.fault("handshake", count=2, status=401, body={"message": f"no {genesys_peer.api_key}"})
    with pytest.raises(CometdRefused) as caught:
        await link.open()
    seen = caplog.text + repr(link.events) + repr(caught.value) + json.dumps([t.reason for t in link.all(Trouble)])
    assert [secret for secret in secrets if secret in seen] == []


async def no_renewal() -> None:
    pass


def test_errors_of_other_libraries_become_ours() -> None:
    for error in (KeyError("x"), TypeError("x"), RuntimeError("x"), TimeoutError(), AiocometdException("x")):
        assert type(translated(error)) is CometdError
    refused = CometdRefused("no")
    assert translated(refused) is refused
