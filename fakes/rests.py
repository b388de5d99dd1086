"""What faults make of the rest of a plan: content spoiled, or sent so slowly that one can count the bytes."""

from __future__ import annotations

from dataclasses import replace

from .plan import (
    ADMIT,
    FINISH,
    RELEASE,
    Answer,
    Drip,
    Event,
    Making,
    Plan,
    Release,
    Spoiled,
    Spoiling,
    Step,
    Tokens,
    WithBytes,
    is_unanswered,
)


def spoiled(rest: Plan, how: Spoiling, tokens: int = 1) -> tuple[Plan, Plan] | None:
    """The rest of an answer with its next content spoiled, and what comes behind that: of a run so many tokens, else an
    event, or the plain answer. None where no content is left."""
    for i, step in enumerate(rest):
        if isinstance(step, Tokens) and step.count >= tokens:
            left = (replace(step, count=step.count - tokens),) if step.count > tokens else ()
            made = (Making(tokens, step.gap), Spoiled(Tokens(tokens, step.gap), how))
            return (*rest[:i], *made), (*left, *rest[i + 1 :])
        if isinstance(step, Answer) or (isinstance(step, Event) and step.name != "ping"):
            return (*rest[:i], Spoiled(step, how)), rest[i + 1 :]
    return None


def dripping(rest: Plan, size: int, gap: float) -> Plan:
    """The same, `size` bytes every `gap` seconds; content event by event, so that each is seen when it is whole."""
    steps: list[Step] = []
    for step in rest:
        if isinstance(step, Tokens):
            steps += [Making(1, step.gap), Drip(Tokens(1, step.gap), size, gap)] * step.count
        else:
            steps.append(Drip(step, size, gap) if isinstance(step, WithBytes) else step)
    return tuple(steps)


def with_spoiled(rest: Plan, how: Spoiling, tokens: int = 1) -> Plan | None:
    """The rest of an answer, of which the next content is spoiled and all else is as it was."""
    found = None if is_unanswered(rest) else spoiled(rest, how, tokens)
    return None if found is None else (*found[0], *found[1])


def trickling(rest: Plan, size: int, gap: float) -> Plan | None:
    """The rest of an answer on a line so narrow. The slot is given back: the service has done its part."""
    if ADMIT in rest or FINISH not in rest:
        return None
    return (RELEASE, *dripping(tuple(step for step in rest if not isinstance(step, Release)), size, gap))
