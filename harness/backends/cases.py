"""What is played on all backends: one scenario that leaves nothing to chance, and two of chance."""

from __future__ import annotations

from dataclasses import dataclass

from ..client import Client
from ..files import loads
from ..scenario import Scenario

CLIENT = """
name: layered
timeouts: {connect: 900ms, read: 6s, write: 6s, pool: 6s}
layers:
  - deadline: {total: 15s}
  - retry:
      retries: 3
      backoff: {base: 500ms, jitter: full}
      on: [timeout, connection, rate_limit, overloaded, stream_before_text]
  - content_gap: {limit: 2500ms}
  - sdk: {max_retries: 0}
"""


@dataclass(frozen=True, slots=True)
class Case:
    """`seeds`: how many; one where nothing is left to chance, and calls are compared one by one."""

    about: str
    text: str
    seeds: int

    @property
    def is_scripted(self) -> bool:
        return self.seeds == 1

    def scenario(self) -> Scenario:
        found: Scenario = loads(self.text, Scenario)
        return found

    def client(self) -> Client:
        found: Client = loads(CLIENT, Client)
        return found


CASES = {
    "scripted": Case(
        "eight faults, each of certain calls and attempts",
        """
name: scripted
workload:
  clients: 6
  limit: 4
  arrivals: {kind: steady, rate: 3/s}
  calls: {deadline: 30s, stream: 50%, input_tokens: 50, output_tokens: 20}
server:
  latency: {round_trip: 20ms, first_token: 500ms, token_gap: 20ms}
  capacity: {slots: 8}
timeline:
  - for: 10s
    faults:
      - {kind: stall, at: {tokens: 5}, where: {calls: [1], stream: true}}
      - {kind: reset, where: {calls: [1], stream: false, attempts: [0]}}
      - {kind: truncate, at: {fraction: 50%}, where: {calls: [2], stream: true}}
      - {kind: no_answer, where: {calls: [2], stream: false, attempts: [0]}}
      - {kind: stream_error, at: {tokens: 9}, where: {calls: [3], stream: true, clients: [0, 1, 2]}}
      - {kind: overload, where: {calls: [3], stream: true, attempts: [0]}}
      - {kind: rate_limit, retry_after: 1s, where: {calls: [3], stream: false, attempts: [0, 1]}}
      - {kind: noop, where: {calls: [0]}}
""",
        1,
    ),
    "calm": Case(
        "lognormal answers, nothing wrong",
        """
name: calm
workload:
  clients: 20
  arrivals: {kind: poisson, rate: 8/s}
  calls: {deadline: 10s, stream: 50%, input_tokens: {median: 200, p95: 900}, output_tokens: {median: 40, p95: 120}}
server:
  latency: {round_trip: 40ms, first_token: {median: 1s, p95: 2500ms}, token_gap: 16ms}
timeline: [{for: 12s}]
""",
        4,
    ),
    "overload": Case(
        "529s and 429s at random, lost answers, a full house with a queue",
        """
name: overload
workload:
  clients: 20
  arrivals: {kind: poisson, rate: 8/s}
  calls: {deadline: 15s, stream: 50%, input_tokens: {median: 200, p95: 900}, output_tokens: {median: 40, p95: 120}}
server:
  latency: {round_trip: 40ms, first_token: {median: 1s, p95: 2500ms}, token_gap: 16ms}
  capacity: {slots: 20, queue: 30}
timeline:
  - {for: 3s}
  - for: 6s
    faults:
      - {kind: overload, share: 40%}
      - {kind: rate_limit, share: 10%, retry_after: 1s}
      - {kind: no_answer, share: 3%}
      - {kind: stall, at: {tokens: 5}, share: 5%}
  - {for: 4s}
""",
        4,
    ),
}
