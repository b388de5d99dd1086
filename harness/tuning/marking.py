"""Writes a value into the text of a client file, and leaves the rest of it as its owner wrote it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..files import Document
from ..files.errors import Location
from ..files.tree import Mapping, Node, Place, Scalar, child
from ..inherit import EXTENDS

_WORD = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s,\[\]{}#]+""")
"""A value that holds no others, as files write them."""


def written_in(document: Document, at: Location, text: str) -> str:
    """The file's text with `text` as the value at a place of the client: where it stands; or, of what is inherited or a
    default, where it would stand, in the innermost mapping that is there.

    Raises `ValueError` where the file leaves no place for it. Whether the text then means what was meant is for whoever
    reads it to see: of an alias it may not.
    """
    node, rest = _reached(document.root, at)
    if isinstance(node, Scalar) and node.written:  # the value; or a layer's name alone, which means its defaults
        return _replaced(document.text, node.place, _nested(rest, text))
    if isinstance(node, Scalar):
        return _inserted(document.text, node.place, f" {_nested(rest, text)}")
    if not isinstance(node, Mapping) or not rest:
        raise ValueError("the file leaves no place for it")
    by_name = EXTENDS in node.entries or node is not document.root
    entry = _nested(rest, text, by_name).removeprefix("{").removesuffix("}")
    if _at(document.text, node.place).startswith("{"):
        after = node.place._replace(column=node.place.column + 1)
        return _inserted(document.text, after, f"{entry}, " if node.entries else entry)
    if node is document.root:
        return f"{document.text.rstrip()}\n{entry}\n"
    return _inserted(document.text, node.place, f"{entry}\n{' ' * (node.place.column - 1)}")


def _reached(root: Node, at: Location) -> tuple[Node, Location]:
    """As far as the file goes, and the steps that are left. Layers that are changed by name have no number."""
    node, rest = root, at
    while rest:
        step = rest[0]
        if isinstance(step, int) and isinstance(node, Mapping):
            rest = rest[1:]
            continue
        inner = child(node, step)
        if inner is None:
            break
        node, rest = inner, rest[1:]
    return node, rest


def _nested(steps: Sequence[str | int], text: str, by_name: bool = True) -> str:
    """In one line, `{backoff: {base: 1s}}`."""
    for step in reversed(steps):
        if isinstance(step, str):
            text = f"{{{step}: {text}}}"
        elif not by_name:
            text = f"[{text}]"
    return text


def _offset(text: str, place: Place) -> int:
    lines = text.splitlines(keepends=True)
    return sum(map(len, lines[: place.line - 1])) + place.column - 1


def _at(text: str, place: Place) -> str:
    return text[_offset(text, place) :]


def _inserted(text: str, place: Place, what: str) -> str:
    at = _offset(text, place)
    return text[:at] + what + text[at:]


def _replaced(text: str, place: Place, what: str) -> str:
    at = _offset(text, place)
    found = _WORD.match(text, at)
    if found is None:
        raise ValueError("the file leaves no place for it")
    return text[:at] + what + text[found.end() :]
