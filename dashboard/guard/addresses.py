"""From where a request comes: the peer's address, or what a proxy that is trusted says of its client."""

import ipaddress
import logging
from collections.abc import Iterable
from typing import Any

logger = logging.getLogger(__name__)

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
#: What one household or office has of IPv6; each of its machines has as many addresses as it likes.
IPV6_PREFIX = 64


def parse_networks(texts: Iterable[str]) -> list[Network]:
    """``["10.0.0.1", "10.1.0.0/16"]`` as networks. Raises ValueError where one is none."""
    return [ipaddress.ip_network(text, strict=False) for text in texts]


def client_of(peer: str, forwarded: str, trusted: Iterable[Network]) -> str:
    """The address of who asks.

    Args:
        peer: the other end of the connection.
        forwarded: ``X-Forwarded-For`` as it came; each proxy adds the address it was asked from, at the end. It is read
            backwards, as far as it was written by proxies that are ``trusted``.
    """
    networks = list(trusted)
    client = peer
    for claimed in reversed([one.strip() for one in forwarded.split(",") if one.strip()]):
        if not _within(client, networks):
            break
        if _parsed(claimed) is None:
            break
        client = claimed
    return client


def place_of(address: str) -> str:
    """What limits count: an IPv4 address, or the network of an IPv6 one; whatever is no address as it is."""
    parsed = _parsed(address)
    if parsed is None:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, IPV6_PREFIX), strict=False))
    return str(parsed)


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(address.strip().strip("[]"))
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed


def _within(address: str, networks: Iterable[Network]) -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in networks if network.version == parsed.version)


class ClientAddresses:
    """The ASGI application ``app``, told the address of who asks instead of the proxy's."""

    def __init__(self, app: Any, trusted: Iterable[Network]) -> None:
        self._app = app
        self._trusted = list(trusted)
        self._warned = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] in ("http", "websocket") and scope.get("client"):
            lines = [value for name, value in scope["headers"] if name.lower() == b"x-forwarded-for"]
            if lines:
                scope = {**scope, "client": self._client(scope["client"], b",".join(lines).decode("latin-1"))}
        await self._app(scope, receive, send)

    def _client(self, peer: Any, forwarded: str) -> list[Any]:
        found = client_of(str(peer[0]), forwarded, self._trusted)
        if found != peer[0]:
            return [found, 0]
        self._warn_once(str(peer[0]), forwarded)
        return list(peer)

    def _warn_once(self, peer: str, forwarded: str) -> None:
        """A proxy that nobody named makes all of its clients one: limits would be theirs together."""
        said = forwarded.rsplit(",", 1)[-1].strip()
        if self._warned or said == peer or not _private(peer) or _within(peer, self._trusted):
            return
        self._warned = True
        logger.warning(
            "Requests come through a proxy at %s that TRUSTED_PROXIES does not name: its clients count as one. "
            "Set TRUSTED_PROXIES=%s if it is yours.",
            peer,
            peer,
        )


def _private(address: str) -> bool:
    parsed = _parsed(address)
    return parsed is not None and parsed.is_private
