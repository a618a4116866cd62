"""The pages: who may open one is decided in ``access``; values never come from here."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from dashboard import access
from dashboard.embed import embed_sources, frame_ancestors
from dashboard.members import unnamed
from dashboard.models import Rotation, Wallboard
from dashboard.signedin import renews_sign_in
from dashboard.tiles import themes
from dashboard.version import application_version
from statsbridge.models import Connection


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    return redirect(static("dashboard/img/favicon.svg"))


@never_cache
@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    boards = list(access.visible_wallboards(request.user).select_related("team").prefetch_related("tiles"))
    rotations = list(access.visible_rotations(request.user).select_related("team"))
    edited = set(access.teams_of(request.user, access.EDITORS).values_list("pk", flat=True))
    people = unnamed(access.view_of_passers_by())
    shown: list[Wallboard | Rotation] = [*boards, *rotations]
    for one in shown:
        if one.team_id not in edited:
            one.title = people.out_of(one.title)
    page = {"wallboards": boards, "rotations": rotations, "next_step": _next_step(request.user)}
    # Until there is something that a screen could show, it is no step to take.
    manages = bool(boards) and access.can_manage(request.user, None)
    return render(request, "home.html", page | {"edited_teams": edited, "manages_screens": manages})


@never_cache
@require_safe
@login_required
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "help.html")


@never_cache
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """At the root, because a service worker looks after what is below its own address."""
    source = Path(settings.BASE_DIR) / "static/dashboard/js/serviceworker.js"
    return HttpResponse(source.read_text(encoding="utf-8"), content_type="text/javascript; charset=utf-8")


def _next_step(user: Any) -> str:
    """What is to be done before there is anything to see, for those who can; empty when all is set up."""
    if Wallboard.objects.exists():
        return ""
    if not user.is_staff:
        return _("Nothing is set up yet. Ask your administrator.")
    if not Connection.objects.exists():
        return _(
            "Nothing is set up yet. Add a connection to your contact centre under Administration, or load a "
            "configuration file with: manage.py applyconfig FILE"
        )
    return _("There is a connection, but no wallboard yet. Add one under Administration.")


@never_cache
@require_safe
@login_required
@renews_sign_in
def wallboard(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Wallboard.objects.select_related("team"), slug=slug)
    if not access.can_view(request.user, found):
        raise PermissionDenied
    if not found.enabled:
        raise Http404
    edit = reverse("edit_wallboard", args=[slug]) if access.can_edit(request.user, found) else ""
    found.title = title_of(request.user, found)
    return render(request, "wallboard.html", board_page(slug, found) | {"edit": edit})


def title_of(user: Any, shown: Wallboard | Rotation) -> str:
    """Without the names of agents, where the person may not read them."""
    return unnamed(access.view_of(user, shown)).out_of(shown.title)


@never_cache
@require_safe
@xframe_options_exempt
def embed(request: HttpRequest, slug: str) -> HttpResponse:
    """The frame of a wallboard without anything of it: whether it exists is told over the socket, after the token."""
    found = Wallboard.objects.filter(slug=slug, enabled=True).values_list("allowed_origins", flat=True).first()
    origins = list(found or [])
    request.user = AnonymousUser()
    language = request.GET.get("lang", "")
    with override(language if language in dict(settings.LANGUAGES) else get_language()):
        page = board_page(slug, {"slug": slug, "title": "", "allowed_origins": origins}, embed=True)
        page["socket_path"] += _narrowing(request)
        page["sign_in_window"] = reverse("embed_sign_in", args=[slug]) if settings.GENESYS_SIGN_IN else ""
        response = render(request, "wallboard.html", page)
        response["Content-Language"] = page["locale"]
    rules = {"frame-ancestors": frame_ancestors(origins), "connect-src": embed_sources(request.get_host(), slug)}
    framed: Any = csp_replace(rules)(lambda _: response)
    framed(request)
    return response


def _narrowing(request: HttpRequest) -> str:
    """What the address asks the socket to leave of what the token allows."""
    asked = {name: ",".join(request.GET.getlist(name)) for name in ("tiles", "view")}
    query = urlencode({name: text for name, text in asked.items() if text})
    return f"?{query}" if query else ""


def board_page(slug: str, board: Any, *, embed: bool = False, framed: bool = False) -> dict[str, Any]:
    """What ``wallboard.html`` needs; ``framed`` is for the frame of a rotation."""
    return {
        "wallboard": board,
        "slug": slug,
        "version": application_version(),
        "themes": themes(),
        "socket_path": f"/ws/{'embed' if embed else 'wallboards'}/{slug}/",
        "embed": embed,
        "framed": framed,
        "locale": get_language(),
        "home": reverse("home"),
    }
