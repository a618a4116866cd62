"""The command line, where what an operator has to put right is one line and no traceback."""

import os
import sys
from collections.abc import Sequence

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, OperationalError

# SQLite has words only; PostgreSQL has the codes of undefined tables and columns.
_BEHIND_WORDS = ("no such table", "no such column", "has no column named")
_BEHIND_CODES = ("42P01", "42703")


def run(arguments: Sequence[str]) -> None:
    """Run a management command; with ``--traceback`` an error comes with all there is to it.

    Raises:
        SystemExit: with status 1 and one line on standard error, where the configuration or the database is the reason.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(list(arguments))
    except (ImproperlyConfigured, DatabaseError) as error:
        reason = in_words(error)
        if not reason or "--traceback" in arguments:
            raise
        sys.stderr.write(f"{reason}\n")
        raise SystemExit(1) from None


def in_words(error: Exception) -> str:
    """What an operator can do about ``error``; nothing where it is a fault of the program."""
    text = " ".join(str(error).split())
    if isinstance(error, ImproperlyConfigured):
        return text
    code = getattr(error.__cause__, "sqlstate", None)
    if code in _BEHIND_CODES or any(word in text for word in _BEHIND_WORDS):
        return f"The database is not up to date ({text}). Run first: python manage.py migrate"
    return f"The database cannot be used: {text}" if isinstance(error, OperationalError) else ""
