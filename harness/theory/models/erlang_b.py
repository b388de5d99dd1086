"""Several slots and no queue: Erlang's loss."""

from __future__ import annotations

from math import exp, log

from ..erlang import loss
from ..model import Figure, Model, queue
from ..seen import Seen

RATE, MEDIAN, P95, SLOTS = 9.0, 1.0, 3.0, 10
Z95 = 1.6448536269514722
SERVICE = MEDIAN * exp((log(P95 / MEDIAN) / Z95) ** 2 / 2.0)
"""The mean of a lognormal."""

MODEL = Model(
    name="Erlang B",
    says="Slots without a queue: the share that is refused, whatever the distribution of answers, here lognormal "
    "ones (Erlang, 1917; Sevastyanov, 1957, for any distribution).",
    scenario=queue(
        "erlang-b",
        f"{RATE}/s",
        f"{{median: {MEDIAN}s, p95: {P95}s}}",
        "[{for: 850s}]",
        f"capacity: {{slots: {SLOTS}, queue: 0}}",
    ),
    warm_up=50.0,
    figures=(Figure("share refused", "%", loss(RATE * SERVICE, SLOTS), Seen.failed),),
)
