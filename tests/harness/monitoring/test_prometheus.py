"""The same spike as a ledger has it, as the monitor says it, and as a Prometheus has scraped it: the same figures."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import pytest

from brownout.harness import metrics
from brownout.harness.client import Client
from brownout.harness.drivers.sim.run import run
from brownout.harness.files import load, loads
from brownout.harness.metrics import Absent, Observed
from brownout.harness.monitoring.monitor import Monitor
from brownout.harness.monitoring.tick import BOUNDS
from brownout.harness.scenario import Scenario
from brownout.scenarios import clients

from ...prometheus import Prometheus, needed

pytestmark = pytest.mark.slow

SPIKE = loads(
    """
name: spike
workload: {clients: 5, arrivals: {kind: poisson, rate: 60/min}, calls: {stream: 50%, deadline: 60s}}
server: {latency: {profile: sonnet}}
timeline:
  - {for: 10m}
  - {for: 3m, faults: [{kind: overload, share: 60%}, {kind: stall, share: 20%}]}
  - {for: 7m}
""",
    Scenario,
)


def test_ledger_monitor_and_prometheus_have_the_same_figures(tmp_path: Path) -> None:
    needed("prometheus")
    client = load(clients()["guide"], Client)
    ledger = run(SPIKE, client, 1)
    seen = Observed(SPIKE, client, 1, ledger)
    calls = len(ledger.calls)
    answered = sorted(call.finished - call.intended for call in ledger.calls if call.outcome == "ok" and call.finished)
    with Monitor.of_ledger(ledger, SPIKE.end, windows=["1h"]) as monitor:
        said = monitor.snapshot().window("1h").overall
        with Prometheus(tmp_path, {"client": f"http://{monitor.serve('127.0.0.1:0')}/metrics"}) as prometheus:

            def total(series: str) -> float:
                return sum(prometheus.query(f"sum(brownout_client_{series})").values())

            prometheus.until(lambda: total("calls_total"), lambda found: found)
            assert total("calls_total") == said.calls == calls

            failed = sum(call.outcome != "ok" for call in ledger.calls)
            assert total("failed_calls_total") == failed > 0
            assert said.failure_rate == failed / calls

            assert total("attempts_total") == len(ledger.attempts)
            assert said.amplification == len(ledger.attempts) / calls
            assert said.amplification == metrics.metric("amplification").of(seen)

            rescued = metrics.metric("retry_success").of(seen)
            assert not isinstance(rescued, Absent)
            assert said.retry_success_rate == rescued
            assert total("rescued_calls_total") / total("retried_calls_total") == rescued

            assert (
                total("timed_out_calls_total") / calls == said.timeout_rate == metrics.metric("timeout_rate").of(seen)
            )

            assert total("call_seconds_count") == len(answered)
            assert math.isclose(total("call_seconds_sum"), math.fsum(answered))
            within = {bound: sum(each <= bound for each in answered) for bound in BOUNDS}
            for bound, count in within.items():
                assert total(f'call_seconds_bucket{{le="{bound}"}}') == count

            turns = Counter((turn.before, turn.after) for turn in ledger.breaker)
            for (before, after), count in turns.items():
                assert total(f'breaker_transitions_total{{from="{before}",to="{after}"}}') == count

            exact = metrics.metric("p95(latency_ok)").of(seen)
            assert not isinstance(exact, Absent)
            assert said.latency is not None
            assert exact <= said.latency.p95 <= exact * 1.01 + 1e-4
            [bucketed] = prometheus.query(
                "histogram_quantile(0.95, sum by (le) (brownout_client_call_seconds_bucket))"
            ).values()
            low = max(bound for bound in (0.0, *BOUNDS) if bound < exact)
            assert low <= bucketed <= min(bound for bound in BOUNDS if bound >= exact)
