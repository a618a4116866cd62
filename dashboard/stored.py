"""What the hub reads from the database, each in one go for a thread of its own."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Max

from dashboard.boards import Board, read_board
from dashboard.streams import StreamKey
from dashboard.trails import Trail
from statsbridge.history import read_history
from statsbridge.messages import Link, LinkState, Reading, ValueState
from statsbridge.models import DatabaseNow, LastValue, LinkStatus, Revision, Worker

#: Whoever leads a connection writes the state of its link every 3 to 10 seconds.
SILENT_MS = 30_000
#: So many are compared in one go; in between the hub looks after who lost access.
BOARDS_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Stored:
    """A board with everything that the database knows of its values; times in epoch ms, ``beat_age`` in ms.

    ``revision`` is the configuration's from before the board was read, so that no change in between is missed.
    """

    revision: int
    board: Board
    readings: dict[int, Reading]
    links: dict[str, tuple[Link, int]]
    trails: dict[int, Trail]
    beat_age: int | None


def read_stored(key: StreamKey, now: int) -> Stored | None:
    """The board of a stream with its last values, links and points; None if the board is not (or no longer) there."""
    revision = current_revision()
    board = read_board(key.wallboard, key.tiles, key.view)
    if board is None:
        return None
    values = LastValue.objects.filter(series__in=board.series)
    links = LinkStatus.objects.filter(connection__name__in=board.connections).select_related("connection")
    return Stored(
        revision=revision,
        board=board,
        readings={one.series_id: reading_of(one) for one in values},
        links={one.connection.name: (Link(LinkState(one.state), one.since, one.reason), one.seen_at) for one in links},
        trails=_trails(board, now),
        beat_age=beat_age(),
    )


def reading_of(row: LastValue) -> Reading:
    return Reading(row.value, row.at, ValueState(row.state), row.reason)


def dark_since(link: LinkStatus, now: int) -> int | None:
    """Since when nothing is known of a connection's values, epoch ms; None while its link is live."""
    if link.state not in (LinkState.LIVE, LinkState.LATE):
        return link.since
    return link.seen_at if now - link.seen_at > SILENT_MS else None


def read_links(now: int) -> dict[str, tuple[Link, int]]:
    """Each connection's link with the moment it was last true; one whose bridge is silent is down."""
    links = {}
    for row in LinkStatus.objects.select_related("connection"):
        since, state = dark_since(row, now), LinkState(row.state)
        if since is not None and state in (LinkState.LIVE, LinkState.LATE):
            state = LinkState.DOWN
        moment = row.seen_at if since is None else since
        links[row.connection.name] = (Link(state, row.since, row.reason), moment)
    return links


def beat_age() -> int | None:
    """How long ago a bridge last wrote that it lives, ms; by the database's clock, as the bridge wrote it."""
    age: int | None = Worker.objects.aggregate(age=DatabaseNow() - Max("beat_at"))["age"]
    return None if age is None else max(age, 0)


def current_revision() -> int:
    return Revision.current()


def read_changed(keys: Iterable[tuple[StreamKey, Board]], now: int) -> dict[StreamKey, Stored | None]:
    """Those streams whose board is another now."""
    changed: dict[StreamKey, Stored | None] = {}
    for key, board in keys:
        if read_board(key.wallboard, key.tiles, key.view) != board:
            changed[key] = read_stored(key, now)
    return changed


def _trails(board: Board, now: int) -> dict[int, Trail]:
    trails: dict[int, Trail] = {}
    for minutes in set(board.history.values()):
        series = [one for one, window in board.history.items() if window == minutes]
        lines = read_history(series, now - minutes * 60_000, now)
        for one in series:
            trails[one] = Trail(minutes, settings.SAMPLE_INTERVAL_SECONDS, lines.get(one, []))
    return trails
