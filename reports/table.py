"""A table whose cells are text, ready to be shown in any format."""

from __future__ import annotations

from dataclasses import dataclass


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
