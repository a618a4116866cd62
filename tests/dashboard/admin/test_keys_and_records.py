"""Embed keys are made, rotated and revoked in the browser; what the bridge wrote down is there to look at."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dashboard.models import EmbedKey, Membership, Team
from statsbridge.models import Connection, LastValue, LinkStatus, OpenSubscription, Revision, Sample, Series
from tests.dashboard.admin.pages import act, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored")]


def test_a_new_embed_key_shows_its_secret_on_that_page_only(owner: Client) -> None:
    team = Team.objects.get(name="sales")
    response = owner.post(reverse("admin:dashboard_embedkey_add"), {"team": team.pk, "note": "portal"})
    key = EmbedKey.objects.get()
    assert key.secret in response.content.decode()
    assert key.secret not in str(response.cookies)
    assert key.secret not in owner.get(reverse("admin:dashboard_embedkey_changelist")).content.decode()
    act(owner, EmbedKey, "revoke", [key])
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_the_form_of_a_new_key_has_one_button_because_the_secret_comes_next(owner: Client) -> None:
    page = owner.get(reverse("admin:dashboard_embedkey_add")).content.decode()
    assert 'name="_save"' in page
    assert "_addanother" not in page
    assert "_continue" not in page


def test_a_rotated_key_shows_its_successors_secret_on_that_answer_only(owner: Client) -> None:
    old = EmbedKey.objects.create(id="k1", team=Team.objects.get(name="sales"), secret="x" * 43, note="portal")
    response = act(owner, EmbedKey, "rotate", [old])
    new = EmbedKey.objects.exclude(pk="k1").get()
    assert response.status_code == 200
    assert new.secret in response.content.decode()
    assert new.secret not in str(response.cookies)
    assert (new.team, new.note, new.revoked_at) == (old.team, "portal", None)
    old.refresh_from_db()
    assert old.revoked_at is not None
    assert new.secret not in owner.get(reverse("admin:dashboard_embedkey_changelist")).content.decode()
    for rows in ([old], [old, new]):
        assert act(owner, EmbedKey, "rotate", rows).status_code == 302
    assert EmbedKey.objects.count() == 2


def test_a_manager_rotates_the_keys_of_the_own_team_only(owner: Client) -> None:
    Membership.objects.filter(user__username="maria").update(role="manager")
    manager = client_of("maria")
    EmbedKey.objects.create(id="k1", team=Team.objects.get(name="service"), secret="x" * 43)
    act(manager, EmbedKey, "rotate", EmbedKey.objects.all())
    assert EmbedKey.objects.get().revoked_at is None


@pytest.mark.parametrize("model", [LastValue, Sample, LinkStatus, OpenSubscription, Revision])
def test_what_the_bridge_wrote_down_is_there_to_look_at(owner: Client, model: Any) -> None:
    base = f"admin:statsbridge_{model._meta.model_name}"
    series = Series.objects.all()[0]
    made: dict[Any, dict[str, Any]] = {
        LastValue: {"series": series, "value": 7, "at": 1, "state": "ok"},
        Sample: {"series": series, "at": 1, "value": 7},
        LinkStatus: {"connection": Connection.objects.get(), "state": "live"},
        OpenSubscription: {"connection": Connection.objects.get(), "subscription_id": "s", "opened_at": 1},
    }
    row = model.objects.create(**made[model]) if model in made else model.objects.get()
    assert owner.get(reverse(f"{base}_changelist")).status_code == 200
    page = reverse(f"{base}_change", args=[row.pk])
    assert owner.get(page).status_code == 200
    assert owner.post(page, {}).status_code == 403
    assert owner.get(reverse(f"{base}_add")).status_code == 403
    assert client_of("maria").get(reverse(f"{base}_changelist")).status_code == 403
