"""Proof of life: reads what is open in turn, and compares it with what was notified."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from statsbridge import metrics
from statsbridge.configuration import WantedSeries
from statsbridge.errors import BridgeError, RequestRefused, ServerFault, SignInRefused, Unreachable, UnreadableValue
from statsbridge.messages import Reading, ValueState
from statsbridge.rest import Item, StatisticsApi
from statsbridge.subscriptions import Subscriptions
from statsbridge.surroundings import Surroundings
from statsbridge.values import read_value

logger = logging.getLogger(__name__)

TICK_SECONDS = 1.0
EVERY_SECONDS = 4.0
#: How many statistics one turn reads at most: whole subscriptions, but for one that is larger alone.
MOST_PER_TURN = 100
ALLOWANCE_SECONDS = 5.0
#: A notification under way when a value is read should have come by then.
UNDER_WAY_SECONDS = 2.0
#: While other notifications arrive, one silent statistic is more likely one that notifies rarely.
NOT_ALONE = 3.0
PATIENCE_MOST = 3600.0
REFUSALS = 2


@dataclass(slots=True)
class Mismatch:
    """Since when (monotonic seconds) the service's value differs from ``notified``, the last notified reading."""

    since: float
    notified: Reading


class Canary:
    """Reads open subscriptions in turn; each success is proof of life.

    A value that was not notified although it should have been is shown as it was read, before the question is settled
    whether notifications arrive at all. ``recovered`` is called when the service answers again after silence.

    Raises from ``run``: Unreachable, when values change at the service and notifications do not arrive.
    """

    def __init__(
        self,
        name: str,
        api: StatisticsApi,
        subscriptions: Subscriptions,
        around: Surroundings,
        rethink: Callable[[], None],
        recovered: Callable[[], None] = lambda: None,
    ) -> None:
        self._name = name
        self._api = api
        self._subscriptions = subscriptions
        self._around = around
        self._clock = around.clock
        self._rethink = rethink
        self._recovered = recovered
        self._turn: list[str] = []
        self._turn_at = self._clock.monotonic() + EVERY_SECONDS
        self._again: dict[str, float] = {}
        self._doubt = self._silent = False
        self._refusals: dict[str, int] = {}
        self._mismatches: dict[int, Mismatch] = {}
        self._notified_at = float("-inf")

    def notified(self, series: int) -> None:
        """A notification of this series came."""
        self._notified_at = self._clock.monotonic()
        self._mismatches.pop(series, None)

    def doubt(self) -> None:
        """Notifications may have been lost: read everything once."""
        self._doubt = True

    async def run(self) -> None:
        while True:
            await self._clock.sleep(TICK_SECONDS)
            doubt, self._doubt = self._doubt, False
            for subscription in list(self._subscriptions.open) if doubt else self._due():
                await self._read(subscription, doubt=doubt)

    def _due(self) -> list[str]:
        """What is to be read again because values differ, and, when it is time, the next of the turn."""
        now = self._clock.monotonic()
        due = [name for name, at in self._again.items() if at <= now]
        for name in due:
            del self._again[name]
        if now >= self._turn_at:
            self._turn_at = now + EVERY_SECONDS
            due += [name for name in self._next() if name not in due]
        return due

    def _next(self) -> list[str]:
        """Every open subscription once before any is read again."""
        opened = self._subscriptions.open
        self._turn = [name for name in self._turn if name in opened] or list(opened)
        chosen, room = self._turn[:1], MOST_PER_TURN - len(opened[self._turn[0]]) if self._turn else 0
        for name in self._turn[1:]:
            room -= len(opened[name])
            if room < 0:
                break
            chosen.append(name)
        self._turn = self._turn[len(chosen) :]
        return chosen

    async def _read(self, subscription: str, *, doubt: bool) -> None:
        generation = self._subscriptions.generation
        if subscription not in self._subscriptions.open:
            return
        try:
            reply = await self._api.read_subscription(subscription)
        except SignInRefused:
            raise
        except BridgeError as error:
            self._fail(subscription, error, doubt=doubt)
            return
        if self._silent:
            self._silent = False
            self._recovered()
        if generation != self._subscriptions.generation or subscription not in self._subscriptions.open:
            return
        self._refusals.pop(subscription, None)
        self._around.link.proof()
        metrics.CANARY.labels(self._name, "read").inc()
        self._compare(subscription, reply.items, doubt=doubt)

    def _fail(self, subscription: str, error: BridgeError, *, doubt: bool) -> None:
        metrics.CANARY.labels(self._name, "failed").inc()
        logger.debug("connection %s: canary: %s", self._name, self._around.intake.clear(str(error)))
        self._around.link.unread()
        self._silent |= isinstance(error, Unreachable)
        self._doubt |= doubt
        self._turn.insert(0, subscription)
        self._turn_at = self._clock.monotonic()
        self._refused(subscription, error)

    def _refused(self, subscription: str, error: BridgeError) -> None:
        """The service answers, and does not know the subscription: twice is no accident."""
        about_it = isinstance(error, RequestRefused) or (isinstance(error, ServerFault) and error.about_request)
        if not about_it:
            return
        self._refusals[subscription] = self._refusals.get(subscription, 0) + 1
        if self._refusals[subscription] < REFUSALS:
            return
        del self._refusals[subscription]
        said = self._around.intake.clear(str(error))
        logger.info("connection %s: the service lost a subscription (%s); opening it again", self._name, said)
        self._subscriptions.release(subscription)
        self._rethink()

    def _compare(self, subscription: str, items: tuple[Item, ...], *, doubt: bool) -> None:
        overdue, lost = [], False
        for item in items:
            series = self._subscriptions.series_of(subscription, item.statistic_id)
            if series is None or item.value is None:
                continue
            wanted, held = self._around.intake.wanted[series], self._around.intake.reading(series)
            at_once = not wanted.notified or (doubt and not wanted.frequency)
            if at_once or held is None or held.state != ValueState.OK:
                self._around.intake.accept(series, item.value, item.timestamp)
            elif doubt and not wanted.runs:
                lost |= differs(wanted, held, item)
            elif self._overdue(subscription, wanted, held, item):
                overdue.append(series)
        if lost:
            # What was told last cannot be read: the value may have moved on since, and tells again only when it does.
            self._subscriptions.renew(subscription)
            self._rethink()
        if overdue:
            for series in overdue:
                self._around.patience[series] = min(2 * self._around.patience.get(series, 1.0), PATIENCE_MOST)
            metrics.CANARY.labels(self._name, "silent").inc()
            raise Unreachable(f"Notifications do not arrive: {len(overdue)} values differ from what was notified.")

    def _overdue(self, subscription: str, wanted: WantedSeries, held: Reading, item: Item) -> bool:
        """Whether a notification is overdue. As soon as one should have come, what was read is shown."""
        known = self._mismatches.get(wanted.id)
        notified = known.notified if known is not None else held
        gap = distance(wanted, notified, item)
        if not differs(wanted, notified, item):
            self._mismatches.pop(wanted.id, None)
            self._around.patience.pop(wanted.id, None)
            return False
        now = self._clock.monotonic()
        if known is None:
            known = self._mismatches[wanted.id] = Mismatch(now, held)
        due = known.since + max(wanted.frequency, UNDER_WAY_SECONDS)
        if now >= due:
            self._around.intake.accept(wanted.id, item.value, item.timestamp)
        allowed = (wanted.frequency + ALLOWANCE_SECONDS) * self._around.patience.get(wanted.id, 1.0)
        if self._notified_at > known.since:
            allowed *= NOT_ALONE
        late = now - known.since > allowed and (gap or 0.0) > wanted.insensitivity
        if not late:
            moment = due if now < due else max(known.since + allowed + 0.01, now + UNDER_WAY_SECONDS)
            self._again[subscription] = min(self._again.get(subscription, moment), moment)
        return late


def distance(wanted: WantedSeries, notified: Reading, item: Item) -> float | None:
    """How far the service's value is from the notified one: for all but numbers 0 or without bound.

    ``None`` when it cannot be told.
    """
    try:
        value: Any = read_value(item.value, wanted.unit, timestamp=item.timestamp or notified.at or 0)
    except UnreadableValue:
        return None
    if isinstance(value, int | float) and isinstance(notified.value, int | float):
        return abs(value - notified.value)
    return 0.0 if _essence(value) == _essence(notified.value) else float("inf")


def differs(wanted: WantedSeries, notified: Reading, item: Item) -> bool:
    """Whether the service's value is so far from the notified one that it should have been notified."""
    gap = distance(wanted, notified, item)
    return bool(gap) and gap is not None and gap >= wanted.insensitivity


def _essence(value: Any) -> Any:
    """Of a state what a notification would be sent for: times of states are read a second apart."""
    if not isinstance(value, dict):
        return value
    if "agents" in value:
        return value["state"], [(agent["id"], agent["state"]) for agent in value["agents"]]
    return value["state"], value.get("reason")
