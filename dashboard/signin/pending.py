"""Sign-ins that were begun in this browser: kept in a cookie that only the server can read, good once and not for long.

Not in the session: whoever only asks for the form would leave a row in the database.
"""

import json
import time
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from statsbridge.encryption import SecretUnreadable, decrypt, encrypt

SECONDS = 600
#: Of several tabs; the oldest go first.
MOST = 5
#: Of the cookie's value: browsers drop cookies of more than 4096 bytes with their names and attributes.
BYTES_MOST = 3800
_PURPOSE = "sign-ins begun"


@dataclass(frozen=True, slots=True)
class Pending:
    """``next`` is a path of this site; ``connection`` the one that gets the refresh token, by ``user``, if any."""

    verifier: str = field(repr=False)
    redirect_uri: str
    next: str = ""
    connection: int | None = None
    user: int | None = None


def cookie_name() -> str:
    """Behind TLS no other host can give a browser this cookie."""
    return "__Host-genesys-pending" if settings.SESSION_COOKIE_SECURE else "genesys-pending"


def keep(request: HttpRequest, response: HttpResponseBase, state: str, pending: Pending) -> None:
    """Let the browser remember a sign-in under its state."""
    held = _fresh(request)
    held.pop(state, None)
    row = {name: getattr(pending, name) for name in Pending.__slots__} | {"began": time.time()}
    held = dict([*held.items(), (state, row)][-MOST:])
    while len(_written(held)) > BYTES_MOST and len(held) > 1:
        held.pop(next(iter(held)))
    if len(_written(held)) > BYTES_MOST:
        held[state] = row | {"next": ""}
    _put(response, held)


def find(request: HttpRequest, state: str) -> Pending | None:
    """What was begun with this state in this browser."""
    row = _fresh(request).get(state)
    if row is None:
        return None
    return Pending(**{name: row[name] for name in Pending.__slots__})


def spend(request: HttpRequest, response: HttpResponseBase, state: str) -> None:
    """It was good once."""
    _put(response, {one: row for one, row in _fresh(request).items() if one != state})


def _put(response: HttpResponseBase, held: dict[str, Any]) -> None:
    if not held:
        response.delete_cookie(cookie_name(), samesite="Lax")
        return
    response.set_cookie(
        cookie_name(),
        _written(held),
        max_age=SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _written(held: dict[str, Any]) -> str:
    return encrypt(json.dumps({"for": _PURPOSE, "held": held}))


def _fresh(request: HttpRequest) -> dict[str, Any]:
    try:
        read = json.loads(decrypt(request.COOKIES.get(cookie_name(), "")) or "{}")
    except (SecretUnreadable, ValueError):
        return {}
    held: dict[str, Any] = read["held"] if isinstance(read, dict) and read.get("for") == _PURPOSE else {}
    return {state: row for state, row in held.items() if 0 <= time.time() - row["began"] < SECONDS}
