"""Which statistics are at fault when requests to open them fail; pure.

The service answers a wrong statistic with HTTP 500 as it does when it is in trouble itself, and names no culprit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

RETRY_SECONDS = (60.0, 300.0, 900.0, 3600.0)
#: How often a whole request may fail with HTTP 500 before its statistics are tried apart.
STRIKES = 3


@dataclass(slots=True)
class Rejection:
    """A statistic that the service refused; ``retry_at`` in seconds of the monotonic clock."""

    asked: str
    text: str
    tries: int
    retry_at: float


def rejected_again(before: Rejection | None, asked: str, text: str, now: float) -> Rejection:
    """The pause until the next try grows with each."""
    tries = before.tries + 1 if before is not None else 0
    return Rejection(asked, text, tries, now + RETRY_SECONDS[min(tries, len(RETRY_SECONDS) - 1)])


def due(asked: Mapping[int, str], rejected: dict[int, Rejection], now: float) -> dict[int, str]:
    """What should be open now of what is ``asked`` for: without those that wait after a rejection.

    Rejections of what nobody asks for any more are dropped from ``rejected``.
    """
    for series, held in list(rejected.items()):
        if asked.get(series) != held.asked:
            del rejected[series]
    waiting = {series for series, held in rejected.items() if held.retry_at > now}
    return {series: one for series, one in asked.items() if series not in waiting}


@dataclass(slots=True)
class Strikes:
    """How often requests with a statistic failed, since a moment of the monotonic clock.

    ``answered``: after how many of them in a row the service carried out another request.
    """

    since: float
    count: int = 0
    answered: int = 0


class Evidence:
    """What speaks against statistics by the id of their series; several share a request and a failure."""

    def __init__(self) -> None:
        self._strikes: dict[int, Strikes] = {}
        self._succeeded_at = float("-inf")

    def success(self, now: float) -> None:
        """A request of the kind succeeded."""
        self._succeeded_at = now

    def acquit(self, series: int) -> None:
        """This one was opened."""
        self._strikes.pop(series, None)

    def strike(self, group: Sequence[int], now: float) -> None:
        """A request for all of these failed with HTTP 500."""
        for strikes in self._of(group, now):
            strikes.count += 1

    def weigh(self, group: Sequence[int], now: float, *, answered: bool) -> None:
        """After a failure: whether the service carried out another request, and nothing else speaks of trouble."""
        for strikes in self._of(group, now):
            strikes.answered = strikes.answered + 1 if answered else 0

    def struck(self, group: Sequence[int], now: float) -> bool:
        """Whether they failed several times."""
        return all(strikes.count >= STRIKES for strikes in self._of(group, now))

    def convicts(self, group: Sequence[int], now: float) -> bool:
        """Whether their failures are the fault of something in the group, and not the service's trouble."""
        found = self._of(group, now)
        if all(strikes.answered >= STRIKES - 1 for strikes in found):
            return True
        return self.struck(group, now) and any(strikes.since < self._succeeded_at for strikes in found)

    def _of(self, group: Sequence[int], now: float) -> list[Strikes]:
        return [self._strikes.setdefault(one, Strikes(now)) for one in group]
