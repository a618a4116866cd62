"""YAML text to plain data, remembering on which line each value stands."""

import re
from collections.abc import Hashable
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

import yaml

from dashboard.configfile.problems import Path, Problem, spell
from dashboard.configfile.yamlerrors import explain

_NODES_MOST = 2_000_000
_DEPTH_MOST = 50
_PLAIN_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null")}

# The C parser is ten times faster; the wheels of PyYAML bring it, a source build may not.
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]  # one of two classes
    """Reads plain scalars as YAML 1.2 does.

    By YAML 1.1 an unquoted ``3600:10`` (a time profile) is the number 216010, ``no`` is false, ``2026-01-01`` a date.
    """

    yaml_implicit_resolvers: dict[str, Any] = {}


def add_plain_scalars(reader: Any) -> None:
    """Teach a loader, or a dumper that must quote what the loader would take for something else."""
    add = reader.add_implicit_resolver
    add("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
    add("tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789"))
    add(
        "tag:yaml.org,2002:float",
        re.compile(r"^[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$"),
        list("-+0123456789."),
    )
    add("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
    add("tag:yaml.org,2002:merge", re.compile(r"^<<$"), ["<"])


add_plain_scalars(_Loader)


@dataclass(slots=True)
class Source:
    """A file's data and the line of each of its values (and keys, which stand where their value does)."""

    name: str
    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The name without folders: where a file lies on the server is nothing for those who read the history."""
        return PurePath(self.name).name

    def line(self, path: Path) -> int:
        """The line of a path, or of the nearest thing around it that the file has."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def describe(self, problem: Problem) -> str:
        """``wallboard.yaml:12: objects[3].type: …``."""
        where = spell(problem.path)
        return f"{self.name}:{self.line(problem.path)}: {where + ': ' if where else ''}{problem.reason}"


class _Builder:
    def __init__(self, loader: Any, source: Source) -> None:
        self.loader = loader
        self.source = source
        self.nodes = 0

    def build(self, node: yaml.Node, path: Path) -> Any:
        self.nodes += 1
        if self.nodes > _NODES_MOST or len(path) > _DEPTH_MOST:
            raise yaml.MarkedYAMLError(problem="too deep or too large", problem_mark=node.start_mark)
        self.source.lines[path] = node.start_mark.line + 1
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if node.tag not in _PLAIN_TAGS:
            self._refuse(path, f"the tag {node.tag} is not read; write a plain value")
            return ""
        return self._scalar(node, path)

    def _scalar(self, node: yaml.Node, path: Path) -> Any:
        try:
            return self.loader.construct_object(node)
        except ValueError:
            self._refuse(path, f"“{node.value}” is not what its tag {node.tag} says")
            return ""

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        seen: dict[Hashable, int] = {}
        doubled: dict[Hashable, int] = {}
        for key, _ in node.value:
            if key.value in seen and isinstance(key, yaml.ScalarNode):
                doubled[key.value] = key.start_mark.line + 1
                self._refuse((*path, key.value), f"the key is there twice, first on line {seen[key.value]}")
            elif isinstance(key, yaml.ScalarNode):
                seen[key.value] = key.start_mark.line + 1
        if any(key.tag == "tag:yaml.org,2002:merge" for key, _ in node.value):
            self.loader.flatten_mapping(node)
        built: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._refuse(path, "a key must be plain text")
                continue
            built[key.value] = self.build(value, (*path, key.value))
            self.source.lines[(*path, key.value)] = doubled.get(key.value, key.start_mark.line + 1)
        return built

    def _refuse(self, path: Path, reason: str) -> None:
        self.source.problems.append(Problem(path, reason))


def load(text: str, name: str) -> Source:
    """Parse ``text``; whatever is wrong with it as YAML is in ``problems``, with ``data`` as far as it could be read.

    Args:
        name: The file's name, for messages.
    """
    source = Source(name)
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is not None:
            source.data = _Builder(loader, source).build(node, ())
    except yaml.YAMLError as error:
        line, reason = explain(text, error)
        # A parse error has no path of its own: the empty path gets the line.
        source.lines = {(): line}
        source.problems.append(Problem((), f"not YAML: {reason}"))
        source.data = None
    finally:
        loader.dispose()
    return source
