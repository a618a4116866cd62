"""``make audit``: is any installed package known to be vulnerable? Asked with pip-audit, where the network allows."""

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

SECONDS = 15
NOT_ASKED = "The dependencies were not audited: {reason} Run make audit where the network reaches pypi.org."


def verdict(printed: str, complaints: str) -> tuple[bool, list[str]]:
    """Whether the build may pass, and what to say.

    Args:
        printed: what pip-audit wrote to its standard output, JSON if it got as far as that.
        complaints: what it wrote to its standard error.
    """
    try:
        found: list[dict[str, Any]] = json.loads(printed)["dependencies"]
    except (ValueError, KeyError, TypeError):
        lines = [line.strip() for line in complaints.splitlines() if line.strip()]
        return True, [NOT_ASKED.format(reason=f"{lines[-1] if lines else 'pip-audit said nothing'}.")]
    asked = [one for one in found if "skip_reason" not in one]
    if not asked:
        return True, [NOT_ASKED.format(reason="the registry knows no advisories.")]
    told = [
        f"{one['name']} {one['version']}: {bug['id']}, fixed in {', '.join(bug['fix_versions']) or 'no version yet'}"
        for one in asked
        for bug in one["vulns"]
    ]
    return not told, told or [f"No known vulnerability in {len(asked)} packages."]


def main(arguments: Sequence[str]) -> int:
    command = [sys.executable, "-m", "pip_audit", "--local", "--skip-editable", "--progress-spinner", "off"]
    command += ["--format", "json", "--timeout", str(SECONDS), *arguments]
    done = subprocess.run(command, text=True, capture_output=True, check=False)
    passes, told = verdict(done.stdout, done.stderr)
    for line in told:
        print(line)  # noqa: T201
    return 0 if passes else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
