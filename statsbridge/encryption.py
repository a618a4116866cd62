"""Secrets at rest: a text field that is encrypted in the database."""

import base64
import hashlib
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


class SecretUnreadable(ImproperlyConfigured):
    """A stored secret was written with a key that ``FIELD_KEYS`` no longer holds."""


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    # Operators give any text as a key; Fernet wants 32 bytes.
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"field-key:" + key.encode()).digest())) for key in keys]
    )


def encrypt(text: str) -> str:
    """Encrypt with the first of ``settings.FIELD_KEYS``; the empty text stays empty."""
    return _cipher(tuple(settings.FIELD_KEYS)).encrypt(text.encode()).decode() if text else ""


def decrypt(stored: str) -> str:
    """Undo ``encrypt`` with whichever key fits.

    Raises:
        SecretUnreadable: no key in ``settings.FIELD_KEYS`` fits.
    """
    if not stored:
        return ""
    try:
        return _cipher(tuple(settings.FIELD_KEYS)).decrypt(stored.encode()).decode()
    except InvalidToken:
        raise SecretUnreadable(
            "A stored secret cannot be decrypted. Put the key that wrote it back into FIELD_KEYS (after the "
            "current one), or SECRET_KEY where FIELD_KEYS was never set."
        ) from None


class EncryptedTextField(models.TextField[str, str]):
    """Plain text in Python, encrypted in the database."""

    def get_prep_value(self, value: Any) -> Any:
        return encrypt(str(value)) if value else ""

    def from_db_value(self, value: str | None, expression: object, connection: object) -> str:
        return decrypt(value or "")
