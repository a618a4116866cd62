"""The one way in which the simulated service says no to a statistic."""

from typing import Any


class Refused(Exception):  # noqa: N818 - the word of the field
    """A statistic that cannot be opened; ``message`` is what the client is told, ``missing`` says that a named thing
    does not exist (the single-value call answers 404 for it)."""

    def __init__(self, message: str, *, missing: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.missing = missing

    def status(self) -> dict[str, Any]:
        return {"code": 500, "message": self.message}
