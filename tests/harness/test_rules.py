"""Rules of a gate: lines that mean something, what is said of those that do not, and what a change is."""

from __future__ import annotations

import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.fakes.units import format_duration
from brownout.harness.metrics import METRICS
from brownout.harness.rules import DEFAULTS, EXAMPLES, Rule, RuleError, parse, parse_all

NEVER = math.inf


@pytest.mark.parametrize(
    ("line", "metric", "amount", "unit"),
    [
        ("p95 worse 10%", "p95(latency)", 0.1, "%"),
        ("  p 99.9 ( ttft )   worse 12.5% ", "p99.9(ttft)", 0.125, "%"),
        ("p95(latency) worse 5s", "p95(latency)", 5.0, "s"),
        ("time_to_recover worse 1m30s", "time_to_recover", 90.0, "s"),
        ("goodput worse 2 points", "goodput", 0.02, "points"),
        ("goodput worse 1 point", "goodput", 0.01, "points"),
        ("goodput worse 0.5points", "goodput", 0.005, "points"),
        ("goodput worse 5%", "goodput", 0.05, "%"),
        ("par2 worse 150 points", "par2", 1.5, "points"),
        ("cost_per_good_call worse $0.01", "cost_per_good_call", 0.01, "$"),
        ("amplification worse 250%", "amplification", 2.5, "%"),
        ("amplification worse 0.5x", "amplification", 0.5, "x"),
        ("breaker_opened worse 0", "breaker_opened", 0.0, "count"),
    ],
)
def test_lines_that_mean_something(line: str, metric: str, amount: float, unit: str) -> None:
    found = parse(line)
    assert (found.metric, found.amount, found.unit) == (metric, pytest.approx(amount), unit)
    assert parse(str(found)) == found


def test_what_is_shown_to_users_is_a_rule() -> None:
    assert [str(parse(line)) for line in (*DEFAULTS, *EXAMPLES)] == [*DEFAULTS, *EXAMPLES]


TAKES = 'p95(latency) takes a share of the baseline such as "10%" or a duration such as "5s"'
BROKEN = {
    "": 'expected a metric, "worse" and an amount, such as "p95 worse 10%"',
    "p95": 'expected a metric, "worse" and an amount, such as "p95 worse 10%"',
    "p95 > 10%": 'expected a metric, "worse" and an amount, such as "p95 worse 10%"; write "p95 worse 10%"',
    "p95 wors 10%": 'expected a metric, "worse" and an amount, such as "p95 worse 10%", did you mean "worse"?',
    "p95 worse 1% worse 2%": 'expected a metric, "worse" and an amount, such as "p95 worse 10%"; give each rule a '
    "line of its own",
    "worse 10%": 'expected a metric before "worse", such as "p95 worse 10%"',
    "godput worse 10%": 'unknown metric "godput", did you mean "goodput"?',
    "p95(latncy) worse 10%": 'unknown metric "p95(latncy)", did you mean "p95(latency)"?',
    "p100(latency) worse 10%": 'there is no "p100"; quantiles are p1 to p99, and p99.9',
    "latency worse 10%": 'unknown metric "latency", did you mean "p95(latency)"?',
    "p95 worse": f'expected an amount after "worse": {TAKES}',
    "p95 worse 5": f'{TAKES}, not "5"; write "5s"',
    "p95 worse than 5%": f'{TAKES}, not "than 5%"; write "5%"',
    "p95 worse by 5s": f'{TAKES}, not "by 5s"; write "5s"',
    "p95 worse 5 percent": f'{TAKES}, not "5 percent"; write "5%"',
    "p95 worse 5 points": f'{TAKES}, not "5 points"; points are for shares',
    "p95 worse -5%": f'{TAKES}, not "-5%"; it cannot be negative',
    "goodput worse 2": 'goodput takes a share of the baseline such as "10%" or percentage points such as "2 points", '
    'not "2"; write "2%" or "2 points"',
    "goodput worse 2pp": 'goodput takes a share of the baseline such as "10%" or percentage points such as "2 points", '
    'not "2pp"; write "2 points"',
    "cost_per_good_call worse 0.01": 'cost_per_good_call takes a share of the baseline such as "10%" or an amount such '
    'as "$0.01", not "0.01"; write "0.01%" or "$0.01"',
    "amplification worse 3s": 'amplification takes a share of the baseline such as "10%" or a number such as "0.5", '
    'not "3s"',
    "goodput worse 101%": "goodput cannot get worse by 101%: there is no more than all of it",
    "goodput worse 100.5 points": "goodput cannot get worse by 100.5 points: there is no more than all of it",
}


