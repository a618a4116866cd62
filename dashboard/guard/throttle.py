"""How often something may be tried: counted in the database, so that processes and restarts do not forget.

A count begins with the first try and is forgotten when its window ends, whatever was tried meanwhile: nobody can keep
somebody else out for longer. What is counted is stored as a keyed hash. Beyond a limit nothing is written.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from dashboard.guard.models import TryCount

SALT = "dashboard.guard.throttle"


@dataclass(frozen=True, slots=True)
class Limit:
    """``most`` tries in ``seconds``; ``name`` keeps what is counted apart from other things."""

    name: str
    most: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Counted:
    """One subject of a limit: an address, an account at an address."""

    limit: Limit
    subject: str

    @property
    def key(self) -> str:
        return salted_hmac(SALT, f"{self.limit.name}\0{self.subject}", algorithm="sha256").hexdigest()


def take(counted: Iterable[Counted]) -> int:
    """Count a try of each; the seconds to wait where one is beyond its limit, else 0.

    Counted before it is known whether the try is good, so that a hundred at the same moment are counted, too. One that
    is refused counts for nothing.
    """
    counted = list(counted)
    now = timezone.now()
    with transaction.atomic():
        found = {row.key: row for row in TryCount.objects.filter(key__in=[one.key for one in counted], ends_at__gt=now)}
        waits = [
            (found[one.key].ends_at - now).total_seconds()
            for one in counted
            if one.key in found and found[one.key].count >= one.limit.most
        ]
        if waits:
            return max(1, round(max(waits)))
        for one in counted:
            _add(one)
    return 0


def forgive(counted: Counted) -> None:
    """Forget what was counted: it was who they said."""
    TryCount.objects.filter(key=counted.key).delete()


def give_back(counted: Counted) -> None:
    """The try that was taken last does not count."""
    TryCount.objects.filter(key=counted.key, count__gt=0).update(count=F("count") - 1)


def _add(one: Counted) -> None:
    now = timezone.now()
    if TryCount.objects.filter(key=one.key, ends_at__gt=now).update(count=F("count") + 1):
        return
    # Something new: the moment to forget what is over.
    TryCount.objects.filter(ends_at__lte=now).delete()
    try:
        with transaction.atomic():
            TryCount.objects.create(key=one.key, count=1, ends_at=now + timedelta(seconds=one.limit.seconds))
    except IntegrityError:
        TryCount.objects.filter(key=one.key).update(count=F("count") + 1)
