"""Two windows of a TV that show the same secret at once; run on PostgreSQL by ``test_credential``.

The second asks before the first one's answer is committed. Prints which of the two get another secret, and whether what
the TV keeps opens its board.
"""

import threading
from datetime import timedelta

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from dashboard.pairing.credential import CHANGED_EVERY, Renewal, digest, renew, screen_of  # noqa: E402
from dashboard.pairing.models import PairedScreen  # noqa: E402
from tests.dashboard.floor import build_floor  # noqa: E402
from tests.e2e.installation import deadline  # noqa: E402

SECRET = "shown.by-both"
call_command("migrate", verbosity=0)
floor = build_floor()
since = timezone.now() - CHANGED_EVERY - timedelta(seconds=1)
PairedScreen.objects.create(
    name="Hall", team=floor.sales, wallboard=floor.board, credential=digest(SECRET), credential_since=since
)
answers: list[Renewal] = []


def ask_too() -> None:
    try:
        answers.append(renew(SECRET, starting=True))
    finally:
        connection.close()


second = threading.Thread(target=ask_too)
with transaction.atomic():
    answers.append(renew(SECRET, starting=True))
    second.start()
    for _ in deadline(20):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                break
    else:
        raise SystemExit("The second one waits for nothing.")
second.join(20)
kept = [answer.secret for answer in answers if answer.secret]
print([answer.secret is not None for answer in answers], all(screen_of(one) for one in kept))  # noqa: T201
