"""Codes: shown by a TV for ten minutes, entered by a manager.

They have neither vowels, so that none is a word, nor letters that look like others. Their rows are few: one for each
open page, gone a minute after it, and bounded in number.
"""

import secrets
from collections import Counter
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dashboard.guard import throttle
from dashboard.guard.throttle import Counted, Limit
from dashboard.pairing.credential import CHANGED_EVERY
from dashboard.pairing.models import PairedScreen, WaitingScreen
from dashboard.protocol import CloseCode, Refusal

ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
LENGTH = 6
LIFE = timedelta(minutes=10)
#: So long a code outlives its page: somebody may be entering it while the TV reconnects.
AFTER_ITS_PAGE = timedelta(minutes=1)
WAITING_MOST = 1000
#: Wrong codes of a person; there are 480 million codes.
WRONG = Limit("pairing codes", 10, 600)

FULL = Refusal(CloseCode.TOO_SLOW, "full", "Too many screens are waiting for their pairing; this one tries again.")


class CodeRefused(Exception):  # noqa: N818  # an answer, not a failure
    """The message is for the person who entered the code."""


def offer(device: str, now: datetime | None = None, place: str = "") -> WaitingScreen:
    """The code of a device, by the hash of its secret: the one that it has, or a new one.

    Raises:
        Refusal: too many of its ``place`` are waiting (4408, which a page takes as a reason to try again later).
    """
    now = now or timezone.now()
    with transaction.atomic():
        WaitingScreen.objects.filter(expires_at__lte=now).delete()
        found = WaitingScreen.objects.filter(device=device).first()
        if found is None and WaitingScreen.objects.count() >= WAITING_MOST:
            _make_room(place, now)
        found = found or WaitingScreen(device=device, code=_unused(), place=place)
        found.expires_at = now + LIFE
        found.save()
        return found


def _make_room(place: str, now: datetime) -> None:
    """Let one go whose page is closed, otherwise one of the place that has the most; nobody can keep all others out.

    Raises:
        Refusal: no place has more than this one would have.
    """
    rows = WaitingScreen.objects.order_by("expires_at")
    one = rows.filter(expires_at__lte=now + AFTER_ITS_PAGE).first()
    if one is None:
        shares = Counter(rows.values_list("place", flat=True))
        most = max(shares, key=shares.__getitem__)
        if shares[most] <= shares[place] + 1:
            raise FULL
        one = rows.filter(place=most).first()
    if one is not None:
        one.delete()


def page_closed(device: str) -> None:
    """Let the code go soon after the page that showed it."""
    soon = timezone.now() + AFTER_ITS_PAGE
    WaitingScreen.objects.filter(device=device, expires_at__gt=soon).update(expires_at=soon)


def _unused() -> str:
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        if not WaitingScreen.objects.filter(code=code).exists():
            return code


def spelled(code: str) -> str:
    """As it is stored, however it was typed: in lower case, with spaces or dashes."""
    return "".join(letter for letter in code.upper() if letter.isalnum())[: 2 * LENGTH]


def shown(code: str) -> str:
    """In two halves, as people read it out."""
    return f"{code[: LENGTH // 2]} {code[LENGTH // 2 :]}"


def pair(user: Any, code: str, screen: PairedScreen) -> PairedScreen:
    """Make the TV that shows the code this screen, which is new, or takes the place of one that was lost or revoked.

    Raises:
        CodeRefused: no TV shows the code, or this person entered too many wrong ones.
    """
    now = timezone.now()
    tries = Counted(WRONG, str(user.pk))
    if seconds := throttle.take([tries]):
        raise CodeRefused(_("Too many wrong codes. Try again in %s minutes.") % ceil(seconds / 60))
    with transaction.atomic():
        waiting = WaitingScreen.objects.select_for_update().filter(code=spelled(code), expires_at__gt=now).first()
        if waiting is not None:
            screen.credential, screen.credential_before, screen.credentials_ended = waiting.device, None, []
            # It had its secret before anybody trusted it: the first thing that it gets is another one.
            screen.credential_since = now - CHANGED_EVERY
            screen.paired_at, screen.paired_by, screen.revoked_at, screen.copied = now, user, None, False
            screen.seen_at = None
            screen.save()
            waiting.delete()
            throttle.give_back(tries)
            return screen
    raise CodeRefused(_("No screen shows this code. Codes change every ten minutes: look at the screen again."))
