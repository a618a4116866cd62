"""Whose request it is, whatever headers claim."""

import logging
from typing import Any

import pytest

from dashboard.guard.addresses import ClientAddresses, client_of, parse_networks, place_of

PROXIES = parse_networks(["127.0.0.1", "10.0.0.0/8", "::1"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("198.51.100.7", "", "198.51.100.7"),
        ("198.51.100.7", "192.0.2.1", "198.51.100.7"),
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "192.0.2.66, 198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "192.0.2.66, 198.51.100.7, 10.1.2.3", "198.51.100.7"),
        ("127.0.0.1", "10.1.2.3", "10.1.2.3"),
        ("127.0.0.1", "2001:db8::7", "2001:db8::7"),
        ("::1", "198.51.100.7", "198.51.100.7"),
        ("::ffff:127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "unknown", "127.0.0.1"),
        ("127.0.0.1", "192.0.2.66, <script>, 10.1.2.3", "10.1.2.3"),
    ],
)
def test_only_what_a_trusted_proxy_wrote_is_believed(peer: str, forwarded: str, client: str) -> None:
    assert client_of(peer, forwarded, PROXIES) == client


def test_without_trusted_proxies_nothing_is_believed() -> None:
    assert client_of("127.0.0.1", "198.51.100.7", []) == "127.0.0.1"


def test_limits_count_a_network_of_ipv6_and_an_address_of_ipv4() -> None:
    assert place_of("2001:db8:1:2:3::4") == place_of("2001:db8:1:2::9") != place_of("2001:db8:1:3::9")
    assert place_of("198.51.100.7") == place_of("::ffff:198.51.100.7") == "198.51.100.7"
    assert place_of("") == ""


async def told(app_trusts: list[str], client: Any, *forwarded: bytes, kind: str = "http") -> Any:
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope.get("client"))

    headers = [(b"x-forwarded-for", one) for one in forwarded]
    scope = {"type": kind, "client": client, "headers": headers}
    await ClientAddresses(app, parse_networks(app_trusts))(scope, None, None)
    return seen[0]


@pytest.mark.parametrize("kind", ["http", "websocket"])
async def test_the_application_is_told_the_clients_address(kind: str) -> None:
    assert await told(["127.0.0.1"], ["127.0.0.1", 5], b"192.0.2.66", b"198.51.100.7", kind=kind) == ["198.51.100.7", 0]
    assert await told([], ["127.0.0.1", 5], b"198.51.100.7", kind=kind) == ["127.0.0.1", 5]
    assert await told(["127.0.0.1"], None, b"198.51.100.7", kind=kind) is None


async def test_a_proxy_that_nobody_named_is_told_of_once(caplog: pytest.LogCaptureFixture) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        pass

    addresses = ClientAddresses(app, [])
    scope = {"type": "http", "client": ["10.0.0.3", 5], "headers": [(b"x-forwarded-for", b"198.51.100.7")]}
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            await addresses(scope, None, None)
    (record,) = caplog.records
    assert "TRUSTED_PROXIES=10.0.0.3" in record.getMessage()
