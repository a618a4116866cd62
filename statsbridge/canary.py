"""Proof of life: reads what is open in turn, and compares it with what was notified."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from statsbridge import metrics
from statsbridge.configuration import WantedSeries
from statsbridge.errors import BridgeError, RequestRefused, ServerFault, SignInRefused, Unreachable, UnreadableValue
from statsbridge.messages import Reading, ValueState
from statsbridge.rest import Item, StatisticsApi
from statsbridge.subscriptions import Subscriptions
from statsbridge.values import read_value

if TYPE_CHECKING:
    from statsbridge.session import Surroundings

logger = logging.getLogger(__name__)

EVERY_SECONDS = 5.0
ALLOWANCE_SECONDS = 5.0
#: While other notifications arrive, one silent statistic is more likely one that notifies rarely.
NOT_ALONE = 3.0
PATIENCE_MOST = 3600.0
REFUSALS = 2


@dataclass(slots=True)
class Mismatch:
    """Since when (monotonic seconds) the service's value differs from the notified ``reading``."""

    since: float
    reading: Reading


class Canary:
    """Reads one subscription every five seconds; each success is proof of life.

    Raises from ``run``: Unreachable, when values change at the service and notifications do not arrive.
    """

    def __init__(
        self,
        name: str,
        api: StatisticsApi,
        subscriptions: Subscriptions,
        around: "Surroundings",
        rethink: Callable[[], None],
    ) -> None:
        self._name = name
        self._api = api
        self._subscriptions = subscriptions
        self._around = around
        self._clock = around.clock
        self._rethink = rethink
        self._turn: list[str] = []
        self._refusals: dict[str, int] = {}
        self._mismatches: dict[int, Mismatch] = {}
        self._notified_at = float("-inf")

    def notified(self, series: int) -> None:
        """A notification of this series came."""
        self._notified_at = self._clock.monotonic()
        self._mismatches.pop(series, None)

    async def run(self) -> None:
        while True:
            await self._clock.sleep(EVERY_SECONDS)
            subscription = self._next()
            if subscription is not None:
                await self._read(subscription)

    def _next(self) -> str | None:
        """Every open subscription once before any is read again."""
        self._turn = [name for name in self._turn if name in self._subscriptions.open]
        if not self._turn:
            self._turn = list(self._subscriptions.open)
        return self._turn.pop(0) if self._turn else None

    async def _read(self, subscription: str) -> None:
        generation = self._subscriptions.generation
        try:
            reply = await self._api.read_subscription(subscription)
        except SignInRefused:
            raise
        except BridgeError as error:
            metrics.CANARY.labels(self._name, "failed").inc()
            logger.debug("connection %s: canary: %s", self._name, error)
            self._refused(subscription, error)
            return
        if generation != self._subscriptions.generation or subscription not in self._subscriptions.open:
            return
        self._refusals.pop(subscription, None)
        self._around.link.proof()
        metrics.CANARY.labels(self._name, "read").inc()
        self._compare(subscription, reply.items)

    def _refused(self, subscription: str, error: BridgeError) -> None:
        """The service answers, and does not know the subscription: twice is no accident."""
        about_it = isinstance(error, RequestRefused) or (isinstance(error, ServerFault) and error.about_request)
        if not about_it:
            return
        self._refusals[subscription] = self._refusals.get(subscription, 0) + 1
        if self._refusals[subscription] < REFUSALS:
            self._turn.insert(0, subscription)
            return
        del self._refusals[subscription]
        logger.info("connection %s: the service lost a subscription (%s); opening it again", self._name, error)
        self._subscriptions.release(subscription)
        self._rethink()

    def _compare(self, subscription: str, items: tuple[Item, ...]) -> None:
        overdue = []
        for item in items:
            series = self._subscriptions.series_of(subscription, item.statistic_id)
            if series is None or item.value is None:
                continue
            wanted, held = self._around.intake.wanted[series], self._around.intake.reading(series)
            if held is None or held.state != ValueState.OK:
                self._around.intake.accept(series, item.value, item.timestamp)
            elif wanted.notified and self._overdue(wanted, held, item):
                overdue.append(series)
        if overdue:
            for series in overdue:
                self._around.patience[series] = min(2 * self._around.patience.get(series, 1.0), PATIENCE_MOST)
            metrics.CANARY.labels(self._name, "silent").inc()
            raise Unreachable(f"Notifications do not arrive: {len(overdue)} values differ from what was notified.")

    def _overdue(self, wanted: WantedSeries, held: Reading, item: Item) -> bool:
        if not differs(wanted, held, item):
            self._mismatches.pop(wanted.id, None)
            self._around.patience.pop(wanted.id, None)
            return False
        now = self._clock.monotonic()
        known = self._mismatches.get(wanted.id)
        if known is None or known.reading != held:
            self._mismatches[wanted.id] = Mismatch(now, held)
            return False
        allowed = (wanted.frequency + ALLOWANCE_SECONDS) * self._around.patience.get(wanted.id, 1.0)
        if self._notified_at > known.since:
            allowed *= NOT_ALONE
        return now - known.since > allowed


def differs(wanted: WantedSeries, held: Reading, item: Item) -> bool:
    """Whether the service's value is another than the notified one, by more than need not be notified."""
    try:
        value: Any = read_value(item.value, wanted.unit, timestamp=item.timestamp or held.at or 0)
    except UnreadableValue:
        return False
    if isinstance(value, int | float) and isinstance(held.value, int | float):
        return abs(value - held.value) > wanted.insensitivity
    return bool(_essence(value) != _essence(held.value))


def _essence(value: Any) -> Any:
    """Of a state what a notification would be sent for: times of states are read a second apart."""
    if not isinstance(value, dict):
        return value
    if "agents" in value:
        return value["state"], [(agent["id"], agent["state"]) for agent in value["agents"]]
    return value["state"], value.get("reason")