@pytest.mark.parametrize(("line", "message"), BROKEN.items(), ids=lambda text: text or "nothing")
def test_lines_that_mean_nothing(line: str, message: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse(line)
    assert str(caught.value) == message


def test_one_rule_for_one_thing() -> None:
    """A relative and an absolute rule on one metric are two; `p95` and `p95(latency)` are one."""
    assert len(parse_all(["p95 worse 10%", "p95 worse 5s"])) == 2
    with pytest.raises(RuleError, match=r'^"p95\(latency\) worse 9%": there is a rule like it, "p95 worse 10%"$'):
        parse_all(["p95 worse 10%", "p95(latency) worse 9%"])
    with pytest.raises(RuleError, match=r'^"godput worse 1%": unknown metric'):
        parse_all(["godput worse 1%"])


numbers = st.decimals(0, 99, places=3).map(lambda number: f"{number.normalize():f}")
amounts = {
    "%": numbers.map("{} points".format),
    "s": st.floats(0.0, 1e6).map(format_duration),
    "x": numbers | numbers.map("{}x".format),
    "$": numbers.map("${}".format),
    "count": numbers,
}
quantiles = st.builds(
    "p{}({})".format, st.integers(1, 99) | st.just(99.9), st.sampled_from(["latency", "ttft", "gap", "latency_ok"])
)
names = quantiles | st.sampled_from(sorted(METRICS)) | st.integers(1, 99).map("p{}".format)


@given(names, st.data())
def test_every_rule_can_be_read_back(name: str, data: st.DataObject) -> None:
    """Whatever blanks it had; and its amount is allowed in the words in which it was given."""
    unit = METRICS[name].unit if name in METRICS else "s"
    amount = data.draw(numbers.map("{}%".format) | amounts[unit])
    found = parse(f"  {name}  worse   {amount} ")
    assert str(found) == f"{name} worse {amount}"
    assert parse(str(found)) == found
    assert found.allowed.startswith(f"{amount} ")
    assert found.amount >= 0.0


@given(st.text(max_size=40) | st.builds("{} worse {}".format, names, st.text(max_size=12)))
def test_any_line_is_a_rule_or_an_error_of_ours(line: str) -> None:
    with suppress(RuleError):
        found = parse(line)
        assert parse(str(found)) == found


@pytest.mark.parametrize(
    ("line", "before", "now", "change"),
    [
        ("p95 worse 10%", 20.0, 25.0, 0.25),
        ("p95 worse 5s", 20.0, 25.0, 5.0),
        ("goodput worse 5%", 0.8, 0.6, 0.25),
        ("goodput worse 5 points", 0.8, 0.6, 0.2),
        ("goodput worse 5 points", 0.6, 0.8, -0.2),
        ("p95 worse 10%", 20.0, NEVER, NEVER),
        ("p95 worse 10%", NEVER, 20.0, -NEVER),
        ("p95 worse 10%", NEVER, NEVER, 0.0),
        ("waste_per_call worse 10%", 0.0, 0.1, NEVER),
        ("waste_per_call worse 10%", 0.0, 0.0, 0.0),
        ("goodput worse 10%", 0.0, 0.1, -NEVER),
    ],
)
def test_a_change_is_positive_where_it_is_worse(line: str, before: float, now: float, change: float) -> None:
    assert parse(line).change(before, now) == pytest.approx(change)


finite = st.floats(0.0, 1e9)


@given(st.sampled_from([*DEFAULTS, *EXAMPLES]).map(parse), finite | st.just(NEVER), finite | st.just(NEVER))
def test_a_change_is_a_number(rule: Rule, before: float, now: float) -> None:
    """Never NaN; none is none; and what gets worse one way gets better the other."""
    change, back = rule.change(before, now), rule.change(now, before)
    assert change == change
    assert (change == 0.0) is (before == now) or abs(before - now) < 1e-300
    assert change * back <= 0.0 or change == back == 0.0
