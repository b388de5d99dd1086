"""What a resilient client raises of its own accord: subclasses of the SDK's errors, so that code which catches those
catches these. What the SDK has raised is raised as it was."""

from __future__ import annotations

from brownout.harness.production.errors import (
    AttemptTimeout,
    BreakerOpen,
    CallRejected,
    ContentGapExceeded,
    DeadlineExceeded,
    LimitExceeded,
    MalformedAnswer,
    ResilienceError,
    StreamTruncated,
)

__all__ = [
    "AttemptTimeout",
    "BreakerOpen",
    "CallRejected",
    "ContentGapExceeded",
    "DeadlineExceeded",
    "LimitExceeded",
    "MalformedAnswer",
    "ResilienceError",
    "StreamTruncated",
]
