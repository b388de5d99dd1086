"""Objectives: lines that mean something, and what is said of those that do not."""

from __future__ import annotations

import math
import pickle
import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.fakes.units import format_duration, format_share
from brownout.harness.files import FileError, json_schema, loads
from brownout.harness.objectives import VOCABULARY, Objective, ObjectiveError, Vocabulary, parse
from brownout.harness.scenario import Scenario

from . import tiny

PATTERN = json_schema(Scenario)["properties"]["objectives"]["items"]["pattern"]
OPERATORS = ("<=", "<", ">=", ">")


@pytest.mark.parametrize(
    ("line", "metric", "op", "limit"),
    [
        ("goodput >= 99%", "goodput", ">=", 0.99),
        ("p95(latency) <= 60s", "p95(latency)", "<=", 60.0),
        ("p99(ttft) < 2.5s", "p99(ttft)", "<", 2.5),
        ("p99.9( latency_ok )<=1m30s", "p99.9(latency_ok)", "<=", 90.0),
        ("  p 1 (gap) > 250ms ", "p1(gap)", ">", 0.25),
        ("amplification <= 1.5", "amplification", "<=", 1.5),
        ("amplification <= 1.5x", "amplification", "<=", 1.5),
        ("time_to_recover<=30s", "time_to_recover", "<=", 30.0),
        ("cost_per_good_call <= $0.05", "cost_per_good_call", "<=", 0.05),
        ("wasted_tokens <= 5%", "wasted_tokens", "<=", 0.05),
    ],
)
def test_lines_that_mean_something(line: str, metric: str, op: str, limit: float) -> None:
    found = parse(line)
    assert (found.metric, found.op, found.limit) == (metric, op, limit)
    assert parse(str(found)) == found == pickle.loads(pickle.dumps(found))


BROKEN = {
    "": 'expected a metric, one of <=, <, >=, >, and a limit, such as "p95(latency) <= 60s"',
    "goodput 99%": 'expected a metric, one of <=, <, >=, >, and a limit, such as "p95(latency) <= 60s"',
    "goodput >=": 'expected a limit after ">=": goodput takes a share from "0%" to "100%"',
    ">= 3%": 'expected a metric before ">=", such as "p95(latency) <= 60s"',
    "goodput => 99%": '"=>" is no operator; known: "<=", "<", ">=", ">"; write ">="',
    "goodput == 99%": '"==" is no operator; known: "<=", "<", ">=", ">"',
    "goodput >= 99% <= 100%": 'one objective has one limit, and "<=" begins a second; give it a line of its own',
    "godput >= 99%": 'unknown metric "godput", did you mean "goodput"?',
    "p95 <= 60s": 'unknown metric "p95", did you mean "p95(latency)"?',
    "ttft <= 60s": 'unknown metric "ttft", did you mean "p95(ttft)"?',
    "p95(latncy) <= 60s": 'unknown metric "p95(latncy)", did you mean "p95(latency)"?',
    "p95(goodput) <= 60s": 'unknown metric "p95(goodput)"; known: "p95(latency)", "p95(latency_ok)", "p95(ttft)", '
    '"p95(duration)", "p95(gap)"',
    "p100(latency) <= 60s": 'there is no "p100"; quantiles are p1 to p99, and p99.9',
    "goodput >= 0.99": 'goodput takes a share from "0%" to "100%", not "0.99"; write "99%"',
    "goodput >= 99% of calls": 'goodput takes a share from "0%" to "100%", not "99% of calls"',
    "p95(latency) <= 60": 'p95(latency) takes a duration such as "10s", not "60"; write "60s"',
    "time_to_recover <= 50%": 'time_to_recover takes a duration such as "10s", not "50%"',
    "amplification <= 3s": 'amplification takes a number such as "1.5", not "3s"',
    "amplification <= -1": 'amplification takes a number such as "1.5", not "-1"',
    "cost_per_good_call <= 0.05": 'cost_per_good_call takes an amount such as "$0.05", not "0.05"; write "$0.05"',
    "goodput > 100%": "goodput > 100% can never hold",
    "p95(latency) < 0s": "p95(latency) < 0s can never hold",
}


