"""A limit that honest answers exceed: it fails calls on a good day, and asks for them anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ...files.errors import Location
from ...policies.carried import CarriedLimit
from ...policies.totals import TotalLimit
from ..check import Check, Found, span
from ..expected import P99, Expected, expected, generation, slowest_first_token
from ..finding import Proof
from ..proving import played_scenario
from ..subject import Subject

CALLS = 2000
"""That the proof plays: a limit at the 99th percentile is met by twenty, or by fewer if some ask in another way."""


class Limit(NamedTuple):
    """One limit of a stack, and what it is a limit on, in each way to ask."""

    name: str
    seconds: float
    loc: Location
    plain: str
    stream: str


class LimitBelowP99(Check):
    """A limit is shorter than what one honest answer in a hundred takes: it breaks what was whole, and asks for it
    again. Without a scenario, limits are held against the slowest first token of the latency profiles, and the read
    timeout of a plain request in Python source against its `max_tokens`; with one, against its own tokens and
    latencies: the whole generation for plain answers, the first token and the gaps for streams. An error where half of
    all answers exceed it."""

    id = "limit-below-p99"
    severity = "warning"
    example = """\
timeouts: {read: 2s}
layers: [{deadline: {total: 60s}}, {content_gap: {limit: 20s}}, {sdk: {max_retries: 0}}]"""

    def look(self, subject: Subject) -> Iterator[Found]:
        if subject.scenario is None:
            yield from self._without(subject)
            return
        latency, told = subject.scenario.server.latency, set[str]()
        for kind in subject.kinds():
            most, half = expected(latency, kind), expected(latency, kind, 0.5)
            for limit in _limits(subject):
                ways = [limit.plain] * (kind.stream < 1.0) + [limit.stream] * (kind.stream > 0.0)
                way = max((way for way in ways if way), key=lambda way: _of(most, way), default="")
                if not way or limit.seconds >= _of(most, way) or limit.name in told:
                    continue
                told.add(limit.name)
                yield Found(
                    f"A {limit.name} of {span(limit.seconds)} is below the {_of(most, way):.1f} s that {_WORDS[way]} "
                    f"takes at the 99th percentile of {subject.scenario.name}'s {kind.profile} calls.",
                    _fix(limit, _of(most, way)),
                    limit.loc,
                    code=_code(limit, _of(most, way)),
                    severity="error" if limit.seconds < _of(half, way) else None,
                    on_key=False,
                )

    def _without(self, subject: Subject) -> Iterator[Found]:
        model, first = slowest_first_token()
        for limit in _limits(subject):
            if limit.stream != "gap" and limit.seconds < first:
                yield Found(
                    f"A {limit.name} of {span(limit.seconds)} is below the {first:.1f} s that a first token of {model} "
                    "takes at the 99th percentile.",
                    _fix(limit, first),
                    limit.loc,
                    code=_code(limit, first),
                    on_key=False,
                )
        code = subject.code
        if code is not None and code.max_tokens and code.is_stream is False:
            takes = generation(code.max_tokens)
            if subject.read < takes:
                yield Found(
                    f"A read timeout of {span(subject.read)} is below the {takes:.0f} s that {code.max_tokens:,} "
                    f"tokens (max_tokens) take without streaming: {generation(0):.1f} s to the first + "
                    f"{code.max_tokens:,} x {generation(1) - generation(0):.4f} s.",
                    f"timeouts: {{read: {span(_rounded(takes))}}}",
                    subject.at_timeout("read"),
                    code=f"timeout={_rounded(takes):g}, or messages.stream(...)",
                )

    def prove(self, subject: Subject, found: Found) -> Proof | None:
        """The scenario's calls, or short ones, on a good day."""
        if subject.code is not None and subject.scenario is None:
            return None
        if subject.scenario is None:
            latency = {"profile": slowest_first_token()[0]}
            stream = "100%" if "first_token" in found.loc else "0%"
            calls = [{"profile": subject.played_profile, "output_tokens": 1, "stream": stream}]
        else:
            latency = subject.scenario.server.latency.model_dump(mode="json", by_alias=True)
            calls = [kind.model_dump(mode="json", by_alias=True) for kind in subject.scenario.workload.kinds]
        ledger = played_scenario(
            subject,
            {
                "name": "proof",
                "workload": {
                    "clients": CALLS,
                    "limit": 1,
                    "arrivals": {"kind": "steady", "rate": f"{CALLS}/s"},
                    "calls": calls,
                },
                "server": {"latency": latency, "capacity": {"slots": 100_000}},
                "timeline": [{"for": "2s"}],
            },
        )
        broken = {a.who.call << 32 | a.who.client for a in ledger.attempts if a.outcome not in ("ok", "censored")}
        seen = f"On a good day {len(broken)} of {len(ledger.calls)} calls met a limit, and nothing was wrong."
        return Proof(seen, len(broken) >= CALLS * (1.0 - P99) / 10.0)


_WORDS = {
    "plain": "a plain answer",
    "first_token": "a first token",
    "whole_stream": "a whole stream",
    "gap": "a gap between tokens",
}
_CARRIED = {"first_byte": ("plain", "first_token"), "first_token": ("", "first_token"), "gap": ("", "gap")}


def _limits(subject: Subject) -> Iterator[Limit]:
    yield Limit("read timeout", subject.read, subject.at_timeout("read"), "plain", "first_token")
    for i, layer in enumerate(subject.layers):
        name = layer.name.replace("_", " ")
        if isinstance(layer, TotalLimit):
            yield Limit(name, layer.total, subject.at(i, "total"), "plain", "whole_stream")
        elif isinstance(layer, CarriedLimit):
            yield Limit(name, layer.limit, subject.at(i, "limit"), *_CARRIED[layer.carries])


def _of(times: Expected, way: str) -> float:
    return float(getattr(times, way))


def _rounded(seconds: float) -> float:
    """A little above it, and easy to remember."""
    step = 1.0 if seconds < 10 else 5.0 if seconds < 60 else 30.0
    return (seconds * 1.1 // step + 1.0) * step


def _fix(limit: Limit, takes: float) -> str:
    seconds = span(_rounded(takes))
    if limit.name == "read timeout":
        return f"timeouts: {{read: {seconds}}}"
    return f"- {limit.name.replace(' ', '_')}: {{{limit.loc[-1]}: {seconds}}}"


def _code(limit: Limit, takes: float) -> str:
    return f"timeout={_rounded(takes):g}"
