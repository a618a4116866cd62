"""A session that was opened with Genesys holds as long as Genesys says so, on pages and on open sockets."""

import asyncio
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from dashboard.models import AccessRecord, GenesysSession, Membership, TeamRule
from dashboard.signin import sessions
from dashboard.signin.sessions import CHECK_MS, DAY_MS, RETRY_MS, State, check, due, now_ms
from statsbridge.models import Connection
from tests.dashboard.floor import FakeBridge, Floor, Wall
from tests.dashboard.signin.centre import Centre, running
from tests.dashboard.signin.test_views import come_back, user_of

SUPERVISOR = "supervisor"


@pytest.fixture
def client(connected: Floor, centre: Centre) -> Client:
    """A supervisor, signed in."""
    client = Client()
    assert come_back(client, centre, SUPERVISOR).status_code == 302
    return client


def make_due(*, token_over: bool = False) -> int:
    """As if the time until the next question were over; the row's id."""
    GenesysSession.objects.update(check_at=0, **({"expires_at": now_ms() - 1} if token_over else {}))
    return int(GenesysSession.objects.get().pk)


def test_a_check_that_is_good_puts_the_next_one_off(client: Client) -> None:
    pk = make_due()
    before = now_ms()
    assert check(pk) is State.KEPT
    row = GenesysSession.objects.get()
    assert before + 0.8 * CHECK_MS <= row.check_at <= now_ms() + CHECK_MS
    assert due([row.session]) == []
    assert check(pk) is State.LEFT


def test_a_token_that_ends_is_renewed_and_looked_at_again_before_it_ends(client: Client) -> None:
    pk = make_due(token_over=True)
    before = GenesysSession.objects.get()
    assert check(pk) is State.KEPT
    after = GenesysSession.objects.get()
    assert after.access_token != before.access_token
    assert after.expires_at > now_ms() + 43_000_000
    assert check(pk, now=after.expires_at + 1) is State.KEPT


@pytest.mark.parametrize("token_over", [False, True])
def test_whoever_is_removed_there_is_out_here_with_the_next_request(
    client: Client, centre: Centre, token_over: bool
) -> None:
    assert client.get("/").status_code == 200
    centre.order("remove_user", username=SUPERVISOR)
    make_due(token_over=token_over)
    response = client.get("/wallboards/sales/")
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/wallboards/sales/")
    assert not GenesysSession.objects.exists()
    assert not Session.objects.filter(pk=client.cookies["sessionid"].value or "-").exists()


def test_a_revoked_refresh_token_ends_the_session_when_the_token_is_over(client: Client, centre: Centre) -> None:
    centre.order("revoke_refresh")
    assert check(make_due()) is State.KEPT
    assert check(make_due(token_over=True)) is State.ENDED


def test_without_a_refresh_token_a_session_lasts_as_long_as_its_token(client: Client) -> None:
    row = GenesysSession.objects.get()
    row.refresh_token = ""
    row.save()
    assert check(make_due()) is State.KEPT
    assert check(make_due(token_over=True)) is State.ENDED


def test_changed_rules_count_at_the_next_check(client: Client, connected: Floor) -> None:
    user = user_of(client)
    TeamRule.objects.filter(team=connected.sales).update(role=Membership.Role.MANAGER)
    TeamRule.objects.filter(team=connected.service).delete()
    assert check(make_due()) is State.KEPT
    assert dict(user.memberships.values_list("team__name", "role")) == {"sales": "manager"}
    TeamRule.objects.all().delete()
    assert check(make_due()) is State.ENDED
    assert not user.memberships.exists()


def test_an_account_that_is_switched_off_here_is_not_kept(client: Client) -> None:
    user = user_of(client)
    user.is_active = False
    user.save()
    assert check(make_due()) is State.ENDED


def test_while_genesys_is_away_a_session_goes_on_for_the_grace_and_no_longer(
    client: Client, centre: Centre, settings: Settings
) -> None:
    settings.GENESYS_SIGN_IN_GRACE_HOURS = 1
    centre.order("error", status=503, count=100)
    pk = make_due()
    start = now_ms()
    assert check(pk, now=start) is State.UNANSWERED
    assert client.get("/").status_code == 200
    assert check(pk, now=start + RETRY_MS - 1) is State.LEFT
    assert check(pk, now=start + RETRY_MS) is State.UNANSWERED
    centre.order("reset")
    assert check(pk, now=start + 2 * RETRY_MS) is State.KEPT
    assert GenesysSession.objects.get().unanswered_since is None
    centre.order("error", status=503, count=100)
    later = start + 10 * CHECK_MS
    assert check(pk, now=later) is State.UNANSWERED
    assert check(pk, now=later + 3_600_000) is State.ENDED


