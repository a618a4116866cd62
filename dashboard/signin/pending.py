"""Sign-ins that were begun in this browser: kept in its session, good once and not for long."""

import time
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

PENDING = "genesys_pending"
SECONDS = 600
#: Of several tabs; the oldest go first.
MOST = 5


@dataclass(frozen=True, slots=True)
class Pending:
    """``next`` is a path of this site; ``connection`` the one that gets the refresh token, by ``user``, if any."""

    verifier: str = field(repr=False)
    redirect_uri: str
    next: str = ""
    connection: int | None = None
    user: int | None = None


def keep(request: HttpRequest, state: str, pending: Pending) -> None:
    """Remember a sign-in under its state."""
    held = _fresh(request)
    row = {name: getattr(pending, name) for name in Pending.__slots__} | {"began": time.time()}
    request.session[PENDING] = dict([*held.items(), (state, row)][-MOST:])
    if not request.user.is_authenticated:
        # A session of nobody, which only holds this.
        request.session.set_expiry(SECONDS)


def take(request: HttpRequest, state: str) -> Pending | None:
    """What was begun with this state in this browser, once."""
    held = _fresh(request)
    row = held.pop(state, None)
    if row is None:
        return None
    request.session[PENDING] = held
    row.pop("began")
    return Pending(**row)


def _fresh(request: HttpRequest) -> dict[str, Any]:
    held: dict[str, Any] = request.session.get(PENDING, {})
    return {state: row for state, row in held.items() if 0 <= time.time() - row["began"] < SECONDS}
