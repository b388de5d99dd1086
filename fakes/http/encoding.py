"""Steps as the bytes the service would send: exact JSON bodies, headers and server-sent events. No I/O."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from ..limits import Quota
from ..plan import Answer, Error, Event, Head, StreamError, Tokens
from ..ticket import Ticket

REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Payload Too Large",
    429: "Too Many Requests",
    500: "Internal Server Error",
    529: "Overloaded",
}

_WORDS = tuple(re.findall(r"\S+", "The lamps went dim at nine and nobody in the tower could say for how long ."))
"""What the fake says, over and over; one word is one token."""


def identifier(prefix: str, ticket: Ticket) -> str:
    """A message or request id in the service's form, the same for the same request of the same run."""
    who = ticket.request.who
    digest = blake2b(f"{prefix}/{who}/{ticket.arrived}".encode(), digest_size=12).hexdigest()
    return f"{prefix}_01{digest[:22]}"


def text_of(tokens: int) -> str:
    """A text of that many tokens."""
    whole, rest = divmod(tokens, len(_WORDS))
    return (" ".join(_WORDS) + " ") * whole + " ".join(_WORDS[:rest])


def _compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _message(ticket: Ticket, content: list[Any], stop: str | None, output_tokens: int) -> dict[str, Any]:
    return {
        "id": identifier("msg", ticket),
        "type": "message",
        "role": "assistant",
        "model": ticket.request.model,
        "content": content,
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": {
            "input_tokens": ticket.request.input_tokens,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "output_tokens": output_tokens,
            "service_tier": "standard",
        },
    }


def _stop_reason(ticket: Ticket) -> str:
    return "max_tokens" if ticket.output_tokens >= ticket.request.max_tokens else "end_turn"


def answer_body(ticket: Ticket) -> bytes:
    """The whole message as JSON."""
    content = [{"type": "text", "text": text_of(ticket.output_tokens)}]
    return _compact(_message(ticket, content, _stop_reason(ticket), ticket.output_tokens))


def error_body(step: Error | StreamError, request_id: str) -> bytes:
    """The service's error, as a body or as the data of an event."""
    return _compact({"type": "error", "error": {"type": step.type, "message": step.message}, "request_id": request_id})


def head(step: Head, ticket: Ticket, length: int | None, quota: dict[str, str], scale: float) -> bytes:
    """Status line and headers. `length` None: chunked. `scale`: scenario seconds in a second of the clock."""
    kind = "text/event-stream; charset=utf-8" if step.sse else "application/json"
    fields = {"content-type": kind, "request-id": identifier("req", ticket), "cache-control": "no-cache"} | quota
    if step.retry_after is not None:
        fields["retry-after"] = _number(step.retry_after / scale)
    if step.should_retry is not None:
        fields["x-should-retry"] = "true" if step.should_retry else "false"
    if length is None:
        fields["transfer-encoding"] = "chunked"
    else:
        fields["content-length"] = str(length)
    return plain_head(step.status, fields)


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


def plain_head(status: int, fields: dict[str, str]) -> bytes:
    """A status line and headers, as bytes."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} {REASONS.get(status, 'Unknown')}\r\n{lines}\r\n".encode("latin-1")


def event(step: Event, ticket: Ticket) -> bytes:
    """One server-sent event of a stream."""
    match step.name:
        case "message_start":
            message = _message(ticket, [], None, 1)
            return sse(step.name, {"type": step.name, "message": message})
        case "content_block_start":
            return sse(step.name, {"type": step.name, "index": 0, "content_block": {"type": "text", "text": ""}})
        case "content_block_stop":
            return sse(step.name, {"type": step.name, "index": 0})
        case "message_delta":
            delta = {"stop_reason": _stop_reason(ticket), "stop_sequence": None}
            usage = {"output_tokens": ticket.output_tokens}
            return sse(step.name, {"type": step.name, "delta": delta, "usage": usage})
        case _:
            return sse(step.name, {"type": step.name})


def stream_error(step: StreamError, ticket: Ticket) -> bytes:
    """An error inside a stream."""
    return b"event: error\ndata: " + error_body(step, identifier("req", ticket)) + b"\n\n"


def sse(name: str, data: dict[str, Any]) -> bytes:
    """A server-sent event."""
    return f"event: {name}\ndata: ".encode() + _compact(data) + b"\n\n"


@lru_cache(maxsize=len(_WORDS))
def _delta(word: int) -> bytes:
    data = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": _WORDS[word] + " "}}
    return chunk(sse("content_block_delta", data))


def deltas(step: Tokens, sent_before: int) -> bytes:
    """A run of content events, each a chunk of its own; `sent_before` says where in the text they are."""
    words = len(_WORDS)
    if step.count == 1:
        return _delta(sent_before % words)
    return b"".join(_delta(k % words) for k in range(sent_before, sent_before + step.count))


def _number(seconds: float) -> str:
    """As the service writes it, in whole seconds, where it is whole."""
    return str(int(seconds)) if seconds.is_integer() else repr(seconds)


def part(body: bytes, step: Answer) -> bytes:
    """The part of a body that the step stands for."""
    return body[int(step.start * len(body)) : int(step.end * len(body))]


def chunk(data: bytes) -> bytes:
    """One chunk of a chunked body."""
    return b"%x\r\n%s\r\n" % (len(data), data)


LAST_CHUNK = b"0\r\n\r\n"
