"""Which service people sign in to: that of the connection that ``GENESYS_SIGN_IN`` names."""

import logging
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.urls import reverse

from statsbridge.configuration import settings_of
from statsbridge.encryption import SecretUnreadable
from statsbridge.models import Connection
from statsbridge.signin import SignInService

logger = logging.getLogger(__name__)

#: Of sessions that were opened with Genesys; see ``backend.py``.
BACKEND = "dashboard.signin.backend.GenesysBackend"


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
    host, _ = split_domain_port(request.get_host())
    return f"{request.scheme}://{request.get_host()}" if host in settings.ALLOWED_HOSTS else ""


def redirect_uri(request: HttpRequest) -> str:
    """The one address that sign-ins come back to, as it is registered with Genesys; empty as ``site_address`` is."""
    site = site_address(request)
    return f"{site}{reverse('genesys_callback')}" if site else ""


def at_site(request: HttpRequest) -> bool:
    """Whether the browser is where it will come back to: cookies belong to one host."""
    public = urlsplit(site_address(request))
    return (public.scheme, public.netloc) == (request.scheme, request.get_host())
