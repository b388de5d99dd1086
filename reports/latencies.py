"""What a log of latencies says, as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from brownout.harness.latencies.fit import Fit
from brownout.harness.latencies.model import Model


def latencies_text(found: Model, max_tokens: Iterable[int] = ()) -> str:
    """Quantiles as they were seen, then what was fitted, then how long answers of some lengths take."""
    return "\n".join(_lines(found, max_tokens)) + "\n"


def _lines(found: Model, max_tokens: Iterable[int]) -> Iterator[str]:
    yield f"{found.calls} calls, {found.given_up} of them given up; {found.left_out} that failed are left out."
    for name, value in found.quantiles.items():
        yield f"  {name:<12} {value}"
    yield _fitted("latency", found.whole)
    for name, part in (("first token", found.first_token), ("token gap", found.token_gap)):
        if part is not None:
            yield _fitted(name, part)
    hangs = found.whole.hangs
    if hangs.low:
        yield f"  {'hangs':<12} {hangs.mean:.1%} ({hangs.low:.1%} to {hangs.high or 0.0:.1%})"
    for tokens in dict.fromkeys(max_tokens):
        if (seconds := found.read_timeout(tokens)) is not None:
            yield f"  Without streaming 99% of answers of {tokens:,} tokens take at most {seconds:.0f} s."


def _fitted(name: str, part: Fit) -> str:
    scale, unit = (1000.0, "ms") if part.median.mean < 1.0 else (1.0, "s")
    low, high = ((bound or 0.0) * scale for bound in (part.median.low, part.median.high))
    fits = "fits well" if part.distance < 0.05 else "fits badly" if part.distance > 0.15 else "fits"
    median = f"{part.median.mean * scale:.3g} {unit} ({low:.3g} to {high:.3g})"
    return f"  {name:<12} lognormal, median {median}, sigma {part.sigma.mean:.2f}; {fits}, {part.distance:.3f} off"
