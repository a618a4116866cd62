"""Whether a secret in the file replaces the stored one."""

from dataclasses import dataclass
from typing import Any, Literal

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from dashboard.configfile.substitute import SecretText
from statsbridge.models import Connection

_SALT = "dashboard.configfile.secrets"


@dataclass(frozen=True, slots=True)
class SecretChange:
    """What to do with one secret; ``text`` is never printed.

    ``source`` is what ``Connection.secret_sources`` will hold for it, None for nothing.
    """

    action: Literal["keep", "replace"]
    text: str
    source: dict[str, str] | None

    def __repr__(self) -> str:
        return f"SecretChange({self.action!r})"


def digest(text: str, key: str) -> str:
    """Recognises a value without storing it: useless to anyone who does not have the key."""
    return salted_hmac(_SALT, text, secret=key, algorithm="sha256").hexdigest()


def was_made_from(text: str, stored: str) -> bool:
    """Whether ``stored`` is the digest of ``text`` by any of ``FIELD_KEYS``, so that keys can be changed."""
    made: list[bool] = [constant_time_compare(digest(text, key), stored) for key in settings.FIELD_KEYS]
    return any(made)


def decide(given: SecretText, connection: Connection | None, field: str) -> SecretChange:
    """The file's value goes in when it is another than it was at the last time, or there was none.

    So a refresh token that the service rotated since then is kept.
    """
    stored = getattr(connection, field) if connection else ""
    source: dict[str, Any] = connection.secret_sources.get(field, {}) if connection else {}
    if given.text is None:
        kept = (
            {"variable": given.variable, "digest": source.get("digest", "")} if _names_anew(given, source) else source
        )
        return SecretChange("keep", stored, kept or None)
    if not given.text:
        return SecretChange("replace" if stored else "keep", "", None)
    fresh = {"variable": given.variable, "digest": digest(given.text, settings.FIELD_KEYS[0])}
    unchanged = given.text == stored or (bool(stored) and was_made_from(given.text, source.get("digest", "")))
    return SecretChange("keep", stored, fresh) if unchanged else SecretChange("replace", given.text, fresh)


def _names_anew(given: SecretText, source: dict[str, Any]) -> bool:
    """Whether the file names another variable than the one that is stored, or names the first one."""
    return given.variable != str(source.get("variable", ""))
