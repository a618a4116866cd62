"""What may stand in the file: one model per kind of item, unknown keys refused.

Everything but an item's name has a default, because what the file leaves out of a stored item stays as it is;
``REQUIRED`` are the keys that a new one needs.
"""

import re
from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import available_timezones

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError as DjangoValidationError
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from dashboard.configfile.problems import Path, Problem
from dashboard.configfile.substitute import SecretText
from dashboard.models import COLUMNS_MOST, ROWS_MOST, SECONDS_LEAST, SECONDS_MOST
from dashboard.names import nearest
from dashboard.redaction import plain_views
from dashboard.signin.models import CLAIM, CLAIM_MOST, VALUE_MOST
from dashboard.thresholds import Thresholds
from dashboard.validators import validate_hours, validate_origin
from statsbridge.validators import validate_proxy_url, validate_service_url, validate_timezone
from statsbridge.vocabulary import OBJECT_TYPES

#: No tile has room for more.
TILE_SERIES_MOST = 500


def _django(*validators: Callable[[str], None], blank: bool = False) -> AfterValidator:
    def check(value: str) -> str:
        for validator in validators if value or not blank else ():
            try:
                validator(value)
            except DjangoValidationError as error:
                raise ValueError(" ".join(error.messages)) from None
        return value

    return AfterValidator(check)


def _printable(value: str) -> str:
    if "\0" in value:
        raise ValueError("it holds a NUL character")
    return value


def _object_type(value: str) -> str:
    if value not in OBJECT_TYPES:
        hint = nearest(value, OBJECT_TYPES)
        raise ValueError(f"“{value}” is no object type; the types are {', '.join(OBJECT_TYPES)}{hint}")
    return value


def _zone(value: str) -> str:
    try:
        validate_timezone(value)
    except DjangoValidationError as error:
        hint = nearest(value, sorted(available_timezones()))
        raise ValueError(" ".join(error.messages).removesuffix(".") + hint) from None
    return value


def _hours(value: str) -> str:
    try:
        validate_hours([value])
    except DjangoValidationError as error:
        raise ValueError(" ".join(error.messages).removesuffix(".")) from None
    return value


def _none_is_empty(value: Any) -> Any:
    return [] if value is None else value


def _user_name(value: str) -> None:
    get_user_model().username_validator(value)


def _secret(value: Any) -> Any:
    """Only an empty YAML value or text is a secret; the substitution has made ``SecretText`` of text."""
    if value is None:
        return SecretText("", "")
    if not isinstance(value, SecretText):
        raise ValueError("a secret must be text; put it in quotes")
    return value


def _proxy(value: SecretText) -> SecretText:
    if value.text:
        try:
            validate_proxy_url(value.text)
        except DjangoValidationError as error:
            raise ValueError(" ".join(error.messages)) from None
    return value


_SLUG = Field(min_length=1, pattern=r"^[-a-zA-Z0-9_]+$")
Slug = Annotated[str, _SLUG, Field(max_length=50)]
LongSlug = Annotated[str, _SLUG, Field(max_length=100)]
Text = Annotated[str, AfterValidator(_printable)]
Title = Annotated[Text, Field(min_length=1, max_length=200)]
Zone = Annotated[str, AfterValidator(_zone)]
ServiceUrl = Annotated[str, Field(max_length=400), _django(validate_service_url)]
Secret = Annotated[Any, BeforeValidator(_secret)]
Decimals = Annotated[int, Field(ge=0, le=6, strict=True)]
UserName = Annotated[str, Field(min_length=1, max_length=150), _django(_user_name)]
Origin = Annotated[str, _django(validate_origin)]
Line = Annotated[str, AfterValidator(_hours)]
Hours = Annotated[list[Line], BeforeValidator(_none_is_empty)]
Slugs = Annotated[list[Slug], BeforeValidator(_none_is_empty)]
Views = Annotated[list[Literal["floor", "lobby"]], BeforeValidator(_none_is_empty), AfterValidator(plain_views)]


