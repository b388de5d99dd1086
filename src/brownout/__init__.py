"""Brownout puts a Claude client's timeouts, retries and circuit breakers through an incident.

One scenario file describes the incident, one client file describes a resilience configuration;
Brownout plays every configuration through every incident and says which holds, by how much, and
how sure it is. What is listed in ``__all__`` is the public API; everything else is free to change.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .api import (
        Client,
        Fleet,
        Results,
        Scenario,
        alerts,
        changes,
        client,
        command,
        compare,
        doctor,
        explain,
        export,
        latencies,
        load,
        resilient,
        run,
        sampled_incident,
        scenario,
        stability,
        tune,
        virtual,
        wire,
    )

__all__ = [
    "Client",
    "Fleet",
    "Results",
    "Scenario",
    "__version__",
    "alerts",
    "changes",
    "client",
    "command",
    "compare",
    "doctor",
    "explain",
    "export",
    "latencies",
    "load",
    "resilient",
    "run",
    "sampled_incident",
    "scenario",
    "stability",
    "tune",
    "virtual",
    "wire",
]

__version__ = "0.1.0"


_ERRORS = {
    "AttemptTimeout",
    "BreakerOpen",
    "CallRejected",
    "ContentGapExceeded",
    "DeadlineExceeded",
    "LimitExceeded",
    "MalformedAnswer",
    "ResilienceError",
    "StreamTruncated",
}
"""What resilient clients raise of their own accord; they stand in `brownout.errors`, which imports the SDK."""


def __getattr__(name: str) -> Any:
    """The API is imported when it is first used: the command line and the workers need none of it."""
    if name == "errors" or name in _ERRORS:
        errors = import_module(f"{__name__}.errors")
        return errors if name == "errors" else getattr(errors, name)
    if name in __all__:
        return getattr(import_module(f"{__name__}.api"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
