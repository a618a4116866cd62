"""What is left of a person when a session with Genesys is over: what was given by hand, and nothing a rule gave."""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from channels.db import database_sync_to_async
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import Settings

from dashboard.guard.models import AccessRecord
from dashboard.models import GenesysAccount, GenesysSession, Membership, Wallboard
from dashboard.signin.middleware import ASK_AT_ONCE, asking
from dashboard.signin.people import SWITCHED_OFF, NotAdmitted, admit, follow
from dashboard.signin.service import service_of
from dashboard.signin.sessions import RETRY_MS, State, check, now_ms
from statsbridge.configuration import settings_of
from statsbridge.models import Connection
from statsbridge.signin import SignInService
from tests.dashboard.floor import FakeBridge, Floor, Wall
from tests.dashboard.signin.centre import Centre
from tests.dashboard.signin.test_people import person
from tests.dashboard.signin.test_sessions import SUPERVISOR, make_due
from tests.dashboard.signin.test_views import come_back, user_of

OWN = "sample-password-1"


@pytest.fixture
def client(connected: Floor, centre: Centre, settings: Settings) -> Client:
    """A supervisor, signed in, and a superuser by their authority."""
    settings.GENESYS_SIGN_IN_SUPERUSERS = ["ROLE_SUPERVISOR"]
    client = Client()
    assert come_back(client, centre, SUPERVISOR).status_code == 302
    assert user_of(client).is_superuser
    return client


def says(answer: Callable[[httpx.Request], httpx.Response]) -> Callable[[Connection], SignInService]:
    """A service that answers so."""
    return lambda connection: SignInService(settings_of(connection), transport=httpx.MockTransport(answer))


def what_rules_gave(user: Any) -> tuple[bool, list[str]]:
    user = get_user_model().objects.get(pk=user.pk)
    return user.is_superuser, sorted(user.memberships.values_list("team__name", flat=True))


@pytest.mark.parametrize("how", ["removed", "signed out"])
def test_with_the_last_session_goes_what_rules_gave(client: Client, centre: Centre, how: str) -> None:
    user = user_of(client)
    if how == "removed":
        centre.order("remove_user", username=SUPERVISOR)
        assert check(make_due()) is State.ENDED
    else:
        client.post("/accounts/logout/")
    assert what_rules_gave(user) == (False, [])


def test_while_another_session_is_open_it_stays(client: Client, centre: Centre, connected: Floor) -> None:
    user, other = user_of(client), Client()
    come_back(other, centre, SUPERVISOR)
    other.post("/accounts/logout/")
    assert what_rules_gave(user) == (True, ["sales", "service"])
    Membership.objects.filter(team=connected.service).update(by_rule=False)
    client.post("/accounts/logout/")
    assert what_rules_gave(user) == (False, ["service"])


def test_signing_in_once_more_in_the_same_browser_keeps_it(client: Client, centre: Centre) -> None:
    before, user = client.session.session_key, user_of(client)
    come_back(client, centre, SUPERVISOR)
    assert what_rules_gave(user) == (True, ["sales", "service"])
    assert not Session.objects.filter(pk=before).exists()
    assert GenesysSession.objects.count() == 1


def test_whoever_signs_out_while_genesys_is_asked_gets_nothing_back(client: Client) -> None:
    user, pk = user_of(client), make_due()

    def meanwhile(connection: Connection) -> SignInService:
        client.post("/accounts/logout/")
        return service_of(connection)

    assert check(pk, meanwhile) is State.ENDED
    assert what_rules_gave(user) == (False, [])
    assert not Session.objects.filter(pk=client.session.session_key or "-").exists()


def test_whoever_signs_out_before_an_answer_that_is_none_is_out(client: Client) -> None:
    pk = make_due()

    def answer(request: httpx.Request) -> httpx.Response:
        GenesysSession.objects.all().delete()
        return httpx.Response(503)

    assert check(pk, says(answer)) is State.ENDED


def test_an_account_that_is_deleted_meanwhile_is_out(client: Client) -> None:
    pk = make_due()

    def meanwhile(connection: Connection) -> SignInService:
        GenesysAccount.objects.all().delete()
        return service_of(connection)

    assert check(pk, meanwhile) is State.ENDED


