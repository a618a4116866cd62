"""Whose fault a failed request is, and how long a rejection lasts, by value."""

from statsbridge.verdicts import STRIKES, Evidence, Rejection, rejected_again


def test_a_rejection_lasts_longer_each_time() -> None:
    rejection: Rejection | None = None
    moments = []
    for _ in range(5):
        rejection = rejected_again(rejection, "asked", "text", 0.0)
        moments.append(rejection.retry_at)
    assert moments == [60, 300, 900, 3600, 3600]


def test_failures_alone_convict_nobody() -> None:
    evidence = Evidence()
    for second in range(100):
        evidence.strike([1, 2], second)
        assert not evidence.convicts([1, 2], second)
    assert evidence.struck([1, 2], 100)


def test_failures_convict_while_others_succeed() -> None:
    evidence = Evidence()
    for second in range(STRIKES):
        assert not evidence.convicts([1], second)
        evidence.strike([1], second)
    evidence.success(STRIKES)
    assert evidence.convicts([1], STRIKES)
    assert not evidence.convicts([2], STRIKES)


def test_failures_convict_when_the_service_answered_after_each_but_the_last() -> None:
    evidence = Evidence()
    for second in range(STRIKES - 1):
        evidence.strike([1], second)
        assert not evidence.convicts([1], second)
        evidence.weigh([1], second, answered=True)
    evidence.strike([1], STRIKES)
    assert evidence.convicts([1], STRIKES)


def test_trouble_of_the_service_wipes_out_its_answers_before() -> None:
    evidence = Evidence()
    for answered in (True, False, True):
        evidence.strike([1], 0)
        evidence.weigh([1], 0, answered=answered)
    evidence.strike([1], 0)
    assert not evidence.convicts([1], 0)


def test_a_statistic_that_was_opened_begins_anew() -> None:
    evidence = Evidence()
    for _ in range(STRIKES):
        evidence.strike([1], 0)
        evidence.weigh([1], 0, answered=True)
    evidence.acquit(1)
    assert not evidence.convicts([1], 0)
    assert not evidence.struck([1], 0)
