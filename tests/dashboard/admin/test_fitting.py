"""Beside "Try" only objects are offered that the definition fits, and it says how many others there are, and why."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dashboard.admin.tryingpages import fitting_types
from statsbridge.models import MonitoredObject

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored")]
CHECK = "admin:statsbridge_statisticdefinition_check"
QUEUES = {
    "how": "adhoc", "types": ["Queue", "RoutePoint"], "category": "CurrentNumber", "subject": "DNAction",
    "mainMask": "CallWait", "notificationMode": "Immediate", "unit": "count",
}  # fmt: skip


def check(client: Client, form: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = client.post(reverse(CHECK), form).json()
    return told


def test_objects_of_other_types_are_left_out_and_counted(owner: Client) -> None:
    told = check(owner, QUEUES)
    others = MonitoredObject.objects.exclude(type__in=["Queue", "RoutePoint"]).count()
    assert others
    assert told["fits"] == ["Queue", "RoutePoint"]
    assert told["left_out"].startswith(f"{others} object")
    assert told["left_out"].endswith("left out: the statistic is for Queue and RoutePoint.")


def test_the_picker_offers_those_that_fit(owner: Client) -> None:
    given = {"app_label": "statsbridge", "model_name": "series", "field_name": "monitored_object", "types": "Queue"}
    found = owner.get(reverse("admin:autocomplete"), given).json()["results"]
    assert {int(one["id"]) for one in found} == set(
        MonitoredObject.objects.filter(type="Queue").values_list("pk", flat=True)
    )


def test_an_object_that_does_not_fit_is_not_tried(owner: Client) -> None:
    agent = MonitoredObject.objects.filter(type="Agent").first()
    assert agent is not None
    answer = owner.post(reverse("admin:statsbridge_statisticdefinition_try"), {**QUEUES, "object": agent.pk}).json()
    assert answer["problem"] == (
        f"“{agent.title}” (Agent) does not fit: the statistic is for Queue and RoutePoint. Choose another object."
    )


def test_a_name_fits_what_its_usual_definition_fits_and_a_name_of_the_tenants_own_anything(owner: Client) -> None:
    assert "Agent" not in fitting_types("CurrNumberWaitingCalls", [])
    assert "Queue" in fitting_types("CurrNumberWaitingCalls", [])
    assert fitting_types("OurOwn", ["Queue"]) == []
    assert check(owner, {"how": "named", "statistic": "OurOwn", "unit": "count"})["left_out"] == ""
