"""One cookie jar for CometD, which runs on aiohttp, and REST, which runs on httpx.

The service finds a session by its cookies, and sends updates to the CometD session whose cookie the REST call carried.
"""

import http.cookiejar
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from email.message import Message
from http.cookies import CookieError, Morsel, SimpleCookie
from types import MappingProxyType

from aiohttp.abc import AbstractCookieJar, ClearCookiePredicate
from aiohttp.typedefs import LooseCookies
from yarl import URL


class ServiceJar(http.cookiejar.CookieJar):
    """Cookies of one connection, whose service is at ``url``; over plain http without the mark ``Secure``.

    The service marks its cookies ``Secure``, even where a test system or an edition behind its own proxy speaks plain
    http. The vendor's JavaScript client strips the mark; a jar that obeys it loses the session at once. A policy of the
    jar would not do, because httpx copies cookies into a jar of its own for each request.
    """

    def __init__(self, url: str) -> None:
        super().__init__()
        self._plain_http = URL(url).scheme == "http"

    def set_cookie(self, cookie: http.cookiejar.Cookie) -> None:
        if self._plain_http:
            cookie.secure = False
        super().set_cookie(cookie)


class _Response:
    """As much of a response as ``http.cookiejar`` looks at."""

    def __init__(self, headers: Sequence[str]) -> None:
        self._headers = Message()
        for header in headers:
            self._headers["Set-Cookie"] = header

    def info(self) -> Message:
        return self._headers


class SharedJar(AbstractCookieJar):
    """``http.cookiejar.CookieJar``, the kind that httpx uses, in the form that aiohttp takes.

    aiohttp's own jar drops cookies of hosts named by their IP address, as service and balancer of private editions are.
    """

    def __init__(self, jar: http.cookiejar.CookieJar) -> None:
        super().__init__()
        self._jar = jar

    unsafe = True
    quote_cookie = False

    @property
    def cookies(self) -> MappingProxyType[tuple[str, str], SimpleCookie]:
        grouped: dict[tuple[str, str], SimpleCookie] = {}
        for cookie in self._jar:
            grouped.setdefault((cookie.domain, cookie.path), SimpleCookie())[cookie.name] = cookie.value or ""
        return MappingProxyType(grouped)

    @property
    def host_only_cookies(self) -> frozenset[tuple[str, str, str]]:
        return frozenset((c.domain, c.path, c.name) for c in self._jar if not c.domain_specified)

    def __len__(self) -> int:
        return len(self._jar)

    def __iter__(self) -> Iterator[Morsel[str]]:
        for group in self.cookies.values():
            yield from group.values()

    def clear(self, predicate: ClearCookiePredicate | None = None) -> None:
        for cookie in list(self._jar):
            morsel: Morsel[str] = SimpleCookie({cookie.name: cookie.value or ""})[cookie.name]
            if predicate is None or predicate(morsel):
                self._jar.clear(cookie.domain, cookie.path, cookie.name)

    def clear_domain(self, domain: str) -> None:
        self._jar.clear(domain)

    def update_cookies_from_headers(self, headers: Sequence[str], response_url: URL) -> None:
        request = urllib.request.Request(str(response_url))  # noqa: S310 - never opened
        self._jar.extract_cookies(_Response(headers), request)  # type: ignore[arg-type]

    def update_cookies(self, cookies: LooseCookies, response_url: URL = URL()) -> None:  # noqa: B008 - aiohttp's face
        parsed = cookies if isinstance(cookies, Mapping) else dict(cookies)
        self.update_cookies_from_headers(
            [m.OutputString() if isinstance(m, Morsel) else f"{name}={m}" for name, m in parsed.items()], response_url
        )

    def filter_cookies(self, request_url: URL) -> SimpleCookie:
        request = urllib.request.Request(str(request_url))  # noqa: S310 - never opened
        self._jar.add_cookie_header(request)
        found = SimpleCookie()
        for pair in (request.get_header("Cookie") or "").split("; "):
            name, _, value = pair.partition("=")
            morsel: Morsel[str] = Morsel()
            try:
                morsel.set(name, value, value)
            except CookieError:
                continue  # no such cookie can be sent back by any client
            dict.__setitem__(found, name, morsel)
        return found
