"""What a TV asks for over HTTP. Nobody is signed in there: its credential is all that counts."""

from typing import Any
from urllib.parse import urlsplit

from csp.constants import SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from dashboard import access
from dashboard.members import unnamed
from dashboard.models import Wallboard
from dashboard.pairing.credential import COOKIE_SECONDS, cookie_name, renew, screen_of
from dashboard.version import application_version
from dashboard.views import board_page


@never_cache
@require_safe
def screen(request: HttpRequest) -> HttpResponse:
    """The page that a TV opens, the same for all: what it shows is told over its socket.

    It sets no cookie: one that came from a link on another site would lose the TV the credential that it has, because
    browsers keep a strict cookie back then.
    """
    page = {
        "version": application_version(),
        "locale": get_language(),
        "credential": reverse("screen_credential"),
        "socket": "/ws/screen/",
    }
    return render(request, "screen.html", {"page": page})


@csrf_exempt
@never_cache
@require_POST
def credential(request: HttpRequest) -> HttpResponse:
    """Whether this device is paired; gives it its secret, and another one when it is time."""
    if not _from_own_page(request):
        return JsonResponse({"error": "forbidden"}, status=403)
    renewal = renew(request.COOKIES.get(cookie_name(), ""), starting="starting" in request.GET)
    response = JsonResponse({"paired": renewal.paired})
    if renewal.secret is not None:
        response.set_cookie(
            cookie_name(),
            renewal.secret,
            max_age=COOKIE_SECONDS,
            secure=settings.SECURE,
            httponly=True,
            samesite="Strict",
        )
    return response


@never_cache
@require_safe
@xframe_options_sameorigin
def screen_board(request: HttpRequest, slug: str) -> HttpResponse:
    """A wallboard as a screen frames it; a refusal is short, because nobody reads it there."""
    paired = screen_of(request.COOKIES.get(cookie_name(), ""))
    if paired is None:
        return HttpResponse("This screen is not paired.\n", status=401, content_type="text/plain")
    found = Wallboard.objects.select_related("team").filter(slug=slug).first()
    if found is None or found.pk not in access.screen_wallboards([paired])[paired.pk]:
        return HttpResponse("This screen shows another wallboard.\n", status=403, content_type="text/plain")
    found.title = unnamed(access.view_of_passers_by()).out_of(found.title)
    page = board_page(slug, found, framed=True) | {"socket_path": f"/ws/screen/wallboards/{slug}/", "screen": True}
    response = render(request, "wallboard.html", page)
    framed: Any = csp_replace({"frame-ancestors": [SELF]})(lambda _: response)
    framed(request)
    return response


def _from_own_page(request: HttpRequest) -> bool:
    """Browsers say which site a request comes from; one that comes from no page has no use for a TV's credential."""
    origin = request.headers.get("Origin", "").lower()
    if settings.PUBLIC_URL and origin == settings.PUBLIC_URL.lower():
        return True
    return bool(origin) and urlsplit(origin).netloc == request.get_host().lower()
