"""Who may edit is asked here, in one place for the page and each of its requests; and what they may send."""

import json
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from dashboard import access
from dashboard.editor.judge import FieldError
from dashboard.models import Wallboard

#: The largest board has 200 tiles; only long texts come near this.
BODY_MOST = 1_000_000

View = Callable[..., HttpResponse]


def editable_wallboard(request: HttpRequest, slug: str) -> Wallboard:
    """The wallboard, for somebody who may change it.

    Raises:
        Http404: there is none.
        PermissionDenied: it is not theirs to change.
    """
    found = get_object_or_404(Wallboard.objects.select_related("team"), slug=slug)
    if not access.can_edit(request.user, found):
        if access.can_view(request.user, found):
            raise PermissionDenied(
                _("You may look at this wallboard, but not change it: that takes the role of an editor in its team.")
            )
        raise PermissionDenied
    return found


def editing(*methods: str) -> Callable[[View], View]:
    """A view that answers in JSON, whatever becomes of the request; it is called with the wallboard."""

    def decorate(view: View) -> View:
        @wraps(view)
        @never_cache
        def answer(request: HttpRequest, slug: str) -> HttpResponse:
            if not request.user.is_authenticated:
                return problem(401, _("Nobody is signed in here any more. Sign in again; the draft is kept."))
            try:
                wallboard = editable_wallboard(request, slug)
            except PermissionDenied:
                return problem(403, _("You may not change this wallboard. Ask a manager of its team."))
            except Http404:
                return problem(404, _("There is no such wallboard any more."))
            if request.method not in methods:
                response = problem(405, _("This address is asked in another way."))
                response["Allow"] = ", ".join(methods)
                return response
            return view(request, wallboard)

        return answer

    return decorate


def problem(status: int, message: str, **more: Any) -> JsonResponse:
    return JsonResponse({"message": message} | more, status=status)


def refused(errors: list[FieldError]) -> JsonResponse:
    """The draft cannot be saved; one entry per field that is to be corrected."""
    return problem(422, _("Nothing was saved. Correct the fields that are marked."), errors=listed(errors))


def listed(errors: list[FieldError]) -> list[dict[str, Any]]:
    return [asdict(error) for error in errors]


def read_body(request: HttpRequest) -> dict[str, Any] | JsonResponse:
    """The JSON object that was sent, or the answer that says what is wrong with it."""
    if request.content_type != "application/json":
        return problem(415, _("Send JSON."))
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    # One that is sent in chunks does not say how long it is.
    if length > BODY_MOST or len(request.body) > BODY_MOST:
        return problem(413, _("The wallboard is too large. Shorten its texts or take tiles away."))
    try:
        body = json.loads(request.body)
        _require_storable(body)
    except (ValueError, RecursionError):
        return problem(400, _("This is no JSON."))
    return body if isinstance(body, dict) else problem(400, _("Send a JSON object."))


def _require_storable(body: Any) -> None:
    """Raise ``ValueError`` for what Python reads and a database does not store: infinity, half characters, NUL."""
    text = json.dumps(body, ensure_ascii=False, allow_nan=False)
    text.encode()
    if "\\u0000" in text:
        raise ValueError("a NUL character")
