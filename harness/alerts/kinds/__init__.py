"""The kinds of rules, one file each, found by looking into this folder."""

from __future__ import annotations

from brownout.fakes.discovery import discover

from ..rule import Rule

__all__ = ["KINDS"]


def _kind(rule: type[Rule]) -> str | None:
    kind = rule.model_fields["kind"].default if "kind" in rule.model_fields else None
    return kind if isinstance(kind, str) else None


KINDS: dict[str, type[Rule]] = discover(__name__, __path__, Rule, _kind)
