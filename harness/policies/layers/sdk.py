"""The SDK's own loop: its retries and its waits. Where the real SDK runs beneath the layers, it is that loop itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from ..call import Call
from ..effects import Attempt, Read, Run, Sleep, Steps
from ..in_time import in_time
from ..layer import Layer, Site
from ..outcome import Major, Outcome, exception_of

INITIAL_DELAY, MAX_DELAY, JITTER = 0.5, 8.0, 0.25
"""Seconds, seconds, and the share by which a wait may be shortened: constants of the Python SDK."""
LONGEST_RETRY_AFTER: dict[Major, float] = {"2": 4_294_967.0, "0": 60.0}
"""By major version, in seconds. 2.x waits at most that long; 0.x falls back to its own delay when told to wait more."""


class Sdk(Layer):
    """The official Python SDK. `max_retries: 0` leaves retrying to your own layers; the default retries twice inside
    each of theirs."""

    name: ClassVar[str] = "sdk"
    example: ClassVar[dict[str, Any]] = {"max_retries": 2}
    max_retries: Annotated[int, Field(ge=0, le=1000)] = 2
    major: Annotated[Major, Field(description="the SDK's major version, for the simulator")] = "2"

    def wrap(self, inner: Run, site: Site) -> Run:
        """The innermost layer: `inner` is not used."""
        by_profile = site.by_profile
        max_retries = 0 if site.has_real_sdk else self.max_retries
        major = self.major

        def open_(call: Call) -> Steps:
            timeouts = by_profile.get(call.ask.profile, site.timeouts)
            retry = 0
            while True:
                outcome: Outcome = yield Attempt(call, timeouts, retry >= max_retries)
                if outcome.kind == "opened" or retry >= max_retries or not retries(outcome):
                    return outcome
                seconds, why = wait(outcome, retry, call.jitter(), major)
                site.waited(call, seconds, why)
                yield Sleep(seconds)
                retry += 1

        def run(call: Call) -> Steps:
            if call.first_byte is not None or call.first_token is not None:
                return (yield from in_time(call, open_))
            outcome: Outcome = yield from open_(call)
            return (yield Read(outcome.stream, call.gap)) if outcome.kind == "opened" else outcome

        def run_older(call: Call) -> Steps:
            outcome: Outcome = yield from run(call)
            return outcome._replace(raised=outcome.raised or exception_of(outcome, major))

        return run if major == "2" else run_older


def retries(outcome: Outcome) -> bool:
    """Whether the SDK tries again. Never once a stream's headers have come."""
    if outcome.kind in ("timeout", "connection"):
        return True
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
