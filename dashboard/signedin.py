"""A screen on a wall stays signed in: looking at a wallboard or a rotation renews the sign-in."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

#: A renewal writes to the database, so there is at most one in this time.
RENEWED_EVERY_SECONDS = 86_400
_RENEWED = "renewed"

View = Callable[..., HttpResponse]


def renews_sign_in(view: View) -> View:
    """A view whose answer, unless it is a refusal, starts the session's age (``SESSION_DAYS``) anew."""

    @wraps(view)
    def renewing(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code == 200 and request.user.is_authenticated:
            now = int(time.time())
            if now - request.session.get(_RENEWED, 0) >= RENEWED_EVERY_SECONDS:
                # What is written to the session also sends its cookie again.
                request.session[_RENEWED] = now
        return response

    return renewing
