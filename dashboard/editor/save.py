"""Writes a draft, unless somebody else changed the board meanwhile."""

from typing import Any

from django.db import transaction
from django.utils.text import slugify

from dashboard import wanted
from dashboard.configfile.diff import diff
from dashboard.configfile.document import Document
from dashboard.configfile.write import write
from dashboard.editor.document import board_document, edited_part, revision_of
from dashboard.editor.judge import FieldError, judge
from dashboard.models import Wallboard
from statsbridge.models import Revision


class DraftRefused(Exception):  # noqa: N818  # reads as what happened
    """The draft cannot be a wallboard; ``errors`` say what to correct. Nothing was changed."""

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors


class BoardChanged(Exception):  # noqa: N818  # reads as what happened
    """The board is no longer what the draft began with; ``current`` is what it is. Nothing was changed."""

    def __init__(self, current: dict[str, Any]) -> None:
        super().__init__("the wallboard was changed by somebody else")
        self.current = current


def current_board(wallboard: Wallboard) -> dict[str, Any]:
    """``{"revision", "wallboard": {title, timezone, columns, tiles}}`` as stored."""
    item = board_document(wallboard)["wallboards"][wallboard.slug]
    return {"revision": revision_of(item), "wallboard": edited_part(item)}


def save_draft(pk: int, draft: dict[str, Any], base: str) -> dict[str, Any]:
    """Make the wallboard what the draft says, all of it or nothing; open screens follow.

    Args:
        base: The revision that the draft began with.

    Returns:
        As ``current_board``.

    Raises:
        BoardChanged: the board has another revision.
        DraftRefused: something in the draft is wrong.
    """
    with transaction.atomic():
        Revision.lock()
        wallboard = Wallboard.objects.select_related("team").get(pk=pk)
        stored = board_document(wallboard, _tiles(draft))
        item = stored["wallboards"][wallboard.slug]
        if revision_of(item) != base:
            raise BoardChanged(current_board(wallboard))
        _write(stored, wallboard.slug, draft)
    return current_board(Wallboard.objects.select_related("team").get(pk=pk))


def save_copy(wallboard: Wallboard, draft: dict[str, Any]) -> str:
    """Make a further wallboard of the same team from a draft; returns its slug.

    Raises:
        DraftRefused: something in the draft is wrong.
    """
    with transaction.atomic():
        Revision.lock()
        slug = free_slug(str(draft.get("title", "")) or wallboard.slug)
        stored = board_document(wallboard, _tiles(draft))
        _write(stored, slug, draft, wallboard.team.name)
    return slug


def free_slug(title: str) -> str:
    """A slug made of the title that no wallboard has."""
    base = slugify(title)[:44] or "wallboard"
    taken = set(Wallboard.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def _tiles(draft: dict[str, Any]) -> list[Any]:
    tiles = draft.get("tiles")
    return tiles if isinstance(tiles, list) else []


def _write(stored: Document, slug: str, draft: dict[str, Any], team: str = "") -> None:
    judgement = judge(stored, slug, draft, team)
    if judgement.errors:
        raise DraftRefused(judgement.errors)
    changes = [change for change in diff(stored, judgement.document, {}) if change.section == "wallboards"]
    if changes:
        with wanted.deferred():
            write(changes, {})
