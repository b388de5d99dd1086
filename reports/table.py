"""A table whose cells are text, ready to be shown in any format, and the chart of it if it has one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Sparks:
    """Shares of one through time, for lines of text."""

    title: str
    series: Mapping[str, Sequence[float | None]]
    """Client -> one share a bin, None where there is nothing to show."""
    is_wrong: Sequence[bool]
    """Of each bin."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of a table's figures. The table says the same in words, for whoever cannot see it."""

    name: str
    """Of a file: small letters, digits, hyphens."""
    says: str
    """What there is to see, in a sentence."""
    spec: Mapping[str, Any]
    """Vega-Lite."""
    hover: Mapping[str, Any] = field(default_factory=dict)
    """What a script shows under the pointer: `x`, one figure a place, and `panels` of series by their names."""
    sparks: Sparks | None = None
    is_by_client: bool = True
    """Whether its colours are those of the clients."""


@dataclass(frozen=True, slots=True)
class Table:
    """`best` names the rows to stress; the first column is a row's name. A detail is left out where space is short,
    and folded away where that can be done."""

    title: str
    about: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    best: frozenset[str] = frozenset()
    is_detail: bool = False
    chart: Chart | None = None
    shades: tuple[tuple[float | None, ...], ...] = ()
    """Of each row the shares by which its cells are tinted, the name's left out; none where nothing is."""
