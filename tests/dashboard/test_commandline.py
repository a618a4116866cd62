"""What an operator reads when the configuration or the database is not right: one line, and how to go on."""

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, OperationalError, ProgrammingError

from dashboard.commandline import in_words

CONNECTION = """version: 1
connections:
  - {name: main, api_url: 'https://gws.example.com', client_id: x, grant: client_credentials, client_secret: sample}
"""


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    others = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SECRET_KEY")}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env={**others, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def only_line(done: subprocess.CompletedProcess[str]) -> str:
    """What stands on standard error: a single line, with exit status 1."""
    assert done.returncode == 1, done.stderr
    (line,) = done.stderr.splitlines()
    return line


@pytest.fixture
def var(tmp_path: Path) -> str:
    return str(tmp_path / "var")


@pytest.mark.parametrize("command", [["exportconfig"], ["embedkey", "revoke", "x"], ["check", "--database=default"]])
def test_a_database_without_tables_is_one_line_that_names_migrate(command: list[str], var: str) -> None:
    done = manage(*command, VAR_DIR=var, SECRET_KEY="for-tests")
    if command[0] == "check":
        assert done.returncode == 0, done.stderr
    else:
        assert only_line(done).endswith("Run first: python manage.py migrate")


def test_secrets_of_another_key_are_one_line_for_every_command(var: str, tmp_path: Path) -> None:
    file = tmp_path / "wallboard.yaml"
    file.write_text(CONNECTION, encoding="utf-8")
    assert manage("migrate", "-v0", VAR_DIR=var, SECRET_KEY="the first").returncode == 0
    assert manage("applyconfig", str(file), VAR_DIR=var, SECRET_KEY="the first").returncode == 0
    for command in (["applyconfig", str(file)], ["exportconfig"]):
        line = only_line(manage(*command, VAR_DIR=var, SECRET_KEY="the second"))
        assert line.startswith("A stored secret cannot be decrypted. Put the key that wrote it back into FIELD_KEYS")


def test_everything_is_shown_where_it_is_asked_for(var: str) -> None:
    done = manage("exportconfig", "--traceback", VAR_DIR=var, SECRET_KEY="for-tests")
    assert "Traceback" in done.stderr
    assert done.returncode == 1


def test_a_missing_key_file_is_named_with_a_command_that_makes_it(var: str, tmp_path: Path) -> None:
    file = tmp_path / "the key"
    line = only_line(manage("migrate", VAR_DIR=var, SECRET_KEY_FILE=str(file)))
    assert line.startswith(f"SECRET_KEY_FILE is {file}: it cannot be read: No such file or directory. ")
    make = line.partition("Make one with: ")[2]
    subprocess.run(["sh", "-c", make], check=True, umask=0o022)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert manage("check", VAR_DIR=var, SECRET_KEY_FILE=str(file)).returncode == 0


@pytest.mark.parametrize(("content", "reason"), [(b" \n", "the file is empty"), (b"\xff\xfe", "is not UTF-8 text")])
def test_a_key_file_without_a_key_is_named(content: bytes, reason: str, var: str, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(content)
    assert reason in only_line(manage("check", VAR_DIR=var, SECRET_KEY_FILE=str(tmp_path / "key")))


def test_no_key_at_all_is_one_line(var: str) -> None:
    assert only_line(manage("exportconfig", VAR_DIR=var)).startswith("SECRET_KEY is not set.")


def test_a_database_out_of_reach_is_one_line(var: str, tmp_path: Path) -> None:
    line = only_line(
        manage("exportconfig", VAR_DIR=var, SECRET_KEY="for-tests", DATABASE_URL=f"sqlite:///{tmp_path}/missing/x")
    )
    assert line == "The database cannot be used: unable to open database file"


def test_a_missing_table_or_column_is_known_by_either_database() -> None:
    class UndefinedTableError(Exception):  # as psycopg's
        sqlstate = "42P01"

    error = ProgrammingError('relation "x" does not exist\nLINE 1: SELECT')
    error.__cause__ = UndefinedTableError()
    assert in_words(error).startswith('The database is not up to date (relation "x" does not exist LINE 1: SELECT)')
    with pytest.raises(sqlite3.OperationalError) as caught, sqlite3.connect(":memory:") as database:
        database.execute("SELECT x FROM y")
    database.close()
    assert "migrate" in in_words(OperationalError(str(caught.value)))


def test_a_fault_of_the_program_is_not_put_into_words() -> None:
    assert not in_words(IntegrityError("UNIQUE constraint failed"))
    assert not in_words(ProgrammingError("syntax error"))
    assert in_words(ImproperlyConfigured("Set\nthis.")) == "Set this."
