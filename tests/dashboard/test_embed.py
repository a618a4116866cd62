"""Embed keys and tokens, by value and over the socket."""

import base64
import json
import time
from typing import Any

import jwt
import pytest
from channels.db import database_sync_to_async

from dashboard import embed
from dashboard.embed import LIFETIME_MOST, SKEW, TokenRefused
from dashboard.models import EmbedKey
from dashboard.protocol import Refusal
from tests.dashboard.floor import FakeBridge, Floor, Wall

PATH = "/ws/embed/sales/"
NOW = 1_700_000_000


@pytest.fixture
def key(floor: Floor) -> tuple[str, str]:
    return embed.create_key(floor.sales)


def token_of(key: tuple[str, str], *, algorithm: str = "HS256", now: float = NOW, **claims: Any) -> str:
    whole = {"wallboard": "sales", "iat": now, "exp": now + 3600} | claims
    return jwt.encode(
        {name: value for name, value in whole.items() if value is not None},
        key[1],
        algorithm=algorithm,
        headers={"kid": key[0]},
    )


def refusal_of(token: str, slug: str = "sales") -> Refusal:
    with pytest.raises(Refusal) as refusal:
        embed.admit(token, slug, NOW)
    assert token not in str(refusal.value)
    return refusal.value


def unsigned(header: dict[str, Any], claims: dict[str, Any]) -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims)]
    return ".".join([*parts, ""])


# -- by value ------------------------------------------------------------------------------------------------------


def test_a_secret_has_43_characters_and_is_encrypted_at_rest(floor: Floor, key: tuple[str, str]) -> None:
    from django.db import connection

    assert len(key[1]) >= 43
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM dashboard_embedkey")
        assert key[1] not in cursor.fetchone()[0]


def test_a_good_token_admits_for_its_lifetime(floor: Floor, key: tuple[str, str]) -> None:
    admission = embed.admit(token_of(key), "sales", NOW)
    assert (admission.wallboard, admission.key, admission.seconds) == (floor.board.pk, key[0], 3600)
    assert admission.tiles is None


@pytest.mark.parametrize("off", [-SKEW + 1, SKEW - 1])
def test_a_clock_off_by_up_to_five_minutes_is_tolerated(floor: Floor, key: tuple[str, str], off: int) -> None:
    assert embed.admit(token_of(key, now=NOW + off, exp=NOW + off + 1), "sales", NOW).seconds == 1


@pytest.mark.parametrize(
    ("claims", "word"),
    [
        ({"exp": NOW - SKEW - 1, "iat": NOW - 1000}, "token_expired"),
        ({"iat": NOW + SKEW + 1, "exp": NOW + SKEW + 60}, "token_clock"),
        ({"nbf": NOW + SKEW + 1}, "token_clock"),
        ({"exp": NOW + LIFETIME_MOST + 1}, "token_lifetime"),
        ({"exp": NOW}, "token_lifetime"),
        ({"exp": None}, "token_invalid"),
        ({"iat": None}, "token_invalid"),
        ({"exp": "tomorrow"}, "token_invalid"),
        ({"exp": True}, "token_invalid"),
        ({"exp": float("nan")}, "token_invalid"),
        ({"tiles": "waiting"}, "token_invalid"),
        ({"tiles": [1]}, "token_invalid"),
    ],
)
def test_a_token_with_bad_times_or_claims_is_refused(
    floor: Floor, key: tuple[str, str], claims: dict[str, Any], word: str
) -> None:
    refusal = refusal_of(token_of(key, **claims))
    assert (refusal.code, refusal.word) == (4401, word)


def test_24_hours_are_allowed(floor: Floor, key: tuple[str, str]) -> None:
    assert embed.admit(token_of(key, exp=NOW + LIFETIME_MOST), "sales", NOW).seconds == LIFETIME_MOST


def test_a_token_signed_with_another_secret_is_refused(floor: Floor, key: tuple[str, str]) -> None:
    assert refusal_of(token_of((key[0], "x" * 43))).code == 4401


def test_a_token_of_an_unknown_key_is_refused(floor: Floor, key: tuple[str, str]) -> None:
    assert refusal_of(token_of(("unknown", key[1]))).word == "key_unknown"


@pytest.mark.parametrize("kid", [None, 7, "", ["a"]])
def test_a_token_without_a_usable_key_id_is_refused(floor: Floor, key: tuple[str, str], kid: Any) -> None:
    header = {"alg": "HS256", "typ": "JWT"} | ({} if kid is None else {"kid": kid})
    assert refusal_of(unsigned(header, {"wallboard": "sales"})).code == 4401


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "RS256", "HS512", ""])
def test_no_other_algorithm_is_believed(floor: Floor, key: tuple[str, str], algorithm: str) -> None:
    token = unsigned({"alg": algorithm, "kid": key[0]}, {"wallboard": "sales", "iat": NOW, "exp": NOW + 60})
    assert refusal_of(token).code == 4401


