"""How many decisions a second the layers take, beside libraries that take the same ones.

An operation that costs nothing is called through a retry that tries once more, through one that has nothing to do, and
through a closed breaker. Nobody sleeps: the waits of all sides are replaced. What each side has called, and how often,
must be the same, else nothing is measured and it exits with 1.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from time import process_time
from typing import Any

import pybreaker
import stamina
import tenacity
from run import Different, Results, main, spread

from brownout.fakes.draws import Draws
from brownout.harness.policies.call import Ask, Call
from brownout.harness.policies.effects import Attempt, Run, Steps, Timeouts
from brownout.harness.policies.engine import Engine
from brownout.harness.policies.layer import Site
from brownout.harness.policies.layers.breaker import Breaker
from brownout.harness.policies.layers.retry import Retry
from brownout.harness.policies.outcome import OK, Outcome

OVERLOADED = Outcome("status", status=529)
ASK = Ask(0, 0, 0.0, 90.0, False, 10, 100)
DRAWS = Draws(1, "jitter")
TIMEOUTS = Timeouts()


class Overloaded(Exception):
    """What the operation raises for the libraries."""


class Operation:
    """Fails on its first call of every `period`, if it has one; counts."""

    def __init__(self, period: int) -> None:
        self.period = period
        self.calls = 0

    def fails(self) -> bool:
        self.calls += 1
        return bool(self.period) and self.calls % self.period == 1

    def __call__(self) -> None:
        if self.fails():
            raise Overloaded


class AtOnce:
    """A port on which everything is there as soon as it is asked for; it may not call back before it has returned."""

    def __init__(self, operation: Operation) -> None:
        self._operation = operation
        self.answers: list[tuple[Any, Any, Any]] = []

    def attempt(self, effect: Attempt, callback: Any, node: Any) -> AtOnce:
        self.answers.append((callback, node, OVERLOADED if self._operation.fails() else OK))
        return self

    def read(self, effect: Any, callback: Any, node: Any) -> AtOnce:
        raise AssertionError("nothing streams here")

    def timer(self, delay: float, callback: Any, node: Any) -> AtOnce:
        self.answers.append((callback, node, None))
        return self

    def cancel(self) -> None:
        """Nothing is under way."""


def innermost(call: Call) -> Steps:
    outcome: Outcome = yield Attempt(call, TIMEOUTS)
    return outcome


def ours(run: Run, operation: Operation) -> Callable[[], None]:
    """A call through layers."""
    port = AtOnce(operation)
    engine, answers = Engine(port), port.answers

    def done(node: Any, outcome: Any, error: BaseException | None) -> None:
        if error is not None:
            raise error

    def once() -> None:
        engine.start(run(Call(ASK, DRAWS)), done)
        while answers:
            callback, node, value = answers.pop()
            callback(node, value)

    return once


SITE = Site(0, now=lambda: 0.0, record=lambda record: None)
RETRY = Retry.model_validate({"retries": 2, "on": ["overloaded"], "backoff": {"base": "1s"}})


def with_tenacity(operation: Operation) -> Callable[[], None]:
    """As many tries, full jitter, and no sleep."""
    retrying = tenacity.Retrying(
        stop=tenacity.stop_after_attempt(3),
        wait=tenacity.wait_random_exponential(),
        retry=tenacity.retry_if_exception_type(Overloaded),
        sleep=lambda seconds: None,
    )
    return lambda: retrying(operation)


def with_stamina(operation: Operation) -> Callable[[], None]:
    """Its test mode does not sleep."""
    caller = stamina.RetryingCaller(attempts=3)
    return lambda: caller(Overloaded, operation)


def with_pybreaker(operation: Operation) -> Callable[[], None]:
    """Closed, as nothing fails."""
    breaker = pybreaker.CircuitBreaker(fail_max=5)
    return lambda: breaker.call(operation)


Side = Callable[[Operation], Callable[[], None]]
SCENES: dict[str, tuple[int, dict[str, Side]]] = {
    "retry_once": (
        2,
        {
            "ours": lambda operation: ours(RETRY.wrap(innermost, SITE), operation),
            "tenacity": with_tenacity,
            "stamina": with_stamina,
        },
    ),
    "nothing_to_retry": (
        0,
        {
            "ours": lambda operation: ours(RETRY.wrap(innermost, SITE), operation),
            "tenacity": with_tenacity,
            "stamina": with_stamina,
        },
    ),
    "closed_breaker": (
        0,
        {
            "ours": lambda operation: ours(Breaker().wrap(innermost, SITE), operation),
            "pybreaker": with_pybreaker,
        },
    ),
}


def measure(is_quick: bool) -> Results:
    """Calls a second of each, and ours over each. Raises Different if the operation was not called as often."""
    stamina.set_testing(True, attempts=3, cap=True)
    stamina.instrumentation.set_on_retry_hooks([])  # it would log every retry
    calls, rounds = (50, 1) if is_quick else (5000, 9)
    results: Results = {}
    for scene, (period, sides) in SCENES.items():
        taken: dict[str, list[float]] = {side: [] for side in sides}
        for _ in range(rounds):
            counts = set()
            for side, made in sides.items():
                operation = Operation(period)
                counts.add((_timed(made(operation), calls, taken[side]), operation.calls)[1])
            if len(counts) > 1:
                raise Different(f"{scene}: the operation was called {counts} times")
        for side, seconds in taken.items():
            results[f"decisions.{scene}.per_second.{side}"] = spread([calls / each for each in seconds])
            if side != "ours":
                ratios = [theirs / own for theirs, own in zip(seconds, taken["ours"], strict=True)]
                results[f"decisions.{scene}.ours_vs_{side}"] = spread(ratios)
    return results


def _timed(call: Callable[[], None], calls: int, taken: list[float]) -> None:
    gc.collect()
    began = process_time()
    for _ in range(calls):
        call()
    taken.append(process_time() - began)


if __name__ == "__main__":
    main(measure)
