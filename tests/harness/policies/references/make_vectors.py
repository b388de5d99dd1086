"""Writes the reference vectors that tests of policies compare against.

Nothing here imports Brownout: every number comes from another project's implementation, or from a few lines written
straight from a published rule. The tests read the JSON only, so they need none of these libraries; README.md says how
to run this again after a library has changed.

Whatever draws randomness is given `UNIFORMS` instead, and whatever reads a clock is given a `Clock` that stands still.
"""

import argparse
import asyncio
import contextlib
import json
import math
import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

Case = dict[str, Any]
Event = dict[str, Any]

RETRIES = range(13)  # 0 is the first retry, that is the second attempt
UNIFORMS = [0.0, 0.5, 0.25, 0.75, 0.1, 0.9, 0.999999, 0.3333, 0.618, 0.2718, 0.8414, 0.0625, 0.47]

LEAST_STEP = 1e-12  # a clock that a rounding error cannot move would have a library wait for ever

AWS_BLOG = "Marc Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015, by its simulator"
FIBONACCI = "OEIS A000045"
GRPC_A6 = "gRFC A6: client retries, section on throttling"
FINAGLE = "Finagle, documentation of RetryBudget.apply"
RESILIENCE4J = "resilience4j, documentation of CircuitBreaker and CircuitBreakerConfig"
SRE_BOOK = "Site Reliability Engineering (Google, 2016), chapter 21, client-side throttling"
CHIU_JAIN = "Chiu and Jain, Analysis of the increase and decrease algorithms, 1989"
DEFINITION = "by definition"


def library(distribution: str, name: str) -> dict[str, str]:
    """The source of what an installed library computed."""
    return {"library": distribution, "version": version(distribution), "name": name}


def published(publication: str, rule: str) -> dict[str, str]:
    """The source of what was computed from a rule, with the rule in our words."""
    return {"publication": publication, "rule": rule}


def case(source: dict[str, str], given: Any, expected: Any, **more: Any) -> Case:
    """One case; `more` holds what a reader should know of it beyond its numbers."""
    return {"source": source, "given": given, "expected": expected, **more}


class Fixed(random.Random):
    """Draws the listed uniforms, round and round; `uniform` and the rest derive from them as the standard library's."""

    def __init__(self, uniforms: Sequence[float] = UNIFORMS) -> None:
        super().__init__(0)
        self._uniforms = list(uniforms)
        self._drawn = 0

    def random(self) -> float:
        self._drawn += 1
        return self._uniforms[(self._drawn - 1) % len(self._uniforms)]


