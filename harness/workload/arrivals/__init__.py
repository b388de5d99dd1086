"""Every way in which calls may come: one file each, found by looking into this folder."""

from __future__ import annotations

from brownout.fakes.discovery import discover

from .base import Arrivals

__all__ = ["ARRIVALS", "Arrivals"]


def _kind(arrivals: type[Arrivals]) -> str | None:
    kind = arrivals.model_fields["kind"].default if "kind" in arrivals.model_fields else None
    return kind if isinstance(kind, str) else None


ARRIVALS: dict[str, type[Arrivals]] = discover(__name__, __path__, Arrivals, _kind)
