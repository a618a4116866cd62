"""Wrong set-ups are named with a hint."""

from pathlib import Path

import pytest
from django.core.checks import CheckMessage
from pytest_django import Settings

from dashboard import checks


def ids(messages: list[CheckMessage]) -> list[str | None]:
    assert all(message.hint for message in messages)
    return [message.id for message in messages]


@pytest.mark.parametrize(
    ("public_url", "hosts", "found"),
    [
        ("", ["localhost"], []),
        ("https://walls.example.com", ["walls.example.com"], []),
        ("https://walls.example.com:8443", [".example.com"], []),
        ("https://[::1]:8000", ["[::1]"], []),
        ("https://walls.example.com", ["localhost"], ["dashboard.E001"]),
    ],
)
def test_the_public_address_must_be_allowed(
    settings: Settings, public_url: str, hosts: list[str], found: list[str]
) -> None:
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = public_url, hosts
    assert ids(checks.check_public_url()) == found


def test_static_files_must_be_collected(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    assert ids(checks.check_collected_files()) == ["dashboard.W001"]
    (tmp_path / "staticfiles.json").write_text("{}")
    assert ids(checks.check_collected_files()) == []


def test_keys_of_secrets_should_be_their_own(settings: Settings) -> None:
    settings.FIELD_KEYS = [settings.SECRET_KEY]
    assert ids(checks.check_field_keys()) == ["dashboard.I001"]
    settings.FIELD_KEYS = ["another"]
    assert ids(checks.check_field_keys()) == []


def test_the_in_process_layer_is_mentioned(settings: Settings) -> None:
    assert ids(checks.check_layer()) == ["dashboard.I002"]


def test_several_processes_need_a_database_server(settings: Settings) -> None:
    assert ids(checks.check_database_is_shared()) == []
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer"}}
    assert ids(checks.check_database_is_shared()) == ["dashboard.W002"]


def test_mail_should_go_somewhere(settings: Settings) -> None:
    settings.EMAIL_URL = ""
    assert ids(checks.check_mail()) == ["dashboard.W003"]
    settings.EMAIL_URL = "smtp://mail.example.com"
    assert ids(checks.check_mail()) == []
