"""What stands around a request in Python source, as the layers that it amounts to: decorators of tenacity, stamina and
backoff that try again, `asyncio.wait_for` and `asyncio.timeout`."""

from __future__ import annotations

import ast
from typing import Any

from brownout.fakes.units import seconds

from .literals import Names, argument, calls_in, keyword, number

FOR_EVER = 1000
"""Retries that stand for no end: as many as a file may have."""
Layers = tuple[tuple[str, dict[str, Any]], ...]

_DEAF = {"retry_after": "ignore"}
"""None of them knows of the header."""
_EVERYTHING = (
    "timeout",
    "connection",
    "rate_limit",
    "overloaded",
    "server_error",
    "stream_before_text",
    "stream_after_text",
    "in_stream_error",
)
_CAUSES: dict[str, tuple[str, ...]] = {
    "APITimeoutError": ("timeout",),
    "APIConnectionError": ("timeout", "connection"),
    "RateLimitError": ("rate_limit",),
    "OverloadedError": ("overloaded",),
    "InternalServerError": ("overloaded", "server_error"),
    "APIStatusError": ("rate_limit", "overloaded", "server_error", "in_stream_error"),
    "APIError": ("timeout", "connection", "rate_limit", "overloaded", "server_error", "in_stream_error"),
}


def causes_of_handlers(handlers: list[ast.ExceptHandler], names: Names) -> frozenset[str]:
    """For what these handlers let a program go on, rather than raise, return or leave its loop."""
    found: set[str] = set()
    for handler in handlers:
        if isinstance(handler.body[-1], ast.Raise | ast.Return | ast.Break):
            continue
        types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        for each in types:
            is_any = each is None or (isinstance(each, ast.Name) and each.id in ("Exception", "BaseException"))
            name = "" if each is None else names.of(each).rpartition(".")[2]
            found.update(_EVERYTHING if is_any else _CAUSES.get(name, ()))
    return frozenset(found)


def of_decorator(node: ast.expr, names: Names) -> Layers:
    """The layer that a decorator is; none for one that does not try again."""
    call = node if isinstance(node, ast.Call) else None
    name = names.of(call.func if call else node)
    empty = ast.Call(func=ast.Name("retry"), args=[], keywords=[])
    match name:
        case "tenacity.retry":
            return (("retry", _tenacity(call or empty, names) | _DEAF),)
        case "stamina.retry" if call:
            return (("retry", _stamina(call, names) | _DEAF),)
        case "backoff.on_exception" if call:
            return (("retry", _backoff(call, names) | _DEAF),)
    return ()


def of_call(node: ast.Call, names: Names) -> Layers:
    """The limit that `asyncio.wait_for` or `asyncio.timeout` sets."""
    name = names.of(node.func)
    index = {"asyncio.wait_for": (1, "timeout"), "asyncio.timeout": (0, "delay"), "anyio.fail_after": (0, "delay")}
    if name not in index:
        return ()
    limit = number(argument(node, *index[name]))
    return () if limit is None or limit <= 0.0 else (("deadline", {"total": seconds(limit)}),)


def _tenacity(call: ast.Call, names: Names) -> dict[str, Any]:
    stop, wait, on = keyword(call, "stop"), keyword(call, "wait"), keyword(call, "retry")
    attempts, within = _named(stop, "stop_after_attempt", names), _named(stop, "stop_after_delay", names)
    found: dict[str, Any] = {
        "retries": _retries(None if attempts is None else argument(attempts, 0, "max_attempt_number"))
    }
    if within is not None and (limit := _positive(argument(within, 0, "max_delay"))) is not None:
        found["within"] = seconds(limit)
    return found | {"on": _causes(on, names), "backoff": _tenacity_wait(wait, names)}


