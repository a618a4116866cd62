"""Cookies, proxy and certificates, as REST and CometD share them."""

import asyncio
import ssl
from pathlib import Path

import httpx
import pytest

from statsbridge.auth import Authenticator, Credentials
from statsbridge.clock import Clock
from statsbridge.errors import SettingsUnusable, Unreachable
from statsbridge.http import open_http
from tests.statsbridge.test_networks import private_certificate


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


def test_an_unusable_ca_file_says_why(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(SettingsUnusable, match="No such file"):
        open_http("https://gws.example.com", ca_file=str(tmp_path / "missing.pem"))
    # Viewers read the reason; the path is for the log.
    with pytest.raises(SettingsUnusable) as caught:
        open_http("https://gws.example.com", ca_file=str(tmp_path / "missing.pem"))
    assert str(tmp_path) not in str(caught.value)
    assert str(tmp_path / "missing.pem") in caplog.text
    empty = tmp_path / "empty.pem"
    empty.write_text("not a certificate")
    with pytest.raises(SettingsUnusable, match="cannot be used"):
        open_http("https://gws.example.com", ca_file=str(empty))


async def test_certificates_are_checked() -> None:
    http = open_http("https://gws.example.com")
    assert http.ssl.verify_mode == ssl.CERT_REQUIRED
    await http.client.aclose()


@pytest.mark.parametrize("api", ["http", "https"])
async def test_no_secret_goes_to_a_sign_in_service_that_nobody_vouches_for(tmp_path: Path, api: str) -> None:
    """Also where the Statistics API itself speaks plain http."""
    ca_file, key_file = private_certificate(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(ca_file, key_file)
    received: list[bytes] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.append(await reader.readline())
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0, ssl=tls)
    address = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/auth/v3"
    http = open_http(f"{api}://127.0.0.1:9")
    auth = Authenticator(http.client, address, Credentials("client", "secret"), clock=Clock())
    async with server, http.client:
        with pytest.raises(Unreachable, match="certificate verify failed"):
            await auth.ensure()
    assert received == []
