"""What the bridge says, in the language of who reads it."""

import re

import httpx
import pytest
from django.utils.translation import override

from statsbridge.auth import refusal
from statsbridge.errors import Refused, Unreachable
from statsbridge.http import describe
from statsbridge.link import LinkMonitor
from statsbridge.wording import SENTENCES, in_words


@pytest.mark.parametrize("template", SENTENCES.templates)
def test_every_sentence_that_is_known_has_german_words(template: str) -> None:
    given = dict.fromkeys(re.findall(r"%\((\w+)\)s", template), "x")
    assert in_words(template % given) == template % given
    with override("de"):
        assert in_words(template % given) != template % given


def test_a_reason_within_a_sentence_is_said_too() -> None:
    error = Unreachable(f"Signing in failed: {describe(httpx.ConnectTimeout('secret.example.com'))}.")
    with override("de"):
        assert in_words(str(error)) == "Die Anmeldung ist gescheitert: keine Verbindung innerhalb der Frist."


def test_the_services_own_words_stay_as_they_are() -> None:
    refused = refusal(401, {"error": "invalid_client", "error_description": "Bad credentials"}, Refused.CLIENT)
    with override("de"):
        said = in_words(str(refused))
        assert in_words("Statistic not found") == "Statistic not found"
    assert said.startswith("Client-ID oder Client-Geheimnis wurde abgelehnt: Bad credentials.")


@pytest.mark.parametrize("blame", list(Refused))
def test_each_refused_sign_in_is_said(blame: Refused) -> None:
    refused = refusal(400, {"error": "invalid_grant", "error_description": "no"}, blame)
    with override("de"):
        assert in_words(str(refused)) != str(refused)


def test_why_a_link_is_not_live_is_said() -> None:
    told: list[str] = []
    now = [0]
    link = LinkMonitor(lambda: now[0], lambda: now[0], lambda before, after, lasted: told.append(after.reason))
    link.ready()
    for now[0] in (20_000, 70_000):
        link.review()
    link.unavailable("the service says that it is unavailable")
    link.available()
    with override("de"):
        assert all(in_words(reason) != reason for reason in told if reason)
    assert len([reason for reason in told if reason]) == 3