class Item(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


ItemT = TypeVar("ItemT", bound=Item)


class ConnectionItem(Item):
    name: Slug
    api_url: ServiceUrl = ""
    auth_url: Annotated[str, Field(max_length=400), _django(validate_service_url, blank=True)] = ""
    api_key: Secret = None
    client_id: Annotated[Text, Field(min_length=1, max_length=200)] = ""
    client_secret: Secret = None
    grant: Literal["password", "client_credentials", "refresh_token"] = "password"
    username: Annotated[Text, Field(max_length=200)] = ""
    password: Secret = None
    refresh_token: Secret = None
    timezone: Zone = "UTC"
    proxy: Annotated[Secret, AfterValidator(_proxy)] = None
    ca_file: Annotated[Text, Field(max_length=400)] = ""
    enabled: bool = True


class ObjectItem(Item):
    name: LongSlug
    title: Title = ""
    connection: Slug = ""
    type: Annotated[str, AfterValidator(_object_type)] = ""
    id: Annotated[Text, Field(min_length=1, max_length=255)] = ""
    tags: Annotated[list[Title], BeforeValidator(_none_is_empty)] = []
    teams: Slugs = []


class StatisticItem(Item):
    name: LongSlug
    title: Title = ""
    description: Text = ""
    statistic: Annotated[Text, Field(max_length=200)] | None = None
    definition: dict[str, Any] | None = None
    unit: Literal["count", "number", "seconds", "percent", "state", "text"] = "count"
    decimals: Decimals | None = None
    thresholds: Thresholds | None = None


class MemberItem(Item):
    username: UserName
    role: Literal["viewer", "editor", "manager"] = "viewer"


class RuleItem(Item):
    """Whoever has ``value`` in ``claim`` of what Genesys says about them is a member."""

    claim: Annotated[str, Field(max_length=CLAIM_MOST, pattern=CLAIM.pattern)] = "authorities"
    value: Annotated[Text, Field(min_length=1, max_length=VALUE_MOST)]
    role: Literal["viewer", "editor", "manager"] = "viewer"


class TeamItem(Item):
    name: Slug
    title: Title = ""
    members: Annotated[list[MemberItem], BeforeValidator(_none_is_empty)] = []
    rules: Annotated[list[RuleItem], BeforeValidator(_none_is_empty)] = []


class Position(Item):
    x: Annotated[int, Field(ge=0, strict=True)]
    y: Annotated[int, Field(ge=0, strict=True)]
    w: Annotated[int, Field(ge=1, strict=True)]
    h: Annotated[int, Field(ge=1, le=ROWS_MOST, strict=True)]


class SeriesItem(Item):
    statistic: str
    object: str


class TileItem(Item):
    """``options`` are the keys of the kind, which are checked by ``dashboard.tiles``."""

    id: Slug | None = None
    kind: str
    title: Annotated[Text, Field(max_length=200)] = ""
    series: Annotated[list[SeriesItem], Field(max_length=TILE_SERIES_MOST), BeforeValidator(_none_is_empty)] = []
    position: Position
    thresholds: Thresholds | None = None
    decimals: Decimals | None = None
    hidden_from: Views = []
    options: dict[str, Any] = {}


class WallboardItem(Item):
    slug: Slug
    title: Title = ""
    team: Slug = ""
    shared_with: Slugs = []
    timezone: Zone = "UTC"
    columns: Annotated[int, Field(ge=1, le=COLUMNS_MOST, strict=True)] = 12
    enabled: bool = True
    allowed_origins: Annotated[list[Origin], BeforeValidator(_none_is_empty)] = []
    opening_hours: Hours = []
    sound: bool = False
    quiet_hours: Hours = []
    tiles: Annotated[list[dict[str, Any]], BeforeValidator(_none_is_empty)] = []


class StepItem(Item):
    wallboard: Slug
    seconds: Annotated[int, Field(ge=SECONDS_LEAST, le=SECONDS_MOST, strict=True)] = 30


class RotationItem(Item):
    slug: Slug
    title: Title = ""
    team: Slug = ""
    steps: Annotated[list[StepItem], Field(min_length=1)] = []


#: Parts of an item that have keys of their own.
_PARTS: dict[str, type[BaseModel]] = {
    "members": MemberItem,
    "position": Position,
    "rules": RuleItem,
    "series": SeriesItem,
    "steps": StepItem,
    "thresholds": Thresholds,
}

#: Section of the file -> its model, the key that names an item, what people call it, and what a new one must have.
SECTIONS: dict[str, type[Item]] = {
    "connections": ConnectionItem,
    "objects": ObjectItem,
    "statistics": StatisticItem,
    "teams": TeamItem,
    "wallboards": WallboardItem,
    "rotations": RotationItem,
}
NAME_KEY = {"wallboards": "slug", "rotations": "slug"}
WORD = {section: section[:-1] for section in SECTIONS}
REQUIRED = {
    "connections": ("api_url", "client_id"),
    "objects": ("connection", "type", "id"),
    "statistics": (),
    "teams": (),
    "wallboards": ("team",),
    "rotations": ("team", "steps"),
}


def name_key(section: str) -> str:
    return NAME_KEY.get(section, "name")


def in_words(error: ValidationError, path: Path, keys: tuple[str, ...]) -> list[Problem]:
    """pydantic's findings as problems; input is never repeated, because it may be a secret."""
    return [Problem((*path, *_plain(item["loc"])), _reason(item, keys)) for item in error.errors(include_url=False)]


def _plain(location: tuple[str | int, ...]) -> Path:
    return tuple(part for part in location if not (isinstance(part, str) and part.startswith("function-")))


def _reason(item: Any, keys: tuple[str, ...]) -> str:
    match item["type"]:
        case "extra_forbidden":
            return _unknown_key(_plain(item["loc"]), keys)
        case "missing":
            return "this key is missing"
        case "string_type":
            return "must be text; put it in quotes"
        case "string_pattern_mismatch":
            return "may hold only letters, digits, hyphens and underscores"
        case _:
            message = str(item["msg"]).removeprefix("Value error, ")
            hint = _nearest_choice(item) if item["type"] == "literal_error" else ""
            return (message[:1].lower() + message[1:] if message.startswith("Input should") else message) + hint


def _unknown_key(location: Path, keys: tuple[str, ...]) -> str:
    """With the keys that may stand there; deeper ones are those of the part that the key is in."""
    around = [part for part in location[:-1] if isinstance(part, str)]
    if around:
        keys = tuple(_PARTS[around[-1]].model_fields) if around[-1] in _PARTS else ()
    there = f"; the keys here are {', '.join(keys)}" if keys else ""
    return f"unknown key{there}{nearest(str(location[-1]), keys)}"


def _nearest_choice(item: Any) -> str:
    choices = re.findall(r"'([^']*)'", str(item.get("ctx", {}).get("expected", "")))
    return nearest(item["input"], choices) if isinstance(item["input"], str) else ""


def read_item(model: type[ItemT], data: Any, path: Path) -> tuple[ItemT | None, list[Problem]]:
    """``data`` as ``model``, or what is wrong with it."""
    if not isinstance(data, dict):
        return None, [Problem(path, "must be a mapping of keys to values")]
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, in_words(error, path, tuple(model.model_fields))
