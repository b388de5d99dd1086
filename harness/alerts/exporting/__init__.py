"""Alert rules for those who have a Prometheus: rule files for it, and tests of them for promtool."""

from __future__ import annotations

from .proofs import proofs
from .rules import rules

__all__ = ["proofs", "rules"]