def test_what_the_service_says_is_in_no_record_and_a_token_not_in_the_log(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    row = GenesysSession.objects.get()

    def answer(request: httpx.Request) -> httpx.Response:
        said = f"words of the service: {row.refresh_token} {row.access_token} sim-client-secret sim-api-key"
        return httpx.Response(400, json={"error": "invalid_grant", "error_description": said})

    with caplog.at_level(logging.DEBUG):
        assert check(make_due(token_over=True), says(answer)) is State.ENDED
    record = AccessRecord.objects.get(kind=AccessRecord.Kind.SIGNED_OUT)
    assert record.detail == "Genesys: Genesys does not renew it"
    assert "words of the service" in caplog.text
    for secret in (row.refresh_token, "sim-client-secret", "sim-api-key"):
        assert secret not in caplog.text


@pytest.mark.parametrize("body", [{"status": {"code": 603}}, {"error": "access_denied"}])
def test_a_403_about_the_person_is_settled_by_the_refresh_token(client: Client, body: dict[str, Any]) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/token"):
            return httpx.Response(401, json={"error": "invalid_grant"})
        return httpx.Response(403, json=body)

    assert check(make_due(), says(answer)) is State.ENDED


def test_whoever_comes_back_after_weeks_has_no_grace_left(client: Client) -> None:
    def away(request: httpx.Request) -> httpx.Response:
        return httpx.Response(503)

    ends = GenesysSession.objects.get().expires_at
    grace = round(django_settings.GENESYS_SIGN_IN_GRACE_HOURS * 3_600_000)
    pk = make_due()
    assert check(pk, says(away), now=ends + grace - 1) is State.UNANSWERED
    assert check(pk, says(away), now=ends + grace + RETRY_MS) is State.ENDED
    assert not Session.objects.exists()


def test_a_token_that_holds_leaves_the_whole_grace(client: Client) -> None:
    start = now_ms()
    assert check(make_due(), says(lambda request: httpx.Response(503)), now=start) is State.UNANSWERED
    assert GenesysSession.objects.get().unanswered_since == start


# -- a service that hangs -------------------------------------------------------------------------------------------


def test_a_service_that_is_away_is_asked_once_a_minute_by_a_process(
    client: Client, centre: Centre, settings: Settings
) -> None:
    come_back(Client(), centre, SUPERVISOR)
    # The end of the grace counts while nobody is asked, too.
    come_back(Client(), centre, SUPERVISOR)
    Connection.objects.update(api_url="https://away.example.com")
    first, second, third = GenesysSession.objects.order_by("pk")
    asked: list[str] = []

    def away(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        raise httpx.ConnectError("no route", request=request)

    GenesysSession.objects.update(check_at=0)
    GenesysSession.objects.filter(pk=third.pk).update(unanswered_since=1)
    now = now_ms()
    assert check(first.pk, says(away), now=now) is State.UNANSWERED
    assert check(second.pk, says(away), now=now + 1) is State.UNANSWERED
    assert check(third.pk, says(away), now=now + 2) is State.ENDED
    assert len(asked) == 1
    assert check(second.pk, says(away), now=now + 1 + RETRY_MS) is State.UNANSWERED
    assert len(asked) == 2


def test_a_few_requests_wait_for_genesys_and_the_others_go_on(client: Client, centre: Centre) -> None:
    centre.order("remove_user", username=SUPERVISOR)
    make_due()
    with ExitStack() as waiting:
        for _ in range(ASK_AT_ONCE):
            waiting.enter_context(asking)
        assert client.get("/").status_code == 200
    assert client.get("/").status_code == 302


# -- accounts whose connection goes ---------------------------------------------------------------------------------


async def test_with_a_connection_go_the_sessions_that_it_opened(
    connected: Floor, centre: Centre, bridge: FakeBridge
) -> None:
    client = Client()

    def sign_in() -> str:
        assert come_back(client, centre, SUPERVISOR).status_code == 302
        return f"{django_settings.SESSION_COOKIE_NAME}={client.session.session_key}"

    cookie = await database_sync_to_async(sign_in)()
    wall = await Wall("/ws/wallboards/sales/", cookie=cookie).open()
    await wall.next("snapshot")
    user = await database_sync_to_async(user_of)(client)
    await database_sync_to_async(GenesysAccount.objects.all().delete)()
    assert (await wall.closed(timeout=10))[0] == 4401
    assert (await (await Wall("/ws/wallboards/sales/", cookie=cookie).open()).closed())[0] == 4401
    assert await database_sync_to_async(what_rules_gave)(user) == (False, [])
    assert await database_sync_to_async(Wallboard.objects.count)()


def test_an_account_that_was_another_connections_waits_for_nobody(connected: Floor) -> None:
    connection = Connection.objects.get()
    user = admit(connection, person()).user
    GenesysAccount.objects.all().delete()
    with pytest.raises(NotAdmitted) as caught:
        admit(connection, person())
    assert caught.value.words == SWITCHED_OFF
    # An administrator who switches it on again has decided.
    get_user_model().objects.filter(pk=user.pk).update(is_active=True)
    assert admit(connection, person()).user == user


def test_an_account_with_a_password_of_its_own_stays(connected: Floor) -> None:
    user = admit(Connection.objects.get(), person()).user
    user.set_password(OWN)
    user.save()
    GenesysAccount.objects.all().delete()
    user.refresh_from_db()
    assert (user.is_active, what_rules_gave(user)) == (True, (False, []))


# -- superusers by their authority ----------------------------------------------------------------------------------


def test_a_superuser_who_was_unmade_and_made_again_by_hand_stays_one(connected: Floor, settings: Settings) -> None:
    settings.GENESYS_SIGN_IN_SUPERUSERS = ["ROLE_SUPERVISOR"]
    account = admit(Connection.objects.get(), person())
    users = get_user_model().objects.filter(pk=account.user.pk)
    settings.GENESYS_SIGN_IN_SUPERUSERS = []
    users.update(is_superuser=False)
    assert not follow(GenesysAccount.objects.get(), person(authorities=[]))
    users.update(is_superuser=True)
    assert follow(GenesysAccount.objects.get(), person(authorities=[]))
    assert users.get().is_superuser
