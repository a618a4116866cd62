"""Tokens that open nothing: the right close code, and neither log nor error frame repeats them."""

import contextlib
import json
import logging
import string
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from channels.db import database_sync_to_async
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from dashboard import embed
from dashboard.embed import LIFETIME_MOST, SKEW
from dashboard.guard.tally import key_named_in
from dashboard.models import EmbedKey
from dashboard.protocol import Ack, Auth, Malformed, Refusal, Resync, read_frame
from tests.dashboard.floor import FakeBridge, Floor
from tests.dashboard.people import EmbedWall

Key = tuple[str, str]


@pytest.fixture
def key(floor: Floor) -> Key:
    return embed.create_key(floor.sales)


def signed(key: Key, algorithm: str | None = "HS256", **claims: Any) -> str:
    now = int(time.time())
    whole = {"wallboard": "sales", "iat": now, "exp": now + 3600} | claims
    return jwt.encode(whole, key[1] if algorithm != "none" else None, algorithm, headers={"kid": key[0]})


def tampered(key: Key) -> str:
    """The claims of another token under the signature of this one."""
    head, _, signature = signed(key, tiles=["level"]).split(".")
    return f"{head}.{signed(key).split('.')[1]}.{signature}"


def of_another_team(key: Key) -> str:
    team = EmbedKey.objects.get(pk=key[0]).team
    team.pk, team.name = None, "other"
    team.save()
    return signed(embed.create_key(team))


def of_a_disabled_board(key: Key) -> str:
    EmbedKey.objects.get(pk=key[0]).team.wallboards.update(enabled=False)
    return signed(key)


NOW = int(time.time())
REFUSED: dict[str, tuple[Callable[[Key], str], int]] = {
    "expired": (lambda key: signed(key, iat=NOW - 4000, exp=NOW - SKEW - 60), 4401),
    "of tomorrow": (lambda key: signed(key, iat=NOW + 86_400, exp=NOW + 90_000), 4401),
    "over 24 hours": (lambda key: signed(key, iat=NOW, exp=NOW + LIFETIME_MOST + 60), 4401),
    "wrong secret": (lambda key: signed((key[0], "x" * 43)), 4401),
    "unknown key": (lambda key: signed(("0123456789abcdef", key[1])), 4401),
    "no algorithm": (lambda key: signed(key, "none"), 4401),
    "another algorithm": (lambda key: signed((key[0], key[1] * 2), "HS512"), 4401),
    "tampered": (tampered, 4401),
    "wrong board": (lambda key: signed(key, wallboard="service"), 4403),
    "wrong team": (of_another_team, 4403),
    "no such view": (lambda key: signed(key, view="everything"), 4403),
    "no board any more": (of_a_disabled_board, 4404),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_a_token_that_opens_nothing_is_refused_and_not_repeated(
    key: Key, bridge: FakeBridge, caplog: pytest.LogCaptureFixture, case: str
) -> None:
    make, code = REFUSED[case]
    token = await database_sync_to_async(make)(key)
    wall = EmbedWall(key)
    with caplog.at_level(logging.DEBUG, "dashboard"):
        await wall.open()
        await wall.send_json_to({"type": "auth", "token": token})
        assert (await wall.closed())[0] == code
    told = caplog.text + wall.heard
    assert str(code) in caplog.text
    assert not [part for part in token.split(".") if part and part in told]
    assert key[1] not in told


async def test_a_token_that_is_shown_again_after_its_key_was_revoked_is_refused(
    key: Key, bridge: FakeBridge, caplog: pytest.LogCaptureFixture
) -> None:
    first = EmbedWall(key)
    await first.open()
    token = await first.show_token()
    await first.next("snapshot")
    await database_sync_to_async(embed.revoke_key)(key[0])
    assert (await first.closed(timeout=5))[0] == 4401
    again = EmbedWall(key)
    await again.open()
    await again.send_json_to({"type": "auth", "token": token})
    code, error = await again.closed()
    assert (code, error["code"]) == (4401, "key_unknown")
    assert not [part for part in token.split(".") if part in caplog.text]


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("\ud800", id="half a character"),
        pytest.param("e30.e30.\ud800", id="half a character in the signature"),
        pytest.param(f"{'W1' * 20}.e30.e30", id="no mapping"),
        pytest.param(jwt.utils.base64url_encode(b"[" * 5000).decode() + ".e30.e30", id="very deep"),
    ],
)
async def test_what_no_library_expects_is_refused_like_any_other_token(
    key: Key, bridge: FakeBridge, token: str
) -> None:
    wall = EmbedWall(key)
    await wall.open()
    await wall.send_to(text_data=json.dumps({"type": "auth", "token": token}))
    assert (await wall.closed())[0] == 4401


