"""What a log says of a service: its latency as a scenario has it, a share that hangs, and how long to wait for what."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

from brownout.fakes.faults import FAULTS
from brownout.fakes.latency import Latency
from brownout.fakes.units import format_share

from ..scenario import Scenario
from .fit import Fit, fit
from .log import Log, Logged
from .survival import Seen, TooFewData, survival

QUANTILES = (0.5, 0.95, 0.99)


@dataclass(frozen=True)
class Model:
    """`first_token` and `token_gap` are fitted where the log has tokens and first tokens; `whole` always."""

    calls: int
    given_up: int
    left_out: int
    whole: Fit
    first_token: Fit | None
    token_gap: Fit | None
    quantiles: dict[str, str]
    """`p99` -> seconds with their interval, or why there are none."""

    @property
    def hangs(self) -> float:
        """The share of calls that never end."""
        return self.whole.hangs.mean

    def latency(self) -> Latency | None:
        """As a scenario's server has it; None where the log does not tell the first token from the rest."""
        if self.first_token is None or self.token_gap is None:
            return None
        parts = {"first_token": self.first_token, "token_gap": self.token_gap}
        return Latency.model_validate({"round_trip": "0ms", **{name: _spread(part) for name, part in parts.items()}})

    def read_timeout(self, max_tokens: int, q: float = 0.99) -> float | None:
        """Seconds that the share `q` of answers of that length does not exceed, without streaming."""
        if self.first_token is None or self.token_gap is None:
            return None
        z = NormalDist().inv_cdf(q)
        # Of a sum of two that do not depend on each other, no more than the sum of their quantiles.
        first, gap = (part.median.mean * math.exp(part.sigma.mean * z) for part in (self.first_token, self.token_gap))
        return first + max_tokens * gap


def model(log: Log) -> Model:
    """Raises `ValueError` for fewer calls than a distribution needs."""
    seen = [call.latency for call in log.calls]
    streamed = [call for call in log.calls if _has_tokens(call)]
    firsts = [Seen(call.first_token) for call in streamed if call.first_token]
    gaps = [Seen((call.latency.seconds - (call.first_token or 0.0)) / (call.output_tokens or 1)) for call in streamed]
    is_enough = len(streamed) >= 20
    return Model(
        len(seen),
        sum(not call.is_whole for call in seen),
        log.left_out,
        fit(seen),
        fit(firsts) if is_enough else None,
        fit(gaps) if is_enough else None,
        {f"p{q * 100:g}": _quantile(seen, q) for q in QUANTILES},
    )


def applied(scenario: Scenario, found: Model) -> Scenario:
    """The scenario with the service's latency as the log has it, and what hangs there hanging here, too. Raises
    `ValueError` where the log does not say enough."""
    latency = found.latency()
    if latency is None:
        raise ValueError("the log has no ttft_s and output_tokens for 20 calls that ended")
    changes: dict[str, Any] = {"server": scenario.server.model_copy(update={"latency": latency})}
    if found.whole.hangs.low:
        hang = FAULTS["no_answer"].model_validate({"kind": "no_answer", "share": format_share(round(found.hangs, 4))})
        phases = (phase.model_copy(update={"faults": (*phase.faults, hang)}) for phase in scenario.timeline)
        changes["timeline"] = tuple(phases)
    return scenario.model_copy(update=changes)


def _has_tokens(call: Logged) -> bool:
    if not call.latency.is_whole or not call.first_token or not call.output_tokens:
        return False
    return call.latency.seconds > call.first_token > 0.0


def _quantile(seen: Sequence[Seen], q: float) -> str:
    try:
        value, low, high = survival(seen).quantile(q)
    except TooFewData as error:
        return str(error)
    if not math.isfinite(value):
        return "beyond what was waited for" + (f", at least {low:.1f} s" if math.isfinite(low) else "")
    return f"{_seconds(value)} ({_seconds(low)} to {_seconds(high)})"


def _seconds(value: float) -> str:
    return f"{value:.1f} s" if math.isfinite(value) else "beyond what was waited for"


def _spread(part: Fit) -> dict[str, str]:
    median = part.median.mean
    p95 = median * math.exp(part.sigma.mean * NormalDist().inv_cdf(0.95))
    return {"median": f"{1e6 * median:.0f}us", "p95": f"{1e6 * max(p95, 1.001 * median):.0f}us"}
