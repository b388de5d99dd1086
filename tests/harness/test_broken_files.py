"""Broken scenario and client files: every error of a file at once, each at its line and column, in one sentence."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from brownout.fakes.faults import FAULTS
from brownout.harness.client import Client
from brownout.harness.files import FileError, loads
from brownout.harness.scenario import Scenario

from ..cli.command import Here, brownout
from . import tiny

SCENARIOS: dict[str, tuple[str, list[str]]] = {
    "mistyped keys, at every depth": (
        """\
nmae: storm
abuot: Typing errors.
workload:
  client: 50
  arrivals: {kind: poisson, rat: 10/s}
  calls: {dedline: 60s, output_token: {median: 300, p_95: 1200}}
server:
  latency: {profil: sonnet}
  capacity: {slot: 100, on-disconnect: finish}
  limit: {requests: 1000/min}
timelin:
  - {for: 30s}
""",
        [
            '1:1: unknown key "nmae", did you mean "name"?',
            '2:1: unknown key "abuot", did you mean "about"?',
            '4:3: unknown key "client", did you mean "clients"?',
            '5:29: unknown key "rat", did you mean "rate"?',
            '6:11: unknown key "dedline", did you mean "deadline"?',
            '6:25: unknown key "output_token", did you mean "output_tokens"?',
            '8:13: unknown key "profil", did you mean "profile"?',
            '9:14: unknown key "slot", did you mean "slots"?',
            '9:25: unknown key "on-disconnect", did you mean "on_disconnect"?',
            '10:3: unknown key "limit", did you mean "limits"?',
            '11:1: unknown key "timelin", did you mean "timeline"?',
        ],
    ),
    "mistyped keys of faults": (
        """\
name: storm
workload: {arrivals: {kind: closed, thnk: 2s}}
timeline:
  - fro: 30s
    fault: []
  - for: 30s
    hit: [idle]
    faults:
      - {kind: stall, att: {tokens: 3}, ping: 10s}
      - {kind: stall, at: {token: 3}}
      - {kind: rate_limit, retry-after: 5s, share: 90%, per: {windw: 1s}}
      - {kind: reset, where: {client: [1], attempt: [0]}}
      - {knd: reset}
""",
        [
            '2:37: unknown key "thnk", did you mean "think"?',
            '4:5: unknown key "fro", did you mean "for"?',
            '5:5: unknown key "fault", did you mean "faults"?',
            '7:5: unknown key "hit", did you mean "hits"?',
            '9:23: unknown key "att", did you mean "at"?',
            '9:41: unknown key "ping", did you mean "pings"?',
            '10:28: unknown key "token", did you mean "tokens"?',
            '11:28: unknown key "retry-after", did you mean "retry_after"?',
            '11:63: unknown key "windw", did you mean "window"?',
            '12:31: unknown key "client", did you mean "clients"?',
            '12:44: unknown key "attempt", did you mean "attempts"?',
            '13:10: unknown key "knd", did you mean "kind"?',
        ],
    ),
    "kinds that there are not": (
        """\
name: storm
workload: {arrivals: {kind: poison, rate: 1/s}}
timeline:
  - for: 30s
    faults:
      - {kind: stal}
      - {kind: rate-limit}
      - {kind: Overload}
      - {kind: timeout}
      - {kind: 429}
      - stall
      - {share: 3%}
""",
        [
            '2:29: unknown kind of arrivals "poison", did you mean "poisson"?',
            '6:16: unknown fault "stal", did you mean "stall"?',
            '7:16: unknown fault "rate-limit", did you mean "rate_limit"?',
            '8:16: unknown fault "Overload", did you mean "overload"?',
            f'9:16: unknown fault "timeout"; known: {", ".join(map(json.dumps, sorted(FAULTS)))}',
            "10:16: expected the name of one fault, got 429",
            '11:9: expected one fault, got "stall"; write {kind: stall}',
            '12:9: missing key "kind"',
        ],
    ),
    "bare numbers": (
        """\
name: storm
workload:
  arrivals: {kind: steady, rate: 20}
  calls: {deadline: 90, stream: 0.5, input_tokens: 1.5}
server:
  latency: {round_trip: 40, first_token: {median: 1, p95: 3}, upload_per_second: 4000000}
  limits: {requests: 1000, burst_over: 60}
