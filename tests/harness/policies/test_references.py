"""Our formulas and states, against numbers that other implementations gave: see `references/README.md`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from brownout.harness.policies.backoff import Backoff
from brownout.harness.policies.budgets.bucket import Bucket
from brownout.harness.policies.budgets.quota import Quota
from brownout.harness.policies.budgets.ratio import Ratio
from brownout.harness.policies.budgets.throttle import Throttle
from brownout.harness.policies.chains import Allocation, ChainBudget, Equal, Half, Proportional
from brownout.harness.policies.layers.breaker import Breaker
from brownout.harness.policies.layers.throttle import Throttle as Throttling
from brownout.harness.policies.limiters.aimd import Aimd
from brownout.harness.policies.limiters.base import Pace
from brownout.harness.policies.limiters.cubic import Curve
from brownout.harness.policies.outcome import Outcome
from brownout.harness.policies.sdks.python import asks, wait
from brownout.harness.policies.windows import Latest

from .hand_cranked import Bench

VECTORS = Path(__file__).with_name("references") / "vectors"
OVERLOADED, TIMEOUT, THROTTLED = (
    Outcome("status", status=529),
    Outcome("timeout", "read"),
    Outcome("status", status=429),
)

Case = dict[str, Any]


def cases(name: str, *kinds: str) -> Any:
    """A parameter for each case of a file, of those kinds."""
    found = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
    picked = [each for each in found if each["given"]["kind"] in kinds]
    return pytest.mark.parametrize("case", picked, ids=[_id(each) for each in picked])


def _id(case: Case) -> str:
    source = case["source"]
    return f"{source.get('name', source.get('publication', ''))[-30:]}-{case['given']['kind']}"


def seconds(number: float) -> str:
    return f"{number!r}s"


# -- how long


def backoff_of(case: Case) -> tuple[Backoff, float] | None:
    """Ours with the same parameters, and the longest wait; None for what ours cannot be told."""
    given = case["given"]["parameters"]
    growth = {"constant": "constant", "fibonacci": "fibonacci"}.get(case["given"]["kind"], "exponential")
    name = case["source"].get("name", "")
    if "min" in given or "error" in given or given.get("wait") == 0:
        return None
    if name.startswith("backoff.expo"):
        base, factor, cap = given["factor"], given["base"], given["max_value"]
    else:
        base = next(given[key] for key in ("multiplier", "wait_initial", "initial", "base", "wait") if key in given)
        factor = next((given[key] for key in ("exp_base", "wait_exp_base") if key in given), 2.0)
        if "initial" in given:
            base, factor = given["initial"], given["multiplier"]
        cap = next((given[key] for key in ("max", "wait_max", "maximum", "cap") if given.get(key)), 1e9)
    base *= 2.0 ** given.get("first_exponent", 0)
    jitter = {"full jitter": "full", "equal jitter": "equal", "decorrelated jitter": "decorrelated"}
    added = given.get("jitter") or given.get("wait_jitter")
    shape: Any = jitter.get(case["given"]["kind"], {"additive": seconds(added)} if added else "none")
    fields = {"growth": growth, "base": seconds(base), "factor": factor, "max": seconds(cap), "jitter": shape}
    return Backoff.model_validate(fields), cap


@cases(
    "backoff",
    *("constant", "exponential", "fibonacci", "additive jitter", "full jitter", "equal jitter", "decorrelated jitter"),
)
def test_waits(case: Case) -> None:
    """Additive jitter is theirs before the cap and ours on top of it: capped, they are one."""
    if (made := backoff_of(case)) is None:
        pytest.skip("has no counterpart here: a minimum, no wait at all, or a cap per kind of error")
    backoff, cap = made
    uniforms = case["given"].get("uniforms", [0.5] * len(case["expected"]))
    before: float | None = None
    for retry, (u, expected) in enumerate(zip(uniforms, case["expected"], strict=True)):
        before = min(cap, backoff.delay(retry, u, before))
        assert before == pytest.approx(expected, rel=1e-9)


@cases("backoff", "subtractive jitter")
def test_waits_of_the_anthropic_sdk(case: Case) -> None:
    """Dates are the driver's to read, who has a clock."""
    headers = case["given"]["parameters"].get("headers", {})
    if "GMT" in headers.get("retry-after", ""):
        pytest.skip("a date")
    asked, _ = asks(headers)
    major: Any = case["source"]["version"].partition(".")[0]
    outcome = Outcome("status", status=529, retry_after=asked)
    waits = [wait(outcome, retry, u, major)[0] for retry, u in enumerate(case["given"]["uniforms"])]
    assert waits == pytest.approx(case["expected"], rel=1e-9)


# -- budgets


