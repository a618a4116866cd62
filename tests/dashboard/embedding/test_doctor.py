"""The embed doctor against a site behind a real proxy that misbehaves: each fault is found, and only that one."""

from email.utils import formatdate
from typing import Any

import pytest
from django.core.exceptions import DisallowedHost
from django.test import RequestFactory
from pytest_django import Settings

from dashboard.embedding import doctor
from dashboard.embedding.doctor import Asked, BusyError, examine, reached_at
from dashboard.embedding.findings import Finding, State, as_text, worst, worst_first
from dashboard.models import Wallboard
from statsbridge.clock import Clock
from tests.dashboard.embedding.proxies import PORTAL, Faults, behind
from tests.dashboard.floor import Floor

NOW = 1_763_730_000


class StoppedClock(Clock):
    def now(self) -> int:
        return NOW * 1000


@pytest.fixture
def board(floor: Floor) -> Wallboard:
    Wallboard.objects.update(allowed_origins=[PORTAL])
    return Wallboard.objects.get()


def found_with(board: Wallboard, faults: Faults, settings: Settings, **asked: Any) -> dict[str, Finding]:
    with behind(faults) as site:
        settings.PUBLIC_URL = site.url
        found = examine(board, Asked(PORTAL, **asked), site.url, StoppedClock(), seconds=20)
    return {one.key: one for one in found}


def date(seconds_off: int) -> dict[str, str | None]:
    return {"Date": formatdate(NOW + seconds_off, usegmt=True)}


def test_where_all_is_well_it_says_so(board: Wallboard, settings: Settings) -> None:
    with behind(Faults(headers=date(0))) as site:
        settings.PUBLIC_URL = site.url
        found = examine(board, Asked(PORTAL, clock=NOW * 1000.0, socket="open"), site.url, StoppedClock(), seconds=20)
    wrong = [one.key for one in found if one.state is not State.GOOD]
    # The sample site has no TLS.
    assert wrong == ["mixed"]
    assert {"allowed", "ancestors", "options", "cookies", "sources", "server_clock", "socket"} <= {
        one.key for one in found
    }
    # Neither a cookie nor a token goes along, and the socket's origin is the frame's own.
    assert set(site.asked) == {("/embed/sales/", ""), ("/ws/embed/sales/", site.url)}


@pytest.mark.parametrize(
    ("faults", "key", "state", "words"),
    [
        (Faults(socket_status=400), "socket", "bad", "did not pass the upgrade to a WebSocket: HTTP 400"),
        (Faults(socket_status=426), "socket", "bad", "HTTP 426"),
        (Faults(socket_status=502), "socket", "bad", "HTTP 502"),
        (Faults(socket_status=404), "socket", "bad", "HTTP 404"),
        (Faults(socket_status=403), "socket", "bad", "refuses the socket with HTTP 403"),
        (Faults(socket_code=1000), "socket", "bad", "ends with 1000 instead"),
        (Faults(socket_code=1006), "socket", "bad", "ends with 1006 instead"),
        (Faults(headers={"X-Frame-Options": "SAMEORIGIN"}), "options", "bad", "SAMEORIGIN"),
        (Faults(headers={"Set-Cookie": "lb=3; Path=/"}), "cookies", "warn", "cookie “lb”"),
        (Faults(headers={"Content-Security-Policy": None}), "ancestors", "bad", "without frame-ancestors"),
        (
            Faults(headers={"Content-Security-Policy": f"frame-ancestors {PORTAL}, frame-ancestors 'self'"}),
            "ancestors",
            "bad",
            "'self'",
        ),
        (Faults(headers={"Content-Security-Policy": "frame-ancestors https://old.example"}), "ancestors", "bad", "old"),
        (
            Faults(headers={"Content-Security-Policy": f"frame-ancestors {PORTAL}; connect-src ws://inside:8000/ws/"}),
            "sources",
            "bad",
            "ws://inside:8000/ws/",
        ),
        (Faults(headers=date(600)), "server_clock", "bad", "600 s behind"),
        (Faults(headers=date(-600)), "server_clock", "bad", "600 s ahead"),
        (Faults(headers=date(120)), "server_clock", "warn", "120 s behind"),
        (Faults(page_status=302, headers={"Location": "https://sso.example/"}), "page", "bad", "https://sso.example/"),
        (Faults(page_status=400), "page", "bad", "HTTP 400"),
        (Faults(page_status=401), "page", "bad", "HTTP 401"),
    ],
    ids=str,
)
def test_each_fault_of_a_proxy_is_named_with_what_to_change(
    board: Wallboard, settings: Settings, faults: Faults, key: str, state: str, words: str
) -> None:
    faults.headers = date(0) | faults.headers
    found = found_with(board, faults, settings)
    assert found[key].state == state
    assert words in found[key].found
    assert found[key].change
    assert {name for name, one in found.items() if one.state is not State.GOOD} - {"mixed"} == {key}


