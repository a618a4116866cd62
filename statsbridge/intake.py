"""Where raw values become readings: the one place that decides what is known of a series."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from statsbridge import metrics
from statsbridge.clock import Clock
from statsbridge.configuration import WantedSeries
from statsbridge.errors import UnreadableValue
from statsbridge.history import Sampler
from statsbridge.messages import PENDING, Reading, ValueState
from statsbridge.store import Store
from statsbridge.values import NUMERIC_UNITS, read_value

logger = logging.getLogger(__name__)

DEBUG_MOST = 200
UNREADABLE = "The service sent a value that could not be read."


class Intake:
    """Takes raw values of one connection's wanted series into its store and its sampler."""

    def __init__(
        self,
        store: Store,
        sampler: Sampler,
        clock: Clock,
        wanted: Mapping[int, WantedSeries],
        clear: Callable[[str], str] = str,
    ) -> None:
        self.wanted = wanted
        self._store = store
        self._sampler = sampler
        self._clock = clock
        #: Takes secrets out of what the service says.
        self.clear = clear
        self._times: dict[int, int] = {}
        self._complained: set[tuple[int, str]] = set()

    def reading(self, series: int) -> Reading | None:
        return self._store.get(series)

    def accept(self, series: int, raw: Any, timestamp: int | None) -> None:
        """A value came. Older ones than the newest of this session are dropped; a missing one is no value."""
        wanted = self.wanted.get(series)
        if wanted is None:
            return
        if raw is None or raw == {}:
            self.unanswered(series)
            return
        now = self._clock.now()
        at = timestamp if timestamp is not None else now
        if at < self._times.get(series, at):
            return
        try:
            value = read_value(raw, wanted.unit, timestamp=at)
        except UnreadableValue as error:
            self._complain(wanted, error)
            return
        self._times[series] = at
        self._store.put(series, Reading(value, at))
        if wanted.unit in NUMERIC_UNITS:
            self._sampler.record(series, value, now)

    def unanswered(self, series: int) -> None:
        """It is open, but the service has no value yet."""
        self._demote(series, "")

    def reject(self, series: int, text: str) -> None:
        """The service refused the statistic."""
        self._sampler.gap([series], self._clock.now())
        self._store.put(series, Reading(None, None, ValueState.REJECTED, text))

    def forget_times(self) -> None:
        """Another session may have another clock."""
        self._times.clear()

    def change(self, wanted: Mapping[int, WantedSeries]) -> None:
        """Other series are wanted, or others than before under the same id."""
        now = self._clock.now()
        for series, before in self.wanted.items():
            after = wanted.get(series)
            if after is None:
                self._sampler.drop(series, now)
                self._store.drop(series)
            elif after.asked != before.asked:
                self._sampler.gap([series], now)
                self._store.put(series, PENDING)
            else:
                continue
            self._times.pop(series, None)
        self.wanted = wanted
        for series in wanted:
            if series not in self._store:
                self._store.put(series, PENDING)

    def _complain(self, wanted: WantedSeries, error: UnreadableValue) -> None:
        metrics.UNREADABLE.labels(self._store.name).inc()
        logger.debug("series %d: %s", wanted.id, str(error)[:DEBUG_MOST])
        if (wanted.id, wanted.asked) not in self._complained:
            self._complained.add((wanted.id, wanted.asked))
            logger.warning(
                "connection %s: a value of %s cannot be read as %s; the log at DEBUG shows it",
                self._store.name,
                wanted,
                wanted.unit,
            )
        self._demote(wanted.id, UNREADABLE)

    def _demote(self, series: int, reason: str) -> None:
        """What is held is not known to be true any more."""
        held = self._store.get(series)
        if held is None or held.value is None:
            self._store.put(series, Reading(None, None, ValueState.PENDING, reason))
            return
        self._sampler.gap([series], self._clock.now())
        self._store.put(series, Reading(held.value, held.at, ValueState.STALE, reason))