@cases("budgets", "failure tokens")
def test_tokens_of_grpc(case: Case) -> None:
    given = case["given"]
    purse = Throttle(max_tokens=given["max_tokens"], token_ratio=given["token_ratio"]).open()
    for event, expected in zip(given["events"], case["expected"], strict=True):
        if event == "success":
            purse.succeeds(None, 0.0)
        else:
            if event == "failure":
                purse.fails(OVERLOADED, 0.0)
            if abs(expected["left"] - given["max_tokens"] / 2) > 1e-6:  # where rounding has no say
                assert (purse.take(OVERLOADED, 0.0) is not None) == expected["retry_allowed"]
        assert purse.tokens == pytest.approx(expected["left"])


@cases("budgets", "request ratio")
def test_the_ratio_of_finagle(case: Case) -> None:
    """What may be retried; what is left is kept otherwise, and expires in steps."""
    given = case["given"]
    if given["ratio"] > 1:
        pytest.skip("ours allows at most a retry for each call")
    window, floor = given["ttl"], given["min_per_second"]
    budget = {"share": f"{given['ratio']:%}", "floor": f"{floor!r}/s", "window": seconds(window)}
    purse = Ratio.model_validate(budget).open()
    for event, expected in zip(given["events"], case["expected"], strict=True):
        if event["event"] == "request":
            purse.begins(event["at"])
        else:
            assert (purse.take(OVERLOADED, event["at"]) is not None) == expected["retry_allowed"]


@cases("budgets", "token bucket")
def test_a_plain_bucket(case: Case) -> None:
    given = case["given"]
    if given["per_second"] or not 0 < given["per_success"] <= 1:
        pytest.skip("ours fills with calls or successes, and not with time")
    purse = Bucket(capacity=given["capacity"], deposit=given["per_success"], deposit_on="success").open()
    for event, expected in zip(given["events"], case["expected"], strict=True):
        if event["event"] == "retry":
            assert (purse.take(OVERLOADED, 0.0) is not None) == expected["retry_allowed"]
        else:
            purse.succeeds(None, 0.0)
        assert purse.tokens == pytest.approx(expected["left"], abs=1e-9)


@cases("budgets", "retry quota")
def test_the_quota_of_botocore(case: Case) -> None:
    given = case["given"]
    costs = given["costs"]
    purse = Quota(
        capacity=given["capacity"],
        cost=costs["failure"],
        timeout_cost=costs["timeout"],
        throttled_cost=costs["throttle"],
    ).open()
    outcomes = {"failure": OVERLOADED, "timeout": TIMEOUT, "throttle": THROTTLED}
    paid: dict[int, float | None] = {}
    for event, expected in zip(given["events"], case["expected"], strict=True):
        call = event["call"]
        if event["event"] in outcomes:
            took = purse.take(outcomes[event["event"]], 0.0)
            paid[call] = took if took is not None else paid.get(call)
            assert (took is not None) == expected["retry_allowed"]
        elif event["event"] == "success":
            purse.succeeds(paid.get(call), 0.0)
        assert purse.tokens == expected["left"]


# -- breakers


@cases("breakers", "failures in a row")
def test_breakers_of_failures_in_a_row(case: Case) -> None:
    given = case["given"]
    bench = Bench()
    fields = {"failures": given["failures"], "open_for": seconds(given["open_for"]), "successes": given["successes"]}
    state = Breaker.model_validate(fields).state(bench.site)
    opened = -1.0
    for event, expected in zip(given["events"], case["expected"], strict=True):
        bench.port.time = event["at"]
        if case["source"]["library"] == "purgatory" and event["at"] - opened == given["open_for"]:
            return  # where it wants more than that, and pybreaker does not
        if event["event"] != "call":
            continue  # some turn half-open when they are looked at; ours when somebody calls
        permit = state.enter()
        assert (permit is not None) == expected["let_through"]
        if permit is not None:
            state.leave(permit, 0.0, is_success=event["outcome"] == "success")
            assert state.name == expected["state"]
            opened = event["at"] if state.name == "open" else opened


@cases("breakers", "sliding window")
def test_when_the_breaker_of_resilience4j_opens(case: Case) -> None:
    """Until it does: in half-open theirs lets a number of calls through and looks at their rate, ours at each."""
    given = case["given"]
    size = {"calls": given["window"]} if given["window_type"] == "count" else {"time": seconds(given["window"])}
    minimum = min(given["minimum_calls"], given["window"]) if "calls" in size else given["minimum_calls"]
    window = {
        **size,
        "minimum": minimum,
        "failure_rate": f"{given['failure_rate']}%",
        "slow": seconds(given["slow_after"]),
        "slow_rate": f"{given['slow_rate']}%",
    }
    bench = Bench()
    state = Breaker.model_validate({"window": window, "open_for": seconds(given["open_for"])}).state(bench.site)
    permits: dict[int, tuple[int, float]] = {}
    has_opened = False
    for event, expected in zip(given["events"], case["expected"], strict=True):
        if has_opened and expected["state"] != "open":
            return
        bench.port.time = event["at"]
        if event["event"] == "begin":
            permit = state.enter()
            assert (permit is not None) == expected["let_through"]
            if permit is not None:
                permits[event["call"]] = permit, event["at"]
        elif event["event"] == "end" and event["call"] in permits:
            permit, began = permits.pop(event["call"])
            state.leave(permit, began, is_success=event["outcome"] == "success")
        assert state.name == expected["state"]
        has_opened = has_opened or state.name == "open"


