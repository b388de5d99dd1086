"""What the service is asked for by an attempt: the request of its call, or that for the rest of an answer."""

from __future__ import annotations

from brownout.fakes.draws import Identity
from brownout.fakes.latency import BYTES_PER_TOKEN
from brownout.fakes.ticket import Request

from ...policies.call import Call
from ...policies.resuming import Rest

_MODEL: str = Request._field_defaults["model"]


def request_of(call: Call, who: Identity, patience: float | None) -> Request:
    """The next request of a call. `patience`: for how many seconds it says that it will wait."""
    _, _, _, _, stream, input_tokens, max_tokens, _, _, model = call.ask
    target, rest = call.target, call.rest
    if target is not None:
        model, stream = target.model or model, stream and not target.is_plain
    fields = (who, stream, input_tokens, max_tokens, model or _MODEL, None, "", patience, "", 0)
    request: Request = tuple.__new__(Request, fields)  # half the time of `Request(...)`, which is written in Python
    return request if rest is None else _for_the_rest(request, rest)


def _for_the_rest(request: Request, rest: Rest) -> Request:
    """The same for the rest of its answer, whose beginning it repeats."""
    turns = sum(len(turn["content"]) for turn in rest.turns(request.model))
    tokens = (BYTES_PER_TOKEN * request.input_tokens + turns) // BYTES_PER_TOKEN
    left = max(1, request.max_tokens - rest.tokens)
    return request._replace(input_tokens=tokens, max_tokens=left, told=rest.tokens)
