"""The subscriptions that one connection has open at the service, brought in line with what is wanted."""

import asyncio
import contextlib
import logging
import random
import re
import uuid
from collections.abc import Callable, Mapping, Sequence

from statsbridge import metrics
from statsbridge.clock import Clock
from statsbridge.configuration import WantedSeries
from statsbridge.errors import (
    BridgeError,
    Malformed,
    NotLeading,
    RequestRefused,
    ServerFault,
    SignInRefused,
    Unauthorized,
    Unreachable,
    worst,
)
from statsbridge.intake import Intake
from statsbridge.ledger import Ledger
from statsbridge.plan import make_plan
from statsbridge.rest import StatisticsApi, rejections
from statsbridge.verdicts import Evidence, Rejection, due, rejected_again

logger = logging.getLogger(__name__)

#: Requests under way at a time; the poll needs a connection of its own.
CONCURRENT = 4
_IS_ID = re.compile(r"[0-9]{1,19}")
#: So few may all be wrong, such as one statistic with a typing error for each queue; more are a service in trouble.
FEW = 5


class Subscriptions:
    """Owns what is open in one session; ``rejected`` outlives it. ``generation`` grows when everything was lost.

    ``own`` are the ids that it used itself and that are not deleted, ``leftovers`` those to delete, of whatever origin.
    ``weighing``: what failed last may be the fault of what was asked for; the service answers. ``connected`` tells
    whether CometD polls are answered.
    """

    def __init__(
        self,
        name: str,
        api: StatisticsApi,
        ledger: Ledger,
        intake: Intake,
        clock: Clock,
        rejected: dict[int, Rejection],
        connected: Callable[[], bool] = lambda: True,
    ) -> None:
        self.open: dict[str, dict[int, str]] = {}
        self.leftovers: set[str] = set()
        self.own: set[str] = set()
        self.generation = 0
        self.weighing = False
        self._name = name
        self._api = api
        self._ledger = ledger
        self._intake = intake
        self._clock = clock
        self._rejected = rejected
        self._connected = connected
        self._spare: list[str] = []
        self._renewing: set[str] = set()
        self._probed = 0
        self._evidence = Evidence()
        self._slots = asyncio.Semaphore(CONCURRENT)

    @property
    def count(self) -> int:
        """How many statistics are open."""
        return sum(map(len, self.open.values()))

    def series_of(self, subscription_id: str | None, statistic_id: str | None) -> int | None:
        """The series that an update is about, or ``None`` when it is about nothing of ours any more."""
        held = self.open.get(subscription_id or "")
        if held is None or statistic_id is None or not _IS_ID.fullmatch(statistic_id):
            return None
        series = int(statistic_id)
        wanted = self._intake.wanted.get(series)
        return series if wanted is not None and held.get(series) == wanted.asked else None

    def lose(self) -> None:
        """Nothing is open any more, as far as is known; what was is deleted all the same."""
        self.generation += 1
        self.leftovers.update(self.open)
        self.open = {}
        self._renewing.clear()
        self._intake.forget_times()

    def release(self, subscription_id: str) -> None:
        """One subscription is not there any more."""
        if self.open.pop(subscription_id, None) is not None:
            self.leftovers.add(subscription_id)

    def renew(self, subscription_id: str) -> None:
        """Open what this one holds anew and close it then: the first value of a subscription is what counts as told."""
        if subscription_id in self.open:
            self._renewing.add(subscription_id)

    def next_retry(self) -> float | None:
        """Seconds until a rejected statistic is to be tried again."""
        if not self._rejected:
            return None
        return max(0.0, min(one.retry_at for one in self._rejected.values()) - self._clock.monotonic())

    async def reconcile(self, *, tidy: bool = False) -> BridgeError | None:
        """Open and close the difference; what failed and is worth another try is returned.

        Raises:
            SignInRefused, Unauthorized: this session has to end.
        """
        self.weighing = False
        failure = await self._delete_leftovers()
        if isinstance(failure, Unreachable):
            # Opening more while nothing can be closed would pile up subscriptions in doubt.
            return failure
        wanted = self._intake.wanted
        renewing = self._renewing & self.open.keys()
        lasting = {name: held for name, held in self.open.items() if name not in renewing}
        plan = make_plan(self._due(wanted), lasting, tidy=tidy)
        for name in plan.close:
            self.release(name)
        names = await self._names(len(plan.open))
        generation = self.generation
        results = await asyncio.gather(
            *(self._open(name, [wanted[one] for one in group]) for name, group in zip(names, plan.open, strict=True)),
            return_exceptions=True,
        )
        failure = worst(results)
        if failure is None and generation == self.generation:
            for name in (*plan.close_after, *renewing):
                self.release(name)
            self._renewing -= renewing
        if failure is None:
            await self._delete_leftovers()
        metrics.OPEN.labels(self._name).set(self.count)
        metrics.REJECTED.labels(self._name).set(len(self._rejected))
        return failure

    async def probe(self) -> bool:
        """Try one statistic of those wanted, another each time; whether the service did its work.

        It did as well when it refused just this one.
        """
        wanted = self._intake.wanted
        asking = self._due(wanted) or wanted  # with all of them rejected, any serves as a question
        if not asking:
            return False
        self._probed = min((one for one in asking if one > self._probed), default=min(asking))
        (name,) = await self._names(1)
        try:
            await self._open(name, [wanted[self._probed]], judge=False)
        except (SignInRefused, Unauthorized):
            raise
        except RequestRefused:
            return True
        except BridgeError:
            return False
        return True

    async def close_all(self) -> None:
        """Delete everything at the service, as far as it answers."""
        self.lose()
        await self._delete_leftovers()

    def _due(self, wanted: Mapping[int, WantedSeries]) -> dict[int, str]:
        asked = {series: one.asked for series, one in wanted.items()}
        return due(asked, self._rejected, self._clock.monotonic())

    async def _names(self, count: int) -> list[str]:
        """Ids for new subscriptions, noted in the ledger; those of refused requests are used again."""
        names = [self._spare.pop() for _ in range(min(count, len(self._spare)))]
        fresh = [str(uuid.uuid4()) for _ in range(count - len(names))]
        self.own.update(fresh)
        await self._ledger.remember(fresh)
        return names + fresh

    async def _open(self, name: str, group: Sequence[WantedSeries], *, judge: bool = True) -> None:
        """Open one subscription. Ids are known before the request, because updates may overtake its answer."""
        generation = self.generation
        self.open[name] = {one.id: one.asked for one in group}
        try:
            async with self._slots:
                reply = await self._api.open_subscription(name, [one.request() for one in group])
        except BridgeError as error:
            self.open.pop(name, None)
            if isinstance(error, RequestRefused | ServerFault | NotLeading):
                self._spare.append(name)
            else:
                # The request may have been carried out although its answer is lost.
                self.leftovers.add(name)
            if not judge:
                raise
            await self._judge(error, group)
            return
        self._evidence.success(self._clock.monotonic())
        if generation != self.generation or name not in self.open:
            self.leftovers.add(name)
            return
        for item in reply.items:
            series = self.series_of(name, item.statistic_id)
            if series is not None:
                self._evidence.acquit(series)
                self._rejected.pop(series, None)
                self._intake.accept(series, item.value, item.timestamp)
        for one in group:
            text = reply.rejected.get(str(one.id))
            if text is not None:
                self.open[name].pop(one.id, None)
                self._reject(one, text)
        if not self.open[name]:
            self.release(name)

    async def _judge(self, error: BridgeError, group: Sequence[WantedSeries]) -> None:
        """A whole request failed: find out whom that concerns."""
        faults = error.faults if isinstance(error, RequestRefused | ServerFault) else ()
        refused = isinstance(error, RequestRefused) or (isinstance(error, ServerFault) and bool(faults))
        if refused and (len(group) == 1 or any(fault.statistic_id for fault in faults) or len(faults) == len(group)):
            texts = rejections([str(one.id) for one in group], [], faults)
            for one in group:
                self._reject(one, texts[str(one.id)] if faults else str(error))
            return
        if not refused:
            await self._suspect(error, group)
            if len(group) == 1:
                self._reject(group[0], str(error))
                return
        middle = len(group) // 2
        for half in (group[:middle], group[middle:]):
            (name,) = await self._names(1)
            await self._open(name, half)

    async def _suspect(self, error: BridgeError, group: Sequence[WantedSeries]) -> None:
        """Returns when a failure is the fault of something in ``group``, else raises it.

        That is so when the same statistics failed several times with HTTP 500 while another request of the kind
        succeeded. Where none did, one of them is tried alone, to find out before the next time; where only a few are
        to be opened, it is enough that the service carried out another request after each failure but the last.
        """
        ids, now = [one.id for one in group], self._clock.monotonic()
        if not (isinstance(error, ServerFault) and error.about_request):
            self._evidence.weigh(ids, now, answered=False)
            raise error
        self._evidence.strike(ids, now)
        if self._evidence.convicts(ids, now):
            return
        if self._missing() <= FEW:
            self.weighing = self._connected() and await self._answers()
            self._evidence.weigh(ids, now, answered=self.weighing)
        elif len(group) > 1 and self._evidence.struck(ids, now):
            (name,) = await self._names(1)
            with contextlib.suppress(RequestRefused, ServerFault, Malformed, Unreachable):
                await self._open(name, [random.choice(group)], judge=False)  # noqa: S311
        raise error

    def _missing(self) -> int:
        """How many statistics should be open and are not."""
        opened = {series: asked for held in self.open.values() for series, asked in held.items()}
        return sum(opened.get(series) != asked for series, asked in self._due(self._intake.wanted).items())

    async def _answers(self) -> bool:
        """Whether the service carries out a request that changes nothing: to delete what was not opened."""
        try:
            await self._delete(self._spare[-1])
        except (ServerFault, Malformed, Unreachable, NotLeading):
            return False
        return True

    def _reject(self, one: WantedSeries, text: str) -> None:
        text = self._intake.clear(text)
        before = self._rejected.get(one.id)
        self._rejected[one.id] = rejected_again(before, one.asked, text, self._clock.monotonic())
        if before is None:
            logger.warning("connection %s: %s is rejected: %s", self._name, one, text)
        self._intake.reject(one.id, text)

    async def _delete_leftovers(self) -> BridgeError | None:
        """Delete what is not wanted any more or stayed from earlier; what fails stays for the next time."""
        pending = list(self.leftovers - self.open.keys())
        results = await asyncio.gather(*map(self._delete, pending), return_exceptions=True)
        deleted = [name for name, result in zip(pending, results, strict=True) if result is None]
        self.leftovers.difference_update(deleted)
        self.own.difference_update(deleted)
        await self._ledger.forget(deleted)
        return worst(results)

    async def _delete(self, name: str) -> None:
        async with self._slots:
            try:
                await self._api.close_subscription(name)
            except RequestRefused as error:
                logger.debug("connection %s: deleting a subscription: %s", self._name, self._intake.clear(str(error)))
