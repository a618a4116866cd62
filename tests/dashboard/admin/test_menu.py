"""The administration's menu: the words of the product, in the order of the work."""

import re
from html import unescape

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from dashboard.menu import WORDS
from tests.dashboard.admin.pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored")]


def menu(client: Client, language: str = "en") -> tuple[list[str], list[str]]:
    """The words of the menu, and those of what is folded away."""
    page = client.get(reverse("admin:index"), headers={"accept-language": language}).content.decode()
    shown, _, inside = page.partition("<details")
    return tuple(  # type: ignore[return-value]
        [unescape(word) for word in re.findall(r'<th scope="row"[^>]*>\s*<a [^>]*>([^<]+)</a>', part)]
        for part in (shown, inside)
    )


def test_it_follows_the_work_and_folds_away_what_the_bridge_keeps_for_itself(owner: Client) -> None:
    shown, inside = menu(owner)
    in_order = [
        "Connections", "Objects", "Statistics", "Teams", "Wallboards", "Rotations", "Embed keys", "People", "History",
        "Configuration file",
    ]  # fmt: skip
    assert [word for word in shown if word in in_order] == in_order
    assert "Last values" in inside
    assert "Open subscriptions" in inside
    german, _ = menu(owner, "de")
    assert german[:3] == ["Verbindungen", "Objekte", "Statistiken"]


def test_every_list_has_a_place_in_it() -> None:
    assert {model._meta.label_lower for model in admin.site._registry} <= set(WORDS)


def test_an_editor_finds_the_own_work_and_nothing_of_the_inside() -> None:
    shown, inside = menu(client_of("maria"))
    assert shown == ["Objects", "Statistics", "Measured values", "Wallboards", "Rotations", "History"]
    assert inside == []


def test_a_page_says_where_it_is_without_naming_a_part_of_the_program(owner: Client) -> None:
    for model in ("statsbridge_monitoredobject", "auth_user", "auditlog_logentry", "dashboard_embedkey"):
        page = owner.get(reverse(f"admin:{model}_changelist")).content.decode()
        trail = page.partition('class="breadcrumbs"')[2].partition("</div>")[0]
        assert unescape(re.sub(r"<[^>]*>|\s+", " ", trail)).split()[1:2] == ["Administration"], model
        for word in ("Statsbridge", "Dashboard", "Authentication and Authorization", "Recent actions", "to change<"):
            assert word not in page, (model, word)


def test_the_first_page_shows_the_latest_changes_that_one_may_read(owner: Client) -> None:
    latest = owner.get(reverse("admin:index")).content.decode().partition('class="latest"')[2]
    assert "Sales floor" in latest
    for_editor = client_of("maria").get(reverse("admin:index")).content.decode().partition('class="latest"')[2]
    assert "Sales floor" in for_editor
    assert "main" not in for_editor.partition("</ul>")[0]
