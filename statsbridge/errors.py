"""What can go wrong between the bridge and the services.

::

    BridgeError
    ├── Unreachable        no answer: name, connection, TLS, proxy, time-out
    ├── ServerFault        an answer that tells of the server's own trouble: 5xx, 429
    ├── Malformed          an answer in no documented shape
    ├── Unauthorized       HTTP 401 although the token was renewed
    ├── RequestRefused     the Statistics API refused this very request
    ├── SignInRefused      the token endpoint refused, in its documented form
    ├── SettingsUnusable   a setting of the connection that cannot work, such as an unreadable CA file
    └── NotLeading         another worker may lead this connection by now

    ValueError
    └── UnreadableValue    a statistic's value in no known shape
"""

# ruff: noqa: N818 - the names say what happened

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class BridgeError(Exception):
    """Anything that ends or delays a life of a connection; its text is for people and holds no secret."""


class Unreachable(BridgeError):
    """There was no answer."""


class Malformed(BridgeError):
    """There was an answer that nobody documented, such as a proxy's HTML page."""


class Unauthorized(BridgeError):
    """HTTP 401 again, right after the token was renewed."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One error of an answer: the service's words and, where it says so, the statistic they are about."""

    message: str
    statistic_id: str | None = None


class ServerFault(BridgeError):
    """The server says that it is in trouble.

    ``about_request`` is True where the answer is a complete envelope with HTTP 500: the service may mean this very
    request, because its documented sample for an unknown resource carries 500 too.
    """

    def __init__(self, message: str, *, faults: tuple[Fault, ...] = (), about_request: bool = False) -> None:
        super().__init__(message)
        self.faults = faults
        self.about_request = about_request


class RequestRefused(BridgeError):
    """The Statistics API refused the request; ``faults`` are its reasons, which may be empty."""

    def __init__(self, message: str, *, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(message)
        self.faults = faults


class Refused(StrEnum):
    """Which of the things one signs in with the token endpoint refused."""

    KEY = "API key"
    CLIENT = "client id or secret"
    USER = "user name or password"
    TOKEN = "refresh token"  # noqa: S105
    CODE = "authorization code"


_REMEDIES = {
    Refused.KEY: "Check the API key of this connection.",
    Refused.CLIENT: "Check the client id and the client secret of this connection.",
    Refused.USER: "Check the user name (tenant\\user) and the password of this connection.",
    Refused.TOKEN: "Sign in once more to get a new refresh token, and enter it for this connection.",
    Refused.CODE: "Start the sign-in once more.",
}


class SignInRefused(BridgeError):
    """The token endpoint refused ``what``, in the service's ``words``."""

    def __init__(self, what: Refused, words: str) -> None:
        super().__init__(f"The {what} was refused: {words}. {_REMEDIES[what]}")
        self.what = what
        self.words = words


class SettingsUnusable(BridgeError):
    """Trying again cannot help before somebody edits the connection."""


class NotLeading(BridgeError):
    """The lease of this worker ran out; whoever has it now does what is to be done."""


class UnreadableValue(ValueError):
    """A value in none of the known shapes; the text says what was met, shortened."""


def is_fatal(error: BaseException) -> bool:
    """Whether trying again soon is of no use: somebody has to change the connection or the account.

    Everything else is retried with jitter; nothing is ever given up for good.
    """
    return isinstance(error, SignInRefused | SettingsUnusable)


def worst(results: Sequence[BaseException | None]) -> BridgeError | None:
    """The failure to report of those that came together; one that ends the session, or nobody foresaw, is raised."""
    failures = [result for result in results if result is not None]
    for failure in failures:
        if not isinstance(failure, BridgeError) or isinstance(failure, SignInRefused | Unauthorized):
            raise failure
    return next((failure for failure in failures if isinstance(failure, BridgeError)), None)
