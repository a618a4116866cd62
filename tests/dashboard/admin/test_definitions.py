"""The form of a statistic as the server sees it: what it saves, refuses, warns of and says in words."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from statsbridge.models import StatisticDefinition
from tests.dashboard.admin.pages import change, client_of, errors

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored")]

ADD = "admin:statsbridge_statisticdefinition_add"
CHECK = "admin:statsbridge_statisticdefinition_check"
FORM = {"title": "Answered", "name": "answered", "description": "", "unit": "count", "decimals": "", "how": "adhoc",
        "thresholds_direction": "above", "types": ["Queue", "RoutePoint"], "category": "TotalNumber",
        "subject": "DNAction", "mainMask": "CallAnswered", "intervalType": "GrowingWindow",
        "dynamicTimeProfile": "0:00", "notificationMode": "Periodical", "notificationFrequency": "10",
        "insensitivity": "1"}  # fmt: skip


@pytest.fixture
def owner() -> Client:
    return client_of("owner", superuser=True)


def test_a_definition_by_form_is_saved_as_the_service_takes_it(owner: Client) -> None:
    response = owner.post(reverse(ADD), FORM)
    assert response.status_code == 302, errors(response)
    assert StatisticDefinition.objects.get(name="answered").definition == {
        "category": "TotalNumber", "subject": "DNAction", "mainMask": "CallAnswered", "intervalType": "GrowingWindow",
        "dynamicTimeProfile": "0:00", "notificationMode": "Periodical", "notificationFrequency": 10, "insensitivity": 1,
    }  # fmt: skip


def test_a_statistic_by_name_has_no_definition(owner: Client) -> None:
    response = owner.post(reverse(ADD), {**FORM, "how": "named", "statistic": "TotalAnswered"})
    assert response.status_code == 302, errors(response)
    made = StatisticDefinition.objects.get(name="answered")
    assert (made.statistic, made.definition) == ("TotalAnswered", None)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"types": []}, "Choose the types of object"),
        ({"subject": "AgentStatus"}, "AgentStatus cannot be asked of Queue and RoutePoint"),
        ({"mainMask": "CallAnswerd"}, "did you mean “CallAnswered”?"),
        ({"dynamicTimeProfile": "midnight"}, "Give the times of day"),
        ({"notificationFrequency": ""}, "Periodical needs the seconds"),
        ({"notificationFrequency": "0"}, "greater than or equal to 1"),
        ({"unit": "state"}, "Values of TotalNumber are of the unit “count”"),
        ({"further": '{"category": "x"}'}, "“category” has a field of its own."),
        ({"further": "[1]"}, "Give a JSON object"),
        ({"how": "named", "statistic": ""}, "Give the name of the statistic."),
    ],
)
def test_what_cannot_work_is_refused_with_the_reason(owner: Client, changes: dict[str, Any], reason: str) -> None:
    response = owner.post(reverse(ADD), {**FORM, **changes})
    assert response.status_code == 200
    assert reason in errors(response)
    assert not StatisticDefinition.objects.filter(name="answered").exists()


def test_what_is_dear_is_saved_with_a_warning(owner: Client) -> None:
    response = owner.post(reverse(ADD), {**FORM, "notificationMode": "Immediate"}, follow=True)
    told = [str(message) for message in response.context["messages"]]
    assert any("each call is a notification" in one for one in told)


def test_the_page_is_told_in_words_what_applies_and_what_is_wrong(owner: Client) -> None:
    told = owner.post(reverse(CHECK), FORM).json()
    assert told["sentence"] == "How many answered calls there were since midnight in the contact centre."
    assert (told["errors"], told["unit"]) == ({}, "count")
    assert "intervalType" in told["applies"]
    assert "timeRangeLeft" not in told["applies"]
    assert {"word": "CallAnswered", "label": "answered calls", "lasting": False} in told["words"]
    wrong = owner.post(reverse(CHECK), {**FORM, "mainMask": "CallInbound"}).json()
    assert "does not happen to a Queue" in wrong["errors"]["mainMask"][0]
    german = owner.post(reverse(CHECK), FORM, headers={"Accept-Language": "de"}).json()
    assert german["sentence"] != told["sentence"]
    assert owner.post(reverse(CHECK), {"how": "adhoc"}).json()["sentence"] == ""
    assert owner.get(reverse(CHECK)).status_code == 405


def test_a_word_that_no_list_has_stays_when_it_was_stored(owner: Client) -> None:
    ours = {"category": "OursAlone", "subject": "DNStatus", "mainMask": "OurWord"}
    StatisticDefinition.objects.create(name="ours", title="Ours", definition=ours)
    made = StatisticDefinition.objects.get(name="ours")
    response = change(owner, made, title="Still ours")
    assert response.status_code == 302, errors(response)
    made.refresh_from_db()
    assert (made.title, made.definition) == ("Still ours", ours)


LEVEL = {"category": "ServiceFactor1", "subject": "DNAction", "intervalType": "SlidingWindow",
         "dynamicTimeProfile": "3600:10", "timeRangeLeft": 0, "timeRangeRight": 20, "dynamicFilter": "MediaType=voice",
         "notificationMode": "Periodical", "notificationFrequency": 10, "formula": "1"}  # fmt: skip


def test_fields_that_are_not_sent_leave_the_stored_definition_as_it_is(owner: Client) -> None:
    made = StatisticDefinition.objects.create(name="level", title="Level", unit="percent", definition=LEVEL)
    sent = {"title": "Level", "name": "level", "unit": "percent", "decimals": "", "thresholds_direction": "above",
            "how": "adhoc", "types": ["Queue"], "description": "Within 20 s"}  # fmt: skip
    url = reverse("admin:statsbridge_statisticdefinition_change", args=[made.pk])
    response = owner.post(url, sent)
    assert response.status_code == 302, errors(response)
    made.refresh_from_db()
    assert (made.description, made.definition) == ("Within 20 s", LEVEL)
    response = owner.post(url, {**sent, "dynamicFilter": "", "notificationFrequency": "20"})
    assert response.status_code == 302, errors(response)
    made.refresh_from_db()
    assert made.definition == {key: 20 if key == "notificationFrequency" else value for key, value in LEVEL.items()
                               if key != "dynamicFilter"}  # fmt: skip


def test_a_part_that_does_not_apply_is_neither_saved_nor_refused(owner: Client) -> None:
    response = owner.post(reverse(ADD), {**FORM, "timeRangeLeft": "-5", "intervalLength": "60", "relativeMask": "x"})
    assert response.status_code == 302, errors(response)
    made = StatisticDefinition.objects.get(name="answered")
    assert made.definition is not None
    assert {"timeRangeLeft", "relativeMask"}.isdisjoint(made.definition)
    response = owner.post(reverse(ADD), {**FORM, "name": "by-name", "how": "named", "statistic": "Answered",
                                         "further": "no JSON", "insensitivity": "x"})  # fmt: skip
    assert response.status_code == 302, errors(response)


def test_the_page_knows_what_applies_before_it_asks(owner: Client) -> None:
    made = StatisticDefinition.objects.create(name="level", title="Level", unit="percent", definition=LEVEL)
    page = owner.get(reverse("admin:statsbridge_statisticdefinition_change", args=[made.pk])).content.decode()
    applies = page.split('data-applies="')[1].split('"')[0].split()
    assert {"timeRangeRight2", "intervalType", "notificationFrequency"} <= {*applies}
    assert "mainMask" not in applies


def test_an_editor_looks_at_a_definition_in_words_and_may_try_it(owner: Client) -> None:
    made = StatisticDefinition.objects.get(name="ready-time")
    page = client_of("maria").get(reverse("admin:statsbridge_statisticdefinition_change", args=[made.pk]))
    text = page.content.decode()
    assert "TotalAdjustedTime" in text
    assert 'id="try"' in text
    assert 'name="_save"' not in text
