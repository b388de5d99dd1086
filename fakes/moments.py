"""Where in a plan a fault takes effect. A moment is data; `cut` divides a plan there.

Plans come in segments, so a moment may lie in a segment that is not known yet: then `cut` says None, and the fault
is tried on the next segment.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from .plan import Admit, Answer, Finish, Head, Plan, split_tokens, tokens_in
from .units import Share


class AfterTokens(BaseModel):
    """After this many content events of the answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    tokens: Annotated[int, Field(ge=0)]


class AfterFraction(BaseModel):
    """After this share of the answer: of the content events of a stream, of the bytes of a plain body."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    fraction: Share


Named: TypeAlias = Literal["arrival", "before_headers", "after_headers", "before_end"]
Moment: TypeAlias = Named | AfterTokens | AfterFraction


def cut(plan: Plan, moment: Moment) -> tuple[Plan, Plan] | None:
    """(what comes before the moment, what would have come after it), or None when the moment is not in this plan."""
    match moment:
        case "arrival":
            return _cut_before(plan, Admit)
        case "before_headers":
            return _cut_before(plan, Head)
        case "after_headers":
            return _cut_after_head(plan)
        case "before_end":
            return _cut_before(plan, Finish)
        case AfterTokens(tokens=count):
            # An answer shorter than that is cut at its last token: a fault must not depend on the length drawn.
            return split_tokens(plan, min(count, tokens_in(plan))) or _cut_body(plan, 0.5)
        case AfterFraction(fraction=share):
            return split_tokens(plan, int(share * tokens_in(plan))) or _cut_body(plan, share)


def _cut_before(plan: Plan, kind: type) -> tuple[Plan, Plan] | None:
    for i, step in enumerate(plan):
        if isinstance(step, kind):
            return plan[:i], plan[i:]
    return None


def _cut_after_head(plan: Plan) -> tuple[Plan, Plan] | None:
    for i, step in enumerate(plan):
        if isinstance(step, Head):
            return plan[: i + 1], plan[i + 1 :]
    return None


def _cut_body(plan: Plan, fraction: float) -> tuple[Plan, Plan] | None:
    """Cut a plain answer in the middle of its JSON; nothing of it is usable without the rest."""
    for i, step in enumerate(plan):
        if isinstance(step, Answer):
            return (*plan[:i], Answer(0.0, fraction)), (Answer(fraction, 1.0), *plan[i + 1 :])
    return None

