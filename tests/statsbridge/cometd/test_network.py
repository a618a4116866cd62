"""Proxies and certificate authorities."""

import asyncio
import base64
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from statsbridge.cometd import CometdError, Trouble
from tests.peers.genesys import GenesysPeer
from tests.statsbridge.cometd.links import LinkMaker

CREDENTIALS = "Basic " + base64.b64encode(b"proxy-user:proxy-password").decode()


async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
    except ConnectionError:
        pass
    finally:
        sink.close()


@asynccontextmanager
async def forward_proxy(peer: GenesysPeer) -> AsyncIterator[tuple[str, list[str]]]:
    """A proxy that passes each connection on to the peer; its address, and the first lines it got."""
    heads: list[str] = []
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        heads.append(head.decode())
        if CREDENTIALS not in heads[-1]:
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            writer.close()
            return
        there, back = await asyncio.open_connection("127.0.0.1", peer.port)
        back.write(head)
        await asyncio.gather(pump(reader, back), pump(there, writer))

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.create_task(serve(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", heads
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


async def test_it_goes_through_the_proxy(genesys_peer: GenesysPeer, make_link: LinkMaker) -> None:
    async with forward_proxy(genesys_peer) as (address, heads):
        link = await make_link(genesys_peer, proxy=f"http://proxy-user:proxy-password@{address}")
        await link.open()
        await link.until_told("news")
        await link.close()
    assert heads[0].startswith(f"POST {genesys_peer.notifications_url} HTTP/1.1")


async def test_a_proxy_that_refuses_is_named_without_its_password(
    genesys_peer: GenesysPeer, make_link: LinkMaker
) -> None:
    async with forward_proxy(genesys_peer) as (address, _):
        link = await make_link(genesys_peer, proxy=f"http://proxy-user:wrong-password@{address}")
        with pytest.raises(CometdError, match="407") as caught:
            await link.open()
    assert "wrong-password" not in str(caught.value)
    assert "wrong-password" not in repr(caught.value.__cause__)


async def test_a_proxy_that_is_not_there_is_an_error(genesys_peer: GenesysPeer, make_link: LinkMaker) -> None:
    link = await make_link(genesys_peer, proxy="http://proxy-user:proxy-password@127.0.0.1:1")
    with pytest.raises(CometdError, match="cannot be reached") as caught:
        await link.open()
    assert "proxy-password" not in str(caught.value)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for localhost that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("certificate")
    (folder / "certificate.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "certificate.pem", folder / "key.pem"


async def test_it_trusts_the_authority_it_is_given(make_link: LinkMaker, certificate: tuple[Path, Path]) -> None:
    async with GenesysPeer(certificate=certificate, secure_cookies=True, hold=200) as peer:
        link = await make_link(peer, ssl=ssl.create_default_context(cafile=certificate[0]))
        await link.open()
        await link.until_told("news")
        assert link.all(Trouble) == []
        await link.close()


async def test_it_trusts_no_other(make_link: LinkMaker, certificate: tuple[Path, Path]) -> None:
    async with GenesysPeer(certificate=certificate) as peer:
        link = await make_link(peer)
        with pytest.raises(CometdError, match="certificate verify failed"):
            await link.open()
