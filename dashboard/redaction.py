"""What a board shows to those who may not see everything; pure.

``floor`` names people by their initials, ``lobby`` shows what teams do together and nobody. ``initials`` is the floor
for people who sign in and may not read names: no tile is hidden from it. A board is redacted before its tiles are
described, so that nothing that is made of them can hold what is hidden; values are redacted on their way into frames.
What is not known to be harmless is left out: an object of an unknown type is a person.
"""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.utils.text import slugify

from dashboard.tiles import SeriesInfo, find_problems
from statsbridge.messages import Link, Reading

if TYPE_CHECKING:
    from dashboard.models import Tile

#: What a token may ask for; each shows no more than the one before it.
VIEWS = ("full", "floor", "lobby")
_BY_WIDTH = ("full", "initials", "floor", "lobby")

#: The types of objects that are no single person's. An extension or a workbin is somebody's.
TEAM_TYPES = frozenset(
    {
        *("GroupAgents", "GroupPlaces", "Queue", "GroupQueues", "RoutePoint", "RoutingStrategy", "Switch", "Tenant"),
        *("StagingArea", "Campaign", "CampaignGroup", "CallingList", "CampaignCallingList"),
    }
)
#: Other words for a channel may hold an address.
MEDIA = frozenset({"voice", "chat", "email", "callback", "sms", "video", "other"})

#: What begins the id that stands in the place of one made of a name; no key of a tile has a point.
STAND_IN = "tile."

_WORD = re.compile(r"[^\W_]+")
#: What parts the words of a name: white space, marks of emphasis, what keys have in its place.
_BETWEEN = re.compile(r"[\s*_,.\-]+")
_SHARP = re.compile("ß|ss", re.IGNORECASE)

Part = tuple["Tile", Sequence[SeriesInfo]]


def narrowest(views: Iterable[str]) -> str:
    """Of several views the one that shows least."""
    return max(views, key=_BY_WIDTH.index)


def hides(hidden_from: Collection[str], view: str) -> bool:
    """Whether a tile is hidden: what is hidden from the floor is hidden from the lobby, too, which is narrower."""
    return any(name in VIEWS and _BY_WIDTH.index(name) <= _BY_WIDTH.index(view) for name in hidden_from)


def plain_views(hidden_from: Iterable[str]) -> list[str]:
    """Views that hide a tile, each once, in their order."""
    return [view for view in VIEWS if view in set(hidden_from)]


def initials(name: str) -> str:
    """``M. L.`` for “Maria Lopez”, “Maria de Lopez”, “Lopez, Maria” turned round; empty for what has no letters."""
    words = [word for word in re.split(r"[\s.,;:_/()\[\]]+", name.split("@")[0]) if word[:1].isalpha()]
    return " ".join(f"{word[0].upper()[0]}." for word in [*words[:1], *words[1:][-1:]])


@dataclass(frozen=True)
class People:
    """Who may be named in a text: each title, name or id with what stands in its place."""

    called: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, known: Iterable[tuple[str, str, str]]) -> "People":
        """Of each person the title, name and Genesys id."""
        called: dict[str, str] = {}
        for title, name, key in known:
            short = initials(title) or "…"
            called |= {one: short for one in (title, key) if len(one) > (3 if one.isdecimal() else 1)}
            # A name such as ``ben`` is a word like others.
            called |= {one: short for one in (name, slugify(title)) if re.search(r"[-_]", one)}
        return cls(called)

    @cached_property
    def _by_word(self) -> dict[str, list[tuple[str, str]]]:
        """Patterns with what stands in their place, those of the longest names first, by their first word."""
        found: dict[str, list[tuple[str, str]]] = {}
        for one in sorted(self.called, key=len, reverse=True):
            words = [word for word in _BETWEEN.split(_plain(one)) if word]
            for turned in [words, [*words[-1:], *words[:-1]]][: len(words)]:
                whole = _BETWEEN.pattern.join(_SHARP.sub("(?:ß|ss)", re.escape(word)) for word in turned)
                pattern = rf"(?<![^\W_]){whole}(?![^\W_])"
                for first in _WORD.findall(" ".join(turned).casefold())[:1]:
                    found.setdefault(first, []).append((pattern, self.called[one]))
        return found

    def out_of(self, text: str) -> str:
        """The text without anybody's name."""
        text = _plain(text)
        for word in dict.fromkeys(_WORD.findall(text.casefold())):
            for pattern, short in self._by_word.get(word, ()):
                # What stands in their place are letters and points.
                text = re.sub(pattern, short, text, flags=re.IGNORECASE)
        return text


def _plain(text: str) -> str:
    """Letters with their marks as one character each, however they were typed."""
    return unicodedata.normalize("NFC", text)


# -- the board -----------------------------------------------------------------------------------------------------


