"""From the text of notifications to readings: nothing lost, nothing fatal, nothing kept."""

import gc
import json
import logging
import tracemalloc
from typing import Any

import msgspec
import pytest
from prometheus_client import REGISTRY

from statsbridge.reception import Reception
from tests.statsbridge.canary_scene import Scene as CanaryScene

NAME = "reception"


class Scene:
    """One open statistic, its canary, and what is notified of it."""

    def __init__(self) -> None:
        self.around = CanaryScene()
        (self.subscription,) = self.around.subscriptions.open
        self.reception = Reception(
            NAME, self.around.subscriptions, self.around.canary, self.around.intake, self.around.clock
        )

    def hear(self, *statistics: Any) -> None:
        text = json.dumps({"data": {"statistics": statistics}})
        self.reception.hear(msgspec.Raw(text.encode()))

    def update(self, value: Any, timestamp: int, **other: Any) -> dict[str, Any]:
        return {
            "subscriptionId": self.subscription,
            "statisticId": "1",
            "value": value,
            "timestamp": timestamp,
            **other,
        }

    def shown(self) -> Any:
        self.reception.flush()
        return self.around.shown()


def counted(metric: str) -> float:
    return REGISTRY.get_sample_value(f"statsbridge_{metric}_total", {"connection": NAME}) or 0.0


async def test_the_last_of_many_values_is_shown_and_an_older_one_is_not() -> None:
    scene = Scene()
    before = counted("updates")
    for number in range(1000):
        scene.hear(scene.update(number, number + 1), scene.update(-1, number))
    assert scene.shown() == (999, "ok")
    assert counted("updates") == before + 2000


async def test_bad_payloads_are_counted_logged_once_and_harm_nothing(caplog: pytest.LogCaptureFixture) -> None:
    scene = Scene()
    before = counted("unreadable")
    with caplog.at_level(logging.WARNING):
        for text in (b"", b"<html>", b'{"data": []}', b'{"data": {"statistics": [1, {}]}}'):
            scene.reception.hear(msgspec.Raw(text))
        scene.hear(scene.update(7, 5), scene.update(8, 6, statisticId=["1"]), scene.update(9, 6, statisticId="2"))
    assert scene.shown() == (7, "ok")
    assert counted("unreadable") == before + 6
    assert len(caplog.records) == 1


async def test_a_value_that_cannot_be_read_is_not_shown_as_a_number() -> None:
    scene = Scene()
    scene.hear(scene.update(7, 5))
    assert scene.shown() == (7, "ok")
    scene.hear(scene.update({"stringValue": "<html>"}, 6))
    assert scene.shown() == (7, "stale")


async def test_what_is_kept_does_not_grow_with_the_number_of_updates() -> None:
    scene = Scene()
    store = scene.around.intake._store

    def pass_through(count: int) -> int:
        """Bytes that are kept afterwards."""
        for number in range(count):
            scene.hear(scene.update({"intValue": number, "stringValue": str(number)}, number + 1))
            if number % 100 == 0:
                scene.reception.flush()
                store.take()
                store.take_unsaved()
        scene.shown()
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    pass_through(2000)  # whatever is made once
    tracemalloc.start()
    try:
        few, many = pass_through(2000), pass_through(6000)
    finally:
        tracemalloc.stop()
    assert many - few < 20_000


async def test_what_a_session_that_ended_is_still_told_does_not_reach_the_values() -> None:
    scene = Scene()
    scene.hear(scene.update(1, 10))
    assert scene.shown() == (1, "ok")
    scene.reception.close()
    scene.hear(scene.update(2, 20))
    assert scene.shown() == (1, "ok")
