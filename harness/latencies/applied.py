"""A scenario whose service is as fast as a log says."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from statistics import NormalDist
from typing import Any

from brownout.fakes.faults import FAULTS
from brownout.fakes.latency import Latency
from brownout.fakes.units import format_share

from ..scenario import Scenario
from ..sources import Source
from .model import Model


def as_logged(scenarios: Iterable[Source[Scenario]], found: Model) -> list[Source[Scenario]]:
    """All of them so, which no name stands for any more. Raises `ValueError` where the log does not say enough."""
    return [replace(each, value=applied(each.value, found), named="") for each in scenarios]


def applied(scenario: Scenario, found: Model) -> Scenario:
    """The scenario with the service's latency as the log has it, and what hangs there hanging here, too. Raises
    `ValueError` where the log does not say enough."""
    changes: dict[str, Any] = {"server": scenario.server.model_copy(update={"latency": latency(found)})}
    if found.hanging.low:
        hang = FAULTS["no_answer"].model_validate({"kind": "no_answer", "share": format_share(round(found.hangs, 4))})
        phases = (phase.model_copy(update={"faults": (*phase.faults, hang)}) for phase in scenario.timeline)
        changes["timeline"] = tuple(phases)
    return scenario.model_copy(update=changes)


def latency(found: Model) -> Latency:
    """As a scenario's server has it. Raises `ValueError` where the log does not tell the first token from the rest."""
    if found.first_token is not None and found.token_gap is not None:
        parts = {
            name: _spread(part.median.mean, part.sigma.mean)
            for name, part in (("first_token", found.first_token), ("token_gap", found.token_gap))
        }
    elif found.by_length is not None and not found.unfitted:
        parts = _of_lengths(found)
    else:
        raise ValueError(found.unfitted)
    return Latency.model_validate({"round_trip": "0ms", **parts})


def _of_lengths(found: Model) -> dict[str, dict[str, str]]:
    """One draw slows all of a call in the fit, the first token and the gaps by one each in a scenario: each has to
    spread more there, for their sum to spread as much in an answer of the log's middle length."""
    assert found.by_length is not None
    assert found.output_tokens is not None
    first, gap = found.by_length.first.mean, found.by_length.gap.mean
    gaps = found.output_tokens.median * gap
    sigma = found.by_length.sigma.mean * (first + gaps) / math.hypot(first, gaps)
    return {"first_token": _spread(first, sigma), "token_gap": _spread(gap, sigma)}


def _spread(median: float, sigma: float) -> dict[str, str]:
    p95 = median * math.exp(sigma * NormalDist().inv_cdf(0.95))
    micro = max(round(1e6 * median), 1)
    return {"median": f"{micro}us", "p95": f"{max(round(1e6 * p95), micro)}us"}
