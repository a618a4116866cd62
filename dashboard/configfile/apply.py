"""Applies a configuration file: all of it, or nothing."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from django.db import transaction

from dashboard import wanted as wanted_series
from dashboard.configfile import applied, changelog
from dashboard.configfile.check import check
from dashboard.configfile.diff import Change, diff
from dashboard.configfile.document import Document, secret_reference, stored_document
from dashboard.configfile.load import Source, load
from dashboard.configfile.merge import Wanted, merge
from dashboard.configfile.problems import ConfigurationRefused, Path, Problem
from dashboard.configfile.schema import WORD, name_key
from dashboard.configfile.secrets import SecretChange, decide
from dashboard.configfile.substitute import SecretText, substitute
from dashboard.configfile.write import put_secrets, write
from dashboard.definitions import definition_doubts, definition_problems
from dashboard.models import EmbedKey
from dashboard.pairing.models import PairedScreen
from statsbridge.models import Connection, Revision


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was, or with ``dry_run`` would be, changed; ``notes`` are for the operator."""

    changes: Sequence[Change]
    notes: Sequence[str] = ()


def apply_file(path: FilePath, *, dry_run: bool = False, prune: bool = False) -> Outcome:
    """Apply the file at ``path``; see ``apply_text``.

    Raises:
        ConfigurationRefused: also where the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationRefused([f"{path}: cannot be read: {error.strerror or error}"]) from None
    except UnicodeDecodeError as error:
        raise ConfigurationRefused([f"{path}: is not UTF-8 text (byte {error.start})"]) from None
    return apply_text(text, str(path), os.environ, dry_run=dry_run, prune=prune)


def apply_text(
    text: str,
    name: str,
    environment: Mapping[str, str],
    *,
    dry_run: bool = False,
    prune: bool = False,
    remember: bool = True,
) -> Outcome:
    """Make the stored configuration what ``text`` says, in one transaction.

    Args:
        text: The file's text (YAML).
        name: The file's name, for messages.
        environment: Values of ``${NAME}``.
        dry_run: Only say what would change.
        prune: Remove what the file does not name.
        remember: It is the file that the administration compares with from now on.

    Raises:
        ConfigurationRefused: something is wrong with the file; nothing was changed.
    """
    source = load(text, name)
    if source.problems:
        raise _refused(source, source.problems)
    return _locked(source, environment, dry_run=dry_run, prune=prune, remember=remember and not dry_run)


def apply_data(data: dict[str, Any], name: str, *, dry_run: bool = False) -> Outcome:
    """The same for what is no file: sections of items in the file's terms, without variables.

    Raises:
        ConfigurationRefused: with ``problems`` that say where in ``data`` something is wrong; nothing was changed.
    """
    source = Source(name, {"version": 1, **data})
    return _locked(source, os.environ, dry_run=dry_run, prune=False, remember=False)


def _locked(source: Source, environment: Mapping[str, str], *, dry_run: bool, prune: bool, remember: bool) -> Outcome:
    with transaction.atomic(), changelog.via(source.title):
        Revision.lock()
        return _apply(source, environment, dry_run=dry_run, prune=prune, remember=remember)


def _apply(source: Source, environment: Mapping[str, str], *, dry_run: bool, prune: bool, remember: bool) -> Outcome:
    stored = stored_document()
    connections = {one.name: one for one in Connection.objects.all()}
    data, problems = substitute(source.data, environment, _finder(source.data, stored))
    secrets: dict[tuple[str, str], SecretChange] = {}

    def secret_shown(connection: str, field: str, given: SecretText) -> str:
        secrets[(connection, field)] = change = decide(given, connections.get(connection), field)
        return _shown(connection, field, given, change)

    wanted = merge(data, stored, secret_shown)
    notes = [*(_prune(wanted, stored) if prune else []), *_doubts(source, wanted)]
    problems += wanted.problems + _judge(wanted, stored)
    if problems:
        raise _refused(source, problems)
    changes = diff(stored, wanted.document, _secret_notes(wanted, stored, secrets))
    if not dry_run:
        if changes:
            with wanted_series.deferred():
                write(changes, secrets)
        _remember_sources(secrets, {change.name for change in changes if change.section == "connections"})
    if remember:
        applied.remember(source.title, wanted)
    return Outcome(changes, notes)


def _finder(data: Any, stored: Document) -> Callable[[Path], Any]:
    """Finds the stored value that belongs to a path of the file, or None."""

    def find(path: Path) -> Any:
        section, index, *rest = path if len(path) > 2 else ("", 0)
        try:
            item: Any = stored[str(section)][data[section][index][name_key(str(section))]]
            raw: Any = data[section][index]
            for place, part in enumerate(rest):
                item = _stored_tile(item, raw[part], int(part)) if rest[:place] == ["tiles"] else item[part]
                raw = raw[part]
        except (KeyError, IndexError, TypeError):
            return None
        return item

    return find


def _stored_tile(tiles: list[dict[str, Any]], raw: dict[str, Any], index: int) -> dict[str, Any]:
    by_id = {tile["id"]: tile for tile in tiles}
    tile = by_id[raw["id"]] if raw.get("id") else tiles[index]
    return {**tile["options"], **tile}


def _shown(connection: str, field: str, given: SecretText, change: SecretChange) -> str:
    """What stands in the document for a secret; the same as ``secret_reference`` once it is stored."""
    if given.text is None and not change.text:
        return "${" + given.variable + "}"  # refused already; not to be missed a second time
    after = Connection(name=connection)
    setattr(after, field, change.text)
    after.secret_sources = {field: change.source} if change.source else {}
    return secret_reference(after, field)


def _secret_notes(
    wanted: Wanted, stored: Document, secrets: Mapping[tuple[str, str], SecretChange]
) -> dict[str, tuple[str, ...]]:
    """New values that leave the document as it is, because the variable's name is the same."""
    notes: dict[str, tuple[str, ...]] = {}
    for (name, field), change in secrets.items():
        before = stored["connections"].get(name)
        if change.action == "replace" and before and before[field] == wanted.document["connections"][name][field]:
            notes[name] = (*notes.get(name, ()), f"{field}: a new value")
    return notes


