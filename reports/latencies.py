"""What a log of latencies says, as text and for machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from brownout.harness.latencies.calls import Read
from brownout.harness.latencies.fit import Fit
from brownout.harness.latencies.model import FARTHEST, Model, Quantile
from brownout.harness.statistics import Interval

LENGTHS = (256, 1024, 4096, 8192)
"""Of answers, in tokens, where nobody asks for others."""
_MOST = 12
"""Columns that are named though nothing is read of them: a log may have hundreds."""


def latencies_text(found: Model, max_tokens: Iterable[int] = LENGTHS) -> str:
    """Quantiles as they were seen, then what was fitted, then how long answers of some lengths take."""
    return "\n".join([*_lines(found), *_waits(found, sorted(set(max_tokens)))]) + "\n"


def latencies_plain(found: Model, max_tokens: Iterable[int] = LENGTHS) -> dict[str, Any]:
    """The same in base units, as JSON has it."""
    streamed, by_length = found.streamed(), found.by_length
    lengths = sorted(set(max_tokens))
    return {
        "calls": found.calls,
        "given_up": found.given_up,
        "left_out": found.left_out,
        "columns": found.read and found.read._asdict(),
        "quantiles": {name: each._asdict() for name, each in found.quantiles.items()},
        "latency": asdict(found.whole),
        "first_token": found.first_token and asdict(found.first_token),
        "token_gap": found.token_gap and asdict(found.token_gap),
        "by_length": by_length and {name: value for name, value in asdict(by_length).items() if name != "covariance"},
        "hangs": asdict(found.hanging),
        "output_tokens": found.output_tokens and found.output_tokens._asdict(),
        "refused": found.unfitted,
        "read_timeouts": {} if found.unfitted else {str(n): asdict(found.read_timeout(n)) for n in lengths},
        "streamed": streamed and {"first_token": asdict(streamed[0]), "token_gap": asdict(streamed[1])},
    }


def _lines(found: Model) -> Iterator[str]:
    yield f"{found.calls} calls, {found.given_up} of them given up; {found.left_out} that failed are left out."
    if found.read is not None:
        yield from _read(found.read)
    for name, value in found.quantiles.items():
        yield _line(name, _quantile(value))
    yield _fitted("latency", found.whole)
    for name, part in (("first token", found.first_token), ("token gap", found.token_gap)):
        if part is not None:
            yield _fitted(name, part)
    if found.by_length is not None:
        first, gap = map(_timed, (found.by_length.first, found.by_length.gap))
        said = f"({first} + n x {gap}) x lognormal, sigma {found.by_length.sigma.mean:.2f}"
        yield _line("n tokens", f"{said}; {_near(found.by_length.distance)}")
    hangs = found.hanging
    if hangs.low:
        yield _line("hangs", f"{hangs.mean:.1%} ({hangs.low:.1%} to {hangs.high or 0.0:.1%})")
    elif found.given_up and hangs.high:
        yield _line("hangs", f"none that can be told from slow ones; at most {hangs.high:.1%}")
    if found.output_tokens is not None:
        median, p95 = found.output_tokens
        yield _line("output", f"median {median:,} tokens, p95 {p95:,}; a scenario has its own, workload.output_tokens")


def _read(columns: Read) -> Iterator[str]:
    unused = [*columns.unused[:_MOST], *([f"{len(columns.unused) - _MOST} others"] * (len(columns.unused) > _MOST))]
    yield f"read: {', '.join(columns.used)}" + (f"; not used: {', '.join(unused)}" if unused else "")
    yield from (f"warning: {doubt}" for doubt in columns.doubts)


def _waits(found: Model, max_tokens: Iterable[int]) -> Iterator[str]:
    """What a timeout has to leave time for."""
    if found.by_length is None or found.unfitted:
        yield f"No read timeout can be told: {found.unfitted}."
    else:
        yield "Without streaming 99% of answers that end take at most (95% interval):"
        for tokens in max_tokens:
            beyond = f"; none so long was seen, {found.by_length.longest:,} at most"
            said = _timed(found.read_timeout(tokens))
            yield f"  {tokens:>7,} tokens  {said}{beyond if tokens > found.by_length.longest else ''}"
    if (streamed := found.streamed()) is not None:
        first, gap = map(_timed, streamed)
        yield f"With streaming 99% of first tokens come within {first}; 99% of answers take {gap} a token or less."


def _fitted(name: str, part: Fit) -> str:
    said = f"lognormal, median {_timed(part.median)}, sigma {part.sigma.mean:.2f}"
    return _line(name, f"{said}; {_near(part.distance)}")


def _quantile(found: Quantile) -> str:
    if found.refused:
        return found.refused
    if found.value is None:
        return _seconds(None) + ("" if found.low is None else f", at least {_seconds(found.low)}")
    return f"{_seconds(found.value)} ({_seconds(found.low)} to {_seconds(found.high)})"


def _seconds(value: float | None) -> str:
    return "beyond what was waited for" if value is None else f"{value:.1f} s"


def _line(name: str, said: str) -> str:
    return f"  {name:<12} {said}"


def _near(distance: float) -> str:
    fits = "fits well" if distance < 0.05 else "fits badly" if distance > FARTHEST else "fits"
    return f"{fits}, {distance:.3f} off"


def _timed(found: Interval) -> str:
    scale, unit = (1000.0, "ms") if found.mean < 1.0 else (1.0, "s")
    value, low, high = (_figure((bound or 0.0) * scale) for bound in (found.mean, found.low, found.high))
    return f"{value} {unit} ({low} to {high})"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100.0 else f"{value:.3g}"
