"""What is wrong with a configuration file, and where."""

from collections.abc import Sequence
from dataclasses import dataclass

#: Where something stands in the file: ``("objects", 3, "type")``.
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to correct: where it stands and why it is refused."""

    path: Path
    reason: str


class ConfigurationRefused(Exception):  # noqa: N818  # reads as what happened
    """The file cannot be applied. Each line of ``lines`` names file, line, key and reason; nothing was changed."""

    def __init__(self, lines: Sequence[str], problems: Sequence[Problem] = ()) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)
        #: The same with their places, where the file could be read.
        self.problems = tuple(problems)


def spell(path: Path) -> str:
    """``("objects", 3, "type")`` -> ``objects[3].type``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
