"""The pages of sign-in with Genesys: out to its form, and back with a code."""

import logging
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, login
from django.contrib.auth.signals import user_logged_out
from django.contrib.auth.views import LogoutView
from django.db import transaction
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dashboard.guard import records
from dashboard.guard.records import Kind, address_of
from dashboard.signin import pending, people, sessions
from dashboard.signin.claims import read_person
from dashboard.signin.connect import offer, require_beginner
from dashboard.signin.models import GenesysSession
from dashboard.signin.openers import KEEPS_OPENER, OPENER_POLICY, keep_opener_on_the_way, leads_to_window
from dashboard.signin.pending import Pending
from dashboard.signin.people import NotAdmitted
from dashboard.signin.service import (
    BACKEND,
    at_site,
    end_in_background,
    redirect_uri,
    service_of,
    sign_in_connection,
    site_address,
    to_site,
)
from statsbridge.encryption import SecretUnreadable
from statsbridge.errors import BridgeError, SignInRefused
from statsbridge.errors import Refused as Blamed
from statsbridge.models import Connection
from statsbridge.signin import SignInService

logger = logging.getLogger(__name__)

WORDS_MOST = 200
ADDRESS_MOST = 500


@never_cache
@require_safe
@keep_opener_on_the_way
def start(request: HttpRequest) -> HttpResponse:
    """Lead to the form of Genesys; ``?next=`` is where to go afterwards."""
    connection = _connection()
    if not site_address(request):
        return _refused(request, _("PUBLIC_URL is not set on this server. Tell the administrator."), status=503)
    after = own_path(request, request.GET.get("next", ""))
    if not at_site(request):
        return to_site(request, **({"next": after} if after else {}))
    back = redirect_uri(request)
    begun = service_of(connection).begin(back)
    response = HttpResponseRedirect(begun.url)
    pending.keep(request, response, begun.state, Pending(begun.verifier, back, after))
    return response


