"""The newest reading of every series of one connection, numbered and conflated; no input or output."""

import asyncio
from collections.abc import Iterable
from typing import Any

from statsbridge.messages import Link, Reading


class Store:
    """What is known of one connection now. A value that changes twice between two takes is taken once.

    ``fence`` is the number of the term of leading; ``seq`` counts within it. ``changed`` is set whenever there is
    something to publish.
    """

    def __init__(self, name: str, epoch: str, link: Link, fence: int = 0) -> None:
        self.name = name
        self.epoch = epoch
        self.fence = fence
        self.seq = 0
        self.link = link
        self.changed = asyncio.Event()
        self._values: dict[int, Reading] = {}
        self._dirty: set[int] = set()
        self._unsaved: set[int] = set()
        self._link_dirty = True

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, series: int) -> bool:
        return series in self._values

    def get(self, series: int) -> Reading | None:
        return self._values.get(series)

    def put(self, series: int, reading: Reading, *, save: bool = True) -> None:
        """Note a reading; one that says nothing new is dropped."""
        if self._values.get(series) == reading:
            return
        self._values[series] = reading
        self._dirty.add(series)
        if save:
            self._unsaved.add(series)
        self.changed.set()

    def drop(self, series: int) -> None:
        """Forget a series that is no longer wanted."""
        self._values.pop(series, None)
        self._dirty.discard(series)
        self._unsaved.discard(series)

    def put_link(self, link: Link) -> None:
        self.link = link
        self._link_dirty = True
        self.changed.set()

    def take(self) -> list[dict[str, Any]]:
        """The messages to publish, numbered: at most one of values and one of the link."""
        self.changed.clear()
        messages = []
        if self._dirty:
            values = {str(series): self._values[series].to_wire() for series in self._dirty}
            self._dirty = set()
            messages.append(self._message("bridge.values", values=values))
        if self._link_dirty:
            self._link_dirty = False
            messages.append(self._message("bridge.link", link=self.link.to_wire()))
        return messages

    def snapshot(self) -> dict[str, Any]:
        """Everything, as of ``seq``: what was noted since the last take is in it and will come once more."""
        return {
            "type": "bridge.snapshot",
            "connection": self.name,
            "epoch": self.epoch,
            "fence": self.fence,
            "seq": self.seq,
            "values": {str(series): reading.to_wire() for series, reading in self._values.items()},
            "link": self.link.to_wire(),
        }

    @property
    def unsaved(self) -> int:
        return len(self._unsaved)

    def take_unsaved(self) -> list[tuple[int, Reading]]:
        """The readings that the database does not have yet."""
        series, self._unsaved = self._unsaved, set()
        return [(one, self._values[one]) for one in series]

    def save_again(self, series: Iterable[int]) -> None:
        """The database has no readings of these series."""
        self._unsaved.update(one for one in series if one in self._values)

    def give_back(self, rows: list[tuple[int, Reading]]) -> None:
        """After a failed write: what is still current is written with the next batch."""
        self._unsaved.update(series for series, _ in rows if series in self._values)

    def _message(self, kind: str, **content: Any) -> dict[str, Any]:
        self.seq += 1
        where = {"connection": self.name, "epoch": self.epoch, "fence": self.fence, "seq": self.seq}
        return {"type": kind, **where, **content}
