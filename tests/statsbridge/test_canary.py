"""Reading what is open and comparing it with what was notified, with time turned by hand."""

import httpx
import pytest

from statsbridge.auth import Authenticator, Credentials
from statsbridge.canary import Canary
from statsbridge.configuration import WantedSeries
from statsbridge.errors import Unreachable
from statsbridge.rest import StatisticsApi
from tests.statsbridge.canary_scene import EVERY_TEN, Scene


async def test_a_quiet_half_hour_shows_no_false_late_or_stale() -> None:
    scene = Scene()
    states: set[str] = set()

    def look(now: float) -> bool:
        scene.around.link.review()
        reading = scene.intake.reading(1)
        assert reading is not None
        states.add(str(reading.state))
        return True

    scene.clock.before = look
    await scene.run(1800)
    assert scene.reads == 450
    assert scene.links == ["live"]
    assert states == {"ok"}


async def test_a_value_that_changes_without_a_notification_ends_the_session() -> None:
    scene = Scene()
    scene.value = 9
    with pytest.raises(Unreachable, match="Notifications do not arrive"):
        await scene.canary.run()
    assert 15 < scene.clock.seconds <= 30


async def test_a_difference_within_the_insensitivity_needs_no_notification() -> None:
    scene = Scene()
    scene.value = 6
    await scene.run(600)
    assert scene.reads >= 150
    assert scene.shown() == (6, "ok")
    assert scene.around.patience == {}
    assert scene.around.link.link.state == "live"


async def test_a_value_that_is_notified_in_time_is_well() -> None:
    scene = Scene()

    def tick(now: float) -> bool:
        scene.value = now
        if now % 10 == 0:
            scene.notify(now)
        return True

    scene.clock.before = tick
    await scene.run(1800)
    assert scene.reads >= 450
    assert scene.shown() == (1800, "ok")
    assert scene.around.patience == {}


async def test_a_statistic_that_never_notifies_is_read_and_not_waited_for() -> None:
    scene = Scene({"definition": {"notificationMode": "NoNotification"}})
    for value in (100, 200):
        scene.value = value
        await scene.run(600)
        assert scene.shown() == (value, "ok")
    assert scene.reads == 300
    assert scene.around.patience == {}


async def test_after_a_false_alarm_it_waits_longer() -> None:
    scene = Scene()
    scene.value = 9
    with pytest.raises(Unreachable):
        await scene.canary.run()
    assert scene.around.patience == {1: 2.0}


async def test_a_reading_fills_in_what_was_never_notified() -> None:
    scene = Scene()
    scene.intake.unanswered(1)
    scene.value = 44
    await scene.run(5)
    assert scene.shown() == (44, "ok")


async def test_a_subscription_that_the_service_does_not_know_is_given_up() -> None:
    scene = Scene()
    scene.status = 404
    await scene.run(10)
    assert scene.subscriptions.open == {}
    assert scene.subscriptions.leftovers == {"S"}


async def test_a_service_in_trouble_proves_nothing_and_loses_nothing() -> None:
    scene = Scene()
    scene.status = 503
    await scene.run(20)
    scene.around.link.review()
    assert list(scene.subscriptions.open) == ["S"]
    assert scene.around.link.link.state == "late"


async def test_every_subscription_is_read_in_turn() -> None:
    scene = Scene()
    read: list[str] = []
    scene.subscriptions.open.update({name: dict.fromkeys(range(100, 200), "") for name in "TUV"})
    answer = scene._answer

    def note(request: httpx.Request) -> httpx.Response:
        if "subscriptions" in request.url.path:
            read.append(request.url.path.split("/")[-2])
        return answer(request)

    client = httpx.AsyncClient(transport=httpx.MockTransport(note))
    auth = Authenticator(client, "http://gws/auth/v3", Credentials("c"), clock=scene.clock)
    api = StatisticsApi(client, "http://gws/statistics/v3", auth)
    scene.canary = Canary("main", api, scene.subscriptions, scene.around, lambda: None)
    await scene.run(35)
    assert read == [*"STUV", *"STUV"]


async def test_small_subscriptions_are_read_together_up_to_a_hundred_statistics() -> None:
    scene = Scene()
    scene.subscriptions.open.update({name: dict.fromkeys(range(100, 133), "") for name in "TUVW"})
    await scene.run(4)
    assert scene.reads == 4
    await scene.run(4)
    assert scene.reads == 5


async def test_what_should_have_been_notified_is_shown_as_it_was_read() -> None:
    scene = Scene()
    scene.value = 9
    await scene.run(16)
    reading = scene.intake.reading(1)
    assert reading is not None
    assert (reading.value, reading.state) == (9, "ok")


async def test_a_lost_change_of_just_the_insensitivity_is_shown_and_no_alarm() -> None:
    scene = Scene()
    scene.value = 6
    await scene.run(600)
    reading = scene.intake.reading(1)
    assert reading is not None
    assert reading.value == 6


async def test_after_trouble_what_is_notified_at_once_is_read_at_once() -> None:
    scene = Scene({"definition": {"notificationMode": "Immediate"}})
    scene.value = 9
    scene.canary.doubt()
    await scene.run(1)
    reading = scene.intake.reading(1)
    assert reading is not None
    assert reading.value == 9


async def test_it_tells_when_the_service_answers_after_silence() -> None:
    scene = Scene()
    told: list[float] = []
    answer = scene._answer

    def broken(request: httpx.Request) -> httpx.Response:
        if 4 <= scene.clock.seconds < 8 and "subscriptions" in request.url.path:
            raise httpx.ReadTimeout("")
        return answer(request)

    client = httpx.AsyncClient(transport=httpx.MockTransport(broken))
    auth = Authenticator(client, "http://gws/auth/v3", Credentials("c"), clock=scene.clock)
    api = StatisticsApi(client, "http://gws/statistics/v3", auth)
    recovered = lambda: told.append(scene.clock.seconds)  # noqa: E731
    scene.canary = Canary("main", api, scene.subscriptions, scene.around, lambda: None, recovered)
    await scene.run(30)
    assert told == [8.0]


async def test_after_trouble_a_running_time_waits_for_its_notification() -> None:
    scene = Scene()
    scene.intake.wanted = {1: WantedSeries(1, "seconds", "Queue", "8001", EVERY_TEN)}
    scene.subscriptions.open["S"] = {1: scene.intake.wanted[1].asked}
    scene.value = 9
    scene.canary.doubt()
    await scene.run(1)
    reading = scene.intake.reading(1)
    assert reading is not None
    assert reading.value == 5
