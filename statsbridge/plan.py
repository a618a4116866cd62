"""What to open and what to close, from what is wanted and what is open; pure.

The service can close whole subscriptions only. A statistic that nobody wants any more therefore stays open until its
subscription is tidied: the remaining ones are opened anew first, and then the old subscription is closed, so that no
value has a gap.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MOST_PER_SUBSCRIPTION = 100

#: Series id -> what is asked of the service for it, as one canonical text.
Asked = Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """``open``: groups of series, each for one new subscription. ``close``: subscriptions that hold nothing wanted.

    ``close_after``: subscriptions to close once all of ``open`` are open.
    """

    open: tuple[tuple[int, ...], ...] = ()
    close: tuple[str, ...] = ()
    close_after: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.open or self.close or self.close_after)


def chunks(series: Iterable[int], size: int = MOST_PER_SUBSCRIPTION) -> tuple[tuple[int, ...], ...]:
    """The series in order of their ids, at most ``size`` together."""
    ordered = sorted(series)
    return tuple(tuple(ordered[at : at + size]) for at in range(0, len(ordered), size))


def make_plan(wanted: Asked, subscriptions: Mapping[str, Asked], *, tidy: bool = False) -> Plan:
    """The difference between what is wanted and what is open.

    Args:
        wanted: everything that should be open now; series that wait after a rejection are left out by the caller.
        subscriptions: what each open subscription holds.
        tidy: whether nothing changed for a while, so that lightly fragmented subscriptions are compacted too.
    """
    kept = _kept(wanted, subscriptions)
    close = tuple(sorted(name for name in subscriptions if not kept[name]))
    loose = _fragmented(kept, subscriptions, tidy=tidy)
    held = {series for name, series_set in kept.items() if name not in loose for series in series_set}
    return Plan(chunks(series for series in wanted if series not in held), close, tuple(sorted(loose)))


def _kept(wanted: Asked, subscriptions: Mapping[str, Asked]) -> dict[str, set[int]]:
    """What each subscription holds that is wanted exactly so, each series counted once."""
    seen: set[int] = set()
    kept: dict[str, set[int]] = {}
    # The fullest come first, so that the emptier of two holders of one series is the one to go.
    for name in sorted(subscriptions, key=lambda name: (-len(subscriptions[name]), name)):
        kept[name] = {
            series
            for series, asked in subscriptions[name].items()
            if series not in seen and wanted.get(series) == asked
        }
        seen |= kept[name]
    return kept


def _fragmented(kept: Mapping[str, set[int]], subscriptions: Mapping[str, Asked], *, tidy: bool) -> set[str]:
    alive = {name: series for name, series in kept.items() if series}
    wasted = {
        name for name, series in alive.items() if len(subscriptions[name]) - len(series) > (0 if tidy else len(series))
    }
    if not tidy:
        return wasted
    small = {name for name, series in alive.items() if len(series) <= MOST_PER_SUBSCRIPTION // 2}
    needed = len(chunks(series for name in small for series in alive[name]))
    # Merging two into one is not worth a request; merging many is.
    return wasted | (small if len(small) >= 2 * needed + 2 else set())
