"""The frames between server and screens, as in ``docs/protocol.md``; pure.

What the server sends is JSON text with ``type`` as its first key, in ASCII, so that no text of a contact centre can
break a socket. What a client sends is read strictly: anything but the three known frames is malformed.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from statsbridge.messages import Link

#: A client acknowledges at least every ``ACK_EVERY`` frames; with ``WINDOW`` frames on their way nothing is added.
WINDOW = 64
ACK_EVERY = 32
#: So many snapshots are sent on request before one is acknowledged.
UNREAD_MOST = 8
HEARTBEAT_SECONDS = 5.0
SILENCE_SECONDS = 30.0
AUTH_SECONDS = 10.0
#: Tokens are the longest thing that clients send; everything beyond is refused, in characters.
FRAME_MOST = 8192


class CloseCode(IntEnum):
    """Why the server closes a socket."""

    MALFORMED = 4400
    UNAUTHENTICATED = 4401
    FORBIDDEN = 4403
    NOT_FOUND = 4404
    TOO_SLOW = 4408


class Refusal(Exception):  # noqa: N818  # an answer, not a failure
    """A socket that must not go on: ``code`` closes it, ``word`` and ``message`` go ahead in an error frame."""

    def __init__(self, code: CloseCode, word: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.word = word
        self.message = message


SILENT = Refusal(CloseCode.TOO_SLOW, "too_slow", "Nothing was heard from this screen for 30 seconds.")


class Malformed(Refusal):
    """A client's frame that cannot be read."""

    def __init__(self, message: str) -> None:
        super().__init__(CloseCode.MALFORMED, "malformed", message)


@dataclass(frozen=True, slots=True)
class Auth:
    """The client shows an embed token, first or renewed."""

    token: str


@dataclass(frozen=True, slots=True)
class Ack:
    """The client has worked off everything up to ``seq``."""

    seq: int


@dataclass(frozen=True, slots=True)
class Resync:
    """The client wants a snapshot, without the points where it has them."""

    history: bool


def read_frame(text: str | None) -> Auth | Ack | Resync:
    """Read a client's frame; ``None`` stands for a binary one.

    Raises:
        Malformed: no JSON object of a known type, a field of a wrong type, or too long.
    """
    if text is None:
        raise Malformed("Send text frames, not binary ones.")
    if len(text) > FRAME_MOST:
        raise Malformed(f"A frame may have {FRAME_MOST} characters at most.")
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        raise Malformed("A frame must be a JSON object.") from None
    if not isinstance(frame, dict):
        raise Malformed("A frame must be a JSON object.")
    match frame.get("type"):
        case "auth":
            token = frame.get("token")
            if not isinstance(token, str) or not token:
                raise Malformed("auth needs the token as text.")
            return Auth(token)
        case "ack":
            seq = frame.get("seq")
            if not isinstance(seq, int) or isinstance(seq, bool):
                raise Malformed("ack needs seq, a whole number.")
            return Ack(seq)
        case "resync":
            history = frame.get("history", True)
            if not isinstance(history, bool):
                raise Malformed("history is true or false.")
            return Resync(history)
    raise Malformed("The type of a frame is auth, ack or resync.")


def encode(value: Any) -> str:
    """Compact JSON in ASCII."""
    return json.dumps(value, separators=(",", ":"))


def snapshot_frame(head: Mapping[str, Any], fragments: Iterable[tuple[str, str]]) -> str:
    """``head`` after ``type``, then each ``(key, JSON already encoded)``: what did not change is not encoded again."""
    parts = [encode({"type": "snapshot", **head})[:-1]]
    parts += [f'"{key}":{text}' for key, text in fragments]
    return ",".join(parts) + "}"


def update_frame(epoch: str, seq: int, values: Mapping[int, list[Any]], levels: Mapping[str, Mapping[int, Any]]) -> str:
    """Only what changed; ``values`` by series id, ``levels`` by tile and series id."""
    frame: dict[str, Any] = {"type": "update", "epoch": epoch, "seq": seq, "values": values}
    if levels:
        frame["levels"] = levels
    return encode(frame)


def link_frame(epoch: str, seq: int, connection: str, link: Link) -> str:
    return encode({"type": "link", "epoch": epoch, "seq": seq, "connection": connection, **link.to_wire()})


def heartbeat_frame(epoch: str, seq: int, at: int, bridge: str) -> str:
    return encode({"type": "heartbeat", "epoch": epoch, "seq": seq, "at": at, "bridge": bridge})


def error_frame(word: str, message: str) -> str:
    return encode({"type": "error", "code": word, "message": message})


@dataclass(slots=True)
class Window:
    """How far a client follows its stream: the acknowledgements are the only back pressure there is.

    ``behind`` says that a frame was withheld, so that only a snapshot can bring the client up to date; ``unread``
    counts the snapshots since the last acknowledgement.
    """

    sent: int = 0
    acked: int = 0
    behind: bool = False
    unread: int = 0

    def admits(self, seq: int) -> bool:
        """Whether frame ``seq`` may be sent: nothing was withheld, and it fits into the window."""
        return not self.behind and seq - self.acked <= WINDOW

    def acknowledge(self, seq: int) -> bool:
        """Take an acknowledgement; whether ``seq`` is one that was sent and not acknowledged beyond."""
        if not self.acked <= seq <= self.sent:
            return False
        self.acked = seq
        self.unread = 0
        return True

    def restart(self, seq: int) -> None:
        """A snapshot at ``seq`` was sent: nothing before it is owed any more."""
        self.sent = self.acked = seq
        self.behind = False
        self.unread += 1
