"""What a statistic measures, in a sentence made from its definition; pure. English, and German for ``de``.

The same sentence serves the people in front of a wallboard and those who enter the definition.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from statsbridge.phrases import MEDIA, NOUNS, PIECES, SENTENCES, STATES
from statsbridge.statisticnames import STATISTICS
from statsbridge.vocabulary import CALL_KINDS, CATEGORY_ALIASES, MEDIATION_TYPES, STATUSES, SUBJECT_ALIASES

#: A sentence about a row that someone filled with anything must stay a sentence.
WORDS_MOST = 8
_CALLS = frozenset(f"Call{kind}" for kind in CALL_KINDS)
_HOLDS = frozenset(f"CallOnHold{kind}" for kind in CALL_KINDS)
_AWAY = frozenset({"LoggedOut", "NotMonitored"})
_PLACES = ("Queue", "RoutePoint", "GroupQueues", "StagingArea")
_MEDIA_FILTER = re.compile(r"(?:Media|MediaType)\s*=\s*[\"']?(\w+)[\"']?", re.IGNORECASE)
_AVERAGES = ("Average", "Relative", "ServiceFactor", "Elapsed", "LoadBalance", "Max", "Min")


def describe(descriptor: Mapping[str, Any], object_type: str = "", language: str = "en") -> str:
    """A sentence, or two, that say what is measured.

    Args:
        descriptor: ``{"name": …}`` or ``{"definition": {…}}``, as of ``StatisticDefinition.descriptor``; what is
            missing or unknown in a definition is left out or quoted, nothing raises.
        object_type: of what it is measured, such as ``Queue``; empty where that is open.
        language: ``de…`` for German, anything else is English.
    """
    language = "de" if language.startswith("de") else "en"
    name = descriptor.get("name")
    definition = _definition(descriptor)
    if definition is None:
        return PIECES[language]["named"].format(name=name) if name else ""
    sentence = _Teller(definition, object_type, language).tell()
    return PIECES[language]["usual"].format(name=name, sentence=sentence) if name else sentence


def summaries(descriptor: Mapping[str, Any]) -> tuple[str, ...]:
    """Which of ``min``, ``max`` and ``average`` say something about a day of its values.

    A count that grows until midnight has none of them, and the average of averages would weigh a quiet minute like
    a busy one. Of a statistic that is known by name only, the average is left out, too.
    """
    definition = _definition(descriptor)
    if definition is None:
        return ("min", "max")
    category = str(definition.get("category", ""))
    if category.startswith(("Current", "AverageOfCurrent", "Estim", "Expected")):
        return ("min", "max", "average")
    if category.startswith(_AVERAGES) or category.endswith("Percentage"):
        return ("min", "max")
    sliding = str(definition.get("intervalType", "")).lower() == "slidingwindow"
    return ("min", "max", "average") if sliding else ()


def _definition(descriptor: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The definition; behind a name the one that it usually has, None where the name is the tenant's own."""
    name = descriptor.get("name")
    if isinstance(name, str):
        return STATISTICS[name][1] if name in STATISTICS else None
    definition = descriptor.get("definition")
    return definition if isinstance(definition, Mapping) else {}


