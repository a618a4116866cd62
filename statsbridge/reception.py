"""Notifications of values on their way in: from their text to readings of series."""

import logging
from collections.abc import Iterable

import msgspec

from statsbridge import metrics
from statsbridge.canary import Canary
from statsbridge.clock import Clock
from statsbridge.inbox import Inbox
from statsbridge.intake import Intake
from statsbridge.notifications import Update, read_updates
from statsbridge.subscriptions import Subscriptions

logger = logging.getLogger(__name__)


class Reception:
    """Takes in what one session is notified of. Nothing that is sent is fatal, and one bad value harms no other."""

    def __init__(self, name: str, subscriptions: Subscriptions, canary: Canary, intake: Intake, clock: Clock) -> None:
        self._name = name
        self._subscriptions = subscriptions
        self._canary = canary
        self._intake = intake
        self._clock = clock
        self._inbox = Inbox(self._take_in)
        self._complained = False
        self._updates, self._lag = metrics.UPDATES.labels(name), metrics.LAG.labels(name)

    def hear(self, text: msgspec.Raw) -> None:
        """A notification came, as JSON text."""
        updates = read_updates(text, self._complain)
        self._updates.inc(len(updates))
        self._inbox.put(updates, len(text))

    def flush(self) -> None:
        """Take in now what came."""
        self._inbox.flush()

    def close(self) -> None:
        """Take in nothing more, whatever a poll that ends late still brings: the next session is told anew."""
        self._inbox.close()

    def _take_in(self, updates: Iterable[Update]) -> None:
        for update in updates:
            try:
                self._take_in_one(update)
            except Exception:
                # The inbox is emptied by the event loop, which nobody watches.
                metrics.UNREADABLE.labels(self._name).inc()
                logger.exception("connection %s: an update could not be handled", self._name)

    def _take_in_one(self, update: Update) -> None:
        series = self._subscriptions.series_of(update.subscription_id, update.statistic_id)
        if series is None:
            return
        if update.timestamp is not None:
            self._lag.observe(max(0, self._clock.now() - update.timestamp) / 1000)
        self._canary.notified(series)
        self._intake.accept(series, update.read(), update.timestamp)

    def _complain(self, sample: str) -> None:
        metrics.UNREADABLE.labels(self._name).inc()
        logger.debug("connection %s: no update: %s", self._name, sample)
        if not self._complained:
            self._complained = True
            logger.warning(
                "connection %s: a notification is in no known shape; the log at DEBUG shows each", self._name
            )
