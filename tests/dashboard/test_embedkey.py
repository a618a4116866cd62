import json

import pytest
from django.core.management import CommandError, call_command

from dashboard.models import EmbedKey, Team

pytestmark = pytest.mark.django_db


def test_it_prints_a_new_key_once_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    team = Team.objects.create(name="sales", title="Sales")
    call_command("embedkey", "create", "--team", "sales")
    printed = json.loads(capsys.readouterr().out)
    assert set(printed) == {"id", "secret"}
    assert len(printed["secret"]) >= 43
    assert EmbedKey.objects.get(pk=printed["id"]).team == team


def test_it_revokes_a_key(capsys: pytest.CaptureFixture[str]) -> None:
    Team.objects.create(name="sales", title="Sales")
    call_command("embedkey", "create", "--team", "sales")
    key = json.loads(capsys.readouterr().out)["id"]
    call_command("embedkey", "revoke", key)
    assert EmbedKey.objects.get(pk=key).revoked_at is not None


def test_an_unknown_team_or_key_is_named() -> None:
    Team.objects.create(name="sales", title="Sales")
    with pytest.raises(CommandError, match="There is no team “sale”; did you mean “sales”"):
        call_command("embedkey", "create", "--team", "sale")
    with pytest.raises(CommandError, match="There is no key “nothing”"):
        call_command("embedkey", "revoke", "nothing")
