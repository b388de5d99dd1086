"""Heads as the service would send them: status lines, headers, quotas. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache

from ..errors import REASONS
from ..limits import Quota
from ..plan import Answer, Head


def head(step: Head, request_id: str, length: int | None, more: Mapping[str, str] = {}, scale: float = 1.0) -> bytes:
    """Status line and headers. `length` None: chunked. `scale`: scenario seconds in a second of the clock."""
    if step.fields:
        return _with_fields(step, request_id, length, more, scale)
    lines = "".join(f"{name}: {value}\r\n" for name, value in more.items()) if more else ""
    if step.retry_after is not None:
        lines += _retry(step, scale)
    if step.should_retry is not None:
        lines += f"x-should-retry: {'true' if step.should_retry else 'false'}\r\n"
    ends = "transfer-encoding: chunked" if length is None else f"content-length: {length}"
    return f"{_usual(step.status, step.sse)}request-id: {request_id}\r\n{lines}{ends}\r\n\r\n".encode("latin-1")


def _retry(step: Head, scale: float) -> str:
    assert step.retry_after is not None
    seconds = step.retry_after / scale
    if step.retry_form == "ms":
        return f"retry-after-ms: {_number(seconds * 1000)}\r\n"
    return f"retry-after: {_number(seconds)}\r\n"


def _with_fields(step: Head, request_id: str, length: int | None, more: Mapping[str, str], scale: float) -> bytes:
    """The same with headers of its own in place of the usual ones; one without a value is left out."""
    plain = head(replace(step, fields=()), request_id, length, more, scale).decode("latin-1")
    status, *lines = plain.removesuffix("\r\n\r\n").split("\r\n")
    own = dict(step.fields)
    kept = [line for line in lines if line.partition(":")[0] not in own]
    said = [f"{name}: {value}" for name, value in own.items() if value]
    return "\r\n".join([status, *kept, *said, "", ""]).encode("latin-1")


def date(wall: datetime, seconds: float) -> str:
    """So long after a time of day, as HTTP writes dates: in whole seconds, none too early."""
    at = (wall + timedelta(seconds=seconds)).astimezone(UTC)
    at += timedelta(seconds=1) if at.microsecond else timedelta()
    return format_datetime(at.replace(microsecond=0), usegmt=True)


@lru_cache(maxsize=64)
def _usual(status: int, sse: bool) -> str:
    """What begins every head of that kind."""
    kind = "text/event-stream; charset=utf-8" if sse else "application/json"
    return f"{_status(status)}content-type: {kind}\r\ncache-control: no-cache\r\n"


def plain_head(status: int, fields: Mapping[str, str]) -> bytes:
    """A status line and headers, as bytes."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{_status(status)}{lines}\r\n".encode("latin-1")


@lru_cache(maxsize=64)
def _status(status: int) -> str:
    return f"HTTP/1.1 {status} {REASONS.get(status, 'Unknown')}\r\n"


def quota_headers(quotas: Iterable[Quota], wall: datetime, scale: float) -> dict[str, str]:
    """The rate-limit headers, at `wall` time. `reset` is in whole seconds, as the service has it."""
    fields = {}
    for quota in quotas:
        reset = (wall + timedelta(seconds=quota.seconds_to_full / scale)).astimezone(UTC)
        name = f"anthropic-ratelimit-{quota.name}"
        fields[f"{name}-limit"] = str(int(quota.limit))
        fields[f"{name}-remaining"] = str(int(quota.remaining))
        fields[f"{name}-reset"] = reset.strftime("%Y-%m-%dT%H:%M:%SZ")
    return fields


def _number(seconds: float) -> str:
    """As the service writes it, in whole seconds, where it is whole."""
    return str(int(seconds)) if seconds.is_integer() else repr(seconds)


def part(body: bytes, step: Answer) -> bytes:
    """The part of a body that the step stands for."""
    return body[int(step.start * len(body)) : int(step.end * len(body))]
