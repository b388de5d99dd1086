"""Budgets of retries, one file each, found by looking into this folder: what a client's calls may retry together."""

from __future__ import annotations

from brownout.fakes.discovery import discover

from .base import Budget, Purse

__all__ = ["BUDGETS", "Budget", "Purse"]

BUDGETS: dict[str, type[Budget]] = discover(__name__, __path__, Budget, lambda budget: getattr(budget, "name", None))
