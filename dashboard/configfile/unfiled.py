"""What the history of changes records though no file holds it: embed keys, screens and accounts, as items without
secrets."""

from collections.abc import Collection, Mapping
from typing import Any

from django.contrib.auth import get_user_model

from dashboard.models import EmbedKey
from dashboard.pairing.models import PairedScreen

UNFILED: Mapping[str, Any] = {"embedkeys": EmbedKey, "screens": PairedScreen, "people": get_user_model()}


def unfiled_items(section: str, pks: Collection[Any]) -> dict[Any, dict[str, Any]]:
    """The items of these rows as they are stored, by the rows' ids; each has a ``name``."""
    rows = UNFILED[section].objects.filter(pk__in=pks)
    if section == "embedkeys":
        # Not whole rows, which would be decrypted.
        keys = rows.values_list("pk", "team__name", "note", "revoked_at")
        return {pk: {"name": pk, "team": team, "note": note, "revoked": bool(ended)} for pk, team, note, ended in keys}
    if section == "screens":
        return {one.pk: _screen(one) for one in rows.select_related("team", "wallboard", "rotation")}
    return {one.pk: _person(one) for one in rows}


def _screen(one: PairedScreen) -> dict[str, Any]:
    shown = one.wallboard or one.rotation
    # Several may hang under the same name.
    item = {"name": str(one.pk), "title": one.name, "place": one.place, "team": one.team.name}
    return item | {"shows": shown.slug if shown else "", "paired": one.revoked_at is None}


def _person(one: Any) -> dict[str, Any]:
    return {
        "name": one.get_username(),
        "first name": one.first_name,
        "last name": one.last_name,
        "email": one.email,
        "active": one.is_active,
        "staff": one.is_staff,
        "superuser": one.is_superuser,
    }


def new_password(person: Any) -> list[str]:
    """That an account which is about to be saved gets another password, as a note; never which."""
    stored = type(person).objects.filter(pk=person.pk).values_list("password", flat=True).first()
    return ["password: a new value"] if stored is not None and stored != person.password else []