def _tenacity_wait(wait: ast.AST | None, names: Names) -> dict[str, Any]:
    for name, jitter in (
        ("wait_random_exponential", "full"),
        ("wait_exponential_jitter", "full"),
        ("wait_exponential", "none"),
    ):
        if (call := _named(wait, name, names)) is not None:
            base = _positive(keyword(call, "multiplier") or keyword(call, "initial") or argument(call, 0, "")) or 1.0
            longest = _positive(argument(call, 1, "max"))
            return _growing(base, _positive(keyword(call, "exp_base")) or 2.0, longest, jitter)
    if (call := _named(wait, "wait_random", names)) is not None:
        return _constant(_positive(argument(call, 1, "max")) or 1.0, "full")
    if (call := _named(wait, "wait_fixed", names)) is not None:
        jitter = "none" if _named(wait, "wait_random", names) is None else "equal"
        return _constant(_positive(argument(call, 0, "wait")) or 1.0, jitter)
    return _constant(0.001, "none")  # tenacity's default is not to wait at all


def _stamina(call: ast.Call, names: Names) -> dict[str, Any]:
    """Its defaults: ten attempts within 45 s; from 0.1 s doubling to 5 s, with up to 1 s of jitter."""
    attempts, limit = keyword(call, "attempts"), keyword(call, "timeout")
    found: dict[str, Any] = {
        "retries": 9 if attempts is None else _retries(attempts),
        "on": _causes(argument(call, 99, "on"), names),
        "backoff": {
            "base": seconds(_positive(keyword(call, "wait_initial")) or 0.1),
            "factor": max(1.0, _positive(keyword(call, "wait_exp_base")) or 2.0),
            "max": seconds(_positive(keyword(call, "wait_max")) or 5.0),
            "jitter": {"additive": seconds(_positive(keyword(call, "wait_jitter")) or 1.0)},
        },
    }
    within = 45.0 if limit is None else _positive(limit)
    return found if within is None else found | {"within": seconds(within)}


def _backoff(call: ast.Call, names: Names) -> dict[str, Any]:
    """Without `max_tries` it has no end; its jitter is full unless it is None."""
    found: dict[str, Any] = {
        "retries": _retries(keyword(call, "max_tries")),
        "on": _causes(argument(call, 1, "exception"), names),
    }
    jitter = keyword(call, "jitter")
    word = "none" if isinstance(jitter, ast.Constant) and jitter.value is None else "full"
    grows = names.of(call.args[0]) if call.args else ""
    if grows == "backoff.constant":
        found["backoff"] = _constant(_positive(keyword(call, "interval")) or 1.0, word)
    else:
        base, factor = _positive(keyword(call, "factor")) or 1.0, _positive(keyword(call, "base")) or 2.0
        found["backoff"] = _growing(base, factor, _positive(keyword(call, "max_value")), word)
    limit = _positive(keyword(call, "max_time"))
    return found if limit is None else found | {"within": seconds(limit)}


def _named(node: ast.AST | None, name: str, names: Names) -> ast.Call | None:
    """The call of that function somewhere in an expression such as `stop_after_attempt(5) | stop_after_delay(60)`."""
    calls = calls_in(node) if node is not None else iter(())
    return next((call for call in calls if names.of(call.func).rpartition(".")[2] == name), None)


def _causes(node: ast.AST | None, names: Names) -> tuple[str, ...]:
    """What the SDK's exceptions in it stand for; everything, where it names none."""
    found = [] if node is None else [names.of(each).rpartition(".")[2] for each in ast.walk(node)]
    causes = tuple(dict.fromkeys(cause for name in found for cause in _CAUSES.get(name, ())))
    return causes or _EVERYTHING


def _retries(node: ast.AST | None) -> int:
    tries = number(node)
    return FOR_EVER if tries is None else int(min(max(tries - 1.0, 0.0), FOR_EVER))


def _positive(node: ast.AST | None) -> float | None:
    value = number(node)
    return None if value is None or not 0.0 < value < 1e9 else value


def _growing(base: float, factor: float, longest: float | None, jitter: str) -> dict[str, Any]:
    found = {"base": seconds(base), "factor": max(1.0, factor), "jitter": jitter}
    return found if longest is None else found | {"max": seconds(longest)}


def _constant(base: float, jitter: str) -> dict[str, Any]:
    return {"growth": "constant", "base": seconds(base), "jitter": jitter}
