"""Histories of what holds secrets: connections, embed keys and accounts. What was done is told, never the secret."""

from typing import Any

import pytest
from auditlog.models import LogEntry
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.urls import reverse

from dashboard.models import EmbedKey, Membership, Team
from dashboard.privacy import erase, look_up
from statsbridge.models import Connection
from tests.dashboard.admin.pages import act, change, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored")]
LIST = "admin:auditlog_logentry_changelist"


def entries(section: str) -> list[LogEntry]:
    return list(LogEntry.objects.filter(additional_data__section=section).order_by("pk"))


def history(client: Client, row: Any) -> str:
    name = f"{row._meta.app_label}_{row._meta.model_name}"
    page = client.get(reverse(f"admin:{name}_history", args=[row.pk])).content.decode()
    return page.partition('id="content-main"')[2]


def test_a_connection_tells_who_changed_what_and_a_secret_only_as_changed(owner: Client) -> None:
    main = Connection.objects.get()
    change(owner, main, password="another-word", username="tenant\\other")
    told = history(owner, main)
    for word in ("owner", "tenant\\other", "changed", "A secret is not kept, so it cannot be taken back"):
        assert word in told
    assert "another-word" not in told
    assert "sample-password" not in told
    entry = entries("connections")[-1]
    assert owner.post(reverse("admin:auditlog_logentry_revert", args=[entry.pk])).status_code == 302
    main.refresh_from_db()
    assert main.username == "tenant\\bridge"
    assert main.password == "another-word"


def test_a_change_of_nothing_but_a_secret_offers_no_button(owner: Client) -> None:
    change(owner, Connection.objects.get(), clear_password="on", grant="client_credentials")
    change(owner, Connection.objects.get(), password="another-word")
    (_, cleared, again) = entries("connections")
    assert "cleared" in history(owner, Connection.objects.get())
    assert again.changes.keys() == {"password"}
    page = owner.get(reverse(LIST)).content.decode()
    assert f'formaction="{reverse("admin:auditlog_logentry_revert", args=[again.pk])}"' not in page
    assert f'formaction="{reverse("admin:auditlog_logentry_revert", args=[cleared.pk])}"' in page
    assert owner.post(reverse("admin:auditlog_logentry_revert", args=[again.pk])).status_code == 302
    assert Connection.objects.get().password == "another-word"


def test_that_a_connection_was_tested_is_in_its_history(owner: Client) -> None:
    main = Connection.objects.get()
    request = RequestFactory().post("/admin/")
    request.user = get_user_model().objects.get(username="owner")
    admin.site._registry[Connection].log_change(request, main, "Tested: the sign-in failed.")
    told = history(owner, main)
    assert "Tested: the sign-in failed." in told
    assert "· owner" in " ".join(told.split())


def test_keys_tell_when_they_were_made_rotated_and_revoked(owner: Client) -> None:
    team = Team.objects.get(name="sales")
    owner.post(reverse("admin:dashboard_embedkey_add"), {"team": team.pk, "note": "portal"})
    first = EmbedKey.objects.get()
    act(owner, EmbedKey, "rotate", [first])
    second = EmbedKey.objects.exclude(pk=first.pk).get()
    act(owner, EmbedKey, "revoke", [second])
    told = [(entry.object_repr, entry.action, entry.changes.get("revoked")) for entry in entries("embedkeys")]
    create, update = LogEntry.Action.CREATE, LogEntry.Action.UPDATE
    assert sorted(told, key=str) == sorted(
        [
            (first.pk, create, None),
            (second.pk, create, None),
            (first.pk, update, ["false", "true"]),
            (second.pk, update, ["false", "true"]),
        ],
        key=str,
    )
    page = history(owner, first)
    assert second.pk in page
    assert "make another one" in page
    kept = page + str(list(LogEntry.objects.values())) + owner.get(reverse(LIST)).content.decode()
    for key in (first, second):
        assert key.secret not in kept


def test_a_key_made_on_the_server_is_recorded_with_the_command(owner: Client) -> None:
    call_command("embedkey", "create", "--team", "sales")
    key = EmbedKey.objects.get()
    call_command("embedkey", "revoke", key.pk)
    assert [entry.additional_data["via"] for entry in entries("embedkeys")] == ["embedkey create", "embedkey revoke"]
    assert "embedkey revoke" in history(owner, key)


def test_managers_read_of_the_own_teams_keys_and_editors_of_none(owner: Client) -> None:
    for name in ("sales", "service"):
        owner.post(reverse("admin:dashboard_embedkey_add"), {"team": Team.objects.get(name=name).pk, "note": "x"})
    own, other = (EmbedKey.objects.get(team__name=name).pk for name in ("sales", "service"))
    maria = client_of("maria")
    assert own not in maria.get(reverse(LIST)).content.decode()
    Membership.objects.filter(user__username="maria").update(role="manager")
    page = maria.get(reverse(LIST)).content.decode()
    assert own in page
    assert other not in page


def test_an_account_tells_what_it_may_do_and_that_its_password_changed(owner: Client) -> None:
    made = {"username": "nora", "usable_password": "true", "password1": "a-Long-Word-17", "password2": "a-Long-Word-17"}
    assert owner.post(reverse("admin:auth_user_add"), made).status_code == 302
    nora = get_user_model().objects.get(username="nora")
    assert change(owner, nora, is_superuser="on", is_staff="on", email="nora@example.com").status_code == 302
    word = {"usable_password": "true", "password1": "a-Longer-Word-18", "password2": "a-Longer-Word-18"}
    assert owner.post(reverse("admin:auth_user_password_change", args=[nora.pk]), word).status_code == 302
    created, rights, password = entries("people")
    assert created.action == LogEntry.Action.CREATE
    assert rights.changes == {
        "email": ['""', "nora@example.com"],
        "staff": ["false", "true"],
        "superuser": ["false", "true"],
    }
    assert password.changes == {"password": ["", "a new value"]}
    nora.refresh_from_db()
    kept = str(list(LogEntry.objects.values())) + history(owner, nora)
    for secret in ("a-Long", nora.password, "pbkdf2"):
        assert secret not in kept
    assert "An account is changed on its own page" in kept
    assert client_of("maria").get(reverse("admin:auth_user_history", args=[nora.pk])).status_code == 403


def test_signing_in_is_no_change_of_an_account(owner: Client) -> None:
    get_user_model().objects.create_user("nora", password="a-Long-Word-17")
    before = LogEntry.objects.count()
    assert owner.post(reverse("login"), {"username": "nora", "password": "a-Long-Word-17"}).status_code == 302
    assert LogEntry.objects.count() == before


def test_whom_a_new_editor_lets_in_is_told(owner: Client) -> None:
    ben = Membership.objects.get(user__username="ben", role="viewer")
    change(owner, ben.team, **{f"memberships__{_place(ben)}__role": "editor"})
    assert entries("people")[-1].changes == {"staff": ["false", "true"]}
    assert "role: editor" in history(owner, ben.team)


def _place(member: Membership) -> int:
    return list(member.team.memberships.order_by("user__username")).index(member)


def test_an_erased_person_is_in_no_history_of_accounts(owner: Client) -> None:
    nora = get_user_model().objects.create_user("nora", email="old@example.com")
    change(owner, nora, email="nora@example.com", first_name="Leonora")
    erase(look_up("nora"))
    kept = str(list(LogEntry.objects.values()))
    for word in ("nora", "Leonora", "old@example.com"):
        assert word not in kept