def test_a_token_rightly_signed_with_another_algorithm_is_refused(floor: Floor, key: tuple[str, str]) -> None:
    secret = key[1] * 2
    EmbedKey.objects.filter(pk=key[0]).update(secret=secret)
    assert refusal_of(token_of((key[0], secret), algorithm="HS512")).code == 4401


def test_a_tampered_token_is_refused(floor: Floor, key: tuple[str, str]) -> None:
    head, _, signature = token_of(key).split(".")
    _, claims, _ = token_of((key[0], "y" * 43), view="full", exp=NOW + 7200).split(".")
    assert refusal_of(f"{head}.{claims}.{signature}").code == 4401


@pytest.mark.parametrize("token", ["", "a", "a.b.c", "…", ".", "..", "a" * 8000])
def test_what_is_no_token_is_refused(floor: Floor, token: str) -> None:
    with pytest.raises(TokenRefused):
        embed.admit(token, "sales", NOW)


def test_a_revoked_key_admits_nobody(floor: Floor, key: tuple[str, str]) -> None:
    assert embed.revoke_key(key[0])
    assert not embed.revoke_key(key[0])
    assert refusal_of(token_of(key)).word == "key_unknown"


def test_a_rotated_key_is_replaced(floor: Floor, key: tuple[str, str]) -> None:
    new = embed.rotate_key(EmbedKey.objects.get(pk=key[0]))
    assert refusal_of(token_of(key)).code == 4401
    assert embed.admit(token_of(new), "sales", NOW)


def test_a_token_opens_its_own_board_only(floor: Floor, key: tuple[str, str]) -> None:
    assert refusal_of(token_of(key, wallboard="other")).code == 4403
    assert refusal_of(token_of(key), slug="nowhere").code == 4403
    assert refusal_of(token_of(key, wallboard="nowhere"), slug="nowhere").code == 4404


def test_a_key_of_another_team_is_refused(floor: Floor) -> None:
    assert refusal_of(token_of(embed.create_key(floor.service))).code == 4403


@pytest.mark.parametrize("view", ["everything", "", "FULL", 7, None, ["lobby"], {"view": "full"}])
def test_a_view_that_there_is_not_is_refused_rather_than_shown_in_full(
    floor: Floor, key: tuple[str, str], view: Any
) -> None:
    token = jwt.encode(
        {"wallboard": "sales", "iat": NOW, "exp": NOW + 60, "view": view}, key[1], headers={"kid": key[0]}
    )
    refusal = refusal_of(token)
    assert (refusal.code, refusal.word) == (4403, "view_unsupported")


@pytest.mark.parametrize("view", ["full", "floor", "lobby"])
def test_a_token_names_the_view_that_it_opens(floor: Floor, key: tuple[str, str], view: str) -> None:
    assert embed.admit(token_of(key, view=view), "sales", NOW).view == view


@pytest.mark.parametrize(
    ("token", "asked", "seen"),
    [
        ("full", ["lobby"], "lobby"),
        ("floor", ["lobby"], "lobby"),
        ("lobby", ["full"], "lobby"),
        ("floor", ["full", "lobby"], "lobby"),
        ("floor", [], "floor"),
    ],
)
def test_the_address_can_ask_for_a_narrower_view_and_not_for_a_wider_one(
    floor: Floor, key: tuple[str, str], token: str, asked: list[str], seen: str
) -> None:
    assert embed.narrowed(embed.admit(token_of(key, view=token), "sales", NOW), [], asked).view == seen


def test_an_address_that_asks_for_a_view_that_there_is_not_is_refused(floor: Floor, key: tuple[str, str]) -> None:
    with pytest.raises(Refusal) as refusal:
        embed.narrowed(embed.admit(token_of(key), "sales", NOW), [], ["nobody"])
    assert refusal.value.code == 4403


def test_tiles_of_the_address_that_the_token_does_not_allow_leave_nothing(floor: Floor, key: tuple[str, str]) -> None:
    admission = embed.admit(token_of(key, tiles=["level"]), "sales", NOW)
    assert embed.narrowed(admission, ["waiting"], []).tiles == frozenset()
    assert embed.narrowed(admission, ["waiting,level"], []).tiles == {"level"}


# -- over the socket -----------------------------------------------------------------------------------------------


