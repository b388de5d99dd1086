"""A call of a tool for whoever has to get one: an input that its schema takes, as small as can be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..reply import ToolUse

_DEEPEST = 8
"""Levels of a schema that are followed; one that refers to itself has no end."""


def called(tool: Mapping[str, Any]) -> ToolUse:
    """A call of the tool."""
    found = example(tool.get("input_schema"))
    return ToolUse(str(tool["name"]), found if isinstance(found, dict) else {})


def example(schema: Any, depth: int = 0) -> Any:
    """A value that a JSON Schema takes, of its simplest words; an empty object for what is no schema, or too deep."""
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return {}
    for given in ("const", "default"):
        if given in schema:
            return schema[given]
    for several in ("examples", "enum", "anyOf", "oneOf", "allOf"):
        options = schema.get(several)
        if isinstance(options, list) and options:
            return options[0] if several in ("examples", "enum") else example(options[0], depth + 1)
    kind = schema.get("type", "object" if "properties" in schema else None)
    return _of(kind[0] if isinstance(kind, list) and kind else kind, schema, depth)


def _of(kind: Any, schema: dict[str, Any], depth: int) -> Any:
    match kind:
        case "object":
            properties = schema.get("properties")
            named = properties if isinstance(properties, dict) else {}
            needed = schema.get("required")
            return {str(n): example(named.get(n), depth + 1) for n in (needed if isinstance(needed, list) else ())}
        case "array":
            least = schema.get("minItems", 0)
            return [example(schema.get("items"), depth + 1) for _ in range(least if type(least) is int else 0)][:100]
        case "string":
            least = schema.get("minLength", 0)
            return "text".ljust(min(least, 10_000) if type(least) is int else 0, "x")
        case "integer" | "number":
            least = schema.get("minimum", 1)
            return least if isinstance(least, int | float) else 1
        case "boolean":
            return True
        case "null":
            return None
        case _:
            return {}
