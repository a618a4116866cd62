"""Tells the history of changes whose request it is."""

from auditlog.middleware import AuditlogMiddleware
from django.http import HttpRequest, HttpResponse


class ActorMiddleware(AuditlogMiddleware):  # type: ignore[misc]  # the library has no types
    """As the library's, but only where something may be changed: other requests need not look at the session."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD", "OPTIONS", "TRACE"):
            response: HttpResponse = self.get_response(request)
            return response
        return super().__call__(request)  # type: ignore[no-any-return]