class Clock:
    """A clock that moves when told to, with the faces that the libraries read."""

    def __init__(self, now: float = 0.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    time = monotonic = current_time = __call__

    def sleep(self, seconds: float) -> None:
        self.now += max(seconds, LEAST_STEP)


def exactly(number: float) -> Fraction:
    """The decimal that was written, so that sums of tenths do not drift."""
    return Fraction(str(number))


# --- backoff ---------------------------------------------------------------------------------------------------------


def tenacity_backoffs() -> Iterator[Case]:
    """Tenacity's waits, which read `attempt_number`: 1 after the first attempt failed."""
    import tenacity

    def waits(wait: Callable[[Any], float]) -> list[float]:
        with mock.patch("tenacity.wait.random", Fixed()):
            return [wait(SimpleNamespace(attempt_number=retry + 1)) for retry in RETRIES]

    kinds: list[tuple[str, str, list[dict[str, float]]]] = [
        ("constant", "wait_fixed", [{"wait": 0}, {"wait": 0.25}, {"wait": 3}]),
        (
            "exponential",
            "wait_exponential",
            [
                {"multiplier": 1, "exp_base": 2, "max": 60},
                {"multiplier": 0.5, "exp_base": 2, "max": 8},
                {"multiplier": 0.1, "exp_base": 3, "max": 20},
                {"multiplier": 2, "exp_base": 1.5, "max": 1e9},
                {"multiplier": 1, "exp_base": 2, "max": 30, "min": 4},
                {"multiplier": 5, "exp_base": 2, "max": 3},
            ],
        ),
        (
            "additive jitter",
            "wait_exponential_jitter",
            [
                {"multiplier": 1, "exp_base": 2, "max": 60, "jitter": 1},
                {"multiplier": 0.5, "exp_base": 2, "max": 8, "jitter": 0.25},
                {"multiplier": 0.1, "exp_base": 3, "max": 1e9, "jitter": 5},
                {"multiplier": 1, "exp_base": 2, "max": 30, "jitter": 0},
            ],
        ),
        (
            "full jitter",
            "wait_random_exponential",
            [
                {"multiplier": 1, "exp_base": 2, "max": 60},
                {"multiplier": 0.5, "exp_base": 2, "max": 8},
                {"multiplier": 1, "exp_base": 2, "max": 30, "min": 1},
            ],
        ),
    ]
    for kind, name, variants in kinds:
        for parameters in variants:
            given = {"kind": kind, "parameters": parameters, "uniforms": UNIFORMS}
            yield case(library("tenacity", name), given, waits(getattr(tenacity, name)(**parameters)))


def stamina_backoffs() -> Iterator[Case]:
    """Stamina's own formula: it caps after it has added the jitter."""
    from stamina import _core

    for parameters in (
        {"wait_initial": 0.1, "wait_max": 5.0, "wait_jitter": 1.0, "wait_exp_base": 2.0},  # its defaults
        {"wait_initial": 1.0, "wait_max": 30.0, "wait_jitter": 0.5, "wait_exp_base": 3.0},
        {"wait_initial": 0.5, "wait_max": 8.0, "wait_jitter": 0.0, "wait_exp_base": 2.0},
    ):
        ordered = [parameters[name] for name in ("wait_max", "wait_initial", "wait_exp_base", "wait_jitter")]
        with mock.patch.object(_core, "random", Fixed()):
            waits = [_core._compute_backoff(retry + 1, *ordered) for retry in RETRIES]
        given = {"kind": "additive jitter", "parameters": parameters, "uniforms": UNIFORMS}
        yield case(library("stamina", "stamina._core._compute_backoff"), given, waits)


def google_backoffs() -> Iterator[Case]:
    """google.api_core: full jitter, and the ceiling of the first retry is `initial`."""
    from google.api_core.retry import exponential_sleep_generator, retry_base

    for parameters in (
        {"initial": 1.0, "maximum": 60.0, "multiplier": 2.0},
        {"initial": 0.25, "maximum": 10.0, "multiplier": 1.3},
        {"initial": 5.0, "maximum": 2.0, "multiplier": 2.0},
    ):
        with mock.patch.object(retry_base, "random", Fixed()):
            waits = [wait for _, wait in zip(RETRIES, exponential_sleep_generator(**parameters), strict=False)]
        given = {"kind": "full jitter", "parameters": parameters, "uniforms": UNIFORMS}
        yield case(library("google-api-core", "exponential_sleep_generator"), given, waits)


def backoff_backoffs() -> Iterator[Case]:
    """The library called backoff: the one with a Fibonacci sequence, and a second opinion on the others."""
    import backoff
    from backoff import _jitter

    def waits(values: Iterator[float], jitter: Callable[[float], float] | None = None) -> list[float]:
        next(values)  # its generators yield once before their first wait
        with mock.patch.object(_jitter, "random", Fixed()):
            return [jitter(wait) if jitter else wait for _, wait in zip(RETRIES, values, strict=False)]

    for maximum in (None, 20, 100):
        given: Event = {"kind": "fibonacci", "parameters": {"base": 1, "cap": maximum}}
        yield case(library("backoff", "backoff.fibo"), given, waits(backoff.fibo(max_value=maximum)))
    for parameters in ({"base": 2, "factor": 1, "max_value": 60}, {"base": 3, "factor": 0.1, "max_value": 20}):
        given = {"kind": "exponential", "parameters": parameters}
        yield case(library("backoff", "backoff.expo"), given, waits(backoff.expo(**parameters)))
        given = {"kind": "full jitter", "parameters": parameters, "uniforms": UNIFORMS}
        jittered = waits(backoff.expo(**parameters), backoff.full_jitter)
        yield case(library("backoff", "backoff.expo with backoff.full_jitter"), given, jittered)


def published_backoffs() -> Iterator[Case]:
    """The AWS blog's jitters and the Fibonacci numbers, from their formulas."""
    fibonacci = [1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233]  # F(1) to F(13)
    for base, cap in ((1.0, 30.0), (0.5, 8.0), (2.0, 1e9)):
        rule = "min(cap, base * F(n + 1)) before retry n, with F(1) = F(2) = 1"
        given: Event = {"kind": "fibonacci", "parameters": {"base": base, "cap": cap}}
        yield case(published(FIBONACCI, rule), given, [min(cap, base * fibonacci[retry]) for retry in RETRIES])

    for base, cap, first in ((1.0, 60.0, 0), (0.5, 8.0, 0), (0.1, 20.0, 0), (0.5, 8.0, 1)):
        parameters = {"base": base, "cap": cap, "first_exponent": first}
        ceilings = [min(cap, base * 2 ** (retry + first)) for retry in RETRIES]
        paired = list(zip(ceilings, UNIFORMS, strict=True))
        rule = "uniform(0, c) with c = min(cap, base * 2 ** (first_exponent + n))"
        given = {"kind": "full jitter", "parameters": parameters, "uniforms": UNIFORMS}
        yield case(published(AWS_BLOG, rule), given, [u * ceiling for ceiling, u in paired])
        rule = "c / 2 + uniform(0, c / 2) with c = min(cap, base * 2 ** (first_exponent + n))"
        given = {"kind": "equal jitter", "parameters": parameters, "uniforms": UNIFORMS}
        yield case(published(AWS_BLOG, rule), given, [ceiling / 2 + u * ceiling / 2 for ceiling, u in paired])

    for base, cap, uniforms in (
        (1.0, 60.0, UNIFORMS),
        (0.5, 8.0, UNIFORMS),
        (0.1, 1e9, [0.9] * len(UNIFORMS)),
        (5.0, 2.0, UNIFORMS),
    ):
        waits, previous = [], base
        for u in uniforms:
            previous = min(cap, base + u * (3 * previous - base))
            waits.append(previous)
        rule = "min(cap, uniform(base, 3 * previous)); previous is base at first, then the capped wait"
        given = {"kind": "decorrelated jitter", "parameters": {"base": base, "cap": cap}, "uniforms": uniforms}
        yield case(published(AWS_BLOG, rule), given, waits)


def botocore_backoffs() -> Iterator[Case]:
    """Botocore's standard mode; releases of 2026 tell throttling from other errors, and heed a header."""
    from botocore.retries import standard

    name = "botocore.retries.standard.ExponentialBackoff"
    recent = hasattr(standard.RetryQuotaChecker, "_THROTTLING_RETRY_COST")

    def waits(error: str, max_backoff: float, header: str | None = None) -> list[float]:
        more = {"throttling_detector": standard.ThrottlingErrorDetector(standard.RetryEventAdapter())} if recent else {}
        strategy = standard.ExponentialBackoff(max_backoff=max_backoff, random=Fixed().random, **more)
        response = SimpleNamespace(status_code=503, headers={"x-amz-retry-after": header} if header else {})
        parsed = {"Error": {"Code": error}}
        contexts = (
            standard.RetryContext(attempt_number=retry + 1, http_response=response, parsed_response=parsed)
            for retry in RETRIES
        )
        return [strategy.delay_amount(context) for context in contexts]

    variants: list[tuple[str, float, str | None]] = [
        ("InternalError", 20, None),
        ("Throttling", 20, None),
        ("InternalError", 4, None),
    ]
    if recent:
        variants += [("InternalError", 20, "2500"), ("Throttling", 20, "60000"), ("InternalError", 20, "-5")]
    for error, max_backoff, header in variants:
        parameters = {"error": error, "max_backoff": max_backoff, "x-amz-retry-after": header}
        given = {"kind": "full jitter", "parameters": parameters, "uniforms": UNIFORMS}
        yield case(library("botocore", name), given, waits(error, max_backoff, header))


def anthropic_backoffs() -> Iterator[Case]:
    """The Anthropic SDK's wait, alone and with the headers it heeds."""
    import anthropic
    from anthropic import _base_client
    from anthropic._models import FinalRequestOptions

    name = "anthropic._base_client.BaseClient._calculate_retry_timeout"
    client = anthropic.Anthropic(api_key="unused", max_retries=len(RETRIES))
    options = FinalRequestOptions(method="post", url="/v1/messages")

    def waits(uniforms: Sequence[float], headers: Any = None) -> list[float]:
        now = Clock(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
        with (
            mock.patch.object(_base_client, "random", Fixed(uniforms).random),
            mock.patch.object(_base_client, "time", now),
        ):
            return [client._calculate_retry_timeout(len(RETRIES) - retry, options, headers) for retry in RETRIES]

    for uniforms in (UNIFORMS, [0.0] * len(UNIFORMS), [0.999999] * len(UNIFORMS)):
        given: Event = {"kind": "subtractive jitter", "parameters": {"initial": 0.5, "cap": 8.0}, "uniforms": uniforms}
        yield case(library("anthropic", name), given, waits(uniforms))
    for headers in (
        {"retry-after": "7"},
        {"retry-after": "1.5"},
        {"retry-after": "60"},
        {"retry-after": "61"},
        {"retry-after": "0"},
        {"retry-after": "-3"},
        {"retry-after": "soon"},
        {"retry-after": "Thu, 01 Jan 2026 00:00:09 GMT"},
        {"retry-after": "Wed, 31 Dec 2025 23:59:00 GMT"},
        {"retry-after-ms": "1500"},
        {"retry-after-ms": "250", "retry-after": "7"},
    ):
        parameters = {"initial": 0.5, "cap": 8.0, "headers": headers, "now": "2026-01-01T00:00:00Z"}
        given = {"kind": "subtractive jitter", "parameters": parameters, "uniforms": UNIFORMS}
        yield case(library("anthropic", name), given, waits(UNIFORMS, headers))


# --- budgets ---------------------------------------------------------------------------------------------------------


def botocore_budgets() -> Iterator[Case]:
    """Botocore's retry quota: events name the call they belong to, since a success gives back what its call took."""
    from botocore.exceptions import ReadTimeoutError
    from botocore.retries import quota, standard

    recent = hasattr(standard.RetryQuotaChecker, "_THROTTLING_RETRY_COST")
    checker_class = standard.RetryQuotaChecker
    costs = {
        "failure": checker_class._RETRY_COST,
        "timeout": checker_class._RETRY_COST if recent else checker_class._TIMEOUT_RETRY_REQUEST,
        "throttle": checker_class._THROTTLING_RETRY_COST if recent else checker_class._RETRY_COST,
        "success without a retry": -checker_class._NO_RETRY_INCREMENT,
    }

    def follow(capacity: int, events: list[Event]) -> list[Event]:
        left = quota.RetryQuota(initial_capacity=capacity)
        detector = standard.ThrottlingErrorDetector(standard.RetryEventAdapter())
        checker = checker_class(left, detector) if recent else checker_class(left)
        calls: dict[int, dict[str, Any]] = {}
        results = []
        for event in events:
            shared = calls.setdefault(event["call"], {})
            allowed = None
            if event["event"] in ("success", "gave up"):
                status = 200 if event["event"] == "success" else 500
                checker.release_retry_quota(shared, SimpleNamespace(status_code=status))
            else:
                caught = ReadTimeoutError(endpoint_url="https://example.org") if event["event"] == "timeout" else None
                parsed = {"Error": {"Code": "Throttling"}} if event["event"] == "throttle" else None
                context = standard.RetryContext(
                    attempt_number=1, caught_exception=caught, parsed_response=parsed, request_context=shared
                )
                allowed = checker.acquire_retry_quota(context)
            results.append({"retry_allowed": allowed, "left": left.available_capacity})
        return results

    def on(call: int, *kinds: str) -> list[Event]:
        return [{"call": call, "event": kind} for kind in kinds]

    sequences: list[tuple[int, list[Event]]] = [
        (500, [event for call in range(104) for event in on(call, "failure")]),
        (500, [event for call in range(52) for event in on(call, "timeout")]),
        (500, [event for call in range(102) for event in on(call, "throttle")]),
        (500, on(1, "success") + on(2, "failure", "success") + on(3, "failure", "gave up") + on(4, "success")),
        (500, on(1, "failure", "failure", "success") + on(2, "timeout", "failure", "success") + on(3, "success")),
        (20, on(1, "failure", "timeout", "success") + on(2, "throttle", "throttle", "gave up") + on(3, "failure")),
        (28, on(1, "failure", "failure", "failure") + on(2, "success") + on(3, "throttle", "failure", "success")),
        (10, on(1, "timeout", "timeout", "gave up") + on(2, *["success"] * 3) + on(3, "throttle", "success")),
    ]
    for capacity, events in sequences:
        given = {"kind": "retry quota", "capacity": capacity, "costs": costs, "events": events}
        yield case(library("botocore", checker_class.__name__), given, follow(capacity, events))


def grpc_budgets() -> Iterator[Case]:
    """Retry throttling of gRPC, in fractions: `max_tokens` 10 and `token_ratio` 0.1 meet the threshold exactly."""
    rule = (
        "Tokens start at max_tokens. A failure takes 1, not below 0; a success gives token_ratio, up to max_tokens. "
        "A failed call is retried, and a hedge sent, only while more than max_tokens / 2 are left, which is looked at "
        "once the failure has been counted."
    )

    def follow(max_tokens: float, token_ratio: float, events: list[str]) -> list[Event]:
        most, tokens, results = exactly(max_tokens), exactly(max_tokens), []
        for event in events:
            allowed = None
            if event == "success":
                tokens = min(most, tokens + exactly(token_ratio))
            elif event == "failure":
                tokens = max(Fraction(0), tokens - 1)
            if event in ("failure", "hedge?"):
                allowed = tokens > most / 2
            results.append({"retry_allowed": allowed, "left": float(tokens)})
        return results

    failure, success, hedge = ["failure"], ["success"], ["hedge?"]
    for max_tokens, token_ratio, events in (
        (10, 0.1, failure * 12 + success * 55 + hedge + failure + success * 10 + hedge + success + hedge),
        (10, 0.1, success * 3 + failure * 4 + hedge + failure + hedge + success + hedge),
        (4, 0.5, failure * 2 + success * 2 + failure * 3 + success * 9 + failure * 2),
        (3, 1, failure * 2 + success + failure + success * 2 + failure + hedge),
        (100, 0.333, (failure + success * 2) * 12 + failure * 50 + success * 3 + hedge),
    ):
        given = {"kind": "failure tokens", "max_tokens": max_tokens, "token_ratio": token_ratio, "events": events}
        yield case(published(GRPC_A6, rule), given, follow(max_tokens, token_ratio, events))


def finagle_budgets() -> Iterator[Case]:
    """Finagle's retry budget with a window that slides exactly; Finagle itself moves it in tenths of the ttl."""
    rule = (
        "The balance is min_per_second * ttl, plus ratio for each request and minus 1 for each retry of the last ttl "
        "seconds: a retry weighs for one ttl just as a request does. A retry needs a balance of 1, and is not counted "
        "if refused."
    )

    def follow(ttl: float, min_per_second: float, ratio: float, events: list[Event]) -> list[Event]:
        entries: list[tuple[float, Fraction]] = []
        results = []
        for event in events:
            now = event["at"]

            def balance(now: float = now) -> Fraction:
                return exactly(min_per_second) * exactly(ttl) + sum(worth for at, worth in entries if now - at < ttl)

            allowed = None
            if event["event"] == "request":
                entries.append((now, exactly(ratio)))
            else:
                allowed = balance() >= 1
                if allowed:
                    entries.append((now, Fraction(-1)))
            results.append({"retry_allowed": allowed, "left": float(balance())})
        return results

    def at(now: float, kind: str, times: int = 1) -> list[Event]:
        return [{"at": now, "event": kind}] * times

    fifteen = [round(1.7 * index, 1) for index in range(15)]
    sequences: list[tuple[float, float, float, list[Event]]] = [
        (10, 0, 0.2, at(0, "request", 4) + at(0.2, "retry") + at(0.3, "request") + at(0.4, "retry", 2)),
        (
            10,
            0,
            0.5,
            at(0, "request", 6)
            + at(5, "retry", 2)
            + at(12.5, "retry")
            + at(12.5, "request", 8)
            + at(12.6, "retry", 3)
            + at(17.5, "retry", 3),
        ),
        (10, 1, 0.2, at(0, "retry", 12) + at(4, "request", 10) + at(4.5, "retry", 3) + at(12, "retry", 2)),
        (1, 10, 0, at(0, "request", 3) + at(0.02, "retry", 11) + at(1.3, "retry", 11)),
        (5, 2, 2, at(0, "request") + at(0.1, "retry", 13) + at(7, "retry")),
        (10, 0, 0.1, [event for second in fifteen for event in at(second, "request", 5) + at(second, "retry")]),
    ]
    for ttl, min_per_second, ratio, events in sequences:
        parameters = {"ttl": ttl, "min_per_second": min_per_second, "ratio": ratio}
        given = {"kind": "request ratio", **parameters, "events": events}
        yield case(published(FINAGLE, rule), given, follow(ttl, min_per_second, ratio, events))


def bucket_budgets() -> Iterator[Case]:
    """A plain bucket of retry tokens, filled by time, by successes, or both."""
    rule = (
        "Tokens start at capacity; they grow by per_second as time passes and by per_success with each success, never "
        "above capacity. A retry takes 1 token, if there is a whole one, and else is refused and takes nothing."
    )

    def follow(capacity: float, per_second: float, per_success: float, events: list[Event]) -> list[Event]:
        tokens, last, results = exactly(capacity), Fraction(0), []
        for event in events:
            now = exactly(event["at"])
            tokens, last = min(exactly(capacity), tokens + (now - last) * exactly(per_second)), now
            allowed = None
            if event["event"] == "success":
                tokens = min(exactly(capacity), tokens + exactly(per_success))
            elif event["event"] == "retry":
                allowed = tokens >= 1
                tokens -= 1 if allowed else 0
            results.append({"retry_allowed": allowed, "left": float(tokens)})
        return results

    def at(now: float, kind: str, times: int = 1) -> list[Event]:
        return [{"at": now, "event": kind}] * times

    for capacity, per_second, per_success, events in (
        (3, 0.5, 0, at(0, "retry", 4) + at(1.9, "retry") + at(2, "retry") + at(9, "retry", 4)),
        (10, 0, 0.1, at(0, "retry", 11) + at(1, "success", 9) + at(1, "retry") + at(1, "success") + at(1, "retry")),
        (5, 0.2, 0.5, at(0, "retry", 5) + at(2, "success") + at(2, "retry") + at(2.5, "retry") + at(60, "retry", 6)),
        (1.5, 1, 0, at(0, "retry", 2) + at(0.4, "retry") + at(0.5, "retry") + at(0.6, "retry") + at(10, "retry", 2)),
    ):
        parameters = {"capacity": capacity, "per_second": per_second, "per_success": per_success}
        given = {"kind": "token bucket", **parameters, "events": events}
        yield case(published(DEFINITION, rule), given, follow(capacity, per_second, per_success, events))


# --- breakers --------------------------------------------------------------------------------------------------------


def _calls(*steps: tuple[float, str]) -> list[Event]:
    """Steps at times: a call that will succeed or fail if let through, or a look at the state alone."""
    return [{"at": at, "event": "look" if what == "look" else "call", "outcome": what} for at, what in steps]


CONSECUTIVE: list[tuple[int, float, list[Event]]] = [
    (
        3,
        10,
        _calls(
            (0, "failure"),
            (1, "failure"),
            (2, "success"),
            (3, "failure"),
            (4, "failure"),
            (5, "failure"),
            (6, "success"),
            (14.9, "failure"),
            (15.5, "look"),
            (15.5, "success"),
            (16, "success"),
        ),
    ),
    (
        1,
        5,
        _calls(
            (0, "success"),
            (1, "failure"),
            (1, "success"),
            (5.9, "success"),
            (6.5, "failure"),
            (7, "success"),
            (11.4, "look"),
            (11.6, "success"),
            (12, "failure"),
            (12.5, "success"),
        ),
    ),
    (2, 10, _calls((0, "failure"), (0, "failure"), (9.5, "success"), (10, "look"), (10, "success"), (10.5, "success"))),
    (
        5,
        30,
        _calls(
            *[(second, "failure") for second in range(7)],
            (34.5, "failure"),
            (35, "success"),
            *[(65 + second, "success") for second in range(3)],
        ),
    ),
]
"""The failures in a row that open it, the seconds it stays open, and the steps, whichever library follows them."""


def _attempt(run: Callable[[Callable[[], None]], object], outcome: str) -> bool:
    """Whether the breaker let the call through, by whether the function ran: what it raises differs between them."""
    ran = []

    def function() -> None:
        ran.append(outcome)
        if outcome == "failure":
            raise ConnectionError

    with contextlib.suppress(Exception):
        run(function)
    return bool(ran)


def _followed(
    clock: Clock, events: list[Event], run: Callable[[Callable[[], None]], object], state: Callable[[], str]
) -> list[Event]:
    results = []
    for event in events:
        clock.now = event["at"]
        through = _attempt(run, event["outcome"]) if event["event"] == "call" else None
        results.append({"let_through": through, "state": state()})
    return results


def pybreaker_breakers() -> Iterator[Case]:
    """Pybreaker, which alone of the three wants several successes before it closes."""
    import pybreaker

    half_open = _calls((0, "failure"), (0, "failure"), (11, "success"), (11.5, "look"), (12, "success"),
                       (12.5, "failure"), (13, "success"), (14, "failure"), (14.5, "failure"), (25, "success"),
                       (25.5, "success"), (26, "failure"), (26.5, "success"), (37, "success"), (37.5, "success"),
                       (38, "success"), (38.5, "failure"), (39, "success"))  # fmt: skip
    variants = [(fail_max, wait, 1, events) for fail_max, wait, events in CONSECUTIVE]
    variants += [(2, 10, 3, half_open), (2, 10, 2, half_open)]
    for fail_max, reset_timeout, success_threshold, events in variants:
        clock = Clock()

        class Date(datetime):
            @classmethod
            def now(cls, tz: Any = None, clock: Clock = clock) -> datetime:  # type: ignore[override]
                return datetime(2026, 1, 1, tzinfo=tz) + timedelta(seconds=clock.now)

        with mock.patch.object(pybreaker, "datetime", Date):
            breaker = pybreaker.CircuitBreaker(fail_max, reset_timeout, success_threshold)
            results = _followed(clock, events, breaker.call, lambda: breaker.current_state)  # noqa: B023
        parameters = {"failures": fail_max, "open_for": reset_timeout, "successes": success_threshold}
        given = {"kind": "failures in a row", **parameters, "events": events}
        yield case(library("pybreaker", "CircuitBreaker"), given, results)


def purgatory_breakers() -> Iterator[Case]:
    """Purgatory, a second opinion: open until strictly more than its ttl has passed."""
    from purgatory.domain import model

    names = {"closed": "closed", "opened": "open", "half-opened": "half-open"}
    for failures, open_for, events in CONSECUTIVE:
        clock = Clock()
        with mock.patch.object(model, "time", clock):
            context = model.Context("reference", failures, open_for)

            def run(function: Callable[[], None], context: model.Context = context) -> None:
                with context:
                    function()

            results = _followed(clock, events, run, lambda: names[context.state])  # noqa: B023
        parameters = {"failures": failures, "open_for": open_for, "successes": 1}
        given = {"kind": "failures in a row", **parameters, "events": events}
        yield case(library("purgatory", "purgatory.domain.model.Context"), given, results)


def circuitbreaker_breakers() -> Iterator[Case]:
    """The library called circuitbreaker, a third opinion: it is half-open once the time is up, without a call."""
    import circuitbreaker

    for failures, open_for, events in CONSECUTIVE:
        clock = Clock()
        with mock.patch.object(circuitbreaker, "monotonic", clock):
            breaker = circuitbreaker.CircuitBreaker(failures, open_for, name="reference")

            def run(function: Callable[[], None], breaker: circuitbreaker.CircuitBreaker = breaker) -> None:
                breaker(function)()

            results = _followed(clock, events, run, lambda: breaker.state.replace("_", "-"))  # noqa: B023
        parameters = {"failures": failures, "open_for": open_for, "successes": 1}
        given = {"kind": "failures in a row", **parameters, "events": events}
        yield case(library("circuitbreaker", "CircuitBreaker"), given, results)


def sliding_breaker(parameters: dict[str, Any], events: list[Event], whole_seconds: bool = True) -> list[Event]:
    """Resilience4j's breaker from its documentation; calls begin and end, so that probes can overlap.

    Without `whole_seconds` a time window reaches exactly `window` seconds back, instead of to the start of a second.
    """
    state, opened, probes = "closed", 0.0, 0
    recorded: list[tuple[float, bool, bool]] = []  # when it ended, whether it failed, whether it was slow
    began: dict[int, float] = {}
    results = []
    for event in events:
        now, through = event["at"], None
        if event["event"] == "begin":
            if state == "open" and now > opened + parameters["open_for"]:
                state, probes, recorded = "half-open", parameters["permitted_half_open"], []
            through = state == "closed" or (state == "half-open" and probes > 0)
            if through:
                began[event["call"]] = now
                probes -= state == "half-open"
        elif state != "open" and event["call"] in began:  # nor what ends while it is open, nor a refused call, counts
            slow = now - began[event["call"]] > parameters["slow_after"]
            recorded.append((now, event["outcome"] == "failure", slow))
            minimum = parameters["minimum_calls"]
            if state == "half-open":
                minimum = min(minimum, parameters["permitted_half_open"])
                window = recorded
            elif parameters["window_type"] == "count":
                minimum = min(minimum, parameters["window"])
                window = recorded[-parameters["window"] :]
            elif whole_seconds:
                window = [call for call in recorded if math.floor(now) - math.floor(call[0]) < parameters["window"]]
            else:
                window = [call for call in recorded if now - call[0] < parameters["window"]]
            if len(window) >= minimum:
                failed = 100 * Fraction(sum(call[1] for call in window), len(window))
                slowed = 100 * Fraction(sum(call[2] for call in window), len(window))
                if failed >= parameters["failure_rate"] or slowed >= parameters["slow_rate"]:
                    state, opened = "open", now
                elif state == "half-open":
                    state, recorded = "closed", []
        results.append({"let_through": through, "state": state})
    return results


def resilience4j_breakers() -> Iterator[Case]:
    """Sliding windows of calls and of seconds, slow calls, and the calls permitted when half-open."""
    rule = (
        "Closed: once minimum_calls are in the window, it opens as soon as the percentage that failed is at least "
        "failure_rate, or that took more than slow_after seconds is at least slow_rate. The window is the last calls, "
        "or the calls that ended in the current whole second of the clock and those before it. Open: refuses for "
        "open_for seconds. Half-open: lets permitted_half_open calls through and refuses the rest; when those have "
        "ended, the same two rates over them open it again or close it, with an empty window."
    )

    def quick(start: float, outcomes: str, first: int = 0, gap: float = 0.1, took: float = 0.05) -> list[Event]:
        """Calls one after another, `s` or `f` for how each ends."""
        return [
            event
            for index, letter in enumerate(outcomes)
            for event in (
                {"at": round(start + index * gap, 3), "event": "begin", "call": first + index},
                {
                    "at": round(start + index * gap + took, 3),
                    "event": "end",
                    "call": first + index,
                    "outcome": {"s": "success", "f": "failure"}[letter],
                },
            )
        ]

    def begin(now: float, call: int) -> list[Event]:
        return [{"at": now, "event": "begin", "call": call}]

    def end(now: float, call: int, outcome: str) -> list[Event]:
        return [{"at": now, "event": "end", "call": call, "outcome": outcome}]

    count = {
        "window_type": "count", "window": 10, "minimum_calls": 5, "failure_rate": 50, "slow_rate": 100,
        "slow_after": 60, "open_for": 10, "permitted_half_open": 3,
    }  # fmt: skip
    seconds = count | {"window_type": "time"}
    variants: list[tuple[str, dict[str, Any], list[Event]]] = [
        ("exactly the threshold opens", count, quick(0, "ssfsff") + begin(1, 90)),
        ("four failures are too few calls", count, quick(0, "ffff") + quick(1, "s", 10) + begin(2, 90)),
        ("the oldest calls leave the window", count | {"minimum_calls": 10}, quick(0, "ffffssssss")
            + quick(2, "ssss", 20) + quick(3, "fffff", 30) + begin(4, 90)),
        ("all probes end well", count, quick(0, "fffff") + begin(9.5, 90) + quick(11, "sfs", 10) + quick(12, "ffff", 20)
            + begin(12.9, 91)),
        ("probes end badly", count, quick(0, "fffff") + quick(11, "ffs", 10) + begin(12, 90) + begin(20.5, 91)
            + quick(22, "sss", 20)),
        ("probes overlap", count, quick(0, "fffff") + begin(11, 10) + begin(11.1, 11) + begin(11.2, 12)
            + begin(11.3, 13) + end(11.5, 11, "success") + begin(11.6, 14) + end(11.7, 10, "failure")
            + end(11.8, 12, "success") + begin(12, 15)),
        ("a straggler ends while open", count, begin(0, 90) + quick(0.1, "fffff") + end(5, 90, "success")
            + begin(5.1, 91) + begin(10.6, 92)),
        ("slow calls open", count | {"slow_rate": 50, "slow_after": 2}, quick(0, "sss", gap=3, took=2)
            + quick(10, "sss", 10, gap=3, took=2.5) + begin(18.6, 90)),
        ("slow probes open again", count | {"slow_rate": 60, "slow_after": 2}, quick(0, "fffff")
            + quick(11, "sss", 10, gap=4, took=2.1) + begin(22, 90)),
        ("a low rate", count | {"failure_rate": 10, "minimum_calls": 10}, quick(0, "sssssssssf") + begin(2, 90)),
        ("a minimum above the window counts as the window", count | {"minimum_calls": 40}, quick(0, "sssssfffff")),
        ("one probe", count | {"permitted_half_open": 1}, quick(0, "fffff") + begin(11, 90) + begin(11.1, 91)
            + end(11.5, 90, "success") + begin(11.6, 92)),
        ("a time window opens", seconds, quick(0, "ssfff") + begin(1, 90)),
        ("old failures leave a time window", seconds, quick(0, "ffff") + quick(15, "sfss", 10) + quick(17, "fff", 20)),
        ("a time window that thins out", seconds, quick(0.2, "ssssss") + quick(9.2, "ff", 10) + quick(12, "ff", 20)
            + quick(13, "f", 30)),
        ("whole seconds matter", seconds, quick(0.8, "ff") + quick(10.1, "fss", 10) + quick(10.5, "s", 20)),
        ("probes ignore the time window", seconds, quick(0, "fffff") + quick(11, "sss", 10, gap=20, took=1)
            + quick(60, "fff", 20)),
        ("fewer calls than probes", count | {"minimum_calls": 2}, quick(0, "ff") + quick(11, "ss", 10)
            + quick(12, "ff", 20)),
    ]  # fmt: skip
    for title, parameters, events in variants:
        results = sliding_breaker(parameters, events)
        given = {"kind": "sliding window", "title": title, **parameters, "events": events}
        more: dict[str, Any] = {}
        if (exact := sliding_breaker(parameters, events, whole_seconds=False)) != results:
            more["expected_of_exact_window"] = exact
        if parameters["minimum_calls"] < parameters["permitted_half_open"]:
            more["note"] = "The code decides after minimum_calls probes; the documentation reads as if after all."
        yield case(published(RESILIENCE4J, rule), given, results, **more)


# --- limiters --------------------------------------------------------------------------------------------------------


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time jumps to the next timer instead of passing."""

    def __init__(self) -> None:
        super().__init__()
        self._virtual = 0.0
        select = self._selector.select  # type: ignore[attr-defined]

        def jump(timeout: float | None = None) -> Any:
            self._virtual += max(timeout or 0.0, LEAST_STEP)
            return select(0)

        self._selector.select = jump  # type: ignore[attr-defined]

    def time(self) -> float:
        return self._virtual


def aiolimiter_limiters() -> Iterator[Case]:
    """Aiolimiter, a leaky bucket: a full burst at first, then its rate."""
    import aiolimiter

    async def waits(max_rate: float, period: float, arrivals: list[tuple[float, float]]) -> list[float]:
        limiter = aiolimiter.AsyncLimiter(max_rate, period)
        loop = asyncio.get_running_loop()

        async def acquire(at: float, amount: float) -> float:
            await limiter.acquire(amount)
            return round(loop.time() - at, 9)

        tasks = []
        for at, amount in arrivals:  # by one task, since asyncio wakes those that sleep equally long in any order
            if at > loop.time():
                await asyncio.sleep(at - loop.time())
            tasks.append(asyncio.create_task(acquire(at, amount)))
        return await asyncio.gather(*tasks)

    variants: list[tuple[float, float, list[tuple[float, float]]]] = [
        (4, 2, [(0, 1)] * 7),
        (1, 1, [(0, 1), (0.25, 1), (0.5, 1), (3, 1), (3.5, 1), (5.5, 1)]),
        (10, 60, [*[(0, 1)] * 10, (3, 1), (30, 1), (30, 1), (31, 1), (31, 1), (31, 1), (31, 1)]),
        (100, 10, [(0, 60), (1, 60), (1.5, 60), (2, 10), (20, 100), (20, 1)]),
        (5, 1, [(0, 5), (0.1, 5), (0.2, 1)]),
    ]
    for max_rate, period, arrivals in variants:
        with contextlib.closing(VirtualLoop()) as loop:
            waited = loop.run_until_complete(waits(max_rate, period, arrivals))
        listed = [{"at": at, "amount": amount} for at, amount in arrivals]
        given = {"kind": "token bucket", "capacity": max_rate, "per_second": max_rate / period, "arrivals": listed}
        yield case(library("aiolimiter", "AsyncLimiter"), given | {"starts": "full"}, {"waits": waited})


class _AdvancingCondition(threading.Condition):
    """A condition whose wait moves a clock instead of blocking."""

    def __init__(self, lock: Any, clock: Clock) -> None:
        super().__init__(lock)
        self._clock = clock

    def wait(self, timeout: float | None = None) -> bool:
        self._clock.sleep(timeout or 0.0)
        return False


def botocore_bucket_limiters() -> Iterator[Case]:
    """Botocore's token bucket: it starts empty, and holds one second's worth (at least one token)."""
    from botocore.retries import bucket

    for rate, arrivals in (
        (2, [0.0, 0.0, 0.0, 0.0, 4.0, 4.0, 4.0, 4.0]),
        (0.5, [0.0, 1.0, 10.0, 10.5]),
        (0.1, [0.0, 5.0]),
        (5, [10.0, 10.0, 10.0, 10.1, 10.2, 10.3, 10.4, 20.0]),
    ):
        clock = Clock()
        tokens = bucket.TokenBucket(max_rate=rate, clock=clock)
        tokens._new_fill_rate_condition = _AdvancingCondition(tokens._lock, clock)
        waits = []
        for at in arrivals:
            clock.now = max(clock.now, at)
            tokens.acquire()
            waits.append(round(clock.now - at, 9))
        given = {
            "kind": "token bucket",
            "capacity": tokens.max_capacity,
            "per_second": tokens.max_rate,
            "arrivals": [{"at": at, "amount": 1} for at in arrivals],
            "starts": "empty",
            "start_time": 0,
            "asked_rate": rate,
        }
        yield case(library("botocore", "botocore.retries.bucket.TokenBucket"), given, {"waits": waits})


def botocore_adaptive_limiters() -> Iterator[Case]:
    """CUBIC as botocore has it: the curve alone, then the whole of adaptive mode with what it measures."""
    from botocore.retries import adaptive, bucket, throttling

    for start_rate, events in (
        (10.0, [(second, "success", None) for second in range(8)]),
        (10.0, [(1, "success", None), (2, "throttle", 8.0), (3, "success", None), (4, "success", None),
                (6, "success", None), (8, "throttle", 6.0), (8.5, "throttle", 4.2), (10, "success", None),
                (20, "success", None)]),
        (0.0, [(0, "throttle", 50.0), *[(round(0.5 * step, 1), "success", None) for step in range(1, 20)]]),
        (0.0, [(1, "success", None), (2, "success", None)]),
    ):  # fmt: skip
        calculator = throttling.CubicCalculator(starting_max_rate=start_rate, start_time=0)
        rates = []
        for at, kind, current in events:
            rate = calculator.success_received(at) if kind == "success" else calculator.error_received(current, at)
            rates.append({"rate": rate, "w_max": calculator.get_params_snapshot().w_max,
                          "k": calculator.get_params_snapshot().k})  # fmt: skip
        listed = [{"at": at, "event": kind, "current_rate": current} for at, kind, current in events]
        constants = {"scale": throttling.CubicCalculator._SCALE_CONSTANT, "beta": throttling.CubicCalculator._BETA}
        starting = {"starting_max_rate": start_rate, "start_time": 0}
        given: Event = {"kind": "cubic", **starting, **constants, "events": listed}
        yield case(library("botocore", "botocore.retries.throttling.CubicCalculator"), given, rates)

    def follow(responses: Iterable[tuple[float, str]]) -> list[Event]:
        """Each response follows its request at once; a request waits for the bucket, and delays those behind it."""
        clock = Clock()
        tokens = bucket.TokenBucket(max_rate=1, clock=clock)
        tokens._new_fill_rate_condition = _AdvancingCondition(tokens._lock, clock)
        limiter = adaptive.ClientRateLimiter(
            rate_adjustor=throttling.CubicCalculator(starting_max_rate=0, start_time=clock.now),
            rate_clocker=adaptive.RateClocker(clock),
            token_bucket=tokens,
            throttling_detector=SimpleNamespace(is_throttling_error=lambda throttled: throttled),
            clock=clock,
        )
        results = []
        for at, kind in responses:
            clock.now = max(clock.now, at)
            limiter.on_sending_request(request=None)
            sent = clock.now
            limiter.on_receiving_response(throttled=kind == "throttle")
            results.append(
                {
                    "sent": sent,
                    "measured_rate": limiter._rate_clocker.measured_rate,
                    "rate": tokens.max_rate,
                    "capacity": tokens.max_capacity,
                    "tokens": tokens.available_capacity,
                    "limiting": limiter._enabled,
                }
            )
        return results

    for responses in (
        [(round(0.1 * step, 1), "success") for step in range(1, 31)],
        [(round(0.1 * step, 1), "throttle" if step in (21, 40) else "success") for step in range(1, 61)],
        [(round(0.25 * step, 2), "throttle" if step % 4 == 0 else "success") for step in range(1, 41)],
        [(0.1, "throttle"), (0.2, "throttle"), *[(float(second), "success") for second in range(1, 16)]],
    ):
        listed = [{"at": at, "event": kind} for at, kind in responses]
        given = {"kind": "adaptive mode", "start_time": 0, "events": listed}
        yield case(library("botocore", "botocore.retries.adaptive.ClientRateLimiter"), given, follow(responses))


def published_limiters() -> Iterator[Case]:
    """AIMD and adaptive throttling, from their definitions."""
    rule = "success: min(most, rate + increase); throttle: max(least, rate * decrease)"
    success, throttle = ["success"], ["throttle"]
    for start, increase, decrease, least, most, events in (
        (10, 1, 0.5, 1, 100, success * 5 + throttle + success * 3 + throttle * 2 + success * 2),
        (1, 0.5, 0.7, 0.5, 4, success * 8 + throttle * 8 + success * 2),
        (20, 2, 0.9, 5, 25, success * 4 + throttle * 20 + success),
    ):
        rate, rates = exactly(start), []
        for event in events:
            if event == "success":
                rate = min(exactly(most), rate + exactly(increase))
            else:
                rate = max(exactly(least), rate * exactly(decrease))
            rates.append(float(rate))
        parameters = {"start": start, "increase": increase, "decrease": decrease, "least": least, "most": most}
        yield case(published(CHIU_JAIN, rule), {"kind": "aimd", **parameters, "events": events}, rates)

    rule = "A request is refused locally with probability max(0, (requests - k * accepts) / (requests + 1))"
    for k in (2.0, 1.1, 1.5):
        table = [
            (0, 0), (1, 0), (1, 1), (2, 1), (10, 10), (10, 5), (10, 4), (10, 0), (100, 100), (100, 91), (100, 90),
            (100, 50), (100, 49), (100, 10), (100, 0), (1000, 400), (1000000, 0),
        ]  # fmt: skip
        probabilities = [
            float(max(Fraction(0), (requests - exactly(k) * accepts) / (requests + 1))) for requests, accepts in table
        ]
        counts = [{"requests": requests, "accepts": accepts} for requests, accepts in table]
        yield case(published(SRE_BOOK, rule), {"kind": "adaptive throttling", "k": k, "counts": counts}, probabilities)


# --- hedging ---------------------------------------------------------------------------------------------------------


def hedging_cases() -> Iterator[Case]:
    """Percentiles of small samples by several of numpy's definitions, then calls hedged after one of them."""
    import numpy

    methods: list[Any] = [
        "inverted_cdf", "higher", "lower", "linear", "nearest", "closest_observation", "median_unbiased",
    ]  # fmt: skip
    spread = [0.8, 1.1, 0.9, 5.2, 1.0, 1.3, 0.7, 2.4, 1.2, 1.05, 0.95, 9.5, 1.15, 1.4, 0.85, 3.1, 1.25, 1.6, 0.75, 2.0]
    samples = [
        [3.0],
        [1.0, 2.0],
        [5.0, 1.0, 3.0],
        [2.0, 2.0, 2.0, 9.0],
        [float(index) for index in range(1, 11)],
        spread[:19],
        spread,
        [*spread, 4.0],
        [float(index) for index in range(1, 41)],
        [float(index) for index in range(1, 101)],
    ]
    for sample in samples:
        for percent in (50, 90, 95, 99, 100):
            found = {method: float(numpy.percentile(sample, percent, method=method)) for method in methods}
            given: Event = {"kind": "percentile", "percent": percent, "sample": sample}
            yield case(library("numpy", "numpy.percentile"), given, found)

    rule = "A second call goes out when the first has taken longer than the delay; whichever ends first answers"
    for history, percent in ((spread, 95), (spread, 50), (samples[4], 90)):
        delay = float(numpy.percentile(history, percent, method="inverted_cdf"))
        pairs = [(0.5, 1.0), (delay, 1.0), (delay + 0.5, 0.25), (delay + 0.5, 3.0), (40.0, 1.0)]
        hedged = [{"hedged": first > delay, "took": min(first, delay + second) if first > delay else first}
                  for first, second in pairs]  # fmt: skip
        listed = [{"first": first, "second": second} for first, second in pairs]
        given = {"kind": "hedge", "percent": percent, "method": "inverted_cdf", "history": history, "calls": listed}
        yield case(library("numpy", "numpy.percentile") | {"rule": rule}, given, {"delay": delay, "calls": hedged})


# --- chains ----------------------------------------------------------------------------------------------------------


def chain_cases() -> Iterator[Case]:
    """A deadline shared by steps; a step that needs more than it is given is cut off when that is spent."""

    def follow(
        total: float, durations: Sequence[float], allot: Callable[[Fraction, int], Fraction | None]
    ) -> list[Event]:
        left, results = exactly(total), []
        for index, duration in enumerate(durations):
            given = allot(left, index)
            if given is None:
                break
            took = min(given, exactly(duration))
            left -= took
            enough = exactly(duration) <= given
            results.append({"given": float(given), "took": float(took), "finished": enough, "left": float(left)})
        return results

    halving = (
        "Stop once less than reserve seconds are left (exactly reserve goes on); else the step gets min(left / 2, cap)"
    )
    for total, reserve, cap, durations in (
        (30, 2, 20, [1, 1, 1]),
        (30, 2, 20, [100] * 8),
        (30, 2, 10, [4, 100, 3, 100, 100, 100]),
        (60, 5, 12, [12, 12.5, 11.9, 100, 2, 100, 100]),
        (10, 0.5, 8, [5, 2.5, 1.25, 0.625, 0.3125, 0.1]),
        (8, 1, 100, [100] * 6),
        (1, 2, 5, [1]),
        (2, 2, 5, [0.5, 1]),
        (45, 0, 7.5, [0, 7.5, 3, 100, 100, 100, 100, 100, 100]),
    ):

        def half(left: Fraction, index: int, reserve: float = reserve, cap: float = cap) -> Fraction | None:
            return None if left < exactly(reserve) else min(left / 2, exactly(cap))

        limits = {"total": total, "reserve": reserve, "cap": cap}
        given: Event = {"kind": "half of what is left", **limits, "durations": durations}
        yield case(published(DEFINITION, halving), given, follow(total, durations, half))

    equal = "Each step gets what is left, divided by the steps left, itself included"
    weighted = "Each step gets the share of what is left that its work has in the work left, its own included"
    for total, weights, durations in (
        (30, [1, 1, 1], [5, 5, 5]),
        (30, [3, 2, 1], [100, 100, 100]),
        (60, [1, 4, 1, 2], [2, 100, 1, 100]),
        (12, [1, 2, 3, 4, 2], [0.5, 3, 0, 10, 1]),
        (7, [5], [8]),
        (10, [0.5, 0.25, 0.25], [5, 2.5, 2.5]),
    ):

        def even(left: Fraction, index: int, steps: int = len(weights)) -> Fraction:
            return left / (steps - index)

        def share(left: Fraction, index: int, weights: Sequence[float] = weights) -> Fraction:
            works = [exactly(weight) for weight in weights]
            return left * works[index] / sum(works[index:])

        given = {"kind": "equal split", "total": total, "durations": durations}
        yield case(published(DEFINITION, equal), given, follow(total, durations, even))
        given = {"kind": "proportional split", "total": total, "weights": weights, "durations": durations}
        yield case(published(DEFINITION, weighted), given, follow(total, durations, share))


# --- writing ---------------------------------------------------------------------------------------------------------

FILES: dict[str, list[Callable[[], Iterator[Case]]]] = {
    "backoff": [tenacity_backoffs, stamina_backoffs, google_backoffs, backoff_backoffs, published_backoffs],
    "budgets": [grpc_budgets, finagle_budgets, bucket_budgets],
    "breakers": [pybreaker_breakers, purgatory_breakers, circuitbreaker_breakers, resilience4j_breakers],
    "limiters": [
        aiolimiter_limiters, botocore_bucket_limiters, botocore_adaptive_limiters, published_limiters,
    ],
    "hedging": [hedging_cases],
    "chains": [chain_cases],
}  # fmt: skip
TWICE: dict[str, list[Callable[[], Iterator[Case]]]] = {
    "backoff": [botocore_backoffs, anthropic_backoffs],
    "budgets": [botocore_budgets],
}
"""What an older release computes otherwise: taken from that release, too, by a process of its own."""

TWICE_FROM = ["anthropic", "botocore"]
ONCE_FROM = [
    "aiolimiter", "backoff", "circuitbreaker", "google-api-core", "numpy", "purgatory", "pybreaker",
    "stamina", "tenacity",
]  # fmt: skip


def gathered(makers: dict[str, list[Callable[[], Iterator[Case]]]]) -> dict[str, list[Case]]:
    return {name: [found for make in listed for found in make()] for name, listed in makers.items()}


def written(cases: list[Case]) -> str:
    """One line per part of a case, so that a diff shows which part has changed."""
    parts = [",\n  ".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in one.items()) for one in cases]
    return "[\n " + ",\n ".join(f"{{{part}}}" for part in parts) + "\n]\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--older", type=Path, help="a directory with the older releases, as README.md installs them")
    parser.add_argument("--into", type=Path, default=Path(__file__).parent / "vectors", help="where to write")
    parser.add_argument("--print-twice", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.print_twice:
        json.dump({"versions": {name: version(name) for name in TWICE_FROM}, "cases": gathered(TWICE)}, sys.stdout)
        return
    if arguments.older is None:
        parser.error("--older is needed")

    environment = os.environ | {"PYTHONPATH": str(arguments.older.resolve())}
    command = [sys.executable, __file__, "--print-twice"]
    older = json.loads(subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True).stdout)
    versions = {name: version(name) for name in TWICE_FROM}
    if same := [name for name in TWICE_FROM if older["versions"][name] == versions[name]]:
        parser.error(f"--older holds what is installed anyway: {', '.join(same)}")

    files, twice = gathered(FILES), gathered(TWICE)
    arguments.into.mkdir(parents=True, exist_ok=True)
    for name, cases in files.items():
        everything = cases + twice.get(name, []) + older["cases"].get(name, [])
        (arguments.into / f"{name}.json").write_text(written(everything), encoding="utf-8")
        print(f"{name}.json: {len(everything)} cases")
    lines = [f"python {sys.version.split()[0]}"]
    lines += [f"{name} {version(name)}" for name in sorted(ONCE_FROM + TWICE_FROM)]
    lines += [f"{name} {older['versions'][name]} (older)" for name in TWICE_FROM]
    (arguments.into / "VERSIONS").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