def shown(parts: Iterable[Part], view: str, people: People) -> list[Part]:
    """The tiles with their series that a view shows, unsaved copies, with nobody's name or id in them.

    A tile that has nothing left to show, or that cannot be drawn with what is left, is left out.
    """
    names: dict[str, str] = {}
    found: list[Part] = []
    for tile, infos in parts:
        if hides(tile.hidden_from, view) or (view == "lobby" and tile.kind == "agents"):
            continue
        left = [_veiled(info, people, names) for info in infos if _shows(info, view)]
        if (infos and not left) or find_problems(tile.kind, tile.options, left):
            continue
        found.append((_renamed(tile, people), left))
    return found


def _shows(info: SeriesInfo, view: str) -> bool:
    """A text may name anybody."""
    return info.unit != "text" and (view != "lobby" or info.object_type in TEAM_TYPES)


def called(title: str, object_type: str, people: People) -> str:
    """An object's title without names: of a person the initials, empty where it has none."""
    return people.out_of(title) if object_type in TEAM_TYPES else initials(title)


def _veiled(info: SeriesInfo, people: People, names: dict[str, str]) -> SeriesInfo:
    name = names.setdefault(info.object_name, f"object-{len(names) + 1}")
    title = people.out_of(info.object_title)
    if info.object_type not in TEAM_TYPES:
        title = initials(info.object_title) or name.replace("object-", "#")
    return replace(
        info,
        statistic=people.out_of(info.statistic),
        title=people.out_of(info.title),
        object_name=name,
        object_id="",
        object_title=title,
    )


def _renamed(tile: "Tile", people: People) -> "Tile":
    one = copy(tile)
    one.title = people.out_of(tile.title)
    # A tile's id may be made of a name.
    one.key = f"{STAND_IN}{tile.pk}" if people.out_of(tile.key) != tile.key else tile.key
    one.options = {key: people.out_of(value) if key == "text" else value for key, value in tile.options.items()}
    return one


# -- values --------------------------------------------------------------------------------------------------------


class Veil:
    """Takes out of values what a view does not show. Each stream has its own: its keys mean nothing elsewhere."""

    def __init__(self, view: str = "full") -> None:
        self._view = view
        self._secret = secrets.token_bytes(16)

    def wire(self, reading: Reading, members: Mapping[str, str] | None, people: People) -> list[Any]:
        """A reading as on the wire; ``members`` are the titles of a group's members where a tile lists them.

        What the service says of a refusal or a broken link may name anybody: only a full view repeats it.
        """
        wire = reading.to_wire()
        if self._view == "full":
            return wire if members is None else with_titles(wire, members)
        return [self._value(reading.value, members, people), *wire[1:3]]

    def link(self, link: Link) -> Link:
        return link if self._view == "full" else replace(link, reason="")

    def _value(self, value: Any, members: Mapping[str, str] | None, people: People) -> Any:
        if isinstance(value, int | float):
            return value
        if not isinstance(value, dict) or not isinstance(value.get("state"), str):
            return None
        listed = value.get("agents")
        if isinstance(listed, list):
            return {"state": value["state"]} | self._members([one for one in listed if isinstance(one, dict)], members)
        if self._view == "lobby":
            return {"state": value["state"]}
        channels = [one for one in value.get("channels") or () if isinstance(one, dict)]
        return {
            "state": value["state"],
            "since": value.get("since"),
            "reason": people.out_of(str(value.get("reason") or "")),
            "channels": [{"media": _media(one), **_timed(one)} for one in channels],
        }

    def _members(self, listed: Sequence[dict[str, Any]], titles: Mapping[str, str] | None) -> dict[str, Any]:
        if self._view == "lobby" or titles is None:
            states = sorted(str(one.get("state")) for one in listed)
            return {"counts": {state: states.count(state) for state in dict.fromkeys(states)}}
        return {"agents": list(self._initialled(listed, titles))}

    def _initialled(self, listed: Sequence[dict[str, Any]], titles: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        for one in listed:
            name = str(one.get("id"))
            key = hashlib.blake2s(name.encode("utf-8", "replace"), key=self._secret, digest_size=6).hexdigest()
            yield {"id": key, "title": initials(titles.get(name, name)) or f"#{key[:3]}", **_timed(one)}


def _timed(one: Mapping[str, Any]) -> dict[str, Any]:
    return {"state": one.get("state"), "since": one.get("since")}


def _media(one: Mapping[str, Any]) -> str:
    return str(one.get("media")) if one.get("media") in MEDIA else "other"


def with_titles(wire: Sequence[Any], titles: Mapping[str, str]) -> list[Any]:
    """A reading as on the wire; in a group's state each member that has one of ``titles`` gets it."""
    value, *rest = wire
    if not isinstance(value, dict) or not isinstance(value.get("agents"), list):
        return [value, *rest]
    agents = [
        {**one, "title": titles[one["id"]]} if isinstance(one, dict) and one.get("id") in titles else one
        for one in value["agents"]
    ]
    return [{**value, "agents": agents}, *rest]
