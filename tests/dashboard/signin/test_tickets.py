"""Frames in portals whose people sign in, in a window of its own: what it hands over, and what that opens."""

import json
import re
import time
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import Settings

from dashboard.models import AccessRecord, Membership, Wallboard
from dashboard.signin.tickets import PREFIX, SECONDS, admit
from statsbridge.encryption import encrypt
from tests.dashboard.floor import FakeBridge, Floor, Wall
from tests.dashboard.signin.centre import Centre
from tests.dashboard.signin.test_views import come_back

WINDOW = "/embed/sales/sign-in/"
OPENER = "Cross-Origin-Opener-Policy"


def signed_in(floor: Floor, name: str) -> Client:
    client = Client()
    client.force_login(floor.users[name], backend="django.contrib.auth.backends.ModelBackend")
    return client


def ticket_of(client: Client) -> str:
    page = client.get(WINDOW).content.decode()
    found = re.search(r'<script id="ticket" type="application/json">(.+?)</script>', page)
    assert found, page
    return str(json.loads(found[1]))


def recorded() -> set[tuple[str, str, str]]:
    found = AccessRecord.objects.filter(kind=AccessRecord.Kind.TOKEN_ADMITTED)
    return set(found.values_list("user__username", "detail", "address"))


async def opened(ticket: str, path: str = "/ws/embed/sales/") -> Wall:
    wall = await Wall(path, origin="https://portal.example.com").open()
    await wall.send_json_to({"type": "auth", "token": ticket})
    return wall


async def test_a_ticket_opens_the_board_without_a_cookie_and_no_other(connected: Floor, bridge: FakeBridge) -> None:
    client = await database_sync_to_async(signed_in)(connected, "ben")
    ticket = await database_sync_to_async(ticket_of)(client)
    await database_sync_to_async(Wallboard.objects.create)(slug="other", title="Other", team=connected.sales)
    wall = await opened(ticket)
    assert (await wall.next("snapshot"))["wallboard"]["slug"] == "sales"
    await wall.leave()
    records = await database_sync_to_async(recorded)()
    assert records == {("ben", "ticket issued: sales", "127.0.0.1"), ("ben", "ticket used: sales", "")}
    other = await opened(ticket, "/ws/embed/other/")
    assert (await other.closed())[0] == 4403


@pytest.mark.parametrize("what", ["signed out", "switched off", "no member", "another password"])
async def test_it_ends_with_what_it_stands_for(connected: Floor, bridge: FakeBridge, what: str) -> None:
    client = await database_sync_to_async(signed_in)(connected, "ben")
    ticket = await database_sync_to_async(ticket_of)(client)
    wall = await opened(ticket)
    await wall.next("snapshot")

    def end() -> None:
        ben = connected.users["ben"]
        if what == "signed out":
            client.post("/accounts/logout/")
        elif what == "no member":
            Membership.objects.filter(user=ben).delete()
        elif what == "switched off":
            type(ben).objects.filter(pk=ben.pk).update(is_active=False)
        else:
            ben.set_password("another-password-1")
            ben.save()

    await database_sync_to_async(end)()
    expected = 4403 if what == "no member" else 4401
    assert (await wall.closed(timeout=10))[0] == expected
    again = await opened(ticket)
    # Refused before anything was shown, not only closed soon after.
    frame = await again.receive_json_from(5)
    assert frame["type"] == "error"
    assert (await again.closed())[0] == expected


@pytest.mark.parametrize("ticket", [PREFIX, PREFIX + "x", PREFIX + "gAAAAA", "viewer", PREFIX + "é"])
async def test_what_is_no_ticket_is_refused(connected: Floor, bridge: FakeBridge, ticket: str) -> None:
    assert (await (await opened(ticket)).closed())[0] == 4401


async def test_a_secret_of_another_kind_is_no_ticket(connected: Floor, bridge: FakeBridge) -> None:
    for text in ("a secret", "[]", json.dumps({"for": "else"})):
        assert (await (await opened(PREFIX + encrypt(text))).closed())[0] == 4401


def test_it_lasts_a_shift_and_hides_whose_session_it_is(connected: Floor) -> None:
    client = signed_in(connected, "ben")
    ticket = ticket_of(client)
    key = Session.objects.get().pk
    assert key not in ticket
    now = time.time()
    admission = admit(ticket, "sales", now)
    assert 0 < admission.seconds <= SECONDS
    assert key not in repr(admission)
    with pytest.raises(Exception, match="Sign in again"):
        admit(ticket, "sales", now + SECONDS + 1)


def test_the_window_signs_in_first_and_asks_for_access(connected: Floor) -> None:
    response = Client().get(WINDOW)
    assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={WINDOW}")
    assert signed_in(connected, "omar").get(WINDOW).status_code == 403
    assert signed_in(connected, "ben").get("/embed/nowhere/sign-in/").status_code == 404


def test_the_way_through_the_sign_in_keeps_the_frame_that_waits(
    connected: Floor, centre: Centre, settings: Settings
) -> None:
    settings.SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
    client = Client()
    pages: list[Any] = [client.get(WINDOW), client.get("/accounts/login/", {"next": WINDOW})]
    pages.append(client.get("/accounts/genesys/", {"next": WINDOW}))
    pages.append(come_back(client, centre, "supervisor", WINDOW))
    pages.append(client.get(WINDOW))
    assert [page[OPENER] for page in pages] == ["unsafe-none"] * 5
    others = [client.get("/accounts/login/"), client.get("/accounts/login/", {"next": "/embed/sales/"})]
    others += [come_back(Client(), centre, "supervisor", "/help/"), client.get("/")]
    assert [page[OPENER] for page in others] == ["same-origin"] * 4


def test_the_frame_offers_the_window_only_where_there_is_that_sign_in(connected: Floor, settings: Settings) -> None:
    page = Client().get("/embed/sales/")
    assert '"window": "/embed/sales/sign\\u002Din/"' in page.content.decode()
    assert not page.cookies
    settings.GENESYS_SIGN_IN = ""
    assert '"window": ""' in Client().get("/embed/sales/").content.decode()


def test_the_window_cannot_be_framed(connected: Floor) -> None:
    response = signed_in(connected, "ben").get(WINDOW)
    assert response["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert "no-store" in response["Cache-Control"]
