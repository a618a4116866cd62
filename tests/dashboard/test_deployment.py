"""``manage.py check --deploy`` in the very environment that ``docs/deploy.md`` has installed."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = (ROOT / "deploy/environment").read_text(encoding="utf-8")
PAGE = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
#: What plain http costs, as the page says.
OF_PLAIN_HTTP = {"security.W004", "security.W008", "security.W012", "security.W016"}


def documented(folder: Path) -> dict[str, str]:
    """The environment that is to be installed and its ``FIELD_KEYS``, with its two folders in ``folder``."""
    text = SHIPPED.replace("/etc/wallboard", str(folder)).replace("/var/lib/wallboard", str(folder))
    (folder / "secret-key").write_text("a-sample-key-of-a-test-installation-that-is-long-enough-0123456789")
    (folder / "static").mkdir(exist_ok=True)
    (folder / "static/staticfiles.json").write_text("{}")
    lines = shlex.split(text, comments=True)
    return dict(line.split("=", 1) for line in lines) | {"FIELD_KEYS": "a-sample-field-key"}


def check(environment: dict[str, str], *options: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", *options],
        cwd=ROOT,
        env={name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout


def test_the_documented_installation_is_clean(tmp_path: Path) -> None:
    status, said = check(documented(tmp_path), "--fail-level", "INFO")
    assert status == 0, said
    assert "no issues" in said


def test_the_environment_reads_the_same_for_systemd_and_the_shell() -> None:
    """systemd takes a line as it stands, but for quotes around the whole value."""
    for line in SHIPPED.splitlines():
        if line and not line.startswith("#"):
            name, value = line.split("=", 1)
            assert re.fullmatch(r"[\w.,:/@+?=%-]+|'[^']+'", value), line
            assert shlex.split(line) == [f"{name}={value.strip(chr(39))}"]


def test_the_command_gives_manage_py_that_environment(tmp_path: Path) -> None:
    """As the page installs it, but for the change of account, which only root may do."""
    lines = [f"{name}='{value}'\n" for name, value in documented(tmp_path).items()]
    (tmp_path / "environment").write_text("".join(lines))
    command = (ROOT / "deploy/wallboard").read_text(encoding="utf-8")
    for there, here in {
        "runuser -u wallboard -- ": "",
        "/opt/wallboard/.venv/bin/python": sys.executable,
        "/opt/wallboard": str(ROOT),
        "/etc/wallboard": str(tmp_path),
    }.items():
        assert there in command
        command = command.replace(there, here)
    ask = "from django.conf import settings; print(settings.PUBLIC_URL, settings.DEFAULT_FROM_EMAIL)"
    done = subprocess.run(
        ["/bin/sh", "-c", command, "wallboard", "shell", "-v0", "-c", ask],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        text=True,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.strip() == "https://wallboard.example.com Wallboards <wallboard@example.com>", done.stderr


def test_one_machine_is_clean_but_for_a_word_on_redis(tmp_path: Path) -> None:
    environment = documented(tmp_path)
    del environment["DATABASE_URL"], environment["REDIS_URL"]
    status, said = check(environment)
    assert status == 0, said
    assert set(re.findall(r"\(([a-z]+\.\w\d+)\)", said)) == {"dashboard.I002"}
    assert "dashboard.I002" in PAGE


def test_plain_http_says_what_the_page_says_and_nothing_else(tmp_path: Path) -> None:
    environment = documented(tmp_path)
    del environment["PUBLIC_URL"]
    status, said = check(environment)
    assert status == 0, said
    assert set(re.findall(r"\(([a-z]+\.\w\d+)\)", said)) == OF_PLAIN_HTTP
    for warning in OF_PLAIN_HTTP:
        assert warning in PAGE


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("ALLOWED_HOSTS", "other.example.com", "dashboard.E001"),
        ("FIELD_KEYS", "", "dashboard.I001"),
        ("EMAIL_URL", "", "dashboard.W003"),
        ("SECRET_KEY_FILE", "/nowhere/key", "SECRET_KEY_FILE is /nowhere/key"),
        ("TRUSTED_PROXIES", "proxy.example.com", "TRUSTED_PROXIES"),
    ],
)
def test_what_differs_from_the_page_is_told(tmp_path: Path, name: str, value: str, word: str) -> None:
    status, said = check(documented(tmp_path) | {name: value}, "--fail-level", "INFO")
    assert status != 0
    assert word in said
