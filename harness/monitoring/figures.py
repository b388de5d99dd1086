"""What a monitor says, as frozen records and as plain JSON types."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .histograms import Histogram
from .slots import Slot
from .watching import RuleState

SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Seconds."""

    p50: float
    p95: float
    p99: float

    @classmethod
    def of(cls, histogram: Histogram | None) -> Quantiles | None:
        """None where nothing was recorded."""
        return None if histogram is None else cls(*histogram.quantiles(list(SHARES.values())))


@dataclass(frozen=True, slots=True)
class Figures:
    """Of some calls within a window. Rates are shares of one; what is divided by nothing is None."""

    calls: int
    """That say something of the service: those that their callers have cancelled are counted by themselves."""
    cancelled: int
    latency: Quantiles | None
    """From the call to its answer, retries included, of answered calls."""
    first_text: Quantiles | None
    """From the call to the first text of its stream."""
    failure_rate: float | None
    """Calls that were not answered, those that timed out among them."""
    timeout_rate: float | None
    """Calls that ended in a limit of the client's own."""
    timeouts_by_phase: Mapping[str, float]
    """Limits that ran out for each call, by which of them: retries may have made up for it."""
    retry_rate: float | None
    """Calls that were tried again."""
    retry_success_rate: float | None
    """Of those the ones that were answered in the end."""
    amplification: float | None
    """HTTP requests for each call."""
    input_tokens: float | None
    """Of an answered call."""
    output_tokens: float | None
    seconds_per_token: float | None
    """Of answers."""
    wasted_tokens: int
    """Paid for, and in no answer: prompts and content of attempts that broke off or were called off once the service
    had begun. An estimate from below."""
    wasted_dollars: float | None
    """None where tokens were wasted whose price is not known."""

    @classmethod
    def of(cls, slot: Slot) -> Figures:
        counts = slot.counts

        def rate(top: float, bottom: float) -> float | None:
            return top / bottom if bottom else None

        return cls(
            calls=counts.calls,
            cancelled=counts.cancelled,
            latency=Quantiles.of(slot.latency),
            first_text=Quantiles.of(slot.first_text),
            failure_rate=rate(counts.failed, counts.calls),
            timeout_rate=rate(counts.timed_out, counts.calls),
            timeouts_by_phase={
                phase: count / counts.calls for phase, count in sorted(counts.limits.items()) if counts.calls
            },
            retry_rate=rate(counts.retried, counts.calls),
            retry_success_rate=rate(counts.rescued, counts.retried),
            amplification=rate(counts.attempts, counts.calls),
            input_tokens=rate(counts.input_tokens, counts.answered),
            output_tokens=rate(counts.output_tokens, counts.answered),
            seconds_per_token=rate(counts.seconds, counts.output_tokens),
            wasted_tokens=counts.wasted_input + counts.wasted_output,
            wasted_dollars=None if counts.unpriced else counts.dollars,
        )


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """Of the calls that one model has answered at one endpoint, or failed to; an endpoint is a host, empty for the
    client's own."""

    model: str
    endpoint: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Window:
    """`name` is its length as it was given, such as `5m`."""

    name: str
    seconds: float
    overall: Figures
    groups: tuple[GroupFigures, ...]
    breaker_transitions: Mapping[str, int]
    """How often each has happened, such as `closed -> open`."""


@dataclass(frozen=True, slots=True)
class BreakerState:
    """Of all breakers of the client: `state` is the worst there is. What an operator overrules is not told here."""

    state: str
    open: int
    half_open: int
    transitions: Mapping[str, int]
    """Since the monitor was made."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All figures at one moment. `at`: seconds since the monitor was made."""

    name: str
    at: float
    windows: tuple[Window, ...]
    breaker: BreakerState
    rules: tuple[RuleState, ...]
    dropped_attempts: int
    """Attempts that were let go before their calls had ended, as there were too many."""

    def window(self, name: str) -> Window:
        """Raises `KeyError` for one that there is not."""
        for window in self.windows:
            if window.name == name:
                return window
        raise KeyError(name)

    def as_dict(self) -> dict[str, Any]:
        """The same in plain JSON types; numbers that are not finite are None."""
        found: dict[str, Any] = _plain(asdict(self))
        return found


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case float() if not math.isfinite(value):
            return None
    return value
