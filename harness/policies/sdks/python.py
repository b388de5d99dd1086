"""The Python SDK, 0.x and 2.x."""

from __future__ import annotations

from collections.abc import Mapping

from ..outcome import Major, Outcome

INITIAL_DELAY, MAX_DELAY, JITTER = 0.5, 8.0, 0.25
"""Seconds, seconds, and the share by which a wait may be shortened: constants of the Python SDK."""
LONGEST_RETRY_AFTER: dict[Major, float] = {"2": 4_294_967.0, "0": 60.0}
"""By major version, in seconds. 2.x waits at most that long; 0.x falls back to its own delay when told to wait more."""


def retries(outcome: Outcome) -> bool:
    """Whether the SDK tries again. Never once a stream's headers have come."""
    return outcome.kind in ("timeout", "connection") or is_retried_status(outcome)


def is_retried_status(outcome: Outcome) -> bool:
    """Whether it is an error of the service after which every SDK tries again."""
    if outcome.kind != "status":
        return False
    if outcome.should_retry is not None:
        return outcome.should_retry
    status = outcome.status or 0
    return status in (408, 409, 429) or status >= 500


def wait(outcome: Outcome, retry: int, u: float, major: Major = "2") -> tuple[float, str]:
    """Seconds before the `retry`-th retry, counted from 0, and who asked for them. `u` is the SDK's jitter draw."""
    asked, longest = outcome.retry_after, LONGEST_RETRY_AFTER[major]
    if asked is not None and asked > 0 and (asked <= longest or major == "2"):
        return min(asked, longest), "retry-after"
    delay: float = min(INITIAL_DELAY * 2.0 ** min(retry, 1000), MAX_DELAY)
    return delay * (1.0 - JITTER * u), "sdk backoff"


def asks(headers: Mapping[str, str]) -> tuple[float | None, bool | None]:
    """What the headers of an error ask for, as the SDK reads them: seconds to wait, and whether to try again at all.

    `retry-after-ms` goes before `retry-after`. A date, which the SDK also understands and the fake never sends, counts
    as none: there is no clock here.
    """
    milliseconds, seconds = _number(headers.get("retry-after-ms")), _number(headers.get("retry-after"))
    again = {"true": True, "false": False}.get(headers.get("x-should-retry", ""))
    return (seconds if milliseconds is None else milliseconds / 1000), again


def _number(header: str | None) -> float | None:
    try:
        return None if header is None else float(header)
    except ValueError:
        return None