def _remember_sources(secrets: Mapping[tuple[str, str], SecretChange], written: set[str]) -> None:
    """Keep where a value came from also where nothing else changed, so that its next change is recognised."""
    for name in {name for name, _ in secrets} - written:
        connection = Connection.objects.get(name=name)
        before = connection.secret_sources
        put_secrets(connection, secrets)
        if connection.secret_sources != before:
            Connection.objects.filter(pk=connection.pk).update(secret_sources=connection.secret_sources)


def _prune(wanted: Wanted, stored: Document) -> list[str]:
    """Take out what the file does not name; teams with embed keys or screens stay, because these are never removed."""
    kept = dict.fromkeys(PairedScreen.objects.values_list("team__name", flat=True), "screens")
    kept |= dict.fromkeys(EmbedKey.objects.values_list("team__name", flat=True), "embed keys")
    notes: list[str] = []
    for section, items in wanted.document.items():
        for name in [name for name in items if name not in wanted.named[section]]:
            if section == "teams" and name in kept:
                notes.append(f"The team “{name}” stays, because it has {kept[name]}.")
            else:
                del items[name]
    return notes


def _doubts(source: Source, wanted: Wanted) -> list[str]:
    """What is odd about the definitions that the file gives. The service may take them; it is the one that knows."""
    notes: list[str] = []
    for name in wanted.named["statistics"]:
        path = (*wanted.paths[("statistics", name)], "definition")
        definition = wanted.document["statistics"].get(name, {}).get("definition")
        if definition and path in source.lines:
            doubts = [("", reason) for reason in definition_problems(definition)] + definition_doubts(definition)
            problems = [Problem((*path, key) if key else path, reason) for key, reason in doubts]
            notes += [f"Note: {source.describe(problem)}" for problem in problems]
    return notes


def _judge(wanted: Wanted, stored: Document) -> list[Problem]:
    """The document's problems, at their places in the file.

    What the file does not name is only a problem where the file makes it one.
    """
    objects = stored["objects"]
    changed = {name for name, item in wanted.document["objects"].items() if objects.get(name) != item}
    found = check(wanted.document, wanted.broken, changed)
    inherited = {problem for problem in check(stored) if problem.path[:2] not in wanted.paths} if found else set()
    return [_placed(wanted, problem) for problem in found if problem not in inherited]


def _placed(wanted: Wanted, problem: Problem) -> Problem:
    for length in range(len(problem.path), 0, -1):
        if problem.path[:length] in wanted.paths:
            return Problem((*wanted.paths[problem.path[:length]], *problem.path[length:]), problem.reason)
    section, name, *rest = problem.path
    key = "".join(f".{part}" for part in rest)
    return Problem((), f"{WORD[str(section)]} {name}{key}, which this file does not name: {problem.reason}")


def _refused(source: Source, problems: Sequence[Problem]) -> ConfigurationRefused:
    ordered = sorted(dict.fromkeys(problems), key=lambda problem: source.line(problem.path))
    return ConfigurationRefused([source.describe(problem) for problem in ordered], ordered)
