"""Where the demo's floor has its day."""

import pytest

from dashboard.demo.installation import Simulator, local_zone


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Pacific/Auckland"])
def test_the_demo_lives_in_the_machines_time_zone(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("TZ", f":{zone}")
    assert local_zone() == zone
    there = Simulator(8090, timezone=zone)
    assert f"--timezone={zone}" in there.arguments()
    assert there.variables()["DEMO_TIMEZONE"] == zone


@pytest.mark.parametrize("given", ["Nowhere/At_all", "../../etc/passwd", "CET-1CEST,M3.5.0", ""])
def test_a_zone_that_python_does_not_know_is_passed_over(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.delenv("TZ", raising=False)
    without = local_zone()
    monkeypatch.setenv("TZ", given)
    assert local_zone() == without
