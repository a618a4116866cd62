"""Requests of people who signed in with Genesys: their session is asked about where it is due."""

from collections.abc import Callable
from threading import BoundedSemaphore
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from dashboard.signin.models import GenesysSession
from dashboard.signin.service import BACKEND
from dashboard.signin.sessions import check, due

#: Requests of this process that wait for Genesys at a time; the others go on, and theirs is asked about with the next.
#: Pages have places for many more (``REQUESTS_AT_ONCE``), which a service that hangs must not fill.
ASK_AT_ONCE = 4
asking = BoundedSemaphore(ASK_AT_ONCE)


class GenesysSessionMiddleware:
    """After Django's own; whoever does not look at ``request.user`` pays nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        request.user = SimpleLazyObject(lambda: _still(request, user))  # type: ignore[assignment]
        return self.get_response(request)


def _still(request: HttpRequest, user: Any) -> Any:
    """The user, or nobody where Genesys said no."""
    if not user.is_authenticated or request.session.get(BACKEND_SESSION_KEY) != BACKEND:
        return user
    key = request.session.session_key or ""
    for pk in due([key]):
        if asking.acquire(blocking=False):
            try:
                check(pk)
            finally:
                asking.release()
    if not GenesysSession.objects.filter(session=key).exists():
        # Not the lazy one, which is only being found out.
        request.user = user
        logout(request)
        return AnonymousUser()
    return user
