"""How a client paces itself, one file each, found by looking into this folder."""

from __future__ import annotations

from brownout.fakes.discovery import discover

from .base import Limiter, Pace

__all__ = ["LIMITERS", "Limiter", "Pace"]

LIMITERS: dict[str, type[Limiter]] = discover(
    __name__, __path__, Limiter, lambda limiter: getattr(limiter, "name", None)
)
