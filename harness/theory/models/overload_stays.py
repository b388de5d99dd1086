"""Retries of timeouts at a load that the service could bear, were they not tried again: it does not recover."""

from __future__ import annotations

from ..metastable import ATTEMPTS, BOUND, client, scenario
from ..model import Figure, Model
from ..seen import Seen

RATE = 1.03 * BOUND

MODEL = Model(
    name="retries within it",
    says="The same at 103% of mu / N, a third of what the service can do: the overload feeds itself, no call is "
    "answered any more, and each sends N requests for ever.",
    scenario=scenario("overload-stays", RATE),
    client=client(),
    warm_up=700.0,
    cool_down=100.0,
    runs=3,
    figures=(
        Figure("share answered in the end", "%", 0.0, Seen.answered),
        Figure("requests per call", "x", float(ATTEMPTS), Seen.requests),
    ),
)
