"""The page as it comes out of the proxies in between: its headers, and the clock behind them. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from dashboard.embed import SKEW
from dashboard.embedding.findings import Finding, State

#: From how many seconds on a clock that is off is worth a word.
NOTICED = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for the embed page: headers in small letters, ``at`` our clock then, in s since 1970."""

    status: int
    headers: Mapping[str, str]
    at: float


def examine_page(answer: Answer, origin: str, site: str, socket: str) -> list[Finding]:
    """What is to be said of the page's headers.

    Args:
        origin: The portal's, empty where it is not known or not allowed.
        socket: The address of the frame's socket, ``ws…://host/ws/embed/<slug>/``.
    """
    page = _status(answer)
    if page.state is State.BAD:
        return [page]
    policies = _policies(answer.headers.get("content-security-policy", ""))
    return [
        page,
        _ancestors(policies, origin),
        _frame_options(answer.headers),
        _cookies(answer.headers),
        _sources(policies, site, socket),
        server_clock(answer),
    ]


def _status(answer: Answer) -> Finding:
    title = _("The embed page")
    if answer.status == 200:
        return Finding("page", State.GOOD, title, _("It is served."))
    found = _("The site's own address answers with HTTP %(status)d.") % {"status": answer.status}
    if 300 <= answer.status < 400:
        where = answer.headers.get("location", "")[:200]
        found = _("It redirects to %(where)s.") % {"where": where}
        change = _(
            "Frame the address that it leads to, and set PUBLIC_URL to that; X-Forwarded-Proto must reach the site."
        )
        return Finding("page", State.BAD, title, found, change)
    if answer.status == 400:
        return Finding(
            "page", State.BAD, title, found, _("Add the host to ALLOWED_HOSTS, and let the proxy pass Host.")
        )
    change = _("The proxy must pass /embed/ to the site, without a sign-in of its own; docs/deploy.md shows how.")
    return Finding("page", State.BAD, title, found, change)


def _policies(header: str) -> list[dict[str, list[str]]]:
    """The directives of each policy; a browser holds to all of them."""
    found = []
    for policy in header.split(","):
        words = [directive.split() for directive in policy.split(";")]
        found.append({one[0].lower(): one[1:] for one in words if one})
    return [policy for policy in found if policy]


def _ancestors(policies: Sequence[Mapping[str, list[str]]], origin: str) -> Finding:
    title = _("Who may frame it")
    lists = [policy["frame-ancestors"] for policy in policies if "frame-ancestors" in policy]
    if not lists:
        change = _("A proxy takes Content-Security-Policy away; let it pass unchanged.")
        return Finding("ancestors", State.BAD, title, _("The page comes without frame-ancestors."), change)
    named = _("The page says frame-ancestors %(names)s.") % {"names": " / ".join(" ".join(one) for one in lists)}
    if not origin or all(origin in one for one in lists):
        return Finding("ancestors", State.GOOD, title, named)
    if len(lists) > 1 and any(origin in one for one in lists):
        change = _("A proxy adds a Content-Security-Policy of its own; take frame-ancestors out of it.")
        return Finding("ancestors", State.BAD, title, named, change)
    change = _("%(origin)s is missing. If it is one of the allowed origins, a proxy or a cache changes the header.")
    return Finding("ancestors", State.BAD, title, named, change % {"origin": origin})


def _frame_options(headers: Mapping[str, str]) -> Finding:
    title = "X-Frame-Options"
    value = headers.get("x-frame-options", "")
    if not value:
        return Finding("options", State.GOOD, title, _("It is absent, as it must be."))
    change = _(
        "A proxy adds it. Take it out for /embed/: nginx: no add_header X-Frame-Options there, or proxy_hide_header."
    )
    return Finding("options", State.BAD, title, _("The page comes with “%(value)s”.") % {"value": value[:100]}, change)


def _cookies(headers: Mapping[str, str]) -> Finding:
    title = _("Cookies")
    if "set-cookie" not in headers:
        return Finding("cookies", State.GOOD, title, _("The page sets none."))
    name = re.split(r"[=;]", headers["set-cookie"])[0].strip()[:60]
    change = _("A proxy or balancer adds it. Browsers block it in a foreign frame: nothing on the way may need it.")
    return Finding("cookies", State.WARN, title, _("The page sets the cookie “%(name)s”.") % {"name": name}, change)


def _sources(policies: Sequence[Mapping[str, list[str]]], site: str, socket: str) -> Finding:
    """Whether the page's own policy lets it open its socket."""
    title = _("The socket's address")
    here = urlsplit(socket)
    ways = {"'self'", f"{here.scheme}:", f"{here.scheme}://{here.netloc}", f"ws://{here.netloc}{here.path}", socket}
    for policy in policies:
        sources = policy.get("connect-src", policy.get("default-src"))
        if sources is not None and not ways & set(sources):
            found = _("The page lets itself connect to %(sources)s only.") % {"sources": " ".join(sources)}
            change = _("The proxy must pass Host unchanged, or set PUBLIC_URL=%(site)s.") % {"site": site}
            return Finding("sources", State.BAD, title, found, change)
    return Finding("sources", State.GOOD, title, socket)


def server_clock(answer: Answer) -> Finding:
    """Our clock against the ``Date`` that a proxy in between wrote."""
    title = _("The server's clock")
    try:
        seen = parsedate_to_datetime(answer.headers["date"])
    except (KeyError, ValueError, TypeError):
        return Finding("server_clock", State.GOOD, title, _("The answer has no time to compare with."))
    ahead = round(answer.at - seen.replace(tzinfo=seen.tzinfo or UTC).timestamp())
    return compare_clocks("server_clock", title, ahead, _("the proxy in front"), _("Set the clocks of both (NTP)."))


def compare_clocks(key: str, title: str, ahead: int, other: str, change: str) -> Finding:
    """``ahead``: by how many seconds ours is ahead of the other one."""
    if abs(ahead) < NOTICED:
        return Finding(key, State.GOOD, title, _("It agrees with %(other)s.") % {"other": other})
    words = {"seconds": abs(ahead), "other": other}
    found = (
        _("This server is %(seconds)d s ahead of %(other)s.")
        if ahead > 0
        else _("This server is %(seconds)d s behind %(other)s.")
    ) % words
    return Finding(key, State.BAD if abs(ahead) > SKEW else State.WARN, title, found, change)
