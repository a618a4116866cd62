"""The portal's side of the doctor: whether its address is an origin, an allowed one, and one of whose pages a browser
lets frame this site. Pure."""

import re
from collections.abc import Sequence
from urllib.parse import SplitResult, urlsplit

import idna
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from dashboard.embedding.findings import Finding, State
from dashboard.validators import validate_origin

DEFAULT_PORTS = {"http": 80, "https": 443}
#: Browsers take these for safe over plain http as well.
_LOCAL = re.compile(r"localhost|.+\.localhost|127(\.\d+){3}|::1")


class NoOriginError(ValueError):
    """No origin can be read from what was given; the message says why and what to give."""


def read_origin(given: str) -> str:
    """The origin of a page's address, as a browser sends it.

    Raises:
        NoOriginError: there is none in it.
    """
    text = given.strip().strip("'\"<>")
    if text.lower() in ("null", "about:blank") or text.lower().startswith(("file:", "data:", "blob:", "about:")):
        raise NoOriginError(
            _("A page from a file or in a sandboxed frame has no origin; serve the portal over http or https.")
        )
    if "*" in text:
        raise NoOriginError(_("An origin has no wildcards; list each portal by itself."))
    if not re.match(r"[a-z][a-z0-9+.-]*://", text, re.IGNORECASE):
        # portal.example.com:8443/start has a scheme only to the letter.
        text = f"https://{text.removeprefix('//')}"
    try:
        parts = urlsplit(text)
        host, port = _plain_host(parts), parts.port
    except ValueError:
        raise NoOriginError(
            _("This is no address. Give it as your browser shows it, such as https://portal.example.com")
        ) from None
    if parts.scheme not in DEFAULT_PORTS:
        raise NoOriginError(
            _("Only pages over http and https can frame a wallboard, not %(scheme)s.") % {"scheme": parts.scheme}
        )
    origin = f"{parts.scheme}://{host}{'' if port in (None, DEFAULT_PORTS[parts.scheme]) else f':{port}'}"
    try:
        validate_origin(origin)
    except ValidationError:
        raise NoOriginError(
            _("This is no address. Give it as your browser shows it, such as https://portal.example.com")
        ) from None
    return origin


def _plain_host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        return f"[{host}]"
    try:
        # The letters that browsers send for a name with umlauts.
        return host if host.isascii() else idna.encode(host, uts46=True).decode()
    except idna.IDNAError as error:
        raise ValueError(str(error)) from None


def examine_origin(given: str, allowed: Sequence[str], site: str) -> tuple[str, list[Finding]]:
    """The portal's origin (empty where there is none), and what is to be said of it.

    Args:
        given: What a person entered: an origin or the whole address of a page.
        allowed: The wallboard's allowed origins.
        site: This site's origin, as browsers reach it; empty where it is not known.
    """
    try:
        origin = read_origin(given)
    except NoOriginError as error:
        found = _("“%(given)s” is no origin.") % {"given": given[:200]}
        return "", [Finding("origin", State.BAD, _("The portal's origin"), found, str(error))]
    mixed = [_mixed(origin, site)] if site else []
    return origin, [_spelling(given, origin), _is_allowed(origin, allowed), *mixed]


def _spelling(given: str, origin: str) -> Finding:
    title = _("The portal's origin")
    if given.strip() == origin:
        return Finding("origin", State.GOOD, title, _("It is %(origin)s.") % {"origin": origin})
    found = _("“%(given)s” belongs to the origin %(origin)s.") % {"given": given[:200], "origin": origin}
    return Finding("origin", State.GOOD, title, found)


def _is_allowed(origin: str, allowed: Sequence[str]) -> Finding:
    title = _("Allowed origins")
    if origin in allowed:
        return Finding("allowed", State.GOOD, title, _("%(origin)s is one of them.") % {"origin": origin})
    change = _("Add %(origin)s to the wallboard's allowed origins.") % {"origin": origin}
    if not allowed:
        return Finding("allowed", State.BAD, title, _("The list is empty: browsers refuse every frame."), change)
    near = next((one for one in allowed if _bare(one) == _bare(origin)), "")
    if near:
        found = _("Allowed is %(near)s, which is another origin than %(origin)s.") % {"near": near, "origin": origin}
        return Finding("allowed", State.BAD, title, found, change)
    found = _("%(origin)s is not one of them: %(allowed)s.") % {"origin": origin, "allowed": ", ".join(allowed)}
    return Finding("allowed", State.BAD, title, found, change)


def _bare(origin: str) -> str:
    """The host without what people leave out or add by mistake."""
    return (urlsplit(origin).hostname or "").removeprefix("www.")


def _mixed(origin: str, site: str) -> Finding:
    """Browsers show no plain http within a page that came over https."""
    title = _("Mixed content")
    portal, here = urlsplit(origin), urlsplit(site)
    both = {"portal": portal.scheme, "site": here.scheme}
    if (portal.scheme, here.scheme) != ("https", "http"):
        return Finding("mixed", State.GOOD, title, _("Portal over %(portal)s, wallboard over %(site)s.") % both)
    found = _("The portal is over https, the wallboard over plain http.")
    if _LOCAL.fullmatch(here.hostname or ""):
        return Finding("mixed", State.WARN, title, found, _("Browsers allow this on the same machine only."))
    change = _("Browsers block that frame. Serve the wallboards over https and set PUBLIC_URL=https://…")
    return Finding("mixed", State.BAD, title, found, change)
