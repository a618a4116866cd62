"""The frames between the server and a TV's page (``/ws/screen/``); pure. They are described in ``docs/screens.md``."""

import json
from dataclasses import dataclass
from typing import Any

from dashboard.pairing.models import PairedScreen
from dashboard.protocol import FRAME_MOST, Malformed, encode

FRESHNESS = ("live", "connecting", "late", "stale", "unknown")
SIZE_MOST = 100_000


@dataclass(frozen=True, slots=True)
class Status:
    """What a screen says of itself; sizes in CSS pixels, ``showing`` is the slug of the wallboard in front."""

    version: str
    width: int
    height: int
    pixel_ratio: float
    sound: str
    freshness: str
    showing: str


def read_status(text: str | None) -> Status:
    """Read a screen's frame; ``None`` stands for a binary one.

    Raises:
        Malformed: anything but a status within its bounds.
    """
    if text is None or len(text) > FRAME_MOST:
        raise Malformed("A screen sends its status as text.")
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        raise Malformed("A frame must be a JSON object.") from None
    if not isinstance(frame, dict) or frame.get("type") != "status":
        raise Malformed("The type of a screen's frame is status.")
    sizes = [frame.get("width"), frame.get("height")]
    ratio = frame.get("ratio")
    if not all(isinstance(size, int) and not isinstance(size, bool) and 0 <= size <= SIZE_MOST for size in sizes):
        raise Malformed("width and height are whole numbers.")
    if isinstance(ratio, bool) or not isinstance(ratio, int | float) or not 0 < ratio <= 100:
        raise Malformed("ratio is a number.")
    return Status(
        version=_text(frame, "version", 64),
        width=frame["width"],
        height=frame["height"],
        pixel_ratio=round(ratio, 3),
        sound=_word(frame, "sound", PairedScreen.Sound.values),
        freshness=_word(frame, "freshness", FRESHNESS),
        showing=_text(frame, "showing", 50),
    )


def _text(frame: dict[str, Any], key: str, most: int) -> str:
    value = frame.get(key, "")
    if not isinstance(value, str) or len(value) > most or "\0" in value:
        raise Malformed(f"{key} is a text of {most} characters at most.")
    return value


def _word(frame: dict[str, Any], key: str, words: Any) -> str:
    value = _text(frame, key, 12)
    if value and value not in words:
        raise Malformed(f"{key} is one of: {', '.join(words)}.")
    return value


def code_frame(code: str, address: str, qr: str, seconds: int) -> str:
    """``code`` to show for so many seconds, the ``address`` to enter it at, and a picture of that address with it."""
    return encode({"type": "code", "code": code, "address": address, "qr": qr, "seconds": seconds})


def heartbeat_frame(at: int) -> str:
    return encode({"type": "heartbeat", "at": at})


def screen_frame(screen: PairedScreen, shows: dict[str, Any], orders: dict[str, Any], version: str) -> str:
    """All that a screen has to know; sent whole when anything of it changed."""
    head = {"type": "screen", "number": screen.pk, "name": screen.name, "place": screen.place}
    return encode({**head, "shows": shows, **orders, "version": version})
