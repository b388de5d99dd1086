"""What a file is, by the keys that only one sort of file has: so that one given in place of another is told as that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from .client import Client
from .files import Document, FileError, Problem, tree
from .fleet import Fleet
from .inherit import EXTENDS
from .scenario import Scenario

Sort = Literal["scenario", "client", "fleet"]


def _only_there(keys: Mapping[Sort, set[str]]) -> dict[Sort, set[str]]:
    others = {sort: set().union(*(keys[other] for other in keys if other != sort)) for sort in keys}
    return {sort: keys[sort] - others[sort] for sort in keys}


_KEYS = _only_there(
    {
        "scenario": set(Scenario.model_fields),
        "client": {*Client.model_fields, EXTENDS},
        "fleet": set(Fleet.model_fields),
    }
)


def sort_of(document: Document) -> Sort | None:
    """None where its keys do not tell, or contradict each other."""
    written = set(document.root.entries) if isinstance(document.root, tree.Mapping) else set()
    told = [sort for sort, keys in _KEYS.items() if written & keys]
    return told[0] if len(told) == 1 else None


def check_sort(document: Document, *wanted: Sort) -> None:
    """Raises `FileError`, one line, for a file of another sort: what a scenario lacks of a client helps nobody."""
    sort = sort_of(document)
    if sort is not None and sort not in wanted:
        message = f"looks like a {sort} file, not a {wanted[0]} file"
        raise FileError(document.name, (Problem(document.name, None, None, message),))
