"""What snippets have to know besides the fields of their layers: of the other layers, and what follows from a field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..policies.budgets import Budget
from ..policies.carried import CarriedLimit
from ..policies.causes import CAUSES
from ..policies.layer import Layer
from ..policies.layers.breaker import Breaker
from ..policies.layers.fallback import Fallback
from ..policies.totals import TotalLimit
from ..policies.windows import steps_of

LIMITS = ("first_byte", "first_token", "content_gap")
"""Layers that the innermost one keeps, wherever they stand."""
PARTS = {"timeout": ("connect_timeout", "read_timeout")}
"""Causes that are part of another: where any layer tells them apart, who lists the whole lists the parts."""


def limits(layers: Sequence[Layer]) -> dict[str, float | None]:
    """Of two of a kind the shorter counts."""
    found: dict[str, float | None] = dict.fromkeys(LIMITS)
    for layer in layers:
        if isinstance(layer, CarriedLimit):
            before = found[layer.name]
            found[layer.name] = layer.limit if before is None else min(before, layer.limit)
    return found


def of_others(around: Sequence[Layer]) -> dict[str, Any]:
    """Which causes any layer lists, and whether a limit lies outside of a breaker."""
    breakers = [i for i, layer in enumerate(around) if isinstance(layer, Breaker)]
    limited = any(isinstance(layer, TotalLimit) for i in breakers for layer in around[:i])
    named = {cause for layer in around for cause in _listed(layer)}
    return {"layers.limited": limited} | {f"cause.{cause}": cause in named for cause in CAUSES}


def of_layer(layer: Layer, around: Sequence[Layer]) -> dict[str, Any]:
    """Its causes as the program names them, the steps of its window, whom it falls back to."""
    found: dict[str, Any] = {}
    if listed := _listed(layer):
        named = {cause for each in around for cause in _listed(each)}
        more = [part for whole, parts in PARTS.items() if whole in listed for part in parts if part in named]
        key = "on" if getattr(layer, "on", None) else "counts"
        found[key] = tuple(dict.fromkeys([*listed, *more]))
    if isinstance(layer, Breaker) and layer.window is not None and layer.window.time is not None:
        found["window.step"] = layer.window.time / steps_of(layer.window.time)
    if isinstance(layer, Fallback):
        found["to.endpoints"] = any(each.endpoint for each in layer.to)
        found["to"] = tuple(each.model_dump(exclude_defaults=True) for each in layer.to)
    return found


def of_budget(budget: Budget) -> dict[str, Any]:
    """The steps in which its window moves: what is counted in one is forgotten with it."""
    window = getattr(budget, "window", None)
    return {"step": window / steps_of(window)} if window else {}


def unclear(layers: Sequence[Layer]) -> str:
    """Causes that one name each cannot tell apart; an empty text if there are none."""
    if not any("in_stream_error" in _listed(each) for each in layers):
        return ""
    for layer in layers:
        halves = {"stream_before_text", "stream_after_text"} & {*_listed(layer)}
        if len(halves) == 1:
            return f'"in_stream_error" where "{layer.name}" lists "{halves.pop()}" alone'
    return ""


def _listed(layer: Layer) -> tuple[str, ...]:
    return getattr(layer, "on", None) or getattr(layer, "counts", None) or ()