def test_a_redirect_of_the_socket_is_told_and_not_followed(board: Wallboard, settings: Settings) -> None:
    with behind(Faults(socket_status=302)) as site:
        settings.PUBLIC_URL = site.url
        found = {one.key: one for one in examine(board, Asked(PORTAL), site.url, seconds=20)}
    assert "refuses the socket with HTTP 302" in found["socket"].found
    assert "/elsewhere" not in [path for path, _ in site.asked]


def test_nginx_gets_its_lines_where_the_upgrade_is_lost(board: Wallboard, settings: Settings) -> None:
    found = found_with(board, Faults(socket_status=426), settings)
    assert "proxy_set_header Upgrade $http_upgrade;" in found["socket"].change
    assert "docs/deploy.md" in found["socket"].change


def test_a_site_that_does_not_answer_is_told_in_time(board: Wallboard, settings: Settings) -> None:
    with behind(Faults(hangs=True)) as site:
        settings.PUBLIC_URL = site.url
        found = {one.key: one for one in examine(board, Asked(PORTAL), site.url, seconds=0.5)}
    assert "no answer in" in found["page"].found
    gone = {one.key: one for one in examine(board, Asked(PORTAL), site.url, seconds=5)}
    assert site.url in gone["page"].found
    assert gone["page"].state is State.BAD


@pytest.mark.parametrize(("off", "state"), [(0, "good"), (-50, "good"), (-120, "warn"), (-600, "bad"), (600, "bad")])
def test_the_browsers_clock_is_compared(board: Wallboard, settings: Settings, off: int, state: str) -> None:
    found = examine(board, Asked(PORTAL, clock=(NOW + off) * 1000.0), "", StoppedClock())
    assert next(one for one in found if one.key == "browser_clock").state == state


@pytest.mark.parametrize(("seen", "state"), [("open", "good"), ("failed", "bad"), ("", None)])
def test_the_browsers_own_socket_counts(board: Wallboard, seen: str, state: str | None) -> None:
    found = {one.key: one for one in examine(board, Asked(PORTAL, socket=seen), "", StoppedClock())}
    assert (found["browser_socket"].state if state else found.get("browser_socket")) == state


def test_only_so_many_are_examined_at_a_time(board: Wallboard) -> None:
    for _ in range(doctor.AT_ONCE):
        assert doctor._running.acquire(blocking=False)
    try:
        with pytest.raises(BusyError):
            examine(board, Asked(PORTAL), "")
    finally:
        for _ in range(doctor.AT_ONCE):
            doctor._running.release()
    assert examine(board, Asked(PORTAL), "")


@pytest.mark.parametrize(
    ("host", "port", "allowed", "reached"),
    [
        ("wall.example.com", "80", ["wall.example.com"], "http://wall.example.com"),
        ("wall.example.com", "8000", ["wall.example.com"], "http://wall.example.com"),
        ("127.0.0.1:8000", "8000", ["127.0.0.1"], "http://127.0.0.1:8000"),
        ("[::1]:8000", "8000", ["[::1]"], "http://[::1]:8000"),
        ("127.0.0.1:6379", "8000", ["127.0.0.1"], ""),
        ("evil.example", "8000", ["*"], ""),
        ("any.example.com", "8000", [".example.com"], ""),
    ],
)
def test_without_public_url_only_the_site_itself_is_asked(
    settings: Settings, host: str, port: str, allowed: list[str], reached: str
) -> None:
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = "", allowed
    request = RequestFactory().get("/", HTTP_HOST=host, SERVER_PORT=port)
    assert reached_at(request) == reached
    settings.PUBLIC_URL = "https://wall.example.com"
    assert reached_at(request) == "https://wall.example.com"


def test_a_made_up_host_is_refused_before_anything_is_asked(settings: Settings) -> None:
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = "", ["wall.example.com"]
    with pytest.raises(DisallowedHost):
        reached_at(RequestFactory().get("/", HTTP_HOST="evil.example"))


def test_an_unknown_address_is_told_and_nothing_is_asked(board: Wallboard, settings: Settings) -> None:
    settings.PUBLIC_URL = ""
    found = {one.key: one for one in examine(board, Asked(PORTAL), "")}
    assert found["public_url"].state is State.BAD
    assert "page" not in found


def test_the_report_has_everything_and_the_worst_first() -> None:
    good, bad = Finding("a", State.GOOD, "A", "fine"), Finding("b", State.BAD, "B", "odd", "Turn it.")
    assert worst([good, bad]) is State.BAD
    assert worst_first([good, bad]) == [bad, good]
    assert as_text("Sales", [bad, good]) == "Sales\n\n[wrong] B\n  odd\n  → Turn it.\n\n[good] A\n  fine"


def test_what_is_asked_does_not_show_the_token() -> None:
    assert "secret" not in repr(Asked(PORTAL, token="secret"))
