"""What the administration asks to try out, run beside everything else: bounded, paced, and each one answered."""

import asyncio
import json
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from statsbridge import configuration
from statsbridge.auth import Credentials
from statsbridge.clock import Clock
from statsbridge.configuration import ConnectionSettings
from statsbridge.encryption import SecretUnreadable, decrypt, encrypt
from statsbridge.hiding import Hiding
from statsbridge.keeper import Keeper
from statsbridge.ledger import Ledger
from statsbridge.messages import LinkState
from statsbridge.persistence import in_thread
from statsbridge.rotation import Rotation
from statsbridge.session import Session
from statsbridge.together import cancel
from statsbridge.trying import WORDS_MOST, Asked, Outcome, Step, shortened, try_statistic
from statsbridge.walking import NOTHING_TO_TRY, Stepped, Tell, Walk

logger = logging.getLogger(__name__)

#: The service is somebody else's, and everybody's statistics come from it.
PER_MINUTE = 20
AT_ONCE = 4
NO_CONNECTION = "The connection is not stored any more. Reload the page."


def seal(settings: ConnectionSettings) -> str:
    """Settings of a form, secrets included, as they may travel: encrypted."""
    known = settings.credentials
    # Dataclasses know which of their fields are no secrets; here all of them go in, and nothing of it is readable.
    return encrypt(
        json.dumps(
            {
                "name": settings.name,
                "statistics_url": settings.statistics_url,
                "authentication_url": settings.authentication_url,
                "proxy": settings.proxy,
                "ca_file": settings.ca_file,
                "credentials": {name: getattr(known, name) for name in Credentials.__slots__},
            }
        )
    )


def unseal(sealed: str, pk: int) -> ConnectionSettings:
    """Raises SecretUnreadable when this process has other keys than the one that sealed them."""
    wire = json.loads(decrypt(sealed))
    return ConnectionSettings(pk=pk, **{**wire, "credentials": Credentials(**wire["credentials"])})


class Pace:
    """At most ``most`` in a minute for each key."""

    def __init__(self, clock: Clock, most: int = PER_MINUTE) -> None:
        self._clock = clock
        self._most = most
        self._times: dict[Any, deque[float]] = {}

    def wait(self, key: Any) -> float:
        """0 when there is room, which is then taken; else the seconds until there is."""
        now = self._clock.monotonic()
        for other in [one for one, times in self._times.items() if now - times[-1] >= 60]:
            del self._times[other]
        times = self._times.setdefault(key, deque(maxlen=self._most))
        if len(times) == self._most and now - times[0] < 60:
            return 60 - (now - times[0])
        times.append(now)
        return 0.0


