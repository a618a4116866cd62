"""A service, or a proxy, may repeat in its answers what it was sent; no secret of that reaches a page. Pure."""

import base64
import json
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote, quote_plus, unquote, urlsplit

from statsbridge.auth import Credentials

#: A shorter one is part of many a word.
SECRET_LEAST = 4
HIDDEN = "…"


def of_credentials(known: Credentials) -> set[str]:
    """What it signs in with, and the header that carries it."""
    basic = _basic(known.client_id, known.client_secret) if known.client_secret else ""
    return {known.client_secret, known.password, known.refresh_token, known.api_key, basic}


def of_proxy(url: str) -> set[str]:
    """The password in the address of a proxy, and the header that carries it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return set()
    if not parts.password:
        return set()
    password = unquote(parts.password)
    return {parts.password, password, _basic(unquote(parts.username or ""), password)}


def _basic(user: str, password: str) -> str:
    return base64.b64encode(f"{user}:{password}".encode()).decode()


class Hiding:
    """Collects where secrets are known, and clears them, as they are at that moment, from what goes out."""

    def __init__(self) -> None:
        self._sources: list[Callable[[], Iterable[str]]] = []

    def add(self, source: Callable[[], Iterable[str]]) -> None:
        self._sources.append(source)

    def clear(self, value: Any) -> Any:
        """A value as JSON has it, with every secret in its texts made illegible; numbers stay as they are."""
        secrets = {one for source in self._sources for one in source() if len(one) >= SECRET_LEAST}
        # The longest first: one may be part of another.
        forms = sorted({form for one in secrets for form in _forms(one)}, key=len, reverse=True)
        return _cleared(value, forms)


def _forms(secret: str) -> set[str]:
    """As it is, and as addresses, forms and JSON write it."""
    in_json = {json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
    return {secret, quote(secret, safe=""), quote(secret), quote_plus(secret), *in_json}


def _cleared(value: Any, forms: list[str]) -> Any:
    if isinstance(value, str):
        for form in forms:
            value = value.replace(form, HIDDEN)
        return value
    if isinstance(value, dict):
        return {_cleared(key, forms): _cleared(one, forms) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_cleared(one, forms) for one in value]
    return value
