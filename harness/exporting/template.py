"""The snippets' own small language: lines that depend on the client, and values from it.

A line that begins with `%` says something, all others are the code itself:

    % if within | budget.name=ratio     until `% else` or `% end`; `|` is or, `&` and, `not` goes before a name
    % needs causes futile               other parts that this one uses
    % import asyncio                    (or `from`, as the language has it)
    % arg retries = $retries            what the layer is made with, in the listing of all layers
    % refuse a "share"                  there is no code for that

`$name` is a value of the client, as the language writes it; `$(name)` where letters follow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

_VALUE = re.compile(r"\$(?:\(([\w.]+)\)|([a-z_][\w]*(?:\.\w+)*))")
_DIRECTIVE = re.compile(r"\s*% ?(\w+) ?(.*)")


@dataclass
class Rendered:
    """What has become of a snippet."""

    lines: list[str] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)
    imports: list[str] = field(default_factory=list)
    args: list[tuple[str, str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def body(self) -> str:
        return "\n".join(self.lines).strip("\n")


def names_of(model: BaseModel, prefix: str = "") -> dict[str, Any]:
    """What a snippet may call by name: the fields of a layer, and by a dot those of what lies in them."""
    found: dict[str, Any] = {f"{prefix}name": getattr(model, "name", "")}
    for key, value in model:
        found[prefix + key] = value
        if isinstance(value, BaseModel):
            found |= names_of(value, f"{prefix}{key}.")
    return found


def render(text: str, names: Mapping[str, Any], literal: Callable[[Any], str]) -> Rendered:
    """The snippet for a client in which things are called so. `literal` writes a value in the language."""

    def filled(line: str) -> str:
        return _VALUE.sub(lambda found: literal(names[found[1] or found[2]]), line)

    rendered = Rendered()
    for word, rest, line in _taken(text, names):
        match word:
            case "needs":
                rendered.needs += rest.split()
            case "import" | "from":
                rendered.imports.append(filled(f"{word} {rest}"))
            case "arg":
                name, _, value = rest.partition(" = ")
                rendered.args.append((name, filled(value)))
            case "refuse":
                rendered.refused.append(rest)
            case "":
                rendered.lines.append(filled(line))
            case _:
                raise ValueError(f"a snippet says {line.strip()!r}")
    return rendered


def _taken(text: str, names: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The lines whose conditions hold, each with what it says, if it says something."""
    holds: list[bool] = []
    for line in text.splitlines():
        found = _DIRECTIVE.fullmatch(line)
        word, rest = (found[1], found[2]) if found else ("", "")
        match word:
            case "if":
                holds.append(_is_so(rest, names))
            case "else":
                holds[-1] = not holds[-1]
            case "end":
                holds.pop()
            case _ if all(holds):
                yield word, rest, line
    if holds:
        raise ValueError("a snippet has an `if` without an `end`")


def _is_so(condition: str, names: Mapping[str, Any]) -> bool:
    if " | " in condition:
        return any(_is_so(each, names) for each in condition.split(" | "))
    if " & " in condition:
        return all(_is_so(each, names) for each in condition.split(" & "))
    if condition.startswith("not "):
        return not _is_so(condition.removeprefix("not "), names)
    name, equals, value = condition.strip().partition("=")
    found = names.get(name)
    return str(found) == value if equals else bool(found)
