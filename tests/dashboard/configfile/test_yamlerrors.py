"""YAML that cannot be read is told in words that say what to change, by whichever parser is installed."""

import pytest
import yaml

from dashboard.configfile.load import load
from dashboard.configfile.yamlerrors import explain

#: The text, the line that is named, and what is said.
BAD = {
    "a tab": ("teams:\n\t- name: a\n", 2, "indented with a tab; use spaces"),
    "a tab after a value": ("teams:\n  - name: sales\n\t- name: b\n", 3, "indented with a tab; use spaces"),
    "a colon in a value": ("a: 1\ntitle: Waiting: now\n", 2, "the value holds a colon and a space"),
    "a colon in a value in braces": (
        "a: 1\nb: {title: Waiting: now}\n",
        2,
        "put the value that holds a colon in quotes",
    ),
    "a line too deep": ("a: 1\n b: 2\n", 2, "indent the line like the keys beside it"),
    "a line too shallow": ("a:\n   - b\n  c: d\n", 3, "not indented like those it belongs to"),
    "a user name in double quotes": ('a: 1\nusername: "tenant\\bridge\\d"\n', 2, "in single quotes"),
    "a user name that looks like a code point": ('a: 1\nusername: "tenant\\user"\n', 2, "in single quotes"),
    "a quote that is not closed": ("a: 1\nb: 'c\nd: e\n", 2, "the quote that opens here is never closed"),
    "a bracket that is not closed": ("a: [\n  b\n", 3, "the “]” that closes the bracket of line 1"),
    "a brace that is not closed": ("a: {b: 1\nc: 2\n", 2, "close the bracket of line 1 with “}”"),
    "a list that goes on": ("a: [\n  b,\n", 3, "a bracket further up is not closed"),
    "an at sign": ("a: 1\nb: @home\n", 2, "a value cannot begin with “@”; put it in quotes"),
    "an asterisk": ("a: 1\nmask: *all\n", 2, "“*” refers to an anchor that is not there; put it in quotes"),
    "a control character": ("a: 1\nb: \x07\n", 2, "not allowed"),
}


@pytest.mark.parametrize(("text", "line", "words"), BAD.values(), ids=BAD)
@pytest.mark.parametrize("parser", [yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)])
def test_it_is_told_in_words_with_its_line(parser: type, text: str, line: int, words: str) -> None:
    with pytest.raises(yaml.YAMLError) as caught:
        yaml.load(text, Loader=parser)  # noqa: S506 - one of the safe loaders
    found, reason = explain(text, caught.value)
    assert words in reason
    assert found == line


def test_no_value_is_repeated() -> None:
    for text in (
        "password: sample: word",
        'password: "sample\\word"',
        "password: 'sample-word",
        "password: [sample-word",
    ):
        assert not any("word" in problem.reason.replace("in words", "") for problem in load(text, "f").problems)
        assert load(text, "f").problems


def test_the_problem_is_called_one_of_yaml() -> None:
    source = load("a:\n\t- b\n", "wallboard.yaml")
    assert [source.describe(problem) for problem in source.problems] == [
        "wallboard.yaml:2: not YAML: the line is indented with a tab; use spaces"
    ]
