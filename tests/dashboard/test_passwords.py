"""Resetting a password tells nobody who has an account."""

import logging
import socket
import threading
from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client
from pytest_django import Settings

from dashboard.mail import mail_settings

pytestmark = pytest.mark.django_db
PAGE = "/accounts/password_reset/"


@pytest.fixture(autouse=True)
def _person(settings: Settings) -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    get_user_model().objects.create_user("maria", "maria@example.com", "a-sample-word")


def sent() -> None:
    """Wait until mail that is under way is sent, or was given up."""
    for thread in threading.enumerate():
        if thread.name == "password-reset":
            thread.join(20)


def ask(client: Client, address: str) -> tuple[int, str, bytes]:
    response = client.post(PAGE, {"email": address})
    done = client.get(response["Location"])
    return response.status_code, response["Location"], done.content


@pytest.fixture
def dead_server(settings: Settings) -> Iterator[None]:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", unused.getsockname()[1]
        yield


def test_a_mail_server_that_fails_gives_the_same_page_and_tells_no_name(
    client: Client, dead_server: None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        known = ask(client, "maria@example.com")
        sent()
    unknown = ask(client, "nobody@example.com")
    assert known == unknown
    assert known[0] == 302
    (record,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert "ConnectionRefusedError" in record.getMessage()
    assert "EMAIL_URL" in record.getMessage()
    assert record.exc_info is None
    for told in ("maria", str(get_user_model().objects.get().pk) + ":", "example.com"):
        assert told not in record.getMessage()


def test_a_mail_server_that_hangs_does_not_hold_up_the_answer(client: Client, settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        settings.EMAIL_TIMEOUT = 60
        assert ask(client, "maria@example.com")[0] == 302
        assert any(thread.name == "password-reset" for thread in threading.enumerate()), "still being sent"
        # The end of the connection ends the wait.
        silent.accept()[0].close()
        sent()


def test_the_link_leads_to_the_address_that_people_use(client: Client, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://wall.example.com"
    ask(client, "maria@example.com")
    sent()
    (message,) = mail.outbox
    assert message.to == ["maria@example.com"]
    assert "https://wall.example.com/accounts/reset/" in message.body
    assert "\n" not in message.subject


def test_without_a_mail_server_no_mail_is_promised_and_no_link_is_written_anywhere(
    client: Client, settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    settings.EMAIL_BACKEND = mail_settings("")["EMAIL_BACKEND"]
    for response in (client.get(PAGE), client.post(PAGE, {"email": "maria@example.com"})):
        page = response.content.decode()
        assert response.status_code == 200
        assert "This site sends no mail. Ask an administrator" in page
        assert 'name="email"' not in page
    sent()
    assert "/accounts/reset/" not in "".join(capfd.readouterr())
