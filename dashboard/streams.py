"""A stream: one wallboard as one kind of viewer sees it, encoded once for all screens that show it."""

import logging
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from prometheus_client import Counter

from dashboard import protocol
from dashboard.boards import Board
from dashboard.levels import LevelJudge
from dashboard.protocol import UNREAD_MOST, CloseCode, Refusal
from dashboard.readings import BridgeState, Readings
from dashboard.redaction import Veil
from dashboard.screens import Screen, text_message
from dashboard.trails import Trail
from statsbridge.clock import Clock
from statsbridge.messages import Link, LinkState, Reading, ValueState

logger = logging.getLogger(__name__)

FRAMES = Counter("wallboard_frames", "Frames handed to sockets", ["type"])
SKIPPED = Counter("wallboard_frames_skipped", "Updates withheld from screens that cannot follow")

#: How long a board without screens, and a hub without boards, wait for one to come back.
LINGER_SECONDS = 60.0
#: Every choice of some tiles is a stream of its own; each costs something at every change of the configuration.
NARROWED_LINGER_SECONDS = 2.0
NARROWED_MOST = 50
CROWDED = Refusal(
    CloseCode.TOO_SLOW, "crowded", "Too many different choices of this wallboard's tiles are open. Try again later."
)


@dataclass(frozen=True, slots=True)
class StreamKey:
    """What makes two viewers see the same: the wallboard, the view, and the tiles where not all are shown."""

    wallboard: int
    view: str = "full"
    tiles: frozenset[str] | None = None


