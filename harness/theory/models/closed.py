"""Clients that wait for the answer before they ask again: a finite source."""

from __future__ import annotations

from ..model import Figure, Model
from ..numeric import stationary
from ..seen import Seen

CLIENTS, THINK, SERVICE, SLOTS = 10, 4.0, 1.0, 2

STATES = stationary(lambda n: (CLIENTS - n) / THINK, lambda n: min(n, SLOTS) / SERVICE)
THROUGHPUT = sum(min(n, SLOTS) * share for n, share in enumerate(STATES)) / SERVICE

MODEL = Model(
    name="M/M/c//N",
    says="N clients think, ask, wait and think again, all exponential: a birth-death chain, and the mean time by "
    "Little's law, N / X - Z (Kleinrock, 1975, 3.8; Little, 1961).",
    scenario=f"""
name: closed
workload:
  clients: {CLIENTS}
  arrivals: {{kind: closed, think: {{mean: {THINK}s}}}}
  calls: {{deadline: 1000s, input_tokens: 1, output_tokens: 1}}
server:
  latency: {{round_trip: 0s, token_gap: 0s, first_token: {{mean: {SERVICE}s}}}}
  capacity: {{slots: {SLOTS}}}
timeline: [{{for: 2200s}}]
""",
    warm_up=50.0,
    figures=(
        Figure("calls a second", "x", THROUGHPUT, Seen.calls_a_second),
        Figure("mean wait and answer", "s", CLIENTS / THROUGHPUT - THINK, Seen.mean_time),
    ),
)
