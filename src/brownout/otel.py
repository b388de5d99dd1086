"""Metrics of resilient clients by the OpenTelemetry API. Needs `brownout[otel]`.

`brownout.resilient(client, "client.yaml", hooks=[MetricsHook()])`.
"""

from __future__ import annotations

from brownout.harness.production.otel import MetricsHook

__all__ = ["MetricsHook"]
