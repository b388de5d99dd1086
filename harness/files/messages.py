"""Says in people's words what pydantic says in its own: a table, and what a table cannot hold."""

from __future__ import annotations

import re
from collections.abc import Mapping as Dict
from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from .suggest import did_you_mean, listed, nearest, quoted
from .tree import Mapping, Node, Scalar, Sequence

# The type of pydantic's error, and what would have been right; braces name values of its context.
EXPECTED = {
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "bytes_type": "text",
    "dataclass_type": "a mapping",
    "dict_type": "a mapping",
    "finite_number": "a finite number",
    "float_parsing": "a number",
    "float_type": "a number",
    "frozen_set_type": "a list",
    "greater_than": "more than {gt}",
    "greater_than_equal": "{ge} or more",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a whole number of fewer digits",
    "int_type": "a whole number",
    "iterable_type": "a list",
    "less_than": "less than {lt}",
    "less_than_equal": "{le} or less",
    "list_type": "a list",
    "mapping_type": "a mapping",
    "model_attributes_type": "a mapping",
    "model_type": "a mapping",
    "multiple_of": "a multiple of {multiple_of}",
    "none_required": "nothing",
    "set_type": "a list",
    "string_pattern_mismatch": "text like {pattern}",
    "string_too_long": "text of {max_length} characters or fewer",
    "string_too_short": "text of {min_length} characters or more",
    "string_type": "text",
    "too_long": "{max_length} or fewer",
    "too_short": "{min_length} or more",
    "tuple_type": "a list",
}

FEW = 2
"""Keys of a mapping that can be named in passing."""


@dataclass(frozen=True, slots=True)
class Said:
    """A complaint in words: either what was expected, or a sentence of its own."""

    expected: tuple[str, ...] = ()
    sentence: str = ""
    hint: str = ""

    def about(self, node: Node) -> str:
        """The whole message, on a value that stands in a file."""
        if self.expected:
            return f"expected {listed(self.expected)}, got {got(node)}{self.hint}"
        return f"{self.sentence}{self.hint}"


def say(kind: str, context: Dict[str, Any], message: str, node: Node, names: list[str], keys: Set[str]) -> Said:
    """A pydantic error of this kind, context and message on this node, in words.

    ``names`` are the texts of which one must stand there, and ``keys`` those a mapping may have there, as far as that
    is known.
    """
    if "expected" in context and "hint" in context:  # from a type of ours, as those of units
        return Said((context["expected"],), hint=context["hint"] and f"; {context['hint']}")
    if kind in ("literal_error", "enum"):
        choices = [quoted(name) for name in names] or [str(context["expected"]).replace("'", '"')]
        return Said(tuple(choices), hint=_closest(node, names))
    if kind in ("value_error", "assertion_error") and str(context.get("error", "")):
        return Said(sentence=str(context["error"]))
    if kind == "union_tag_invalid":
        tags = re.findall(r"'([^']*)'", context["expected_tags"])
        unknown = f"unknown {unquoted(context['discriminator'])} {quoted(context['tag'])}"
        return Said(sentence=unknown + did_you_mean(context["tag"], tags))
    if kind == "union_tag_not_found":
        return Said(sentence=f"missing key {quoted(unquoted(context['discriminator']))}")
    if kind == "string_type" and isinstance(node, Scalar) and node.value is not None:
        return Said(("text",), hint=f"; write {quoted(node.written)}")
    if kind in ("model_type", "model_attributes_type") and 0 < len(keys) <= FEW:
        return Said((f"a mapping with {listed(map(quoted, sorted(keys)))}",))
    if kind in EXPECTED:
        bounds = {name: _short(value) for name, value in context.items()}
        return Said((EXPECTED[kind].format_map(bounds),))
    if message.startswith("Input should be "):
        return Said((message.removeprefix("Input should be "),))
    return Said(sentence=message[:1].lower() + message[1:])


def got(node: Node) -> str:
    """What stands in the file, short."""
    match node:
        case Mapping():
            return "a mapping" if node.entries else "an empty mapping"
        case Sequence():
            return f"a list of {len(node.items)}" if node.items else "an empty list"
        case Scalar(value=None):
            return "nothing"
        case Scalar(value=str()):
            return quoted(node.written)
        case Scalar():
            return node.written


def unquoted(name: str) -> str:
    """The name of a key that pydantic put in quotes."""
    return name.strip("'")


def _closest(node: Node, names: list[str]) -> str:
    near = nearest(node.written, names) if isinstance(node, Scalar) else None
    return f", did you mean {quoted(near)}?" if near else ""


def _short(value: object) -> object:
    """Bounds as people write them: 1, not 1.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
