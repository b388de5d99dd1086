"""An overload that retries may keep up when its cause is gone, for the models on both sides of the bound.

The service goes on with what nobody waits for any more. Calls come evenly: what is tested is a bound on rates, and with
calls at random a load just below it would leave the range, and enter it again, by chance.
"""

from __future__ import annotations

SERVICE, SLOTS, ATTEMPTS = 1.0, 20, 3
BOUND = SLOTS / SERVICE / ATTEMPTS
"""Calls a second from which on an overload stays."""


def scenario(name: str, rate: float) -> str:
    """Three seconds in which answers take four seconds longer, and then nothing wrong for a quarter of an hour."""
    return f"""
name: {name}
workload:
  clients: 20
  arrivals: {{kind: steady, rate: {rate:.4f}/s}}
  calls: {{deadline: 1000s, input_tokens: 1, output_tokens: 1, stream: 100%}}
server:
  latency: {{round_trip: 0s, token_gap: 0s, first_token: {SERVICE}s}}
  capacity: {{slots: {SLOTS}, on_disconnect: finish}}
timeline:
  - {{for: 5s}}
  - {{for: 3s, faults: [{{kind: slow_first_token, by: 4s}}]}}
  - {{for: 892s}}
"""


def client() -> str:
    """One that tries again, at once, what has timed out."""
    return f"""
name: hasty
timeouts: {{connect: 2s, read: 2s, write: 2s, pool: 1000s}}
layers:
  - retry: {{retries: {ATTEMPTS - 1}, backoff: {{growth: constant, base: 1ms, jitter: none}}, on: [timeout]}}
  - sdk: {{max_retries: 0}}
"""
