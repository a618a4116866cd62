"""Pages on the way through a sign-in that a frame began: they must not lose the frame that waits for them.

Elsewhere ``Cross-Origin-Opener-Policy: same-origin`` cuts a window off from whoever opened it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve

OPENER_POLICY, KEEPS_OPENER = "Cross-Origin-Opener-Policy", "unsafe-none"
View = Callable[..., HttpResponseBase]


def keep_opener(view: View) -> View:
    """A page of that window, whatever it answers."""

    @wraps(view)
    def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response[OPENER_POLICY] = KEEPS_OPENER
        return response

    return kept


def keep_opener_on_the_way(view: View) -> View:
    """A page of many uses: only where ``next`` is that window."""

    @wraps(view)
    def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        after = request.POST.get("next") or request.GET.get("next") or ""
        return (keep_opener(view) if leads_to_window(after) else view)(request, *args, **kwargs)

    return kept


def leads_to_window(after: str) -> bool:
    try:
        return resolve(urlsplit(after).path).url_name == "embed_sign_in"
    except (Resolver404, ValueError):
        return False