@pytest.mark.parametrize("field", ["api_key", "client_secret"])
def test_a_wrong_setting_here_is_no_answer_about_the_person(client: Client, field: str) -> None:
    connection = Connection.objects.get()
    setattr(connection, field, "wrong")
    connection.save()
    assert check(make_due(token_over=True)) is State.UNANSWERED


def test_sign_in_that_is_switched_off_ends_its_sessions(client: Client, settings: Settings) -> None:
    settings.GENESYS_SIGN_IN = ""
    assert check(make_due()) is State.ENDED


def test_a_session_whose_tokens_are_gone_is_nobodys(client: Client) -> None:
    GenesysSession.objects.all().delete()
    assert client.get("/").status_code == 302


def test_one_process_asks(client: Client) -> None:
    pk = make_due()
    asked: list[Any] = []

    def meanwhile(connection: Connection) -> Any:
        asked.append(check(pk))
        return sessions.service_of(connection)

    assert check(pk, meanwhile) is State.KEPT
    assert asked == [State.LEFT]


def test_sessions_with_a_password_are_never_asked_about(connected: Floor, centre: Centre) -> None:
    client = Client()
    client.force_login(connected.users["ben"], backend="django.contrib.auth.backends.ModelBackend")
    centre.order("error", status=503, count=100)
    assert client.get("/").status_code == 200
    assert due([client.session.session_key or ""]) == []


def test_an_end_is_in_the_record_of_sign_ins(client: Client, centre: Centre) -> None:
    user = user_of(client)
    centre.order("remove_user", username=SUPERVISOR)
    assert check(make_due()) is State.ENDED
    record = AccessRecord.objects.get(kind=AccessRecord.Kind.SIGNED_OUT)
    assert record.user == user
    assert record.detail.startswith("Genesys: ")


def test_tokens_of_browsers_that_never_came_back_are_forgotten(
    client: Client, connected: Floor, centre: Centre
) -> None:
    gone, open_wall = Client(), Client()
    for one in (gone, open_wall):
        come_back(one, centre, SUPERVISOR)
    keys = [one.session.session_key for one in (gone, open_wall)]
    Session.objects.filter(pk__in=keys).update(expire_date=timezone.now() - timedelta(days=1))
    # A wall that is still shown is asked about.
    GenesysSession.objects.filter(session=keys[0]).update(check_at=now_ms() - 2 * DAY_MS)
    come_back(Client(), centre, SUPERVISOR)
    assert not GenesysSession.objects.filter(session=keys[0]).exists()
    assert not Session.objects.filter(pk=keys[0]).exists()
    assert GenesysSession.objects.filter(session=keys[1]).exists()
    assert client.get("/").status_code == 200


# -- walls that are open for days -----------------------------------------------------------------------------------


@pytest.fixture
def short() -> Iterator[Centre]:
    """A service whose tokens live for a few seconds, and whose refresh tokens serve once."""
    with running(token_life=4, rotate=True) as centre:
        yield centre


async def test_an_open_socket_of_somebody_removed_is_closed_within_the_tokens_life(
    connected: Floor, short: Centre, bridge: FakeBridge
) -> None:
    client = Client()

    def sign_in() -> str:
        connection = Connection.objects.get()
        connection.api_url = short.url
        connection.save()
        assert come_back(client, short, SUPERVISOR).status_code == 302
        return f"{django_settings.SESSION_COOKIE_NAME}={client.session.session_key}"

    cookie = await database_sync_to_async(sign_in)()
    wall = await Wall("/ws/wallboards/sales/", cookie=cookie).open()
    await wall.next("snapshot")
    first = await database_sync_to_async(GenesysSession.objects.get)()

    async def renewed() -> bool:
        return (await database_sync_to_async(GenesysSession.objects.get)()).access_token != first.access_token

    async with asyncio.timeout(30):
        while not await renewed():
            await wall.next("heartbeat", timeout=20)
            await wall.send_json_to({"type": "ack", "seq": 0})
    await asyncio.to_thread(short.order, "remove_user", username=SUPERVISOR)
    removed = time.monotonic()
    code, error = await wall.closed(timeout=30)
    assert (code, error["code"]) == (4401, "unauthenticated")
    # The life of the token, and 5 s to close.
    assert time.monotonic() - removed < 4 + 5