class _Teller:
    def __init__(self, definition: Mapping[str, Any], object_type: str, language: str) -> None:
        self._definition = definition
        self._object_type = object_type
        self._nouns, self._states = NOUNS[language], STATES[language]
        self._sentences, self._pieces, self._media = SENTENCES[language], PIECES[language], MEDIA[language]
        category = self._text("category")
        self._category = CATEGORY_ALIASES.get(category, category)
        subject = self._text("subject")
        self._subject = SUBJECT_ALIASES.get(subject, subject)

    def _text(self, key: str) -> str:
        value = self._definition.get(key)
        return str(value).strip() if isinstance(value, str | int | float) else ""

    def tell(self) -> str:
        main, relative = _mask(self._text("mainMask")), _mask(self._text("relativeMask"))
        template = self._sentences[self._sentence_key(main, relative)]
        group = self._object_type.startswith("Group") or self._subject == "GroupStatus"
        sentence = template.format(
            main=self._noun(main),
            rel=self._noun(relative or main),
            when=self._when(),
            category=self._pieces["quoted"].format(word=self._category or "?"),
            whom=self._pieces["these agents" if group else "this agent"],
            a=self._text("timeRangeLeft") or "0",
            b=self._text("timeRangeRight") or "20",
            b2=self._text("timeRangeRight2") or "20",
        )
        return " ".join(part for part in (sentence, self._filter()) if part)

    def _sentence_key(self, main: Sequence[str], relative: Sequence[str]) -> str:
        category = self._category
        if category in ("CurrentStateReasons", "CurrentTargetState"):
            return "CurrentState"
        if category == "CurrentTime" and main in (("*",), ()):
            return "CurrentTime *"
        if category == "AverageTime" and relative and relative != main:
            return "AverageTime /"
        if "CustomValue" in category or category in ("Formula", "JavaCategory"):
            return "Custom"
        if category.startswith("LoadBalance"):
            return "LoadBalance"
        return category if category in self._sentences else "Other"

    def _noun(self, words: Sequence[str]) -> str:
        """The mask as a noun phrase in the plural."""
        words = _gathered(words)
        if "Number" in self._category and self._counts_people(words):
            return self._people(words)
        excluded = [word[1:] for word in words if word.startswith("~")]
        chosen = [word for word in words if not word.startswith("~")]
        if "*" in chosen:
            if excluded and set(excluded) <= _AWAY:
                return self._nouns["signed in"]
            return self._but(self._nouns["*"], excluded)
        timed = " time" if "Time" in self._category and "Number" not in self._category else ""
        known = [self._nouns.get(word + timed, self._nouns[word]) for word in chosen if word in self._nouns]
        others = [word for word in chosen if word not in self._nouns]
        named = [self._pieces["times"].format(states=self._listed_states(others))] if others else []
        return self._list([*known, *named], "and") or self._nouns[""]

    def _counts_people(self, words: Sequence[str]) -> bool:
        """A current number of statuses of agents counts agents; of actions and on queues it counts calls."""
        current = self._category.startswith("Current")
        if not current or self._subject == "DNAction" or self._object_type in (*MEDIATION_TYPES, *_PLACES):
            return False
        statuses = {"*", "all calls", *STATUSES}
        return bool(words) and all(word.removeprefix("~") in statuses for word in words)

    def _people(self, words: Sequence[str]) -> str:
        excluded = [word[1:] for word in words if word.startswith("~")]
        chosen = [word for word in words if not word.startswith("~")]
        if "*" in chosen:
            away = excluded and set(excluded) <= _AWAY
            return self._pieces["agents signed in"] if away else self._but(self._pieces["agents *"], excluded)
        if chosen == ["all calls"]:
            return self._pieces["agents in call"]
        return self._pieces["agents"].format(states=self._listed_states(chosen))

    def _but(self, main: str, excluded: Sequence[str]) -> str:
        return self._pieces["but"].format(main=main, states=self._listed_states(excluded)) if excluded else main

    def _listed_states(self, words: Sequence[str]) -> str:
        quoted = [self._pieces["quoted"].format(word=self._states.get(word, word)) for word in words]
        return self._list(quoted, "or")

    def _list(self, parts: Sequence[str], word: str) -> str:
        parts = parts if len(parts) <= WORDS_MOST else [*parts[:WORDS_MOST], "…"]
        if len(parts) < 2:
            return "".join(parts)
        return self._pieces[word].format(most=", ".join(parts[:-1]), last=parts[-1])

    def _when(self) -> str:
        kind = self._text("intervalType").lower()
        profile = self._text("dynamicTimeProfile") or self._text("dynamicProfile")
        if kind == "sincelogin":
            return self._pieces["login"]
        if kind == "slidingselection":
            return self._pieces["selection"]
        if kind == "slidingwindow":
            return self._window(profile)
        if profile in ("", "0:00", "00:00"):
            return self._pieces["midnight"]
        return self._pieces["resets"].format(profile=profile)

    def _window(self, profile: str) -> str:
        head = profile.partition(":")[0]
        seconds = int(head) if head.isdecimal() else 3600
        if seconds % 3600 == 0 and seconds > 3600:
            return self._pieces["hours"].format(count=seconds // 3600)
        if seconds % 60 == 0 and seconds > 60:
            return self._pieces["minutes"].format(count=seconds // 60)
        return self._pieces["seconds"].format(count=seconds)

    def _filter(self) -> str:
        text = self._text("dynamicFilter")
        if not text:
            return ""
        media = _MEDIA_FILTER.fullmatch(text)
        if media and media[1].lower() in self._media:
            return self._pieces["media"].format(filter=self._media[media[1].lower()])
        return self._pieces["filter"].format(filter=self._pieces["quoted"].format(word=text))


def _mask(text: str) -> tuple[str, ...]:
    """The words of a mask, ``~`` kept, without the quotes and blanks that configurations have around them."""
    parts = (re.sub(r"\s+", "", part) for part in text.strip("'\" ").split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def _gathered(words: Sequence[str]) -> list[str]:
    """All kinds of calls as one word, and all kinds of holding, where the mask has them all."""
    found = list(words)
    for kinds, together in ((_CALLS, "all calls"), (_HOLDS, "CallOnHold")):
        if kinds <= set(found):
            first = min(found.index(word) for word in kinds)
            found = [together if index == first else word for index, word in enumerate(found)]
            found = [word for word in found if word not in kinds]
    return found
