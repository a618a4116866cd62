"""What a screen is to show now: the wallboard or rotation it was given, as far as its team may look at it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from dashboard import access
from dashboard.members import unnamed
from dashboard.models import RotationStep
from dashboard.pairing.models import PairedScreen

#: A wallboard alone is a rotation of one that stays.
ALONE_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Shows:
    """``steps``: (slug, seconds) in order; ``left_out``: how many more there would be; ``why`` there are none:
    ``nothing`` was chosen, ``disabled``, ``not_shared`` with the team, or ``empty``, a rotation of nothing.
    """

    title: str = ""
    steps: tuple[tuple[str, int], ...] = ()
    left_out: int = 0
    why: str = ""

    def to_wire(self) -> dict[str, Any]:
        steps = [
            {"wallboard": slug, "url": reverse("screen_board", args=[slug]), "seconds": seconds}
            for slug, seconds in self.steps
        ]
        return {"title": self.title, "steps": steps, "left_out": self.left_out, "why": self.why}


def shows_of(screens: Collection[PairedScreen]) -> dict[int, Shows]:
    """By screen; a few queries whatever their number, where wallboards and rotations were selected with them."""
    allowed = access.screen_wallboards(screens)
    rotations = {screen.rotation_id for screen in screens if screen.rotation_id}
    turns: dict[int, list[RotationStep]] = {}
    if rotations:
        for step in RotationStep.objects.filter(rotation__in=rotations).select_related("wallboard"):
            turns.setdefault(step.rotation_id, []).append(step)
    people = unnamed(access.view_of_passers_by())
    shown = {
        screen.pk: _rotation(screen, turns.get(screen.rotation_id, []), allowed.get(screen.pk, set()))
        if screen.rotation_id
        else _wallboard(screen, allowed.get(screen.pk, set()))
        for screen in screens
    }
    return {screen: replace(one, title=people.out_of(one.title)) for screen, one in shown.items()}


def _wallboard(screen: PairedScreen, allowed: set[int]) -> Shows:
    board = screen.wallboard
    if board is None:
        return Shows(why="nothing")
    if board.pk in allowed:
        return Shows(board.title, ((board.slug, ALONE_SECONDS),))
    # Whoever stands in front of it need not learn the title of what is another team's by now.
    return Shows(why="not_shared" if board.enabled else "disabled")


def _rotation(screen: PairedScreen, turns: list[RotationStep], allowed: set[int]) -> Shows:
    rotation = screen.rotation
    if rotation is None or rotation.team_id != screen.team_id:
        return Shows(why="not_shared")
    steps = tuple((turn.wallboard.slug, turn.seconds) for turn in turns if turn.wallboard_id in allowed)
    return Shows(rotation.title, steps, len(turns) - len(steps), "" if steps else "empty")
