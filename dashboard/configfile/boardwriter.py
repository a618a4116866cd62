"""Writes wallboards with their tiles, and rotations; many at a time. Runs in the caller's transaction."""

from collections.abc import Sequence
from typing import Any

from dashboard.configfile.diff import Change
from dashboard.configfile.rows import CHUNK, ids_by_name, links, replace_links, upsert
from dashboard.models import Rotation, RotationStep, Team, Tile, TileSeries, Wallboard
from statsbridge.models import MonitoredObject, Series, StatisticDefinition

_SAME = ("title", "timezone", "columns", "enabled", "allowed_origins", "opening_hours", "sound", "quiet_hours")


def write_wallboards(changes: Sequence[Change]) -> None:
    """Make each wallboard and its list of tiles what its change says; unchanged tiles are not touched."""
    if not changes:
        return
    teams = ids_by_name(Team)
    items = {change.name: change.after for change in changes if change.after is not None}
    boards = upsert(
        [
            Wallboard(slug=slug, team_id=teams[item["team"]], **{key: item[key] for key in _SAME})
            for slug, item in items.items()
        ],
        "slug",
    )
    shared = {
        boards[change.name]: [teams[name] for name in items[change.name]["shared_with"]]
        for change in changes
        if change.before is None or change.before["shared_with"] != items[change.name]["shared_with"]
    }
    through = Wallboard.shared_with.through
    replace_links(through, "wallboard_id", shared, links(through, "wallboard_id", "team_id"))
    _write_tiles(changes, boards)


def _write_tiles(changes: Sequence[Change], boards: dict[str, int]) -> None:
    stored = _stored_tiles(list(boards.values()))
    gone: list[int] = []
    made: list[tuple[Tile, dict[str, Any]]] = []
    for change in changes:
        board, after = boards[change.name], (change.after or {})["tiles"]
        before = {
            tile["id"]: (order, tile) for order, tile in enumerate(change.before["tiles"] if change.before else [])
        }
        kept = {tile["id"] for tile in after}
        gone += [pk for (of, key), pk in stored.items() if of == board and key not in kept]
        for order, tile in enumerate(after):
            pk = stored.get((board, tile["id"]))
            if pk is None or before.get(tile["id"]) != (order, tile):
                made.append((_tile(pk, board, order, tile), tile))
    for start in range(0, len(gone), CHUNK):
        Tile.objects.filter(pk__in=gone[start : start + CHUNK]).delete()
    Tile.objects.bulk_create([row for row, _ in made if row.pk is None], batch_size=CHUNK)
    there = [row for row, _ in made if row.pk is not None and (row.wallboard_id, row.key) in stored]
    fields = [one.name for one in Tile._meta.concrete_fields if one.name not in ("id", "wallboard", "key")]
    Tile.objects.bulk_update(there, fields, batch_size=100)
    _write_series(made)


def _stored_tiles(boards: Sequence[int]) -> dict[tuple[int, str], int]:
    found: dict[tuple[int, str], int] = {}
    for start in range(0, len(boards), CHUNK):
        rows = Tile.objects.filter(wallboard__in=boards[start : start + CHUNK]).order_by()
        found |= {(board, key): pk for board, key, pk in rows.values_list("wallboard", "key", "pk")}
    return found


def _tile(pk: int | None, board: int, order: int, tile: dict[str, Any]) -> Tile:
    same = ("kind", "title", "options", "thresholds", "decimals", "hidden_from")
    values = {key: tile[key] for key in same} | tile["position"]
    return Tile(pk=pk, wallboard_id=board, key=tile["id"], order=order, **values)


def _write_series(made: Sequence[tuple[Tile, dict[str, Any]]]) -> None:
    statistics, objects = ids_by_name(StatisticDefinition), ids_by_name(MonitoredObject)
    shown = {
        row.pk: [(statistics[one["statistic"]], objects[one["object"]]) for one in tile["series"]] for row, tile in made
    }
    ids = _series_ids({pair for pairs in shown.values() for pair in pairs})
    tiles = list(shown)
    for start in range(0, len(tiles), CHUNK):
        TileSeries.objects.filter(tile__in=tiles[start : start + CHUNK]).delete()
    TileSeries.objects.bulk_create(
        [
            TileSeries(tile_id=tile, series_id=ids[pair], order=order)
            for tile, pairs in shown.items()
            for order, pair in enumerate(pairs)
        ],
        batch_size=CHUNK,
    )


def _series_ids(pairs: set[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """The ids of the series of these (statistic, object), which are made where there are none."""
    if not pairs:
        return {}

    def found() -> dict[tuple[int, int], int]:
        statistics = sorted({statistic for statistic, _ in pairs})
        ids: dict[tuple[int, int], int] = {}
        for start in range(0, len(statistics), CHUNK):
            rows = Series.objects.filter(definition__in=statistics[start : start + CHUNK])
            ids |= {(one, other): pk for one, other, pk in rows.values_list("definition", "monitored_object", "pk")}
        return ids

    missing = pairs - found().keys()
    Series.objects.bulk_create(
        [Series(definition_id=one, monitored_object_id=other) for one, other in sorted(missing)], batch_size=CHUNK
    )
    return found()


def write_rotations(changes: Sequence[Change]) -> None:
    """Make each rotation and its steps what its change says."""
    if not changes:
        return
    teams, boards = ids_by_name(Team), ids_by_name(Wallboard, "slug")
    items = {change.name: change.after for change in changes if change.after is not None}
    rows = [Rotation(slug=slug, title=item["title"], team_id=teams[item["team"]]) for slug, item in items.items()]
    rotations = upsert(rows, "slug")
    RotationStep.objects.filter(rotation__in=rotations.values()).delete()
    RotationStep.objects.bulk_create(
        [
            RotationStep(
                rotation_id=rotations[slug],
                wallboard_id=boards[step["wallboard"]],
                seconds=step["seconds"],
                order=order,
            )
            for slug, item in items.items()
            for order, step in enumerate(item["steps"])
        ],
        batch_size=CHUNK,
    )
