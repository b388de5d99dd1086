"""Small questions about a stack that more than one check asks."""

from __future__ import annotations

from collections.abc import Sequence

from ..policies.causes import Cause
from ..policies.layer import Layer
from ..policies.layers.fallback import Fallback
from ..policies.layers.retry import Retry
from ..policies.totals import TotalLimit
from .subject import Subject


def without_limits(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """The same stack, and all the time that it wants."""
    return tuple(
        layer.model_copy(update={"within": None}) if isinstance(layer, Retry) else layer
        for layer in layers
        if not isinstance(layer, TotalLimit)
    )


def is_tried_again(subject: Subject, *causes: Cause) -> bool:
    """Whether a layer of one's own asks again, or somebody else, for one of these."""
    retries = (layer.on for _, layer in subject.each(Retry) if layer.retries)
    return any(cause in on for on in (*retries, *(f.on for _, f in subject.each(Fallback))) for cause in causes)


def retries_of_ones_own(subject: Subject) -> list[tuple[int, Retry]]:
    """Those that try at all."""
    return [(i, layer) for i, layer in subject.each(Retry) if layer.retries]
