"""Trying a statistic at the service: a throw-away subscription, what became of it, and nothing left behind."""

import asyncio
import json
import logging
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from statsbridge.clock import Clock
from statsbridge.errors import BridgeError, Malformed, RequestRefused, ServerFault, Unreachable, UnreadableValue
from statsbridge.ledger import Ledger
from statsbridge.rest import Item, Reply, StatisticsApi
from statsbridge.text import clean
from statsbridge.values import read_value

logger = logging.getLogger(__name__)

#: A person waits: so long for everything, from the request to the first value.
TRY_SECONDS = 4.0
ASK_AGAIN_SECONDS = 0.25
DISCARD_SECONDS = 3.0
#: A request without an answer may be carried out after the one that deletes: it is deleted once more.
DOUBT_SECONDS = 3.0
#: The state of a large group is longer than anybody reads.
RAW_MOST = 20_000
WORDS_MOST = 400
STATISTIC_ID = "try"


@dataclass(frozen=True, slots=True)
class Asked:
    """A statistic to try; ``descriptor`` is ``{"name": …}`` or ``{"definition": …}``, ``unit`` how it is read."""

    object_type: str
    object_id: str
    descriptor: Mapping[str, Any]
    unit: str = "count"

    def request(self) -> dict[str, Any]:
        """Its entry in the request for a subscription."""
        return {
            "statisticId": STATISTIC_ID,
            "objectId": self.object_id,
            "objectType": self.object_type,
            **self.descriptor,
        }

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any]) -> "Asked":
        """Raises KeyError or TypeError for what is none."""
        return cls(str(wire["objectType"]), str(wire["objectId"]), dict(wire["descriptor"]), str(wire["unit"]))

    def to_wire(self) -> dict[str, Any]:
        return {
            "objectType": self.object_type,
            "objectId": self.object_id,
            "descriptor": dict(self.descriptor),
            "unit": self.unit,
        }


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was tried: ``name`` is token, handshake, subscribe or value; ``text`` says in words how it went.

    ``ok`` is None where there was nothing to try it with. ``refusal`` is the service's own text where it said no;
    ``ms`` how long it took.
    """

    name: str
    ok: bool | None
    text: str
    ms: int = 0
    refusal: str = ""

    def to_wire(self) -> dict[str, Any]:
        return {"name": self.name, "ok": self.ok, "text": self.text, "ms": self.ms, "refusal": self.refusal}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What trying showed: its steps up to the first that failed, the value as read, and the payload as JSON text."""

    steps: tuple[Step, ...] = ()
    value: Any = None
    at: int | None = None
    raw: str = ""

    @property
    def ok(self) -> bool:
        return bool(self.steps) and all(step.ok is not False for step in self.steps)

    def after(self, *steps: Step) -> "Outcome":
        """The same with these steps before it."""
        return replace(self, steps=(*steps, *self.steps))

    def to_wire(self) -> dict[str, Any]:
        return {
            "ok": self.ok,
            "steps": [step.to_wire() for step in self.steps],
            "value": json.dumps(self.value, ensure_ascii=False),
            "at": self.at,
            "raw": self.raw,
        }


@dataclass
class Bench:
    """With what a statistic is tried. ``leave`` is told of a subscription that could not be deleted.

    ``in_doubt`` are those that were asked for without an answer.
    """

    api: StatisticsApi
    clock: Clock
    ledger: Ledger | None = None
    leave: Callable[[str], None] = field(default=lambda name: None)
    in_doubt: set[str] = field(default_factory=set)

    @asynccontextmanager
    async def throw_away(self) -> AsyncIterator[str]:
        """A subscription id, noted before it is used and deleted at the end whatever happened."""
        name = str(uuid.uuid4())
        if self.ledger is not None:
            await self.ledger.remember([name])
        try:
            yield name
        except asyncio.CancelledError:
            # The bridge ends: what is in doubt stays noted, and its next life deletes it.
            if await self._delete(name) and name not in self.in_doubt:
                await self._forget(name)
            raise
        except BaseException:
            await self._discard(name)
            raise
        await self._discard(name)

    async def _discard(self, name: str) -> None:
        deleted = await self._delete(name)
        if deleted and name in self.in_doubt:
            await self.clock.sleep(DOUBT_SECONDS)
            deleted = await self._delete(name)
        if deleted:
            await self._forget(name)

    async def _delete(self, name: str) -> bool:
        try:
            async with asyncio.timeout(DISCARD_SECONDS):
                await self.api.close_subscription(name)
        except RequestRefused as error:
            logger.debug("deleting a throw-away subscription: %s", error)
        except (BridgeError, TimeoutError) as error:
            # Its id stays noted: whoever keeps the connection deletes it.
            logger.info("a throw-away subscription could not be deleted yet: %s", error or "no answer")
            self.leave(name)
            return False
        return True

    async def _forget(self, name: str) -> None:
        if self.ledger is not None:
            await self.ledger.forget([name])


