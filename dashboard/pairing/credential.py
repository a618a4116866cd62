"""What a TV proves itself with: a secret in a cookie, of which only the hash is kept.

The TV has a secret before it is paired, so that whoever reads the code off the wall gains nothing. It gets another one
at its start and each day. The one before stays good until the TV showed the new one some time after it was given:
browsers write cookies to the disk late, and a power cut in between must not cost the pairing. A secret that was given
up and is shown all the same is a copy, and ends both.
"""

import hashlib
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from dashboard import wanted
from dashboard.configfile import recording
from dashboard.pairing.models import PairedScreen, WaitingScreen
from dashboard.plain import parse_id

logger = logging.getLogger(__name__)

SECRET_BYTES = 32
SECRET_MOST = 200
#: Chromium writes its cookies to the disk every 30 s.
KEPT_AFTER = timedelta(seconds=120)
CHANGED_EVERY = timedelta(days=1)
#: At a start, but not at each of a page that reloads in a circle.
CHANGED_AT_START_AFTER = timedelta(minutes=10)
UNUSED_FOR = timedelta(days=90)
ENDED_MOST = 50
#: The longest that Chromium keeps a cookie.
COOKIE_SECONDS = 400 * 86_400


class Standing(Enum):
    """What a secret is to a screen."""

    CURRENT = "current"
    BEFORE = "before"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Renewal:
    """Whether the device is paired, and the ``secret`` that it is to keep from now on, if it is another one."""

    paired: bool
    secret: str | None = None

    def __repr__(self) -> str:
        return f"Renewal(paired={self.paired})"


def cookie_name() -> str:
    """Over https no other site, not even one of the same domain, can put one of this name."""
    return "__Host-screen" if settings.SECURE else "screen"


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def screen_of(secret: str) -> PairedScreen | None:
    """The screen whose secret this is; None for one that is unknown, revoked or was not used for too long."""
    screen, standing = _standing(secret)
    return None if standing is Standing.ENDED else screen


def renew(secret: str, *, starting: bool, now: datetime | None = None) -> Renewal:
    """Take in what a device shows (nothing: ``""``), and decide with what it goes on."""
    now = now or timezone.now()
    with transaction.atomic():
        # Of two at once, the second sees what the first was given; otherwise one of the two secrets would open nothing.
        screen, standing = _standing(secret, now, PairedScreen.objects.select_for_update(of=("self",)))
        if screen is None:
            # One that is on its code's way into the database must stay what it is.
            waits = WaitingScreen.objects.filter(device=digest(secret), expires_at__gt=now).exists()
            return Renewal(False, None if waits else _new_secret())
        if standing is Standing.ENDED:
            logger.warning(
                "Screen %s revoked: a credential that it gave up before was shown, so there is a copy", screen
            )
            # Nobody is signed in on a TV; the history tells it all the same.
            with wanted.deferred():
                revoke(screen, copied=True)
            return Renewal(False, _new_secret())
        return Renewal(True, _changed(screen, standing, starting, now))


def _changed(screen: PairedScreen, standing: Standing, starting: bool, now: datetime) -> str | None:
    age = now - screen.credential_since
    if standing is Standing.BEFORE:
        # Either its successor is on the way, or it never arrived.
        return None if age < KEPT_AFTER else _give(screen, digest_before=screen.credential_before, now=now)
    if screen.credential_before:
        if age >= KEPT_AFTER:
            screen.credentials_ended = [screen.credential_before, *screen.credentials_ended][:ENDED_MOST]
            screen.credential_before = None
            screen.save(update_fields=["credentials_ended", "credential_before"])
        return None
    if age < (CHANGED_AT_START_AFTER if starting else CHANGED_EVERY):
        return None
    return _give(screen, digest_before=screen.credential, now=now)


def _give(screen: PairedScreen, digest_before: str | None, now: datetime) -> str:
    secret = _new_secret(screen.pk)
    screen.credential, screen.credential_before, screen.credential_since = digest(secret), digest_before, now
    screen.save(update_fields=["credential", "credential_before", "credential_since"])
    return secret


def revoke(screen: PairedScreen, *, copied: bool = False) -> bool:
    """Make the screen's credential useless: it shows a code within 5 s. Whether there was something to revoke."""
    rows = PairedScreen.objects.filter(pk=screen.pk, revoked_at=None)
    with recording.changing("screens", screen.pk):
        count = rows.update(
            revoked_at=timezone.now(),
            copied=copied,
            credential=None,
            credential_before=None,
            credentials_ended=[],
            message_until=None,
            identify_until=None,
        )
    return bool(count)


def _new_secret(screen: int | None = None) -> str:
    """With the number of its screen, so that one that was given up is recognised."""
    return f"{screen or ''}.{secrets.token_urlsafe(SECRET_BYTES)}"


def _standing(
    secret: str, now: datetime | None = None, rows: "QuerySet[PairedScreen] | None" = None
) -> tuple[PairedScreen | None, Standing]:
    if not secret or len(secret) > SECRET_MOST:
        return None, Standing.ENDED
    hashed = digest(secret)
    number = parse_id(secret.partition(".")[0]) or 0
    rows = (PairedScreen.objects.all() if rows is None else rows).filter(revoked_at=None).select_related("team")
    oldest = (now or timezone.now()) - UNUSED_FOR
    for screen in rows.filter(Q(credential=hashed) | Q(credential_before=hashed) | Q(pk=number)):
        if hashed in screen.credentials_ended:
            return screen, Standing.ENDED
        if hashed in (screen.credential, screen.credential_before):
            if max(screen.seen_at or screen.paired_at, screen.credential_since) < oldest:
                return None, Standing.ENDED
            return screen, Standing.CURRENT if hashed == screen.credential else Standing.BEFORE
    return None, Standing.ENDED
