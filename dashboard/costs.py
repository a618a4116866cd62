"""What is dear in an ad hoc definition, for the service or the network; pure but for the language."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from dashboard.combinations import STATES, Definition, Problem, canonical, canonical_types, of_now
from dashboard.wording import listed
from statsbridge.vocabulary import MEDIATION_TYPES

#: A second or two is the best a wall is looked at.
SHORT_SECONDS = 10


def find_costs(definition: Definition, types: Sequence[str], objects: int) -> list[Problem]:
    """(key, warning) of what the service or the network pays dearly for; ``objects``: on how many it is measured."""
    category, subject = canonical(definition)
    mode, frequency = definition.get("notificationMode"), definition.get("notificationFrequency")
    costs: list[Problem] = []
    busy = [one for one in canonical_types(types) if one in MEDIATION_TYPES or one.startswith("Group")]
    if mode == "Immediate" and busy and category not in STATES and (subject == "DNAction" or not of_now(category)):
        text = _("Immediate on %s: each call is a notification. Periodical every 10 s shows as much.") % listed(busy)
        if objects > 1:
            text = f"{text} {_('It is measured on %d objects.') % objects}"
        costs.append(("notificationMode", text))
    if mode == "Periodical" and frequency and int(frequency) < SHORT_SECONDS:
        costs.append(("notificationFrequency", _often(int(frequency), objects)))
    if category == "CurrentTime":
        text = _(
            "A running time is notified with every tick, for every agent. A tile of CurrentState counts it by itself."
        )
        costs.append(("category", text))
    if mode == "NoNotification":
        text = _("The service tells nothing by itself: the value changes only when it is read.")
        costs.append(("notificationMode", text))
    if mode == "Periodical" and definition.get("insensitivity") == 0 and category not in STATES:
        costs.append(("insensitivity", _("0 notifies again and again what did not change; 1 leaves that out.")))
    return costs


def _often(seconds: int, objects: int) -> str:
    told = {"seconds": seconds, "objects": objects, "rate": f"{objects / seconds:.0f}"}
    if objects > 1:
        text = _("Every %(seconds)s s is dear: on %(objects)s objects %(rate)s notifications a second.") % told
    else:
        text = _("Every %(seconds)s s is dear on many objects.") % told
    return f"{text} {_('10 s suits a wallboard, 60 s a report.')}"
