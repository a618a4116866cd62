"""Rotations: the wallboards that one screen shows in turn, as far as the person signed in on it may see them."""

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from dashboard import access
from dashboard.models import Rotation, Wallboard
from dashboard.signedin import renews_sign_in
from dashboard.version import application_version
from dashboard.views import board_page, title_of


def turns(user: Any, rotation: Rotation) -> dict[str, Any]:
    """What a screen shows: ``steps`` in order, each ``{"wallboard", "url", "seconds"}``, and how many are ``left_out``
    because the person may not see the wallboard, or because it is disabled.
    """
    steps = list(rotation.steps.select_related("wallboard"))
    visible = set(access.visible_wallboards(user).values_list("pk", flat=True))
    shown = [
        {
            "wallboard": step.wallboard.slug,
            "url": reverse("rotation_board", args=[rotation.slug, step.wallboard.slug]),
            "seconds": step.seconds,
        }
        for step in steps
        if step.wallboard_id in visible
    ]
    return {"title": title_of(user, rotation), "steps": shown, "left_out": len(steps) - len(shown)}


def _visible(user: Any, slug: str) -> Rotation:
    rotation = get_object_or_404(Rotation, slug=slug)
    if not access.visible_rotations(user).filter(pk=rotation.pk).exists():
        raise PermissionDenied
    return rotation


@never_cache
@require_safe
@login_required
@renews_sign_in
def rotation(request: HttpRequest, slug: str) -> HttpResponse:
    found = _visible(request.user, slug)
    page = {
        "version": application_version(),
        "locale": get_language(),
        "steps": reverse("rotation_steps", args=[slug]),
        "login": reverse("login"),
        "home": reverse("home"),
    }
    found.title = title_of(request.user, found)
    return render(request, "rotate.html", {"rotation": found, "page": page, "turns": turns(request.user, found)})


@never_cache
@require_safe
@renews_sign_in
def rotation_steps(request: HttpRequest, slug: str) -> HttpResponse:
    """What open screens ask for now and then, so that an edit reaches them; a refusal is a status, not a page."""
    if not request.user.is_authenticated:
        return JsonResponse({"error": "unauthenticated"}, status=401)
    found = Rotation.objects.filter(slug=slug).first()
    if found is None:
        return JsonResponse({"error": "not_found"}, status=404)
    if not access.visible_rotations(request.user).filter(pk=found.pk).exists():
        return JsonResponse({"error": "forbidden"}, status=403)
    return JsonResponse({"version": application_version(), **turns(request.user, found)})


@never_cache
@require_safe
@login_required
@renews_sign_in
@xframe_options_sameorigin
def rotation_board(request: HttpRequest, slug: str, board: str) -> HttpResponse:
    """A wallboard as a rotation frames it: the only page of the site that another one of the site may frame."""
    found = _visible(request.user, slug)
    boards = Wallboard.objects.select_related("team").filter(rotation_steps__rotation=found).distinct()
    wallboard = get_object_or_404(boards, slug=board)
    if not access.can_view(request.user, wallboard):
        raise PermissionDenied
    if not wallboard.enabled:
        raise Http404
    wallboard.title = title_of(request.user, wallboard)
    response = render(request, "wallboard.html", board_page(board, wallboard, framed=True))
    framed: Any = csp_replace({"frame-ancestors": [SELF]})(lambda _: response)
    framed(request)
    return response
