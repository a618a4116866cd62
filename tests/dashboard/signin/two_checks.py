"""Two answers about one person at once, each in a transaction of its own; run on PostgreSQL by ``test_people``.

The second comes before the first is committed. Prints what became of both, each in one word.
"""

import threading

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import Error, connection, transaction  # noqa: E402

from dashboard.models import GenesysAccount, Membership, TeamRule  # noqa: E402
from dashboard.signin.people import admit, follow  # noqa: E402
from statsbridge.models import Connection  # noqa: E402
from tests.dashboard.floor import build_floor  # noqa: E402
from tests.dashboard.signin.test_people import person  # noqa: E402
from tests.e2e.installation import deadline  # noqa: E402

call_command("migrate", verbosity=0)
floor = build_floor()
TeamRule.objects.create(team=floor.sales, value="ROLE_SUPERVISOR", role=Membership.Role.EDITOR)
account = admit(Connection.objects.get(), person())
Membership.objects.filter(user=account.user).delete()
told: list[str] = []


def ask_again() -> None:
    try:
        told.append("kept" if follow(GenesysAccount.objects.get(), person()) else "ended")
    except Error as error:
        told.append(type(error).__name__)
    finally:
        connection.close()


second = threading.Thread(target=ask_again)
with transaction.atomic():
    first = follow(account, person())
    second.start()
    for _ in deadline(20):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                break
    else:
        raise SystemExit("The second waits for nothing.")
second.join(20)
print("kept" if first else "ended", *told)  # noqa: T201
