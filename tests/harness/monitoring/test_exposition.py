"""What Prometheus scrapes: read back by its own parser, under the names that the alert rules ask for."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from brownout.harness.alerts.promql import PREFIX
from brownout.harness.alerts.signal import MEANS, SHARES, signal
from brownout.harness.monitoring.families import FAMILIES
from brownout.harness.monitoring.tick import BOUNDS
from brownout.harness.records import BreakerRecord

from .made import SONNET, attempt, finished, told

Series = tuple[str, tuple[tuple[str, str], ...]]


def read(text: str) -> dict[Series, float]:
    """Every series once."""
    found: dict[Series, float] = {}
    for family in text_string_to_metric_families(text):
        known = FAMILIES[family.name.removeprefix(PREFIX)]
        assert (family.type, family.documentation, family.unit) == (known.kind, known.about, known.unit)
        for sample in family.samples:
            assert set(sample.labels) - {"client", "endpoint", "le"} == set(known.labels)
            key = sample.name, tuple(sorted(sample.labels.items()))
            assert key not in found
            found[key] = sample.value
    return found


def value(found: dict[Series, float], name: str, **labels: str) -> float:
    return found[f"{PREFIX}{name}", tuple(sorted(labels.items()))]


OUTCOMES = st.sampled_from(["ok", "ok", "ok", "timeout", "deadline", "status", "cancelled", "breaker_open"])
CALLS = st.lists(st.tuples(OUTCOMES, st.floats(0.0, 1000.0), st.integers(0, 3), st.text(max_size=12)), max_size=6)


@settings(max_examples=30)  # the parser takes its time
@given(CALLS, st.text(max_size=12))
def test_it_is_read_back_whatever_names_have_in_them(calls: list[Any], name: str) -> None:
    """And counts what there was."""
    records: list[Any] = []
    for number, (outcome, took, retries, model) in enumerate(calls):
        records += [attempt(number, "timeout", attempt=each, phase="read") for each in range(retries)]
        records.append(attempt(number, "ok" if outcome == "ok" else "timeout", attempt=retries, first_text=took / 2))
        records.append(finished(number, outcome, took=took, attempts=retries + 1, model=model))
    found = read(told(*records, name=name, models=["known"]).openmetrics())
    own = {"client": name} if name else {}
    for model in {"known", *(model for *_, model in calls)}:
        these = [(end, took, retries) for end, took, retries, of in calls if of == model and end != "cancelled"]
        answered = [took for end, took, _ in these if end == "ok"]
        labels = own | {"model": model}
        assert value(found, "calls_total", **labels) == len(these)
        assert value(found, "failed_calls_total", **labels) == len(these) - len(answered)
        assert value(found, "attempts_total", **labels) == sum(retries + 1 for *_, retries in these)
        assert value(found, "call_seconds_count", **labels) == len(answered)
        assert value(found, "call_seconds_sum", **labels) == pytest.approx(sum(answered))
        for bound in BOUNDS:
            within = sum(took <= bound for took in answered)
            assert value(found, "call_seconds_bucket", le=str(bound), **labels) == within
        assert value(found, "answer_tokens_total", **labels) == 10 * len(answered)


def test_everything_that_rules_ask_for_is_there_from_the_start() -> None:
    """For a model that is known beforehand; a counter that appears when it is 1 has not risen, to Prometheus."""
    found = read(told(models=[SONNET], rules=["burn-rate"], name="mine").openmetrics())
    asked = [*map(signal, [*SHARES, *MEANS]), *(signal(f"late({bound}s)") for bound in (20, 60))]
    names = {name.partition("{")[0] for each in asked for name in (each.top, each.bottom, each.less) if name}
    for name in names - {"call_seconds_bucket"}:
        assert value(found, name, client="mine", model=SONNET) == 0.0
    assert value(found, "call_seconds_bucket", client="mine", model=SONNET, le="20.0") == 0.0
    assert 'le="20.0"' in signal("late(20s)").less
    assert value(found, "timeouts_total", client="mine", model=SONNET, phase="deadline") == 0.0
    assert value(found, "breaker_transitions_total", client="mine", **{"from": "closed", "to": "open"}) == 0.0
    assert value(found, "breaker_state", client="mine") == 0.0
    assert value(found, "alert_firing", client="mine", rule="burn-rate", severity="page") == 0.0
    assert value(found, "wasted_dollars_total", client="mine", model=SONNET) == 0.0


def test_breakers_and_waste() -> None:
    found = read(
        told(
            BreakerRecord(0, 0.0, "closed", "open"),
            attempt(0, "stream_broken", status=200, tokens=5),
            finished(0, "stream_broken"),
            attempt(1, "stream_broken", status=200, tokens=5),
            finished(1, "stream_broken", model="unheard-of"),
        ).openmetrics()
    )
    assert value(found, "breaker_state") == 2.0
    assert value(found, "breaker_transitions_total", **{"from": "closed", "to": "open"}) == 1.0
    assert value(found, "wasted_tokens_total", model=SONNET, kind="input") == 100.0
    assert value(found, "wasted_tokens_total", model="unheard-of", kind="output") == 5.0
    assert value(found, "wasted_dollars_total", model=SONNET) == pytest.approx(0.00025)
    assert (f"{PREFIX}wasted_dollars_total", (("model", "unheard-of"),)) not in found
