"""What to say of a name that leads nowhere."""

from collections.abc import Sequence
from difflib import get_close_matches

#: Nobody mistypes a longer one, and to compare it takes long.
NAME_MOST = 200


def unknown_name(what: str, name: str, names: Sequence[str], *, hint: bool = True) -> str:
    """The reason for a reference to nothing, with the nearest name there is where a ``hint`` is wanted."""
    near = nearest(name, names) if hint else ""
    return f"there is no {what} “{name}”{near or ('' if names else '; there are none yet')}"


def nearest(word: str, words: Sequence[str]) -> str:
    """``; did you mean “Agent”?`` for ``agnet``; nothing where no word is near."""
    near = near_one(word, words)
    return f"; did you mean “{near}”?" if near else ""


def near_one(word: str, words: Sequence[str]) -> str:
    """``Agent`` for ``agnet``; empty where no word is near."""
    if len(word) > NAME_MOST:
        return ""
    by_case = {one.lower(): one for one in words}
    close = get_close_matches(word.lower(), by_case, n=1)
    return by_case[close[0]] if close else ""


def sentence(text: str) -> str:
    """``text`` with a capital and an end."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")
