"""The running contact centre: the model, its floor and the statistics asked of it, moved along by a time in ms."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from statsbridge.simulator.centre import Centre
from statsbridge.simulator.definition import Definition
from statsbridge.simulator.evaluate import Measure
from statsbridge.simulator.events import Event
from statsbridge.simulator.floor import Floor
from statsbridge.simulator.profiles import LONGEST_SLIDE, midnight
from statsbridge.simulator.refusals import Refused
from statsbridge.simulator.roster import Roster

LEAD = 2 * 3600 * 1000  # traffic before midnight, so that the last hour is full just after it, too


class ContactCentre:
    """Starts with a past: from two hours before the tenant's last midnight up to ``now`` (epoch ms).

    ``record`` is called with every event, the past's included. The same roster, seed and day give the same events;
    ``opened`` (epoch ms) makes it begin when another one did.
    """

    def __init__(
        self,
        roster: Roster,
        seed: int,
        now: int,
        zone: ZoneInfo,
        record: Callable[[Event], None] | None = None,
        *,
        opened: int | None = None,
    ) -> None:
        self.roster, self.seed, self.zone, self.now = roster, seed, zone, now
        self.opened = midnight(now, zone) - LEAD if opened is None else opened
        self.floor = Floor(roster)
        self._record = record
        self._measures: dict[tuple[str, str, Definition], Measure] = {}
        self._forget_at = midnight(now, zone) + 24 * 3600 * 1000
        self.centre = Centre(roster, seed, self.opened, zone, self._emit)
        self.centre.advance(now)

    def _emit(self, event: Event) -> None:
        self.floor.apply(event)
        if self._record:
            self._record(event)

    @property
    def next_at(self) -> int:
        return self.centre.next_at

    def advance(self, until: int) -> None:
        self.centre.advance(until)
        self.now = max(self.now, until)
        if self.now >= self._forget_at:
            self._forget_at = midnight(self.now, self.zone) + 24 * 3600 * 1000
            self.floor.forget(midnight(self.now, self.zone) - LONGEST_SLIDE * 1000)

    def measure(self, object_type: str, object_id: str, definition: Definition) -> Measure:
        """The measure of a definition on an object; equal ones share one. Raises ``Refused`` for an unknown object."""
        scope = self.floor.scope(object_type, object_id)
        if scope is None:
            raise Refused(f"Object {object_id!r} of type {object_type} not found", missing=True)
        key = object_type, scope, definition
        if key not in self._measures:
            self._measures[key] = Measure(self.floor, self.zone, object_type, scope, definition)
        return self._measures[key]

    def release(self, measure: Measure) -> None:
        """Nobody has it open any more."""
        measure.unwatch()
        self._measures.pop((measure.object_type, measure.scope, measure.definition), None)
