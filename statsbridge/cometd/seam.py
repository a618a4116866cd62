"""Where errors of other libraries become ours."""

from aiocometd.exceptions import AiocometdException

from statsbridge.cometd.errors import CometdError


def translated(error: Exception) -> CometdError:
    """The same error in the words of this package; raise it ``from`` the one it came from.

    Besides its own exceptions, aiocometd lets out KeyError, TypeError, RuntimeError and asyncio's TimeoutError when a
    server answers in a way it did not think of. Callbacks of the link's owner may raise anything.
    """
    if isinstance(error, CometdError):
        return error
    if isinstance(error, TimeoutError):
        return CometdError("The service did not answer in time")
    if isinstance(error, AiocometdException):
        return CometdError(f"The CometD session failed: {error.args[0] if error.args else type(error).__name__}")
    if isinstance(error, LookupError | TypeError | AttributeError):
        return CometdError(f"The service answered in an unknown form ({type(error).__name__}: {error})")
    return CometdError(f"The link failed: {error or type(error).__name__}")
