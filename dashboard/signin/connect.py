"""“Connect with Genesys”: an administrator signs in once, and the connection keeps the refresh token."""

import json
import time
from typing import Any

from auditlog.context import set_actor
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dashboard.signin import pending
from dashboard.signin.claims import read_person
from dashboard.signin.pending import SECONDS, Pending
from dashboard.signin.service import at_site, end_in_background, redirect_uri, service_of, to_site
from statsbridge.auth import Token
from statsbridge.encryption import SecretUnreadable, decrypt, encrypt
from statsbridge.models import Connection
from statsbridge.signin import SignInService

#: Of the session; the refresh token that somebody is asked about.
OFFERED = "genesys_connect"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def connect(request: HttpRequest, pk: int) -> HttpResponse:
    """What is about to happen; a POST leads on to the form of Genesys."""
    _require_superuser(request)
    connection = get_object_or_404(Connection, pk=pk)
    if request.method == "POST" and "answer" in request.POST:
        return _answered(request, connection)
    page: dict[str, Any] = {"connection": connection, "redirect_uri": redirect_uri(request)}
    if page["redirect_uri"] and not at_site(request):
        return to_site(request)
    if request.method != "POST" or not page["redirect_uri"]:
        return render(request, "registration/genesys_connect.html", page)
    begun = service_of(connection).begin(page["redirect_uri"])
    # Browsers hold what a form leads to against form-action, however far it is redirected.
    response = render(request, "registration/genesys_connect.html", page | {"go_to": begun.url})
    kept = Pending(begun.verifier, page["redirect_uri"], connection=connection.pk, user=request.user.pk)
    pending.keep(request, response, begun.state, kept)
    return response


def require_beginner(request: HttpRequest, begun: Pending) -> None:
    """Raises ``PermissionDenied`` for anybody but the superuser who began it."""
    _require_superuser(request)
    if request.user.pk != begun.user:
        raise PermissionDenied


def offer(request: HttpRequest, connection: Connection, token: Token, service: SignInService) -> HttpResponse:
    """Ask whether it is the right user: whoever was signed in there already came back without a form.

    Raises:
        BridgeError: the service does not say who it is.
    """
    if not token.refresh:
        end_in_background(service, token.access)
        messages.error(
            request,
            _(
                "Genesys gave no refresh token, so nothing was changed. Ask Genesys Customer Care to allow refresh "
                "tokens for the client “%(client)s”, or use another way to sign in."
            )
            % {"client": connection.client_id},
        )
        return redirect("admin:statsbridge_connection_change", connection.pk)
    subject = read_person(service.claims(token.access)).subject
    held = {"connection": connection.pk, "user": request.user.pk, "subject": subject, "ends": time.time() + SECONDS}
    # As long as nobody said yes it is the session's, unreadable there as well.
    request.session[OFFERED] = encrypt(json.dumps(held | {"access": token.access, "refresh": token.refresh}))
    return render(request, "registration/genesys_connect.html", {"connection": connection, "subject": subject})


def _answered(request: HttpRequest, connection: Connection) -> HttpResponse:
    """Make the token the connection's, or forget it."""
    held = _taken_out(request)
    if held.get("connection") != connection.pk or held["user"] != request.user.pk or held["ends"] < time.time():
        messages.error(request, _("Nothing was changed: that sign-in took too long. Start it again."))
    elif request.POST["answer"] != "take":
        # The refresh token goes with it, which is why it is not ended where that one is kept.
        end_in_background(service_of(connection), held["access"])
        messages.info(request, _("Nothing was changed."))
    else:
        _store(request, connection, held["refresh"])
        messages.success(
            request,
            _("Connected as %(name)s. The bridge signs in with the new refresh token within seconds.")
            % {"name": held["subject"]},
        )
    return redirect("admin:statsbridge_connection_change", connection.pk)


def _taken_out(request: HttpRequest) -> dict[str, Any]:
    try:
        held: dict[str, Any] = json.loads(decrypt(request.session.pop(OFFERED, "")) or "{}")
    except SecretUnreadable:
        return {}
    return held


def _store(request: HttpRequest, connection: Connection, refresh: str) -> None:
    with set_actor(request.user):
        connection.grant = Connection.Grant.REFRESH_TOKEN
        connection.refresh_token = refresh
        connection.secret_sources = {
            name: source for name, source in connection.secret_sources.items() if name != "refresh_token"
        }
        connection.save()


def _require_superuser(request: HttpRequest) -> None:
    if not (request.user.is_authenticated and request.user.is_superuser):
        raise PermissionDenied
