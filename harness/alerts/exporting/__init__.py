"""Alert rules for those who have a Prometheus: rule files for it, tests of them for promtool, a dashboard for Grafana.

All made of the same rule files; nothing in them is written by hand.
"""

from __future__ import annotations

from .dashboard import dashboard
from .proofs import RULES, proofs
from .rules import rules

__all__ = ["RULES", "dashboard", "proofs", "rules"]
