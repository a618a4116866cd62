"""The one place that decides who may see or change what.

Roles: viewers look at their team's wallboards and those shared with it, editors change their team's wallboards,
managers also its members, embed keys and screens. Superusers may do everything. Registered as rules, so that
``user.has_perm("dashboard.change_wallboard", wallboard)`` and the functions here answer alike.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet
from django.utils.crypto import constant_time_compare
from rules import permissions
from rules.predicates import Predicate

from dashboard.models import EmbedKey, Membership, Rotation, RotationStep, Team, Tile, Wallboard
from dashboard.pairing.models import PairedScreen
from dashboard.protocol import CloseCode, Refusal
from dashboard.signin.models import TeamRule
from statsbridge.models import MonitoredObject

Role = Membership.Role
EDITORS = (Role.EDITOR, Role.MANAGER)
MANAGERS = (Role.MANAGER,)

NOT_SIGNED_IN = Refusal(CloseCode.UNAUTHENTICATED, "unauthenticated", "Sign in to see this wallboard.")
NOT_YOURS = Refusal(CloseCode.FORBIDDEN, "forbidden", "This wallboard belongs to another team.")
NO_SUCH_WALLBOARD = Refusal(CloseCode.NOT_FOUND, "not_found", "There is no such wallboard.")
NOT_PAIRED = Refusal(CloseCode.UNAUTHENTICATED, "unauthenticated", "This screen is not paired, or was revoked.")
RENEWED = Refusal(CloseCode.TOO_SLOW, "renewed", "This screen has another credential by now: it connects anew.")
NOT_THIS_SCREENS = Refusal(CloseCode.FORBIDDEN, "forbidden", "This screen shows another wallboard.")
OTHER_VIEW = Refusal(CloseCode.TOO_SLOW, "other_view", "Your role is another one now: this page opens the board anew.")
KEY_REVOKED = Refusal(CloseCode.UNAUTHENTICATED, "unauthenticated", "The embed key was revoked.")


def is_active(user: Any) -> bool:
    """Whether somebody is signed in whose account was not switched off."""
    return bool(user.is_authenticated and user.is_active)


def teams_of(user: Any, roles: Collection[str] = tuple(Role)) -> QuerySet[Team]:
    """The teams in which the person has one of ``roles``; for a superuser all."""
    if not is_active(user):
        return Team.objects.none()
    if user.is_superuser:
        return Team.objects.all()
    return Team.objects.filter(memberships__user=user.pk, memberships__role__in=roles).distinct()


def visible_wallboards(user: Any) -> QuerySet[Wallboard]:
    """The enabled wallboards that the person may look at."""
    boards = Wallboard.objects.filter(enabled=True)
    if is_active(user) and user.is_superuser:
        return boards
    teams = teams_of(user)
    return boards.filter(Q(team__in=teams) | Q(shared_with__in=teams)).distinct()


def known_wallboards(user: Any) -> QuerySet[Wallboard]:
    """The wallboards whose titles are no secret for the person: those that they may look at, and all of their teams."""
    return Wallboard.objects.filter(
        Q(pk__in=visible_wallboards(user).values("pk")) | Q(team__in=teams_of(user).values("pk"))
    )


def can_view(user: Any, wallboard: Wallboard) -> bool:
    """Whether the person is in the wallboard's team, or in one that it is shared with, or a superuser."""
    if not is_active(user):
        return False
    if user.is_superuser:
        return True
    theirs = Q(team=wallboard.team_id) | Q(team__wallboards_shared=wallboard.pk)
    return Membership.objects.filter(theirs, user=user.pk).exists()


def view_of(user: Any, shown: Wallboard | Rotation) -> str:
    """How a person who may look at it sees it: ``full``, or ``initials`` where names are for its team's editors."""
    return "full" if has_role(user, shown.team_id, EDITORS) else view_of_passers_by()


def view_of_passers_by() -> str:
    """How a screen on a wall shows its wallboard, and people see those of other teams."""
    return "full" if settings.AGENT_NAMES == "everybody" else "initials"


def visible_rotations(user: Any) -> QuerySet[Rotation]:
    """The rotations of the person's teams."""
    return Rotation.objects.filter(team__in=teams_of(user))


