"""The windows' figures as gauges of OpenTelemetry."""

from __future__ import annotations

from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from brownout.monitor import Monitor

from .made import SONNET, attempt, finished, told


def observed(monitor: Monitor) -> dict[str, list[tuple[dict[str, str], float]]]:
    """Gauge -> its attributes and values."""
    reader = InMemoryMetricReader()
    provider = MeterProvider(metric_readers=[reader])
    monitor.observe(provider.get_meter("brownout"))
    data: Any = reader.get_metrics_data()
    provider.shutdown()
    return {
        metric.name: [(dict(point.attributes), point.value) for point in metric.data.data_points]
        for metric in data.resource_metrics[0].scope_metrics[0].metrics
    }


def test_gauges_are_the_figures() -> None:
    monitor = told(
        attempt(0, first_text=0.5),
        finished(0),
        finished(1, "timeout"),
        name="mine",
        windows=["5m"],
        rules=["burn-rate"],
    )
    found = observed(monitor)
    about = {"brownout.client.name": "mine", "brownout.window": "5m", "gen_ai.request.model": SONNET}
    assert found["brownout.client.failure.rate"] == [(about, 0.5)]
    assert found["brownout.client.timeout.rate"] == [(about, 0.5)]
    latency = found["brownout.client.window.latency"]
    assert [(each["brownout.quantile"], value) for each, value in latency] == [
        (name, pytest.approx(1.0, rel=0.01)) for name in ("p50", "p95", "p99")
    ]
    assert len(found["brownout.client.window.first_text"]) == 3
    assert "brownout.client.retry.success_rate" not in found, "nothing was retried"
    assert found["brownout.client.window.breaker.state"] == [({"brownout.client.name": "mine"}, 0.0)]
    [(rule, firing)] = found["brownout.client.alert.firing"]
    assert (rule["brownout.alert.rule"], firing) == ("burn-rate", 0.0)
