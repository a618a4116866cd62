"""The simulated contact centre: a discrete-event model driven by a heap, a seeded generator and the time it is told.

``Centre(roster, seed, start, zone, emit)`` followed by ``advance(until)`` gives the same events for the same arguments,
in however many steps it is advanced. It never sleeps and never looks at a clock.
"""

import heapq
import math
from collections import defaultdict, deque
from collections.abc import Callable
from datetime import datetime
from functools import partial
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

from statsbridge.simulator.calls import PATIENCE, TALK, WRAP_UP, Call, Desk, spread
from statsbridge.simulator.events import BEGIN, END, MOMENT, Emit, Event
from statsbridge.simulator.people import NOT_READY, OUT, People, Person
from statsbridge.simulator.roster import CHAT_QUEUE, EMAIL_QUEUE, TEAMS, Queue, Roster

# Share of a team that is at work, and how hard the lines ring, by hour of the tenant's day. The night is quiet
# but never empty: a wallboard is shown at any hour.
STAFF = (*[0.60] * 6, 0.65, 0.75, 0.85, *[0.9] * 8, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.6)
LOAD = (*[0.84] * 6, 0.86, 0.88, 0.90, 0.93, 0.95, 0.95, 0.92, 0.92, 0.94, 0.95, 0.93, 0.91, *[0.88] * 4, 0.85, 0.84)
WAVE = 23 * 60_000
INTERACTIONS = {CHAT_QUEUE: ("chat", 240.0, 240.0), EMAIL_QUEUE: ("email", 300.0, 7200.0)}


