"""Pages in German are German.

Each page there is, enumerated from the resolver, is asked for in English and in German: what reads the same in both
must be a name, a term of Genesys, or a word that is the same in both languages. To use one more of these, add it here.
"""

import re
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from statsbridge.statisticnames import STATISTICS
from statsbridge.vocabulary import CATEGORIES, NOTIFICATION_MODES, OBJECT_TYPES, SUBJECTS
from tests.dashboard.floor import Floor
from tests.dashboard.test_permissions import address_of, client_of, found_routes, owned
from tests.dashboard.visible import said_by

__all__ = ["owned"]

#: Of the rows of the sample floor.
NAMES = (
    *(
        "Sales floor",
        "Service level",
        "Calls waiting",
        "calls-waiting",
        "service-level",
        "sales-queue",
        "wallboard.yaml",
    ),
    *("sales", "Sales", "service", "Service", "Hall", "hall", "main", "k1", "worker", "waiting", "level", "wall"),
    *("root", "eva", "ben", "maya", "omar", "s", "MQ", "https://gws.example.com", "8001@SIP_Switch"),
)
#: What contact centres, files and programs call so.
TERMS = (
    *STATISTICS, *CATEGORIES, *SUBJECTS, *OBJECT_TYPES, *NOTIFICATION_MODES,
    *("Python", "Node", "Java", "C#", "PHP", "https://portal.example.com"),
    *("Genesys", "DN", "RP", "TLS", "tenant\\user", "API", "/rotate/", "/wallboards/"),
)  # fmt: skip
#: The same in both languages.
SAME = (
    *("Wallboards", "Wallboard", "Teams", "Team", "Filter", "Name", "Rotation", "Manager", "Administration", "Proxy"),
    *(
        "Definition",
        "Version",
        "Person",
        "English",
        "Deutsch",
        "Status",
        "Agent",
        "Editor",
        "live",
        "ok",
        "f",
        "m",
        "UTC",
    ),
)
#: Django's and django-auditlog's own words, which no catalogue has: the picture of a lens, the marks of yes and no.
FOREIGN = ("Search", "True", "False", "Updated")
#: The options of each kind of tile are keys of the configuration file.
FILE_KEYS = re.compile(r"number: goal, .*|calls-waiting sales|title")

_KNOWN = re.compile("|".join(re.escape(word) for word in sorted({*NAMES, *TERMS, *SAME, *FOREIGN}, key=len)[::-1]))


def left_english(page: str, german: str) -> Iterator[str]:
    """Texts of both pages that are made of more than known words."""
    for text in said_by(page) & said_by(german):
        if not FILE_KEYS.fullmatch(text) and re.search(r"[^\W\d_]", _KNOWN.sub(" ", text)):
            yield text


def pages_of(client: Client, address: str) -> Iterator[tuple[str, str]]:
    """The page in English and German, as it is asked for and as an empty form that was sent; nothing is kept."""
    for method in (client.get, client.post):
        found = []
        for language in ("en", "de"):
            with transaction.atomic():
                response = method(address, headers={"accept-language": language})
                transaction.set_rollback(True)
            if "html" in response.get("Content-Type", ""):
                found.append(response.content.decode())
        if len(found) == 2:
            yield found[0], found[1]


@pytest.mark.django_db
@pytest.mark.parametrize("person", ["root", "eva"])
def test_no_page_is_partly_english(owned: Floor, person: str) -> None:
    client = client_of(owned, person)
    english: dict[str, str] = {}
    for route in found_routes():
        if route.endswith("logout"):
            continue
        for page, german in pages_of(client, address_of(route, owned)):
            english |= dict.fromkeys(left_english(page, german), route)
    assert english == {}


@pytest.mark.django_db
def test_the_secret_of_a_new_embed_key_is_shown_in_german(owned: Floor) -> None:
    client, address = client_of(owned, "root"), reverse("admin:dashboard_embedkey_add")
    english, german = (
        client.post(address, {"team": owned.sales.pk}, headers={"accept-language": language}).content.decode()
        for language in ("en", "de")
    )
    assert "nicht noch einmal" in german
    assert list(left_english(english, german)) == []
