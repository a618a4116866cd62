"""The record of who came in: written at once for people, by the handful for tokens (``tally.py``)."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import F
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from dashboard.guard.models import AccessRecord

logger = logging.getLogger(__name__)

Kind = AccessRecord.Kind
#: A flood from everywhere makes no more rows in an hour than this; what is beyond is counted without its address.
GROUPS_MOST = 1000
DETAIL_MOST = 200
#: What is past its time is looked for no more often, however many rows a flood makes.
FORGET_SECONDS = 60


def record(
    kind: str,
    *,
    user: int | None = None,
    team: int | None = None,
    key: str = "",
    detail: str = "",
    address: str = "",
    count: int = 1,
    at: datetime | None = None,
    groups_most: int = GROUPS_MOST,
) -> None:
    """Write down ``count`` events that are alike; those of one hour are one row.

    Only a whole row's first event costs an insert, which is also when rows past their time are deleted, once a minute.
    """
    at = at or timezone.now()
    kept = address if settings.ACCESS_ADDRESS_DAYS else ""
    detail = detail[:DETAIL_MOST]
    line = _line(user=user, key=key, detail=detail, count=count, address=kept)
    values: dict[str, Any] = {"kind": kind, "user_id": user, "team_id": team, "key": key, "detail": detail}
    for shown in (kept, ""):
        group = _group(at, address=shown, **values)
        if AccessRecord.objects.filter(group=group).update(count=F("count") + count, last_at=at):
            # Whoever goes on at a closed door does not fill the log.
            logger.log(logging.DEBUG if kind == Kind.SIGN_IN_LOCKED else logging.INFO, "%s: %s", kind, line)
            return
        if not shown or AccessRecord.objects.filter(at__gte=_hour(at)).count() < groups_most:
            break
    logger.info("%s: %s", kind, line)
    if cache.add(f"{__name__}.forgot", True, FORGET_SECONDS):
        forget_old()
    try:
        with transaction.atomic():
            AccessRecord.objects.create(group=group, at=at, last_at=at, count=count, address=shown, **values)
    except IntegrityError:
        AccessRecord.objects.filter(group=group).update(count=F("count") + count, last_at=at)


def forget_old() -> None:
    """Delete what is past ``ACCESS_RECORD_DAYS``, and addresses past ``ACCESS_ADDRESS_DAYS``."""
    now = timezone.now()
    AccessRecord.objects.filter(last_at__lt=now - timedelta(days=settings.ACCESS_RECORD_DAYS)).delete()
    before = now - timedelta(days=settings.ACCESS_ADDRESS_DAYS)
    AccessRecord.objects.filter(last_at__lt=before).exclude(address="").update(address="")


def address_of(request: HttpRequest | None) -> str:
    return str(request.META.get("REMOTE_ADDR") or "") if request is not None else ""


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _group(at: datetime, **values: Any) -> str:
    text = "\0".join(f"{name}={value}" for name, value in sorted(values.items()))
    return salted_hmac(__name__, f"{_hour(at).isoformat()}\0{text}", algorithm="sha256").hexdigest()


def _line(**values: Any) -> str:
    return " ".join(f"{name}={value}" for name, value in values.items() if value not in (None, ""))


@receiver(user_logged_in, dispatch_uid="dashboard.guard.signed_in")
def _signed_in(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    record(Kind.SIGNED_IN, user=user.pk, address=address_of(request))


@receiver(user_logged_out, dispatch_uid="dashboard.guard.signed_out")
def _signed_out(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    if user is not None:
        record(Kind.SIGNED_OUT, user=user.pk, address=address_of(request))


@receiver(user_login_failed, dispatch_uid="dashboard.guard.failed")
def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    tried(Kind.SIGN_IN_FAILED, credentials.get("username"), request)


def tried(kind: str, username: Any, request: HttpRequest | None) -> None:
    """A try that failed: with the account if there is one by that name, which is else not kept."""
    found = get_user_model()._default_manager.filter(username=str(username or "")[:150]).values_list("pk", flat=True)
    user = found.first()
    detail = "" if user is not None else "no such account"
    record(kind, user=user, detail=detail, address=address_of(request))
