"""What notifications of values hold; pure.

Most values that come in a burst are replaced by newer ones before anybody sees them. So only what is needed to tell
which one is newer is read at once, in one pass over the text, and a value itself where it is looked at.
"""

import reprlib
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import msgspec

from statsbridge import lenient
from statsbridge.rest import read_item, unwrap
from statsbridge.values import EPOCH_MS_MOST

ABSENT = msgspec.Raw(b"null")


class Update(msgspec.Struct, rename="camel", gc=False):
    """A value of one statistic, unread; ``timestamp`` in epoch ms."""

    subscription_id: str
    statistic_id: str
    timestamp: Annotated[int, msgspec.Meta(ge=0, le=EPOCH_MS_MOST)] | None = None
    value: msgspec.Raw = ABSENT

    def read(self) -> Any:
        """The value as JSON, or the text itself, which no unit takes for a value, where it is none."""
        try:
            return lenient.decode(self.value)
        except (ValueError, RecursionError):
            return bytes(self.value)


class _Content(msgspec.Struct):
    statistics: list[Update]


class _Notification(msgspec.Struct):
    data: _Content


_documented = msgspec.json.Decoder(_Notification)


def read_updates(text: msgspec.Raw, complain: Callable[[str], None]) -> Sequence[Update]:
    """The updates of a notification. ``complain`` is called with a sample of each thing that is left out."""
    try:
        return _documented.decode(text).data.statistics
    except (ValueError, RecursionError):
        return _read_anything(text, complain)


def read_content(text: msgspec.Raw) -> Mapping[str, Any]:
    """The content of any notification, empty where it has none."""
    try:
        return unwrap(lenient.decode(text))
    except (ValueError, RecursionError):
        return {}


def _read_anything(text: msgspec.Raw, complain: Callable[[str], None]) -> list[Update]:
    """One element in an unknown shape harms no others."""
    statistics = read_content(text).get("statistics")
    if not isinstance(statistics, list):
        complain(reprlib.repr(bytes(text)))
        return []
    updates = []
    for element in statistics:
        item = read_item(element) if isinstance(element, dict) else None
        if item is None or item.subscription_id is None or item.statistic_id is None:
            complain(reprlib.repr(element))
            continue
        value = lenient.encode(item.value)
        updates.append(Update(item.subscription_id, item.statistic_id, item.timestamp, value))
    return updates
