"""A second request after a while, where answers are exponential: which is the quicker."""

from __future__ import annotations

from math import exp, log

from ..model import PATIENT, Figure, Model, queue
from ..seen import Seen

SERVICE, AFTER = 1.0, 0.7
HEDGED = exp(-AFTER / SERVICE)

MODEL = Model(
    name="hedge, exponential",
    says="The minimum of X and d + Y. From d on the two together are twice as quick, as neither knows how long it "
    "has been under way: the mean is that up to d, m (1 - h), and m / 2 for the share h = e^(-d/m) that is "
    "hedged.",
    scenario=queue("hedge-exponential", "10/s", f"{{mean: {SERVICE}s}}", "[{for: 150s}]"),
    client=f"name: hedged\n{PATIENT}\nlayers: [hedge: {{after: {AFTER}s}}, sdk: {{max_retries: 0}}]\n",
    figures=(
        Figure("mean", "s", SERVICE * (1.0 - HEDGED) + HEDGED * SERVICE / 2.0, Seen.mean_time),
        Figure("p95", "s", (SERVICE * log(20.0) + AFTER) / 2.0, Seen.p95),
        Figure("requests per call", "x", 1.0 + HEDGED, Seen.requests),
    ),
)
