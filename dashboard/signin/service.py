"""Which service people sign in to: that of the connection that ``GENESYS_SIGN_IN`` names."""

import logging
from threading import Thread
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.request import split_domain_port
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from statsbridge.configuration import settings_of
from statsbridge.encryption import SecretUnreadable
from statsbridge.errors import BridgeError
from statsbridge.models import Connection
from statsbridge.signin import SignInService

logger = logging.getLogger(__name__)

#: Of sessions that were opened with Genesys; see ``backend.py``.
BACKEND = "dashboard.signin.backend.GenesysBackend"
#: Of an address: whoever comes with it was led here already.
MOVED = "moved"


def sign_in_connection() -> Connection | None:
    """The connection, enabled for the bridge or not; None where nobody signs in with Genesys."""
    name = settings.GENESYS_SIGN_IN
    if not name:
        return None
    try:
        connection = Connection.objects.filter(name=name).first()
    except SecretUnreadable as error:
        logger.error("Nobody can sign in with Genesys: %s", error)
        return None
    if connection is None:
        logger.error(
            "Nobody can sign in with Genesys: GENESYS_SIGN_IN names “%s”, and there is no such connection", name
        )
    return connection


def service_of(connection: Connection) -> SignInService:
    return SignInService(settings_of(connection))


def site_address(request: HttpRequest) -> str:
    """``PUBLIC_URL``, or where the request came to if exactly that host is an allowed one; else the empty text.

    A pattern such as ``*`` would let whoever asks choose where a sign-in leads.
    """
    if settings.PUBLIC_URL:
        return str(settings.PUBLIC_URL)
    host, _port = split_domain_port(request.get_host())
    return f"{request.scheme}://{request.get_host()}" if host in settings.ALLOWED_HOSTS else ""


def redirect_uri(request: HttpRequest) -> str:
    """The one address that sign-ins come back to, as it is registered with Genesys; empty as ``site_address`` is."""
    site = site_address(request)
    return f"{site}{reverse('genesys_callback')}" if site else ""


def at_site(request: HttpRequest) -> bool:
    """Whether the browser is where it will come back to: cookies belong to one host."""
    return _origin(site_address(request)) == _origin(_asked(request))


def to_site(request: HttpRequest, **query: str) -> HttpResponse:
    """Lead to the same page at the site's own address; once only, since a proxy may tell of another host every time."""
    if MOVED not in request.GET:
        query[MOVED] = "1"
        return HttpResponseRedirect(f"{site_address(request)}{request.path}?{urlencode(query)}")
    words = _(
        "This page was asked for at %(asked)s, and PUBLIC_URL is %(public)s: tell the administrator. The proxy before "
        "this server has to pass on Host and X-Forwarded-Proto, or PUBLIC_URL is another one."
    ) % {"asked": _asked(request), "public": site_address(request)}
    return render(request, "registration/genesys_refused.html", {"words": words}, status=503)


def _asked(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _origin(address: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def end_in_background(service: SignInService, access: str) -> None:
    """End a token. Nobody waits for it, and nothing is lost where it fails: it ends by itself."""

    def end() -> None:
        try:
            service.sign_out(access)
        except BridgeError as error:
            logger.info("a token could not be ended at Genesys: %s", error)

    Thread(target=end, name="genesys-sign-out", daemon=True).start()
