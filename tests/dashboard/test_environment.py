"""What the environment may say, and what a refusal says: the variable's name, never its value."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from dashboard.environment import Environment, read_environment, read_secret_key
from tests.e2e.installation import ROOT

NAMES = {name.upper() for name in Environment.model_fields}


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def refusal(read: Any) -> str:
    with pytest.raises(ImproperlyConfigured) as caught:
        read()
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "perhaps-7313"),
        ("SAMPLE_INTERVAL_SECONDS", "ten-7313"),
        ("SAMPLE_INTERVAL_SECONDS", "7313"),
        ("SAMPLE_RETENTION_HOURS", "-7313"),
        ("FRAMES_PER_SECOND", "7313"),
        ("FRAMES_PER_SECOND", "fast-7313"),
        ("LOG_LEVEL", "LOUD-7313"),
        ("LOG_FORMAT", "xml-7313"),
        ("LANGUAGE_CODE", "7313"),
        ("PUBLIC_URL", "wall-7313.example.com"),
        ("PUBLIC_URL", "https://wall-7313.example.com/path"),
        ("REDIS_URL", "http://:sample-7313@redis.example.com"),
        ("REDIS_PREFIX", "a 7313"),
        ("EMAIL_URL", "imap://user:sample-7313@mail.example.com"),
        ("EMAIL_URL", "smtp://user:sample-7313@mail.example.com:port"),
        ("EMAIL_URL", "smtp://user:sample-7313@mail.example.com/inbox"),
        ("EMAIL_URL", "smtp://"),
        ("DEFAULT_FROM_EMAIL", "nobody-7313"),
        ("DEFAULT_FROM_EMAIL", "a@example.com\nBcc: 7313@example.com"),
    ],
)
def test_a_value_that_makes_no_sense_names_its_variable_and_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    said = refusal(read_environment)
    assert f"{name}:" in said
    assert "7313" not in said


def test_all_that_is_wrong_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBUG", "perhaps")
    monkeypatch.setenv("LOG_FORMAT", "xml")
    said = refusal(read_environment)
    assert "DEBUG:" in said
    assert "LOG_FORMAT:" in said


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.setenv(name, "")
    assert read_environment() == Environment.model_construct()


def test_lists_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", "a.example.com, b.example.com,")
    assert read_environment().allowed_hosts == ["a.example.com", "b.example.com"]


# -- the secret key ------------------------------------------------------------------------------------------------


def test_a_missing_key_stops_the_start() -> None:
    assert "SECRET_KEY is not set" in refusal(lambda: read_secret_key(read_environment()))


def test_a_key_file_is_read_without_its_line_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("sample-key\n")
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))
    assert read_secret_key(read_environment()) == "sample-key"
    monkeypatch.setenv("SECRET_KEY", "the variable goes before")
    assert read_secret_key(read_environment()) == "the variable goes before"


@pytest.mark.parametrize("content", [None, "", " \n"])
def test_a_key_file_without_a_key_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "key").write_text(content)
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))
    assert refusal(lambda: read_secret_key(read_environment())).startswith("SECRET_KEY_FILE ")


# -- the settings that follow --------------------------------------------------------------------------------------

SHOW = """
import json, sys
import django
django.setup()
from django.conf import settings
print(json.dumps([getattr(settings, name) for name in sys.argv[1:]]))
"""


def start(folder: Path, *names: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Start with just this environment, and print settings."""
    ours = {"VAR_DIR": str(folder), "SECRET_KEY": "for-tests-only", "DJANGO_SETTINGS_MODULE": "dashboard.settings"}
    kept = {name: value for name, value in os.environ.items() if name not in NAMES}
    return subprocess.run(
        [sys.executable, "-c", SHOW, *names],
        cwd=ROOT,
        env={**kept, **ours, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def settings_of(folder: Path, *names: str, **environment: str) -> list[Any]:
    done = start(folder, *names, **environment)
    assert done.returncode == 0, done.stderr
    found: list[Any] = json.loads(done.stdout)
    return found


SECURE = (
    "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS",
    "SECURE_PROXY_SSL_HEADER", "PUBLIC_URL",
)  # fmt: skip


def test_https_makes_cookies_secure_sends_hsts_and_redirects(tmp_path: Path) -> None:
    *found, public = settings_of(tmp_path, *SECURE, PUBLIC_URL="https://wall.example.com/")
    assert found == [True, True, True, 31_536_000, ["HTTP_X_FORWARDED_PROTO", "https"]]
    assert public == "https://wall.example.com"


@pytest.mark.parametrize("public", ["", "http://wall.example.com"])
def test_plain_http_works_with_debug_off(tmp_path: Path, public: str) -> None:
    assert settings_of(tmp_path, *SECURE, PUBLIC_URL=public) == [False, False, False, 0, None, public]


def test_the_log_can_be_json(tmp_path: Path) -> None:
    for form in ("text", "json"):
        (logging,) = settings_of(tmp_path, "LOGGING", LOG_FORMAT=form)
        assert logging["handlers"]["console"]["formatter"] == form


def test_mail_goes_where_the_address_says(tmp_path: Path) -> None:
    names = ("EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD", "EMAIL_USE_TLS", "EMAIL_USE_SSL",
             "DEFAULT_FROM_EMAIL")  # fmt: skip
    address = "smtp+tls://wall%40example.com:sample%2Fword@mail.example.com"
    found = settings_of(tmp_path, *names, EMAIL_URL=address, DEFAULT_FROM_EMAIL="Wallboards <wall@example.com>")
    assert found == ["mail.example.com", 587, "wall@example.com", "sample/word", True, False,
                     "Wallboards <wall@example.com>"]  # fmt: skip
    assert settings_of(tmp_path, *names[:2], *names[4:6], EMAIL_URL="smtps://mail.example.com:4465") == [
        "mail.example.com", 4465, False, True,
    ]  # fmt: skip
    for address, name in (("", "dummy"), ("console:", "console")):
        (backend,) = settings_of(tmp_path, "EMAIL_BACKEND", EMAIL_URL=address)
        assert backend.endswith(f".{name}.EmailBackend")


def test_postgresql_is_given_up_in_seconds_unless_its_address_says_otherwise(tmp_path: Path) -> None:
    address = "postgres://wallboard:sample-word@db.example.com/wallboard"
    (databases,) = settings_of(tmp_path, "DATABASES", DATABASE_URL=address)
    assert databases["default"]["OPTIONS"]["connect_timeout"] == 5
    (databases,) = settings_of(tmp_path, "DATABASES", DATABASE_URL=f"{address}?connect_timeout=30")
    assert int(databases["default"]["OPTIONS"]["connect_timeout"]) == 30


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "oracel://user:sample-7313@db.example.com/x"),
        ("DATABASE_URL", "postgres://user:sample-7313@db.example.com:port/x"),
        ("DATABASE_URL", "sample-7313"),
        ("REDIS_URL", "redsi://:sample-7313@redis.example.com"),
    ],
)
def test_an_address_that_cannot_be_read_stops_the_start_without_being_repeated(
    tmp_path: Path, name: str, value: str
) -> None:
    done = start(tmp_path, **{name: value})
    assert done.returncode != 0
    assert name in done.stderr.splitlines()[-1]
    assert "7313" not in done.stderr
