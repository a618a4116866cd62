"""Two changes of one wallboard at once: a form that writes rows, and the editor; run on PostgreSQL by ``test_wanted``.

The first has written the board's row when the second comes. Prints what became of both, each in one word.
"""

import threading

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import DatabaseError, connection, transaction  # noqa: E402

from dashboard import wanted  # noqa: E402
from dashboard.configfile.apply import apply_data  # noqa: E402
from dashboard.models import Team, Wallboard  # noqa: E402
from statsbridge.models import Revision  # noqa: E402
from tests.dashboard.floor import build_floor  # noqa: E402
from tests.e2e.installation import deadline  # noqa: E402

call_command("migrate", verbosity=0)
floor = build_floor()
told: list[str] = []


def apply_a_file() -> None:
    try:
        apply_data({"wallboards": [{"slug": "sales", "title": "By a file"}]}, "file")
        told.append("applied")
    except DatabaseError as error:
        told.append(type(error).__name__)
    finally:
        connection.close()


def wait_until_it_waits() -> None:
    for _ in deadline(20):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
    raise SystemExit("The file waits for nothing.")


def cross(*, complete: bool) -> None:
    second = threading.Thread(target=apply_a_file)
    board = Wallboard.objects.get()
    # Without the row that is waited at there would be nothing to wait at.
    Revision.objects.all().delete()
    try:
        with wanted.deferred() if complete else transaction.atomic():
            board.title = "By a form"
            board.save()
            second.start()
            wait_until_it_waits()
            Team.objects.get(name="sales").save()
        told.append("saved")
    except DatabaseError as error:
        told.append(type(error).__name__)
    second.join(20)


cross(complete=True)
cross(complete=False)
print(*told, Wallboard.objects.get().title)  # noqa: T201