@never_cache
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Back from the form, with a code or with a refusal."""
    state = request.GET.get("state", "")
    begun = pending.find(request, state)
    if begun is None:
        _failed_sign_in(request, "state")
        return _refused(
            request,
            _("This sign-in was not started in this browser, was used already, or took too long. Start it again."),
            status=400,
        )
    response = _come_back(request, begun)
    if leads_to_window(begun.next):
        response[OPENER_POLICY] = KEEPS_OPENER
    pending.spend(request, response, state)
    return response


def _come_back(request: HttpRequest, begun: Pending) -> HttpResponse:
    if "code" not in request.GET:
        return _denied(request, begun)
    connection = _connection() if begun.connection is None else get_object_or_404(Connection, pk=begun.connection)
    service = service_of(connection)
    if begun.connection is not None:
        require_beginner(request, begun)
    try:
        if begun.connection is not None:
            return offer(request, connection, _exchanged(request, begun, service), service)
        return _sign_in(request, begun, connection, service)
    except NotAdmitted as no:
        _failed_sign_in(request, "not admitted")
        return _refused(request, str(no.words), begun, status=403, leave=service)
    except (BridgeError, SecretUnreadable) as error:
        return _failed(request, begun, error)


def _failed_sign_in(request: HttpRequest, why: str) -> None:
    """For the record; who it was is not kept of people that are not let in."""
    records.record(Kind.SIGN_IN_FAILED, detail=f"Genesys: {why}", address=address_of(request))


def _exchanged(request: HttpRequest, begun: Pending, service: SignInService) -> Any:
    return service.finish(request.get_full_path(), request.GET["state"], begun.verifier, begun.redirect_uri)


def _sign_in(request: HttpRequest, begun: Pending, connection: Connection, service: SignInService) -> HttpResponse:
    token = _exchanged(request, begun, service)
    person = read_person(service.claims(token.access))
    before = request.session.session_key or ""
    try:
        with transaction.atomic():
            account = people.admit(connection, person)
            login(request, account.user, backend=BACKEND)
            # Whoever was signed in already would keep the key.
            request.session.cycle_key()
            request.session.save()
            sessions.begin(account, request.session.session_key or "", token)
            sessions.drop(GenesysSession.objects.filter(session=before))
    except NotAdmitted:
        end_in_background(service, token.access)
        raise
    return redirect(begun.next or settings.LOGIN_REDIRECT_URL)


def _denied(request: HttpRequest, begun: Pending) -> HttpResponse:
    """The form was left, or the service did not like the request."""
    if request.GET.get("error") == "access_denied":
        return _refused(request, _("The sign-in was cancelled."), begun, status=403)
    # Whoever began this sign-in came back from the service: what it says is shown, as text.
    words = request.GET.get("error_description") or request.GET.get("error") or ""
    told = _("Genesys refused the sign-in: %(words)s") % {"words": words[:WORDS_MOST] or "–"}
    return _refused(request, told, begun, status=502)


def _failed(request: HttpRequest, begun: Pending, error: Exception) -> HttpResponse:
    logger.warning("sign-in with Genesys failed: %s", error)
    if isinstance(error, SignInRefused) and error.what is Blamed.CODE:
        return _refused(
            request, _("Genesys does not take this sign-in: it was used already, or took too long."), begun, status=400
        )
    if isinstance(error, SignInRefused | SecretUnreadable):
        told = _("Sign-in with Genesys is not set up rightly here. Tell the administrator; the server's log says more.")
    else:
        told = _("Genesys does not answer as it should. Try again in a minute.")
    return _refused(request, told, begun, status=502)


def _refused(
    request: HttpRequest, words: str, begun: Pending | None = None, *, status: int, leave: SignInService | None = None
) -> HttpResponse:
    """A page that says why nobody is signed in, and how to go on."""
    query = f"?{urlencode({'next': begun.next})}" if begun and begun.next else ""
    back = f"{site_address(request)}{reverse('login')}{query}"
    page = {
        "words": words,
        "again": "" if leave else f"{reverse('genesys_start')}{query}",
        "leave": leave.sign_out_url(back) if leave else "",
        "connection": begun.connection if begun else None,
    }
    return render(request, "registration/genesys_refused.html", page, status=status)


def _connection() -> Connection:
    connection = sign_in_connection()
    if connection is None:
        raise Http404
    return connection


def own_path(request: HttpRequest, address: str) -> str:
    """The address if it is one of this site, and no longer than a cookie bears; else the empty text."""
    hosts = {request.get_host()}
    own = (
        address.startswith("/")
        and len(address) <= ADDRESS_MOST
        and url_has_allowed_host_and_scheme(address, hosts, request.is_secure())
    )
    return address if own else ""


class SignOutView(LogoutView):
    """Signs out here; who came from Genesys may go on to sign out there, which a form may not lead to by itself."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        came = request.session.get(BACKEND_SESSION_KEY) == BACKEND
        response = super().post(request, *args, **kwargs)
        connection = sign_in_connection() if came else None
        if connection is None:
            return response
        back = f"{site_address(request)}{reverse('login')}"
        page = {"leave": service_of(connection).sign_out_url(back), "at_once": settings.GENESYS_SIGN_OUT}
        return render(request, "registration/logged_out.html", page)


@receiver(user_logged_out, dispatch_uid="dashboard.signin")
def end_tokens(request: HttpRequest | None, **kwargs: Any) -> None:
    """The tokens of a session end with it, here and at the service."""
    key = getattr(getattr(request, "session", None), "session_key", None)
    if not key:
        return
    try:
        row = GenesysSession.objects.select_related("account__connection").filter(session=key).first()
    except SecretUnreadable:
        row = None
    sessions.drop(GenesysSession.objects.filter(session=key))
    if row is not None:
        end_in_background(service_of(row.account.connection), row.access_token)
