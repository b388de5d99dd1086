"""A minute and a half in which everything goes wrong that a layer may heed."""

from __future__ import annotations

import re

from brownout.harness.files import loads
from brownout.harness.scenario import Scenario

_TROUBLE = """
name: trouble
workload:
  clients: 2
  arrivals: {kind: poisson, rate: 1/s}
  calls: {deadline: 60s, stream: 60%, input_tokens: 100, output_tokens: {median: 60, p95: 200}}
server:
  latency: {round_trip: 20ms, first_token: 700ms, token_gap: 20ms}
  capacity: {slots: 8, queue: 20}
timeline:
  - {for: 10s}
  - for: 70s
    hits: [in_flight]
    faults:
      - {kind: rate_limit, share: 12%, retry_after: 3s}
      - {kind: rate_limit, share: 6%, retry_after: 9s}
      - {kind: overload, share: 14%}
      - {kind: error, status: 500, share: 4%}
      - {kind: error, status: 408, share: 4%}
      - {kind: error, status: 409, share: 4%}
      - {kind: error, status: 400, share: 3%}
      - {kind: no_answer, share: 5%}
      - {kind: reset, share: 5%}
      - {kind: slow_first_token, by: 9s, share: 5%}
      - {kind: stall, at: {tokens: 5}, for: 30s, share: 5%}
      - {kind: stall, at: {tokens: 0}, pings: 5s, share: 4%}
      - {kind: truncate, at: {fraction: 50%}, share: 5%}
      - {kind: stream_error, at: {tokens: 9}, share: 5%}
      - {kind: stream_error, at: {tokens: 0}, share: 4%}
      - {kind: reset, at: {tokens: 7}, share: 4%}
      - {kind: html_page, share: 3%}
  - {for: 4s, hits: [in_flight, idle], faults: [{kind: refuse}]}
  - {for: 4s, hits: [in_flight, idle], faults: [{kind: blackhole}]}
  - {for: 20s}
"""

TROUBLE = loads(_TROUBLE, Scenario)
SHARED = loads(re.sub("share: [0-9]+%", r"\g<0>, per: {window: 700ms}", _TROUBLE), Scenario)
"""The same for all who ask at one time: who hedges numbers requests by branches, and would else meet other faults."""
