"""Every fault of a token is named with what to change, and the doctor never says other than the socket does."""

import json
from typing import Any

import jwt
import pytest

from dashboard import embed
from dashboard.embedding.findings import State, as_text
from dashboard.embedding.tokens import examine_token
from dashboard.models import Wallboard
from dashboard.protocol import Refusal
from tests.dashboard.floor import Floor
from tests.dashboard.test_embed import unsigned

NOW = 1_763_730_000


@pytest.fixture
def key(floor: Floor) -> tuple[str, str]:
    return embed.create_key(floor.sales)


def token_of(key: tuple[str, str], algorithm: str = "HS256", header: Any = None, **claims: Any) -> str:
    claims = {"wallboard": "sales", "iat": NOW, "exp": NOW + 3600} | claims
    claims = {name: value for name, value in claims.items() if value is not ...}
    return jwt.encode(claims, key[1], algorithm=algorithm, headers={"kid": key[0]} if header is None else header)


def faults(token: str) -> dict[str, tuple[str, str]]:
    """By check, what was found and what to change, where something is wrong; the last word agrees with the socket."""
    found = examine_token(token, Wallboard.objects.get(), NOW)
    verdict = next(one for one in found if one.key == "token")
    try:
        embed.admit(token, "sales", NOW)
        assert verdict.state is State.GOOD
    except Refusal:
        assert verdict.state is State.BAD
        assert any(one.change for one in found if one.state is State.BAD)
    assert token not in as_text("", found)
    return {one.key: (one.found, one.change) for one in found if one.state is not State.GOOD and one.key != "token"}


def test_a_good_token_is_told_with_what_it_opens(key: tuple[str, str]) -> None:
    token = token_of(key, view="floor", tiles=["waiting"])
    assert faults(token) == {}
    words = examine_token(token, Wallboard.objects.get(), NOW)[0].found
    assert words == "It opens this wallboard for 60 minutes; view floor, tiles: waiting."


@pytest.mark.parametrize(
    ("changes", "check", "words"),
    [
        ({"wallboard": "other"}, "wallboard", "“other”"),
        ({"wallboard": ...}, "wallboard", "“None”"),
        ({"view": "roof"}, "view", "“roof”"),
        ({"iat": ...}, "lifetime", "iat is missing"),
        ({"exp": "soon"}, "lifetime", "exp is missing, or is no number"),
        ({"iat": NOW * 1000, "exp": NOW * 1000 + 60_000}, "lifetime", "iat"),
        ({"exp": NOW - 5}, "lifetime", "0 minutes"),
        ({"exp": NOW + 25 * 3600}, "lifetime", "1500 minutes"),
        ({"iat": NOW - 7200, "exp": NOW - 3600}, "lifetime", "60 minutes ago"),
        ({"iat": NOW + 600, "exp": NOW + 4200}, "portal_clock", "600 s behind the portal"),
        ({"iat": NOW + 120, "exp": NOW + 4200}, "portal_clock", "120 s behind the portal"),
        ({"iat": NOW - 900, "exp": NOW - 600}, "portal_clock", "900 s ago"),
        ({"nbf": NOW + 600}, "portal_clock", "nbf"),
        ({"tiles": "waiting"}, "tiles", "no list"),
        ({"tiles": ["waiting", "gone"]}, "tiles", "no tile gone"),
    ],
    ids=str,
)
def test_a_wrong_claim_is_named(key: tuple[str, str], changes: dict[str, Any], check: str, words: str) -> None:
    found = faults(token_of(key, **changes))
    assert words in found[check][0]
    assert found[check][1], "it says what to change"


def test_several_faults_are_told_at_once(floor: Floor, key: tuple[str, str]) -> None:
    token = token_of((key[0], "y" * 43), wallboard="other", exp=NOW + 90_000, view="roof")
    assert set(faults(token)) == {"signature", "wallboard", "lifetime", "view"}


def test_a_secret_that_was_decoded_first_is_told(key: tuple[str, str]) -> None:
    assert "as UTF-8 text, not decoded" in faults(token_of((key[0], key[1] + "\n")))["signature"][1]


def test_keys_that_open_nothing_are_told_apart_as_far_as_they_concern_the_reader(
    floor: Floor, key: tuple[str, str]
) -> None:
    other = embed.create_key(floor.service)
    assert faults(token_of(other))["kid"] == faults(token_of((other[0], "x" * 43)))["kid"]
    assert "is no key of the team Sales" in faults(token_of(("unknown", "x" * 43)))["kid"][0]
    assert "no kid" in faults(token_of(key, header={}))["kid"][0]
    embed.revoke_key(key[0])
    assert "was revoked on" in faults(token_of(key))["kid"][0]


@pytest.mark.parametrize("kid", ["a\0b", "\ud800", "a b", "a" * 33])
def test_what_cannot_be_a_keys_id_is_not_looked_for(key: tuple[str, str], kid: str) -> None:
    assert "no kid" in faults(token_of(key, header={"kid": kid}))["kid"][0]


@pytest.mark.parametrize("algorithm", ["none", "RS256", "HS512"])
def test_another_algorithm_is_told(key: tuple[str, str], algorithm: str) -> None:
    token = unsigned({"alg": algorithm, "kid": key[0]}, {"wallboard": "sales", "iat": NOW, "exp": NOW + 60})
    assert f"signed with {algorithm}" in faults(token)["alg"][0]


@pytest.mark.parametrize("token", ["x", "a.b.c", "…", json.dumps({"token": "a.b.c"}), "a" * 9000])
def test_what_is_no_token_is_told(floor: Floor, token: str) -> None:
    (finding,) = examine_token(token, Wallboard.objects.get(), NOW)
    assert finding.state is State.BAD
    assert "no JSON Web Token" in finding.found


def test_a_disabled_wallboard_is_told(key: tuple[str, str]) -> None:
    Wallboard.objects.update(enabled=False)
    assert "disabled" in faults(token_of(key))["enabled"][0]
