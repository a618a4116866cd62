"""Reaching the service through a proxy and behind a private CA, with REST and CometD alike."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.peers.genesys import GenesysPeer
from tests.statsbridge.support import make_connection, make_series, running_bridge

pytestmark = pytest.mark.django_db(transaction=True)


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(ConnectionError):
        writer.close()


class Relay:
    """Passes connections on to ``port``: in the clear as an HTTP proxy, or as the end of TLS; counts them."""

    def __init__(self, port: int, tls: ssl.SSLContext | None = None) -> None:
        self.target = port
        self.tls = tls
        self.paths: list[str] = []
        self.port = 0

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        onward_reader, onward_writer = await asyncio.open_connection("127.0.0.1", self.target)
        if self.tls is None:
            head = await reader.readuntil(b"\r\n")
            self.paths.append(head.split()[1].decode())
            onward_writer.write(head)
        await asyncio.gather(pump(reader, onward_writer), pump(onward_reader, writer))
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()
        with contextlib.suppress(ConnectionError):
            await onward_writer.wait_closed()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["Relay"]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()


def private_certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1 and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sample private CA")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    ca_file, key_file = folder / "ca.pem", folder / "key.pem"
    ca_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    no_password = serialization.NoEncryption()
    kind = serialization.PrivateFormat.PKCS8
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, kind, no_password))
    return ca_file, key_file


async def test_a_proxy_is_used_for_everything(genesys_peer: GenesysPeer) -> None:
    async with Relay(genesys_peer.port).running() as proxy:
        address = f"http://127.0.0.1:{proxy.port}"
        connection = await sync_to_async(make_connection)(genesys_peer, "http://gws.example.com", proxy=address)
        await sync_to_async(make_series)(connection, "CurrNumberWaitingCalls")
        async with running_bridge() as (_, heard):
            await heard.until_live()
    assert any(path == "http://gws.example.com/auth/v3/oauth/token" for path in proxy.paths)
    assert any(path.startswith("http://gws.example.com/statistics/v3/notifications") for path in proxy.paths)


async def test_a_private_ca_is_trusted_when_it_is_named(genesys_peer: GenesysPeer, tmp_path: Path) -> None:
    ca_file, key_file = private_certificate(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(ca_file, key_file)
    async with Relay(genesys_peer.port, tls).running() as relay:
        address = f"https://127.0.0.1:{relay.port}"
        connection = await sync_to_async(make_connection)(genesys_peer, address, ca_file=str(ca_file))
        await sync_to_async(make_series)(connection, "CurrNumberWaitingCalls")
        await sync_to_async(make_connection)(genesys_peer, address, name="distrustful")
        async with running_bridge() as (_, heard):
            await heard.until_live()
            await heard.until(lambda heard: heard.links.get("distrustful") == "down")
            assert "certificate verify failed" in heard.reasons["distrustful"]
