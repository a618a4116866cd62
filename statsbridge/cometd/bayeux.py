"""Bayeux messages as JSON; pure.

A body on the CometD endpoint may be anything: an array of messages, a single one, Spring's error object, a gateway's
``{"message": …}``, a proxy's HTML, half a document, nothing.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from statsbridge import lenient
from statsbridge.cometd.errors import CometdError
from statsbridge.text import clean

CONNECT = "/meta/connect"
SUBSCRIBE = "/meta/subscribe"

# Where services write what went wrong: OAuth, Spring, the gateway and the Statistics API's envelope.
_TEXT_KEYS = ("error_description", "message", "error")
_TEXT_LENGTH = 200
_SECRET_LENGTH = 6

JsonMessage = dict[str, Any]


class _Message(msgspec.Struct, rename="camel", gc=False):
    """What Bayeux knows, as far as anybody here asks for it."""

    channel: str
    data: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    id: Any = msgspec.UNSET
    successful: Any = msgspec.UNSET
    error: Any = msgspec.UNSET
    advice: Any = msgspec.UNSET
    client_id: Any = msgspec.UNSET
    subscription: Any = msgspec.UNSET
    supported_connection_types: Any = msgspec.UNSET
    ext: Any = msgspec.UNSET


_messages = msgspec.json.Decoder(list[_Message])
_NAMES = tuple(zip(_Message.__struct_fields__, _Message.__struct_encode_fields__, strict=True))


def read(body: bytes) -> list[JsonMessage]:
    """The Bayeux messages of a body; their ``data`` is left unread, as ``msgspec.Raw``.

    Raises ``CometdError`` when there is none in it.
    """
    try:
        found = _messages.decode(body)
    except (ValueError, RecursionError):
        return _read_anything(body)
    return [_as_dictionary(message) for message in found] or _read_anything(body)


def _as_dictionary(message: _Message) -> JsonMessage:
    values = ((name, getattr(message, field)) for field, name in _NAMES)
    return {name: value for name, value in values if value is not msgspec.UNSET}


def _read_anything(body: bytes) -> list[JsonMessage]:
    """One message in an unknown shape harms no others, and what a strict parser refuses is taken."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise CometdError("The service answered with something that is not JSON") from error
    found = [document] if isinstance(document, dict) else document
    messages = [item for item in found if is_message(item)] if isinstance(found, list) else []
    if not messages:
        text = said(body)
        raise CometdError("The service answered without any Bayeux message" + (f": {text}" if text else ""))
    return [{**one, "data": lenient.encode(one["data"])} if "data" in one else one for one in messages]


def is_message(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("channel"), str)


def is_event(message: JsonMessage) -> bool:
    return not message["channel"].startswith("/meta/") and "data" in message


def answers(message: JsonMessage, request: Mapping[str, Any]) -> bool:
    """Whether it is the reply to this request; servers may leave the id out."""
    return (
        message["channel"] == request["channel"]
        and "successful" in message
        and message.get("id", request.get("id")) == request.get("id")
    )


def granted(messages: Iterable[JsonMessage]) -> set[str]:
    """The channels that the replies among these messages subscribe."""
    channels: set[str] = set()
    for message in messages:
        if message["channel"] == SUBSCRIBE and message.get("successful"):
            subscription = message.get("subscription")
            channels.update(subscription if isinstance(subscription, list) else [str(subscription)])
    return channels


def merged(advice: Mapping[str, Any], messages: Iterable[JsonMessage]) -> dict[str, Any]:
    """The advice in force after these messages: each changes only what it names, and only to what can be followed."""
    result = dict(advice)
    for message in messages:
        news = message.get("advice")
        if not isinstance(news, dict):
            continue
        for key in ("timeout", "interval"):
            value = news.get(key)
            if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
                result[key] = value
    return result


def reconnect(reply: JsonMessage) -> str:
    """What the service advises after this reply: ``retry`` (also when it says nothing), ``handshake`` or ``none``."""
    advice = reply.get("advice")
    advised = advice.get("reconnect") if isinstance(advice, dict) else None
    return advised if isinstance(advised, str) else "retry"


def said(body: bytes) -> str:
    """The service's own words in a body that is no Bayeux message, or nothing."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    if isinstance(document, dict) and isinstance(document.get("status"), dict):
        document = document["status"]
    if not isinstance(document, dict):
        return ""
    texts = (document.get(key) for key in _TEXT_KEYS)
    return next((text[:_TEXT_LENGTH] for text in texts if isinstance(text, str) and text), "")


def cleared(text: str, secrets: Iterable[str]) -> str:
    """The text without these secrets: services quote tokens in their errors."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SECRET_LENGTH:
            text = text.replace(secret, "…")
    return clean(text)
