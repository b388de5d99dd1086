"""One budget of time for a chain of calls: how much each step may take, and where the time went."""

from __future__ import annotations

from brownout.harness.policies.chains import Allocation, ChainBudget, Equal, Half, Proportional, Spent

__all__ = ["Allocation", "ChainBudget", "Equal", "Half", "Proportional", "Spent"]
