"""One jar for aiohttp and httpx."""

import http.cookiejar

import httpx
import pytest
from yarl import URL

from statsbridge.cometd.cookies import ServiceJar, SharedJar

HOSTS = ["http://127.0.0.1:8090", "http://localhost:8090", "https://gws.example.com"]


def received(base: str, *headers: str) -> http.cookiejar.CookieJar:
    """A jar that saw these cookies come from the CometD endpoint."""
    jar = ServiceJar(base)
    SharedJar(jar).update_cookies_from_headers(headers, URL(f"{base}/statistics/v3/notifications"))
    return jar


def sent_by_httpx(jar: http.cookiejar.CookieJar, url: str) -> str:
    request = httpx.Request("POST", url)
    httpx.Cookies(jar).set_cookie_header(request)
    return "; ".join(sorted(request.headers.get("cookie", "").split("; ")))


@pytest.mark.parametrize("base", HOSTS)
async def test_rest_returns_what_cometd_received(base: str) -> None:
    jar = received(base, "STATISTICS_SESSIONID=s1; Path=/; HttpOnly", "BAYEUX_BROWSER=b1")
    assert sent_by_httpx(jar, f"{base}/statistics/v3/subscriptions") == "BAYEUX_BROWSER=b1; STATISTICS_SESSIONID=s1"


@pytest.mark.parametrize("base", HOSTS)
async def test_cometd_returns_what_rest_received(base: str) -> None:
    cookies = httpx.Cookies()
    request = httpx.Request("POST", f"{base}/statistics/v3/subscriptions")
    cookies.extract_cookies(httpx.Response(200, headers={"Set-Cookie": "route=a; Path=/"}, request=request))
    found = SharedJar(cookies.jar).filter_cookies(URL(f"{base}/statistics/v3/notifications"))
    assert {name: morsel.value for name, morsel in found.items()} == {"route": "a"}


async def test_values_travel_unchanged() -> None:
    jar = received(HOSTS[0], "AWSALB=a+b/c==; Path=/", 'quoted="x y"; Path=/')
    found = SharedJar(jar).filter_cookies(URL(HOSTS[0]))
    assert sorted(m.coded_value for m in found.values()) == ['"x y"', "a+b/c=="]


async def test_a_cookie_of_another_host_stays_at_home() -> None:
    jar = received(HOSTS[0], "a=1; Path=/")
    assert not SharedJar(jar).filter_cookies(URL("http://127.0.0.2:8090/"))


async def test_secure_cookies_survive_plain_http() -> None:
    jar = received(HOSTS[0], "BAYEUX_BROWSER=b1; Secure; Path=/")
    assert SharedJar(jar).filter_cookies(URL(HOSTS[0]))["BAYEUX_BROWSER"].value == "b1"
    assert sent_by_httpx(jar, HOSTS[0]) == "BAYEUX_BROWSER=b1"


async def test_secure_cookies_of_an_https_service_stay_secure() -> None:
    jar = received(HOSTS[2], "BAYEUX_BROWSER=b1; Secure; Path=/")
    assert SharedJar(jar).filter_cookies(URL(HOSTS[2]))
    assert not SharedJar(jar).filter_cookies(URL("http://gws.example.com"))


async def test_it_is_a_jar_in_every_respect() -> None:
    jar = SharedJar(received(HOSTS[0], "a=1; Path=/", "b=2; Path=/"))
    jar.update_cookies({"c": "3"}, URL(HOSTS[0]))
    assert (len(jar), sorted(morsel.key for morsel in jar)) == (3, ["a", "b", "c"])
    assert ("127.0.0.1", "/", "a") in jar.host_only_cookies
    jar.clear(lambda morsel: morsel.key == "a")
    assert sorted(morsel.key for morsel in jar) == ["b", "c"]
    jar.clear_domain("127.0.0.1")
    assert len(jar) == 0
