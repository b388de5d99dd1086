"""A budget of retries that is wanted by more than it holds: no more is added to the load than is put in."""

from __future__ import annotations

from ..model import PATIENT, Figure, Model
from ..seen import Seen

FAILS, DEPOSIT = 0.8, 0.2

MODEL = Model(
    name="retry budget",
    says="Each call puts `deposit` in, each retry takes one out: where more are wanted, retries are `deposit` for "
    "each call, and requests no more than 1 + deposit, by the balance of what goes in and out. Without it there"
    " would be 2.95 for each call.",
    scenario=f"""
name: retry-budget
workload:
  clients: 5
  arrivals: {{kind: poisson, rate: 10/s}}
  calls: {{deadline: 1000s, input_tokens: 1, output_tokens: 1}}
server: {{latency: {{round_trip: 0s, token_gap: 0s, first_token: 0s}}}}
timeline: [{{for: 220s, faults: [{{kind: overload, share: {FAILS:.0%}}}]}}]
""",
    client=f"""
name: budgeted
{PATIENT}
layers:
  - retry:
      retries: 3
      backoff: {{growth: constant, base: 1ms, jitter: none}}
      budget: {{kind: bucket, deposit: {DEPOSIT}, capacity: 10}}
  - sdk: {{max_retries: 0}}
""",
    warm_up=20.0,
    figures=(
        Figure("requests per call", "x", 1.0 + DEPOSIT, Seen.requests),
        Figure("retries per call", "x", DEPOSIT, Seen.retries),
    ),
)
