"""``EMAIL_URL``: where mail goes, in one address."""

from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings

#: scheme -> (the default port, STARTTLS, TLS from the first byte)
_SCHEMES = {"smtp": (25, False, False), "smtp+tls": (587, True, False), "smtps": (465, False, True)}
_BACKENDS = "django.core.mail.backends."
#: Printing would put the links, and with them the accounts, into the server's log.
NOWHERE = f"{_BACKENDS}dummy.EmailBackend"
EXAMPLE = "smtp+tls://user:password@mail.example.com:587"


def mail_settings(url: str) -> dict[str, Any]:
    """Django's settings for ``url``; without one, no mail is sent and the pages say so.

    ``smtp://`` sends in the clear, ``smtp+tls://`` turns to TLS (STARTTLS), ``smtps://`` speaks it from the start,
    ``console:`` prints.

    Raises:
        ValueError: what is wrong with the address, without repeating it.
    """
    if not url:
        return {"EMAIL_BACKEND": NOWHERE}
    if url in ("console:", "console://"):
        return {"EMAIL_BACKEND": f"{_BACKENDS}console.EmailBackend"}
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(f"is no address such as {EXAMPLE}") from None
    if parts.scheme not in _SCHEMES:
        raise ValueError(f"begins with {', '.join(f'{one}://' for one in _SCHEMES)} or is console:")
    if not parts.hostname or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError(f"is no address such as {EXAMPLE}")
    default, starttls, tls = _SCHEMES[parts.scheme]
    return {
        "EMAIL_BACKEND": f"{_BACKENDS}smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or default,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": starttls,
        "EMAIL_USE_SSL": tls,
    }


def sends_mail() -> bool:
    """Whether links to a new password reach anybody."""
    return bool(settings.EMAIL_BACKEND != NOWHERE)
