"""The cases, and what every client has to see in each, whoever wrote it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

SCALE = 20
"""As many times as fast as on the clock; `scenario.yaml` has its seconds in this."""
NUMBERS = {"rate_limited": 1, "rate_limit_retried": 1, "overload_retried": 2, "broken": 3}
"""Which client of the scenario a case is; else 0, who meets nothing."""

Is = Callable[[Any], bool]


class Error(NamedTuple):
    """An answer that is one."""

    status: int
    type: str
    message: str

    def seen(self) -> Mapping[str, Any]:
        return self._asdict() | {"message": re.compile(self.message), "request_id": re.compile("req_")}


def message(*kinds: str, stop: str = "end_turn", **more: Any) -> Mapping[str, Any]:
    """A whole message of such blocks."""
    return {"types": [*kinds], "stop_reason": stop, **more}


def _is_all_models(ids: Any) -> bool:
    """More than a page has, none twice, the latest first."""
    return len(ids) > 4 and len(ids) == len(set(ids)) and ids[0] == "claude-haiku-5-5"


ANSWERS: dict[str, Mapping[str, Any]] = {
    "message": message("text", output_tokens=20),
    "streamed": message("text", output_tokens=20),
    "tool": message("tool_use", stop="tool_use", inputs=[{"q": "text"}]),
    "thinking": message("thinking", "text"),
    "count": {"input_tokens": lambda count: count >= 1000},
    "models": {"ids": _is_all_models},
    "model": {"id": "claude-haiku-4-5-20251001"},
    "batch": {
        "first": "in_progress",
        "succeeded": 2,
        "results": [["call-0", "succeeded", "text"], ["call-1", "succeeded", "text"]],
    },
}
"""What every client's beta methods are answered, too."""
CASES: dict[str, Mapping[str, Any]] = {
    **ANSWERS,
    **{f"beta_{name}": answer for name, answer in ANSWERS.items()},
    "bad_request": Error(400, "invalid_request_error", r"messages\.0\.role: ").seen(),
    "no_key": Error(401, "authentication_error", "x-api-key").seen(),
    "no_model": Error(404, "not_found_error", "model: nothing").seen(),
    "too_large": Error(413, "request_too_large", "exceeds the maximum size").seen(),
    "rate_limited": Error(429, "rate_limit_error", "rate limit").seen() | {"retry_after": "1"},
    "rate_limit_retried": message("text", waited=lambda seconds: seconds >= 0.9),
    "overload_retried": message("text"),
    "broken": {"error": lambda name: bool(name), "pieces": lambda count: count <= 3},
}
OVER_TLS = ("message", "streamed", "batch", "too_large", "rate_limit_retried", "broken", "beta_tool")


def url(base: str, case: str, call: int) -> str:
    """Where a client meets a case, for whom it is the call of that number."""
    return f"{base}/client/{NUMBERS.get(case, 0)}/call/{call}"


def differences(case: str, got: Mapping[str, Any]) -> list[str]:
    """Where it has seen something else."""
    return [f"{key}: {got.get(key)!r}" for key, want in CASES[case].items() if not _fits(want, got.get(key))]


def _fits(want: Any, got: Any) -> bool:
    if isinstance(want, re.Pattern):
        return isinstance(got, str) and bool(want.search(got))
    return bool(want(got)) if callable(want) else bool(want == got)