timeline:
  - for: 30
    faults:
      - {kind: rate_limit, share: 1, retry_after: 5, per: {window: 0.5}}
      - {kind: stall, for: 90, pings: 10}
drain: 10
""",
        [
            '3:34: expected a rate such as "20/s", got 20; write "20/s"',
            '4:21: expected a duration such as "10s", got 90; write "90s"',
            '4:33: expected a share from "0%" to "100%", got 0.5; write "50%"',
            '4:52: expected a count such as 4000 or "4k", got 1.5',
            '6:25: expected a duration such as "10s", got 40; write "40s"',
            '6:51: expected a duration such as "10s", got 1; write "1s"',
            '6:59: expected a duration such as "10s", got 3; write "3s"',
            '6:82: expected a size such as "4KiB", got 4000000; write "4000000B"',
            '7:22: expected a rate such as "20/s", got 1000; write "1000/s"',
            '7:40: expected a duration such as "10s", got 60; write "60s"',
            '9:10: expected a duration such as "10s", got 30; write "30s"',
            '11:35: expected a share from "0%" to "100%", got 1; write "100%"',
            '11:51: expected a duration such as "10s", got 5; write "5s"',
            '11:68: expected a duration such as "10s", got 0.5; write "0.5s"',
            '12:28: expected a duration such as "10s", got 90; write "90s"',
            '12:39: expected a duration such as "10s", got 10; write "10s"',
            '13:8: expected a duration such as "10s", got 10; write "10s"',
        ],
    ),
    "wrong units": (
        """\
name: storm
workload:
  arrivals: {kind: steady, rate: 20/sec}
  calls: {deadline: 90 s, stream: half, output_tokens: 3 hundred}
server:
  latency: {round_trip: 40 msec, upload_per_second: 4 mb, token_gap: 15 tokens/s}
  limits: {requests: 1000 per minute, burst_over: 1 minute}
timeline:
  - for: 2 minutes
    faults:
      - {kind: rate_limit, share: 90 percent, retry_after: 5S}
      - {kind: stall, for: 1.5, pings: -10s}
drain: never
""",
        [
            '3:34: expected a rate such as "20/s", got "20/sec"; write "20/s"',
            '4:21: expected a duration such as "10s", got "90 s"; write "90s"',
            '4:35: expected a share from "0%" to "100%", got "half"',
            '4:56: expected a count such as 4000 or "4k", got "3 hundred"',
            '6:25: expected a duration such as "10s", got "40 msec"; write "40ms"',
            '6:53: expected a size such as "4KiB", got "4 mb"; write "4MB"',
            '6:70: expected a duration such as "10s", got "15 tokens/s"',
            '7:22: expected a rate such as "20/s", got "1000 per minute"; write "1000/min"',
            '7:51: expected a duration such as "10s", got "1 minute"; write "1m"',
            '9:10: expected a duration such as "10s", got "2 minutes"; write "2m"',
            '11:35: expected a share from "0%" to "100%", got "90 percent"',
            '11:60: expected a duration such as "10s", got "5S"; write "5s"',
            '12:28: expected a duration such as "10s", got 1.5; write "1.5s"',
            '12:40: expected a duration such as "10s", got "-10s"; it cannot be negative',
            '13:8: expected a duration such as "10s", got "never"',
        ],
    ),
    "figures out of range": (
        """\
name: storm
workload:
  clients: 0
  arrivals: {kind: poisson, rate: 0/s}
  calls: {deadline: 0s, stream: 101%, max_tokens: 0, share: 0%}
server:
  latency: {connect_round_trips: -1}
  capacity: {slots: 0, queue: -1, slowdown: -0.5}
timeline:
  - for: 0s
    faults:
      - {kind: rate_limit, share: 130%}
      - {kind: rate_limit, share: 0%}
      - {kind: reset, at: {fraction: 120%}}
      - {kind: reset, at: {tokens: -1}}
      - {kind: reset, where: {clients: []}}
