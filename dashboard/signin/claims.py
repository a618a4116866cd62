"""What Genesys says about a person, and what follows from it by rules; pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboard.models import Membership
from statsbridge.errors import Malformed
from statsbridge.text import clean

#: The keys that name a person, the best first; the last is the one of ``/userinfo``.
NAMES = ("user_name", "username", "sub")
#: A rule's value that whatever stands there fits.
ANY = "*"
SUBJECT_MOST = 255
_ROLES = list(Membership.Role)


@dataclass(frozen=True, slots=True)
class Person:
    """Who signed in. ``subject`` is the user name, which is unique in the whole service."""

    subject: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    said: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def values(self, claim: str) -> frozenset[str]:
        """What stands in a claim, as texts: ``authorities`` and ``privileges`` by name, ``a.b`` below ``a``."""
        authorities = [one for one in _listed(self.said.get("authorities")) if isinstance(one, Mapping | str)]
        if claim == "authorities":
            return _texts(one.get("name") if isinstance(one, Mapping) else one for one in authorities)
        if claim == "privileges":
            held = (_listed(one.get("privileges")) for one in authorities if isinstance(one, Mapping))
            return _texts(privilege for privileges in held for privilege in privileges)
        found: Any = self.said
        for key in claim.split("."):
            found = found.get(key) if isinstance(found, Mapping) else None
        return _texts(_listed(found))

    def has(self, claim: str, value: str) -> bool:
        held = self.values(claim)
        return bool(held) if value == ANY else value in held

    def has_one_of(self, authorities: Iterable[str]) -> bool:
        return any(self.has("authorities", one) for one in authorities)


@dataclass(frozen=True, slots=True)
class Rule:
    """Whoever has ``value`` in ``claim`` has ``role`` in ``team``."""

    team: int
    claim: str
    value: str
    role: str


def read_person(said: Mapping[str, Any]) -> Person:
    """The answer of ``/openid/userinfo`` or ``/userinfo``.

    Raises:
        Malformed: it names nobody.
    """
    names = (clean(said[key]).strip() for key in NAMES if isinstance(said.get(key), str))
    subject = next((name for name in names if 0 < len(name) <= SUBJECT_MOST), "")
    if not subject:
        raise Malformed("The service does not say who signed in.")
    properties = said.get("properties")
    more = properties if isinstance(properties, Mapping) else {}
    return Person(
        subject=subject,
        first_name=_text(said.get("given_name") or more.get("firstName"), 150),
        last_name=_text(said.get("family_name") or more.get("lastName"), 150),
        email=_text(said.get("email"), 254),
        said=said,
    )


def roles_of(person: Person, rules: Iterable[Rule]) -> dict[int, str]:
    """The person's role by team: the highest of the rules that fit."""
    roles: dict[int, str] = {}
    for rule in rules:
        if person.has(rule.claim, rule.value):
            now = roles.get(rule.team, rule.role)
            roles[rule.team] = max(now, rule.role, key=_rank)
    return roles


def _rank(role: str) -> int:
    return _ROLES.index(Membership.Role(role))


def _listed(value: Any) -> Collection[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _texts(values: Iterable[Any]) -> frozenset[str]:
    """Numbers and yes or no as JSON writes them."""
    return frozenset(
        str(one).lower() if isinstance(one, bool) else str(one) for one in values if isinstance(one, str | int | float)
    )


def _text(value: Any, most: int) -> str:
    return clean(value)[:most] if isinstance(value, str) else ""