def usable_objects(user: Any, roles: Collection[str] = EDITORS) -> QuerySet[MonitoredObject]:
    """The objects that the person may look up or put on a wallboard: those of no team, and those of their teams."""
    objects = MonitoredObject.objects.all()
    if is_active(user) and user.is_superuser:
        return objects
    if not has_role(user, None, roles):
        return objects.none()
    claimed = MonitoredObject.objects.filter(teams__in=teams_of(user, roles))
    return objects.filter(Q(teams__isnull=True) | Q(pk__in=claimed.values("pk")))


def has_role(user: Any, team: int | None, roles: Collection[str]) -> bool:
    """Whether the person has one of ``roles`` in the team with that id, or in any where it is None."""
    if not is_active(user):
        return False
    if user.is_superuser:
        return True
    memberships = Membership.objects.filter(user=user.pk, role__in=roles)
    return (memberships if team is None else memberships.filter(team=team)).exists()


def can_edit(user: Any, wallboard: Wallboard | None) -> bool:
    """Whether the person may change the wallboard; without one, whether they may change any."""
    return has_role(user, wallboard.team_id if wallboard else None, EDITORS)


def can_manage(user: Any, team: Team | None) -> bool:
    """Whether the person may change the team's members, embed keys and screens; without one, those of any team."""
    return has_role(user, team.pk if team else None, MANAGERS)


def can_embed(key: EmbedKey, wallboard: Wallboard) -> bool:
    """Whether tokens of the key open the wallboard: a team embeds its own, not what others share with it."""
    return key.revoked_at is None and key.team_id == wallboard.team_id


def shown_to_team(team: Team) -> QuerySet[Wallboard]:
    """The enabled wallboards that all members of the team may look at: what its screens can be given."""
    return Wallboard.objects.filter(Q(team=team) | Q(shared_with=team), enabled=True).distinct()


def screen_wallboards(screens: Iterable[PairedScreen]) -> dict[int, set[int]]:
    """By screen, the wallboards that its credential opens: enabled, given to it, and shown to its team."""
    paired = [screen for screen in screens if screen.revoked_at is None]
    given = {screen.pk: {screen.wallboard_id} if screen.wallboard_id else set() for screen in paired}
    steps = RotationStep.objects.filter(rotation__in={one.rotation_id for one in paired if one.rotation_id})
    turns = list(steps.values_list("rotation", "rotation__team", "wallboard"))
    for screen in paired:
        given[screen.pk] |= {board for of, team, board in turns if (of, team) == (screen.rotation_id, screen.team_id)}
    boards = {board for ones in given.values() for board in ones}
    viewers = _viewers(dict(Wallboard.objects.filter(pk__in=boards, enabled=True).values_list("pk", "team")))
    return {one.pk: {board for board in given[one.pk] if one.team_id in viewers.get(board, ())} for one in paired}


def screen_refusal(screen: PairedScreen | None, device: str) -> Refusal | None:
    """Why a screen's socket must end that was opened with the credential whose hash is ``device``: the screen was
    revoked, another TV took its place, or the credential was given up, and who still has it may be somebody else."""
    if screen is None or screen.revoked_at is not None:
        return NOT_PAIRED
    if device in (screen.credential, screen.credential_before):
        return None
    return RENEWED if device in screen.credentials_ended else NOT_PAIRED


def _viewers(teams: Mapping[int, int]) -> dict[int, set[int]]:
    """By wallboard, given with its own team, the teams that may look at it."""
    viewers: dict[int, set[int]] = {pk: {team} for pk, team in teams.items()}
    for pk, team in Wallboard.shared_with.through.objects.filter(wallboard__in=teams).values_list("wallboard", "team"):
        viewers[pk].add(team)
    return viewers


def _views_wallboard(user: Any, wallboard: Wallboard | None) -> bool:
    return has_role(user, None, tuple(Role)) if wallboard is None else can_view(user, wallboard)


def _edits_rotation(user: Any, rotation: Rotation | None) -> bool:
    return has_role(user, rotation.team_id if rotation else None, EDITORS)


def _edits_tile(user: Any, tile: Tile | None) -> bool:
    return can_edit(user, tile.wallboard if tile else None)


def _embeds_wallboard(user: Any, wallboard: Wallboard | None) -> bool:
    return can_manage(user, wallboard.team if wallboard else None)


def _manages_part(user: Any, part: Membership | TeamRule | EmbedKey | PairedScreen | None) -> bool:
    return can_manage(user, part.team if part else None)


