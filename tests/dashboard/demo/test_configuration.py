"""The demo's configuration, against the simulated contact centre it is made for."""

import pytest
import yaml

from dashboard.configfile import apply_text, export_text
from dashboard.demo.data import FILE
from dashboard.demo.installation import Simulator
from dashboard.tiles import KINDS
from statsbridge.simulator.roster import build_roster

DEMO = yaml.safe_load(FILE.read_text(encoding="utf-8"))


def test_its_three_wallboards_use_every_kind_with_at_most_twelve_tiles() -> None:
    boards = DEMO["wallboards"]
    assert len(boards) == 3
    assert {tile["kind"] for board in boards for tile in board["tiles"]} == set(KINDS)
    assert all(len(board["tiles"]) <= 12 for board in boards)


def test_its_objects_are_those_of_the_simulator() -> None:
    there = {(one.type, one.object_id): one.title for one in build_roster().objects}
    named = {(one["type"], one["id"]) for one in DEMO["objects"]}
    assert named <= there.keys()
    assert sum(kind == "Agent" for kind, _ in named) == 40
    assert sum(kind == "Queue" for kind, _ in named) == 6


@pytest.mark.django_db
def test_it_can_be_applied_and_exported_without_a_difference() -> None:
    apply_text(FILE.read_text(encoding="utf-8"), "demo.yaml", Simulator(8090).variables())
    exported = export_text()
    assert not apply_text(exported, "export", {}, dry_run=True, prune=True).changes
    assert Simulator(8090).password not in exported
