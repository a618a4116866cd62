"""The plain data that travels between the bridge, the store and the hub; pure, no input or output.

Times are epoch milliseconds (``int``) everywhere: that is what the Statistics API sends and what screens get.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ValueState(StrEnum):
    """What is known of a value; the words are those of the WebSocket frames."""

    OK = "ok"
    PENDING = "pending"
    REJECTED = "rejected"
    LATE = "late"
    STALE = "stale"
    UNKNOWN = "unknown"


class LinkState(StrEnum):
    """What is known of the link to one Genesys tenant."""

    CONNECTING = "connecting"
    LIVE = "live"
    LATE = "late"
    UNAVAILABLE = "unavailable"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of one series, with what the bridge itself knows of it.

    ``value`` is a number, a string, a state object (see ``docs/protocol.md``) or ``None`` (not applicable, or
    nothing yet). The bridge only ever says ``ok``, ``pending``, ``rejected`` or ``stale`` (known from before
    this session of the link); ``late`` and ``unknown`` follow from links and time, and the hub adds them.
    """

    value: Any
    at: int | None
    state: ValueState = ValueState.OK
    reason: str = ""

    def to_wire(self) -> list[Any]:
        """``[value, at, state]`` or ``[value, at, state, reason]``, as in frames."""
        wire: list[Any] = [self.value, self.at, str(self.state)]
        if self.reason:
            wire.append(self.reason)
        return wire

    @classmethod
    def from_wire(cls, wire: list[Any]) -> "Reading":
        return cls(wire[0], wire[1], ValueState(wire[2]), wire[3] if len(wire) > 3 else "")


PENDING = Reading(None, None, ValueState.PENDING)


@dataclass(frozen=True, slots=True)
class Link:
    """The state of one connection's link: ``since`` in epoch ms, ``reason`` in words for people, no secrets."""

    state: LinkState
    since: int
    reason: str = ""

    def to_wire(self) -> dict[str, Any]:
        return {"state": str(self.state), "since": self.since, "reason": self.reason}

    @classmethod
    def from_wire(cls, wire: dict[str, Any]) -> "Link":
        return cls(LinkState(wire["state"]), wire["since"], wire.get("reason", ""))


# ---- the channel layer ------------------------------------------------------------------------------------------
# The bridge publishes to the group below, one message per connection and tick; each web process's hub is a member.
# Every dict has "type". Keys are strings throughout (msgpack and JSON both keep them).
#
# bridge.values     {"connection", "epoch", "fence", "seq", "values": {"<series id>": wire}}          only what changed
# bridge.link       {"connection", "epoch", "fence", "seq", "link": link wire}
# bridge.snapshot   {"connection", "epoch", "fence", "seq", "values": {all}, "link": link wire}   answers a resync;
#                   seq is that of the last values/link message it already contains
# bridge.beat       {"epoch", "at": ms, "seqs": {"<connection>": seq}, "fences": {…: fence}}  every BEAT_SECONDS, of
#                   the connections that this worker leads
#
# ``epoch`` is one life of a worker, ``fence`` the number of its term of leading this connection; ``seq`` counts the
# values and link messages of that term. Messages of an older term than the newest known are ignored.
# A hub that sees a gap, another epoch, or a beat ahead of it asks again:
#
# bridge.resync     {"connection": name or None for all, "reply": the hub's channel name}    sent to COMMANDS
#
# The administration asks one worker to try something out, with a subscription that is thrown away (``trials.py``):
#
# bridge.try        {"reply", "worker": name, "connection": pk, "by": who asks, "asked": see ``trying.Asked``}
# bridge.test       {"reply", "worker": name, "connection": pk or None, "by", "asked" or None, "settings": a connection
#                   as a form has it, encrypted with FIELD_KEYS, or None for the one that is stored}
#
# The worker that leads the connection takes them on, or the named one where nobody keeps that connection; settings of
# a form are for the named one. It answers on the channel that ``reply`` names:
#
# bridge.trying     {}                                                             at once: the request has arrived
# bridge.step       {"step": see ``trying.Step``}                                   one that went well, as it happens
# bridge.outcome    see ``trying.Outcome``

FRAMES_GROUP = "statsbridge.frames"
COMMANDS = "statsbridge"
TRIALS = ("bridge.try", "bridge.test")
BEAT_SECONDS = 2.0
BRIDGE_LATE_SECONDS = 6.0
BRIDGE_DOWN_SECONDS = 12.0
