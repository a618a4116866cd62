"""Open subscriptions, and when which of their statistics is told: pure, moved along by ``step(now)``."""

import heapq
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from statsbridge.simulator.contact import ContactCentre
from statsbridge.simulator.definition import CURRENT, Notification, canonical_type, read_definition, read_notification
from statsbridge.simulator.evaluate import Measure, Value
from statsbridge.simulator.named import find_named
from statsbridge.simulator.profiles import GROWING, SLIDING
from statsbridge.simulator.refusals import Refused


@dataclass(eq=False, slots=True)
class Statistic:
    """One open statistic. ``told`` is what its own notification mode has told last; it starts with the first value."""

    subscription: "Subscription"
    statistic_id: str
    asked: dict[str, Any]
    object_type: str
    object_id: str
    measure: Measure
    notification: Notification
    told: Value
    closed: bool = False

    def item(self, value: Value, *, verbose: bool) -> dict[str, Any]:
        """The statistic in an answer to a request."""
        wire: dict[str, Any] = {"statisticId": self.statistic_id}
        if verbose:
            wire |= {"objectId": self.object_id, "objectType": self.object_type}
            if "name" in self.asked:
                wire["name"] = self.asked["name"]
        return {**wire, "value": value.to_wire(), "timestamp": value.at}

    def update(self) -> dict[str, Any]:
        """The statistic in a notification."""
        ids = {"subscriptionId": self.subscription.subscription_id, "statisticId": self.statistic_id}
        return {**ids, "value": self.told.to_wire(), "timestamp": self.told.at}


@dataclass(eq=False)
class Subscription:
    """``session``: the HTTP session whose clients are told; ``client``: the Bayeux client with which it ends."""

    subscription_id: str
    session: str
    client: str
    opened_at: int
    statistics: dict[str, Statistic] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failure:
    statistic_id: str
    refused: Refused


