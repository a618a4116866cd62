"""``POST /_sim/history``: what statistics were in the simulated past, for demonstrations. The real service has no such
call: Genesys tells the present only.

A second contact centre is opened where the running one was, with the same people, seed and zone, so the same things
happen in it; it is led through the time that is asked for, and the statistics are read at each step.
"""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from aiohttp import web

from statsbridge.simulator.contact import ContactCentre
from statsbridge.simulator.refusals import Refused
from statsbridge.simulator.subscriptions import Subscriptions

STEPS_MOST = 10_000
Point = tuple[int, int | float]


class BadQuestion(ValueError):  # noqa: N818 - the word of the field
    """A question about the past that cannot be answered; the text says what to send."""


def replay(
    contact: ContactCentre, asked: Iterable[Mapping[str, Any]], since: int, until: int, step: int
) -> list[list[Point]]:
    """``(at, number)`` of each statistic at every whole ``step`` from ``since`` to ``until``; all in epoch ms.

    Args:
        contact: The running centre, which is only looked at.
        asked: Descriptors as in a subscription, of statistics whose values are numbers.

    Raises:
        Refused: one of them does not exist, or is a state.
    """
    first = -(-max(since, contact.opened) // step) * step
    past = ContactCentre(contact.roster, contact.seed, first, contact.zone, opened=contact.opened)
    subscriptions = Subscriptions(past)
    measures = [subscriptions.resolve(descriptor)[0] for descriptor in asked]
    if any(measure.definition.category == "CurrentState" for measure in measures):
        raise Refused("A state has no history of numbers")
    lines: list[list[Point]] = [[] for _ in measures]
    for at in range(first, until + 1, step):
        past.advance(at)
        for line, measure in zip(lines, measures, strict=True):
            number = measure.read(at).number
            if number is not None:
                line.append((at, number))
    return lines


class History:
    """The HTTP face of ``replay``."""

    def __init__(self, subscriptions: Subscriptions, catch_up: Callable[[], None]) -> None:
        self.subscriptions, self._catch_up = subscriptions, catch_up

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/_sim/history", self.answer)]

    async def answer(self, request: web.Request) -> web.Response:
        """``{"statistics": […], "since": ms, "step": seconds}`` → ``{"now": ms, "lines": [[[ms, number], …], …]}``."""
        self._catch_up()
        contact = self.subscriptions.contact
        now = contact.now
        try:
            asked, since, step = _read(await request.json(), now)
            # In a thread: the running centre's time must not wait for its past.
            lines = await asyncio.to_thread(replay, contact, asked, since, now, step)
        except json.JSONDecodeError:
            return web.json_response({"error": "The body is not JSON"}, status=400)
        except (BadQuestion, Refused) as problem:
            return web.json_response({"error": str(problem)}, status=400)
        return web.json_response({"now": now, "lines": lines})


def _read(body: Any, now: int) -> tuple[list[Mapping[str, Any]], int, int]:
    if not isinstance(body, dict):
        raise BadQuestion("expected an object")
    asked, since, step = body.get("statistics"), body.get("since"), body.get("step", 10)
    if not isinstance(asked, list) or not all(isinstance(one, dict) for one in asked):
        raise BadQuestion("statistics: expected a list of descriptors")
    if type(since) is not int or not 0 <= since <= now:
        raise BadQuestion("since: expected epoch milliseconds, not later than now")
    if type(step) is not int or step < 1:
        raise BadQuestion("step: expected whole seconds")
    if (now - since) // (step * 1000) > STEPS_MOST:
        raise BadQuestion(f"since: at most {STEPS_MOST} steps before now")
    return asked, since, step * 1000