""",
        [
            "3:12: expected more than 0, got 0",
            '4:35: expected more than 0, got "0/s"',
            '5:21: expected more than 0, got "0s"',
            '5:33: expected a share from "0%" to "100%", got "101%"',
            "5:51: expected more than 0, got 0",
            '5:61: expected more than 0, got "0%"',
            "7:34: expected 0 or more, got -1",
            "8:21: expected more than 0, got 0",
            "8:31: expected 0 or more, got -1",
            "8:45: expected 0 or more, got -0.5",
            '10:10: expected more than 0, got "0s"',
            '12:35: expected a share from "0%" to "100%", got "130%"',
            '13:35: expected more than 0, got "0%"',
            '14:38: expected a share from "0%" to "100%", got "120%"',
            "15:36: expected 0 or more, got -1",
            "16:40: expected 1 or more, got an empty list",
        ],
    ),
    "distributions that are none": (
        """\
name: storm
workload:
  arrivals: {kind: closed, think: {mix: [{share: 50%, of: 1s}, {share: 40%, of: {mean: 3s}}]}}
  calls:
    input_tokens: {median: 800, p95: 100}
    output_tokens: {from: 10, to: 5}
server:
  latency:
    profile: sonet
    first_token: {median: 3s, p95: 1s}
    round_trip: {meadian: 1s}
    token_gap: {mix: [{share: 100%, of: {median: 2s, p95: 1s}}]}
    per_input_token: {mean: 1s}
timeline: [{for: 10s}]
""",
        [
            "3:35: the shares of a mix must make up 100%, these make up 90%",
            "5:19: p95 must not be below median, and median must be above 0",
            "6:20: to must not be below from",
            '9:14: expected "haiku", "sonnet" or "opus", got "sonet", did you mean "sonnet"?',
            "10:18: p95 must not be below median, and median must be above 0",
            '11:17: missing key "p95"',
            '11:18: unknown key "meadian", did you mean "median"?',
            "12:41: p95 must not be below median, and median must be above 0",
            '13:22: expected a duration such as "10s", got a mapping',
        ],
    ),
    "arrivals, groups and shapes that are none": (
        """\
name: storm
workload:
  groups:
    - arrivals: {kind: ramp, from: 0/s, to: 0/s}
    - arrivals: {kind: burst, quiet: 9/s, busy: 3/s, quiet_for: 1s, busy_fro: 2s}
      calls: {input_tokens: {mean: 300, cv: 0}, output_tokens: {quantiles: [{at: 0%, value: 5}]}}
    - arrivals: {kind: herd, every: 10s, jitter: 20s}
      calls: {input_tokens: {values: []}, output_tokens: {mean: 3, shape: 1, cv: 1}}
    - arrivals: {kind: trace, file: none.csv, format: azure, rate: 2x, speed: 60}
      clients: 0
  clients: 5
timeline: [{for: 10s}]
""",
        [
            "4:17: from and to are both 0: nobody would ever call",
            '5:69: unknown key "busy_fro", did you mean "busy_for"?',
            "6:45: expected 0.01 or more, got 0",
            "6:76: expected 2 or more, got a list of 1",
            "7:17: jitter must not be longer than the time between two",
            "8:38: expected 1 or more, got an empty list",
            "8:58: expected mean with either cv or shape",
            '9:55: expected "azure-llm", "mooncake" or "burstgpt", got "azure", did you mean "azure-llm"?',
            '9:68: expected a factor such as "x2", got "2x"; write "x2"',
            '9:79: expected a factor such as "x2", got 60; write "x60"',
            "10:16: expected more than 0, got 0",
            '11:3: key "clients" does not go with "groups"',
        ],
    ),
    "two shapes in one": (
        """\
name: storm
workload:
  arrivals: {kind: closed, rate: 2/s}
  calls: {output_tokens: {median: 300, p95: 400, mean: 300}}
server: {latency: {first_token: {from: 1s, to: 2s, p95: 3s}}}
timeline:
  - for: 10s
    faults: [{kind: stall, at: {tokens: 3, fraction: 10%}}]
""",
        [
            '3:28: unknown key "rate"; known: "kind", "think"',
            '4:27: key "median" does not go with "mean"',
            '4:40: key "p95" does not go with "mean"',
            '5:52: key "p95" does not go with "from" or "to"',
            '8:44: key "fraction" does not go with "tokens"',
        ],
    ),
    "moments that a kind does not have": (
        """\
name: storm
workload: {arrivals: {kind: closed}}
timeline:
  - for: 30s
    faults:
      - {kind: rate_limit, at: after_headers}
      - {kind: rate_limit, at: before_headers}
      - {kind: overload, at: {tokens: 3}}
      - {kind: stall, at: arival}
      - {kind: reset, at: 3}
      - {kind: reset, per: 5s}