def _register() -> None:
    set_perm: Any = permissions.set_perm
    deciding: dict[str, Any] = {
        "wallboard": can_edit,
        "tile": _edits_tile,
        "rotation": _edits_rotation,
        "rotationstep": lambda user, step: _edits_rotation(user, step.rotation if step else None),
        "membership": _manages_part,
        "teamrule": _manages_part,
        "embedkey": _manages_part,
        "pairedscreen": _manages_part,
    }
    for model, decide in deciding.items():
        for verb in ("view", "add", "change", "delete"):
            set_perm(f"dashboard.{verb}_{model}", Predicate(decide))
    set_perm("dashboard.view_wallboard", Predicate(_views_wallboard))
    set_perm("dashboard.embed_wallboard", Predicate(_embeds_wallboard))
    set_perm("dashboard.view_team", Predicate(can_manage))
    set_perm("dashboard.change_team", Predicate(can_manage))


_register()


@dataclass(frozen=True, slots=True)
class Grant:
    """With what a socket was admitted: a person's session, a paired screen's credential, or an embed key until
    ``expires`` (monotonic seconds)."""

    wallboard: int
    user: int | None = None
    session: str = ""
    #: What the session is signed with: another one after the password was changed.
    password: str = field(default="", repr=False)
    key: str = ""
    expires: float | None = None
    screen: int | None = None
    #: The hash of the credential that the screen showed.
    device: str = field(default="", repr=False)
    #: How a person sees it; None where a token says so.
    view: str | None = None


def revoked(grants: Iterable[Grant]) -> dict[Grant, Refusal]:
    """Which of these no longer hold, and how to say so; a few queries whatever their number."""
    grants = set(grants)
    boards = Wallboard.objects.filter(pk__in={grant.wallboard for grant in grants}, enabled=True)
    teams = dict(boards.values_list("pk", "team"))
    viewers = _viewers(teams)
    people = {grant.user for grant in grants if grant.user is not None}
    users: dict[int | None, Any] = {
        user.pk: user for user in get_user_model().objects.filter(pk__in=people, is_active=True)
    }
    memberships = Membership.objects.filter(user__in=people)
    roles = {(user, team): role for user, team, role in memberships.values_list("user", "team", "role")}
    keys = dict(
        EmbedKey.objects.filter(pk__in={grant.key for grant in grants}, revoked_at=None).values_list("pk", "team")
    )
    sessions = _sessions({grant.session for grant in grants if grant.session})
    paired = {grant.screen for grant in grants if grant.screen is not None}
    screens = PairedScreen.objects.in_bulk(paired)
    shown = screen_wallboards(screens.values()) if screens else {}
    found: dict[Grant, Refusal] = {}
    for grant in grants:
        if grant.screen is not None:
            if ended := screen_refusal(screens.get(grant.screen), grant.device):
                found[grant] = ended
            elif grant.wallboard not in shown[grant.screen]:
                found[grant] = NOT_THIS_SCREENS
        elif grant.wallboard not in teams:
            found[grant] = NO_SUCH_WALLBOARD
        elif grant.key:
            if grant.key not in keys:
                found[grant] = KEY_REVOKED
            elif keys[grant.key] != teams[grant.wallboard]:
                found[grant] = NOT_YOURS
        elif not _still_signed_in(grant, users.get(grant.user), sessions):
            found[grant] = NOT_SIGNED_IN
        elif refusal := _persons(grant, users[grant.user], roles, teams[grant.wallboard], viewers[grant.wallboard]):
            found[grant] = refusal
    return found


def _persons(
    grant: Grant, user: Any, roles: Mapping[tuple[int, int], str], team: int, viewers: Collection[int]
) -> Refusal | None:
    """What became of a person's grant for a wallboard of ``team``; ``roles`` are by person and team."""
    edits = user.is_superuser or roles.get((user.pk, team)) in tuple(EDITORS)
    if not edits and not any((user.pk, one) in roles for one in viewers):
        return NOT_YOURS
    return OTHER_VIEW if grant.view not in (None, "full" if edits else view_of_passers_by()) else None


def _still_signed_in(grant: Grant, user: Any, sessions: set[str]) -> bool:
    if user is None or (grant.session and grant.session not in sessions):
        return False
    return not grant.password or constant_time_compare(grant.password, user.get_session_auth_hash())


def _sessions(keys: set[str]) -> set[str]:
    """Those sessions that were not ended. One that only expired goes on: a wall is not signed out at midnight."""
    if settings.SESSION_ENGINE != "django.contrib.sessions.backends.db":
        return keys
    return set(Session.objects.filter(pk__in=keys).values_list("pk", flat=True))
