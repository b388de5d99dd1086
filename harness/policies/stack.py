"""Layers, outermost first, made into one function that runs a call."""

from __future__ import annotations

from collections.abc import Sequence

from .call import Call
from .effects import Run, Steps
from .layer import Layer, Site


def _nothing(call: Call) -> Steps:
    raise RuntimeError("the innermost layer must be `sdk`")
    yield  # pragma: no cover - makes this a generator


def build(layers: Sequence[Layer], site: Site) -> Run:
    """Wrap each layer around those after it. Their state (a breaker's, a budget's) is the client's own."""
    run: Run = _nothing
    for layer in reversed(layers):
        run = layer.wrap(run, site)
    return run