class Trials:
    """Runs them; ``answer`` sends a message to a channel."""

    def __init__(self, clock: Clock, answer: Callable[[str, dict[str, Any]], Awaitable[None]]) -> None:
        self._clock = clock
        self._answer = answer
        self._pace = Pace(clock)
        self._running: set[asyncio.Task[None]] = set()

    def begin(self, message: dict[str, Any], keeper: Keeper | None) -> None:
        """Answer the message in a task of its own; ``keeper`` is the one that keeps the connection, if one does."""
        task = asyncio.create_task(self._run(message, keeper))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def stop(self) -> None:
        """End those under way; each still deletes what it opened."""
        await cancel(*self._running)

    async def _run(self, message: dict[str, Any], keeper: Keeper | None) -> None:
        reply, kind = str(message.get("reply", "")), message.get("type")
        told, hidden = False, Hiding()

        async def tell(outcome: Outcome) -> None:
            nonlocal told
            told = True
            # The value before it is JSON text, which would be none any more where a secret stands in a number.
            wire = {key: hidden.clear(one) for key, one in outcome.to_wire().items() if key != "value"}
            wire["raw"] = shortened(wire["raw"])
            wire["steps"] = [{**step, "text": shortened(step["text"], WORDS_MOST)} for step in wire["steps"]]
            wire["value"] = json.dumps(hidden.clear(outcome.value), ensure_ascii=False)
            await self._answer(reply, {"type": "bridge.outcome", **wire})

        async def step(one: Step) -> None:
            await self._answer(reply, {"type": "bridge.step", "step": hidden.clear(one.to_wire())})

        await self._answer(reply, {"type": "bridge.trying"})
        try:
            refusal = self._busy(message)
            if refusal:
                await tell(_failed(refusal))
            elif keeper is not None:
                hidden.add(keeper.secrets)
                await self._beside(keeper, message, tell, step, test=kind == "bridge.test")
            else:
                await self._apart(message, tell, step, hidden)
        except Exception as error:
            logger.exception("trying something out failed")
            if not told:
                text = f"The bridge itself failed ({type(error).__name__}); its log says more."
                await tell(_failed(text))

    def _busy(self, message: dict[str, Any]) -> str:
        if len(self._running) > AT_ONCE:
            return "Others are trying something out at this very moment. Press the button again in a few seconds."
        seconds = max(self._pace.wait(("by", message.get("by"))), self._pace.wait(("of", message.get("connection"))))
        return f"That was tried {PER_MINUTE} times within a minute. Try again in {seconds:.0f} s." if seconds else ""

    async def _beside(self, keeper: Keeper, message: dict[str, Any], tell: Tell, step: Stepped, *, test: bool) -> None:
        """In the session that is on: no further sign-in, and nothing of what is open is touched."""
        session = keeper.session
        if session is None or session.token_at is None or keeper.link.state in (LinkState.CONNECTING, LinkState.DOWN):
            state, reason = keeper.link.state, keeper.link.reason or "it is just being opened"
            return await tell(_failed(f"The connection “{keeper.name}” is {state}: {reason}", "token"))
        steps = self._signed_in(session) if test else ()
        for one in steps:
            await step(one)
        asked = _asked(message)
        if asked is None:
            return await tell(Outcome((*steps, Step("subscribe", None, NOTHING_TO_TRY))))
        bench = session.bench()
        async with bench.throw_away() as name:
            outcome = await try_statistic(bench, name, asked, on_accepted=step)
            logger.info("connection %s: a statistic was tried: %s", keeper.name, "ok" if outcome.ok else "refused")
            await tell(outcome.after(*steps))
        return None

    def _signed_in(self, session: Session) -> tuple[Step, ...]:
        minutes = (self._clock.now() - (session.token_at or 0)) / 60_000
        signed_in = f"The bridge is signed in; its token is {minutes:.0f} minutes old."
        return (
            Step("token", True, signed_in),
            Step("handshake", True, "The bridge's own CometD session is open; the test goes through it."),
        )

    async def _apart(self, message: dict[str, Any], tell: Tell, step: Stepped, hidden: Hiding) -> None:
        """In a session of its own: what nobody keeps, or what a form has."""
        pk, sealed = message.get("connection"), message.get("settings")
        stored = await in_thread(configuration.load_settings, pk) if isinstance(pk, int) else None
        ledger = Ledger(stored.pk, self._clock) if stored is not None else None
        if sealed is None:
            if stored is None:
                return await tell(_failed(NO_CONNECTION))
            walk = Walk(stored, self._clock, ledger, Rotation(stored.pk, stored.name).keep, step)
        else:
            try:
                settings = unseal(sealed, stored.pk if stored else 0)
            except SecretUnreadable:
                text = "The bridge has other FIELD_KEYS than the web process. Give all processes the same ones."
                return await tell(_failed(text))
            walk = Walk(settings, self._clock, ledger, on_step=step)
        hidden.add(walk.secrets)
        asked = _asked(message)

        async def tell_what_counts(outcome: Outcome) -> None:
            if message.get("type") == "bridge.try" and outcome.steps[-1].name in ("subscribe", "value"):
                kept = tuple(step for step in outcome.steps if step.name in ("subscribe", "value"))
                outcome = replace(outcome, steps=kept)
            logger.info("a connection was tested: %s", "ok" if outcome.ok else f"no {outcome.steps[-1].name}")
            await tell(outcome)

        return await walk.test(asked, tell_what_counts)


def _asked(message: dict[str, Any]) -> Asked | None:
    wire = message.get("asked")
    return Asked.from_wire(wire) if isinstance(wire, dict) else None


def _failed(text: str, name: str = "subscribe") -> Outcome:
    return Outcome((Step(name, False, text),))
