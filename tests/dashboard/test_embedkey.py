import json
from typing import Any

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


def test_it_lists_keys_newest_first_and_never_a_secret(capsys: pytest.CaptureFixture[str]) -> None:
    for team, note in (("sales", "the portal"), ("service", "")):
        Team.objects.create(name=team, title=team.title())
        call_command("embedkey", "create", "--team", team, "--note", note)
    old, new = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    call_command("embedkey", "revoke", old["id"])
    capsys.readouterr()
    call_command("embedkey", "list")
    printed = capsys.readouterr().out
    head, first, second = (line.split(maxsplit=4) for line in printed.splitlines())
    assert head == ["id", "team", "created", "revoked", "note"]
    assert first[:2] + first[3:] == [new["id"], "service", "-"]
    assert second[:2] + second[4:] == [old["id"], "sales", "the portal"]
    assert all(stamp.endswith("Z") for stamp in (first[2], *second[2:4]))
    assert not any(key["secret"] in printed for key in (old, new))


def test_it_lists_the_keys_of_one_team(capsys: pytest.CaptureFixture[str]) -> None:
    Team.objects.create(name="sales", title="Sales")
    Team.objects.create(name="service", title="Service")
    call_command("embedkey", "create", "--team", "service")
    capsys.readouterr()
    call_command("embedkey", "list", "--team", "sales")
    assert capsys.readouterr().out == "There are no embed keys.\n"
    with pytest.raises(CommandError, match="did you mean “sales”"):
        call_command("embedkey", "list", "--team", "sale")


def test_it_lists_keys_whose_secrets_cannot_be_read(capsys: pytest.CaptureFixture[str], settings: Any) -> None:
    Team.objects.create(name="sales", title="Sales")
    call_command("embedkey", "create", "--team", "sales")
    key = json.loads(capsys.readouterr().out)["id"]
    settings.FIELD_KEYS = ["another"]
    call_command("embedkey", "list")
    assert key in capsys.readouterr().out
