"""The agents of the simulated centre: their shifts, their readiness, and the record of what their DNs do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from statsbridge.simulator.events import BEGIN, END, MOMENT, STATUS, Emit, Event
from statsbridge.simulator.roster import Agent

READY, NOT_READY, WRAP, OUT = "WaitForNextCall", "NotReadyForNextCall", "AfterCallWork", "LoggedOut"
# Reason, its chance after a call, its mean length in seconds.
PAUSES = (("Paperwork", 0.06, 150), ("Break", 0.022, 600), ("Meeting", 0.007, 1100), ("Lunch", 0.008, 1500))

Schedule = Callable[[float, Callable[[], None]], None]


@dataclass(eq=False)
class Person:
    """``busy``: with a caller, a colleague or an interaction, or not there at all."""

    agent: Agent
    skills: frozenset[str]
    statuses: dict[str, str] = field(default_factory=dict)
    logged_in: bool = False
    busy: bool = True
    ready: bool = False
    leaving: bool = False
    since: int = 0
    open: set[tuple[str, str]] = field(default_factory=set)


class People:
    """What agents do, told as events. ``now`` returns the centre's time in ms; ``later`` takes seconds.

    ``free`` is told when an agent has finished something, ``back`` when a call must go back to its line.
    """

    def __init__(
        self,
        people: list[Person],
        random: Random,
        emit: Emit,
        now: Callable[[], int],
        later: Schedule,
        free: Callable[[Person], None],
        back: Callable[[Any], None],
    ) -> None:
        self.people, self.random, self.now, self.free, self.back = people, random, now, free, back
        self._emit, self._now, self._later = emit, now, later

    # ---- records ----

    def status(self, person: Person, status: str, reason: str = "", media: str = "voice") -> None:
        if person.statuses.get(media) == status and status != NOT_READY:
            return
        self._emit(Event(self._now(), STATUS, "agent", person.agent.employee_id, media, status, reason=reason))
        person.statuses[media] = status

    def moment(self, person: Person, word: str, duration: int = 0, media: str = "voice") -> None:
        self._emit(Event(self._now(), MOMENT, "agent", person.agent.employee_id, media, word, duration=duration))

    def begin(self, person: Person, word: str, media: str = "voice") -> None:
        person.open.add((word, media))
        who = person.agent.employee_id
        self._emit(Event(self._now(), BEGIN, "agent", who, media, word, key=f"{who}/{media}"))

    def end(self, person: Person, word: str, media: str = "voice") -> None:
        person.open.remove((word, media))
        who = person.agent.employee_id
        self._emit(Event(self._now(), END, "agent", who, media, word, key=f"{who}/{media}"))

    # ---- readiness ----

    def _everywhere(self, person: Person, status: str, reason: str = "") -> None:
        for media in person.agent.media:
            self.status(person, status, reason, media)

    def log_in(self, person: Person, then: Callable[[Person], None]) -> None:
        person.logged_in, person.leaving = True, False
        for media in person.agent.media:
            self.moment(person, "AgentLogin", media=media)
            self.begin(person, "LoggedIn", media)
        self._everywhere(person, NOT_READY, "Starting")
        self._later(self.random.uniform(5, 40), lambda: then(person))

    def log_out(self, person: Person) -> None:
        person.logged_in, person.busy, person.ready, person.leaving = False, True, False, False
        for media in person.agent.media:
            self.end(person, "LoggedIn", media)
            self.moment(person, "AgentLogout", media=media)
        self._everywhere(person, OUT)

    def make_ready(self, person: Person) -> None:
        person.busy, person.ready, person.since = False, True, self._now()
        for media in person.agent.media:
            self.status(person, READY, media=media)

    def pause(self, person: Person, reason: str, seconds: float, then: Callable[[Person], None]) -> None:
        person.busy, person.ready = True, False
        self._everywhere(person, NOT_READY, reason)
        self._later(seconds, lambda: then(person))

    def take(self, person: Person) -> None:
        """From now on this agent is occupied."""
        person.busy, person.ready = True, False

    def draw_pause(self) -> tuple[str, float] | None:
        """Whether an agent who just finished goes away for a while: the reason and the seconds."""
        dice = self.random.random()
        for reason, chance, mean in PAUSES:
            if dice < chance:
                return reason, mean * self.random.uniform(0.5, 1.5)
            dice -= chance
        return None

    def idle(self, skill: str = "", media: str = "voice") -> Person | None:
        """The one who has been ready longest, among those with the skill and the medium."""
        able = (
            p
            for p in self.people
            if p.ready and media in p.agent.media and (not skill or skill in p.skills) and not p.leaving
        )
        return min(able, key=lambda p: p.since, default=None)
