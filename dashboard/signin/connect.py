"""“Connect with Genesys”: an administrator signs in once, and the connection keeps the refresh token."""

from typing import Any

from auditlog.context import set_actor
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dashboard.signin import pending
from dashboard.signin.pending import Pending
from dashboard.signin.service import at_site, redirect_uri, service_of, site_address
from statsbridge.auth import Token
from statsbridge.models import Connection


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def connect(request: HttpRequest, pk: int) -> HttpResponse:
    """What is about to happen; a POST leads on to the form of Genesys."""
    _require_superuser(request)
    connection = get_object_or_404(Connection, pk=pk)
    page: dict[str, Any] = {"connection": connection, "redirect_uri": redirect_uri(request)}
    if page["redirect_uri"] and not at_site(request):
        return HttpResponseRedirect(f"{site_address(request)}{request.path}")
    if request.method != "POST" or not page["redirect_uri"]:
        return render(request, "registration/genesys_connect.html", page)
    begun = service_of(connection).begin(page["redirect_uri"])
    # Browsers hold what a form leads to against form-action, however far it is redirected.
    response = render(request, "registration/genesys_connect.html", page | {"go_to": begun.url})
    kept = Pending(begun.verifier, page["redirect_uri"], connection=connection.pk, user=request.user.pk)
    pending.keep(request, response, begun.state, kept)
    return response


def store_refresh_token(request: HttpRequest, begun: Pending, connection: Connection, token: Token) -> HttpResponse:
    """Make the token the connection's, and say how that went on its page."""
    _require_superuser(request)
    if request.user.pk != begun.user:
        raise PermissionDenied
    if not token.refresh:
        messages.error(
            request,
            _(
                "Genesys gave no refresh token, so nothing was changed. Ask Genesys Customer Care to allow refresh "
                "tokens for the client “%(client)s”, or use another way to sign in."
            )
            % {"client": connection.client_id},
        )
        return redirect("admin:statsbridge_connection_change", connection.pk)
    with set_actor(request.user):
        connection.grant = Connection.Grant.REFRESH_TOKEN
        connection.refresh_token = token.refresh
        connection.secret_sources = {
            name: source for name, source in connection.secret_sources.items() if name != "refresh_token"
        }
        connection.save()
    messages.success(
        request, _("Connected. The bridge signs in with the new refresh token within seconds; this page says how.")
    )
    return redirect("admin:statsbridge_connection_change", connection.pk)


def _require_superuser(request: HttpRequest) -> None:
    if not (request.user.is_authenticated and request.user.is_superuser):
        raise PermissionDenied
