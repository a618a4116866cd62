"""What is doubted in an ad hoc definition."""

import pytest

from dashboard.definitions import definition_doubts, definition_problems

GOOD = {
    "category": "TotalNumber", "subject": "DNAction", "mainMask": "CallAnswered, CallAbandoned",
    "intervalType": "SlidingWindow", "dynamicTimeProfile": "3600:10", "notificationMode": "PERIODICAL",
}  # fmt: skip


def test_the_vocabulary_is_not_doubted() -> None:
    assert not definition_doubts(GOOD)
    assert not definition_doubts({**GOOD, "subject": "Action", "mainMask": "'*,~LoggedOut,~NotMonitored'"})


@pytest.mark.parametrize(
    ("key", "word", "meant"),
    [
        ("category", "TotalNumbr", "TotalNumber"),
        ("subject", "DNActoin", "DNAction"),
        ("mainMask", "CallAnswerd", "CallAnswered"),
        ("mainMask", "*, ~callabandoned", "CallAbandoned"),
        ("relativeMask", "CallEnterd", "CallEntered"),
        ("intervalType", "SlidingWindows", "SlidingWindow"),
        ("notificationMode", "Periodic", "Periodical"),
    ],
)
def test_another_word_is_doubted_with_the_nearest_one(key: str, word: str, meant: str) -> None:
    ((found, reason),) = definition_doubts({**GOOD, key: word})
    assert found == key
    assert reason.endswith(f"; did you mean “{meant}”?")


def test_another_key_is_doubted() -> None:
    assert definition_doubts({**GOOD, "mainmask": "x"}) == [
        ("mainmask", "there is no definition key “mainmask”; did you mean “mainMask”?")
    ]


def test_masks_of_subjects_without_a_known_vocabulary_are_not_judged() -> None:
    assert not definition_doubts({**GOOD, "subject": "CampaignAction", "mainMask": "RecordCompleted"})
    assert [key for key, _ in definition_doubts({**GOOD, "subject": "Nothing", "mainMask": "Nothing"})] == ["subject"]


def test_a_status_takes_no_action() -> None:
    assert definition_doubts({**GOOD, "subject": "AgentStatus", "mainMask": "CallAnswered"})


def test_what_every_definition_has_is_missed() -> None:
    assert definition_problems({"subject": "DNAction"}) == ["“category” is missing; every definition has it."]
