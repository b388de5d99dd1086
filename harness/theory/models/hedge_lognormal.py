"""A second request after a while, where answers are lognormal: which is the quicker."""

from __future__ import annotations

from math import log
from statistics import NormalDist

from ..model import PATIENT, Figure, Model, queue
from ..numeric import integral, quantile
from ..seen import Seen

MEDIAN, P95, AFTER = 1.0, 3.0, 1.5
LOGARITHM = NormalDist(log(MEDIAN), log(P95 / MEDIAN) / NormalDist().inv_cdf(0.95))


def survival(seconds: float) -> float:
    """The share of answers that take longer."""
    return 1.0 - LOGARITHM.cdf(log(seconds)) if seconds > 0.0 else 1.0


def takes_longer(seconds: float) -> float:
    """The share of calls of which both answers do."""
    return survival(seconds) * survival(seconds - AFTER)


MODEL = Model(
    name="hedge, lognormal",
    says="The minimum of X and d + Y takes longer than t with the probability S(t) S(t - d): its mean is the "
    "integral of that, computed by Simpson's rule, and p95 where it is 5%.",
    scenario=queue("hedge-lognormal", "10/s", f"{{median: {MEDIAN}s, p95: {P95}s}}", "[{for: 150s}]"),
    client=f"name: hedged\n{PATIENT}\nlayers: [hedge: {{after: {AFTER}s}}, sdk: {{max_retries: 0}}]\n",
    figures=(
        Figure("mean", "s", integral(takes_longer, 0.0, 100.0), Seen.mean_time),
        Figure("p95", "s", quantile(takes_longer, 0.95, 100.0), Seen.p95),
        Figure("requests per call", "x", 1.0 + survival(AFTER), Seen.requests),
    ),
)
