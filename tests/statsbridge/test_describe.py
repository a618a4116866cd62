"""Definitions in plain words."""

from typing import Any

import pytest

from statsbridge.describe import describe, summaries
from statsbridge.phrases import NOUNS, PIECES, SENTENCES, STATES
from statsbridge.statisticnames import CALLS, PRESENT, STATISTICS
from statsbridge.vocabulary import CATEGORIES


def told(language: str = "en", of: str = "Queue", **definition: Any) -> str:
    return describe({"definition": definition}, of, language)


@pytest.mark.parametrize(
    ("definition", "english", "german"),
    [
        (
            {"category": "CurrentNumber", "subject": "DNAction", "mainMask": "CallWait"},
            "How many waiting calls there are at this moment.",
            "Wie viele wartende Anrufe es in diesem Augenblick gibt.",
        ),
        (
            {"category": "CurrentMaxTime", "subject": "DNAction", "mainMask": "CallWait"},
            "How long waits of calls have lasted up to this moment: the longest time.",
            "Wie lange Wartezeiten von Anrufen bis zu diesem Augenblick schon dauern: die längste Zeit.",
        ),
        (
            {
                "category": "RelativeNumberPercentage",
                "subject": "DNAction",
                "mainMask": "CallAbandoned",
                "relativeMask": "CallEntered",
                "intervalType": "SlidingWindow",
                "dynamicTimeProfile": "3600:10",
            },
            "The share of calls given up by the caller in the last 60 minutes, where calls that came in are 100 %.",
            "Welchen Anteil vom Anrufer aufgegebene Anrufe in den letzten 60 Minuten hatten, "
            "wenn eingegangene Anrufe 100 % sind.",
        ),
        (
            {
                "category": "TotalNumber",
                "subject": "DNAction",
                "mainMask": "CallAnswered",
                "dynamicTimeProfile": "0:00",
            },
            "How many answered calls there were since midnight in the contact centre.",
            "Wie viele angenommene Anrufe es seit Mitternacht im Contact Center gab.",
        ),
        (
            {
                "category": "ServiceFactor1",
                "subject": "DNAction",
                "intervalType": "SlidingWindow",
                "dynamicTimeProfile": "7200:10",
                "timeRangeRight": 20,
                "timeRangeRight2": "5",
                "dynamicFilter": "MediaType=voice",
            },
            "The share of calls in the last 2 hours that were answered within 20 seconds. "
            "Callers who gave up within 5 seconds do not count. Only voice counts.",
            "Welcher Anteil der Anrufe in den letzten 2 Stunden binnen 20 Sekunden angenommen wurde. "
            "Wer binnen 5 Sekunden auflegte, zählt nicht. Nur Telefon zählt.",
        ),
    ],
)
def test_a_definition_is_told_in_both_languages(definition: dict[str, Any], english: str, german: str) -> None:
    assert told(**definition) == english
    assert told("de", **definition) == german


@pytest.mark.parametrize(
    ("mask", "sentence"),
    [
        ("WaitForNextCall", "How many agents in the state “Ready” there are at this moment."),
        (
            "WaitForNextCall, AfterCallWork",
            "How many agents in the state “Ready” or “After call” there are at this moment.",
        ),
        (CALLS, "How many agents in a call there are at this moment."),
        (f"'{PRESENT}'", "How many signed-in agents there are at this moment."),
        ("*,~NotReadyForNextCall", "How many agents other than “Not ready” there are at this moment."),
    ],
)
def test_a_current_number_of_statuses_counts_people(mask: str, sentence: str) -> None:
    assert told(of="GroupAgents", category="CurrentNumber", subject="AgentStatus", mainMask=mask) == sentence


def test_the_same_status_of_a_queue_counts_calls() -> None:
    sentence = told(of="Queue", category="CurrentNumber", subject="DNStatus", mainMask="CallWait")
    assert sentence == "How many waiting calls there are at this moment."


def test_words_that_no_table_knows_are_quoted_and_never_lost() -> None:
    sentence = told(category="NewCategory", subject="DNAction", mainMask="CallSomehow")
    assert "“NewCategory”" in sentence
    assert "“CallSomehow”" in sentence


@pytest.mark.parametrize(
    "rubbish", [{}, {"category": None}, {"mainMask": 7, "category": "TotalNumber"}, {"category": "{x}"}]
)
@pytest.mark.parametrize("language", ["en", "de-AT", "fr"])
def test_rubbish_is_still_a_sentence(rubbish: dict[str, Any], language: str) -> None:
    assert describe({"definition": rubbish}, "Queue", language).endswith(".")


def test_a_usual_name_says_what_it_usually_means_and_another_that_nobody_here_knows() -> None:
    usual = describe({"name": "CurrNumberWaitingCalls"}, "Queue", "en")
    assert usual == (
        "The contact centre calls it “CurrNumberWaitingCalls”, which usually means: "
        "How many waiting calls there are at this moment."
    )
    assert describe({"name": "Our_Own_Figure"}, "Queue", "de") == (
        "Im Contact Center heißt sie „Our_Own_Figure“; was sie misst, ist dort festgelegt."
    )


def test_every_statistic_of_the_usual_names_is_told_without_a_raw_word() -> None:
    for name, (types, definition) in STATISTICS.items():
        for language in ("en", "de"):
            sentence = describe({"definition": definition}, types[0], language)
            assert "{" not in sentence, name
            assert definition["category"] not in sentence, name
            assert not any(word in sentence for word in ("Call" + kind for kind in ("Wait", "Answered", "Inbound")))


def test_every_category_of_the_vocabulary_has_a_sentence() -> None:
    for category in CATEGORIES:
        for language in ("en", "de"):
            sentence = told(language, category=category, subject="DNAction", mainMask="CallAnswered")
            assert sentence.endswith("."), category


def test_both_languages_have_the_same_words() -> None:
    for table in (NOUNS, PIECES, SENTENCES, STATES):
        assert table["en"].keys() == table["de"].keys()


@pytest.mark.parametrize(
    ("descriptor", "sensible"),
    [
        ({"name": "CurrNumberWaitingCalls"}, ("min", "max", "average")),
        ({"name": "TotalAnswered"}, ()),
        ({"name": "AverageHandlingTime"}, ("min", "max")),
        ({"name": "ServiceLevel"}, ("min", "max")),
        ({"name": "Our_Own_Figure"}, ("min", "max")),
        ({"definition": {"category": "TotalNumber", "intervalType": "SlidingWindow"}}, ("min", "max", "average")),
        ({"definition": {"category": "TotalNumber"}}, ()),
    ],
)
def test_only_what_makes_sense_is_summed_up(descriptor: dict[str, Any], sensible: tuple[str, ...]) -> None:
    assert summaries(descriptor) == sensible
