"""What ``make install`` brings is all that the product imports."""

import ast
import re
import sys
import tomllib
from importlib.metadata import distribution, packages_distributions

from django.conf import settings
from packaging.requirements import Requirement

DECLARED = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def installed_by(declared: list[str]) -> set[str]:
    """The names of the distributions that come with those, directly or not."""
    found: set[str] = set()
    open_ones = [Requirement(text) for text in declared]
    while open_ones:
        one = open_ones.pop()
        if normal(one.name) in found:
            continue
        found.add(normal(one.name))
        needed = [Requirement(text) for text in distribution(one.name).requires or ()]
        extras = [*one.extras, ""]
        open_ones += [
            need
            for need in needed
            if not need.marker or any(need.marker.evaluate({"extra": extra}) for extra in extras)
        ]
    return found


def imported() -> set[str]:
    """The top-level names of everything that the product's modules import, also inside of functions."""
    names: set[str] = set()
    for folder in ("dashboard", "statsbridge"):
        for file in (settings.BASE_DIR / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    names.update(alias.name.partition(".")[0] for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    names.add(node.module.partition(".")[0])
    return names - set(sys.stdlib_module_names) - {"dashboard", "statsbridge"}


def test_nothing_is_imported_that_a_production_host_lacks() -> None:
    there, sources = installed_by(DECLARED), packages_distributions()
    assert not [name for name in imported() if not there & {normal(one) for one in sources.get(name, ())}]
