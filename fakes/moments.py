"""Where in a plan a fault takes effect. A moment is data; `cut` divides a plan there.

Plans come in segments, so a moment may lie in a segment that is not known yet: then `cut` says None, and the fault
is tried on the next segment.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from .plan import Admit, Answer, Event, Head, Plan, Step, split_tokens, tokens_in
from .units import Share


class AfterTokens(BaseModel):
    """After this many content events of the answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    tokens: Annotated[int, Field(ge=0)]


class AfterFraction(BaseModel):
    """After this share of the answer: of the content events of a stream, of the bytes of a plain body."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    fraction: Share


InBody: TypeAlias = Literal["after_headers", "before_end"] | AfterTokens | AfterFraction
"""A moment at which part of an answer is there, for faults that have no meaning before."""
Moment: TypeAlias = Literal["arrival", "before_headers"] | InBody
WhileSent: TypeAlias = Literal["upload"]
"""While the request is being sent, for the one fault that knows no more of it than its headers."""

_MESSAGE_STOP = Event("message_stop")
_SHORT_OF_WHOLE = 1.0 - 2.0**-53


def cut(plan: Plan, moment: Moment | WhileSent) -> tuple[Plan, Plan] | None:
    """(what comes before the moment, what would have come after it), or None when the moment is not in this plan."""
    match moment:
        case "upload":
            return ((), plan) if any(isinstance(step, Admit) for step in plan) else None
        case "arrival":
            return _cut_before(plan, lambda step: isinstance(step, Admit))
        case "before_headers":
            return _cut_before(plan, lambda step: isinstance(step, Head))
        case "after_headers":
            return _cut_after_head(plan)
        case "before_end":
            # Not before `Finish`: who has the last event, or the last byte, has the answer, and misses nothing.
            return _cut_before(plan, lambda step: step == _MESSAGE_STOP) or _cut_body(plan, 1.0)
        case AfterTokens(tokens=count):
            # An answer shorter than that is cut at its last token: a fault must not depend on the length drawn.
            return split_tokens(plan, min(count, tokens_in(plan))) or _cut_body(plan, 0.5)
        case AfterFraction(fraction=share):
            return split_tokens(plan, int(share * tokens_in(plan))) or _cut_body(plan, share)


def _cut_before(plan: Plan, is_it: Callable[[Step], bool]) -> tuple[Plan, Plan] | None:
    for i, step in enumerate(plan):
        if is_it(step):
            return plan[:i], plan[i:]
    return None


def _cut_after_head(plan: Plan) -> tuple[Plan, Plan] | None:
    for i, step in enumerate(plan):
        if isinstance(step, Head):
            return plan[: i + 1], plan[i + 1 :]
    return None


def _cut_body(plan: Plan, fraction: float) -> tuple[Plan, Plan] | None:
    """Cut a plain answer in its JSON, before its last byte at the latest; nothing of it is usable without the rest."""
    fraction = min(fraction, _SHORT_OF_WHOLE)
    for i, step in enumerate(plan):
        if isinstance(step, Answer):
            return (*plan[:i], Answer(0.0, fraction)), (Answer(fraction, 1.0), *plan[i + 1 :])
    return None
