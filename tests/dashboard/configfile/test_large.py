"""A large site's file: 5,000 objects, 500 statistics, 200 wallboards.

Seconds are those of the processor: all of it happens in this process, and other processes must not count.
"""

import time
from collections.abc import Iterator

import pytest

from dashboard.configfile import export_text
from dashboard.models import TileSeries, Wallboard
from statsbridge.models import MonitoredObject, Series, StatisticDefinition
from tests.dashboard.configfile.files import apply

pytestmark = pytest.mark.django_db
OBJECTS, STATISTICS, BOARDS, TEAMS = 5_000, 500, 200, 20
SECONDS = 20


def lines() -> Iterator[str]:
    yield "version: 1\nconnections:\n  - {name: main, api_url: 'https://gws.example.com', client_id: wallboard,"
    yield "     grant: client_credentials}\nobjects:"
    for n in range(OBJECTS):
        where = f"connection: main, type: Queue, id: '{n}@SIP_Switch', teams: [team-{n % TEAMS}]"
        yield f"  - {{name: queue-{n}, title: Queue {n}, {where}}}"
    yield "statistics:"
    for n in range(STATISTICS):
        limits = "{warning: 5, critical: 9}"
        yield f"  - {{name: stat-{n}, title: Statistic {n}, statistic: Stat{n}, thresholds: {limits}}}"
    yield "teams:"
    for n in range(TEAMS):
        yield f"  - {{name: team-{n}, title: Team {n}, members: [{{username: user-{n}, role: editor}}]}}"
    yield "wallboards:"
    for n in range(BOARDS):
        yield f"  - slug: board-{n}\n    team: team-{n % TEAMS}\n    tiles:"
        for tile in range(12):
            first = (n * 12 + tile) * TEAMS + n % TEAMS
            pairs = [((n * 7 + tile * 3 + k) % STATISTICS, (first + TEAMS * k) % OBJECTS) for k in range(8)]
            series = ", ".join(f"{{statistic: stat-{one}, object: queue-{other}}}" for one, other in pairs)
            place = f"{{x: {3 * (tile % 4)}, y: {2 * (tile // 4)}, w: 3, h: 2}}"
            yield f"      - {{kind: table, title: Tile {tile}, series: [{series}], position: {place}}}"


def test_it_is_applied_within_20_seconds_and_again_without_a_difference() -> None:
    text = "\n".join(lines())
    start = time.process_time()
    apply(text)
    assert time.process_time() - start < SECONDS
    counts = [model.objects.count() for model in (MonitoredObject, StatisticDefinition, Wallboard, TileSeries)]
    assert counts == [OBJECTS, STATISTICS, BOARDS, BOARDS * 12 * 8]
    assert Series.objects.filter(wanted=True).count() == Series.objects.count() == BOARDS * 12 * 8
    start = time.process_time()
    assert not apply(text).changes
    assert not apply(export_text(), {}, dry_run=True).changes
    assert time.process_time() - start < 2 * SECONDS
    start = time.process_time()
    assert len(apply(text.replace("title: Queue", "title: Line")).changes) == OBJECTS
    apply("version: 1\n", prune=True)
    assert time.process_time() - start < 2 * SECONDS
    assert not MonitoredObject.objects.exists()
