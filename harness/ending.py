"""How a request ended, in words."""

from __future__ import annotations


def ending(outcome: str, phase: str, status: int | None) -> str:
    """`answered whole`, `status 429`, `read timeout`, `reset`."""
    match outcome:
        case "ok":
            return "answered whole"
        case "status":
            return f"status {status}"
        case "timeout":
            return f"{phase or 'read'} timeout"
        case "stream_timeout":
            return "read timeout in the stream"
        case "gap":
            return "silent for longer than the limit on content gaps"
        case "cancelled":
            return "called off"
        case kind:
            return kind.replace("_", " ")
