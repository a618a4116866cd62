"""Taking a person's names out of what was recorded: only where a name stands, never a word that is the same by chance.

Pure. Items are those of the configuration file; see ``configfile/document.py`` for their shape.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ERASED = "(erased)"
_IDENTITY = ("name", "title", "id")
_OF_ACCOUNTS = ("name", "first name", "last name", "email")


@dataclass(frozen=True, slots=True)
class Person:
    """Who is erased: ``pks`` and ``names`` of their objects, ``titles`` of these, ``usernames`` of their accounts."""

    pks: frozenset[int] = frozenset()
    names: frozenset[str] = frozenset()
    titles: frozenset[str] = frozenset()
    usernames: frozenset[str] = frozenset()

    def clean_item(self, section: str, item: dict[str, Any], *, own: bool = False) -> dict[str, Any]:
        """The item without the person; ``own`` says that it is one of theirs."""
        if section == "objects" and (own or item.get("name") in self.names):
            return {**item, **{key: ERASED for key in _IDENTITY if item.get(key)}}
        if section == "people" and item.get("name") in self.usernames:
            return {**item, **{key: ERASED for key in _OF_ACCOUNTS if item.get(key)}}
        if section == "wallboards":
            return {**item, "tiles": [self._tile(tile) for tile in item.get("tiles", [])]}
        if section == "teams":
            members = [
                {**member, "username": ERASED} if member.get("username") in self.usernames else member
                for member in item.get("members", [])
            ]
            rules = [
                {**rule, "value": ERASED} if rule.get("value") in self.usernames else rule
                for rule in item.get("rules", [])
            ]
            return {**item, "members": members} | ({"rules": rules} if "rules" in item else {})
        return item

    def _tile(self, tile: dict[str, Any]) -> dict[str, Any]:
        series = [
            {**one, "object": ERASED} if one.get("object") in self.names else one for one in tile.get("series", [])
        ]
        if series == tile.get("series", []):
            return tile
        return {**tile, "series": series, "title": ERASED if tile.get("title") in self.titles else tile.get("title")}

    def clean_entry(self, data: Any, changes: Any, text: str, of_object: int | None) -> tuple[Any, Any, str]:
        """``additional_data``, ``changes`` and ``object_repr`` of a recorded change without the person.

        Args:
            of_object: The id of the object that was changed; None where it was something else.
        """
        data = data if isinstance(data, dict) else {}
        section = str(data.get("section", ""))
        states = {key: data[key] for key in ("before", "after") if isinstance(data.get(key), dict)}
        own = section == "objects" and (
            of_object in self.pks or any(state.get("name") in self.names for state in states.values())
        )
        account = section == "people" and any(state.get("name") in self.usernames for state in states.values())
        cleaned = {key: self.clean_item(section, state, own=own) for key, state in states.items()}
        data = {**data, **cleaned}
        if own or account:
            data["name"] = text = ERASED
        means, _, name = str(data.get("via", "")).rpartition(" ")
        if means == "replacing" and name in self.names:
            data["via"] = f"{means} {ERASED}"
        lines = changes if isinstance(changes, dict) else {}
        identity = _OF_ACCOUNTS if account else _IDENTITY if own else ()
        return data, {key: self._line(section, key, pair, identity) for key, pair in lines.items()}, text

    def _line(self, section: str, key: str, pair: Any, identity: tuple[str, ...]) -> Any:
        if not isinstance(pair, list):
            return pair
        if key in identity:
            return [ERASED if value else value for value in pair]
        if section == "teams" and key == "members":
            return [_values_of("username", self.usernames, value) for value in pair]
        if section == "teams" and key == "rules":
            return [_values_of("value", self.usernames, value) for value in pair]
        if section == "wallboards" and key.startswith("tile "):
            if key.endswith(": series"):
                return [_values_of("object", self.names, value) for value in pair]
            if key.endswith(": title"):
                return [ERASED if value in self.titles else value for value in pair]
            # A tile that came or went: its kind, and its title in quotation marks.
            return [self._quoted(value) for value in pair]
        return pair

    def _quoted(self, value: Any) -> Any:
        kind, mark, title = str(value).partition(", “")
        return f"{kind}{mark}{ERASED}”" if mark and title.removesuffix("”") in self.titles else value

    def clean_document(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """A file that was applied, ``{section: {name: item}}``: it does not name the person's objects any more."""
        return {
            section: {
                name: self.clean_item(section, item)
                for name, item in items.items()
                if not (section == "objects" and name in self.names)
            }
            for section, items in document.items()
        }

    def clean_message(self, message: str) -> str:
        """The administration's own note of a change, which names members as “maria (editor)”."""
        try:
            parts = json.loads(message)
        except ValueError:
            return message
        if not isinstance(parts, list):
            return message
        for part in parts:
            for told in part.values() if isinstance(part, dict) else ():
                if isinstance(told, dict) and re.sub(r" \(\w+\)$", "", str(told.get("object", ""))) in self.usernames:
                    told["object"] = ERASED
        return json.dumps(parts)


def _values_of(key: str, names: frozenset[str], value: Any) -> Any:
    """One line of YAML in which these values of a key are replaced, however they are quoted."""
    if not names or not isinstance(value, str):
        return value
    either = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.sub(rf"""(\b{key}: )(['"]?)(?:{either})\2(?=[,}}])""", rf"\g<1>{ERASED}", value)
