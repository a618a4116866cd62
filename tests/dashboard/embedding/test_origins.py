"""A portal's address, as people give it, becomes the origin that browsers send."""

import pytest

from dashboard.embedding.findings import State
from dashboard.embedding.origins import NoOriginError, examine_origin, read_origin

SITE = "https://wallboard.example.com"


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://portal.example.com", "https://portal.example.com"),
        ("https://portal.example.com/", "https://portal.example.com"),
        ("https://Portal.Example.com/start?x=1#y", "https://portal.example.com"),
        ("https://portal.example.com:443/", "https://portal.example.com"),
        ("http://portal.example.com:80", "http://portal.example.com"),
        ("http://portal:8001/a", "http://portal:8001"),
        ("portal.example.com", "https://portal.example.com"),
        ("portal.example.com:8443/x", "https://portal.example.com:8443"),
        ("//portal.example.com", "https://portal.example.com"),
        (' "https://portal.example.com" ', "https://portal.example.com"),
        ("https://pörtal.example", "https://xn--prtal-jua.example"),
        ("https://user:word@portal.example.com", "https://portal.example.com"),
        ("http://[::1]:8001/", "http://[::1]:8001"),
    ],
)
def test_the_origin_of_what_people_paste(given: str, origin: str) -> None:
    assert read_origin(given) == origin


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ("null", "sandboxed"),
        ("file:///home/me/portal.html", "sandboxed"),
        ("https://*.example.com", "wildcards"),
        ("ftp://portal.example.com", "ftp"),
        ("https://", "no address"),
        ("https://a b", "no address"),
        ("https://portal:99999999", "no address"),
        ("https://[::1", "no address"),
    ],
)
def test_what_is_none_is_told_in_words(given: str, word: str) -> None:
    with pytest.raises(NoOriginError, match=word):
        read_origin(given)
    origin, found = examine_origin(given, [], SITE)
    assert origin == ""
    assert [one.state for one in found] == [State.BAD]


@pytest.mark.parametrize(
    ("allowed", "words"),
    [
        ([], "The list is empty"),
        (["http://portal.example.com"], "http://portal.example.com, which is another origin"),
        (["https://portal.example.com:8443"], "another origin"),
        (["https://www.portal.example.com"], "another origin"),
        (["https://other.example.com"], "not one of them"),
    ],
)
def test_an_origin_that_is_not_allowed_says_what_to_add(allowed: list[str], words: str) -> None:
    _, found = examine_origin("https://portal.example.com/start", allowed, SITE)
    finding = next(one for one in found if one.key == "allowed")
    assert finding.state is State.BAD
    assert words in finding.found
    assert "Add https://portal.example.com " in finding.change


@pytest.mark.parametrize(
    ("portal", "site", "state"),
    [
        ("https://portal.example.com", "https://wallboard.example.com", "good"),
        ("http://portal.example.com", "https://wallboard.example.com", "good"),
        ("http://portal.example.com", "http://wallboard.example.com", "good"),
        ("https://portal.example.com", "http://wallboard.example.com:8000", "bad"),
        ("https://portal.example.com", "http://127.0.0.1:8000", "warn"),
        ("https://portal.example.com", "http://[::1]:8000", "warn"),
    ],
)
def test_plain_http_within_https_is_mixed_content(portal: str, site: str, state: str) -> None:
    _, found = examine_origin(portal, [portal], site)
    assert next(one for one in found if one.key == "mixed").state == state
