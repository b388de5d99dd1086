"""Small worlds for a rule to be tried in: calm, trouble, calm again, as ticks; and what the rule's detector makes of
each. Nothing in them is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ...monitoring.tick import BOUNDS, EMPTY, Tick
from ..alarms import Watch
from ..file import RuleFile
from ..signal import MEANS, signal
from ..standard import Given
from .counters import FIELDS

CALLS, TOKENS, PER_TOKEN = 100, 400, 0.02
"""Calls of a tick, tokens of an answer, seconds for each. So few calls that evidence of trouble takes some ticks."""
USUAL = {
    "latency": TOKENS * PER_TOKEN,
    "first_text": 1.0,
    "seconds_per_token": PER_TOKEN,
    "answer_tokens": TOKENS,
    "prompt_tokens": 2000.0,
    "amplification": 1.05,
}
"""Of means, what they are while all is well."""
_WAVER = (0.0, 1.0, -0.75, 0.5, -1.0, 0.25, 0.0)
"""From tick to tick, so that there is a usual spread; on average nothing."""
_CALM = tuple(32 * 2**n for n in range(8))
"""Ticks of calm that are tried, until the rule knows what is usual."""
_GAP = range(8, 14)
"""Ticks of the calm in which nobody calls: longer than most short windows."""
_PATIENCE = 4
"""Times the calm that trouble lasts at the most."""
_AFTERWARDS = 4
"""Ticks of calm after nobody is called any more."""
_LONGEST = 600
"""Ticks for which the end of an alert is waited for."""


class Seen(NamedTuple):
    """One tick, and what the rule made of it."""

    tick: Tick
    level: float | None
    fires: bool
    cause: str | None


class Course(NamedTuple):
    """A signal through a world: its usual value, how far it wavers, and its value in trouble."""

    of: str
    usual: float
    spread: float
    worse: float

    def tick(self, number: int, mean: float) -> Tick:
        """The tick of that number."""
        value = max(0.0, mean + self.spread * _WAVER[number % len(_WAVER)])
        return _tick(self.of, value if self.of in MEANS else min(1.0, value))


class World(NamedTuple):
    """Trouble after `calm` ticks of `step` seconds each."""

    course: Course
    step: float
    calm: int
    seen: list[Seen]

    @property
    def is_found(self) -> bool:
        """Whether somebody was called for the trouble, and nobody before."""
        fires = [each.fires for each in self.seen]
        return any(fires) and not any(fires[: self.calm])


def worlds(file: RuleFile, step: float) -> Iterator[World]:
    """For each signal that the rule goes by, one for each trouble, after the shortest calm after which it is found."""
    for of in file.rule.watches():
        for course in _courses(file, of):
            found = (world for calm in _CALM if (world := _world(file, course, step, calm)).is_found)
            yield next(found, None) or _world(file, course, step, _CALM[0])


def _courses(file: RuleFile, of: str) -> list[Course]:
    """Trouble that a rule is just sure to find, and trouble that is plain."""
    given = getattr(file.rule, "usual", None)
    needs = min((need.share for need in file.rule.needs()), default=0.05)
    if isinstance(given, Given):
        usual, spread = given.mean, 0.5 * given.sd
    elif of in MEANS:
        usual, spread = USUAL[of], 0.03 * USUAL[of]
    else:
        usual, spread = 0.2 * needs, 0.1 * needs
    if of in MEANS:
        worse = (1.3 * usual + 4.0 * spread, 3.0 * usual + 8.0 * spread)
    else:
        worse = (min(1.5 * needs, 1.0), max(0.5, min(3.0 * needs, 1.0)))
    return [Course(of, usual, spread, each) for each in worse]


def _world(file: RuleFile, course: Course, step: float, calm: int) -> World:
    """Trouble lasts until somebody is called, or several times as long as the calm. Nobody calls for a while in the
    calm, and for a moment while somebody is called."""
    watch = Watch(file, step)
    seen: list[Seen] = []

    def fires(mean: float | None) -> bool:
        tick = EMPTY if mean is None else course.tick(len(seen), mean)
        watch.see(tick, (len(seen) + 1) * step)
        does = watch.fires_since is not None
        seen.append(Seen(tick, watch.detector.level, does, getattr(watch.detector, "cause", None)))
        return does

    for number in range(calm):
        fires(None if number in _GAP else course.usual)
    for _ in range(_PATIENCE * calm):
        if fires(course.worse):
            break
    for mean in (course.worse, course.worse, None, course.worse):
        fires(mean)
    for _ in range(_LONGEST):
        if not fires(course.usual):
            break
    for _ in range(_AFTERWARDS):
        fires(course.usual)
    return World(course, step, calm, seen)


def _tick(of: str, value: float) -> Tick:
    """In which the signal has about that value, and all else is as usual. Sums are whole numbers."""
    tokens = round(CALLS * (value if of == "answer_tokens" else TOKENS))
    tick = Tick(
        calls=CALLS,
        answered=CALLS,
        attempts=CALLS,
        seconds=round(tokens * PER_TOKEN),
        first_texts=CALLS,
        first_text_seconds=CALLS,
        input_tokens=round(CALLS * USUAL["prompt_tokens"]),
        output_tokens=tokens,
        within=(CALLS,) * len(BOUNDS),
    )
    found = signal(of)
    top = round(value * found.of(tick)[1])
    if found.less:
        return tick._replace(within=(CALLS - top,) * len(BOUNDS))
    return Tick(**{**tick._asdict(), FIELDS[found.top]: top})
