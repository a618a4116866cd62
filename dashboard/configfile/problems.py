"""What is wrong with a configuration file, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

#: Where something stands in the file: ``("objects", 3, "type")``.
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to correct: where it stands and why it is refused."""

    path: Path
    reason: str


class ConfigurationRefused(Exception):  # noqa: N818  # reads as what happened
    """The file cannot be applied. Each line of ``lines`` names file, line, key and reason; nothing was changed."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


def spell(path: Path) -> str:
    """``("objects", 3, "type")`` -> ``objects[3].type``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def known(what: str, name: str, names: Sequence[str]) -> str:
    """The reason for a reference to nothing, with the nearest name there is."""
    close = get_close_matches(name, names, n=1)
    hint = f"; did you mean “{close[0]}”?" if close else "; there are none yet" if not names else ""
    return f"there is no {what} “{name}”{hint}"
