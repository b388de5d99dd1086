"""A monitor's figures as observable gauges of the OpenTelemetry API. Needs `brownout[otel]`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from .breakers import STATES
from .figures import SHARES, Figures, Snapshot, Window

try:
    from opentelemetry.metrics import CallbackOptions, Meter, Observation, get_meter
except ImportError as error:
    needed = "Monitor.observe needs OpenTelemetry: pip install 'brownout[otel]'"
    raise ImportError(needed, name="opentelemetry") from error

SAME = 1.0
"""Seconds within which the gauges of one collection share a snapshot."""

Attributes = Mapping[str, str]
Said = Iterable[tuple[Attributes, float | None]]

OF_WINDOWS: dict[str, tuple[str, str, Callable[[Figures], float | None]]] = {
    "failure.rate": ("1", "Calls that were not answered, as a share", lambda f: f.failure_rate),
    "timeout.rate": ("1", "Calls that ended in a limit of the client's own, as a share", lambda f: f.timeout_rate),
    "retry.success_rate": (
        "1",
        "Of calls that were tried again those that were answered, as a share",
        lambda f: f.retry_success_rate,
    ),
    "window.amplification": ("{request}", "HTTP requests for each call", lambda f: f.amplification),
    "window.seconds_per_token": ("s", "Time to the answer, for each of its tokens", lambda f: f.seconds_per_token),
    "window.wasted": ("USD", "What was paid for answers nobody got, as far as is known", lambda f: f.wasted_dollars),
}
"""Name behind `brownout.client.` -> unit, words, and the figure."""


def observe(look: Callable[[], Snapshot], now: Callable[[], float], meter: Meter | None = None) -> None:
    """Make the gauges, which `look` whenever they are collected. `meter`: `brownout` of the global provider, if none is
    given."""
    meter = get_meter("brownout") if meter is None else meter
    latest: list[tuple[float, Snapshot]] = []

    def seen() -> Snapshot:
        """All gauges are collected one after the other."""
        at = now()
        if not latest or at - latest[0][0] > SAME:
            latest[:] = [(at, look())]
        return latest[0][1]

    def gauge(name: str, unit: str, about: str, said: Callable[[Snapshot], Said]) -> None:
        def callback(options: CallbackOptions) -> Iterator[Observation]:
            snapshot = seen()
            own = {"brownout.client.name": snapshot.name} if snapshot.name else {}
            for attributes, value in said(snapshot):
                if value is not None:
                    yield Observation(value, {**own, **attributes})

        meter.create_observable_gauge(f"brownout.client.{name}", [callback], unit, about)

    for name, (unit, about, figure) in OF_WINDOWS.items():
        gauge(name, unit, about, _each(figure))
    for name, about, field in (
        ("window.latency", "Quantiles of the time from a call to its answer", "latency"),
        ("window.first_text", "Quantiles of the time from a call to the first text of its stream", "first_text"),
    ):
        gauge(name, "s", about, _quantiles(field))
    gauge("window.breaker.state", "1", "The worst breaker: 0 closed, 1 half-open, 2 open", _breaker)
    gauge("alert.firing", "1", "Whether a rule fires", lambda s: ((_rule(r), float(r.is_firing)) for r in s.rules))
    gauge("alert.level", "1", "What a rule measures, in its limit", lambda s: ((_rule(r), r.level) for r in s.rules))


def _groups(snapshot: Snapshot) -> Iterator[tuple[dict[str, str], Figures]]:
    for window in snapshot.windows:
        yield from _of(window)


def _of(window: Window) -> Iterator[tuple[dict[str, str], Figures]]:
    for group in window.groups:
        about = {"brownout.window": window.name, "gen_ai.request.model": group.model}
        yield about | ({"server.address": group.endpoint} if group.endpoint else {}), group.figures


def _each(figure: Callable[[Figures], float | None]) -> Callable[[Snapshot], Said]:
    return lambda snapshot: ((about, figure(figures)) for about, figures in _groups(snapshot))


def _quantiles(field: str) -> Callable[[Snapshot], Said]:
    def said(snapshot: Snapshot) -> Said:
        for about, figures in _groups(snapshot):
            found = getattr(figures, field)
            for name in SHARES if found is not None else ():
                yield about | {"brownout.quantile": name}, getattr(found, name)

    return said


def _breaker(snapshot: Snapshot) -> Said:
    return [({}, float(STATES.index(snapshot.breaker.state)))]


def _rule(state: Any) -> dict[str, str]:
    return {"brownout.alert.rule": state.rule, "brownout.alert.severity": state.severity}
