"""Sessions that were opened with Genesys hold as long as Genesys says so: it is asked again, with the person's tokens.

Whoever is asked about first takes the row's turn (``check_at``), so that several processes ask once and a refresh token
that serves once is spent once. Where Genesys cannot be asked, a session goes on for ``GENESYS_SIGN_IN_GRACE_HOURS``.
"""

import logging
import random
import time
from collections.abc import Callable, Collection
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from dashboard.guard import records
from dashboard.guard.records import Kind
from dashboard.signin import people
from dashboard.signin.claims import read_person
from dashboard.signin.models import GenesysAccount, GenesysSession
from dashboard.signin.service import service_of, sign_in_connection
from statsbridge.auth import Token
from statsbridge.encryption import SecretUnreadable
from statsbridge.errors import BridgeError, Refused, SignInRefused, Unauthorized
from statsbridge.models import Connection
from statsbridge.signin import SignInService

logger = logging.getLogger(__name__)

#: Authorities and removals are looked at so often; a token that ends sooner is looked at then.
CHECK_MS = 600_000
RETRY_MS = 60_000
#: How long one process may take to ask.
TURN_MS = 60_000
DAY_MS = 86_400_000

Services = Callable[[Connection], SignInService]


class State(StrEnum):
    """What became of a session that was due."""

    KEPT = "kept"
    ENDED = "ended"
    #: Genesys could not be asked.
    UNANSWERED = "unanswered"
    #: Not due, or another process asks.
    LEFT = "left"


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def begin(account: GenesysAccount, session: str, token: Token, now: int | None = None) -> None:
    """Keep what the session is asked about with. What is left of sessions that are gone goes."""
    now = now_ms() if now is None else now
    mine = GenesysSession.objects.filter(account=account)
    alive = Session.objects.filter(pk__in=mine.values("session")).values_list("pk", flat=True)
    mine.exclude(session__in=list(alive)).delete()
    _forget_abandoned(now)
    row = GenesysSession(account=account, session=session)
    _put(row, token, now)
    row.check_at = _next_check(row, now)
    row.save()


def _forget_abandoned(now: int) -> None:
    """Tokens of browsers that never came back: their session ran out, and nobody was asked about it for a day."""
    unasked = GenesysSession.objects.filter(check_at__lt=now - DAY_MS)
    over = Session.objects.filter(pk__in=unasked.values("session"), expire_date__lt=timezone.now())
    keys = list(over.values_list("pk", flat=True))
    GenesysSession.objects.filter(session__in=keys).delete()
    Session.objects.filter(pk__in=keys).delete()


def due(sessions: Collection[str], now: int | None = None) -> list[int]:
    """The rows of these sessions that are to be asked about."""
    now = now_ms() if now is None else now
    rows = GenesysSession.objects.filter(session__in=sessions, check_at__lte=now)
    return list(rows.order_by("check_at").values_list("pk", flat=True))


def check(pk: int, services: Services = service_of, now: int | None = None) -> State:
    """Ask Genesys about one session that is due, and end it where it no longer holds."""
    now = now_ms() if now is None else now
    if not GenesysSession.objects.filter(pk=pk, check_at__lte=now).update(check_at=now + TURN_MS):
        return State.LEFT
    try:
        row = GenesysSession.objects.select_related("account__user", "account__connection").get(pk=pk)
    except SecretUnreadable:
        _drop(pk)
        return State.ENDED
    connection = sign_in_connection()
    if connection is None or connection.pk != row.account.connection_id:
        return end(row, "sign-in with Genesys was switched off, or is another one now")
    try:
        said = _ask(row, services(connection), now)
    except _Over as over:
        return end(row, str(over))
    except BridgeError as error:
        return _postpone(row, error, now)
    try:
        still = people.follow(row.account, read_person(said))
    except BridgeError as error:
        return _postpone(row, error, now)
    if not still:
        people.forget_rules(row.account)
        return end(row, "nothing in Genesys lets them in any more")
    row.unanswered_since, row.check_at = None, _next_check(row, now)
    row.save(update_fields=["unanswered_since", "check_at"])
    return State.KEPT


class _Over(Exception):  # noqa: N818  # an answer
    """Genesys no longer knows the session."""


def _ask(row: GenesysSession, service: SignInService, now: int) -> dict[str, Any]:
    """What Genesys says about the person now.

    Raises:
        _Over: neither token is good any more.
        BridgeError: it cannot be said.
    """
    if row.expires_at > now:
        try:
            return service.claims(row.access_token)
        except Unauthorized:
            logger.debug("the access token of %s ended early", row.account)
    if not row.refresh_token:
        raise _Over("the token's life is over, and Genesys gave none to renew it with")
    try:
        token = service.refresh(row.refresh_token)
    except SignInRefused as refused:
        if refused.what is not Refused.TOKEN:
            raise
        raise _Over(f"Genesys does not renew it: {refused.words}") from refused
    # At once: the token before may be spent.
    _put(row, token, now)
    row.save(update_fields=["access_token", "refresh_token", "expires_at"])
    try:
        return service.claims(row.access_token)
    except Unauthorized:
        raise _Over("Genesys refuses its own new token") from None


def _put(row: GenesysSession, token: Token, now: int) -> None:
    row.access_token, row.refresh_token = token.access, token.refresh
    row.expires_at = now + round(token.life * 1000)


def _next_check(row: GenesysSession, now: int) -> int:
    """Spread, so that those who came at the same time are not asked about at the same time."""
    return min(now + round(CHECK_MS * random.uniform(0.8, 1.0)), max(row.expires_at, now + 1000))  # noqa: S311


def _postpone(row: GenesysSession, error: BridgeError, now: int) -> State:
    since = row.unanswered_since or now
    if now - since >= settings.GENESYS_SIGN_IN_GRACE_HOURS * 3_600_000:
        return end(row, f"Genesys could not be asked for too long: {error}")
    if row.unanswered_since is None:
        logger.warning("Genesys cannot be asked whether %s may still be signed in: %s", row.account, error)
    row.unanswered_since, row.check_at = since, now + RETRY_MS
    row.save(update_fields=["unanswered_since", "check_at"])
    return State.UNANSWERED


def end(row: GenesysSession, reason: str) -> State:
    """End the session itself; its open sockets close within 5 s."""
    logger.info("the session of %s is over: %s", row.account, reason)
    records.record(Kind.SIGNED_OUT, user=row.account.user_id, detail=f"Genesys: {reason}")
    _drop(row.pk)
    return State.ENDED


def _drop(pk: int) -> None:
    keys = GenesysSession.objects.filter(pk=pk).values_list("session", flat=True)
    Session.objects.filter(pk__in=list(keys)).delete()
    GenesysSession.objects.filter(pk=pk).delete()