class Stream:
    """Keeps what its screens have been told, and tells them what changed: at once, then at most so often a second.

    Reads values from ``readings`` and never writes there. Nothing in here waits.
    """

    def __init__(
        self, key: StreamKey, board: Board, readings: Readings, clock: Clock, version: str, frames_per_second: float
    ) -> None:
        self.key = key
        self.board = board
        self.screens: set[Screen] = set()
        #: Those that do not know of the epoch yet: a heartbeat of it would make them all ask at the same moment.
        self.awaiting: set[Screen] = set()
        #: The configuration's revision that the board is known to be of.
        self.revision = 0
        self.epoch = uuid.uuid4().hex[:12]
        self.seq = 0
        self.empty_since = clock.monotonic()
        self._veil = Veil(key.view)
        self._readings = readings
        self._clock = clock
        self._version = version
        self._interval = 1 / frames_per_second
        self._flushed = -self._interval
        self._dirty: set[int] = set()
        self._told: dict[int, list[Any]] = {}
        self._judges: dict[tuple[str, int], LevelJudge] = {}
        self._by_series: dict[int, list[tuple[str, int]]] = {}
        self._trails: dict[int, Trail] = {}
        self._links: dict[str, Link] = {}
        self._created = clock.now()
        self._snapshots: dict[tuple[Any, ...], dict[str, Any]] = {}
        self._fragments: dict[str, str] = {}

    def is_left(self, now: float) -> bool:
        """Whether nobody has looked for so long, at monotonic second ``now``, that it need not be kept."""
        linger = LINGER_SECONDS if self.key.tiles is None else NARROWED_LINGER_SECONDS
        return not self.screens and now - self.empty_since >= linger

    # -- what it shows ------------------------------------------------------------------------------------------

    def show(self, board: Board, trails: Mapping[int, Trail]) -> None:
        """Take a (changed) definition; the screens that are there get a snapshot of it."""
        self.board = board
        self._trails = {**{one: trail for one, trail in self._trails.items() if one in board.history}, **trails}
        judges = {key: LevelJudge(thresholds) for key, thresholds in board.thresholds.items()}
        for key, judge in self._judges.items():
            if key in judges and judges[key].thresholds == judge.thresholds:
                judges[key] = judge
        self._judges = judges
        self._by_series = {}
        for tile, series in judges:
            self._by_series.setdefault(series, []).append((tile, series))
        self._told = {}
        self._dirty = set()
        self._look(board.series)
        self._links = {name: self._link(name) for name in board.connections}
        self._fragments = {
            "wallboard": protocol.encode(board.wallboard),
            "series": protocol.encode(board.series),
        }
        self._snapshots.clear()
        for screen in self.screens:
            self.bring_up_to_date(screen, history=True, free=True)

    def _link(self, name: str) -> Link:
        return self._veil.link(self._readings.links.get(name) or Link(LinkState.CONNECTING, self._created))

    def bridge(self) -> BridgeState:
        """The state of the bridge behind this board."""
        return self._readings.bridge(self.board.connections, self._clock.elapsed())

    def begin_anew(self) -> list[Screen]:
        """Begin another epoch; returns the screens that follow, who are told nothing more before their snapshot.

        Those that are behind anyway get theirs when they are ready for it.
        """
        self.epoch = uuid.uuid4().hex[:12]
        self._flushed = self._clock.monotonic()
        dirty, self._dirty = self._dirty, set()
        self._look(dirty)
        self._links = {name: self._link(name) for name in self.board.connections}
        self._snapshots.clear()
        following = [screen for screen in self.screens if not screen.window.behind]
        for screen in following:
            screen.window.behind = True
        self.awaiting.update(following)
        return following

    # -- what changes -------------------------------------------------------------------------------------------

    def touch(self, series: set[int]) -> None:
        """Note that something else may be known of these."""
        self._dirty.update(series & self.board.series.keys())

    def due(self) -> float | None:
        """The monotonic second at which ``flush`` has something to do; None while nothing is pending."""
        moments = [self._flushed + self._interval] if self._dirty else []
        now, ms = self._clock.monotonic(), self._clock.now()
        holds = [due for judge in self._judges.values() if (due := judge.due()) is not None]
        if holds:
            # A hold that ended with nothing to judge (a stale value) must not wake the hub in a circle.
            moments += [max(self._flushed + self._interval, now + (min(holds) - ms) / 1000)]
        return min(moments, default=None)

    def flush(self) -> None:
        """Tell the screens what changed, in one frame."""
        self._flushed = self._clock.monotonic()
        dirty, self._dirty = self._dirty, set()
        now = self._clock.now()
        dirty.update(series for (_, series), judge in self._judges.items() if (judge.due() or now + 1) <= now)
        values, levels = self._look(dirty)
        if values or levels:
            self._number(lambda: protocol.update_frame(self.epoch, self.seq, values, levels), "update")

    def tell_link(self, connection: str) -> None:
        """Tell the screens the state of a connection's link, if it is another than they know."""
        if connection not in self.board.connections:
            return
        link = self._link(connection)
        if self._links.get(connection) != link:
            self._links[connection] = link
            self._number(lambda: protocol.link_frame(self.epoch, self.seq, connection, link), "link")

    def heartbeat(self) -> None:
        message = text_message(protocol.heartbeat_frame(self.epoch, self.seq, self._clock.now(), self.bridge()))
        FRAMES.labels("heartbeat").inc(sum(screen.push(message) for screen in self.screens - self.awaiting))

    def _number(self, build: Any, kind: str) -> None:
        self.seq += 1
        self._snapshots.clear()
        if not self.screens:
            return
        message = text_message(build())
        sent = sum(screen.offer(message, self.seq) for screen in self.screens)
        FRAMES.labels(kind).inc(sent)
        SKIPPED.inc(len(self.screens) - sent)

    def _look(self, series: Any) -> tuple[dict[int, list[Any]], dict[str, dict[int, list[Any]]]]:
        """Read these series anew: the values and levels that are others than what was told."""
        now, elapsed = self._clock.now(), self._clock.elapsed()
        values: dict[int, list[Any]] = {}
        levels: dict[str, dict[int, list[Any]]] = {}
        for one in series:
            reading = self._readings.see(one, self.board.series[one]["connection"], elapsed)
            wire = self._veil.wire(reading, self.board.titles.get(one), self.board.people)
            if wire != self._told.get(one):
                self._told[one] = values[one] = wire
                if one in self._trails:
                    self._trails[one].add(_judged(reading), reading.at, now)
            for key in self._by_series.get(one, ()):
                judge = self._judges[key]
                if reading.state is not ValueState.STALE and judge.judge(_judged(reading), now, reading.at):
                    levels.setdefault(key[0], {})[one] = [judge.level.word, judge.since]
        return values, levels

    # -- whole ----------------------------------------------------------------------------------------------------

    def snapshot(self, *, history: bool) -> dict[str, Any]:
        """The message that brings a screen to ``seq``; encoded once until something changes."""
        bridge = self.bridge()
        key = (history, bridge)
        if key not in self._snapshots:
            head = {"epoch": self.epoch, "seq": self.seq, "version": self._version, "bridge": bridge}
            levels: dict[str, dict[int, list[Any]]] = {}
            for (tile, series), judge in self._judges.items():
                levels.setdefault(tile, {})[series] = [judge.level.word, judge.since]
            fragments = [
                ("wallboard", self._fragments["wallboard"]),
                ("series", self._fragments["series"]),
                ("values", protocol.encode(self._told)),
                ("levels", protocol.encode(levels)),
            ]
            if history:
                now = self._clock.now()
                points = {one: trail.points(now) for one, trail in self._trails.items()}
                fragments.append(("history", protocol.encode(points)))
            links = {name: link.to_wire() for name, link in self._links.items()}
            fragments.append(("links", protocol.encode(links)))
            self._snapshots[key] = text_message(protocol.snapshot_frame(head, fragments))
        return self._snapshots[key]

    def join(self, screen: Screen) -> None:
        """The screen's first snapshot, and every frame after it: nothing can come between the two."""
        self.screens.add(screen)
        self.bring_up_to_date(screen, history=True, free=True)

    def leave(self, screen: Screen) -> None:
        self.screens.discard(screen)
        self.awaiting.discard(screen)
        self.empty_since = self._clock.monotonic()

    def bring_up_to_date(self, screen: Screen, *, history: bool, free: bool = False) -> None:
        """Send the screen a snapshot; later, where it cannot take one or asks for too many."""
        self.awaiting.discard(screen)
        if screen.busy or (not free and (screen.credit < 1 or screen.window.unread >= UNREAD_MOST)):
            screen.owed = history or bool(screen.owed)
            screen.window.behind = True
            return
        screen.owed = None
        if not free:
            screen.credit -= 1
        screen.window.restart(self.seq)
        FRAMES.labels("snapshot").inc(screen.push(self.snapshot(history=history)))


def keep_room(keys: Collection[StreamKey], key: StreamKey) -> None:
    """Let one more stream beside ``keys`` be made.

    Raises:
        Refusal: it is of some tiles only, and there are too many such ones of its wallboard (4408).
    """
    others = {one for one in keys if one.wallboard == key.wallboard and one.tiles is not None}
    if key.tiles is not None and len(others) >= NARROWED_MOST:
        raise CROWDED


def series_in_use(streams: Iterable[Stream]) -> dict[str, set[int]]:
    """Each connection with those of its series that any stream shows."""
    used: dict[str, set[int]] = {}
    for stream in streams:
        for name, series in stream.board.connections.items():
            used.setdefault(name, set()).update(series)
    return used


def _judged(reading: Reading) -> float | None:
    """The number to judge; None where there is none, or where it is known no longer."""
    shown = reading.state in (ValueState.OK, ValueState.LATE)
    numeric = isinstance(reading.value, int | float) and not isinstance(reading.value, bool)
    return reading.value if shown and numeric else None
