"""Every way the service, or the network before it, can fail: one file a fault, found by looking into this folder."""

from __future__ import annotations

from ..discovery import discover
from .base import Fault, Where, Window

__all__ = ["FAULTS", "Fault", "Where", "Window"]


def _kind(fault: type[Fault]) -> str | None:
    kind = fault.model_fields["kind"].default
    return kind if isinstance(kind, str) else None


FAULTS: dict[str, type[Fault]] = discover(__name__, __path__, Fault, _kind)
