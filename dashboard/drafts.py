"""Series that unsaved wallboards show: asked for while somebody looks, all drafts together within bounds.

``Series.wanted`` is what wallboards show; a draft sets ``Series.wanted_until``, which the bridge clears when that is
over.
"""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q

from statsbridge.models import DatabaseNow, LastValue, Revision, Series

#: The editor asks for values every few seconds; a page in the background at least once in a minute.
HOLD_MS = 120_000
#: With less than that to go it is renewed: not at each question.
RENEW_MS = 90_000
#: Series that only drafts show, of all drafts together.
DRAFTS_MOST = 2000
#: What was measured for longer was on a wallboard, and may be there again: its points stay as long as any.
LASTING_MS = 3_600_000
FORGET_CHUNK = 500


def hold(series: Collection[int]) -> set[int]:
    """Ask for the series of a draft for the next two minutes.

    Returns:
        Those that are not asked for, because drafts ask for too many already.
    """
    now = DatabaseNow()
    mine = Series.objects.filter(pk__in=series)
    if not mine.filter(Q(wanted_until=None) | Q(wanted_until__lt=now + RENEW_MS)).exists():
        return set()
    unasked = mine.filter(wanted=False, wanted_until=None)
    with transaction.atomic():
        Revision.lock()
        room = max(DRAFTS_MOST - Series.objects.filter(wanted=False, wanted_until__isnull=False).count(), 0)
        fresh = list(unasked.order_by("pk").values_list("pk", flat=True)[:room])
        if fresh:
            # What was measured when it was asked for last is no value of now.
            LastValue.objects.filter(series__in=fresh).delete()
            Series.objects.filter(pk__in=fresh).update(wanted_until=now + HOLD_MS)
            Revision.bump()
        asked = Q(wanted=True) | Q(wanted_until__isnull=False)
        mine.filter(asked).exclude(wanted_until__gte=now + RENEW_MS).update(wanted_until=now + HOLD_MS)
        return set(unasked.values_list("pk", flat=True))


def forget() -> None:
    """Delete series that drafts made and no tile shows; call it where drafts make others."""
    unused = Series.objects.filter(wanted=False, wanted_until=None, tile_series=None)
    passing = unused.exclude(samples__at__lt=DatabaseNow() - LASTING_MS)
    Series.objects.filter(pk__in=list(passing.values_list("pk", flat=True)[:FORGET_CHUNK])).delete()
