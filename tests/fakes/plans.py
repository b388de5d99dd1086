"""Strategies for plans and faults, a clock that is cranked by hand, and a sink that writes down what it sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from itertools import count
from typing import Any, Literal, TypeAlias, get_args

from hypothesis import strategies as st
from pydantic import ValidationError

from brownout.fakes.faults import FAULTS, Fault
from brownout.fakes.plan import (
    ADMIT,
    CLOSING,
    FINISH,
    OPENING,
    RELEASE,
    Answer,
    Comment,
    Drip,
    Drops,
    Error,
    Event,
    Finish,
    Head,
    Making,
    Mark,
    Plan,
    Release,
    Spoiled,
    Stall,
    Step,
    Tokens,
    Vanish,
    Wait,
    split_tokens,
    tokens_in,
)
from brownout.fakes.plan import Close as CloseStep
from brownout.fakes.plan import Reset as ResetStep

MOMENTS: tuple[Any, ...] = (
    "arrival",
    "before_headers",
    "after_headers",
    "before_end",
    {"tokens": 0},
    {"tokens": 1},
    {"tokens": 3},
    {"tokens": 1000},
    {"fraction": "0%"},
    {"fraction": "50%"},
    {"fraction": "100%"},
)
"""Each as it stands in a file."""


def _every_fault() -> Iterator[Fault]:
    """Every kind's example, at every moment that the kind allows."""
    for kind in FAULTS.values():
        for moment in (*MOMENTS, "upload"):
            try:
                yield kind.model_validate({**kind.example, "at": moment, "share": "100%"})
            except ValidationError:
                continue


EVERY_FAULT = tuple(_every_fault())
faults = st.sampled_from(EVERY_FAULT)

gaps = st.floats(0.0, 10.0).map(lambda gap: round(gap, 3))
waits = st.builds(Wait, gaps)
runs = st.builds(Tokens, st.integers(1, 40), gaps)
finite_stalls = st.builds(Stall, gaps, st.none() | st.floats(0.5, 5.0).map(lambda pings: round(pings, 3)))
stalls = st.just(Stall()) | finite_stalls


@st.composite
def streams(draw: st.DrawFn, between: st.SearchStrategy[Step] = waits) -> Plan:
    """A streamed answer from its slot on: runs of tokens with something between them."""
    body: list[Step] = []
    for run in draw(st.lists(runs, min_size=1, max_size=4)):
        body += [run, *draw(st.lists(between, max_size=1))]
    return (draw(waits), Head(sse=True), *OPENING, *body, RELEASE, *CLOSING, FINISH)


arrivals: st.SearchStrategy[Plan] = waits.map(lambda wait: (wait, ADMIT))
plain = waits.map(lambda wait: (wait, RELEASE, Head(), Answer(), FINISH))
errors: st.SearchStrategy[Plan] = st.sampled_from(
    [(Head(529), Error("overloaded_error", "Overloaded"), FINISH), (Head(429, retry_after=3.0), FINISH)]
)
segments = st.one_of(arrivals, streams(), plain, errors)


@st.composite
def rests(draw: st.DrawFn) -> Plan:
    """What is left of a segment at some point of it, perhaps in the middle of a run."""
    plan = draw(segments)
    split = split_tokens(plan, draw(st.integers(0, max(1, tokens_in(plan)))))
    if split is not None and draw(st.booleans()):
        return split[1]
    return plan[draw(st.integers(0, len(plan) - 1)) :]


def merged(plan: Plan) -> list[Step]:
    """The plan with runs, and parts of an answer, that follow each other put together."""
    steps: list[Step] = []
    for step in plan:
        last = steps[-1] if steps else None
        if isinstance(step, Tokens) and isinstance(last, Tokens) and last.gap == step.gap:
            steps[-1] = replace(last, count=last.count + step.count)
        elif isinstance(step, Answer) and isinstance(last, Answer) and last.end == step.start:
            steps[-1] = Answer(last.start, step.end)
        else:
            steps.append(step)
    return steps


TOKEN = Tokens(1, 0.0)
"""One content event, whatever run it is from."""
PIECES = 3
"""Of whatever drips."""
DROP = Drops(1, 0.0)
"""One of them."""


