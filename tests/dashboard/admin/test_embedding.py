"""A wallboard's embed page: code that follows the choices, and the doctor, who keeps nothing of a token."""

import logging
import re
from html import unescape

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from dashboard import embed
from dashboard.admin.embedpages import embed_address
from dashboard.embedding import doctor
from dashboard.models import EmbedKey, Membership, Team, Wallboard
from tests.dashboard.admin.pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored")]


@pytest.fixture
def board() -> Wallboard:
    return Wallboard.objects.get(slug="sales")


@pytest.fixture
def manager() -> Client:
    Membership.objects.filter(user__username="maria").update(role="manager")
    return client_of("maria")


def code_of(page: str, name: str) -> str:
    found = re.search(rf'data-snippet="{name}".*?<code>(.*?)</code>', page, re.DOTALL)
    assert found
    return unescape(found[1])


def findings_of(page: str) -> dict[str, str]:
    return {key: state for state, key in re.findall(r'data-finding="(\w+)"\s+data-check="(\w+)"', page)}


def test_choices_in_the_address_are_in_the_code(manager: Client, board: Wallboard) -> None:
    old, _ = embed.create_key(board.team, "old portal")
    embed.create_key(board.team, "new portal")
    tile = board.tiles.all()[0].key
    chosen = {"key": old, "theme": "dark", "lang": "de", "background": "transparent", "view": "lobby", "tiles": tile}
    page = manager.get(embed_address(board, **chosen)).content.decode()
    assert "/embed/sales/?theme=dark&amp;lang=de&amp;background=transparent" in code_of(page, "renewing")
    assert "color-scheme: light" in code_of(page, "short")
    assert f'KEY_ID = "{old}"' in code_of(page, "python")
    assert f'{{ wallboard: "sales", view: "lobby", tiles: ["{tile}"], iat: now' in code_of(page, "node")
    assert "<iframe" not in page.replace("&lt;iframe", "")


def test_tiles_are_offered_by_what_they_show(manager: Client, board: Wallboard) -> None:
    tile = board.tiles.filter(tile_series__isnull=False).first()
    assert tile
    tile.title = ""
    tile.save()
    shown = tile.tile_series.all()[0].series.definition.title
    page = unescape(manager.get(embed_address(board)).content.decode())
    assert re.search(rf'value="{tile.key}"[^>]*>\s*{re.escape(shown)} · {tile.kind}', page)


def test_what_is_no_choice_counts_as_none(manager: Client, board: Wallboard) -> None:
    key, _ = embed.create_key(board.team)
    response = manager.get(embed_address(board, key="'; drop", theme="<b>", view="roof", tiles='"'))
    code = code_of(response.content.decode(), "php")
    assert f"KEY_ID = '{key}'" in code
    assert "['wallboard' => 'sales', 'iat' => $now" in code


def test_only_keys_in_use_of_the_boards_team_are_offered(manager: Client, board: Wallboard) -> None:
    assert "YOUR-KEY-ID" in manager.get(embed_address(board)).content.decode()
    other, _ = embed.create_key(Team.objects.get(name="service"))
    revoked, _ = embed.create_key(board.team)
    embed.revoke_key(revoked)
    page = manager.get(embed_address(board)).content.decode()
    assert other not in page
    assert revoked not in page
    assert reverse("admin:dashboard_embedkey_add") + f"?team={board.team.pk}" in page


def test_secrets_are_not_on_the_page(manager: Client, board: Wallboard) -> None:
    _, secret = embed.create_key(board.team)
    assert secret not in manager.get(embed_address(board)).content.decode()


def test_managers_find_it_on_the_boards_page_and_beside_their_keys(manager: Client, board: Wallboard) -> None:
    key, _ = embed.create_key(board.team)
    change = reverse("admin:dashboard_wallboard_change", args=[board.pk])
    assert embed_address(board) in manager.get(change).content.decode()
    keys = manager.get(reverse("admin:dashboard_embedkey_changelist")).content.decode()
    assert embed_address(board, key=key) in keys
    Membership.objects.filter(user__username="maria").update(role="editor")
    assert embed_address(board) not in client_of("maria").get(change).content.decode()


def test_the_list_of_keys_takes_the_same_queries_with_more_keys_and_boards(manager: Client, board: Wallboard) -> None:
    address = reverse("admin:dashboard_embedkey_changelist")
    counts = []
    for number in range(2):
        for _ in range(5):
            embed.create_key(board.team)
        Wallboard.objects.bulk_create(Wallboard(slug=f"x{number}{n}", title="X", team=board.team) for n in range(5))
        with CaptureQueriesContext(database) as captured:
            assert manager.get(address).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_doctor_answers_without_keeping_or_repeating_the_token(
    manager: Client, board: Wallboard, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    # Nobody listens there: what the doctor can find out by itself is told all the same.
    settings.PUBLIC_URL = "http://127.0.0.1:9"
    token = "eyJhbGciOiJIUzI1NiJ9.eyJ3YWxsYm9hcmQiOiJvdGhlciJ9.c2lnbmF0dXJlLW9mLWEtc2FtcGxl"
    with caplog.at_level(logging.DEBUG):
        response = manager.post(embed_address(board), {"portal": "https://portal.example.com/x", "token": token})
    page = response.content.decode()
    found = findings_of(page)
    assert found["page"] == found["token"] == found["kid"] == found["wallboard"] == "bad"
    assert token not in page
    assert token.split(".")[2] not in page + caplog.text
    assert "https://portal.example.com" in code_of(page, "report")
    assert response["Cache-Control"].startswith("max-age=0")


def test_german_managers_are_answered_in_german(manager: Client, board: Wallboard, settings: Settings) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:9"
    given = {"portal": "https://portal.example.com", "token": "x"}
    page = manager.post(embed_address(board), given, headers={"accept-language": "de"}).content.decode()
    report = code_of(page, "report")
    assert "[falsch] Die eingebettete Seite" in report
    assert "Das ist kein JSON Web Token." in report
    assert not re.search(r"\b(the|this|is|not|with)\b", report.replace("JSON Web Token", "")), report


def test_without_an_address_it_asks_for_one(manager: Client, board: Wallboard) -> None:
    page = manager.post(embed_address(board), {"portal": "", "token": "a.b.c"}).content.decode()
    assert "errorlist" in page
    assert "a.b.c" not in page


def test_when_too_many_ask_it_says_so(manager: Client, board: Wallboard) -> None:
    for _ in range(doctor.AT_ONCE):
        assert doctor._running.acquire(blocking=False)
    try:
        page = manager.post(embed_address(board), {"portal": "https://portal.example.com"}).content.decode()
    finally:
        for _ in range(doctor.AT_ONCE):
            doctor._running.release()
    assert "Try again in a few seconds" in page
    assert EmbedKey.objects.count() == 0


def test_a_board_that_there_is_not_is_not_found(owner: Client) -> None:
    assert owner.get(reverse("admin:dashboard_wallboard_embed", args=[99_999])).status_code == 404
