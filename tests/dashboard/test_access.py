"""Who may see or change what."""

import pytest
from django.contrib.auth.models import AnonymousUser

from dashboard import access, embed
from dashboard.models import EmbedKey, Membership, Tile
from tests.dashboard.floor import Floor

MATRIX = [
    # person, sees, edits, manages
    ("ben", True, False, False),
    ("eva", True, True, False),
    ("maya", True, True, True),
    ("omar", False, False, False),
    ("root", True, True, True),
]


@pytest.mark.parametrize(("person", "sees", "edits", "manages"), MATRIX)
def test_roles_allow_what_they_say(floor: Floor, person: str, sees: bool, edits: bool, manages: bool) -> None:
    user = floor.users[person]
    assert access.can_view(user, floor.board) is sees
    assert access.can_edit(user, floor.board) is edits
    assert access.can_manage(user, floor.sales) is manages
    assert (floor.board in access.visible_wallboards(user)) is sees


@pytest.mark.parametrize(("person", "sees", "edits", "manages"), MATRIX)
def test_permissions_answer_alike(floor: Floor, person: str, sees: bool, edits: bool, manages: bool) -> None:
    user = floor.users[person]
    tile = Tile.objects.first()
    membership = Membership.objects.filter(team=floor.sales).first()
    key = EmbedKey.objects.get(pk=embed.create_key(floor.sales)[0])
    assert user.has_perm("dashboard.view_wallboard", floor.board) is sees
    assert user.has_perm("dashboard.change_wallboard", floor.board) is edits
    assert user.has_perm("dashboard.delete_tile", tile) is edits
    assert user.has_perm("dashboard.change_membership", membership) is manages
    assert user.has_perm("dashboard.view_embedkey", key) is manages
    assert user.has_perm("dashboard.change_team", floor.sales) is manages


def test_without_an_object_a_role_in_any_team_counts(floor: Floor) -> None:
    assert floor.users["eva"].has_perm("dashboard.add_wallboard")
    assert not floor.users["ben"].has_perm("dashboard.add_wallboard")
    assert floor.users["omar"].has_perm("dashboard.add_embedkey")


def test_sharing_lets_look_and_nothing_else(floor: Floor) -> None:
    floor.board.shared_with.add(floor.service)
    omar = floor.users["omar"]
    assert access.can_view(omar, floor.board)
    assert not access.can_edit(omar, floor.board)


def test_nobody_and_the_inactive_see_nothing(floor: Floor) -> None:
    root = floor.users["root"]
    root.is_active = False
    for user in (AnonymousUser(), root):
        assert not access.can_view(user, floor.board)
        assert not access.can_edit(user, floor.board)
        assert not access.visible_wallboards(user).exists()
        assert not access.teams_of(user).exists()


def test_a_board_is_listed_once_however_many_teams_see_it(floor: Floor) -> None:
    floor.board.shared_with.add(floor.service, floor.sales)
    Membership.objects.create(team=floor.service, user=floor.users["ben"])
    assert list(access.visible_wallboards(floor.users["ben"])) == [floor.board]


def test_checking_many_sockets_takes_few_queries(floor: Floor, django_assert_max_num_queries: object) -> None:
    grants = [access.Grant(floor.board.pk, user=user.pk, session=f"s{user.pk}") for user in floor.users.values()]
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        assert len(access.revoked(grants * 10)) == len(grants)