# -- limiters


@cases("limiters", "token bucket")
def test_waits_at_a_token_bucket(case: Case) -> None:
    """In order of coming: who asks for several at once does not come here."""
    given = case["given"]
    if any(each["amount"] != 1 for each in given["arrivals"]):
        pytest.skip("ours gives a token at a time")
    pace = Pace(given["per_second"], given["capacity"])
    if given["starts"] == "empty":
        pace._tokens, pace._last = 0.0, given["start_time"]
    waits = [pace.reserve(each["at"]) for each in given["arrivals"]]
    assert waits == pytest.approx(case["expected"]["waits"], abs=1e-6)


@cases("limiters", "cubic")
def test_the_curve_of_botocore(case: Case) -> None:
    given = case["given"]
    curve, beta = Curve(given["starting_max_rate"], given["start_time"], given["beta"]), given["beta"]
    for event, expected in zip(given["events"], case["expected"], strict=True):
        if event["event"] == "throttle":
            curve = Curve(event["current_rate"], event["at"], beta)
            assert event["current_rate"] * beta == pytest.approx(expected["rate"])
        assert curve.at(event["at"]) == pytest.approx(expected["rate"], abs=1e-6)


@cases("limiters", "aimd")
def test_aimd(case: Case) -> None:
    """Theirs adds for each answer what ours adds for each second of answers."""
    given = case["given"]
    pace = Aimd.model_validate({
        "rate": f"{given['start']!r}/s",
        "increase": f"{given['increase']!r}/s",
        "decrease": f"{given['decrease']:%}",
        "hold": "0s",
        "least": f"{given['least']!r}/s",
        "most": f"{given['most']!r}/s",
    }).open()  # fmt: skip
    for event, expected in zip(given["events"], case["expected"], strict=True):
        if event == "throttle":
            before = pace.rate
            pace.throttled(0.0)
            assert pace.rate == pytest.approx(max(given["least"], before * given["decrease"]))
        else:
            before = pace.rate
            pace.succeeded(0.0)
            assert pace.rate == pytest.approx(min(given["most"], before + given["increase"] / before))
        pace.rate = expected  # and on from theirs


@cases("limiters", "adaptive throttling")
def test_the_chance_of_a_refusal(case: Case) -> None:
    throttle = Throttling(k=case["given"]["k"])
    chances = [throttle.chance(each["requests"], each["accepts"]) for each in case["given"]["counts"]]
    assert chances == pytest.approx(case["expected"], abs=1e-12)


# -- quantiles, and chains


@cases("hedging", "percentile")
def test_percentiles_of_small_samples(case: Case) -> None:
    latest = Latest(1000)
    for value in case["given"]["sample"]:
        latest.add(value)
    assert latest.quantile(case["given"]["percent"] / 100) == case["expected"]["inverted_cdf"]


def half(given: Case) -> Allocation:
    return Half(given["reserve"], given["cap"])


def equal(given: Case) -> Allocation:
    return Equal(len(given["durations"]))


def proportional(given: Case) -> Allocation:
    return Proportional(given["weights"])


ALLOCATIONS: dict[str, Callable[[Case], Allocation]] = {
    "half of what is left": half,
    "equal split": equal,
    "proportional split": proportional,
}


@cases("chains", *ALLOCATIONS)
def test_what_the_steps_of_a_chain_are_given(case: Case) -> None:
    """A step that is given less than it takes is stopped then."""
    given, now = case["given"], 0.0
    budget = ChainBudget(given["total"], ALLOCATIONS[given["kind"]](given))
    expected: Iterator[Case] = iter(case["expected"])
    for duration in given["durations"]:
        share = budget.begin(now)
        if share is None or share <= 0:
            break
        step = next(expected)
        assert share == pytest.approx(step["given"], rel=1e-9)
        now += min(duration, share)
        assert budget.left(now) == pytest.approx(step["left"], abs=1e-9)
    budget.end(now)
    assert next(expected, None) is None
    assert [spent.took for spent in budget.spent] == pytest.approx([step["took"] for step in case["expected"]])
    assert budget.explain().count("\n") == len(budget.spent)
