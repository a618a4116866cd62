"""Asking the bridge to try something out, from a page: which process runs it is found out, and how long it may take."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.utils.translation import gettext as _

from statsbridge.messages import BRIDGE_DOWN_SECONDS, COMMANDS
from statsbridge.models import DatabaseNow, Worker
from statsbridge.wording import in_words

#: A bridge that lives says at once that it got the request. Without one people are told so within 5 s.
HEARD_SECONDS = 4.0
#: From then on: what it allows itself, and the way back.
TRY_SECONDS = 6.0
TEST_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Answer:
    """``outcome`` as ``statsbridge.trying.Outcome`` goes over the wire, or why there is none in ``problem``."""

    outcome: dict[str, Any] = field(default_factory=dict)
    problem: str = ""

    def to_json(self) -> dict[str, Any]:
        return {"problem": self.problem, "outcome": told(self.outcome)}


def told(outcome: dict[str, Any]) -> dict[str, Any]:
    """An outcome with the texts of its steps in the active language; the service's own words stay as they are."""
    if "steps" not in outcome:
        return outcome
    return {**outcome, "steps": [told_step(step) for step in outcome["steps"]]}


def told_step(step: dict[str, Any]) -> dict[str, Any]:
    return {**step, "text": in_words(step["text"]), "refusal": in_words(step["refusal"])}


def no_bridge() -> Answer:
    return Answer(
        problem=_(
            "No bridge is running, so nothing can be asked of the service. Start it with “manage.py serve”, or with "
            "“manage.py runworker statsbridge” beside the web processes."
        )
    )


def newest_worker() -> str | None:
    """The process of the bridge that was last heard of, or ``None`` when none was lately."""
    alive = Worker.objects.filter(beat_at__gt=DatabaseNow() - int(BRIDGE_DOWN_SECONDS * 1000))
    return alive.order_by("-beat_at").values_list("pk", flat=True).first()


def ask_bridge(kind: str, *, seconds: float, **message: Any) -> Answer:
    """Send ``bridge.try`` or ``bridge.test`` and wait for the outcome, at most ``seconds`` once a bridge has heard."""
    worker = newest_worker()
    if worker is None:
        return no_bridge()
    answer: Answer = async_to_sync(_last)(follow_bridge(worker, kind, seconds=seconds, **message))
    return answer


async def _last(told_of: AsyncGenerator[dict[str, Any] | Answer, None]) -> Answer:
    async with aclosing(told_of):
        return [one async for one in told_of if isinstance(one, Answer)][-1]


async def follow_bridge(
    worker: str, kind: str, *, seconds: float, **message: Any
) -> AsyncGenerator[dict[str, Any] | Answer, None]:
    """The same of the bridge's process ``worker``, step by step: steps as they go well, and last the answer.

    A step is ``statsbridge.trying.Step`` as it goes over the wire.
    """
    layer: Any = get_channel_layer()
    channel = ""
    try:
        async with asyncio.timeout(HEARD_SECONDS):
            channel = await layer.new_channel()
            await layer.send(COMMANDS, {"type": kind, "worker": worker, **message, "reply": channel})
            received = await layer.receive(channel)
        try:
            ends = asyncio.get_running_loop().time() + seconds
            while received["type"] != "bridge.outcome":
                if received["type"] == "bridge.step":
                    yield received["step"]
                async with asyncio.timeout_at(ends):
                    received = await layer.receive(channel)
            yield Answer({key: value for key, value in received.items() if key != "type"})
        except TimeoutError:
            yield Answer(problem=_("The bridge began to try it and has not told how it went."))
    except TimeoutError:
        yield Answer(
            problem=_(
                "The bridge does not answer: it has just ended, or no process of it keeps this connection right now. "
                "Try again in a few seconds."
            )
        )
    except Exception as error:  # noqa: BLE001 - each layer has its own kinds
        yield Answer(problem=_("The channel layer cannot be reached (%s).") % type(error).__name__)
    finally:
        if channel:
            await _part(layer, channel)


async def _part(layer: Any, channel: str) -> None:
    """Leave nothing of a reply channel.

    The layers give one up when receiving from it is interrupted, and only then. With an answer that came too late there
    is nothing to interrupt, and a channel that was given up already would be made anew.
    """
    while channel in layer.channels:
        receiving = asyncio.ensure_future(layer.receive(channel))
        await asyncio.sleep(0)
        receiving.cancel()
        await asyncio.gather(receiving, return_exceptions=True)
