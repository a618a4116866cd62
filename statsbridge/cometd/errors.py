"""What can go wrong with a CometD link.

::

    CometdError             unreachable, timed out, an HTTP error, a reply that is no Bayeux message
        CometdRefused       the service understood and said no: sign-in, handshake or subscription

No message holds a token, an API key, a cookie or a password: what the service says is cleared of them first.
"""


class CometdError(Exception):
    """The link could not be opened, or a request failed; ``str()`` is for people."""


class CometdRefused(CometdError):  # noqa: N818 - says what happened
    """Trying again unchanged will not help; ``str()`` quotes the service."""
