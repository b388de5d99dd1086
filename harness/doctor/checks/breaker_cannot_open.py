"""A breaker that never sees enough: it costs nothing, and does nothing."""

from __future__ import annotations

from collections.abc import Iterator

from ...policies.layers.breaker import Breaker
from ...scenario import Scenario
from ..check import Check, Found, plural, span
from ..factors import factors, product
from ..finding import Proof
from ..proving import played
from ..subject import Subject


class BreakerCannotOpen(Check):
    """One process does not make as many calls in the scenario's incident as the breaker wants to see fail, or not as
    many within its `window` as the `minimum` is. Breakers are one for each process: what all processes see together,
    none of them knows."""

    id = "breaker-cannot-open"
    severity = "warning"
    example = """\
layers:
  - deadline: {total: 60s}
  - breaker: {failures: 100, open_for: 10s}
  - content_gap: {limit: 10s}
  - sdk: {max_retries: 0}
timeouts: {read: 50s}"""
    scenario = "overload-and-recovery"

    def look(self, subject: Subject) -> Iterator[Found]:
        scenario = subject.scenario
        if scenario is None or (rate := calls_per_second(scenario)) is None:
            return
        lasts = incident(scenario) or scenario.horizon
        for i, breaker in subject.each(Breaker):
            tries = product(factors(subject.layers[:i]))
            window = breaker.window
            if window is None:
                seconds, wanted, key = lasts, breaker.failures, "failures"
            elif window.time is not None:
                seconds, wanted, key = min(window.time, lasts), window.minimum, "window"
            else:
                seconds, wanted, key = lasts, window.minimum, "window"
            seen = rate * seconds * tries
            if seen >= wanted:
                continue
            of_tries = f" x {tries} tries" if tries > 1 else ""
            yield Found(
                f"The breaker wants {plural(wanted, 'call')} and one process makes {rate:.3g}/s x {span(seconds)}"
                f"{of_tries} = {seen:.3g} in that time: it cannot open.",
                _fix(key, rate * lasts),
                subject.at(i, key),
                on_key=False,
                index=i,
            )

    def prove(self, subject: Subject, found: Found) -> Proof | None:
        """As long an incident, in which every request fails."""
        scenario = subject.scenario
        if scenario is None or (rate := calls_per_second(scenario)) is None:
            return None
        lasts = incident(scenario) or scenario.horizon
        fault = {"kind": "overload"}
        ledger = played(subject, fault, seconds=0.0, calls=max(1, int(rate * lasts)), every=1.0 / rate)
        opened = sum(each.after == "open" for each in ledger.breaker)
        made = f"One process made {len(ledger.calls)} calls in {span(lasts)}, all refused"
        seen = f"{made}; the breaker opened {opened} times."
        return Proof(seen, opened == 0)


def _fix(key: str, calls: float) -> str:
    """One that half, or a quarter, of the calls of the incident open."""
    if key == "failures":
        return f"- breaker: {{failures: {max(1, int(calls / 2))}}}"
    return f"- breaker: {{window: {{calls: {max(2, int(calls / 2))}, minimum: {max(1, int(calls / 4))}}}}}"


def calls_per_second(scenario: Scenario) -> float | None:
    """Of one process; None where that depends on what it is answered."""
    rate = scenario.workload.mean_rate(scenario.horizon)
    return None if rate is None else rate / scenario.workload.clients


def incident(scenario: Scenario) -> float:
    """Seconds of its longest stretch of phases with faults; 0 without any."""
    longest = now = 0.0
    for phase in scenario.timeline:
        now = now + phase.seconds if phase.faults else 0.0
        longest = max(longest, now)
    return longest
