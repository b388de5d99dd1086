"""A service to ask, whose time is told, and the shape that its errors have."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from brownout.fakes.api.batches import Batches
from brownout.fakes.api.plain import Asked, Rejected
from brownout.fakes.api.progress import Pace
from brownout.fakes.api.surface import Surface

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
PACE = Pace(base=10.0, each=2.0, canceling=3.0)
PARAMS = {"model": "claude-sonnet-5-5", "max_tokens": 8, "messages": [{"role": "user", "content": "Hello"}]}
TYPES = {400: "invalid_request_error", 404: "not_found_error", 405: "invalid_request_error", 429: "rate_limit_error"}


def wall(second: float) -> datetime:
    return BEGIN + timedelta(seconds=second)


def message(params: Mapping[str, Any]) -> dict[str, Any]:
    """What the brain would say."""
    usage = {"input_tokens": 2, "output_tokens": 3, "service_tier": "standard"}
    content = [{"type": "text", "text": "The lamps went "}]
    return {
        "id": "msg_011",
        "type": "message",
        "role": "assistant",
        "model": params["model"],
        "content": content,
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": usage,
    }


def surface(**options: Any) -> Surface:
    given: dict[str, Any] = {"answer": message, "wall": wall, "pace": PACE, **options}
    return Surface(Batches(**given))


def asked(method: str, path: str, body: Mapping[str, Any] | None = None, now: float = 0.0, **query: str) -> Asked:
    return Asked(method, path, query, {"host": "localhost:1"}, body or {}, now)


def said(of: Surface, method: str, path: str, body: Any = None, now: float = 0.0, **query: str) -> Any:
    """The body of an answer."""
    return of.answer(asked(method, path, body, now, **query)).body


def refused(of: Surface, method: str, path: str, body: Any = None, now: float = 0.0, **query: str) -> Rejected:
    """The error that is the answer, which has the service's shape."""
    with pytest.raises(Rejected) as found:
        of.answer(asked(method, path, body, now, **query))
    error = found.value
    assert error.error.type == TYPES[error.status]
    assert error.error.message
    return error


def requests(count: int, params: Mapping[str, Any] = PARAMS) -> dict[str, Any]:
    """The body that creates a batch."""
    return {"requests": [{"custom_id": f"r-{k}", "params": params} for k in range(count)]}
