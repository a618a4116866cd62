"""The reasons of the shared rules in the language of who reads them. Pure but for the translation.

The rules word their reasons in English, for files, logs and the command line. The pages know these sentences and say
them in their reader's language; one that they do not know stays as it is.
"""

from collections.abc import Iterable

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from dashboard.names import sentence
from statsbridge.wording import Sentences

SENTENCES = Sentences(
    (
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
        _("There is no object “%(name)s”; there are none yet."),
        _("There is no statistic “%(name)s”; there are none yet."),
        _("There is no connection “%(name)s”; there are none yet."),
        _("There is no connection “%(name)s”; did you mean “%(near)s”?"),
        _("There is no connection “%(name)s”."),
        _("There is no team “%(name)s”; there are none yet."),
        _("There is no team “%(name)s”; did you mean “%(near)s”?"),
        _("There is no team “%(name)s”."),
        _("There is no wallboard “%(name)s”; did you mean “%(near)s”?"),
        _("There is no wallboard “%(name)s”."),
        _("There is no definition key “%(name)s”; did you mean “%(near)s”?"),
        _("There is no definition key “%(name)s”."),
        _("There is no word for a mask of %(subject)s “%(name)s”; did you mean “%(near)s”?"),
        _("There is no word for a mask of %(subject)s “%(name)s”."),
        _("There is no %(key)s “%(name)s”; did you mean “%(near)s”?"),
        _("There is no %(key)s “%(name)s”."),
        _("This key is missing."),
        _("Must be text; put it in quotes."),
        _("Must be a mapping of keys to values."),
        _("May hold only letters, digits, hyphens and underscores."),
        _("Unknown column “%(name)s”; did you mean “%(near)s”?"),
        _("Unknown column “%(name)s”."),
        _("There are %(cells)s cells, but %(columns)s columns: %(names)s."),
        _("“%(value)s” is no object type; the types are %(types)s; did you mean “%(near)s”?"),
        _("“%(value)s” is no object type; the types are %(types)s."),
        _("The Genesys id is missing."),
        _("The object “%(name)s” is only for %(teams)s, and this wallboard belongs to “%(team)s”."),
        _("The connection “%(connection)s” has the %(type)s “%(id)s” already, as “%(name)s”."),
        _("The grant “%(grant)s” needs “%(key)s”."),
        _("Input should be %(choices)s; did you mean “%(near)s”?"),
        _("Input should be %(choices)s."),
        _("A %(kind)s tile has no option %(name)s; its options are %(names)s."),
        _(
            "“%(line)s” is not days and hours, such as “mon-fri 08:00-20:00”, “sat,sun 10:00-16:00” or "
            "“daily 22:00-06:00”."
        ),
        _("“%(line)s”: the last time of a day is 24:00, and nothing begins then."),
        _("“%(line)s” begins and ends at the same time; a whole day is 00:00-24:00."),
        _(
            "“%(line)s”: “%(part)s” is no day; the days are %(days)s and daily, such as “mon-fri 08:00-20:00”, "
            "“sat,sun 10:00-16:00” or “daily 22:00-06:00”."
        ),
    )
)


def in_words(reason: str) -> str:
    """A reason as a sentence, in the language that is active; ``key: reason`` keeps its key."""
    text = sentence(reason)
    if said := SENTENCES.say(text):
        return said
    key, colon, rest = reason.partition(": ")
    said = SENTENCES.say(sentence(rest)) if colon and " " not in key else None
    return f"{key}: {said}" if said else text


def listed(words: Iterable[str]) -> str:
    """``A``, ``A and B``, ``A, B and C``."""
    *first, last = words
    return gettext("%(first)s and %(last)s") % {"first": ", ".join(first), "last": last} if first else last
