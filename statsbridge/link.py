"""The state machine of one connection's link: from what happens to what people are told; no input or output.

::

    connecting ──ready──▶ live ──no proof of life for 15 s──▶ late ──proof──▶ live
        ▲                  │ trouble, new session                │
        └──── after 3 s ───┴──── two failed tries or 10 s ──▶ down ◀── sign-in refused, late for long
    unavailable: the service said so, until it is available again and everything is open again

A link that is live again within 3 s was never anything else.
"""

from collections.abc import Callable

from statsbridge.messages import Link, LinkState

GRACE_MS = 3_000
DOWN_MS = 10_000
LATE_MS = 15_000
#: With nothing wanted there is nothing to read, and a quiet poll is held by the server for 20 s.
LATE_IDLE_MS = 40_000
LATE_DOWN_MS = 60_000
FAILED_TRIES = 2


class LinkMonitor:
    """Holds the facts about one link and derives its state; ``on_change(before, after, lasted_ms)`` hears of it.

    What is shown is in epoch ms of ``now``; ages are measured in ms of ``elapsed``, which nobody sets. ``review`` must
    be called a few times a second, because time alone changes states.
    """

    def __init__(
        self,
        now: Callable[[], int],
        elapsed: Callable[[], int],
        on_change: Callable[[Link, Link, int], None],
        clear: Callable[[str], str] = str,
    ) -> None:
        self._now = now
        self._elapsed = elapsed
        self._on_change = on_change
        self._clear = clear
        self.link = Link(LinkState.CONNECTING, now(), "starting")
        self._changed_at = elapsed()
        self.idle = False
        self._ready = False
        self._broken_at: int | None = elapsed()
        self._failing_since: int | None = None
        self._tries = 0
        self._reason = "starting"
        self._refused = ""
        self._unavailable = ""
        self._unread = False
        self._proof_at = elapsed()

    def attempt(self) -> None:
        """A life of the connection begins."""
        if self._failing_since is None:
            self._failing_since = self._elapsed()
        self.review()

    def reached(self) -> None:
        """The service answered as it should."""
        self._failing_since, self._tries, self._refused = None, 0, ""
        self.review()

    def alive(self, *, news: bool = False) -> None:
        """A connect cycle, or a message (``news``): the end of any trouble with CometD.

        While what is open cannot be read, a connect cycle alone proves nothing of the values.
        """
        if news or not self._unread:
            self._proof_at = self._elapsed()
        if self._ready:
            self._failing_since, self._tries, self._refused = None, 0, ""
            self._broken_at = None
        self.review()

    def proof(self) -> None:
        """The service answered a reading of what is open. That says nothing about notifications."""
        self._unread = False
        self._proof_at = self._elapsed()
        self.review()

    def unread(self) -> None:
        """A reading of what is open failed."""
        self._unread = True

    def trouble(self, reason: str) -> None:
        """A request failed and is being tried again."""
        self._break(reason)
        self._tries += 1
        if self._failing_since is None:
            self._failing_since = self._elapsed()
        self.review()

    def ended(self, reason: str, *, refused: bool) -> None:
        """A life of the connection ended; ``refused`` where somebody has to do something."""
        self._ready = False
        self._unavailable = ""
        self._refused = self._clear(reason) if refused else ""
        self.trouble(reason)

    def restoring(self, reason: str) -> None:
        """The service answers, but the subscriptions are gone and are being created again."""
        self._ready = False
        self._failing_since, self._tries = None, 0
        self._break(reason)
        self.review()

    def ready(self) -> None:
        """Everything wanted is open and its first values are read."""
        self._ready, self._broken_at, self._unavailable = True, None, ""
        self._unread = False
        self.alive()

    def unavailable(self, reason: str) -> None:
        """The service said that it lost its source."""
        self._ready = False
        self._unavailable = self._clear(reason)
        self._break(reason)
        self.review()

    def available(self) -> None:
        if self._unavailable:
            self._unavailable = ""
            # Three seconds from here to have everything open again before people are told more.
            self._broken_at, self._reason = self._elapsed(), "the service is available again, opening statistics"
            self.review()

    def review(self) -> None:
        """Derive the state from the facts and the time, and tell of a change."""
        state, reason = self._derive()
        if state == self.link.state and (reason == self.link.reason or state == LinkState.LIVE):
            return
        before, lasted = self.link, self._elapsed() - self._changed_at
        if state == before.state:
            self.link = Link(state, before.since, reason)
        else:
            self.link = Link(state, self._now(), reason)
            self._changed_at = self._elapsed()
        self._on_change(before, self.link, lasted)

    def _break(self, reason: str) -> None:
        self._reason = self._clear(reason)
        if self._broken_at is None:
            self._broken_at = self._elapsed()

    def _derive(self) -> tuple[LinkState, str]:
        now = self._elapsed()
        if self._refused:
            return LinkState.DOWN, self._refused
        if self._unavailable:
            return LinkState.UNAVAILABLE, self._unavailable
        if self._ready and self._broken_at is None:
            return self._by_proof(now - self._proof_at)
        broken = now - self._broken_at if self._broken_at is not None else 0
        if broken < GRACE_MS and self.link.state != LinkState.CONNECTING:
            return self.link.state, self.link.reason
        failing = now - self._failing_since if self._failing_since is not None else 0
        if self._tries >= FAILED_TRIES or failing >= DOWN_MS:
            return LinkState.DOWN, self._reason
        return LinkState.CONNECTING, self._reason

    def _by_proof(self, quiet: int) -> tuple[LinkState, str]:
        if quiet < (LATE_IDLE_MS if self.idle else LATE_MS):
            return LinkState.LIVE, ""
        if quiet >= LATE_DOWN_MS:
            return LinkState.DOWN, "no sign of life for a minute"
        return LinkState.LATE, "no sign of life"
