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
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.utils import timezone

from dashboard.guard import records
from dashboard.guard.records import Kind
from dashboard.signin import people
from dashboard.signin.claims import read_person
from dashboard.signin.models import GenesysAccount, GenesysSession
from dashboard.signin.service import service_of, sign_in_connection
from statsbridge.auth import Token
from statsbridge.encryption import SecretUnreadable
from statsbridge.errors import BridgeError, Refused, SignInRefused, Unauthorized, Unreachable
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

#: Until when (epoch ms) this process takes each service as away; every question to it costs somebody its time limit.
_away: dict[str, int] = {}


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
    drop(unasked.filter(session__in=list(over.values_list("pk", flat=True))))


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
    except GenesysSession.DoesNotExist:
        return State.ENDED
    except SecretUnreadable:
        drop(GenesysSession.objects.filter(pk=pk))
        return State.ENDED
    connection = sign_in_connection()
    if connection is None or connection.pk != row.account.connection_id:
        return end(row, "sign-in with Genesys was switched off, or is another one now")
    if now < _away.get(connection.api_url, 0):
        return _postpone(row, Unreachable("It did not answer somebody else."), now)
    try:
        said = _ask(row, services(connection), now)
    except _Over as over:
        return end(row, str(over))
    except BridgeError as error:
        if isinstance(error, Unreachable):
            _away[connection.api_url] = now + RETRY_MS
        return _postpone(row, error, now)
    try:
        still = people.follow(row.account, read_person(said))
    except GenesysAccount.DoesNotExist:
        return State.ENDED
    except BridgeError as error:
        return _postpone(row, error, now)
    if not still:
        return end(row, "nothing in Genesys lets them in any more")
    return _note(row, State.KEPT, unanswered_since=None, check_at=_next_check(row, now))


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
        # The service's words are for the log alone; the record is read in the administration.
        logger.info("the tokens of %s are not renewed: %s", row.account, refused.words)
        raise _Over("Genesys does not renew it") from refused
    # At once: the token before may be spent.
    _put(row, token, now)
    renewed = {name: getattr(row, name) for name in ("access_token", "refresh_token", "expires_at")}
    _note(row, State.KEPT, **renewed)
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
    # A token that ended long ago vouches for nobody: who comes back after weeks has no grace left.
    since = row.unanswered_since or min(now, row.expires_at)
    if now - since >= settings.GENESYS_SIGN_IN_GRACE_HOURS * 3_600_000:
        return end(row, "Genesys could not be asked for too long")
    if row.unanswered_since is None:
        logger.warning("Genesys cannot be asked whether %s may still be signed in: %s", row.account, error)
    return _note(row, State.UNANSWERED, unanswered_since=since, check_at=now + RETRY_MS)


def _note(row: GenesysSession, state: State, **values: Any) -> State:
    """Write down what was found out; a session that somebody ended meanwhile stays ended, with what rules gave."""
    if GenesysSession.objects.filter(pk=row.pk).update(**values):
        return state
    _forget_rules({row.account_id})
    return State.ENDED


def end(row: GenesysSession, reason: str) -> State:
    """End the session itself; its open sockets close within 5 s. ``reason`` holds nothing that a service said."""
    drop(GenesysSession.objects.filter(pk=row.pk))
    logger.info("the session of %s is over: %s", row.account, reason)
    records.record(Kind.SIGNED_OUT, user=row.account.user_id, detail=f"Genesys: {reason}")
    return State.ENDED


def drop(rows: QuerySet[GenesysSession]) -> None:
    """End sessions. Whose last one it is has only what was given by hand until they sign in again."""
    found = list(rows.values_list("session", "account"))
    Session.objects.filter(pk__in=[session for session, _ in found]).delete()
    GenesysSession.objects.filter(session__in=[session for session, _ in found]).delete()
    _forget_rules({account for _, account in found})


@transaction.atomic
def _forget_rules(accounts: Collection[int]) -> None:
    # Somebody who signs in at this moment has the row (``people.admit``).
    for account in GenesysAccount.objects.select_for_update().filter(pk__in=accounts).order_by("pk"):
        if not account.sessions.exists():
            people.forget_rules(account)


@receiver(pre_delete, sender=GenesysAccount, dispatch_uid="dashboard.signin.account")
def leave(instance: GenesysAccount, **kwargs: Any) -> None:
    """An account whose connection goes keeps nothing of it, and waits for nobody of another one by its name."""
    Session.objects.filter(pk__in=list(instance.sessions.values_list("session", flat=True))).delete()
    people.forget_rules(instance)
    if not instance.user.has_usable_password():
        instance.user.is_active = False
        instance.user.save(update_fields=["is_active"])
