"""The library's entries, as the simulated service takes them."""

import pytest

from dashboard.costs import find_costs
from dashboard.library import ENTRIES, Entry, in_words
from statsbridge.simulator.definition import read_definition, read_notification

PAIRS = [(entry, kind) for entry in ENTRIES for kind in entry.types]


@pytest.mark.parametrize(("entry", "kind"), PAIRS, ids=[f"{entry.name} of {kind}" for entry, kind in PAIRS])
def test_the_service_accepts_each_on_every_type_that_it_is_for(entry: Entry, kind: str) -> None:
    read = read_definition(entry.definition, kind)
    assert read_notification(entry.definition, read.category).mode in ("Immediate", "Periodical")


def test_each_says_in_words_what_it_measures_and_none_is_called_like_another() -> None:
    words = [in_words(entry) for entry in ENTRIES]
    assert all(len(one) > 20 for one in words)
    assert len({str(entry.title) for entry in ENTRIES}) == len(ENTRIES)


def test_none_is_dear_but_the_running_time_that_says_so() -> None:
    dear = {entry.name for entry in ENTRIES if find_costs(entry.definition, entry.types, 1000)}
    assert dear == {"time-in-state"}