@pytest.mark.parametrize("kid", ["a\0b", "\ud800", "x" * 33, "é", "a b", "../a"])
def test_an_id_that_is_none_is_not_looked_up(floor: Floor, key: Key, kid: str) -> None:
    head = jwt.utils.base64url_encode(json.dumps({"alg": "HS256", "kid": kid}).encode()).decode()
    with pytest.raises(Refusal) as refusal:
        embed.admit(f"{head}.e30.e30", "sales")
    assert refusal.value.code == 4401


# -- whatever is sent ----------------------------------------------------------------------------------------------

#: Long enough that it is no word of a message by chance.
MARK = "Xq7Zk0vW"
JSON: Any = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FRAMES: Any = some.one_of(
    some.text(max_size=300),
    JSON.map(json.dumps),
    some.fixed_dictionaries({"type": some.sampled_from(["auth", "ack", "resync", MARK])}, optional={
        "token": JSON, "seq": JSON, "history": JSON,
    }).map(json.dumps),
    some.text(alphabet="[{\"", max_size=9000),
    some.integers(min_value=10**4200).map(lambda number: f'{{"type": "ack", "seq": {number}}}'),
)  # fmt: skip
BASE64 = string.ascii_letters + string.digits + "-_="
TOKENS: Any = some.one_of(
    some.text(max_size=200),
    some.text(alphabet=BASE64 + ".", max_size=200),
    some.tuples(JSON, JSON, some.binary(max_size=40)).map(
        lambda parts: ".".join(
            jwt.utils.base64url_encode(part if isinstance(part, bytes) else json.dumps(part).encode()).decode()
            for part in parts
        )
    ),
)
CLAIMS: Any = some.dictionaries(
    some.sampled_from(["wallboard", "iat", "exp", "nbf", "view", "tiles", "jti", "aud", "sub", "crit"]), JSON
)
WHATEVER = settings(
    database=None,
    deadline=None,
    max_examples=200,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@WHATEVER
@given(text=FRAMES)
def test_any_frame_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(Malformed):
        assert isinstance(read_frame(text), Auth | Ack | Resync)


@WHATEVER
@given(text=FRAMES, place=some.sampled_from(["{0}", '{{"type": "{0}"}}', '{{"type": "ack", "seq": "{0}"}}']))
def test_no_refusal_of_a_frame_repeats_it(text: str, place: str) -> None:
    for sent in (place.format(MARK), text + MARK):
        with pytest.raises(Malformed) as refusal:
            read_frame(sent)
        assert MARK not in str(refusal.value)


def refused(token: str, caplog: pytest.LogCaptureFixture) -> None:
    """Shows a token; it opens the board rightly, or is refused without being repeated anywhere."""
    caplog.clear()
    key_named_in(token)
    refusal = None
    try:
        admission = embed.narrowed(embed.admit(token, "sales"), [], [])
    except Refusal as one:
        refusal = one
    else:
        assert 0 < admission.seconds <= LIFETIME_MOST
        assert admission.view in ("full", "floor", "lobby")
    if refusal is not None:
        assert refusal.code in (4401, 4403)
        told = str(refusal) + refusal.message + caplog.text
        assert not [part for part in token.split(".") if len(part) > 12 and part in told]
        assert MARK not in told


@WHATEVER
@given(token=TOKENS)
def test_whatever_is_shown_for_a_token_is_refused(
    floor: Floor, key: Key, caplog: pytest.LogCaptureFixture, token: str
) -> None:
    refused(token, caplog)


@WHATEVER
@given(header=some.dictionaries(some.sampled_from(["alg", "kid", "typ", "crit", "b64", "jku"]), JSON), claims=CLAIMS)
def test_whatever_stands_in_a_header_is_refused(
    floor: Floor, key: Key, caplog: pytest.LogCaptureFixture, header: Any, claims: Any
) -> None:
    parts = ({"alg": "HS256", "kid": key[0]} | header, claims | {"jti": MARK})
    refused(".".join(jwt.utils.base64url_encode(json.dumps(part).encode()).decode() for part in parts) + ".e30", caplog)


@WHATEVER
@given(claims=CLAIMS)
def test_whatever_a_portal_signs_is_admitted_rightly_or_refused(
    floor: Floor, key: Key, caplog: pytest.LogCaptureFixture, claims: Any
) -> None:
    now = int(time.time())
    body = json.dumps({"wallboard": "sales", "iat": now, "exp": now + 60, "jti": MARK} | claims).encode()
    refused(jwt.api_jws.encode(body, key[1], headers={"kid": key[0]}), caplog)
