"""One open value of a client file: what it may be, and how it is written."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from brownout.fakes.units import (
    UnitError,
    format_duration,
    format_share,
    parse_duration,
    parse_share,
)

from ..files.errors import Location
from ..files.tree import Mapping, Node, Place, Scalar, Sequence

Kind: TypeAlias = Literal["duration", "share", "count", "choice"]
MARK, NOW = "tune", "now"
_RANGE = re.compile(r"\s*(\S+)\s*\.\.\s*(\S+)\s*")
_WIDEST = 40
"""Characters of a choice in a table."""
_COUNT = re.compile(r"[0-9]{1,9}")
_STEPS = ((2.0, 0.05), (5.0, 0.1), (10.0, 0.5))
"""Up to 2 in steps of 0.05, and so on, and in every decade alike: no timeout is known better, and nobody writes 61.1 s.
"""


class BadMark(ValueError):
    """What stands behind `tune:` says nothing that could be tuned."""


class _Unit(NamedTuple):
    kind: Kind
    parse: Callable[[str], float]
    write: Callable[[float], str]


def _count(text: str) -> float:
    if not _COUNT.fullmatch(text):
        raise ValueError(text)
    return float(text)


_UNITS = (
    _Unit("duration", parse_duration, format_duration),
    _Unit("share", parse_share, format_share),
    _Unit("count", _count, lambda value: str(round(value))),
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A range from `low` to `high` in base units, or `choices` of which `low` is 0 and `high` the last index."""

    at: Location
    place: Place
    name: str
    kind: Kind
    low: float
    high: float
    choices: tuple[Node, ...] = ()
    also: tuple[Location, ...] = ()
    """Where else the same mark counts: a kind of call has its client's layers but for what it changes."""
    now: float | None = None
    """What it is today, if the file says so."""

    @property
    def is_log(self) -> bool:
        """Whether factors count rather than differences: over more than a factor of three they do."""
        return self.kind in ("duration", "share") and self.low > 0.0 and self.high / self.low > 3.0

    def at_share(self, share: float) -> float:
        """The value so far along the range, from 0 to 1."""
        if self.is_log:
            return self.rounded(self.low * (self.high / self.low) ** share)
        return self.rounded(self.low + share * (self.high - self.low))

    def share_of(self, value: float) -> float:
        """How far along the range a value is."""
        if self.high == self.low:
            return 0.0
        if self.is_log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def rounded(self, value: float) -> float:
        """To what a person would write, within the range."""
        if self.kind in ("count", "choice"):
            return float(min(max(round(value), self.low), self.high))
        if not self.low < value < self.high:  # the ends stand in the file: somebody wrote them
            return min(max(value, self.low), self.high)
        return min(max(_plain(value), self.low), self.high)

    def written(self, value: float) -> str:
        """As it stands in a file, as far as there is room for it."""
        if self.kind == "choice":
            names = [name_of_choice(choice) for choice in self.choices]
            name = names[round(value)]
            return name if names.count(name) == 1 else f"choice {round(value) + 1}"
        return next(unit for unit in _UNITS if unit.kind == self.kind).write(value)

    def node(self, value: float) -> Node:
        """To stand in the file where the mark does."""
        if self.kind == "choice":
            return self.choices[round(value)]
        text = self.written(value)
        return Scalar(self.place, int(text) if self.kind == "count" else text, text)


def _plain(value: float) -> float:
    if value <= 0.0:
        return 0.0
    decade = 10.0 ** math.floor(math.log10(value))
    step = next((step for most, step in _STEPS if value / decade < most), _STEPS[-1][1])
    return float(f"{round(value / decade / step) * step * decade:.12g}")


def flow(node: Node) -> str:
    """In one line."""
    match node:
        case Mapping():
            return "{" + ", ".join(f"{key}: {flow(entry.node)}" for key, entry in node.entries.items()) + "}"
        case Sequence():
            return "[" + ", ".join(map(flow, node.items)) + "]"
    return node.written


def name_of_choice(node: Node) -> str:
    """`hedge: {after: 2s}`, or the beginning of it."""
    text = flow(node)
    text = text[1:-1] if isinstance(node, Mapping) else text
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def is_mark(node: Node) -> bool:
    """Whether a value is left open."""
    return isinstance(node, Mapping) and MARK in node.entries


def read(node: Mapping, at: Location, name: str) -> Parameter:
    """What a mark says. Raises `BadMark`."""
    if others := [key for key in node.entries if key not in (MARK, NOW)]:
        raise BadMark(f'"{others[0]}" stands beside "{MARK}", beside which only "{NOW}" stands')
    said = node.entries[MARK].node
    now = node.entries[NOW].node if NOW in node.entries else None
    if isinstance(said, Sequence):
        if len(said.items) < 2:
            raise BadMark("expected two choices or more")
        chosen = None if now is None else _choice(said.items, now)
        return Parameter(at, node.place, name, "choice", 0.0, float(len(said.items) - 1), said.items, now=chosen)
    found = _RANGE.fullmatch(said.written) if isinstance(said, Scalar) else None
    if found is None:
        raise BadMark('expected a range such as "15s..180s", or a list of choices')
    for unit in _UNITS:
        try:
            low, high = unit.parse(found[1]), unit.parse(found[2])
        except (UnitError, ValueError):
            continue
        if not low < high:
            raise BadMark(f"the range from {found[1]} to {found[2]} holds nothing: the smaller value comes first")
        today = None if now is None else _today(unit, now)
        return Parameter(at, node.place, name, unit.kind, low, high, now=today)
    raise BadMark(f'expected two durations, two shares or two whole numbers, got "{found.string}"')


def _today(unit: _Unit, node: Node) -> float:
    """It need not lie within the range."""
    try:
        if isinstance(node, Scalar):
            return unit.parse(node.written)
    except (UnitError, ValueError):
        pass
    raise BadMark(f'"{NOW}" is no {unit.kind}')


def _choice(choices: tuple[Node, ...], node: Node) -> float:
    for index, choice in enumerate(choices):
        if isinstance(node, Scalar) and isinstance(choice, Scalar) and node.written == choice.written:
            return float(index)
    raise BadMark(f'"{NOW}" is none of the choices')
