"""One slot, a queue, answers that all take the same time: M/D/1."""

from __future__ import annotations

from ..model import Figure, Model
from ..seen import Seen

RATE, SERVICE = 0.6, 1.0
BUSY = RATE * SERVICE

MODEL = Model(
    name="M/D/1",
    says="One slot, an endless queue, and no chance but in arrivals: waits are half as long as with exponential "
    "answers (Pollaczek, 1930; Khinchine, 1932).",
    scenario=f"""
name: md1
workload:
  clients: 50
  arrivals: {{kind: poisson, rate: {RATE}/s}}
  calls: {{deadline: 1000s, input_tokens: 1, output_tokens: 1}}
server:
  latency: {{round_trip: 0s, token_gap: 0s, first_token: {SERVICE}s}}
  capacity: {{slots: 1}}
timeline: [{{for: 8500s}}]
""",
    warm_up=200.0,
    figures=(
        Figure("share that waits", "%", BUSY, Seen.waited),
        Figure("mean wait and answer", "s", SERVICE + SERVICE * BUSY / (2.0 * (1.0 - BUSY)), Seen.mean_time),
    ),
)
