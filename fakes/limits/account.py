"""What one payer may still do: the organisation, or whoever has one key."""

from __future__ import annotations

from math import ceil, isinf
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ..plan import FINISH, Error, Head, Plan
from .acceleration import Ramp
from .bucket import Bucket, Drain, Quota
from .settings import Limits
from .throttle import Throttle

if TYPE_CHECKING:
    from ..ticket import Request

_ROUNDING = 1e-9


class Gauge(Protocol):
    """Something that a request has to pass."""

    def wait(self, now: float, count: float = 1.0) -> float: ...

    def charge(self, now: float, count: float = 1.0) -> None: ...

    def refusal(self, of: str) -> str: ...


class _Toll(NamedTuple):
    """A gauge, and what it counts."""

    gauge: Gauge
    of: str

    def cost(self, request: Request) -> float:
        """What a request has to find there."""
        return request.input_tokens if self.of == "input tokens" else 1.0


class Account:
    """All quotas of one payer."""

    __slots__ = ("_buckets", "_throttle", "_tolls", "output")

    def __init__(self, limits: Limits) -> None:
        over = limits.burst_over
        self.output = Drain(limits.output_tokens, over) if limits.output_tokens else None
        self._buckets: dict[str, Bucket] = {}
        if limits.requests:
            self._buckets["requests"] = Bucket(limits.requests, over)
        if limits.input_tokens:
            self._buckets["input tokens"] = Bucket(limits.input_tokens, over)
        if self.output is not None:
            self._buckets["output tokens"] = self.output
        self._tolls = [_Toll(bucket, of) for of, bucket in self._buckets.items()]
        if (ramp := limits.acceleration) is not None:
            starts = (("requests", ramp.requests), ("input tokens", ramp.input_tokens))
            self._tolls += [_Toll(Ramp(start, ramp.growth), of) for of, start in starts if start]
        self._throttle = Throttle() if limits.early_retries == "extend" else None

    def refuses(self, request: Request, now: float) -> Plan | None:
        """The 429 that the request gets; None if it is let in, and charged."""
        throttle = self._throttle
        if throttle is not None and (left := throttle.wait(now, request.who.attempt > 0)):
            return _too_many(throttle.message, _whole(left))
        seconds, toll = self._longest_wait(request, now)
        if toll is None:
            for each in self._tolls:
                each.gauge.charge(now, each.cost(request))
            return None
        message = toll.gauge.refusal(toll.of)
        if isinf(seconds):
            return _too_many(message, None)
        if throttle is not None:
            throttle.begin(now, _whole(seconds), message)
        return _too_many(message, _whole(seconds))

    def _longest_wait(self, request: Request, now: float) -> tuple[float, _Toll | None]:
        """What stands in the request's way for longest: with a shorter wait it would come in vain."""
        longest, which = 0.0, None
        for toll in self._tolls:
            seconds = toll.gauge.wait(now, toll.cost(request))
            if seconds > longest:
                longest, which = seconds, toll
        return longest, which

    def quotas(self, now: float) -> list[Quota]:
        """The state of each bucket, and as `tokens` that of the one for tokens of which the least share is left."""
        found = [bucket.quota(of.replace(" ", "-"), now) for of, bucket in self._buckets.items()]
        tokens = [quota for quota in found if quota.name != "requests"]
        if tokens:
            scarcest = min(tokens, key=lambda quota: (quota.remaining / quota.limit, quota.limit))
            found.insert(len(found) - len(tokens), scarcest._replace(name="tokens"))
        return found


def _whole(seconds: float) -> float:
    return float(max(1, ceil(seconds - _ROUNDING)))


def _too_many(message: str, retry_after: float | None) -> Plan:
    return Head(429, retry_after=retry_after), Error("rate_limit_error", message), FINISH
