"""What the embed doctor says: one finding for each check."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class State(StrEnum):
    """How it stands; of several the worst counts."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


WORDS = {State.GOOD: _("good"), State.WARN: _("look at this"), State.BAD: _("wrong")}


@dataclass(frozen=True, slots=True)
class Finding:
    """A check by its ``key``: its title, what was found, and what to change where something is to be changed."""

    key: str
    state: State
    title: str
    found: str
    change: str = ""

    @property
    def word(self) -> str:
        return str(WORDS[self.state])


def worst(findings: Iterable[Finding]) -> State:
    """The state of the whole."""
    states = {finding.state for finding in findings}
    return next((state for state in (State.BAD, State.WARN) if state in states), State.GOOD)


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """What is to be changed stands above what is well; otherwise in the order of the way."""
    order = [State.BAD, State.WARN, State.GOOD]
    return sorted(findings, key=lambda finding: order.index(finding.state))


def as_text(heading: str, findings: Iterable[Finding]) -> str:
    """The whole in plain text, for a support ticket; findings hold no secrets."""
    lines = [heading]
    for one in findings:
        lines += ["", f"[{one.word}] {one.title}", f"  {one.found}"]
        if one.change:
            lines.append(f"  → {one.change}")
    return "\n".join(lines)
