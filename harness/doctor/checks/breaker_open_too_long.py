"""A breaker that stays open after all is well: it is then the outage."""

from __future__ import annotations

from collections.abc import Iterator

from ...policies.layers.breaker import Breaker
from ..check import Check, Found, span
from ..finding import Proof
from ..proving import NO_TIME, played_scenario
from ..subject import Subject
from .breaker_cannot_open import incident

LONGEST = 300.0
"""Seconds, where no scenario says how long an incident is: nothing is learnt by not asking for longer."""


class BreakerOpenTooLong(Check):
    """`open_for` is longer than the scenario's incident, or, without one, than five minutes: what opened the breaker is
    over, and calls are still turned away."""

    id = "breaker-open-too-long"
    severity = "warning"
    example = """\
layers: [{deadline: {total: 60s}}, {breaker: {open_for: 15m}}, {content_gap: {limit: 10s}}, {sdk: {max_retries: 0}}]
timeouts: {read: 50s}"""

    def look(self, subject: Subject) -> Iterator[Found]:
        lasts = incident(subject.scenario) if subject.scenario is not None else 0.0
        most = lasts or LONGEST
        for i, breaker in subject.each(Breaker):
            if breaker.open_for > most:
                than = f"the {span(lasts)} of {subject.scenario.name}" if lasts and subject.scenario else span(most)
                yield Found(
                    f"The breaker stays open for {span(breaker.open_for)}, longer than {than}: for "
                    f"{span(breaker.open_for - most)} it is the outage.",
                    "- breaker: {open_for: 10s}",
                    subject.at(i, "open_for"),
                    on_key=False,
                    index=i,
                )

    def prove(self, subject: Subject, found: Found) -> Proof | None:
        """Half a minute in which every request fails, and calls that come after it."""
        breaker = subject.layers[found.index]
        if not isinstance(breaker, Breaker) or breaker.window is not None or breaker.failures > 1000:
            return None
        bad, lasts = 30.0, breaker.open_for + 120.0
        rate = (breaker.failures + 2) / bad * 2.0
        calls = {"profile": subject.played_profile, "deadline": "5m", "output_tokens": 1}
        ledger = played_scenario(
            subject,
            {
                "name": "proof",
                "workload": {"clients": 1, "arrivals": {"kind": "steady", "rate": f"{rate:.6f}/s"}, "calls": calls},
                "server": {"latency": NO_TIME, "capacity": {"slots": 10_000}},
                "timeline": [{"for": "30s", "faults": [{"kind": "overload"}]}, {"for": span(min(lasts, 86_400.0))}],
            },
        )
        late = [call for call in ledger.calls if call.started > bad and call.outcome == "breaker_open"]
        last = max((call.started for call in late), default=bad) - bad
        seen = f"After 30 s of refusals all was well, and {len(late)} calls were still turned away, for {span(last)}."
        return Proof(seen, last > LONGEST / 2.0 or last > breaker.open_for / 2.0)
