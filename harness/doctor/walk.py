"""One call on its way through a stack whose requests all end in the same way, step by step.

Branches of a hedge are walked one after the other, so that a breaker or a budget inside one is spent in that order.
Not counted: what other calls do to a limiter or a throttle, and streams, as these begin with an answer.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from heapq import heappop, heappush
from typing import Any

from ..policies.breaking import State
from ..policies.budgets.bucket import Bucket
from ..policies.carried import CarriedLimit
from ..policies.causes import is_any_of, is_futile
from ..policies.layer import Layer, Site
from ..policies.layers.breaker import OPEN, Breaker
from ..policies.layers.fallback import Fallback
from ..policies.layers.hedge import SAVED, Hedge
from ..policies.layers.retry import Retry
from ..policies.layers.sdk import Sdk
from ..policies.outcome import Outcome, is_failure
from ..policies.sdks import python, typescript
from ..policies.totals import TotalLimit

MOST = 10_000
"""Requests of one call that are counted one by one."""


class _Cut(Exception):
    """A limit from outside has run out."""


class Enough(Exception):
    """Too many requests to count."""


class Walk:
    """Goes through the layers, as a call does."""

    def __init__(self, layers: Sequence[Layer], outcome: Outcome, takes: float, u: float) -> None:
        self.requests = 0
        self._layers, self._outcome, self._takes, self._u = layers, outcome, takes, u
        self._kept: dict[int, Any] = {}
        """What a layer keeps from try to try: a purse, a breaker's state."""
        self._now, self._steps = 0.0, 0

    def into(self, i: int, now: float, until: float, head: float) -> tuple[float, Outcome]:
        """When layer `i` is done, and with what. Raises `_Cut` where `until` comes first; `head` limits attempts."""
        layer = self._layers[i]
        self._steps += 1
        if self._steps > MOST * len(self._layers):  # a breaker that is open costs no requests, only tries
            raise Enough
        match layer:
            case TotalLimit(total=total):
                return self._limited(lambda mine: self.into(i + 1, now, mine, head), now + total, until, layer.too_late)
            case CarriedLimit(limit=limit, carries="first_byte"):
                return self.into(i + 1, now, until, min(head, limit))
            case Retry():
                return self._retried(i, layer, now, until, head)
            case Hedge():
                return self._hedged(i, layer, now, until, head)
            case Fallback():
                return self._elsewhere(i, layer, now, until, head)
            case Breaker(per="process"):
                return self._guarded(i, layer, now, until, head)
            case Sdk():
                late = Outcome("timeout", phase="first_byte")
                return self._limited(lambda mine: self._sent(layer, now, mine), now + head, until, late)
        return self.into(i + 1, now, until, head)

    def _limited(self, inner: Any, mine: float, until: float, late: Outcome) -> tuple[float, Outcome]:
        if mine >= until:
            done: tuple[float, Outcome] = inner(until)
            return done
        try:
            done = inner(mine)
        except _Cut:
            return mine, late
        return done

    def _sent(self, sdk: Sdk, now: float, until: float) -> tuple[float, Outcome]:
        may_retry = typescript.retries if sdk.language == "typescript" else python.retries
        retry = 0
        while True:
            self.requests += 1
            if self.requests > MOST:
                raise Enough
            now = _later(now, self._takes, until)
            if retry >= sdk.max_retries or not may_retry(self._outcome):
                return now, self._outcome
            # The SDK's jitter shortens a wait where all others lengthen it.
            now = _later(now, python.wait(self._outcome, retry, 1.0 - self._u, sdk.major)[0], until)
            retry += 1

    def _retried(self, i: int, retry: Retry, now: float, until: float, head: float) -> tuple[float, Outcome]:
        purse = self._keep(i, retry.budget.open) if retry.budget else None
        began, before, is_cause = now, None, is_any_of(retry.on)
        if purse is not None:
            purse.begins(now)
        for tried in range(retry.retries + 1):
            now, outcome = self.into(i + 1, now, until, head)
            if outcome.is_ok or not is_cause(outcome) or is_futile(outcome):
                break
            if purse is not None:
                purse.fails(outcome, now)
            pause = retry.pause(outcome, tried, self._u, before) if tried < retry.retries else None
            if pause is None or (retry.within is not None and now + pause[0] - began > retry.within):
                break
            if purse is not None and purse.take(outcome, now) is None:
                break
            before = pause[0]
            now = _later(now, before, until)
        return now, outcome

    def _hedged(self, i: int, hedge: Hedge, now: float, until: float, head: float) -> tuple[float, Outcome]:
        line = deque(now + hedge.after * n for n in range(1, hedge.hedges + 1))
        purse = None
        if hedge.share is not None:
            bucket = Bucket(deposit=hedge.share, capacity=SAVED)
            purse = self._keep(i, bucket.open)
            purse.begins(now)
        running: list[float] = []
        is_cut, outcome, ends = False, self._outcome, now

        def run(at: float) -> None:
            nonlocal is_cut, outcome
            try:
                end, outcome = self.into(i + 1, at, until, head)
                heappush(running, end)
            except _Cut:
                is_cut = True

        def hedged(at: float) -> None:
            nonlocal ends
            ends = max(ends, at)
            if purse is None or purse.take(self._outcome, at) is not None:
                run(at)
            elif line and not running:  # one that its share forbids keeps the next waiting for nothing
                line.popleft()
                hedged(at)

        run(now)
        while line or running:
            if line and (not running or line[0] <= running[0]):
                if (at := line.popleft()) < until:
                    hedged(at)
                else:
                    is_cut = True
            else:
                ends = heappop(running)
                if line:
                    line.popleft()
                    hedged(ends)
        if is_cut:
            raise _Cut
        return ends, outcome

    def _elsewhere(self, i: int, fallback: Fallback, now: float, until: float, head: float) -> tuple[float, Outcome]:
        is_cause = is_any_of(fallback.on)
        now, outcome = self.into(i + 1, now, until, head)
        for _ in fallback.to:
            if outcome.is_ok or not is_cause(outcome):
                break
            now, outcome = self.into(i + 1, now, until, head)
        return now, outcome

    def _guarded(self, i: int, breaker: Breaker, now: float, until: float, head: float) -> tuple[float, Outcome]:
        site = Site(0, lambda: self._now, lambda record: None)
        state: State = self._keep(i, lambda: breaker.state(site))
        self._now = now
        permit = state.enter()
        if permit is None:
            return now, OPEN
        began = now
        speaks_against = is_failure if breaker.counts is None else is_any_of(breaker.counts)
        try:
            now, outcome = self.into(i + 1, now, until, head)
        except _Cut:
            self._now = until
            state.leave(permit, began, is_success=False)
            raise
        self._now = now
        if speaks_against(outcome):
            state.leave(permit, began, is_success=False)
        else:
            state.abandon(permit)
        return now, outcome

    def _keep(self, i: int, make: Any) -> Any:
        if i not in self._kept:
            self._kept[i] = make()
        return self._kept[i]


def _later(now: float, seconds: float, until: float) -> float:
    if now + seconds >= until:
        raise _Cut
    return now + seconds
