"""Every budget there is: what is never overdrawn, whatever comes; and how each of them fills and empties."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.policies.budgets import BUDGETS, Budget
from brownout.harness.policies.outcome import Outcome

OVERLOADED = Outcome("status", status=529)
TIMEOUT = Outcome("timeout", "read")
EVENTS = st.lists(
    st.tuples(st.floats(0.0, 2.0), st.sampled_from(["begins", "fails", "succeeds", "take", "take after a timeout"])),
    max_size=300,
)
each_budget = pytest.mark.parametrize("kind", BUDGETS)


def example(kind: str, **more: Any) -> Budget:
    return BUDGETS[kind].model_validate({**{k: v for k, v in BUDGETS[kind].example.items() if k != "kind"}, **more})


class Account:
    """A purse, what was done with it, and when."""

    def __init__(self, budget: Budget) -> None:
        self.purse = budget.open()
        self.now = 0.0
        self.paid: float | None = None
        self.began: list[float] = []
        self.retried: list[float] = []

    def does(self, what: str) -> bool:
        """Whether it was a retry that could be paid."""
        match what:
            case "begins":
                self.began.append(self.now)
                self.purse.begins(self.now)
            case "fails":
                self.purse.fails(OVERLOADED, self.now)
            case "succeeds":
                self.purse.succeeds(self.paid, self.now)
                self.paid = None
            case _:
                paid = self.purse.take(TIMEOUT if "timeout" in what else OVERLOADED, self.now)
                if paid is not None:
                    self.paid = paid
                    self.retried.append(self.now)
                return paid is not None
        return False


@each_budget
@given(events=EVENTS)
def test_what_is_left_is_never_less_than_nothing_nor_more_than_all(kind: str, events: list[tuple[float, str]]) -> None:
    """Of budgets that count tokens."""
    account = Account(example(kind))
    full = getattr(account.purse, "tokens", None)
    for pause, what in events:
        account.now += pause
        account.does(what)
        if full is not None:
            assert 0.0 <= account.purse.tokens <= full  # type: ignore[attr-defined]


@each_budget
def test_a_budget_that_nobody_fills_is_spent_at_some_time(kind: str) -> None:
    """While every attempt fails."""
    account = Account(example(kind))
    paid = 0
    for _ in range(1000):
        account.does("fails")
        paid += account.does("take")
    assert 0 < paid < 1000
    assert not account.does("take")


@each_budget
def test_a_budget_that_is_spent_comes_back_with_calls_that_go_well(kind: str) -> None:
    account = Account(example(kind))
    for _ in range(1000):
        account.does("fails")
        account.does("take")
    assert not account.does("take")
    account.paid = None
    for _ in range(20_000):
        account.now += 0.01
        account.does("begins")
        account.does("succeeds")
    assert account.does("take")


@given(events=EVENTS)
def test_a_ratio_is_kept_in_every_window(events: list[tuple[float, str]]) -> None:
    """Of any ten seconds, at most a fifth of the calls and the floor; what is counted moves in steps."""
    account = Account(example("ratio"))
    for pause, what in events:
        account.now += pause
        if account.does(what):
            since = account.now - 9.0
            calls = sum(each >= since - 2.0 for each in account.began)
            assert sum(each >= since for each in account.retried) <= 0.2 * calls + 1.0 * 10.0 + 1e-6


def test_a_timeout_costs_more_than_an_error() -> None:
    """500 tokens pay for a hundred retries after errors, and fifty after timeouts."""
    for what, paid in (("take", 100), ("take after a timeout", 50)):
        account = Account(example("quota"))
        assert sum(account.does(what) for _ in range(500)) == paid


def test_a_retry_that_worked_is_paid_back() -> None:
    """What it cost, and a call without retries puts in one."""
    account = Account(example("quota", capacity=10))
    assert [account.does("take after a timeout"), account.does("take after a timeout")] == [True, False]
    account.does("succeeds")
    assert account.does("take after a timeout")
    account.paid = None
    for _ in range(9):
        account.does("succeeds")
    assert not account.does("take after a timeout")
    account.does("succeeds")
    assert account.does("take after a timeout")


def test_below_half_of_its_tokens_a_throttle_lets_nobody_retry() -> None:
    """Five failures of ten, and eleven successes at a tenth to come back above it."""
    account = Account(example("throttle"))
    for _ in range(4):
        account.does("fails")
    assert account.does("take")
    account.does("fails")
    assert not account.does("take")
    account.does("succeeds")
    assert account.does("take")


def test_deposits_for_successes_alone_dry_up_in_an_outage() -> None:
    """Calls that begin put nothing in then."""
    account = Account(example("bucket", deposit_on="success", capacity=1))
    assert account.does("take")
    for _ in range(100):
        account.does("begins")
    assert not account.does("take")
    for _ in range(10):
        account.does("succeeds")
    assert account.does("take")
