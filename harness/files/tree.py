"""A file as a tree that knows where everything stands. Immutable once composed; reads nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from .errors import Location


class Place(NamedTuple):
    """A line and a column, both counted from 1, and the file, for values that came from another one."""

    line: int
    column: int
    file: str = ""
    """What problems call it; empty for the file that is being checked."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value that holds no others."""

    place: Place
    value: str | int | float | bool | None
    written: str
    """The value as it stands in the file, without quotes."""
    is_broken: bool = False
    """Its problem is known already, so whatever a model says of it is no news."""
    weight: int = 1
    height: int = 1


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    place: Place
    items: tuple[Node, ...]
    weight: int
    height: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping; its keys are texts as they stand in the file, so ``429`` is ``"429"``."""

    place: Place
    entries: dict[str, Entry]
    weight: int
    height: int


class Entry(NamedTuple):
    """A value in a mapping, and where its key stands."""

    key: Place
    node: Node


Node: TypeAlias = Scalar | Sequence | Mapping
"""``weight`` counts the values in it, aliases for all they stand for; ``height`` is its depth."""


def plain(node: Node) -> object:
    """The data as dicts, lists and scalars."""
    match node:
        case Scalar():
            return node.value
        case Sequence():
            return [plain(item) for item in node.items]
        case Mapping():
            return {key: plain(entry.node) for key, entry in node.entries.items()}


def is_broken(node: Node) -> bool:
    """Whether its problem is known already."""
    return isinstance(node, Scalar) and node.is_broken


def child(node: Node, step: str | int) -> Node | None:
    """What the step leads to, or None if it leads nowhere."""
    match node:
        case Mapping() if isinstance(step, str) and step in node.entries:
            return node.entries[step].node
        case Sequence() if isinstance(step, int) and 0 <= step < len(node.items):
            return node.items[step]
    return None


class Reached(NamedTuple):
    """Where a location leads in a file."""

    path: Location
    """The steps that led somewhere."""
    node: Node
    key: Place
    """Of the last key on the way; of the node itself where it has none."""
    astray: tuple[tuple[int, str | int], ...]
    """The steps that led nowhere, each with the length of the path when it was tried."""


def follow(root: Node, loc: Location) -> Reached:
    """Goes as far as the file does, passing over steps that lead nowhere."""
    path: Location = ()
    astray: tuple[tuple[int, str | int], ...] = ()
    node, key = root, root.place
    for step in loc:
        inner = child(node, step)
        if inner is None:
            astray = (*astray, (len(path), step))
            continue
        key = node.entries[str(step)].key if isinstance(node, Mapping) else inner.place
        path, node = (*path, step), inner
    return Reached(path, node, key, astray)


def scalars(node: Node, loc: Location = ()) -> Iterator[tuple[Location, Scalar]]:
    """Every scalar, with the way to it."""
    match node:
        case Scalar():
            yield loc, node
        case Sequence():
            for index, item in enumerate(node.items):
                yield from scalars(item, (*loc, index))
        case Mapping():
            for key, entry in node.entries.items():
                yield from scalars(entry.node, (*loc, key))
