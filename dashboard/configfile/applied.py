"""The file that was applied last, and what was changed since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard.configfile.diff import ORDER, Change, diff
from dashboard.configfile.document import stored_document
from dashboard.configfile.merge import Wanted
from dashboard.configfile.schema import SECTIONS
from dashboard.models import AppliedFile


@dataclass(frozen=True, slots=True)
class Difference:
    """``changes`` lead from the file to what is stored; ``extra`` is stored, but not named by the file."""

    name: str
    applied_at: datetime
    changes: Sequence[Change]
    extra: Sequence[tuple[str, str]]


def remember(name: str, wanted: Wanted) -> None:
    """Keep what a file says, in the caller's transaction; secrets are in it as names of variables."""
    document = {
        section: {item: wanted.document[section][item] for item in wanted.named[section] if item in items}
        for section, items in wanted.document.items()
    }
    AppliedFile.objects.update_or_create(pk=1, defaults={"name": name[-400:], "document": document})


def difference() -> Difference | None:
    """What was changed since a file was applied last; None if none ever was."""
    last = AppliedFile.objects.filter(pk=1).first()
    if last is None:
        return None
    stored = stored_document()
    document = {section: last.document.get(section, {}) for section in SECTIONS}
    named = {
        section: {name: item for name, item in items.items() if name in document[section]}
        for section, items in stored.items()
    }
    extra = [(section, name) for section in ORDER for name in stored[section] if name not in document[section]]
    return Difference(last.name, last.applied_at, diff(document, named, {}), extra)
