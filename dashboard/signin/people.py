"""Which account here is a person's of Genesys, and what it may: the rules of the teams, applied at each sign-in."""

import re
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dashboard.models import Membership
from dashboard.signin.claims import Person, Rule, roles_of
from dashboard.signin.models import GenesysAccount, TeamRule
from statsbridge.models import Connection

NO_ACCESS = _(
    "Your account in Genesys gives you no access to the wallboards here. Ask the manager of your team, or an "
    "administrator, to let you in."
)
SWITCHED_OFF = _("Your account here is switched off. Ask an administrator.")
TAKEN = _(
    "There is another account with your user name here, with a password of its own. An administrator can switch its "
    "password off, under Administration, People; then sign in again."
)


class NotAdmitted(Exception):  # noqa: N818  # an answer, not a failure
    """Genesys says who it is, and that is not enough here; ``words`` are for the person."""

    def __init__(self, words: str | Promise) -> None:
        super().__init__(str(words))
        self.words = words


def admit(connection: Connection, person: Person) -> GenesysAccount:
    """The account of a person who signs in, found or made, with the memberships that the rules give.

    Raises:
        NotAdmitted: nothing lets them in; nothing was made or changed.
    """
    try:
        return _admit(connection, person)
    except IntegrityError:
        # The same person was quicker, in another tab.
        return _admit(connection, person)


@transaction.atomic
def _admit(connection: Connection, person: Person) -> GenesysAccount:
    found = GenesysAccount.objects.filter(connection=connection, subject=person.subject).select_related("user")
    account = found.first()
    user = account.user if account else _namesake(person)
    if user is not None and not user.is_active:
        raise NotAdmitted(SWITCHED_OFF)
    if not _let_in(person, user, account):
        raise NotAdmitted(NO_ACCESS)
    if user is None:
        user = get_user_model().objects.create_user(local_name(person.subject))
    if account is None:
        account = GenesysAccount.objects.create(user=user, connection=connection, subject=person.subject)
    _lock(account)
    _apply(account, person)
    return account


@transaction.atomic
def follow(account: GenesysAccount, person: Person) -> bool:
    """What Genesys says now about somebody who is signed in; whether they still may be.

    Raises:
        GenesysAccount.DoesNotExist: the account is gone.
    """
    _lock(account)
    admitted = account.user.is_active and person.subject == account.subject and _let_in(person, account.user, account)
    if admitted:
        _apply(account, person)
    else:
        forget_rules(account)
    return admitted


def _lock(account: GenesysAccount) -> None:
    """One at a time for a person, until the end of the transaction."""
    account.refresh_from_db(from_queryset=GenesysAccount.objects.select_for_update())


def forget_rules(account: GenesysAccount) -> None:
    """Take back what rules gave."""
    Membership.objects.filter(user=account.user_id, by_rule=True).delete()
    _set_superuser(account, False)


def local_name(subject: str) -> str:
    """The user name here: as in Genesys, with what Django does not take replaced."""
    return re.sub(r"[^\w.@+-]", "_", subject)[:150]


def _namesake(person: Person) -> Any:
    """The account that waits for this person: of the same name, and with no other way in.

    Raises:
        NotAdmitted: the name is somebody else's.
    """
    user = get_user_model().objects.filter(username=local_name(person.subject)).first()
    if user is None:
        return None
    linked = GenesysAccount.objects.filter(user=user).exists()
    if linked or user.is_superuser or user.has_usable_password():
        raise NotAdmitted(TAKEN)
    return user


def _let_in(person: Person, user: Any, account: GenesysAccount | None) -> bool:
    if settings.GENESYS_SIGN_IN_REQUIRES and not person.has_one_of(settings.GENESYS_SIGN_IN_REQUIRES):
        return False
    if roles_of(person, _rules()) or person.has_one_of(settings.GENESYS_SIGN_IN_SUPERUSERS):
        return True
    if user is None:
        return False
    by_hand = user.is_superuser and not (account and account.superuser_by_rule)
    return by_hand or Membership.objects.filter(user=user, by_rule=False).exists()


def _rules() -> list[Rule]:
    return [Rule(*row) for row in TeamRule.objects.values_list("team", "claim", "value", "role")]


def _apply(account: GenesysAccount, person: Person) -> None:
    user, roles = account.user, roles_of(person, _rules())
    told = {"first_name": person.first_name, "last_name": person.last_name, "email": person.email}
    new = {name: value for name, value in told.items() if value and value != getattr(user, name)}
    for name, value in new.items():
        setattr(user, name, value)
    if new:
        user.save(update_fields=list(new))
    held = {one.team_id: one for one in Membership.objects.filter(user=user)}
    for team, member in held.items():
        if member.by_rule and team not in roles:
            member.delete()
    for team, role in roles.items():
        member = held.get(team) or Membership(team_id=team, user=user, by_rule=True)
        if member.by_rule and (member.pk is None or member.role != role):
            member.role = role
            member.save()
    _set_superuser(account, person.has_one_of(settings.GENESYS_SIGN_IN_SUPERUSERS))
    # Memberships make staff of editors.
    user.refresh_from_db()


def _set_superuser(account: GenesysAccount, wanted: bool) -> None:
    """What an administrator gave is not taken away."""
    user = account.user
    given = not user.is_superuser if wanted else account.superuser_by_rule and user.is_superuser
    if given:
        user.is_superuser = wanted
        user.is_staff = user.is_staff or wanted
        user.save(update_fields=["is_superuser", "is_staff"])
    by_rule = wanted and (given or account.superuser_by_rule)
    if by_rule != account.superuser_by_rule:
        account.superuser_by_rule = by_rule
        account.save(update_fields=["superuser_by_rule"])
