"""Whose account it is, and what rules give and take: nothing that somebody gave by hand."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from pytest_django import Settings

from dashboard.models import GenesysAccount, Membership, TeamRule
from dashboard.signin.claims import ANY, Person, Rule, read_person, roles_of
from dashboard.signin.people import NO_ACCESS, SWITCHED_OFF, TAKEN, NotAdmitted, admit, follow, local_name
from statsbridge.errors import Malformed
from statsbridge.models import Connection
from tests.dashboard.floor import Floor, build_floor
from tests.e2e.postgres import on_postgresql

EVA = "eva.sample@example.com"
SAID = {
    "user_name": EVA,
    "given_name": "Eva",
    "family_name": "Sample",
    "email": "eva@example.com",
    "dbid": 7,
    "authorities": [
        {"name": "ROLE_SUPERVISOR", "privileges": ["statistics.read", "calls.listen"]},
        {"name": "ROLE_AGENT", "privileges": []},
    ],
    "properties": {"site": "Lyon", "night": True, "groups": ["a", "b"]},
}


def person(**changes: Any) -> Person:
    return read_person({**SAID, **changes})


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        ("authorities", {"ROLE_SUPERVISOR", "ROLE_AGENT"}),
        ("privileges", {"statistics.read", "calls.listen"}),
        ("user_name", {EVA}),
        ("dbid", {"7"}),
        ("properties.site", {"Lyon"}),
        ("properties.night", {"true"}),
        ("properties.groups", {"a", "b"}),
        ("properties", set()),
        ("properties.site.more", set()),
        ("nothing", set()),
    ],
)
def test_a_claim_has_its_values_as_texts(claim: str, values: set[str]) -> None:
    assert person().values(claim) == values


@pytest.mark.parametrize("authorities", [None, "ROLE_X", {}, [1, None], [{"name": None}], [{"privileges": "x"}], [[]]])
def test_authorities_in_another_shape_break_nothing(authorities: Any) -> None:
    one = person(authorities=authorities)
    assert one.values("authorities") <= {"ROLE_X"}
    assert one.values("privileges") <= {"x"}


def test_userinfo_without_openid_names_the_person_as_well() -> None:
    said = {"username": EVA, "authorities": [], "properties": {"firstName": "Eva", "lastName": "Sample"}}
    one = read_person(said)
    assert (one.subject, one.first_name, one.last_name, one.email) == (EVA, "Eva", "Sample", "")


@pytest.mark.parametrize("said", [{}, {"user_name": ""}, {"user_name": " "}, {"user_name": 7}, {"sub": "x" * 256}])
def test_an_answer_that_names_nobody_is_none(said: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        read_person(said)


def test_the_highest_role_of_the_rules_that_fit_counts() -> None:
    rules = [
        Rule(1, "authorities", "ROLE_AGENT", "viewer"),
        Rule(1, "authorities", "ROLE_SUPERVISOR", "manager"),
        Rule(1, "properties.site", "Lyon", "editor"),
        Rule(2, "properties.site", ANY, "viewer"),
        Rule(3, "properties.town", ANY, "viewer"),
        Rule(4, "authorities", "role_agent", "viewer"),
    ]
    assert roles_of(person(), rules) == {1: "manager", 2: "viewer"}


# -- accounts -------------------------------------------------------------------------------------------------------


@pytest.fixture
def floor(db: None) -> Floor:
    floor = build_floor()
    TeamRule.objects.create(team=floor.sales, value="ROLE_SUPERVISOR", role=Membership.Role.EDITOR)
    return floor


def connection() -> Connection:
    return Connection.objects.get()


def refused(who: Person) -> Any:
    with pytest.raises(NotAdmitted) as caught:
        admit(connection(), who)
    return caught.value.words


def roles(user: Any) -> dict[str, tuple[str, bool]]:
    return {one.team.name: (one.role, one.by_rule) for one in Membership.objects.filter(user=user)}


def test_a_new_person_gets_an_account_without_a_password(floor: Floor) -> None:
    user = admit(connection(), person()).user
    assert (user.username, user.get_full_name(), user.has_usable_password()) == (EVA, "Eva Sample", False)
    assert roles(user) == {"sales": ("editor", True)}
    assert (user.is_staff, user.is_superuser) == (True, False)


def test_an_account_that_a_file_made_waits_for_its_person(floor: Floor) -> None:
    waiting = get_user_model().objects.create_user(EVA)
    Membership.objects.create(team=floor.service, user=waiting, role=Membership.Role.MANAGER)
    Membership.objects.create(team=floor.sales, user=waiting, role=Membership.Role.VIEWER)
    account = admit(connection(), person())
    assert account.user == waiting
    # What was given by hand goes before the rule.
    assert roles(waiting) == {"service": ("manager", False), "sales": ("viewer", False)}
    assert admit(connection(), person(authorities=[])).user == waiting


@pytest.mark.parametrize("what", [{"password": "sample-password-1"}, {"is_superuser": True}])
def test_an_account_with_a_password_or_all_rights_is_nobodys_by_its_name(floor: Floor, what: dict[str, Any]) -> None:
    mine = get_user_model().objects.create_user(EVA, **what)
    assert refused(person()) == TAKEN
    assert not GenesysAccount.objects.filter(user=mine).exists()


def test_two_names_that_look_alike_here_stay_two_people(floor: Floor) -> None:
    assert local_name("tenant\\eva") == local_name("tenant/eva") == "tenant_eva"
    admit(connection(), person(user_name="tenant\\eva"))
    assert refused(person(user_name="tenant/eva")) == TAKEN


def test_nobody_gets_in_without_a_rule_or_a_membership(floor: Floor) -> None:
    assert refused(person(authorities=[])) == NO_ACCESS
    assert not GenesysAccount.objects.exists()


def test_an_account_that_was_switched_off_stays_so(floor: Floor) -> None:
    user = admit(connection(), person()).user
    user.is_active = False
    user.save()
    assert refused(person()) == SWITCHED_OFF


def test_what_a_rule_gave_goes_when_it_fits_no_more(floor: Floor) -> None:
    TeamRule.objects.create(team=floor.service, claim="properties.site", value="Lyon")
    account = admit(connection(), person())
    assert roles(account.user) == {"sales": ("editor", True), "service": ("viewer", True)}
    assert follow(account, person(properties={"site": "Kiel"}))
    assert roles(account.user) == {"sales": ("editor", True)}
    assert not follow(account, person(authorities=[], properties={}))


def test_another_person_behind_the_same_session_is_not_followed(floor: Floor) -> None:
    assert not follow(admit(connection(), person()), person(user_name="somebody.else"))


def test_superusers_are_made_and_unmade_by_their_authority_only_where_it_is_named(
    floor: Floor, settings: Settings
) -> None:
    admin = {"authorities": [{"name": "ROLE_SUPERVISOR"}, {"name": "ROLE_ADMIN"}]}
    account = admit(connection(), person(**admin))
    assert not account.user.is_superuser
    settings.GENESYS_SIGN_IN_SUPERUSERS = ["ROLE_ADMIN"]
    assert follow(account, person(**admin))
    assert (account.user.is_superuser, account.user.is_staff) == (True, True)
    assert follow(account, person())
    assert not get_user_model().objects.get(pk=account.user.pk).is_superuser


def test_a_superuser_by_hand_stays_one(floor: Floor) -> None:
    account = admit(connection(), person())
    account.user.is_superuser = True
    account.user.save()
    assert follow(account, person(authorities=[]))
    assert account.user.is_superuser


def test_an_authority_may_be_asked_of_everybody(floor: Floor, settings: Settings) -> None:
    settings.GENESYS_SIGN_IN_REQUIRES = ["ROLE_WALLBOARD", "ROLE_OTHER"]
    assert refused(person()) == NO_ACCESS
    admit(connection(), person(authorities=[*SAID["authorities"], {"name": "ROLE_OTHER"}]))  # type: ignore[misc]


def test_one_person_who_is_asked_about_twice_at_once_gets_a_membership_once() -> None:
    done = on_postgresql("tests.dashboard.signin.two_checks")
    assert done.stdout == "kept kept\n", done.stderr
