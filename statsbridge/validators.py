"""Checks of single values that people type in, shared by the admin and the configuration file."""

from urllib.parse import urlsplit
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def validate_service_url(value: str) -> None:
    """An ``http(s)://host[:port][/path]`` address without user name, query or fragment.

    Unlike Django's own validator it takes single-label hosts, which private editions have.
    """
    try:
        parts = urlsplit(value)
        port_ok = parts.port is None or parts.port > 0
    except ValueError:
        raise ValidationError(_("Not a web address: %(value)s"), params={"value": value}) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_ok:
        raise ValidationError(_("Give an address such as https://gws.example.com."))
    if parts.username or parts.query or parts.fragment:
        raise ValidationError(_("The address may not hold a user name, a query or a fragment."))


def validate_proxy_url(value: str) -> None:
    """An ``http(s)://[user:password@]host:port`` proxy address."""
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:
        raise ValidationError(_("Give a proxy such as http://proxy.example.com:3128."))


def validate_timezone(value: str) -> None:
    """A name of the tz database."""
    if value not in available_timezones():
        raise ValidationError(
            _("“%(value)s” is no time zone; use a name such as Europe/Berlin."), params={"value": value}
        )
