"""``LOCAL_SIGN_IN``: who may sign in with a password of this installation."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase

View = Callable[..., HttpResponseBase]


def may_sign_in(user: Any) -> bool:
    """Whether a password that is right opens a session."""
    return settings.LOCAL_SIGN_IN == "on" or (settings.LOCAL_SIGN_IN == "superusers" and user.is_superuser)


def with_passwords(view: View) -> View:
    """A page about passwords, which there is not where nobody signs in with one."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if settings.LOCAL_SIGN_IN == "off":
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
