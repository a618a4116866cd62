"""Tickets: what a frame in a portal shows the socket after somebody signed in, in a window of its own.

The frame sees no cookie and no sign-in. A ticket stands for one person's session and one wallboard; it opens no more
than they may look at, and nothing once that session is over. Unlike tokens of portals it is encrypted, for the server.
"""

import json
import time
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dashboard import access
from dashboard.access import NO_SUCH_WALLBOARD, NOT_YOURS
from dashboard.embed import Admission, TokenRefused
from dashboard.guard import records
from dashboard.guard.records import Kind, address_of
from dashboard.models import Wallboard
from dashboard.protocol import CloseCode, Refusal
from dashboard.signin.openers import keep_opener
from statsbridge.encryption import SecretUnreadable, decrypt, encrypt

PREFIX = "viewer."
#: Longer than a shift; the session ends it earlier.
SECONDS = 12 * 3600
_PURPOSE = "ticket of a viewer"


def issue(request: HttpRequest, wallboard: Wallboard, now: float | None = None) -> str:
    """A ticket for the person of the request, who was looked at already."""
    held = {
        "for": _PURPOSE,
        "wallboard": wallboard.slug,
        "user": request.user.pk,
        "session": request.session.session_key,
        "password": request.user.get_session_auth_hash(),  # type: ignore[union-attr]
        "ends": (time.time() if now is None else now) + SECONDS,
    }
    return PREFIX + encrypt(json.dumps(held))


def is_ticket(token: str) -> bool:
    return token.startswith(PREFIX)


def admit(token: str, slug: str, now: float) -> Admission:
    """Check a ticket for the wallboard ``slug`` at epoch second ``now``.

    Raises:
        TokenRefused: it is none, or its time or its session is over (4401).
        Refusal: it is for another wallboard, or the person may not look at it any more (4403), or there is no such
            wallboard (4404).
    """
    held = _read(token)
    seconds = float(held["ends"]) - now
    user: Any = get_user_model().objects.filter(pk=held["user"], is_active=True).first()
    alive = user is not None and Session.objects.filter(pk=held["session"]).exists()
    if seconds <= 0 or not alive or not constant_time_compare(held["password"], user.get_session_auth_hash()):
        raise TokenRefused("Sign in again.", "expired")
    if held["wallboard"] != slug:
        raise Refusal(CloseCode.FORBIDDEN, "forbidden", "The sign-in is for another wallboard.")
    wallboard = Wallboard.objects.filter(slug=slug, enabled=True).first()
    if wallboard is None:
        raise NO_SUCH_WALLBOARD
    if not access.can_view(user, wallboard):
        raise NOT_YOURS
    records.record(Kind.TOKEN_ADMITTED, user=user.pk, detail=f"ticket used: {slug}")
    view = access.view_of(user, wallboard)
    return Admission(
        wallboard.pk,
        "",
        seconds,
        float(held["ends"]),
        view,
        user=user.pk,
        session=str(held["session"]),
        password=str(held["password"]),
        seen_as=view,
    )


def _read(token: str) -> dict[str, Any]:
    try:
        held = json.loads(decrypt(token.removeprefix(PREFIX)))
    except (SecretUnreadable, ValueError):
        held = None
    if not isinstance(held, dict) or held.get("for") != _PURPOSE:
        raise TokenRefused("Sign in again.")
    return held


@never_cache
@require_safe
@keep_opener
@login_required
def sign_in_window(request: HttpRequest, slug: str) -> HttpResponse:
    """The window that a frame opened: signs in where need be, and hands the frame its ticket."""
    wallboard = get_object_or_404(Wallboard, slug=slug)
    if not access.can_view(request.user, wallboard):
        raise PermissionDenied
    if not wallboard.enabled:
        raise Http404
    address, detail = address_of(request), f"ticket issued: {slug}"
    records.record(Kind.TOKEN_ADMITTED, user=request.user.pk, detail=detail, address=address)
    return render(request, "embed_signed_in.html", {"wallboard": wallboard, "ticket": issue(request, wallboard)})
