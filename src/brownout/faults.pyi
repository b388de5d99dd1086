"""Written by `make docs` from the faults there are."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from brownout.fakes.faults import Fault
from brownout.fakes.timeline import Phase

def phase(length: str, *faults: Fault, hits: Iterable[str] = ()) -> Phase:
    """A stretch of time, such as `"10s"`, with what is wrong in it."""

def blackhole(
    *,
    at: Literal["arrival"] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
) -> Fault:
    """A new connection is never established, and a request on one that is open already is never answered. The client
    meets its connect timeout, or its read timeout. A phase that `hits` what is in flight silences it for ever; idle
    connections that it hits look alive, and swallow the first request sent on them, even if the phase is over by
    then. A connection still being opened when the phase ends comes up with the next SYN that TCP sends."""

def no_answer(
    *,
    at: Literal["arrival", "before_headers"] | Literal["after_headers", "before_end"] | Mapping[str, Any] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
) -> Fault:
    """The connection stays open and silent before the headers, until the client leaves."""

def noop(
    *,
    at: Literal["arrival", "before_headers"] | Literal["after_headers", "before_end"] | Mapping[str, Any] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
) -> Fault:
    """Leaves the plan as it is."""

def overload(
    *,
    at: Literal["arrival", "before_headers"] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
    retry_after: str | None = ...,
    should_retry: bool | None = ...,
) -> Fault:
    """An `overloaded_error`, as a rule without `retry-after`."""

def rate_limit(
    *,
    at: Literal["arrival"] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
    retry_after: str | None = ...,
    should_retry: bool | None = ...,
) -> Fault:
    """A `rate_limit_error`, with or without `retry-after`."""

def refuse(
    *,
    at: Literal["arrival", "before_headers"] | Literal["after_headers", "before_end"] | Mapping[str, Any] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
) -> Fault:
    """A new connection is refused. A request on a connection that is already open is not affected, unless the
    phase `hits` what is idle or in flight: those connections are reset."""

def reset(
    *,
    at: Literal["arrival", "before_headers"] | Literal["after_headers", "before_end"] | Mapping[str, Any] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
) -> Fault:
    """The connection is reset at the moment given."""

def stall(
    *,
    at: Literal["arrival", "before_headers"] | Literal["after_headers", "before_end"] | Mapping[str, Any] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
    for_: str | None = ...,
    pings: str | None = ...,
) -> Fault:
    """Content stops at the moment given, for a time or for ever. The stall is on the way to the client: the slot is
    given back, as the service has done its part."""

def stream_error(
    *,
    at: Literal["after_headers", "before_end"] | Mapping[str, Any] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
    type: Literal["overloaded_error", "api_error", "rate_limit_error", "timeout_error"] = ...,
) -> Fault:
    """The stream breaks off with an error event of the type given."""

def truncate(
    *,
    at: Literal["after_headers", "before_end"] | Mapping[str, Any] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
) -> Fault:
    """The body of a stream ends at the moment given."""
