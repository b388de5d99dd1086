"""What the doctor looks for, one file each, found by looking into this folder."""

from __future__ import annotations

from brownout.fakes.discovery import discover

from ..check import Check

__all__ = ["CHECKS"]

CHECKS: dict[str, type[Check]] = discover(__name__, __path__, Check, lambda check: check.id)
