"""After trouble: what may have been told meanwhile is found out by opening it anew."""

import pytest

from tests.statsbridge.canary_scene import Scene

pytestmark = pytest.mark.django_db(transaction=True)


async def opened_by(scene: Scene) -> list[str]:
    """What bringing it in line opens."""
    before = set(scene.subscriptions.open)
    assert await scene.subscriptions.reconcile() is None
    return sorted(scene.subscriptions.open.keys() - before)


async def test_after_trouble_what_is_notified_periodically_is_opened_anew_where_it_moved() -> None:
    scene = Scene()
    scene.canary.doubt()
    await scene.run(1)
    assert await opened_by(scene) == []
    scene.value = 9
    scene.canary.doubt()
    await scene.run(1)
    # What was told last may be neither; the first value of a new subscription is.
    assert scene.shown() == (5, "ok")
    (name,) = await opened_by(scene)
    assert list(scene.subscriptions.open) == [name]
    assert scene.subscriptions.open[name].keys() == {1}
    assert scene.subscriptions.leftovers == set()
    assert scene.shown() == (9, "ok")


async def test_a_subscription_that_cannot_be_opened_anew_stays_open_until_it_can() -> None:
    scene = Scene()
    scene.value = 9
    scene.canary.doubt()
    await scene.run(1)
    scene.status = 503
    assert await scene.subscriptions.reconcile() is not None
    assert list(scene.subscriptions.open) == ["S"]
    scene.status = 200
    assert len(await opened_by(scene)) == 1
    assert "S" not in scene.subscriptions.open
