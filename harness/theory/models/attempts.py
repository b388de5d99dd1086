"""Attempts that fail independently: how many calls fail, and how many requests it takes."""

from __future__ import annotations

from ..model import PATIENT, Figure, Model, queue
from ..seen import Seen

FAILS, ATTEMPTS = 0.7, 3

MODEL = Model(
    name="N attempts",
    says="Each fails with the probability p, whatever became of others: p^N of calls fail, and each call sends (1 - "
    "p^N) / (1 - p) requests, the partial sum of a geometric series.",
    scenario=queue("attempts", "10/s", "0s", f"[{{for: 160s, faults: [{{kind: overload, share: {FAILS:.0%}}}]}}]"),
    client=f"""
name: again
{PATIENT}
layers:
  - retry: {{retries: {ATTEMPTS - 1}, backoff: {{growth: constant, base: 1ms, jitter: none}}}}
  - sdk: {{max_retries: 0}}
""",
    figures=(
        Figure("share of calls that fail", "%", FAILS**ATTEMPTS, Seen.failed),
        Figure("requests per call", "x", (1.0 - FAILS**ATTEMPTS) / (1.0 - FAILS), Seen.requests),
    ),
)
