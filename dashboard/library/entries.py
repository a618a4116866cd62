"""The entries of the library, plain data in the vocabulary of ``statsbridge.vocabulary``.

They are ad hoc definitions, because names of pre-configured statistics differ from tenant to tenant.
"""

from django.utils.translation import gettext_lazy as _

from dashboard.library import people, queues
from dashboard.library.entry import Entry

GROUPS = (
    (_("Queues and route points, now"), queues.NOW),
    (_("Queues and route points, over time"), queues.OVER_TIME),
    (_("Groups of agents, now"), people.GROUP_NOW),
    (_("Groups of agents, over time"), people.GROUP_OVER_TIME),
    (_("Agents, now"), people.AGENT_NOW),
    (_("Agents, over time"), people.AGENT_OVER_TIME),
)
ENTRIES: tuple[Entry, ...] = tuple(entry for _title, entries in GROUPS for entry in entries)
