"""Two changes of wallboards at once, each in a transaction of its own; run on PostgreSQL by ``test_wanted``.

The first takes a series off its board, the second puts it on another one before the first is committed. Prints
whether the series is wanted afterwards.
"""

import threading

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from dashboard import wanted  # noqa: E402
from dashboard.models import Tile, TileSeries, Wallboard  # noqa: E402
from tests.dashboard.floor import build_floor  # noqa: E402
from tests.e2e.installation import deadline  # noqa: E402

call_command("migrate", verbosity=0)
floor = build_floor()
other = Wallboard.objects.create(slug="other", title="Other", team=floor.sales)
tile = Tile.objects.create(wallboard=other, key="t", kind="number")


def put_on_the_other_board() -> None:
    try:
        with transaction.atomic(), wanted.deferred():
            TileSeries.objects.create(tile=tile, series=floor.waiting)
    finally:
        connection.close()


second = threading.Thread(target=put_on_the_other_board)
with transaction.atomic():
    Tile.objects.get(key="waiting").delete()
    second.start()
    for _ in deadline(20):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                break
    else:
        raise SystemExit("The second change waits for nothing.")
second.join(20)
floor.waiting.refresh_from_db()
print("wanted" if floor.waiting.wanted else "not wanted")  # noqa: T201