""",
        [
            '6:32: expected "arrival", got "after_headers"',
            '7:32: expected "arrival", got "before_headers"',
            '8:30: expected "arrival" or "before_headers", got a mapping',
            '9:27: expected "arrival", "before_headers", "after_headers", "before_end" or a mapping with '
            '"fraction" or "tokens", got "arival", did you mean "arrival"?',
            '10:27: expected "arrival", "before_headers", "after_headers", "before_end" or a mapping with '
            '"fraction" or "tokens", got 3',
            '11:28: expected "attempt", "call", "client", "endpoint" or a mapping with "window", got "5s"',
        ],
    ),
    "missing keys": (
        """\
about: Nearly empty.
workload: {arrivals: {kind: poisson}, calls: {output_tokens: {p95: 3}}}
timeline:
  - {}
  - faults: [{}]
""",
        [
            '1:1: missing key "name"',
            '2:22: missing key "rate"',
            '2:62: missing key "median"',
            '4:5: missing key "for"',
            '5:5: missing key "for"',
            '5:14: missing key "kind"',
        ],
    ),
    "nothing but a name": (
        "name: storm\n",
        [
            '1:1: missing key "workload"',
            '1:1: missing key "timeline"',
        ],
    ),
    "the wrong shape": (
        """\
name: Rate Limit Storm
about: [several, lines]
workload:
  clients: many
  arrivals: poisson
  calls: 90s
server: {capacity: 100}
timeline:
  for: 30s
""",
        [
            '1:7: expected a name of small letters, digits and hyphens, got "Rate Limit Storm"; write '
            '"rate-limit-storm"',
            "2:8: expected text, got a list of 2",
            '4:12: expected a whole number, got "many"',
            '5:13: expected one kind of arrivals, got "poisson"; write {kind: poisson}',
            '6:10: expected a mapping or a list, got "90s"',
            "7:20: expected a mapping, got 100",
            "9:3: expected a list, got a mapping",
        ],
    ),
    "faults that cannot fire": (
        """\
name: idle
workload: {clients: 3, arrivals: {kind: steady, rate: 1/s}, limit: 2, calls: {stream: 0%}}
timeline:
  - for: 10s
    faults:
      - {kind: stream_error}
      - {kind: stall, where: {clients: [3, 7]}}
      - {kind: reset, where: {calls: [2, 5]}}
      - {kind: reset, where: {stream: true}}
      - {kind: overload}
      - {kind: rate_limit, share: 10%}
      - {kind: refuse}
  - {for: 10s, faults: [{kind: truncate, where: {stream: false}}]}
""",
        [
            "6:9: stream_error is for streams, and no call of this workload streams",
            "7:9: there are clients 0 to 2 only",
            "8:9: there are calls 0 to 1 of each client only",
            "9:9: no call of this workload streams",
            "11:9: never reached: the overload before it hits every request",
            "13:25: truncate is for streams, and this one is for plain calls",
        ],
    ),
    "lists that are none": (
        """\
name: storm
workload: {arrivals: {kind: closed}}
timeline:
  - 30s
  - {for: 30s, hits: in_flight, faults: {kind: stall}}
  - {for: 30s, hits: [in-flight, idel]}
  - {for: 30s, faults: [{kind: reset, where: {calls: 3, stream: maybe}}]}
""",
        [
            '4:5: expected a mapping, got "30s"',
            '5:22: expected a list, got "in_flight"',
            "5:41: expected a list, got a mapping",
            '6:23: expected "in_flight" or "idle", got "in-flight", did you mean "in_flight"?',
            '6:34: expected "in_flight" or "idle", got "idel", did you mean "idle"?',
            "7:54: expected a list, got 3",
            '7:65: expected true or false, got "maybe"',
        ],
    ),
    "equal keys": (
        """\
name: storm
workload: {arrivals: {kind: closed}, arrivals: {kind: open}}
timeline:
  - {for: 10s, for: 20}
name: other
""",
        [
            '2:38: key "arrivals" is already in line 2',
            '4:16: key "for" is already in line 4',
            '5:1: key "name" is already in line 1',
        ],
    ),
    "an open bracket": (
        """\
