"""“Connect with Genesys”: a superuser signs in once, and the connection keeps the refresh token."""

import logging
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.test import Client, RequestFactory

from dashboard.models import GenesysAccount
from dashboard.signin.connect import store_refresh_token
from dashboard.signin.pending import Pending
from dashboard.signin.service import service_of
from statsbridge.auth import Token
from statsbridge.models import Connection
from tests.dashboard.floor import Floor
from tests.dashboard.signin.centre import Centre, path_of


def client_of(floor: Floor, name: str) -> Client:
    client = Client()
    client.force_login(floor.users[name], backend="django.contrib.auth.backends.ModelBackend")
    return client


def address() -> str:
    return f"/accounts/genesys/connect/{Connection.objects.get().pk}/"


def lead_out(client: Client) -> str:
    response = client.post(address())
    assert response.status_code == 200
    assert 'http-equiv="refresh"' in response.content.decode()
    return str(response.context["go_to"])


def test_the_page_says_what_happens_and_which_address_is_registered(connected: Floor) -> None:
    page = client_of(connected, "root").get(address()).content.decode()
    assert "http://testserver/accounts/genesys/callback/" in page
    assert "is replaced" in page


def test_the_connection_gets_the_refresh_token_and_nobody_sees_it(
    connected: Floor, centre: Centre, caplog: pytest.LogCaptureFixture
) -> None:
    Connection.objects.update(secret_sources={"refresh_token": {"variable": "X", "digest": "y"}})
    client = client_of(connected, "root")
    with caplog.at_level(logging.DEBUG, "dashboard"):
        response = client.get(path_of(centre.answer(lead_out(client), "bridge")))
    connection = Connection.objects.get()
    change = f"/admin/statsbridge/connection/{connection.pk}/change/"
    assert (response.status_code, response["Location"]) == (302, change)
    assert (connection.grant, connection.secret_sources) == ("refresh_token", {})
    page = client.get(change).content.decode()
    assert "Connected." in page
    entry = LogEntry.objects.order_by("-pk")[0]
    assert entry.actor == connected.users["root"]
    for shown in (page, caplog.text, str(entry.changes), str(entry.additional_data)):
        assert connection.refresh_token not in shown
    # Whoever signed in for the connection did not sign in here.
    assert client.session["_auth_user_id"] == str(connected.users["root"].pk)
    assert not GenesysAccount.objects.exists()


def test_the_token_is_good_for_the_bridge(connected: Floor, centre: Centre) -> None:
    client = client_of(connected, "root")
    client.get(path_of(centre.answer(lead_out(client), "bridge")))
    connection = Connection.objects.get()
    token: Token = service_of(connection).refresh(connection.refresh_token)
    assert service_of(connection).claims(token.access)["user_name"] == "bridge@sample.example"


def test_an_answer_without_a_refresh_token_changes_nothing(connected: Floor, centre: Centre) -> None:
    request: Any = RequestFactory().get("/")
    request.user, request.session = connected.users["root"], {}
    request._messages = FallbackStorage(request)
    begun = Pending("v", "http://testserver/", connection=1, user=request.user.pk)
    connection = Connection.objects.get()
    response = store_refresh_token(request, begun, connection, Token("access", "", 0, 60))
    assert response.status_code == 302
    assert "no refresh token" in str([str(one) for one in get_messages(request)])
    assert Connection.objects.get().grant == "password"


def test_only_superusers_connect_and_only_those_who_began(connected: Floor, centre: Centre) -> None:
    assert client_of(connected, "maya").post(address()).status_code == 403
    client = client_of(connected, "root")
    back = centre.answer(lead_out(client), "bridge")
    connected.users["root"].is_superuser = False
    connected.users["root"].save()
    assert client.get(path_of(back)).status_code == 403
    assert Connection.objects.get().grant == "password"


def test_a_foreign_page_cannot_begin_it(connected: Floor) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(connected.users["root"], backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(address()).status_code == 403


def test_a_cancelled_connect_leads_back_to_the_connection(connected: Floor, centre: Centre) -> None:
    client = client_of(connected, "root")
    response = client.get(path_of(centre.answer(lead_out(client), "bridge", do="cancel")))
    assert response.status_code == 403
    page = response.content.decode()
    assert "Not connected" in page
    assert f"/admin/statsbridge/connection/{Connection.objects.get().pk}/change/" in page