async def open_embed(key: tuple[str, str], path: str = PATH, **claims: Any) -> Wall:
    wall = await Wall(path, origin="https://portal.example.com").open()
    await wall.send_json_to({"type": "auth", "token": token_of(key, now=int(time.time()), **claims)})
    return wall


async def test_a_token_in_the_first_frame_opens_the_board(
    floor: Floor, key: tuple[str, str], bridge: FakeBridge
) -> None:
    wall = await open_embed(key)
    snapshot = await wall.next()
    assert snapshot["type"] == "snapshot"
    await bridge.publish({floor.waiting.pk: 7})
    await wall.value_of(floor.waiting.pk, 7)
    await wall.leave()


async def test_cookies_are_not_looked_at(floor: Floor, key: tuple[str, str], bridge: FakeBridge) -> None:
    cookie = await database_sync_to_async(floor.cookie)("root")
    wall = await Wall(PATH, cookie=cookie).open()
    await wall.send_json_to({"type": "ack", "seq": 0})
    code, error = await wall.closed()
    assert code == 4401
    assert error["type"] == "error"


async def test_only_the_tiles_of_the_token_and_their_series_leave_the_server(
    floor: Floor, key: tuple[str, str], bridge: FakeBridge
) -> None:
    wall = await open_embed(key, tiles=["level"])
    snapshot = await wall.next()
    assert [tile["id"] for tile in snapshot["wallboard"]["tiles"]] == ["level"]
    assert set(snapshot["series"]) == set(snapshot["values"]) == {str(floor.level.pk)}
    await bridge.publish({floor.waiting.pk: 7, floor.level.pk: 80})
    assert set((await wall.next("update"))["values"]) == {str(floor.level.pk)}
    await wall.leave()


async def test_the_address_can_only_narrow_what_the_token_allows(
    floor: Floor, key: tuple[str, str], bridge: FakeBridge
) -> None:
    narrowed = await open_embed(key, f"{PATH}?tiles=level")
    assert [tile["id"] for tile in (await narrowed.next())["wallboard"]["tiles"]] == ["level"]
    widened = await open_embed(key, f"{PATH}?tiles=level,waiting", tiles=["level"])
    assert [tile["id"] for tile in (await widened.next())["wallboard"]["tiles"]] == ["level"]
    await narrowed.leave()
    await widened.leave()


async def test_tiles_that_are_not_on_the_board_make_no_stream_of_their_own(
    floor: Floor, key: tuple[str, str], bridge: FakeBridge
) -> None:
    walls = [await open_embed(key, f"{PATH}?tiles=level,{name}") for name in ("nonsense", "x" * 500, "level")]
    epochs = {(await wall.next("snapshot"))["epoch"] for wall in walls}
    assert len(epochs) == 1
    for wall in walls:
        await wall.leave()


async def test_revoking_the_key_closes_its_sockets(floor: Floor, key: tuple[str, str], bridge: FakeBridge) -> None:
    wall = await open_embed(key)
    await wall.next("snapshot")
    await database_sync_to_async(embed.revoke_key)(key[0])
    assert (await wall.closed(timeout=5))[0] == 4401


async def test_a_socket_ends_with_its_token(floor: Floor, key: tuple[str, str], bridge: FakeBridge) -> None:
    now = int(time.time())
    wall = await open_embed(key, iat=now, exp=now + 1)
    await wall.next("snapshot")
    code, error = await wall.closed(timeout=5)
    assert (code, error["code"]) == (4401, "expired")


async def test_a_fresh_token_extends_the_stay_and_a_bad_one_ends_it(
    floor: Floor, key: tuple[str, str], bridge: FakeBridge
) -> None:
    now = int(time.time())
    wall = await open_embed(key, iat=now, exp=now + 2)
    await wall.next("snapshot")
    await wall.send_json_to({"type": "auth", "token": token_of(key, now=now)})
    await wall.next("heartbeat", timeout=8)
    await wall.send_json_to({"type": "auth", "token": token_of(key, now=now, wallboard="other")})
    assert (await wall.closed())[0] == 4403


async def test_a_fresh_token_may_change_what_is_seen(floor: Floor, key: tuple[str, str], bridge: FakeBridge) -> None:
    now = int(time.time())
    wall = await open_embed(key, iat=now, exp=now + 60)
    await wall.next("snapshot")
    await wall.send_json_to({"type": "auth", "token": token_of(key, now=now, tiles=["level"])})
    assert [tile["id"] for tile in (await wall.next("snapshot"))["wallboard"]["tiles"]] == ["level"]
    await wall.leave()


async def test_a_malformed_first_frame_is_refused(floor: Floor, bridge: FakeBridge) -> None:
    wall = await Wall(PATH).open()
    await wall.send_to("{}")
    assert (await wall.closed())[0] == 4400
