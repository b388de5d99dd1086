"""One run with everything the metrics ask of it, looked up once: who was answered by which attempt, and so on."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property, wraps
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from brownout.fakes.draws import Identity, call_label
from brownout.fakes.journal import Served

from ..ledger import Ledger
from ..policies.outcome import STREAM_BREAKS
from ..records import AttemptRecord, CallRecord
from .samples import Ordered, Sample
from .tally import Found, Tally

if TYPE_CHECKING:  # a scenario's objectives name metrics, so these cannot be needed to define one
    from ..program import Contestant
    from ..scenario import Scenario
    from ..workload import Calls

Value = TypeVar("Value")
Key = tuple[int, int]
"""A client and its call."""


class Absent(NamedTuple):
    """What stands where a metric has no meaning: why."""

    reason: str


@dataclass
class Observed:
    """A run, or a part of one that has everything of each of its calls: what was played, what was recorded, and the
    same run without faults (`twin`), if there was one."""

    scenario: Scenario
    client: Contestant
    seed: int
    ledger: Ledger
    twin: Ledger | None = None
    sample: Callable[[Iterable[float]], Sample] = Ordered.of
    """How values are kept that quantiles are taken of."""
    watermark: float = -math.inf
    """Of a part: all requests that began before, in seconds of the scenario, are in it or in parts before it."""
    known: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What tallies, and functions marked `once`, have found."""

    def total(self, tally: Tally[Found]) -> Found:
        """What it comes to: it is one part."""
        if tally not in self.known:
            self.known[tally] = tally.find(self)
        found: Found = self.known[tally]
        return found

    @cached_property
    def twin_of_it(self) -> Observed | None:
        """The run without faults, with everything that is asked of a run."""
        return None if self.twin is None else Observed(self.scenario, self.client, self.seed, self.twin)

    @cached_property
    def attempts(self) -> dict[Key, list[AttemptRecord]]:
        """The attempts of each call, in the ledger's order."""
        found: dict[Key, list[AttemptRecord]] = {}
        for attempt in self.ledger.attempts:
            found.setdefault(attempt.who[:2], []).append(attempt)
        return found

    def attempts_of(self, call: CallRecord) -> list[AttemptRecord]:
        return self.attempts.get(call[:2], [])

    @cached_property
    def answers(self) -> dict[Identity, CallRecord]:
        """The attempts whose answers the callers got, and the calls they answered."""
        found = {}
        for call in self.ledger.calls:
            if call.outcome == "ok":
                whole = [attempt for attempt in self.attempts_of(call) if attempt.outcome == "ok"]
                if whole:  # of hedges that ended at the same moment, the one that was sent first
                    found[min(whole, key=_by_end).who] = call
        return found

    @cached_property
    def used(self) -> set[Identity]:
        """The attempts that the answers are made of: where a rest was asked for, what had come before it, too."""
        found = set(self.answers)
        for who, call in self.answers.items():
            served = self.served.get(who)
            left = served.told if served is not None else 0
            for attempt in reversed(self.attempts_of(call)) if left else ():
                if 0 < attempt.tokens <= left and attempt.outcome in STREAM_BREAKS:
                    found.add(attempt.who)
                    left -= attempt.tokens
        return found

    @cached_property
    def served(self) -> dict[Identity, Served]:
        """What the service saw of each attempt that reached it."""
        return {served.who: served for served in self.ledger.journal}

    @cached_property
    def latencies(self) -> list[float]:
        """Of each call in the ledger's order."""
        return [latency(call) for call in self.ledger.calls]

    @cached_property
    def streamed(self) -> list[CallRecord]:
        return [call for call in self.ledger.calls if call.stream]

    @cached_property
    def _kind(self) -> Callable[[int], int]:
        return self.scenario.workload.kind_of(self.seed)

    def kind_of(self, call: CallRecord) -> Calls:
        """What kind of call it was, as the scenario has it."""
        return self.scenario.workload.kinds[self._kind(call_label(call.client, call.call))]

    def is_last_step(self, call: CallRecord) -> bool:
        """Whether it is the last step of a chain of several."""
        if not self._longest_chains:
            return False
        steps = self._longest_chains[min(bisect_right(self._upto, call.client), len(self._longest_chains) - 1)]
        chain = self.kind_of(call).chain if steps > 1 else 1
        return chain > 1 and call.call % steps == chain - 1

    @cached_property
    def _longest_chains(self) -> list[int]:
        """Of each group of clients; nothing where no call is a chain."""
        spans = self.scenario.workload.spans
        return [span.steps for span in spans] if any(span.steps > 1 for span in spans) else []

    @cached_property
    def _upto(self) -> list[int]:
        """The number of the first client after each group."""
        return list(accumulate(span.clients for span in self.scenario.workload.spans))

    def ttft(self, call: CallRecord) -> float:
        """Seconds from the moment the call was meant to the first text its caller saw, of whatever attempt, if only
        at the end of one without streaming; `inf` if none came."""
        times = [text for attempt in self.attempts_of(call) if (text := self._first_text(attempt)) is not None]
        return min(times) - call.intended if times else math.inf

    def _first_text(self, attempt: AttemptRecord) -> float | None:
        if attempt.first_text is None and attempt.outcome == "ok":
            served = self.served.get(attempt.who)
            return attempt.finished if served is not None and not served.stream else None
        return attempt.first_text

    def largest_gap(self, call: CallRecord) -> float | None:
        """The longest silence in seconds within any of its attempts that showed text; None if none did."""
        gaps = [attempt.largest_gap for attempt in self.attempts_of(call) if attempt.first_text is not None]
        return max(gaps) if gaps else None

    def shown(self, call: CallRecord) -> float:
        """The share of the whole answer that the best of its attempts had shown by the deadline, what it went on with
        included."""
        tries = ((attempt.shown, self.served.get(attempt.who)) for attempt in self.attempts_of(call))
        return max((_share(shown, served) for shown, served in tries if served), default=0.0)

    def is_good(self, call: CallRecord) -> bool:
        """Whether it was answered whole by its deadline, and, streamed, as fluently as the scenario asks."""
        return latency(call) <= call.deadline and self._is_fluent(call)

    def _is_fluent(self, call: CallRecord) -> bool:
        if not (call.stream and self._asks_fluency):
            return True
        kind = self.kind_of(call)
        if kind.first_text_within is not None and self.ttft(call) > kind.first_text_within:
            return False
        return kind.gap_within is None or (self.largest_gap(call) or 0.0) <= kind.gap_within

    @cached_property
    def _asks_fluency(self) -> bool:
        """Whether the scenario asks more of any kind of call than to end in time."""
        kinds = self.scenario.workload.kinds
        return any(kind.first_text_within is not None or kind.gap_within is not None for kind in kinds)

    @cached_property
    def good(self) -> list[bool]:
        """Of each call in the ledger's order."""
        calls = zip(self.ledger.calls, self.latencies, strict=True)
        return [taken <= call.deadline and self._is_fluent(call) for call, taken in calls]


def once(find: Callable[[Observed], Value]) -> Callable[[Observed], Value]:
    """For what several tallies ask of a part: looked up for the first of them."""

    @wraps(find)
    def found(seen: Observed) -> Value:
        if find not in seen.known:
            seen.known[find] = find(seen)
        value: Value = seen.known[find]
        return value

    return found


def _share(shown: int, served: Served) -> float:
    return min(1.0, (served.told + shown) / (served.told + served.output_tokens)) if shown else 0.0


def _by_end(attempt: AttemptRecord) -> tuple[float, float, Identity]:
    return (math.inf if attempt.finished is None else attempt.finished, attempt.started, attempt.who)


def latency(call: CallRecord) -> float:
    """Seconds from the moment the call was meant to be sent to its whole answer; `inf` for anything else.

    A call that failed, was refused or was given up never had its answer: only so can no client win by giving up.
    """
    return call.finished - call.intended if call.outcome == "ok" and call.finished is not None else math.inf
