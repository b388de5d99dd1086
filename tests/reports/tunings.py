"""The run of `runs`, as one that was tuned: of two values, the one a range and the other a choice."""

from __future__ import annotations

from brownout.harness.part import Estimate
from brownout.harness.recommended import Candidate, Curve, Step, Tuning, Verified
from brownout.harness.results import RunFile

from .runs import NEVER, estimate, run


def metrics(goodput: float, cost: float = 0.01) -> dict[str, Estimate]:
    return {
        "par2": estimate(2.0 - 2.0 * goodput, 1.9 - 2.0 * goodput, 2.1 - 2.0 * goodput),
        "goodput": estimate(goodput),
        "p95(latency)": estimate(NEVER),
        "rmst": estimate(12.5, 12.0, 13.0),
        "false_timeout_rate": estimate(0.015),
        "amplification": estimate(1.25),
        "cost_per_good_call": estimate(cost),
    }


def step(value: str, position: float, goodput: float, *, is_worse: bool = False, is_best: bool = False) -> Step:
    loss = metrics(goodput)["par2"]
    return Step(value=value, position=position, loss=loss, metrics=metrics(goodput), is_worse=is_worse, is_best=is_best)


def tuning(choice: str = "full", limits: tuple[str, ...] = ()) -> Tuning:
    values = {"timeouts.read": "20s", "retry.backoff.jitter": choice}
    read = [
        step("5s", 0.0, 0.6, is_worse=True),
        step("10s", 0.33, 0.83),
        step("20s", 0.66, 0.834, is_best=True),
        step("40s", 1.0, 0.7, is_worse=True),
    ]
    jitter = [step("none", 0.0, 0.7, is_worse=True), step(choice, 1.0, 0.834, is_best=True)]
    return Tuning(
        client="steady",
        instead_of="hasty",
        goal="par2",
        limits=list(limits),
        seed=1,
        values=values,
        loss=estimate(0.332, 0.3, 0.36),
        metrics=metrics(0.834),
        gain=estimate(0.148, 0.05, 0.3),
        is_sure=True,
        sure_gains=["goodput"],
        gains={"goodput": estimate(0.222, 0.2, 0.24), "rmst": estimate(-1.5, -2.0, 1.0)},
        curves=[
            Curve(name="timeouts.read", is_ordered=True, low="10s", high="20s", steps=read),
            Curve(name="retry.backoff.jitter", is_ordered=False, low=choice, high=choice, steps=jitter),
        ],
        front=[
            Candidate(values=values | {"timeouts.read": "9s"}, metrics=metrics(0.8, 0.005), is_best=False),
            Candidate(values=values | {"timeouts.read": "30s"}, metrics=metrics(0.84, 0.02), is_best=False),
        ],
        candidates=40,
        calls=123_456,
        verified=[
            Verified(values=values, seed=1, simulated=0.33, played=0.33),
            Verified(values=values | {"timeouts.read": "10s"}, seed=1, simulated=0.34, played=0.5),
        ],
        is_whole=True,
    )


def tuned_run(choice: str = "full") -> RunFile:
    return run(tuning=tuning(choice), gate=None)
