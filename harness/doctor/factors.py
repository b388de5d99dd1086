"""What multiplies the requests of a call: how many it may become."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from ..policies.layer import Layer
from ..policies.layers.fallback import Fallback
from ..policies.layers.hedge import Hedge
from ..policies.layers.retry import Retry
from ..policies.layers.sdk import Sdk


class Factor(NamedTuple):
    """What multiplies the requests of a call."""

    layer: int
    times: int
    words: str


def factors(layers: Sequence[Layer]) -> list[Factor]:
    """Those above 1, outermost first: their product is the most requests that one call can become."""
    found = []
    for i, layer in enumerate(layers):
        match layer:
            case Retry(retries=n) if n:
                found.append(Factor(i, n + 1, f"{n + 1} tries"))
            case Hedge(hedges=n):
                found.append(Factor(i, n + 1, f"{n + 1} hedged requests"))
            case Fallback(to=targets):
                found.append(Factor(i, len(targets) + 1, f"{len(targets) + 1} targets"))
            case Sdk(max_retries=n) if n:
                found.append(Factor(i, n + 1, f"{n + 1} requests of the SDK's own"))
    return found


def product(found: Sequence[Factor]) -> int:
    """1 for nothing."""
    return math.prod(factor.times for factor in found)
