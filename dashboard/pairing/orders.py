"""What a manager has screens do. They are told by whichever process has their socket, within a second."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from dashboard.pairing.models import PairedScreen

IDENTIFY_FOR = timedelta(seconds=10)


def identify(screens: QuerySet[PairedScreen]) -> int:
    """Have them show their name and number large for ten seconds; how many."""
    # The time begins when they are told.
    return _paired(screens).update(identify_until=timezone.now() + IDENTIFY_FOR + timedelta(seconds=1))


def reload(screens: QuerySet[PairedScreen]) -> int:
    """Have them load their page anew; how many."""
    return _paired(screens).update(reloads=F("reloads") + 1)


def show_message(screens: QuerySet[PairedScreen], text: str, minutes: int) -> int:
    """Have them show a line of text for so many minutes; an empty one takes it away. How many."""
    until = timezone.now() + timedelta(minutes=minutes) if text else None
    return _paired(screens).update(message=text, message_until=until)


def _paired(screens: QuerySet[PairedScreen]) -> QuerySet[PairedScreen]:
    return PairedScreen.objects.filter(pk__in=list(screens.values_list("pk", flat=True)), revoked_at=None)


def orders_of(screen: PairedScreen, now: datetime) -> dict[str, Any]:
    """Those that are not over, with the seconds that are left of them; a screen's clock is its own."""
    message = {"text": screen.message, "seconds": _left(screen.message_until, now)}
    return {
        "identify": _left(screen.identify_until, now),
        "message": message if message["text"] and message["seconds"] else None,
        "reloads": screen.reloads,
    }


def _left(until: datetime | None, now: datetime) -> float:
    return max(0.0, round((until - now).total_seconds(), 1)) if until else 0.0
