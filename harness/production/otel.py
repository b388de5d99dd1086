"""A hook that measures by the OpenTelemetry API. Needs `brownout[otel]`; which exporter there is, is the application's
affair.

What the semantic conventions for generative AI name is named so; what they do not know begins with `brownout.`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..records import AttemptRecord, BreakerRecord, WaitRecord
from .records import FinishedCall

try:
    from opentelemetry import metrics
except ImportError as error:
    needed = "brownout.otel needs OpenTelemetry: pip install 'brownout[otel]'"
    raise ImportError(needed, name="opentelemetry") from error

OPERATION, PROVIDER = "chat", "anthropic"
STATES = {"closed": 0, "half-open": 1, "open": 2}
"""Of a breaker, as a number: what is not closed is above 0."""
SECONDS = [0.01 * 2**n for n in range(14)]
TOKENS = [4**n for n in range(14)]
"""Bounds of buckets, as the conventions advise."""
REQUESTS = [1, 2, 3, 4, 6, 8, 12, 16]


class MetricsHook:
    """One for each resilient client, so that their breakers are not mixed up: `name` tells them apart."""

    def __init__(self, name: str = "", meter_provider: metrics.MeterProvider | None = None) -> None:
        meter = metrics.get_meter("brownout", meter_provider=meter_provider)
        counter = meter.create_counter

        def histogram(name: str, unit: str, about: str, bounds: Sequence[float] | None = None) -> Any:
            return meter.create_histogram(name, unit, about, explicit_bucket_boundaries_advisory=bounds)

        self._own = {"brownout.client.name": name} if name else {}
        self._duration = histogram(
            "gen_ai.client.operation.duration",
            "s",
            "From a call to its end, retries included",
            SECONDS,
        )
        self._first = histogram(
            "gen_ai.client.operation.time_to_first_chunk",
            "s",
            "From a call to its first content",
            SECONDS,
        )
        self._usage = histogram("gen_ai.client.token.usage", "{token}", "Tokens, as the service counts them", TOKENS)
        self._attempts = counter("brownout.client.attempts", "{request}", "HTTP requests, by what came of them")
        self._amplification = histogram(
            "brownout.client.amplification", "{request}", "HTTP requests for one call", [1, 2, 3, 4, 6, 8, 12, 16]
        )
        self._retries = counter("brownout.client.retries", "{retry}", "Retries, by who asked for the wait before them")
        self._waits = histogram("brownout.client.wait.duration", "s", "Waits before a retry", SECONDS)
        self._turns = counter("brownout.client.breaker.transitions", "{transition}", "Changes of a breaker's state")
        self._state = meter.create_gauge(
            "brownout.client.breaker.state", "1", "0 while the breaker is closed, 1 half-open, 2 open"
        )

    def __call__(self, record: Any) -> None:
        match record:
            case FinishedCall():
                self._call(record)
            case AttemptRecord(outcome=outcome):
                self._attempts.add(1, self._own | {"brownout.outcome": outcome})
            case WaitRecord(seconds=seconds, why=why):
                about = self._own | {"brownout.wait.reason": why}
                self._retries.add(1, about)
                self._waits.record(seconds, about)
            case BreakerRecord(before=before, after=after):
                self._turns.add(1, self._own | {"brownout.breaker.from": before, "brownout.breaker.to": after})
                self._state.set(STATES.get(after, 2), self._own)

    def _call(self, call: FinishedCall) -> None:
        about: dict[str, Any] = self._own | {
            "gen_ai.operation.name": OPERATION,
            "gen_ai.provider.name": PROVIDER,
            "gen_ai.request.model": call.model,
        }
        for kind, tokens in zip(("input", "output"), call.usage, strict=True):
            if tokens is not None:
                self._usage.record(tokens, about | {"gen_ai.token.type": kind})
        if call.first_content is not None:
            self._first.record(call.first_content, about)
        self._amplification.record(call.attempts, about)
        if call.outcome != "ok":
            about["error.type"] = call.exception or call.outcome
        self._duration.record(call.seconds, about)
