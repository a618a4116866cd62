"""Bayeux messages as JSON; pure.

A body on the CometD endpoint may be anything: an array of messages, a single one, Spring's error object, a gateway's
``{"message": …}``, a proxy's HTML, half a document, nothing.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from statsbridge.cometd.errors import CometdError
from statsbridge.text import clean

CONNECT = "/meta/connect"
SUBSCRIBE = "/meta/subscribe"

# Where services write what went wrong: OAuth, Spring, the gateway and the Statistics API's envelope.
_TEXT_KEYS = ("error_description", "message", "error")
_TEXT_LENGTH = 200
_SECRET_LENGTH = 6

JsonMessage = dict[str, Any]


def read(body: bytes) -> list[JsonMessage]:
    """The Bayeux messages of a body.

    Raises ``CometdError`` when there is none in it.
    """
    try:
        document = _parsed(body)
    except (ValueError, RecursionError) as error:
        raise CometdError("The service answered with something that is not JSON") from error
    found = [document] if isinstance(document, dict) else document
    messages = [item for item in found if is_message(item)] if isinstance(found, list) else []
    if not messages:
        text = said(body)
        raise CometdError("The service answered without any Bayeux message" + (f": {text}" if text else ""))
    return messages


def _parsed(body: bytes) -> Any:
    # Parsing is most of what receiving costs, and orjson does it in a third of the time; what it is too strict for
    # (NaN, lone surrogates) is left to the standard library, as the checks behind it expect.
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return json.loads(body)


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
