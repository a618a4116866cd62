"""JSON of services that are not strict about it; pure.

``msgspec.Raw`` is the text of one JSON value inside a larger one that nobody has read yet. It keeps the whole body in
memory it was sent in; its ``copy()`` does not.
"""

import json
from typing import Any

import msgspec


def decode(text: bytes | msgspec.Raw) -> Any:
    """The value; NaN, infinite numbers and lone surrogates, which a strict parser refuses, are taken.

    Raises:
        ValueError, RecursionError: it is no JSON.
    """
    try:
        return msgspec.json.decode(text)
    except (ValueError, RecursionError):
        return json.loads(bytes(text))


def encode(value: Any) -> msgspec.Raw:
    """The text of anything that ``decode`` returns."""
    return msgspec.Raw(json.dumps(value).encode())
