"""A service of many workers with one resilient client, through every incident that is shipped: what its metrics say
afterwards is what the server's journal says."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import anthropic
import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

import brownout
from brownout.hooks import AttemptRecord, BreakerRecord, FinishedCall, WaitRecord
from brownout.otel import MetricsHook
from brownout.scenarios import incidents

from .callers import ASK

WORKERS = 6
CALLS = 12
PAUSE = 14.0
"""Seconds between two calls of a worker: together they go on for most of an incident."""

UNTROUBLED = {"calm", "slow-generation"}
"""Without faults, or where all is well but slow."""

Answered = Counter[bool]


def in_threads(hooks: list[Any], answered: Answered) -> None:
    """A blocking client, shared by threads."""
    client = brownout.resilient(anthropic.Anthropic(), "budgeted", hooks=hooks)

    def work(worker: int) -> None:
        pause = threading.Event()
        for call in range(CALLS):
            pause.wait(PAUSE)
            try:
                if (worker + call) % 2:
                    client.messages.create(**ASK)
                else:
                    with client.messages.stream(**ASK) as stream:
                        "".join(stream.text_stream)
                answered[True] += 1
            except anthropic.APIError:
                answered[False] += 1

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    client.close()


def in_tasks(hooks: list[Any], answered: Answered) -> None:
    """An asynchronous one, shared by tasks."""

    async def main() -> None:
        async with anthropic.AsyncAnthropic() as bare:
            client = brownout.resilient(bare, "budgeted", hooks=hooks)

            async def work(worker: int) -> None:
                for call in range(CALLS):
                    await asyncio.sleep(PAUSE)
                    try:
                        if (worker + call) % 2:
                            await client.messages.create(**ASK)
                        else:
                            async with client.messages.stream(**ASK) as stream:
                                "".join([text async for text in stream.text_stream])
                        answered[True] += 1
                    except anthropic.APIError:
                        answered[False] += 1

            await asyncio.gather(*map(work, range(WORKERS)))

    asyncio.run(main())


class Told:
    """What the metrics say."""

    def __init__(self, reader: InMemoryMetricReader) -> None:
        data = reader.get_metrics_data()
        assert data is not None
        metrics = data.resource_metrics[0].scope_metrics[0].metrics
        self._points: dict[str, Any] = {metric.name: list(metric.data.data_points) for metric in metrics}

    def counted(self, name: str, by: str) -> Counter[Any]:
        """A counter, or how often a histogram was told something."""
        found: Counter[Any] = Counter()
        for point in self._points.get(name, ()):
            found[point.attributes.get(by)] += point.value if hasattr(point, "value") else point.count
        return found

    def total(self, name: str) -> float:
        return float(sum(point.sum for point in self._points.get(name, ())))


@pytest.mark.parametrize("service_of", [in_threads, in_tasks])
@pytest.mark.parametrize("incident", incidents())
def test_metrics_are_those_of_the_ledger(incident: str, service_of: Callable[[list[Any], Answered], None]) -> None:
    """Calls, requests, waits and breakers, each counted three times: by the application or the server, in the records,
    and in the metrics."""
    reader, records, answered = InMemoryMetricReader(), list[Any](), Answered()
    provider = MeterProvider(metric_readers=[reader])
    with brownout.virtual(incident) as service:
        service_of([records.append, MetricsHook(meter_provider=provider)], answered)
        served = service.requests
    told = Told(reader)
    provider.shutdown()

    def of(kind: type) -> list[Any]:
        return [record for record in records if isinstance(record, kind)]

    calls = told.counted("gen_ai.client.operation.duration", "error.type")
    assert answered.total() == calls.total() == len(of(FinishedCall)) == WORKERS * CALLS
    assert calls[None] == answered[True]

    attempts = told.counted("brownout.client.attempts", "brownout.outcome")
    kept_out = sum(attempt.phase == "connect" for attempt in of(AttemptRecord))
    assert attempts == Counter(attempt.outcome for attempt in of(AttemptRecord))
    assert attempts.total() - kept_out == len(served)
    assert attempts["status"] == sum(each.status not in (None, 200) for each in served)
    assert told.total("brownout.client.amplification") == attempts.total()

    assert (attempts.total() == calls.total()) is (incident in UNTROUBLED)

    waits = told.counted("brownout.client.retries", "brownout.wait.reason")
    assert waits == Counter(wait.why for wait in of(WaitRecord))
    assert told.total("brownout.client.wait.duration") == pytest.approx(sum(wait.seconds for wait in of(WaitRecord)))
    turns = told.counted("brownout.client.breaker.transitions", "brownout.breaker.to")
    assert turns == Counter(turn.after for turn in of(BreakerRecord))
