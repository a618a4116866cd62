"""The use of tokens is counted by key, and nothing of a token is kept."""

import time

import jwt
import pytest
from channels.db import database_sync_to_async

from dashboard.embed import create_key
from dashboard.guard.models import AccessRecord
from dashboard.guard.tally import DIFFERENT_MOST, Tally, key_named_in, tally
from tests.dashboard.floor import FakeBridge, Floor, Wall


def token_of(key: str, secret: str, **claims: object) -> str:
    now = int(time.time())
    return jwt.encode(
        {"wallboard": "sales", "iat": now, "exp": now + 600, **claims}, secret, algorithm="HS256", headers={"kid": key}
    )


def found() -> list[tuple[str, str, str, int, int | None]]:
    rows = AccessRecord.objects.filter(kind__startswith="token").order_by("pk")
    return list(rows.values_list("kind", "key", "detail", "count", "team"))


async def show(token: str) -> None:
    wall = await Wall("/ws/embed/sales/", origin=None).open()
    await wall.send_json_to({"type": "auth", "token": token})
    frame = await wall.next("snapshot", "error")
    if frame["type"] == "error":
        await wall.closed()
    await wall.leave()


async def test_admissions_and_refusals_are_one_row_each_however_many(
    floor: Floor, bridge: FakeBridge, caplog: pytest.LogCaptureFixture
) -> None:
    key, secret = await database_sync_to_async(create_key)(floor.sales)
    good, forged = token_of(key, secret), token_of(key, "x" * 43)
    unknown = token_of("0123456789abcdef", secret)
    caplog.set_level("DEBUG")
    for token in (good, good, good, forged, forged, unknown, "sample-nonsense"):
        await show(token)
    await tally().write()
    assert await database_sync_to_async(found)() == [
        ("token_admitted", key, "sales", 3, floor.sales.pk),
        ("token_refused", key, "token_invalid", 2, floor.sales.pk),
        ("token_refused", "", "key_unknown", 1, None),
        ("token_refused", "", "token_invalid", 1, None),
    ]
    told = caplog.text + str(await database_sync_to_async(list)(AccessRecord.objects.values()))
    for token in (good, forged, unknown, "sample-nonsense"):
        assert token not in told
        assert token.rsplit(".", 1)[-1] not in told
    assert secret not in told


@pytest.mark.django_db(transaction=True)
async def test_a_flood_of_invented_keys_is_counted_in_bounded_memory() -> None:
    counts = Tally()
    for number in range(DIFFERENT_MOST + 500):
        counts.refused(token_of(f"{number:016x}", "x" * 43), "key_unknown", "sales")
    await counts.write()
    assert [(kind, key) for kind, key, *_ in await database_sync_to_async(found)()] == [("token_refused", "")] * 2


@pytest.mark.parametrize(
    ("token", "key"),
    [
        (token_of("b1f2", "x" * 43), "b1f2"),
        (token_of("b1f2" * 100, "x" * 43), ""),
        (token_of("<script>", "x" * 43), ""),
        ("a.b.c", ""),
        ("", ""),
    ],
)
def test_only_what_may_be_the_id_of_a_key_is_taken_for_one(token: str, key: str) -> None:
    assert key_named_in(token) == key
