"""The test portal: it signs tokens that open its wallboards, for pages of its own only."""

import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from dashboard import embed
from dashboard.demo import data
from dashboard.demo.installation import DemoFailed, Memory, open_portal
from dashboard.demo.portal import Framed, Portal
from dashboard.models import EmbedKey, Wallboard
from tests.dashboard.floor import Floor

SITE = "http://127.0.0.1:8000"


@pytest.fixture
def portal() -> Iterator[Portal]:
    portal = Portal()
    try:
        yield portal
    finally:
        portal.end()


def board_of(floor: Floor) -> Framed:
    key, secret = embed.create_key(floor.sales)
    return Framed("sales", "Sales <floor>", "lobby", key, secret)


def test_its_tokens_are_admitted_with_the_view_they_are_for(floor: Floor, portal: Portal) -> None:
    portal.start(SITE, [board_of(floor)])
    token = httpx.get(f"{portal.url}/token?board=sales", trust_env=False).text
    admission = embed.admit(token, "sales")
    assert (admission.view, admission.seconds) == ("lobby", 120)
    assert httpx.get(f"{portal.url}/token?board=other", trust_env=False).status_code == 404


def test_its_page_frames_the_site_only_and_holds_no_secret(floor: Floor, portal: Portal) -> None:
    board = board_of(floor)
    portal.start(SITE, [board])
    page = httpx.get(portal.url, trust_env=False)
    assert f"frame-src {SITE};" in page.headers["content-security-policy"]
    assert "Sales &lt;floor&gt;" in page.text
    assert board.secret not in page.text
    assert board.secret not in repr(board)
    assert "set-cookie" not in page.headers
    for file in ("portal.css", "portal.js"):
        assert httpx.get(f"{portal.url}/{file}", trust_env=False).status_code == 200
    assert httpx.get(f"{portal.url}/__init__.py", trust_env=False).status_code == 404


def test_a_foreign_name_for_this_machine_gets_no_token(floor: Floor, portal: Portal) -> None:
    portal.start(SITE, [board_of(floor)])
    for host, status in ((f"portal.localhost:{portal.port}", 200), (f"evil.example:{portal.port}", 421), ("", 421)):
        answer = httpx.get(f"{portal.url}/token?board=sales", headers={"Host": host}, trust_env=False)
        assert answer.status_code == status, host


def test_without_a_wish_it_takes_a_free_port_where_its_own_is_taken_or_meant_for_others() -> None:
    portal = open_portal(None, {8010})
    try:
        assert portal.port != 8010
        with pytest.raises(DemoFailed, match="PORTAL_PORT: port"):
            open_portal(portal.port, set())
        with pytest.raises(DemoFailed, match="must differ"):
            open_portal(8123, {8123})
    finally:
        portal.end()


def test_its_port_is_free_again_when_it_has_ended() -> None:
    portal = Portal()
    portal.end()
    with socket.create_server(("127.0.0.1", portal.port)):
        pass


def test_boards_allow_the_portal_once_and_follow_its_port(floor: Floor, memory: Memory) -> None:
    own = "https://portal.example.com"
    Wallboard.objects.update(allowed_origins=[own, "http://127.0.0.1:8010"])
    data.allow_portal(memory, ["http://127.0.0.1:8010", "http://localhost:8010"])
    assert Wallboard.objects.get().allowed_origins == [own, "http://127.0.0.1:8010", "http://localhost:8010"]
    data.allow_portal(memory, ["http://127.0.0.1:8020"])
    assert Wallboard.objects.get().allowed_origins == [own, "http://127.0.0.1:8020"]
    Wallboard.objects.update(allowed_origins=[own])
    data.allow_portal(memory, ["http://127.0.0.1:8020"])
    assert Wallboard.objects.get().allowed_origins == [own]


def test_its_key_is_kept_until_somebody_revokes_it(floor: Floor, memory: Memory) -> None:
    first = data.framed(memory)
    assert [(one.slug, one.view) for one in first] == [("sales", "floor")]
    assert [one.key for one in data.framed(memory)] == [first[0].key]
    embed.revoke_key(first[0].key)
    again = data.framed(memory)
    assert again[0].key != first[0].key
    assert EmbedKey.objects.get(pk=again[0].key).team == floor.sales


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path)
