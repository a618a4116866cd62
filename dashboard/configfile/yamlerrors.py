"""What the YAML parser complains about, in the words of someone who writes the file. Pure.

libyaml and PyYAML's own parser word the same complaint differently; both are known here. Values are never repeated,
because one of them may be a secret.
"""

import re

import yaml


def explain(text: str, error: yaml.YAMLError) -> tuple[int, str]:
    """The number of the line to look at, and what is to be changed there."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        return _without_mark(text, error)
    opened = getattr(error, "context_mark", None) or mark
    problem, context = str(getattr(error, "problem", "")), str(getattr(error, "context", "") or "")
    lines = [*text.split("\n"), ""]
    line = lines[mark.line] if mark.line < len(lines) else ""
    before, at = line[: mark.column], line[mark.column : mark.column + 1]
    if _indented_with_tab(line) and ("tab" in problem or "cannot start" in problem):
        return mark.line + 1, "the line is indented with a tab; use spaces"
    if "escape" in problem or "hexadecimal" in problem or "hexdecimal" in problem:
        return mark.line + 1, "a backslash in double quotes is an escape; put the value in single quotes instead"
    if "unexpected end of stream" in problem and "quoted" in context:
        return opened.line + 1, "the quote that opens here is never closed"
    if "flow node" in context:
        return mark.line + 1, "a value is missing, or a bracket further up is not closed"
    if "flow" in context:
        return mark.line + 1, _in_brackets(at, context, opened.line + 1)
    if "mapping values are not allowed" in problem:
        return mark.line + 1, _stray_colon(before)
    if "cannot start any token" in problem and at:
        return mark.line + 1, f"a value cannot begin with “{at}”; put it in quotes"
    if "undefined alias" in problem:
        return mark.line + 1, "a value that begins with “*” refers to an anchor that is not there; put it in quotes"
    if "block" in context:
        return mark.line + 1, "the line is not indented like those it belongs to"
    return mark.line + 1, f"{problem or 'it cannot be read'}{f' ({context})' if context else ''}"


def _without_mark(text: str, error: yaml.YAMLError) -> tuple[int, str]:
    reason = str(getattr(error, "reason", "") or "it cannot be read")
    position = getattr(error, "position", None)
    return (text[:position].count("\n") + 1 if isinstance(position, int) else 1), reason


def _indented_with_tab(line: str) -> bool:
    return "\t" in line[: len(line) - len(line.lstrip())]


def _stray_colon(before: str) -> str:
    if re.search(r":\s", before):
        return "the value holds a colon and a space, which begins another key; put the value in quotes"
    return (
        "no key can stand here; indent the line like the keys beside it, and put a value that holds a colon in quotes"
    )


def _in_brackets(at: str, context: str, opened: int) -> str:
    closing = "}" if "mapping" in context else "]"
    if at == ":":
        return f"put the value that holds a colon in quotes, or close the bracket of line {opened} with “{closing}”"
    return f"a comma is missing, or the “{closing}” that closes the bracket of line {opened}"
