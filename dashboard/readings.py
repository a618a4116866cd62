"""What this process knows of values and links, and what may still be said of them as time passes; pure.

The bridge reports a reading's own state; here links, the bridge's heartbeat and time are laid over it. Ages are
measured by the moment of receipt on a clock that is never set: times named ``now`` are its milliseconds, passed in.
Where others tell a time of day, ``wall`` is ours in epoch milliseconds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from statsbridge.messages import (
    BRIDGE_DOWN_SECONDS,
    BRIDGE_LATE_SECONDS,
    PENDING,
    Link,
    LinkState,
    Reading,
    ValueState,
)

UNKNOWN_AFTER_SECONDS = 600


class BridgeState(StrEnum):
    """What is known of the bridge, from its heartbeat."""

    LIVE = "live"
    LATE = "late"
    DOWN = "down"


def bridge_state(beat_at: int | None, now: int) -> BridgeState:
    """Judge a heartbeat by its age; ``None`` is a bridge that was never heard of."""
    if beat_at is None or now - beat_at >= BRIDGE_DOWN_SECONDS * 1000:
        return BridgeState.DOWN
    return BridgeState.LATE if now - beat_at >= BRIDGE_LATE_SECONDS * 1000 else BridgeState.LIVE


def _moment(at: int, now: int, wall: int) -> int:
    """An epoch ms that somebody told as a moment of our own clock, never one to come; 0 is not known, so now."""
    return now - max(wall - at, 0) if at else now


@dataclass(slots=True)
class Track:
    """How far one connection's messages were followed, in one term (``fence``) of one life of a bridge (``epoch``).

    Everything up to ``seq`` arrived; ``heard`` is the highest number known to exist, ``early`` those that came
    after a gap. ``values`` and ``link`` are the numbers with which each series and the link came last, so that an
    older message or snapshot does not undo a newer one.
    """

    epoch: str
    fence: int = 0
    synced: bool = False
    #: Whether it took the place of another life or term that was followed before.
    successor: bool = False
    seq: int = -1
    heard: int = -1
    link: int = -1
    early: set[int] = field(default_factory=set)
    values: dict[int, int] = field(default_factory=dict)

    @property
    def behind(self) -> bool:
        return not self.synced or self.heard > self.seq

    def advance(self, seq: int) -> None:
        """Everything up to ``seq`` is known."""
        self.seq = max(self.seq, seq)
        self.heard = max(self.heard, seq)
        while self.seq + 1 in self.early:
            self.seq += 1
        self.early = {number for number in self.early if number > self.seq}

    def note(self, seq: int) -> None:
        """Message ``seq`` arrived."""
        self.heard = max(self.heard, seq)
        self.early.add(seq)
        if self.synced:
            self.advance(self.seq)


class Readings:
    """The newest reading of each series and the state of each link, with the bridge's numbering checked."""

    def __init__(self) -> None:
        self.links: dict[str, Link] = {}
        self._readings: dict[int, Reading] = {}
        self._tracks: dict[str, Track] = {}
        self._beats: dict[str, int] = {}
        self._first_beat: int | None = None
        self._dark_since: dict[str, int] = {}
        self._stale_since: dict[int, int] = {}
        self._conditions: dict[str, str] = {}
        self._restarted: set[str] = set()

    # -- what comes in ------------------------------------------------------------------------------------------

    def remember(
        self,
        readings: Mapping[int, Reading],
        links: Mapping[str, tuple[Link, int]],
        beat_age: int | None,
        *,
        now: int,
        wall: int,
    ) -> None:
        """Take what the database has: last values, links with the moment they were last known true, a heartbeat's age.

        Anything that the bridge itself reported goes before.
        """
        for series, reading in readings.items():
            known = reading.state in (ValueState.REJECTED, ValueState.PENDING)
            self._readings.setdefault(series, reading if known else replace(reading, state=ValueState.STALE))
        for name, (link, seen_at) in links.items():
            if name not in self.links:
                self.links[name] = link
                self._dark_since.setdefault(name, _moment(seen_at or link.since, now, wall))
        if beat_age is not None:
            beat = now - beat_age
            self._first_beat = beat if self._first_beat is None else max(beat, self._first_beat)

    def recall(
        self, readings: Mapping[int, Reading], links: Mapping[str, tuple[Link, int]], beat_age: int | None, *, now: int
    ) -> None:
        """As ``remember``, for who hears no bridge: what it stored is its newest word. ``now`` is a time of day, too.

        ``links`` come with the moment since when nothing is known where that is so.
        """
        self._readings = dict(readings)
        self.remember({}, links, beat_age, now=now, wall=now)

    def take_values(
        self, connection: str, epoch: str, seq: int, values: Mapping[int, Reading], now: int, *, fence: int = 0
    ) -> set[int]:
        """The series that have something newer; a number that is contained already changes nothing."""
        track = self._track(connection, epoch, fence, now)
        if track is None or seq <= track.seq:
            return set()
        track.note(seq)
        return self._merge(track, seq, values)

    def take_link(
        self, connection: str, epoch: str, seq: int, link: Link, now: int, *, wall: int, fence: int = 0
    ) -> bool:
        """Whether the link's state is another now."""
        track = self._track(connection, epoch, fence, now)
        if track is None or seq <= track.seq:
            return False
        track.note(seq)
        return self._set_link(track, connection, seq, link, _moment(link.since, now, wall))

    def take_snapshot(
        self,
        connection: str,
        epoch: str,
        seq: int,
        values: Mapping[int, Reading],
        link: Link,
        now: int,
        *,
        wall: int,
        fence: int = 0,
    ) -> tuple[set[int], bool]:
        """The series that have something newer, and whether the link's state is another now."""
        track = self._track(connection, epoch, fence, now)
        if track is None:
            return set(), False
        if track.successor and not track.synced:
            self._restarted.add(connection)
        track.synced = True
        track.advance(seq)
        # A snapshot is everything there is: what it lacks is not measured any more.
        for series in [one for one, number in track.values.items() if one not in values and number <= seq]:
            del track.values[series]
            self._readings.pop(series, None)
        since = _moment(link.since, now, wall)
        return self._merge(track, seq, values), self._set_link(track, connection, seq, link, since)

    def take_beat(self, epoch: str, seqs: Mapping[str, int], now: int, fences: Mapping[str, int] | None = None) -> None:
        """Note a sign of life of one bridge, and what it must have sent by now of the connections that it leads."""
        self._beats = {one: at for one, at in self._beats.items() if now - at < UNKNOWN_AFTER_SECONDS * 1000}
        self._beats[epoch] = now
        for connection, seq in seqs.items():
            track = self._track(connection, epoch, (fences or {}).get(connection, 0), now)
            if track is not None:
                track.heard = max(track.heard, seq)

    def take_restarted(self) -> set[str]:
        """The connections whose bridge began anew and has told everything, each named once."""
        restarted, self._restarted = self._restarted, set()
        return restarted

    def behind(self) -> list[str]:
        """The connections of which messages are missing."""
        return [connection for connection, track in self._tracks.items() if track.behind]

    def knows(self, connection: str) -> bool:
        """Whether the bridge told everything of a connection since this process listens."""
        track = self._tracks.get(connection)
        return track is not None and track.synced

    def _track(self, connection: str, epoch: str, fence: int, now: int) -> Track | None:
        """The track that a message belongs to; ``None`` for one whose sender does not lead any more."""
        self._beats[epoch] = now
        track = self._tracks.get(connection)
        if track is not None and fence < track.fence:
            return None
        if track is None or (track.epoch, track.fence) != (epoch, fence):
            track = self._tracks[connection] = Track(epoch, fence, successor=track is not None)
        return track

    def _merge(self, track: Track, seq: int, values: Mapping[int, Reading]) -> set[int]:
        newer = {series: reading for series, reading in values.items() if track.values.get(series, -1) <= seq}
        track.values.update(dict.fromkeys(newer, seq))
        self._readings.update(newer)
        return set(newer)

    def _set_link(self, track: Track, connection: str, seq: int, link: Link, since: int) -> bool:
        if seq < track.link:
            return False
        track.link = seq
        before = self.links.get(connection)
        self.links[connection] = link
        if link.state not in (LinkState.LIVE, LinkState.LATE):
            self._dark_since.setdefault(connection, since)
        return before != link

    # -- what may be said ---------------------------------------------------------------------------------------

    def bridge(self, connections: Iterable[str], now: int) -> BridgeState:
        """The worst state among the bridges that lead these connections; of any bridge where none leads yet."""
        newest = max(self._beats.values(), default=self._first_beat)
        beats = []
        for name in connections:
            track = self._tracks.get(name)
            beats.append(newest if track is None else self._beats.get(track.epoch))
        states = [bridge_state(beat, now) for beat in beats or [newest]]
        return max(states, key=list(BridgeState).index)

    def see(self, series: int, connection: str, now: int) -> Reading:
        """The reading with its link, the bridge and time laid over it."""
        reading = self._readings.get(series, PENDING)
        if reading.state in (ValueState.PENDING, ValueState.REJECTED):
            self._stale_since.pop(series, None)
            return reading
        link = self.links.get(connection)
        dark = self._dark(connection, now)
        if not dark and reading.state is not ValueState.STALE:
            self._stale_since.pop(series, None)
            late = link is not None and link.state is LinkState.LATE
            return replace(reading, state=ValueState.LATE) if late else reading
        since = self._stale_since.setdefault(series, now)
        if dark:
            since = min(since, self._dark_since.get(connection, since))
        if now - since >= UNKNOWN_AFTER_SECONDS * 1000:
            return Reading(None, reading.at, ValueState.UNKNOWN, reading.reason)
        return replace(reading, state=ValueState.STALE)

    def aged(self, connections: Mapping[str, Iterable[int]], now: int) -> set[int]:
        """The series of which something else must be said only because time went by.

        ``connections`` maps each connection in use to its series in use.
        """
        changed: set[int] = set()
        for name, series in connections.items():
            dark = self._dark(name, now)
            unknown = dark and now - self._dark_since.get(name, now) >= UNKNOWN_AFTER_SECONDS * 1000
            condition = "unknown" if unknown else "stale" if dark else "fine"
            if self._conditions.get(name) != condition:
                self._conditions[name] = condition
                changed.update(series)
        changed.update(
            series for series, since in self._stale_since.items() if now - since >= UNKNOWN_AFTER_SECONDS * 1000
        )
        return changed

    def _dark(self, connection: str, now: int) -> bool:
        """Whether nothing can be known of the connection's values: its link is broken, or the bridge is gone."""
        link = self.links.get(connection)
        broken = link is None or link.state not in (LinkState.LIVE, LinkState.LATE)
        gone = self.bridge((connection,), now) is BridgeState.DOWN
        if broken or gone:
            self._dark_since.setdefault(connection, now)
            return True
        self._dark_since.pop(connection, None)
        return False