async def _keep_still(step: Step) -> None: ...


async def try_statistic(
    bench: Bench,
    name: str,
    asked: Asked,
    seconds: float = TRY_SECONDS,
    *,
    on_accepted: Callable[[Step], Awaitable[None]] = _keep_still,
) -> Outcome:
    """Open the statistic as subscription ``name`` and wait for its first value, at most ``seconds`` for both.

    ``on_accepted`` is told once the service took the statistic, before there is a value.
    """
    clock, began = bench.clock, bench.clock.monotonic()
    bench.in_doubt.add(name)
    try:
        async with asyncio.timeout(seconds):
            reply = await bench.api.open_subscription(name, [asked.request()])
    except TimeoutError:
        return Outcome(
            (Step("subscribe", False, f"The service did not answer within {seconds:.0f} s.", _ms(clock, began)),)
        )
    except BridgeError as error:
        if not isinstance(error, Unreachable | Malformed):
            bench.in_doubt.discard(name)
        return Outcome((_refused(error, _ms(clock, began)),))
    bench.in_doubt.discard(name)
    took = _ms(clock, began)
    refusal = reply.rejected.get(STATISTIC_ID)
    if refusal is not None:
        return Outcome((Step("subscribe", False, "The service refused the statistic.", took, refusal),))
    accepted = Step("subscribe", True, f"The service accepted the statistic in {took} ms.", took)
    await on_accepted(accepted)
    item = await _first_value(bench, name, reply, seconds - (clock.monotonic() - began))
    if item is None:
        text = f"No value within {seconds:.0f} s: the service has none yet, or sends none before the next change."
        return Outcome((accepted, Step("value", False, text, _ms(clock, began))))
    return _read(item, asked, _ms(clock, began)).after(accepted)


async def _first_value(bench: Bench, name: str, reply: Reply, seconds: float) -> Item | None:
    """The value that came with the answer or, where the service had none yet, the first that can be read."""
    try:
        async with asyncio.timeout(max(0.0, seconds)):
            while True:
                for item in reply.items:
                    if item.value not in (None, {}):
                        return item
                await bench.clock.sleep(ASK_AGAIN_SECONDS)
                try:
                    reply = await bench.api.read_subscription(name, [STATISTIC_ID])
                except BridgeError as error:
                    logger.debug("reading a throw-away subscription: %s", error)
    except TimeoutError:
        return None


def shortened(text: str, most: int = RAW_MOST) -> str:
    """As much of the service's text as a page shows. Cut last: half of a secret would not be recognised."""
    return text if len(text) <= most else f"{text[:most]}\n… ({len(text)} characters)"


def _read(item: Item, asked: Asked, ms: int) -> Outcome:
    payload = {"statisticId": item.statistic_id, "value": item.value, "timestamp": item.timestamp}
    raw = clean(json.dumps(payload, ensure_ascii=False, indent=2))
    try:
        value = read_value(item.value, asked.unit, timestamp=item.timestamp or 0)
    except UnreadableValue as error:
        text = f"The value does not fit the unit “{asked.unit}”: {clean(str(error))}."
        return Outcome((Step("value", False, text, ms),), at=item.timestamp, raw=raw)
    return Outcome((Step("value", True, f"The first value came after {ms} ms.", ms),), value, item.timestamp, raw)


def _refused(error: BridgeError, ms: int) -> Step:
    """A request with one statistic that fails as a whole tells why that statistic is refused."""
    if isinstance(error, RequestRefused) or (isinstance(error, ServerFault) and (error.about_request or error.faults)):
        refusal = error.faults[0].message if error.faults else str(error)
        return Step("subscribe", False, "The service refused the statistic.", ms, refusal)
    return Step("subscribe", False, str(error), ms)


def _ms(clock: Clock, began: float) -> int:
    return round((clock.monotonic() - began) * 1000)
