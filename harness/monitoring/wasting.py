"""Tokens that were paid for and are in no answer, as far as a client can tell: an estimate from below."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from brownout.fakes.billing import PRICES, Billing

from ..policies.outcome import STREAM_BREAKS
from ..records import AttemptRecord, CallRecord


class Waste(NamedTuple):
    """Tokens of prompts and of answers, and what they cost; None where nobody knows the price."""

    input_tokens: int
    output_tokens: int
    dollars: float | None


NOTHING = Waste(0, 0, 0.0)


def waste(call: CallRecord, attempts: Sequence[AttemptRecord], model: str) -> Waste:
    """Of a call that has ended, by its `attempts` that have: of each that the service had begun to answer, and whose
    answer nobody got, the prompt and the content that came. What was made and never came is not known here, nor what
    became of a plain answer that was not waited for: that is nothing."""
    if len(attempts) == 1 and call.outcome == "ok":  # the ordinary day
        return NOTHING
    used = _used(call, attempts)
    received = [attempt.tokens for attempt in attempts if attempt.who not in used and has_begun(attempt)]
    return priced(len(received) * call.input_tokens, sum(received), model) if received else NOTHING


def has_begun(attempt: AttemptRecord) -> bool:
    """Whether the service is known to have begun its answer, which it then bills."""
    return attempt.outcome == "ok" or attempt.status == 200 or attempt.tokens > 0


def priced(input_tokens: int, output_tokens: int, model: str) -> Waste:
    """So many tokens of a model."""
    billing = _billing(model)
    dollars = None if billing is None else billing.dollars(input_tokens, output_tokens)
    return Waste(input_tokens, output_tokens, dollars)


def _used(call: CallRecord, attempts: Sequence[AttemptRecord]) -> set[object]:
    """What the answer is made of: the last attempt that went well, and what had come before it broke off and was gone
    on with."""
    if call.outcome != "ok":
        return set()
    last = next((attempt for attempt in reversed(attempts) if attempt.outcome == "ok"), None)
    if last is None:
        return set()
    used: set[object] = {last.who}
    left = call.tokens - last.tokens
    for attempt in reversed(attempts):
        if 0 < attempt.tokens <= left and attempt.outcome in STREAM_BREAKS:
            used.add(attempt.who)
            left -= attempt.tokens
    return used


@cache
def _billing(model: str) -> Billing | None:
    """By the family that a model's name tells."""
    family = next((name for name in PRICES if name in model.split("-")), None)
    return None if family is None else Billing.model_validate({"model": family})
