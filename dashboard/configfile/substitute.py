"""``${NAME}`` in text values: the environment goes in, secrets keep the name they came from."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.configfile.problems import Path, Problem
from statsbridge.models import Connection

_VARIABLE = re.compile(r"\$\$\{|\$\{([^}]*)\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
#: A proxy's address may hold a password, so it is handled as the secrets are.
SECRET_FIELDS = (*Connection.SECRET_FIELDS, "proxy")


@dataclass(frozen=True, slots=True)
class SecretText:
    """A secret as the file gives it. ``text`` is None where the variable is not set; never printed."""

    variable: str
    text: str | None

    def __repr__(self) -> str:
        return f"SecretText({self.variable!r})"


def _fill(text: str, environment: Mapping[str, str]) -> tuple[str, list[str], list[str]]:
    """``text`` filled in, the names that are not set, and what is written as a variable but is no name."""
    unset: list[str] = []
    malformed: list[str] = []

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if name is None:
            return "${"
        if not _NAME.fullmatch(name):
            malformed.append(name)
        elif name not in environment:
            unset.append(name)
        else:
            return environment[name]
        return ""

    return _VARIABLE.sub(value, text), unset, malformed


def escape(text: str) -> str:
    """Text as the file must have it so that it is read back as it is."""
    return text.replace("${", "$${")


def substitute(data: Any, environment: Mapping[str, str], stored: Callable[[Path], Any]) -> tuple[Any, list[Problem]]:
    """Fill in the environment.

    Args:
        data: The file's plain data.
        stored: Gives the stored value that belongs to a path, or None: what is stored stays while its variable
            is not set.

    Returns:
        The data, secrets as ``SecretText``, and the problems found.
    """
    problems: list[Problem] = []

    def walk(value: Any, path: Path) -> Any:
        if isinstance(value, dict):
            return {key: walk(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [walk(item, (*path, index)) for index, item in enumerate(value)]
        return leaf(value, path) if isinstance(value, str) else value

    def leaf(text: str, path: Path) -> Any:
        filled, unset, malformed = _fill(text, environment)
        if malformed:
            problems.append(Problem(path, f"“${{{malformed[0]}}}” is no variable; write $${{ for a literal ${{"))
            return ""
        kept = stored(path) if unset else None
        if unset and kept in (None, ""):
            problems.append(Problem(path, f"the environment variable {unset[0]} is not set, and nothing is stored yet"))
        if len(path) == 3 and path[0] == "connections" and path[2] in SECRET_FIELDS:
            whole = _VARIABLE.fullmatch(text)
            return SecretText((whole.group(1) or "") if whole else "", None if unset else filled)
        return kept if unset else filled

    return walk(data, ()), problems
