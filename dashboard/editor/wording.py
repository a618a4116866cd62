"""The reasons of the shared rules in the language of who edits. Pure but for the translation.

The rules word their reasons in English, for files, logs and the command line. The editor knows these sentences and
says them in its reader's language; one that it does not know stays as it is.
"""

import re

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from dashboard.names import sentence

SENTENCES = (
    _("A %(kind)s tile takes no series; leave series out."),
    _("A %(kind)s tile takes exactly %(most)s series, not %(count)s."),
    _("A %(kind)s tile needs at least %(least)s series, not %(count)s."),
    _("A %(kind)s tile takes at most %(most)s series, not %(count)s."),
    _("A %(kind)s tile draws numbers, but %(statistic)s of %(object)s has the unit %(unit)s."),
    _(
        "An agents tile shows states, but %(statistic)s of %(object)s has the unit %(unit)s; "
        "use a statistic with the unit state."
    ),
    _("Bars compare lengths, so their series must have one unit, not %(units)s."),
    _(
        "A donut tile shows several numeric series, or the one state of an agent group; "
        "%(statistic)s of %(object)s is %(unit)s of a single %(type)s."
    ),
    _("A donut of several series adds numbers, but %(statistic)s of %(object)s has the unit %(unit)s."),
    _("The slices of a donut must have one unit, not %(units)s."),
    _("Min (%(min)s) must be smaller than max (%(max)s)."),
    _("Goal (%(goal)s) must lie between min (%(min)s) and max (%(max)s)."),
    _("Give warning, critical or both."),
    _("Critical (%(critical)s) must lie beyond warning (%(warning)s) in the direction %(direction)s."),
    _("The tile ends at column %(end)s, but the wallboard has %(columns)s columns."),
    _("The tile ends at row %(end)s; a wallboard has at most %(rows)s rows."),
    _("The tile overlaps the tile “%(tile)s”."),
    _("“%(statistic)s” of “%(object)s” is in this tile twice."),
    _("There is no object “%(name)s”; did you mean “%(near)s”?"),
    _("There is no object “%(name)s”."),
    _("There is no statistic “%(name)s”; did you mean “%(near)s”?"),
    _("There is no statistic “%(name)s”."),
    _("There is no tile kind “%(name)s”; the kinds are %(kinds)s."),
    _("Input should be a valid number, unable to parse string as a number."),
    _("Input should be a valid integer, unable to parse string as an integer."),
    _("Input should be a valid number."),
    _("Input should be a valid integer."),
    _("Input should be greater than or equal to %(least)s."),
    _("Input should be greater than %(least)s."),
    _("Input should be less than or equal to %(most)s."),
    _("String should have at least 1 character."),
    _("String should have at most %(most)s characters."),
    _("A wallboard has at most %(most)s tiles."),
    _("A wallboard has at most %(most)s series."),
    _("A tile has at most %(most)s series."),
    _("Send a board with a list of tiles."),
)


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"%\((\w+)\)s", template)
    return re.compile("".join(re.escape(part) if at % 2 == 0 else f"(?P<{part}>.+?)" for at, part in enumerate(parts)))


_PATTERNS = tuple((template, _pattern(template)) for template in SENTENCES)


def in_words(reason: str) -> str:
    """A reason as a sentence, in the language that is active."""
    text = sentence(reason)
    for template, pattern in _PATTERNS:
        found = pattern.fullmatch(text)
        if found:
            return gettext(template) % found.groupdict()
    return text
