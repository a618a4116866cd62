from dashboard.names import nearest, sentence, unknown_name


def test_a_name_that_leads_nowhere_is_told_with_the_nearest_there_is() -> None:
    assert unknown_name("team", "sale", ["sales", "service"]) == "there is no team “sale”; did you mean “sales”?"
    assert unknown_name("team", "sales", []) == "there is no team “sales”; there are none yet"
    assert unknown_name("team", "zzz", ["sales"]) == "there is no team “zzz”"
    assert unknown_name("team", "sale", ["sales"], hint=False) == "there is no team “sale”"


def test_a_text_that_is_no_name_is_near_to_none() -> None:
    assert nearest("a" * 201, ["a" * 200]) == ""


def test_case_is_no_distance() -> None:
    assert nearest("AGNET", ["Agent", "Queue"]) == "; did you mean “Agent”?"


def test_a_sentence_begins_with_a_capital_and_ends_once() -> None:
    assert sentence("there is none; did you mean “x”?") == "There is none; did you mean “x”?"
    assert sentence("there is none") == "There is none."