def timetable(plan: Plan) -> list[tuple[float, Step]]:
    """When, from its beginning, each step of a plan is to be seen, tokens one by one: what a player must keep to."""
    now, seen = 0.0, list[tuple[float, Step]]()
    for step in plan:
        match step:
            case Wait(seconds=seconds):
                now += seconds
            case Stall(seconds=None, pings=None):
                return seen
            case Stall(seconds=float(seconds), pings=None):
                now += seconds
            case Stall(seconds=float(seconds), pings=float(pings), comments=comments):
                said = Comment() if comments else Event("ping")
                seen += [(now + k * pings, said) for k in count_below(seconds, pings)]
                now += seconds
            case Making(count=tokens, gap=gap):
                now += tokens * gap
            case Drip(gap=gap, step=inner):
                seen += [(now + k * gap, DROP) for k in range(1, PIECES + 1)]
                now += PIECES * gap
                seen += [(now, each) for each in singly(inner)]
            case Spoiled():
                seen += [(now, each) for each in singly(step)]
            case Tokens(count=tokens, gap=gap):
                seen += [(now + k * gap, TOKEN) for k in range(1, tokens + 1)]
                now += tokens * gap
            case Release() | Mark():
                pass
            case Finish() | CloseStep() | ResetStep() | Vanish():
                return [*seen, (now, step)]
            case _:
                seen.append((now, step))
    return seen


def count_below(seconds: float, pings: float) -> range:
    """The numbers of the pings that come before a stall is over; none comes together with its end."""
    last = int(seconds / pings)
    return range(1, last + (last * pings < seconds - 1e-9))


@dataclass
class Timer:
    """A timer of the crank."""

    callback: Callable[[Any, Any], None] | None
    argument: Any

    def cancel(self) -> None:
        self.callback = None


@dataclass
class Crank:
    """A clock that stands still until it is cranked."""

    time: float = 0.0
    pending: list[tuple[float, int, Timer]] = field(default_factory=list)
    _count: Iterator[int] = field(default_factory=count)

    def now(self) -> float:
        return self.time

    def timer(self, delay: float, callback: Callable[[Any, Any], None], argument: Any, /, order: int = 0) -> Timer:
        assert delay >= 0.0
        timer = Timer(callback, argument)
        heappush(self.pending, (self.time + delay, next(self._count), timer))
        return timer

    @property
    def is_idle(self) -> bool:
        return not any(timer.callback for _, _, timer in self.pending)

    def until(self, when: float) -> None:
        """Fire everything that is due by then; the clock then shows that time."""
        turns = 0
        while self.pending and self.pending[0][0] <= when:
            due, _, timer = heappop(self.pending)
            self.time = max(self.time, due)
            if timer.callback is not None:
                timer.callback(timer.argument, None)
            assert (turns := turns + 1) < 100_000, "it never ends"
        self.time = max(self.time, when)


def singly(step: Step) -> list[Step]:
    """Tokens one by one, and what comes of spoiled content beside it."""
    match step:
        case Tokens(count=tokens):
            assert tokens > 0
            return [TOKEN] * tokens
        case Drops(count=pieces):
            return [DROP] * pieces
        case Spoiled(step=inner, how=how) if isinstance(inner, Tokens) or how in ("twice", "swapped"):
            return [step, *singly(inner)]
    return [step]


Lumps: TypeAlias = Literal["never", "always", "after the first"]
LUMPS: tuple[Lumps, ...] = get_args(Lumps)


@dataclass
class Paper:
    """A sink that writes down when it saw what, tokens one by one."""

    clock: Crank
    lumps: Lumps = "never"
    """Whether a run may come as one."""
    on_step: Callable[[Step], None] = lambda step: None
    seen: list[tuple[float, Step]] = field(default_factory=list)
    _dripping: Step | None = None
    _left: int = 0

    def emit(self, step: Step) -> None:
        self.seen += [(self.clock.time, each) for each in singly(step)]
        if isinstance(step, Drops):
            self._left -= step.count
            if self._left == 0 and self._dripping is not None:
                self.seen += [(self.clock.time, each) for each in singly(self._dripping)]
        self.on_step(step)

    def accepts_run(self, run: Tokens) -> bool:
        has_begun = bool(self.seen) and self.seen[-1][1] is TOKEN
        return self.lumps == "always" or (self.lumps == "after the first" and has_begun)

    def measure(self, step: Drip) -> int:
        self._dripping, self._left = step.step, PIECES
        return PIECES

    @property
    def tokens(self) -> int:
        return sum(step is TOKEN for _, step in self.seen)