class Centre:
    def __init__(self, roster: Roster, seed: int, start: int, zone: ZoneInfo, emit: Emit) -> None:
        self.roster, self.zone, self.now = roster, zone, start
        self.random = Random(f"{seed}/{start}")
        self._emit = emit
        self._heap: list[tuple[int, int, Callable[[], None]]] = []
        self._count = count()
        everyone = [Person(agent, self._skills(i)) for i, agent in enumerate(roster.agents)]
        self.people = People(everyone, self.random, emit, lambda: self.now, self.later, self.free, self._wait_first)
        self.desk = Desk(self.people, self.random, emit, self.later)
        self._teams = {team: [p for p in everyone if p.agent.team == team] for team in TEAMS}
        self._lines: dict[str, deque[Call]] = {queue.object_id: deque() for queue in roster.queues}
        self._chats: dict[str, deque[tuple[str, int]]] = {name: deque() for name in INTERACTIONS}
        self._at_work: dict[str, tuple[int, int]] = {}
        self._weights = self._make_weights()
        self._open()

    # ---- time ----

    @property
    def next_at(self) -> int:
        """When the next thing happens, epoch ms."""
        return self._heap[0][0]

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._heap, (self.now + max(1, round(seconds * 1000)), next(self._count), action))

    def advance(self, until: int) -> None:
        """Let everything happen up to and including that moment."""
        while self._heap[0][0] <= until:
            self.now, _, action = heapq.heappop(self._heap)
            action()
        self.now = max(self.now, until)

    # ---- set-up ----

    def _skills(self, index: int) -> frozenset[str]:
        """The team's queues; every fifth agent does not take the team's last one, one in six helps everywhere."""
        own = [queue.object_id for queue in self.roster.queues if queue.team == self.roster.agents[index].team]
        if index % 12 in (5, 10) or not own:
            return frozenset(queue.object_id for queue in self.roster.queues)
        return frozenset(own[:-1] if index % 5 == 4 and len(own) > 1 else own)

    def _make_weights(self) -> dict[str, float]:
        """Each queue's share of its team's calls: the first ones are the busiest."""
        places: defaultdict[str, int] = defaultdict(int)
        weights = {}
        for queue in self.roster.queues:
            weights[queue.object_id] = 1 / (1 + 0.4 * places[queue.team])
            places[queue.team] += 1
        totals = {
            team: sum(weights[queue.object_id] for queue in self.roster.queues if queue.team == team) for team in TEAMS
        }
        return {queue.object_id: weights[queue.object_id] / totals[queue.team] for queue in self.roster.queues}

    def _open(self) -> None:
        for person in self.people.people:
            for media in person.agent.media:
                self.people.status(person, OUT, media=media)
        for team in TEAMS:
            for person in self.random.sample(self._teams[team], self._target(team)):
                self.people.log_in(person, self.free)
            self.later(60, partial(self._staff, team))
        for i, queue in enumerate(self.roster.queues):
            self.later(self.random.uniform(0, 30), partial(self._arrivals, queue, i, first=True))
        for name in INTERACTIONS:
            self.later(self.random.uniform(0, 60), partial(self._interactions, name))

    # ---- staff ----

    def _hour(self, table: tuple[float, ...]) -> float:
        """A table's value for now, blended between the hours so that nothing jumps."""
        local = datetime.fromtimestamp(self.now / 1000, self.zone)
        part = local.minute / 60
        return table[local.hour] * (1 - part) + table[(local.hour + 1) % 24] * part

    def _target(self, team: str) -> int:
        return math.ceil(len(self._teams[team]) * self._hour(STAFF))

    def _staff(self, team: str) -> None:
        """Once a minute: people come when there are too few and go when there are too many; now and then they swap."""
        members, target = self._teams[team], self._target(team)
        present = [p for p in members if p.logged_in]
        absent = [p for p in members if not p.logged_in]
        staying = [p for p in present if not p.leaving]
        swap = self.random.random() < len(members) / 300
        if absent and (len(present) < target or swap):
            self.people.log_in(self.random.choice(absent), self.free)
        elif len(staying) > target:
            leaver = self.random.choice(staying)
            leaver.leaving = True
            if leaver.ready:
                self.people.log_out(leaver)
        self.later(60, partial(self._staff, team))

    def free(self, person: Person) -> None:
        """An agent has finished what they did: home, a pause, a call of their own, the next caller, or ready."""
        if person.leaving:
            self.people.log_out(person)
            return
        dice = self.random.random()
        pause = self.people.draw_pause() if person.statuses["voice"] != NOT_READY else None
        if pause:
            self.people.pause(person, *pause, self.free)
        elif dice < 0.04:
            self.desk.dial_out(person)
        elif dice < 0.055:
            self.desk.dial_colleague(person)
        else:
            self.people.make_ready(person)
            self._next_work(person)

    def _next_work(self, person: Person) -> None:
        waiting = [line[0] for name, line in self._lines.items() if line and name in person.skills]
        if waiting:
            call = min(waiting, key=lambda c: (c.queue.title != "VIP", c.arrived))
            self._lines[call.queue.object_id].popleft()
            call.waiting = False
            self.desk.ring(call, person)
            return
        for name, (media, seconds, _) in INTERACTIONS.items():
            if media in person.agent.media and self._chats[name]:
                key, came = self._chats[name].popleft()
                self._distribute(name, key, came, person, media, seconds)
                return

    # ---- callers ----

    def _rate(self, queue: Queue, index: int) -> float:
        """Calls per second: what the people at work can do, times how hard the lines ring, in waves."""
        at_work = self._count_at_work(queue.team)
        wave = 1 + 0.16 * math.sin(2 * math.pi * self.now / WAVE + index * 2.4)
        capacity = max(1, at_work) / (TALK + WRAP_UP + 15)
        return capacity * self._weights[queue.object_id] * self._hour(LOAD) * wave * 0.96

    def _count_at_work(self, team: str) -> int:
        """Counted anew every few seconds only; that is all that the arrivals need to follow."""
        until, number = self._at_work.get(team, (0, 0))
        if self.now >= until:
            states = [p.statuses["voice"] for p in self._teams[team] if p.logged_in]
            number = sum(p != NOT_READY for p in states)
            self._at_work[team] = self.now + 5000, number
        return number

    def _arrivals(self, queue: Queue, index: int, *, first: bool = False) -> None:
        """Poisson arrivals; a long gap is drawn anew each half minute, which changes nothing but follows the day."""
        if not first:
            self._arrive(queue)
        gap = self.random.expovariate(self._rate(queue, index))
        while_waiting = gap > 30
        self.later(min(gap, 30), partial(self._arrivals, queue, index, first=while_waiting))

    def _arrive(self, queue: Queue) -> None:
        call = Call(f"call-{next(self._count)}", queue, self.now)
        self.desk.at_point(call, MOMENT, "CallEntered")
        self.desk.at_point(call, BEGIN, "CallWait")
        self.later(self.random.uniform(2, 6), partial(self._greeted, call))

    def _greeted(self, call: Call) -> None:
        if self.random.random() < 0.004:
            self.desk.at_point(call, END, "CallWait")
            self.desk.at_point(call, MOMENT, "CallAbandoned")
            return
        self.desk.at_point(call, MOMENT, "CallDistributedToQueue")
        self.desk.enter(call)
        self.later(8 + self.random.expovariate(1 / PATIENCE), partial(self._lose_patience, call))
        person = self.people.idle(call.queue.object_id)
        if person:
            self.desk.ring(call, person)
        else:
            call.waiting = True
            self._lines[call.queue.object_id].append(call)

    def _wait_first(self, call: Call) -> None:
        call.waiting = True
        self._lines[call.queue.object_id].appendleft(call)
        self.later(8 + self.random.expovariate(1 / PATIENCE), partial(self._lose_patience, call))
        person = self.people.idle(call.queue.object_id)
        if person:
            self._next_work(person)

    def _lose_patience(self, call: Call) -> None:
        if call.waiting:
            call.waiting = False
            self._lines[call.queue.object_id].remove(call)
            self.desk.at_queue(call, END, "CallWait")
            self.desk.at_queue(call, MOMENT, "CallAbandoned")

    # ---- chat and e-mail ----

    def _at_staging(self, name: str, word: str, key: str, duration: int = 0) -> None:
        media = INTERACTIONS[name][0]
        self._emit(Event(self.now, MOMENT, "staging", name, media, word, key, duration))

    def _interactions(self, name: str) -> None:
        media, seconds, patience = INTERACTIONS[name]
        able = sum(p.logged_in and media in p.agent.media for p in self.people.people)
        key = f"{media}-{next(self._count)}"
        self._at_staging(name, "InteractionEntered", key)
        person = self.people.idle(media=media)
        if person:
            self._distribute(name, key, self.now, person, media, seconds)
        else:
            self._chats[name].append((key, self.now))
            self.later(patience, partial(self._clear, name, key, self.now))
        self.later(self.random.expovariate(max(1, able) * 0.3 / seconds), partial(self._interactions, name))

    def _distribute(self, name: str, key: str, came: int, person: Person, media: str, seconds: float) -> None:
        self._at_staging(name, "InteractionDistributed", key, self.now - came)
        self.desk.handle(person, media, spread(self.random, seconds))

    def _clear(self, name: str, key: str, came: int) -> None:
        if (key, came) in self._chats[name]:
            self._chats[name].remove((key, came))
            self._at_staging(name, "InteractionCleared", key, self.now - came)
