"""The audit of the dependencies fails for a vulnerability and for nothing else."""

import json
from typing import Any

from tests.audit import verdict


def printed(*dependencies: dict[str, Any]) -> str:
    return json.dumps({"dependencies": dependencies, "fixes": []})


GOOD = {"name": "sample", "version": "1.0", "vulns": []}
BAD = {"name": "holes", "version": "2.0", "vulns": [{"id": "PYSEC-0000-1", "fix_versions": ["2.1"], "aliases": []}]}
OWN = {"name": "unknown-here", "skip_reason": "not found"}


def test_a_vulnerability_fails_and_is_named_with_its_cure() -> None:
    assert verdict(printed(GOOD, BAD, OWN), "Found 1 known vulnerability") == (
        False,
        ["holes 2.0: PYSEC-0000-1, fixed in 2.1"],
    )


def test_none_passes_and_says_how_much_was_asked() -> None:
    assert verdict(printed(GOOD, OWN), "") == (True, ["No known vulnerability in 1 packages."])


def test_a_registry_that_cannot_be_asked_passes_and_is_told() -> None:
    for answer in (verdict("", "ERROR: cannot connect"), verdict(printed(OWN), ""), verdict("<html>", "")):
        passes, told = answer
        assert passes
        assert "not audited" in told[0]
    assert "cannot connect" in verdict("", "ERROR: cannot connect")[1][0]