@pytest.mark.parametrize(("line", "message"), BROKEN.items(), ids=lambda text: text or "nothing")
def test_lines_that_mean_nothing(line: str, message: str) -> None:
    with pytest.raises(ObjectiveError) as caught:
        parse(line)
    assert str(caught.value) == message


def test_all_of_a_file_are_told_where_they_stand() -> None:
    """As anything else in a file is."""
    text = tiny.CALM + "objectives:\n" + "".join(f"  - '{line}'\n" for line in BROKEN) + "  - 3\n  - goodput >= 9%\n"
    with pytest.raises(FileError) as caught:
        loads(text, Scenario, "f.yaml")
    first = tiny.CALM.count("\n") + 2
    lines = [f"f.yaml:{first + row}:5: {message}" for row, message in enumerate(BROKEN.values())]
    last = f'f.yaml:{first + len(BROKEN)}:5: expected an objective such as "p95(latency) <= 60s", got 3'
    assert str(caught.value).splitlines() == [*lines, last]


def test_in_a_scenario() -> None:
    """They are objects in the program and the same text in a file."""
    scenario = loads(tiny.CALM + "objectives: [goodput>=99%, p95(latency) <= 60s]\n", Scenario)
    assert [each.limit for each in scenario.objectives] == [0.99, 60.0]
    assert scenario.model_dump(mode="json")["objectives"] == ["goodput >= 99%", "p95(latency) <= 60s"]
    assert scenario.model_copy(update={"objectives": ()}) == loads(tiny.CALM, Scenario)


@given(st.data())
def test_round_trip(data: st.DataObject) -> None:
    """The text of an objective is that objective, and the published pattern takes it."""
    quantile = st.one_of(st.integers(1, 99).map(str), st.just("99.9"))
    family = st.tuples(quantile, st.sampled_from(sorted(VOCABULARY.families))).map("p{0[0]}({0[1]})".format)
    metric = data.draw(st.one_of(st.sampled_from(sorted(VOCABULARY.metrics)), family))
    number = st.decimals("0.001", "99999", places=3).map(str)
    limits = {
        "%": st.floats(0.01, 0.99).map(format_share),
        "s": st.floats(0.001, 1e6).map(format_duration),
        "x": number,
        "$": number.map("${}".format),
        "count": number,
    }
    limit = data.draw(limits[VOCABULARY.metrics.get(metric, "s")])
    blank = data.draw(st.sampled_from(["", " ", "  "]))
    line = blank.join([metric, data.draw(st.sampled_from(OPERATORS)), limit])
    objective = parse(line)
    assert parse(str(objective)) == objective
    for text in (line, str(objective)):
        assert re.search(PATTERN, text)


@given(st.text())
def test_any_text_is_an_objective_or_an_error(text: str) -> None:
    with suppress(ObjectiveError):
        assert parse(text).metric


@pytest.mark.parametrize(
    ("op", "value", "holds", "margin"),
    [
        ("<=", 10.0, True, 0.0),
        ("<", 10.0, False, 0.0),
        (">=", 12.0, True, 2.0),
        (">", 9.0, False, -1.0),
        ("<=", 7.5, True, 2.5),
        ("<=", math.inf, False, -math.inf),
        (">=", math.inf, True, math.inf),
        (">=", math.nan, False, -math.inf),
        ("<=", math.nan, False, -math.inf),
    ],
)
def test_margins(op: str, value: float, holds: bool, margin: float) -> None:
    """Positive on the right side; never is infinitely far, and what does not exist is missed."""
    objective = parse(f"p95(latency) {op} 10s")
    assert (objective.holds(value), objective.margin(value)) == (holds, margin)


def test_a_vocabulary_of_ones_own() -> None:
    """The registry of metrics is plugged in."""
    words = Vocabulary({"failures": "count"}, {"size": "x"})
    assert parse("failures <= 3", words) == Objective("failures", "<=", 3.0, "failures <= 3")
    assert parse("p50(size) >= 2x", words).limit == 2.0
    with pytest.raises(ObjectiveError, match='unknown metric "goodput"'):
        parse("goodput >= 99%", words)
