"""Masks: comma lists of words with ``*`` for all and ``~X`` for not X, as in ``*,~LoggedOut``."""

from statsbridge.simulator.refusals import Refused


def read_mask(mask: str, vocabulary: tuple[str, ...]) -> tuple[str, ...]:
    """The words that a mask selects, in the vocabulary's order.

    Blanks and quotes around it are tolerated; case matters. A mask of exclusions only selects everything else.
    Raises ``Refused`` for a word that is not in the vocabulary.
    """
    words = [word for word in (part.strip() for part in mask.strip().strip("'\"").split(",")) if word]
    selected = set(vocabulary) if words and all(word.startswith("~") for word in words) else set()
    excluded: set[str] = set()
    for word in words:
        name = word.removeprefix("~").strip()
        if name == "*":
            (excluded if word.startswith("~") else selected).update(vocabulary)
        elif name not in vocabulary:
            raise Refused(f"Invalid mask: {name!r} is not an action or status of this subject and object type")
        else:
            (excluded if word.startswith("~") else selected).add(name)
    return tuple(word for word in vocabulary if word in selected and word not in excluded)
