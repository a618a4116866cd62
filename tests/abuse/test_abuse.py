"""Abuse of each surface, against real servers: memory stays bounded, and screens that are open notice nothing."""

import asyncio
import json
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from tests.abuse.attacks import CONTINUATION, TEXT, Attacker, connections
from tests.abuse.site import MIB, SILENCE_MOST, Site, portal_screen, screens

#: MiB that an attack may cost at most; measured figures are in docs/security.md.
SOCKETS_COST, CONNECTIONS_COST, FRAMES_COST, BODIES_COST, SIGN_INS_COST = 150, 100, 60, 60, 60
#: Limits of seconds, for a machine that has other things to do.
PATIENCE = 45.0
#: Each costs the server about half a second.
TRIES = 10
COUNT_ROWS = """
from dashboard.guard.models import AccessRecord, TryCount
print(AccessRecord.objects.count() + TryCount.objects.count())
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with started(tmp_path_factory.mktemp("serve"), "serve") as site:
        yield site


@pytest.fixture(scope="module")
def daphne(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with started(tmp_path_factory.mktemp("daphne"), "daphne") as site:
        yield site


@pytest.fixture(params=["site", pytest.param("daphne", marks=pytest.mark.soak)])
def any_site(request: pytest.FixtureRequest) -> Site:
    site: Site = request.getfixturevalue(request.param)
    return site


@contextmanager
def started(folder: Path, server: str) -> Iterator[Site]:
    site = Site(folder, SIGN_IN_TRIES_OF_ADDRESS=str(TRIES))
    try:
        site.start(server)
        yield site
    finally:
        site.stop()


@asynccontextmanager
async def bounded(site: Site, cost: float) -> AsyncIterator[None]:
    """What happens within may cost so many MiB at most."""
    before = site.resident()
    site.forget_peak()
    yield
    grown = site.peak() - before
    print(f"\n{before:.0f} MiB before, {grown:.1f} MiB more at most")  # noqa: T201  # for whoever measures
    assert grown < cost


async def new_screen_shows(site: Site) -> None:
    """Somebody who comes now is served."""
    async with portal_screen(site) as socket, asyncio.timeout(SILENCE_MOST):
        assert json.loads(await socket.recv())["type"] == "snapshot"


async def page_answers(site: Site) -> None:
    async with httpx.AsyncClient(timeout=PATIENCE) as client:
        assert (await client.get(f"{site.url}/accounts/login/")).status_code == 200


async def test_a_thousand_sockets_that_show_no_credential(any_site: Site) -> None:
    async with screens(any_site), bounded(any_site, SOCKETS_COST):
        attackers = await connections(1000, any_site.port, sockets=True)
        assert len(attackers) == 1000
        await new_screen_shows(any_site)
        codes = await asyncio.gather(*(one.closed(PATIENCE) for one in attackers))
        # 0: the end of the connection came before the close frame was read.
        assert set(codes) <= {4401, 4408, 0}
        await new_screen_shows(any_site)
        await asyncio.gather(*(one.end() for one in attackers))


@pytest.mark.parametrize(
    ("signed_in", "parts"), [(False, 1), pytest.param(False, 160, marks=pytest.mark.soak), (True, 160)]
)
async def test_frames_of_ten_megabytes(any_site: Site, signed_in: bool, parts: int) -> None:
    payload = b"x" * (10 * MIB // parts)
    path = b"/ws/wallboards/floor/" if signed_in else b"/ws/embed/floor/"
    headers = f"Cookie: sessionid={any_site.session}\r\nOrigin: {any_site.url}\r\n".encode() if signed_in else b""

    async def attack() -> int:
        attacker = await Attacker.socket(any_site.port, path, headers)
        with suppress(ConnectionError):
            for number in range(parts):
                await attacker.send_frame(payload, CONTINUATION if number else TEXT, last=number == parts - 1)
        code = await attacker.closed(PATIENCE)
        await attacker.end()
        return code

    async with screens(any_site), bounded(any_site, FRAMES_COST):
        codes = await asyncio.gather(*(attack() for _ in range(20)))
        # The connection may be gone before the attacker, who only sends, reads why.
        assert set(codes) <= {1009, 0}
        await new_screen_shows(any_site)


async def trickle(attacker: Attacker, text: bytes) -> None:
    """A byte now and then, as long as the server takes it."""
    with suppress(ConnectionError):
        for number in range(10_000):
            await attacker.send(text[number % len(text)].to_bytes())
            await asyncio.sleep(0.5)


async def test_handshakes_and_headers_that_never_end(site: Site) -> None:
    async with screens(site), bounded(site, CONNECTIONS_COST):
        silent = await connections(300, site.port, sockets=False)
        slow = await connections(300, site.port, sockets=False)
        half = await connections(100, site.port, sockets=False)
        for one in half:
            await one.send(b"GET /ws/embed/floor/ HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n")
        for one in slow:
            await one.send(b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Sample: ")
        trickling = [asyncio.create_task(trickle(one, b"sample")) for one in slow]
        await page_answers(site)
        await new_screen_shows(site)
        await asyncio.gather(*(one.closed(PATIENCE) for one in [*silent, *half, *slow]))
        for task in trickling:
            task.cancel()
        await asyncio.gather(*trickling, return_exceptions=True)
        await asyncio.gather(*(one.end() for one in [*silent, *half, *slow]))


async def send_body(site: Site, size: int, *, chunked: bool) -> bytes:
    """The beginning of the answer to a body of so many bytes; empty where the connection was cut."""
    attacker = await Attacker.connect(site.port)
    length = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % size
    await attacker.send(b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n" + length + b"\r\n\r\n")
    part = b"x" * 100_000
    answer = b""
    with suppress(ConnectionError):
        for _ in range(size // len(part)):
            await attacker.send(b"%x\r\n%s\r\n" % (len(part), part) if chunked else part)
        await attacker.send(b"0\r\n\r\n" if chunked else b"")
    with suppress(ConnectionError):
        answer = await asyncio.wait_for(attacker.reader.read(100), PATIENCE)
    await attacker.end()
    return answer


@pytest.mark.parametrize("chunked", [False, True])
async def test_bodies_that_are_too_large_are_not_kept(site: Site, chunked: bool) -> None:
    async with screens(site), bounded(site, BODIES_COST):
        refused = await asyncio.gather(*(send_body(site, 7_000_000, chunked=chunked) for _ in range(10)))
        assert all(answer.startswith(b"HTTP/1.1 413 ") for answer in refused)
        cut = await asyncio.gather(*(send_body(site, 30_000_000, chunked=chunked) for _ in range(5)))
        assert all(answer == b"" or b" 413 " in answer for answer in cut)
        await page_answers(site)


async def test_as_many_connections_as_there_are_descriptors(tmp_path: Path) -> None:
    site = Site(tmp_path)
    attackers: list[Attacker] = []
    try:
        site.start(descriptors=700)
        async with screens(site), bounded(site, CONNECTIONS_COST):
            for sockets in (False, True):
                attackers += await connections(1500, site.port, sockets=sockets)
                await page_answers(site)
                await new_screen_shows(site)
        assert site.server is not None
        assert site.server.poll() is None
        assert "Too many open files" not in site.log()
    finally:
        await asyncio.gather(*(one.end() for one in attackers))
        site.stop()


async def guess(site: Site, count: int) -> Counter[int]:
    """That many sign-ins from a few connections, each with another name; the statuses of the answers."""
    statuses: Counter[int] = Counter()
    numbers = iter(range(count))

    async def work() -> None:
        async with httpx.AsyncClient(base_url=site.url, timeout=PATIENCE) as client:
            page = await client.get("/accounts/login/")
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
            assert token
            for number in numbers:
                form = {"csrfmiddlewaretoken": token[1], "username": f"sample-{number}", "password": "wrong"}
                statuses[(await client.post("/accounts/login/", data=form)).status_code] += 1

    await asyncio.gather(*(work() for _ in range(8)))
    return statuses


@pytest.mark.parametrize("count", [500, pytest.param(10_000, marks=pytest.mark.soak)])
async def test_thousands_of_sign_ins(site: Site, count: int) -> None:
    async with screens(site), bounded(site, SIGN_INS_COST):
        started = time.monotonic()
        statuses = await guess(site, count)
        print(f"\n{count / (time.monotonic() - started):.0f} tries in a second: {dict(statuses)}")  # noqa: T201
        assert sum(statuses.values()) == count
        assert set(statuses) <= {200, 429, 503}
        assert statuses[200] <= TRIES, "no more passwords are tried than one address may"
        await new_screen_shows(site)
    rows = site.installation.manage("shell", "-v0", "-c", COUNT_ROWS).split()
    assert int(rows[-1]) < 300, "what is written does not grow with the tries"
