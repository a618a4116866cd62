"""The editor's page, and the requests of its modules."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from dashboard import library
from dashboard.editor import choices
from dashboard.editor.document import usable_objects
from dashboard.editor.layouts import LAYOUTS, fill, offers
from dashboard.editor.preview import preview, values_for
from dashboard.editor.requests import editable_wallboard, editing, listed, problem, read_body, refused
from dashboard.editor.save import BoardChanged, DraftRefused, current_board, save_copy, save_draft
from dashboard.models import Wallboard
from dashboard.plain import parse_id
from dashboard.tiles import themes
from dashboard.version import application_version
from statsbridge.models import Series, StatisticDefinition


@never_cache
@require_safe
@login_required
@ensure_csrf_cookie
def page(request: HttpRequest, slug: str) -> HttpResponse:
    wallboard = editable_wallboard(request, slug)
    here = request.path
    data = {
        "slug": slug,
        "user": str(request.user.pk),
        "version": application_version(),
        "socket": f"/ws/wallboards/{slug}/" if wallboard.enabled else "",
        "locale": get_language(),
        "kinds": choices.kinds(),
        "grid": choices.grid(),
        "layouts": list(LAYOUTS),
        "board": current_board(wallboard),
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "urls": {name: f"{here}{name}/" for name in ("document", "preview", "values", "choices", "layout", "copy")},
        "login": f"{reverse('login')}?next={here}",
    }
    return render(request, "editor.html", {"wallboard": wallboard, "page": data, "themes": themes()})


@editing("GET", "PUT")
def document(request: HttpRequest, wallboard: Wallboard) -> HttpResponse:
    """GET: the board as stored. PUT ``{"revision", "wallboard"}``: save it, 409 if somebody else was faster."""
    if request.method == "GET":
        return JsonResponse(current_board(wallboard))
    body = read_body(request)
    if isinstance(body, HttpResponse):
        return body
    draft = body.get("wallboard")
    if not isinstance(draft, dict) or not isinstance(body.get("revision"), str):
        return problem(400, _("Send the board and the revision that it began with."))
    try:
        return JsonResponse(save_draft(wallboard.pk, draft, body["revision"]))
    except BoardChanged as changed:
        return problem(409, _("Somebody else changed this wallboard meanwhile."), current=changed.current)
    except DraftRefused as refusal:
        return refused(refusal.errors)


@editing("POST")
def preview_draft(request: HttpRequest, wallboard: Wallboard) -> HttpResponse:
    """``{"wallboard"}``: what a screen would draw of it, and the errors by field."""
    body = read_body(request)
    if isinstance(body, HttpResponse):
        return body
    draft = body.get("wallboard")
    if not isinstance(draft, dict):
        return problem(400, _("Send a board."))
    shown, errors = preview(wallboard, draft)
    return JsonResponse(shown | {"errors": listed(errors)})


@editing("GET")
def values(request: HttpRequest, wallboard: Wallboard) -> HttpResponse:
    """``?series=3,4``: the newest values of series that the draft shows and the stored board does not."""
    given = request.GET.get("series", "")[:10_000].split(",")
    found = values_for(wallboard, {pk for one in given if (pk := parse_id(one)) is not None})
    return JsonResponse({"values": found})


@editing("GET")
def choose(request: HttpRequest, wallboard: Wallboard) -> HttpResponse:
    """``?of=statistics`` or ``objects`` with ``&q=words``: what matches, and how many there are."""
    words = request.GET.get("q", "")[:100]
    if request.GET.get("of") == "statistics":
        return JsonResponse(choices.statistics(words))
    return JsonResponse(choices.objects(wallboard, words))


@editing("POST")
def layout(request: HttpRequest, wallboard: Wallboard) -> HttpResponse:
    """``{"layout", "objects": [name], "chosen": {role: statistic}}``: the tiles of a common board.

    ``missing`` names the roles for which nothing fits by itself, ``offers`` what could be chosen for each.
    """
    body = read_body(request)
    if isinstance(body, HttpResponse):
        return body
    name, chosen = body.get("layout"), body.get("objects")
    if not isinstance(name, str) or name not in LAYOUTS or not isinstance(chosen, list):
        return problem(400, _("Choose one of the layouts and at least one object."))
    wanted = [str(one) for one in chosen[:50]]
    rows: dict[str, Any] = {
        one["name"]: one for one in usable_objects(wallboard).filter(name__in=wanted).values("name", "type")
    }
    objects = [rows[one] for one in wanted if one in rows]
    if not objects:
        return problem(422, _("Choose at least one object that this team may use."))
    stored = StatisticDefinition.objects.order_by("title")
    statistics = [
        {**one, "types": library.types_of(one)}
        for one in stored.values("name", "title", "unit", "statistic", "definition")
    ]
    picked = body.get("chosen")
    given = {str(role): str(one) for role, one in picked.items()} if isinstance(picked, dict) else {}
    tiles, missing = fill(name, statistics, objects, _used(objects[0]["type"]), given)
    return JsonResponse({"tiles": tiles, "missing": missing, "offers": offers(missing, statistics)})


def _used(object_type: str) -> dict[str, int]:
    rows: Any = Series.objects.filter(monitored_object__type=object_type).values_list("definition__name")
    return dict(rows.annotate(Count("pk")))


@editing("POST")
def copy(request: HttpRequest, wallboard: Wallboard) -> HttpResponse:
    """``{"wallboard"}``: a further board of the same team; answers where it is edited."""
    body = read_body(request)
    if isinstance(body, HttpResponse):
        return body
    draft = body.get("wallboard")
    if not isinstance(draft, dict):
        return problem(400, _("Send a board."))
    try:
        slug = save_copy(wallboard, draft)
    except DraftRefused as refusal:
        return refused(refusal.errors)
    return JsonResponse({"slug": slug, "url": reverse("edit_wallboard", args=[slug])}, status=201)
