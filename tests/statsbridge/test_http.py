"""Cookies, proxy and certificates, as REST and CometD share them."""

import ssl
from pathlib import Path

import httpx
import pytest

from statsbridge.errors import SettingsUnusable
from statsbridge.http import open_http


class Counter:
    """Sets a cookie with the first answer and notes those it gets back."""

    def __init__(self, attributes: str) -> None:
        self.attributes = attributes
        self.seen: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request.headers.get("cookie", ""))
        return httpx.Response(200, headers={"Set-Cookie": f"STATISTICS_SESSIONID=one{self.attributes}"})


@pytest.mark.parametrize("host", ["127.0.0.1:8090", "localhost:8090", "gws.example.com"])
async def test_a_secure_cookie_survives_plain_http(host: str) -> None:
    service = Counter("; Path=/; Secure; HttpOnly")
    http = open_http(f"http://{host}", transport=httpx.MockTransport(service))
    async with http.client:
        await http.client.get(f"http://{host}/a")
        await http.client.get(f"http://{host}/b")
    assert service.seen == ["", "STATISTICS_SESSIONID=one"]
    assert [cookie.name for cookie in http.jar] == ["STATISTICS_SESSIONID"]


async def test_a_secure_cookie_of_an_https_service_stays_secure() -> None:
    http = open_http("https://gws.example.com", transport=httpx.MockTransport(Counter("; Secure")))
    async with http.client:
        await http.client.get("https://gws.example.com/a")
    assert [cookie.secure for cookie in http.jar] == [True]


def test_an_unusable_ca_file_says_why(tmp_path: Path) -> None:
    with pytest.raises(SettingsUnusable, match="No such file"):
        open_http("https://gws.example.com", ca_file=str(tmp_path / "missing.pem"))
    empty = tmp_path / "empty.pem"
    empty.write_text("not a certificate")
    with pytest.raises(SettingsUnusable, match="cannot be used"):
        open_http("https://gws.example.com", ca_file=str(empty))


async def test_certificates_are_checked() -> None:
    http = open_http("https://gws.example.com")
    assert http.ssl is not None
    assert http.ssl.verify_mode == ssl.CERT_REQUIRED
    await http.client.aclose()
