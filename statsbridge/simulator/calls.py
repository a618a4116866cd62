"""Calls and interactions: how they arrive at an agent, what is done with them, and how they end."""

from dataclasses import dataclass
from functools import partial
from random import Random

from statsbridge.simulator.events import BEGIN, END, MOMENT, Emit, Event
from statsbridge.simulator.people import READY, WRAP, People, Person, Schedule
from statsbridge.simulator.roster import Queue

PATIENCE = 190.0
TALK = 210.0
WRAP_UP = 35.0


def spread(random: Random, mean: float, sigma: float = 0.5) -> float:
    """A log-normal duration in seconds with that mean, as human tasks have."""
    return random.lognormvariate(0, sigma) * mean / float(2.718281828459045 ** (sigma * sigma / 2))


@dataclass(eq=False)
class Call:
    """A caller. ``arrived`` at the route point, ``entered`` the queue: epoch ms; ``waiting``: in the queue's line."""

    key: str
    queue: Queue
    arrived: int
    entered: int = 0
    waiting: bool = False
    answered: int = 0
    rung: int = 0


class Desk:
    """What agents do with calls. The centre calls ``ring`` and is told through ``free`` and ``back``."""

    def __init__(self, people: People, random: Random, emit: Emit, later: Schedule) -> None:
        self.people, self.random, self._emit, self._later = people, random, emit, later
        self._now = people.now

    # ---- records at queues and route points ----

    def at_queue(self, call: Call, what: str, word: str) -> None:
        """The same at the queue and at its route point, each with the time since the call came there."""
        self.at_point(call, what, word)
        since = self._now() - call.entered if what == MOMENT else 0
        self._emit(Event(self._now(), what, "queue", call.queue.object_id, "voice", word, call.key, since))

    def at_point(self, call: Call, what: str, word: str) -> None:
        since = self._now() - call.arrived if what == MOMENT else 0
        self._emit(Event(self._now(), what, "route_point", call.queue.route_point, "voice", word, call.key, since))

    def enter(self, call: Call) -> None:
        call.entered = self._now()
        self._emit(Event(self._now(), MOMENT, "queue", call.queue.object_id, "voice", "CallEntered", call.key))
        self._emit(Event(self._now(), BEGIN, "queue", call.queue.object_id, "voice", "CallWait", call.key))

    # ---- inbound ----

    def ring(self, call: Call, person: Person) -> None:
        self.at_queue(call, END, "CallWait")
        self.at_queue(call, MOMENT, "CallDistributed")
        self.people.take(person)
        self.people.status(person, "CallRinging")
        self.people.moment(person, "CallRingingStarted")
        call.rung = self._now()
        dice = self.random.random()
        if dice < 0.012:
            self._later(12, partial(self._miss, call, person))
        elif dice < 0.022:
            self._later(self.random.uniform(2, 8), partial(self._hang_up_ringing, call, person))
        else:
            self._later(self.random.uniform(1, 5), partial(self._answer, call, person))

    def _miss(self, call: Call, person: Person) -> None:
        """Nobody picked up: the agent is set not ready and the call goes back to the front of the line."""
        ringing = self._now() - call.rung
        self.people.moment(person, "CallForwarded", ringing)
        self.people.moment(person, "CallMissed", ringing)
        self.at_queue(call, MOMENT, "CallMissed")
        self.people.pause(person, "Missed call", self.random.uniform(20, 90), self.people.free)
        self._emit(Event(self._now(), MOMENT, "route_point", call.queue.route_point, "voice", "CallEntered", call.key))
        self._emit(Event(self._now(), BEGIN, "route_point", call.queue.route_point, "voice", "CallWait", call.key))
        self.enter(call)
        self.people.back(call)

    def _hang_up_ringing(self, call: Call, person: Person) -> None:
        self.people.moment(person, "CallAbandonedFromRinging", self._now() - call.rung)
        self.at_queue(call, MOMENT, "CallAbandonedFromRinging")
        self.people.free(person)

    def _answer(self, call: Call, person: Person) -> None:
        self.at_queue(call, MOMENT, "CallAnswered")
        self.people.moment(person, "CallAnswered", self._now() - call.rung)
        self._talk(person, spread(self.random, TALK))

    def _talk(self, person: Person, seconds: float) -> None:
        started = self._now()
        self.people.moment(person, "CallInboundStarted")
        self.people.begin(person, "CallInbound")
        self.people.status(person, "CallInbound")
        dice = self.random.random()
        first = seconds * self.random.uniform(0.3, 0.6)
        if dice < 0.10:
            self._later(first, partial(self._hold, person, started, seconds - first))
        elif dice < 0.14:
            self._later(first, partial(self._consult, person, started, seconds - first))
        else:
            self._later(seconds, partial(self._finish, person, "Inbound", started))

    def _set_hold(self, person: Person) -> None:
        self.people.moment(person, "CallHeld")
        self.people.begin(person, "CallOnHold")
        self.people.begin(person, "CallOnHoldInbound")

    def _end_hold(self, person: Person) -> None:
        self.people.end(person, "CallOnHold")
        self.people.end(person, "CallOnHoldInbound")

    def _hold(self, person: Person, started: int, rest: float) -> None:
        self._set_hold(person)
        self.people.status(person, "CallOnHold")
        self._later(self.random.uniform(10, 60), partial(self._retrieve, person, started, rest))

    def _retrieve(self, person: Person, started: int, rest: float) -> None:
        self._end_hold(person)
        self.people.moment(person, "CallRetrievedFromHold")
        self.people.status(person, "CallInbound")
        self._later(rest, partial(self._finish, person, "Inbound", started))

    def _finish(self, person: Person, kind: str, started: int) -> None:
        self.people.end(person, f"Call{kind}")
        self.people.moment(person, f"Call{kind}Completed", self._now() - started)
        self.people.status(person, WRAP)
        self._later(spread(self.random, WRAP_UP), partial(self.people.free, person))

    # ---- a colleague is asked, and maybe takes the call ----

    def _consult(self, person: Person, started: int, rest: float) -> None:
        other = self.people.idle()
        if other is None:
            self._hold(person, started, rest)
            return
        self._set_hold(person)
        self.people.status(person, "CallDialing")
        self.people.take(other)
        self.people.status(other, "CallRinging")
        self._later(self.random.uniform(2, 5), partial(self._consulted, person, other, started, rest))

    def _consulted(self, person: Person, other: Person, started: int, rest: float) -> None:
        for one, side in ((person, "Originated"), (other, "Received")):
            self.people.moment(one, f"CallConsult{side}")
            self.people.moment(one, "CallConsultStarted")
            self.people.begin(one, "CallConsult")
            self.people.status(one, "CallConsult")
        end = partial(self._end_consult, person, other, started, rest, self._now())
        self._later(self.random.uniform(15, 50), end)

    def _end_consult(self, person: Person, other: Person, started: int, rest: float, asked: int) -> None:
        for one in (person, other):
            self.people.end(one, "CallConsult")
            self.people.moment(one, "CallConsultCompleted", self._now() - asked)
        if self.random.random() < 0.55:
            self._end_hold(person)
            self.people.moment(person, "CallTransferMade")
            self.people.moment(other, "CallTransferTaken")
            self._finish(person, "Inbound", started)
            self._talk(other, rest)
        else:
            self._retrieve(person, started, rest)
            self.people.free(other)

    # ---- calls that agents make ----

    def dial_out(self, person: Person) -> None:
        self.people.take(person)
        self.people.moment(person, "CallDialed")
        self.people.status(person, "CallDialing")
        answered = self.random.random() < 0.75
        self._later(self.random.uniform(5, 18), partial(self._connected if answered else self.people.free, person))

    def _connected(self, person: Person) -> None:
        self.people.moment(person, "CallOutboundOriginated")
        self.people.moment(person, "CallOutboundStarted")
        self.people.begin(person, "CallOutbound")
        self.people.status(person, "CallOutbound")
        self._later(spread(self.random, 100), partial(self._finish, person, "Outbound", self._now()))

    def dial_colleague(self, person: Person) -> None:
        self.people.take(person)
        other = self.people.idle()
        if other is None:
            self.people.free(person)
            return
        self.people.take(other)
        self.people.status(person, "CallDialing")
        self.people.status(other, "CallRinging")
        self._later(self.random.uniform(2, 6), partial(self._chat_with_colleague, person, other))

    def _chat_with_colleague(self, person: Person, other: Person) -> None:
        for one, side in ((person, "Originated"), (other, "Received")):
            self.people.moment(one, f"CallInternal{side}")
            self.people.begin(one, "CallInternal")
            self.people.status(one, "CallInternal")
        end = partial(self._end_internal, person, other, self._now())
        self._later(self.random.uniform(20, 90), end)

    def _end_internal(self, person: Person, other: Person, started: int) -> None:
        for one in (person, other):
            self.people.end(one, "CallInternal")
            self.people.moment(one, "CallInternalCompleted", self._now() - started)
            self.people.free(one)

    # ---- chat and e-mail ----

    def handle(self, person: Person, media: str, seconds: float) -> None:
        """Work on an interaction; the voice DN stays ready but gets no calls meanwhile."""
        self.people.take(person)
        self.people.moment(person, "Accepted", media=media)
        self.people.begin(person, "CallInbound", media)
        self.people.status(person, "CallInbound", media=media)
        self._later(seconds, partial(self._handled, person, media, self._now()))

    def _handled(self, person: Person, media: str, started: int) -> None:
        self.people.end(person, "CallInbound", media)
        self.people.moment(person, "CallInboundCompleted", self._now() - started, media)
        self.people.status(person, READY, media=media)
        self.people.free(person)
