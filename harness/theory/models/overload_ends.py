"""Retries of timeouts at a load that the service could bear even if all were tried as often as can be: it recovers."""

from __future__ import annotations

from ..metastable import BOUND, client, scenario
from ..model import Figure, Model
from ..seen import Seen

RATE = 0.97 * BOUND

MODEL = Model(
    name="retries below the vulnerable range",
    says="Once every call times out each sends N requests, and the backlog shrinks if lambda N < mu, a fluid bound "
    "(Bronson et al., 2021, Metastable Failures in Distributed Systems; Huang et al., 2022): at 97% of mu / N "
    "it is gone in the end, and each call is answered at once.",
    scenario=scenario("overload-ends", RATE),
    client=client(),
    warm_up=700.0,
    runs=3,
    figures=(Figure("share answered in the end", "%", 1.0, Seen.answered),),
)
