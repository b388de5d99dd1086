"""An answer that needs no plan: it is made at once, whole, and none of the brain's business."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..plan import Error


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as its path's handler sees it: a checked key, a parsed body. `now` in seconds of the scenario."""

    method: str
    path: str
    """Without the prefix that names a client, and without the query."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in small letters."""
    body: Mapping[str, Any]
    """Of JSON; empty where there was none."""
    now: float


@dataclass(frozen=True, slots=True)
class Plain:
    """Status 200 unless it is said otherwise. `body` is JSON as Python has it, or bytes as they are."""

    body: Any
    status: int = 200
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


class Rejected(Exception):
    """A request that the service answers with an error before it thinks about it."""

    def __init__(self, status: int, error: Error, headers: Mapping[str, str] | None = None) -> None:
        """`headers`: beside those that any error has."""
        super().__init__(status, error)
        self.status, self.error, self.headers = status, error, headers or {}
