"""What the control port tells Prometheus: read back by its own client's parser, and equal to the journal."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from typing import Any

import httpx2
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from brownout.fakes.billing import Billing
from brownout.fakes.draws import Identity
from brownout.fakes.journal import Besides, Served, TurnedAway
from brownout.harness.monitoring.tick import BOUNDS
from brownout.harness.openmetrics import MEDIA_TYPE
from brownout.harness.serving.counts import MOST_MODELS, OTHER, Counts

from ...loops import on_loop
from .hosting import FILE, Hosted, hosted, until

CROWDED = FILE.replace("server: {", "server: {capacity: {slots: 1}, ").replace("first_token: 10ms", "first_token: 10s")

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


async def scraped(here: Hosted) -> Samples:
    """Name and labels -> value."""
    found = await here.control.get("metrics")
    assert (found.status_code, found.headers["content-type"]) == (200, MEDIA_TYPE)
    return parsed(found.text)


def parsed(text: str) -> Samples:
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    found = {(each.name, tuple(sorted(each.labels.items()))): each.value for each in samples}
    assert len(found) == len(samples)
    return found


def of(samples: Samples, name: str, *by: str) -> dict[Any, float]:
    """A family of it, summed up by these labels."""
    found: Counter[Any] = Counter()
    for (each, labels), value in samples.items():
        if each == f"brownout_service_{name}":
            found[tuple(dict(labels)[label] for label in by)] += value
    return dict(found)


@on_loop
async def test_nobody_has_asked() -> None:
    async with hosted() as here:
        samples = await scraped(here)
    assert of(samples, "requests_total") == {}
    assert of(samples, "scenario_info", "scenario", "seed", "time_scale") == {("quick", "1", "20"): 1}
    gauges = ("requests_in_flight", "requests_queued", "late_requests_total", "scenario_time_seconds")
    assert [of(samples, name) for name in gauges] == [{(): 0}] * 4
    assert of(samples, "phase") == {(): 1}


@on_loop
async def test_counts_are_those_of_the_journal() -> None:
    """By model, status and fault; tokens that are billed; whole answers and how long they took."""
    async with hosted() as here:
        await here.post("faults", fault={"kind": "overload"}, times=2)
        await here.post("faults", fault={"kind": "reset", "at": "before_headers"}, times=1)
        for model in ("small", 'la"r\\ge\n', "small", "small"):
            with suppress(httpx2.TransportError):  # one of them is reset
                await here.ask(model=model, stream=model == "small")
        samples, records = await scraped(here), (await here.get("journal"))["records"]
    assert len(records) == 4
    kinds = Counter(
        (str(record["status"] or "none"), record["fault"].split(": ")[1] if record["fired"] else "none")
        for record in records
    )
    assert of(samples, "requests_total", "status", "fault") == kinds
    assert kinds == {("529", "overload"): 2, ("none", "reset"): 1, ("200", "none"): 1}
    assert of(samples, "requests_total", "model") == {("small",): 3, ('la"r\\ge\n',): 1}
    whole = [record for record in records if record["complete"] and record["status"] == 200]
    assert sum(of(samples, "answer_seconds_count").values()) == len(whole) == 1
    took = [record["ended"] - record["arrived"] for record in whole]
    assert of(samples, "answer_seconds_sum", "model")[("small",)] == pytest.approx(sum(took))
    within = of(samples, "answer_seconds_bucket", "model", "le")
    assert [within["small", str(bound)] for bound in BOUNDS] == [
        sum(seconds <= bound for seconds in took) for bound in BOUNDS
    ]
    tokens = of(samples, "tokens_total", "model", "kind")
    assert tokens["small", "output"] == sum(record["output_tokens"] for record in whole)
    begun = [record for record in records if record["granted"] is not None and record["status"] in (None, 200)]
    assert tokens["small", "input"] == sum(record["input_tokens"] for record in begun) == 2
    assert tokens['la"r\\ge\n', "input"] == 0


@on_loop
async def test_who_is_answered_and_who_waits() -> None:
    async with hosted(CROWDED) as here:
        asking = [asyncio.create_task(here.ask()) for _ in range(3)]
        await until(lambda: here.host.server.endpoint.slots.waiting == 2)
        samples = await scraped(here)
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
    assert of(samples, "requests_in_flight") == {(): 3}
    assert of(samples, "requests_queued") == {(): 2}


@on_loop
async def test_the_phase_and_a_reset() -> None:
    """A scenario that follows goes on with the counts; a reset begins them again, as it does the journal."""
    async with hosted() as here:
        await here.ask()
        await here.post("phases", phases=[{"for": "1h", "faults": [{"kind": "overload"}]}])
        assert of(await scraped(here), "fault_in_force", "fault") == {("overload",): 1}
        await here.ask()
        assert of(await scraped(here), "requests_total", "status") == {("200",): 1, ("529",): 1}
        await here.control.put("scenario", json={"yaml": FILE.replace("quick", "next")})
        await here.ask()
        samples = await scraped(here)
        assert of(samples, "requests_total", "status") == {("200",): 2, ("529",): 1}
        assert of(samples, "scenario_info", "scenario") == {("next",): 1}
        await here.post("reset")
        assert of(await scraped(here), "requests_total") == {}


def served(**changes: Any) -> Served:
    record = Served(Identity(0, 0, 0, 0), False, 5, 7, 1.0, 1.0, 3.0, None, 2.0, 200, 7, None, False, 0.0, True)
    return record._replace(**changes)


def test_names_of_models_do_not_fill_the_memory() -> None:
    counts = Counts()
    for number in range(10 * MOST_MODELS):
        counts.add(served(), Besides(f"model-{number}", ""), Billing())
    assert len(counts.requests) == len(counts.answers) == MOST_MODELS + 1
    assert sum(counts.requests.values()) == 10 * MOST_MODELS
    assert counts.input_tokens[OTHER] == 9 * MOST_MODELS * 5


def test_a_fault_that_took_no_effect_is_none_and_a_connection_is_no_request() -> None:
    counts = Counts()
    stalled = served(fault="scripted 1", has_fired=True, is_complete=False, status=None)
    for entry in (stalled, stalled._replace(has_fired=False, is_complete=True, status=200)):
        counts.add(entry, Besides("m", "stall"), Billing())
    counts.add(TurnedAway(1.0, "scripted 2"), Besides("", "refuse"), Billing())
    assert {(kind.status, kind.fault): count for kind, count in counts.requests.items()} == {
        ("200", "none"): 1,
        ("none", "stall"): 1,
    }
    assert sum(counts.answers["m"].places) == 1
    assert counts.turned_away == {"refuse": 1}