name: storm
workload:
  arrivals: {kind: poisson, rate: 1/s
timeline:
  - {for: 10s}
""",
        [
            '4:9: expected "," or "}" for what line 3 opens',
        ],
    ),
    "a colon in a text": (
        """\
name: storm
about: Quota: exhausted for two minutes.
""",
        [
            '2:13: a ":" cannot stand here; quote the text or fix the indent',
        ],
    ),
    "a tab": (
        "name: storm\nworkload:\n\tclients: 5\n",
        [
            "3:1: a tab cannot stand here; indent with spaces",
        ],
    ),
    "a client where a scenario should be": (
        """\
name: guide
timeouts: {read: 120s}
layers: [sdk]
""",
        [
            '1:1: missing key "workload"',
            '1:1: missing key "timeline"',
            '2:1: unknown key "timeouts"; known: "about", "drain", "name", "objectives", "recovery", "server", '
            '"timeline", "troubles", "workload"',
            '3:1: unknown key "layers"; known: "about", "drain", "name", "objectives", "recovery", "server", '
            '"timeline", "troubles", "workload"',
        ],
    ),
}


CLIENTS: dict[str, tuple[str, list[str]]] = {
    "mistyped keys, at every depth": (
        """\
name: mine
abot: Typing errors.
timeout: {connect: 5s}
layers:
  - deadline: {totl: 85s}
  - braker: {failures: 10}
  - breaker: {failure: 10, open-for: 10s}
  - retry: {retires: 4, backoff: {bas: 1s, jiter: full}, budget: {deposits: 1}}
  - content_gap: {}
  - sdk: {retries: 0}
""",
        [
            '2:1: unknown key "abot", did you mean "about"?',
            '3:1: unknown key "timeout", did you mean "timeouts"?',
            '5:16: unknown key "totl", did you mean "total"?',
            '6:5: unknown layer "braker", did you mean "breaker"?',
            '7:15: unknown key "failure", did you mean "failures"?',
            '7:28: unknown key "open-for", did you mean "open_for"?',
            '8:13: unknown key "retires", did you mean "retries"?',
            '8:35: unknown key "bas", did you mean "base"?',
            '8:44: unknown key "jiter", did you mean "jitter"?',
            '8:67: unknown key "deposits", did you mean "deposit"?',
            '9:18: missing key "limit"',
            '10:11: unknown key "retries", did you mean "max_retries"?',
        ],
    ),
    "values": (
        """\
name: mine
timeouts: {connect: 5, read: 60 s, write: 0s, pool: soon}
layers:
  - deadline: {total: 0s}
  - breaker: {failures: 0, open_for: 10, probes: 1.5}
  - retry:
      retries: -1
      backoff: {base: 1, factor: 0.5, max: 16, jitter: additive 1s}
      on: [timeouts, rate-limit, 429]
      retry_after: honour
      budget: {deposit: 2, capacity: 0}
  - hedge: {after: 10}
  - content_gap: {limit: -1s}
  - sdk: {max_retries: many, major: 2}
""",
        [
            '2:21: expected a duration such as "10s", got 5; write "5s"',
            '2:30: expected a duration such as "10s", got "60 s"; write "60s"',
            '2:43: expected more than 0, got "0s"',
            '2:53: expected a duration such as "10s", got "soon"',
            '4:23: expected more than 0, got "0s"',
            "5:25: expected more than 0, got 0",
            '5:38: expected a duration such as "10s", got 10; write "10s"',
            "5:50: expected a whole number, got 1.5",
            "7:16: expected 0 or more, got -1",
            '8:23: expected a duration such as "10s", got 1; write "1s"',
            "8:34: expected 1 or more, got 0.5",
            '8:44: expected a duration such as "10s", got 16; write "16s"',
            '8:56: expected "none", "full", "equal", "decorrelated" or a mapping with "additive", got "additive 1s"',
            '9:12: expected "timeout", "connect_timeout", "read_timeout", "connection", "request_timeout", "conflict", '
            '"rate_limit", "overloaded", "server_error", "stream_before_text", "stream_after_text", "in_stream_error", '
            '"malformed", "breaker_open" or "rejected", got "timeouts", did you mean "timeout"?',
            '9:22: expected "timeout", "connect_timeout", "read_timeout", "connection", "request_timeout", "conflict", '
            '"rate_limit", "overloaded", "server_error", "stream_before_text", "stream_after_text", "in_stream_error", '
            '"malformed", "breaker_open" or "rejected", got "rate-limit", did you mean "rate_limit"?',
            '9:34: expected "timeout", "connect_timeout", "read_timeout", "connection", "request_timeout", "conflict", '
            '"rate_limit", "overloaded", "server_error", "stream_before_text", "stream_after_text", "in_stream_error", '
            '"malformed", "breaker_open" or "rejected", got 429',
            '10:20: expected "obey", "ignore" or a mapping, got "honour"',
            "11:25: expected 1 or less, got 2",
            "11:38: expected 1 or more, got 0",
            '12:20: expected a duration such as "10s", got 10; write "10s"',
            '13:26: expected a duration such as "10s", got "-1s"; it cannot be negative',
            '14:24: expected a whole number, got "many"',
            '14:37: expected "2" or "0", got 2, did you mean "2"?',
        ],
    ),
    "sdk is missing": (
        """\
name: mine
layers:
  - deadline: {total: 60s}
  - retry
""",
        [
            '4:5: the innermost layer must be "sdk"; add "- sdk" after this one',
        ],
    ),
    "sdk is not last": (
        """\
name: mine
layers:
  - sdk: {max_retries: 0}
  - deadline: {total: 60s}
""",
        [
            '3:5: "sdk" is the innermost layer: it stands last, once',
        ],
    ),
    "sdk stands twice": (
        """\
name: mine
layers:
  - sdk: {max_retries: 0}
  - deadline: {total: 60s}
  - sdk
""",
        [
            '3:5: "sdk" is the innermost layer: it stands last, once',
        ],
    ),
    "sdk stands twice, and not last, beside other errors": (
        """\
name: My Client!
timeouts: {conect: 5s}
layers:
  - sdk
  - deadline: {total: 60s}
  - sdk
  - retry
""",
        [
            '1:7: expected a name of small letters, digits and hyphens, got "My Client!"; write "my-client"',
            '2:12: unknown key "conect", did you mean "connect"?',
            '4:5: "sdk" is the innermost layer: it stands last, once',
            '6:5: "sdk" is the innermost layer: it stands last, once',
        ],
    ),
    "no layers": (
        """\
name: mine
layers: []
""",
        [
            "2:9: expected 1 or more, got an empty list",
        ],
    ),
    "layers that are none": (
        """\
name: mine
layers:
  - deadline
  - {deadline: {total: 3s}, sdk: {}}
  - 3
  - retry: 3
  -
  - sdk
""",
        [
            '3:5: missing key "total"',
            '4:29: "sdk" is a second key, and one layer has one; add a "- "',
            "5:5: expected one layer, got 3",
            "6:12: expected a mapping, got 3",
            "7:4: expected one layer, got nothing",
        ],
    ),
    "layers as a mapping": (
        """\
name: true
timeouts: 60s
layers: {deadline: {total: 60s}, sdk: {max_retries: true}}
""",
        [
            '1:7: expected text, got true; write "true"',
            '2:11: expected a mapping, got "60s"',
            '3:9: expected a list, got a mapping; only with "extends" are layers changed by name',
        ],
    ),
}


FILES: list[tuple[type[BaseModel], str, str, list[str]]] = [
    *((Scenario, name, *pair) for name, pair in SCENARIOS.items()),
    *((Client, name, *pair) for name, pair in CLIENTS.items()),
]
each_file = pytest.mark.parametrize(
    ("model", "text", "lines"),
    [(model, text, lines) for model, _, text, lines in FILES],
    ids=[f"{model.__name__.lower()}: {name}" for model, name, _, _ in FILES],
)


@each_file
def test_every_error_is_told_at_once(model: type[BaseModel], text: str, lines: list[str]) -> None:
    """These lines, no others, in the file's order."""
    with pytest.raises(FileError) as caught:
        loads(text, model, "f.yaml")
    assert str(caught.value).splitlines() == [f"f.yaml:{line}" for line in lines]


@each_file
def test_every_place_is_where_the_trouble_is(model: type[BaseModel], text: str, lines: list[str]) -> None:
    """Held against the text itself: what a line says is unknown, misplaced or wrong stands where it points."""
    for line in lines:
        row, column, message = line.split(":", 2)
        here = text.splitlines()[int(row) - 1][int(column) - 1 :]
        quoted = re.match(r' (?:unknown [a-z ]+|key) ("[^"]*")|.*, got ("[^"]*"|[-0-9.]+|true)(?=$|;|,)', message)
        if quoted:
            word = quoted[1] or quoted[2]
            assert here.removeprefix('"').startswith(json.loads(word) if word.startswith('"') else word), line
        elif ", got a list" in message:
            assert here.startswith("["), line
        elif ", got an empty list" in message:
            assert here.startswith("[]"), line
        elif ", got a mapping" in message:
            assert here.startswith("{") or re.match(r"\w+:", here), line


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Here:
    """The command line in a folder with good files."""
    monkeypatch.chdir(tmp_path)
    tiny.write(tmp_path)
    return Here(capsys, monkeypatch)


# A file of another sort is told as that before it is checked: test_start.py.
CHECKED = {name: case for name, case in SCENARIOS.items() if name != "a client where a scenario should be"}


@pytest.mark.parametrize(("text", "lines"), CHECKED.values(), ids=CHECKED)
def test_compare_prints_the_same_lines_for_a_scenario(here: Here, text: str, lines: list[str]) -> None:
    """Exit code 2; on stderr these lines and nothing else, on stdout nothing; no result is left behind."""
    Path("broken.yaml").write_text(text, encoding="utf-8")
    said = here("compare", "-s", "broken.yaml", "-c", "patient.yaml")
    assert said == (2, "", "".join(f"broken.yaml:{line}\n" for line in lines))
    assert not Path("out").exists()


@pytest.mark.parametrize(("text", "lines"), CLIENTS.values(), ids=CLIENTS)
def test_compare_prints_the_same_lines_for_a_client(here: Here, text: str, lines: list[str]) -> None:
    """The same for clients."""
    Path("broken.yaml").write_text(text, encoding="utf-8")
    said = here("compare", "-s", "storm.yaml", "-c", "broken.yaml")
    assert said == (2, "", "".join(f"broken.yaml:{line}\n" for line in lines))
    assert not Path("out").exists()


def test_all_files_of_a_command_are_read_before_any_is_refused(tmp_path: Path) -> None:
    """Two broken scenarios, a missing one, a name mistyped, a broken client, a name that two clients have: one answer,
    from the real command."""
    tiny.write(tmp_path)
    (tmp_path / "one.yaml").write_text(SCENARIOS["an open bracket"][0], encoding="utf-8")
    (tmp_path / "two.yaml").write_text(SCENARIOS["nothing but a name"][0], encoding="utf-8")
    (tmp_path / "three.yaml").write_text(CLIENTS["sdk stands twice"][0], encoding="utf-8")
    (tmp_path / "twin.yaml").write_text(tiny.HASTY, encoding="utf-8")
    scenarios = ("one.yaml", "storm.yaml", "two.yaml", "gone.yaml", "clam")
    clients = ("three.yaml", "hasty.yaml", "twin.yaml", "budgetted")
    words = [word for name in scenarios for word in ("-s", name)] + [word for name in clients for word in ("-c", name)]
    said = brownout("compare", *words, cwd=tmp_path)
    assert said.err.splitlines() == [
        'one.yaml:4:9: expected "," or "}" for what line 3 opens',
        'two.yaml:1:1: missing key "workload"',
        'two.yaml:1:1: missing key "timeline"',
        "gone.yaml: no such file",
        'unknown scenario "clam", did you mean "calm"?',
        'three.yaml:3:5: "sdk" is the innermost layer: it stands last, once',
        'unknown client "budgetted", did you mean "budgeted"?',
        'two clients are called "hasty": hasty.yaml, twin.yaml',
    ]
    assert (said.code, said.out) == (2, "")
    assert not (tmp_path / "out").exists()


def test_serve_refuses_a_broken_file_alike(here: Here) -> None:
    """Every command reads files in the same way."""
    text, lines = SCENARIOS["missing keys"]
    Path("broken.yaml").write_text(text, encoding="utf-8")
    said = here("serve", "-s", "broken.yaml", "--port", "0")
    assert said == (2, "", "".join(f"broken.yaml:{line}\n" for line in lines))
