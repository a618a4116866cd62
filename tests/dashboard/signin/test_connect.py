"""“Connect with Genesys”: a superuser signs in once, and the connection keeps the refresh token."""

import json
import logging
import threading
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from auditlog.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.test import Client, RequestFactory

from dashboard.models import GenesysAccount
from dashboard.signin.connect import OFFERED, offer
from dashboard.signin.service import service_of
from statsbridge.auth import Token
from statsbridge.encryption import decrypt, encrypt
from statsbridge.errors import Unauthorized
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


def come_back(client: Client, centre: Centre, name: str = "bridge") -> Any:
    return client.get(path_of(centre.answer(lead_out(client), name)))


def settle() -> None:
    for thread in threading.enumerate():
        if thread.name == "genesys-sign-out":
            thread.join(20)


def offered(client: Client) -> dict[str, Any]:
    return dict(json.loads(decrypt(client.session[OFFERED])))


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
        page = come_back(client, centre).content.decode()
        assert "bridge@sample.example" in page
        assert Connection.objects.get().grant == "password"
        held = offered(client)
        assert not [one for one in (held["refresh"], held["access"]) if one in page + str(dict(client.session))]
        response = client.post(address(), {"answer": "take"})
    connection = Connection.objects.get()
    change = f"/admin/statsbridge/connection/{connection.pk}/change/"
    assert (response.status_code, response["Location"]) == (302, change)
    assert (connection.grant, connection.secret_sources) == ("refresh_token", {})
    page = client.get(change).content.decode()
    assert "Connected as bridge@sample.example." in page
    entry = LogEntry.objects.order_by("-pk")[0]
    assert entry.actor == connected.users["root"]
    for shown in (page, caplog.text, str(entry.changes), str(entry.additional_data)):
        assert connection.refresh_token not in shown
    # Whoever signed in for the connection did not sign in here.
    assert client.session["_auth_user_id"] == str(connected.users["root"].pk)
    assert not GenesysAccount.objects.exists()


def test_the_token_is_good_for_the_bridge(connected: Floor, centre: Centre) -> None:
    client = client_of(connected, "root")
    come_back(client, centre)
    client.post(address(), {"answer": "take"})
    connection = Connection.objects.get()
    token: Token = service_of(connection).refresh(connection.refresh_token)
    assert service_of(connection).claims(token.access)["user_name"] == "bridge@sample.example"


def test_whoever_finds_somebody_else_there_changes_nothing(connected: Floor, centre: Centre) -> None:
    client = client_of(connected, "root")
    assert "supervisor@sample.example" in come_back(client, centre, "supervisor").content.decode()
    access = offered(client)["access"]
    response = client.post(address(), {"answer": "leave"}, follow=True)
    assert "Nothing was changed." in response.content.decode()
    assert Connection.objects.get().grant == "password"
    settle()
    with pytest.raises(Unauthorized):
        service_of(Connection.objects.get()).claims(access)
    # What was put away cannot be taken later.
    client.post(address(), {"answer": "take"})
    assert Connection.objects.get().grant == "password"


def test_an_offer_is_one_persons_for_one_connection_and_not_for_long(connected: Floor, centre: Centre) -> None:
    client = client_of(connected, "root")
    for change in ({"user": 0}, {"connection": 0}, {"ends": 0}):
        come_back(client, centre)
        session = client.session
        session[OFFERED] = encrypt(json.dumps(offered(client) | change))
        session.save()
        response = client.post(address(), {"answer": "take"}, follow=True)
        assert "took too long" in response.content.decode()
        assert Connection.objects.get().grant == "password"


def test_an_answer_without_a_refresh_token_changes_nothing(connected: Floor, centre: Centre) -> None:
    request: Any = RequestFactory().get("/")
    request.user, request.session = connected.users["root"], {}
    request._messages = FallbackStorage(request)
    connection = Connection.objects.get()
    response = offer(request, connection, Token("access", "", 0, 60), service_of(connection))
    settle()
    assert response.status_code == 302
    assert "no refresh token" in str([str(one) for one in get_messages(request)])
    assert request.session == {}


def test_only_superusers_connect_and_only_those_who_began(connected: Floor, centre: Centre) -> None:
    assert client_of(connected, "maya").post(address()).status_code == 403
    client = client_of(connected, "root")
    back = path_of(centre.answer(lead_out(client), "bridge"))
    other = get_user_model().objects.create_superuser("other", password="sample-password-1")
    # The same browser, and another superuser since.
    client.force_login(other, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(back).status_code == 403
    assert OFFERED not in client.session
    type(other).objects.update(is_superuser=False)
    client.force_login(connected.users["root"], backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(address(), {"answer": "take"}).status_code == 403
    assert Connection.objects.get().grant == "password"


def test_a_code_is_not_exchanged_for_somebody_who_is_no_superuser_any_more(connected: Floor, centre: Centre) -> None:
    client = client_of(connected, "root")
    state = dict(parse_qsl(urlsplit(lead_out(client)).query))["state"]
    connected.users["root"].is_superuser = False
    connected.users["root"].save()
    Connection.objects.update(api_url="http://127.0.0.1:1")
    assert client.get("/accounts/genesys/callback/", {"state": state, "code": "c"}).status_code == 403


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
