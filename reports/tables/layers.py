"""Whether each layer of a client earns its place."""

from __future__ import annotations

from collections.abc import Sequence

from brownout.harness.results import Layer

from ..table import Table


def layers(found: Sequence[Layer]) -> Table:
    """Whether each layer earns its place."""
    scenarios = list(dict.fromkeys(each.scenario for each in found))
    by_layer: dict[str, dict[str, Layer]] = {}
    for each in found:
        by_layer.setdefault(each.left_out, {})[each.scenario] = each
    return Table(
        f"What each layer of {found[0].client} is worth",
        "Points of goodput gained by having it, against the same client without it, paired by seed; a star where the "
        "95% interval excludes 0. Last, the requests per call it adds.",
        ("layer", *(name or "all scenarios" for name in scenarios), "requests per call"),
        tuple(
            (name, *(_gain(by[scenario]) for scenario in scenarios), f"{by[''].amplification.value:+.2f}")
            for name, by in by_layer.items()
        ),
        frozenset(name for name, by in by_layer.items() if (by[""].goodput.low or 0.0) > 0.0),
    )


def _gain(layer: Layer) -> str:
    found = layer.goodput
    is_sure = found.low is not None and found.high is not None and (found.low > 0.0 or found.high < 0.0)
    text = f"{found.value * 100:+.1f}"
    return ("0.0" if text in ("+0.0", "-0.0") else text) + ("*" if is_sure else "")