class Subscriptions:
    def __init__(self, contact: ContactCentre) -> None:
        self.contact = contact
        self.open: dict[str, Subscription] = {}
        self.rejected: set[str] = set()  # names that are refused although they exist
        self._due: list[tuple[int, int, Statistic]] = []
        self._count = count()
        self._dirty: dict[Measure, None] = {}
        self._told: dict[Statistic, None] = {}
        self._users: defaultdict[Measure, int] = defaultdict(int)

    # ---- what clients ask ----

    def resolve(self, asked: Mapping[str, Any]) -> tuple[Measure, Notification]:
        """What a statistic descriptor asks for, and how it wants to be told. Raises ``Refused``."""
        name, definition = asked.get("name"), asked.get("definition")
        if bool(name) == bool(definition):
            raise Refused("A statistic takes either a name or a definition, " + ("not both" if name else "one of them"))
        for key in ("objectType", "objectId"):
            if not isinstance(asked.get(key), str) or not asked[key]:
                raise Refused(f"The statistic has no {key}")
        if definition is not None and not isinstance(definition, Mapping):
            raise Refused("A definition is an object")
        object_type = canonical_type(asked["objectType"])
        if name and str(name) in self.rejected:
            raise Refused(f"Statistic {name!r} not found", missing=True)
        raw: Mapping[str, Any] = find_named(str(name), object_type) if name else dict(definition or {})
        parsed = read_definition(raw, object_type)
        measure = self.contact.measure(object_type, asked["objectId"], parsed)
        return measure, read_notification(raw, parsed.category)

    def open_subscription(
        self, subscription_id: str, session: str, client: str, asked: list[Mapping[str, Any]]
    ) -> tuple[Subscription, list[Failure]]:
        """Opens what can be opened; a live subscription of that id is replaced once one statistic could be."""
        now = self.contact.now
        subscription = Subscription(subscription_id, session, client, now)
        failures = []
        for descriptor in asked:
            statistic_id = str(descriptor.get("statisticId") or "")
            try:
                if not statistic_id:
                    raise Refused("The statistic has no statisticId")
                if statistic_id in subscription.statistics:
                    raise Refused(f"The statisticId {statistic_id!r} is used twice in this subscription")
                measure, notification = self.resolve(descriptor)
            except Refused as refused:
                failures.append(Failure(statistic_id, refused))
                continue
            statistic = Statistic(
                subscription,
                statistic_id,
                {key: descriptor[key] for key in ("name", "definition") if descriptor.get(key)},
                str(descriptor["objectType"]),
                str(descriptor["objectId"]),
                measure,
                notification,
                measure.read(now),
            )
            subscription.statistics[statistic_id] = statistic
        if subscription.statistics:
            self.close(subscription_id)
            self.open[subscription_id] = subscription
            for statistic in subscription.statistics.values():
                self._start(statistic, now)
        return subscription, failures

    def _start(self, statistic: Statistic, now: int) -> None:
        measure = statistic.measure
        if not self._users[measure]:
            measure.watch()
            measure.on_touch = self._mark
        self._users[measure] += 1
        if statistic.notification.mode == "Immediate":
            measure.statistics[statistic] = None
        self._schedule(statistic, now)

    def close(self, subscription_id: str) -> None:
        """Close a subscription; an unknown one is closed already."""
        subscription = self.open.pop(subscription_id, None)
        for statistic in subscription.statistics.values() if subscription else ():
            statistic.closed = True
            statistic.measure.statistics.pop(statistic, None)
            self._told.pop(statistic, None)
            self._users[statistic.measure] -= 1
            if not self._users[statistic.measure]:
                del self._users[statistic.measure]
                self._dirty.pop(statistic.measure, None)
                self.contact.release(statistic.measure)

    def close_of_client(self, client: str) -> None:
        for subscription_id in [s.subscription_id for s in self.open.values() if s.client == client]:
            self.close(subscription_id)

    def close_all(self) -> None:
        for subscription_id in list(self.open):
            self.close(subscription_id)

    # ---- time ----

    @property
    def next_at(self) -> int:
        """When the next thing happens or is due, epoch ms."""
        return min(self.contact.next_at, self._due[0][0]) if self._due else self.contact.next_at

    def step(self, now: int) -> dict[str, list[Statistic]]:
        """Let time pass up to ``now``; returns what is to be told, by HTTP session, the latest value of each only."""
        while self.next_at <= now:
            if self._due and self._due[0][0] <= self.contact.next_at:
                at, _, statistic = heapq.heappop(self._due)
                self.contact.advance(at - 1)
                self.contact.now = at
                self._be_due(statistic, at)
            else:
                self.contact.advance(self.contact.next_at)
                self._tell_dirty()
        self.contact.advance(now)
        told: defaultdict[str, list[Statistic]] = defaultdict(list)
        for statistic in self._told:
            told[statistic.subscription.session].append(statistic)
        self._told.clear()
        return told

    def _mark(self, measure: Measure) -> None:
        self._dirty[measure] = None

    def _tell_dirty(self) -> None:
        now = self.contact.now
        while self._dirty:
            measure = self._dirty.popitem()[0]
            value = measure.read(now)
            for statistic in measure.statistics:
                self._tell(statistic, value)

    def _tell(self, statistic: Statistic, value: Value, *, always: bool = False) -> None:
        if always or value.differs(statistic.told, statistic.notification.insensitivity):
            statistic.told = value
            self._told[statistic] = None

    def _be_due(self, statistic: Statistic, at: int) -> None:
        if statistic.closed:
            return
        notification, measure = statistic.notification, statistic.measure
        if notification.mode == "Reset":
            self._tell(statistic, measure.read(at, since=measure.since(at - 1)), always=True)
        else:
            always = notification.mode == "Periodical" and not notification.insensitivity
            self._tell(statistic, measure.read(at), always=always)
        self._schedule(statistic, at)

    def _schedule(self, statistic: Statistic, now: int) -> None:
        at = self._next_due(statistic, now)
        if at is not None:
            heapq.heappush(self._due, (at, next(self._count), statistic))

    def _next_due(self, statistic: Statistic, now: int) -> int | None:
        """When to look at a statistic again although nothing happens to its object."""
        notification, measure = statistic.notification, statistic.measure
        interval = measure.definition.interval
        if notification.mode == "Periodical":
            return now + notification.frequency * 1000
        if notification.mode == "NoNotification":
            return None
        if notification.mode == "Reset":
            return interval.next_start(now, self.contact.zone) if interval.kind == GROWING else None
        if measure.runs:
            return now + 1000
        if measure.definition.category in CURRENT or interval.kind not in (GROWING, SLIDING):
            return None
        return interval.next_start(now, self.contact.zone)

    # ---- looking at it ----

    def describe(self) -> Iterator[dict[str, Any]]:
        """What ``/_sim/state`` says of each subscription."""
        now = self.contact.now
        for subscription in self.open.values():
            statistics = [
                {
                    "id": s.statistic_id,
                    **s.asked,
                    "objectType": s.object_type,
                    "objectId": s.object_id,
                    "value": s.measure.read(now).plain(),
                    "notified": s.told.plain(),
                    "timestamp": s.told.at,
                }
                for s in subscription.statistics.values()
            ]
            yield {"id": subscription.subscription_id, "session": subscription.session, "statistics": statistics}
