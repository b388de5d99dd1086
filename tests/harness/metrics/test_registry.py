"""The table of metrics: each has words, a unit and a direction; and a run is measured by all of them, in any order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.ledger import Ledger
from brownout.harness.metrics import FAMILIES, METRICS, Absent, Observed, measure, metric

from .ledgers import answered, attempt, call, client, scenario, see, served, turned

STORM = scenario(
    {"deadline": "10s", "stream": "50%", "caller_timeout": "6s", "gap_within": "3s"},
    [{"for": "10s"}, {"for": "20s", "faults": [{"kind": "overload", "share": "50%"}]}, {"for": "70s"}],
    clients=3,
    server={"capacity": {"slots": 20, "queue": 20}},
)
GUARDED = client({"retry": {"retries": 2}}, {"hedge": {"after": "2s"}}, {"breaker": {"failures": 3, "open_for": "5s"}})


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_has_its_words(name: str) -> None:
    """A title for tables, a sentence, a unit, and a direction in which it is better."""
    found = METRICS[name]
    assert found.title
    assert found.about
    assert found.unit in ("%", "s", "x", "$", "count")
    assert found.better in ("higher", "lower")
    assert not found.about.endswith(".")


def test_no_two_metrics_read_alike() -> None:
    """Titles stand alone in the heads of tables."""
    titles = [found.title for found in METRICS.values()]
    assert len(set(titles)) == len(titles)


def test_a_run_is_measured_by_every_metric_in_their_order() -> None:
    """And by those that are asked for besides, each once."""
    assert list(measure(see(answered(1.0)))) == list(METRICS)
    assert list(measure(see(answered(1.0)), ["p90(ttft)", "goodput"])) == [*METRICS, "p90(ttft)"]


def test_every_value_is_a_number_or_has_a_reason() -> None:
    """Of a run with nothing but failures too; what is absent is never 0, and what is there is never NaN."""
    for records in (answered(1.0), answered(failed=3), Ledger(calls=[call(None, "censored", stream=True)])):
        for name, value in measure(see(records)).items():
            if isinstance(value, Absent):
                assert value.reason, name
            else:
                assert value >= 0.0, name


def test_nothing_is_measured_of_nothing() -> None:
    """Without a call there is no goodput, rather than a perfect one."""
    assert measure(see(Ledger())) == {}


@pytest.mark.parametrize("of", FAMILIES)
def test_any_quantile_of_a_family_is_a_metric(of: str) -> None:
    """With a title and a sentence of its own."""
    assert metric(f"p75({of})").title.startswith("p75 ")
    assert metric(f"p99.9({of})").about.startswith("99.9% of ")
    assert metric(f"p75({of})").unit == FAMILIES[of]


@pytest.mark.parametrize("name", ["p95", "p100(latency)", "p95(goodput)", "good", ""])
def test_there_is_no_other_metric(name: str) -> None:
    """A misspelt one is an error."""
    with pytest.raises(KeyError):
        metric(name)


ENDS = ["ok", "ok", "status", "timeout", "deadline", "breaker_open", "stream_broken"]


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    """Calls of three clients with requests, hedges and refusals, in the order of time."""
    ledger = Ledger()
    for number in range(draw(st.integers(1, 12))):
        who, end = (draw(st.integers(0, 2)), number), draw(st.sampled_from(ENDS))
        tries = 0 if end == "breaker_open" else draw(st.integers(1, 3))
        at, took = 8.0 * number + draw(st.floats(0, 7)), draw(st.floats(0.1, 15))
        is_censored, stream = draw(st.integers(0, 9)) == 0, draw(st.booleans())
        ledger.calls.append(
            call(None if is_censored else took, end, who=who, intended=at, stream=stream, attempts=tries)
        )
        for i in range(tries):
            ends = end if i == tries - 1 else "status"
            branch = draw(st.integers(0, 1))
            ledger.attempts.append(
                attempt(
                    ends, who=(*who, i, branch), started=at + i, finished=at + i + 0.5,
                    first_text=at + i + 0.2 if stream else None, largest_gap=draw(st.floats(0, 5)),
                    shown=draw(st.integers(0, 100)), late=draw(st.integers(0, 100)),
                )
            )  # fmt: skip
            ledger.journal.append(served((*who, i, branch), output_tokens=100, is_complete=draw(st.booleans())))
    moments = sorted(draw(st.lists(st.floats(0, 99), unique=True, max_size=10)))
    turns = [("closed", "open"), ("open", "half-open"), ("half-open", "closed")]
    ledger.breaker = [turned(at, *turns[i % 3]) for i, at in enumerate(moments)]
    return ledger


@given(ledgers(), ledgers(), st.data())
def test_the_order_of_records_changes_nothing(here: Ledger, twin: Ledger, data: st.DataObject) -> None:
    """However they came in, on either side and in the twin."""

    def shuffled(ledger: Ledger) -> Ledger:
        def mixed(records: list[Any]) -> list[Any]:
            return data.draw(st.permutations(records))

        return Ledger(mixed(ledger.calls), mixed(ledger.attempts), [], mixed(ledger.breaker), mixed(ledger.journal))

    def measured(ledger: Ledger, other: Ledger) -> dict[str, float | Absent]:
        return measure(Observed(STORM, GUARDED, 1, ledger, other))

    found, again = measured(here, twin), measured(shuffled(here), shuffled(twin))
    for name, value in found.items():
        assert again[name] == (value if isinstance(value, Absent) else pytest.approx(value, rel=1e-12)), name
