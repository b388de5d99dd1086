"""Written by `make docs` from the faults there are."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from brownout.fakes.faults import Fault
from brownout.fakes.timeline import Phase

def phase(length: str, *faults: Fault, hits: Iterable[str] = ()) -> Phase:
    """A stretch of time, such as `"10s"`, with what is wrong in it."""

def bad_certificate(
    *,
    at: Literal["arrival"] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
    why: Literal["expired", "self_signed", "wrong_host"] = ...,
) -> Fault:
    """On a new connection a certificate is shown that is expired, signed by itself or for another host: the client
    breaks off. One that checks none is not hit, nor are connections that are open."""

def bad_encoding(
    *,
    at: Literal["after_headers", "before_end"] | Mapping[str, Any] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
) -> Fault:
    """The next event of a stream, or the body of a plain answer, has a byte that no character of UTF-8 has."""

def bandwidth(
    *,
    at: Literal["before_headers"] | Literal["after_headers", "before_end"] | Mapping[str, Any] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
    per_second: str = ...,
) -> Fault:
    """From the moment given no more than so many bytes a second come. The slot is given back, as the service has done
    its part."""

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

def close(
    *,
    at: Literal["arrival", "before_headers"] | Literal["after_headers", "before_end"] | Mapping[str, Any] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
) -> Fault:
    """The connection ends with a FIN at the moment given."""

def corrupt_gzip(
    *,
    at: Literal["before_headers"] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
) -> Fault:
    """The head says `content-encoding: gzip`, and what follows cannot be decompressed."""

def dns(
    *,
    at: Literal["arrival"] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
    after: str = ...,
) -> Fault:
    """No address is found for the name, so that no connection is opened. Those that are open are not affected."""

def duplicate_event(
    *,
    at: Literal["after_headers", "before_end"] | Mapping[str, Any] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
) -> Fault:
    """The next event of a stream comes twice."""

def empty(
    *,
    at: Literal["arrival", "before_headers"] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
) -> Fault:
    """Status 200 with the content type that is expected, and no byte of a body."""

def error(
    *,
    at: Literal["arrival", "before_headers"] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
    retry_after: str | None = ...,
    retry_after_as: Literal["seconds", "ms", "date"] = ...,
    retry_after_text: str | None = ...,
    should_retry: bool | None = ...,
    status: Literal[400, 401, 402, 403, 404, 408, 409, 413, 422, 429, 500, 501, 502, 503, 504, 529] = ...,
    body: Literal["service", "proxy", "empty"] = ...,
) -> Fault:
    """Any error status. The service's body has the type of error that goes with it; a proxy's is a page of HTML, and
    some answer with nothing at all."""

def garbage(
    *,
    at: Literal["arrival", "before_headers"] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
) -> Fault:
    """Bytes that are no HTTP come instead of an answer, then a FIN."""

def half_event(
    *,
    at: Literal["after_headers", "before_end"] | Mapping[str, Any] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
    then: Literal["end", "close", "reset", "stall"] = ...,
) -> Fault:
    """The next event of a stream comes to its half. Then the body ends as if it were whole, or the connection is closed
    or reset, or nothing more comes."""

def html_page(
    *,
    at: Literal["arrival", "before_headers"] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
) -> Fault:
    """Status 200, `text/html`, and a page."""

def idle_close(
    *,
    at: Literal["before_headers"] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
    after: str | None = ...,
    late: str = ...,
    by: Literal["fin", "rst"] = ...,
) -> Fault:
    """The connection is ended once the answer is over: before the next request, when it has been idle so long; or, with
    no `after`, only when that request comes, or so much `late`, and then without an answer."""

def malformed_json(
    *,
    at: Literal["after_headers", "before_end"] | Mapping[str, Any] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
) -> Fault:
    """The next event of a stream, or the body of a plain answer, is no JSON: a brace of it is a bracket."""

def missing_event_name(
    *,
    at: Literal["after_headers", "before_end"] | Mapping[str, Any] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
) -> Fault:
    """The next event of a stream has data, and no name."""

def nat_death(
    *,
    at: Literal["arrival", "before_headers"] | Literal["after_headers", "before_end"] | Mapping[str, Any] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
) -> Fault:
    """From the moment given nothing comes through on this connection, either way; others are not affected. The service
    goes on as if it were heard, and holds its slot to the end: that the client leaves does not reach it. Idle
    connections that a phase `hits` look alive, and swallow the first request sent on them."""

def no_answer(
    *,
    at: Literal["arrival", "before_headers"] | Literal["after_headers", "before_end"] | Mapping[str, Any] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
) -> Fault:
    """The connection stays open and silent before the headers, until the client leaves."""

def no_stream(
    *,
    at: Literal["before_headers"] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
) -> Fault:
    """A streaming request is answered with JSON, in one piece, when the stream would have begun."""

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
    retry_after_as: Literal["seconds", "ms", "date"] = ...,
    retry_after_text: str | None = ...,
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
    retry_after_as: Literal["seconds", "ms", "date"] = ...,
    retry_after_text: str | None = ...,
    should_retry: bool | None = ...,
    why: Literal["quota", "acceleration", "spend_cap"] = ...,
) -> Fault:
    """A `rate_limit_error`, with or without `retry-after`. Once the month's money is spent there is none: it is of no
    use to try again before the next, and the error has `error_code: enforced_spend_limit_reached`."""

def refuse(
    *,
    at: Literal["arrival", "before_headers"] | Literal["after_headers", "before_end"] | Mapping[str, Any] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
) -> Fault:
    """A new connection is refused. A request on a connection that is already open is not affected, unless the
    phase `hits` what is idle or in flight: those connections are reset."""

def reordered_events(
    *,
    at: Literal["after_headers"] | Mapping[str, Any] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
) -> Fault:
    """The next two events of a stream come the second first."""

def reset(
    *,
    at: Literal["arrival", "before_headers"] | Literal["after_headers", "before_end"] | Mapping[str, Any] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
) -> Fault:
    """The connection is reset at the moment given."""

def reset_on_accept(
    *,
    at: Literal["arrival"] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
) -> Fault:
    """A new connection is accepted and reset, before a byte is read. Those that are open are not affected."""

def slow_close(
    *,
    at: Literal["before_headers"] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
    for_: str | None = ...,
) -> Fault:
    """The answer is whole, and its end comes late, or never: of a stream the last chunk; of a plain answer, which then
    has no length, the FIN."""

def slow_first_token(
    *,
    at: Literal["before_headers"] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
    by: str = ...,
) -> Fault:
    """The headers, and with them what a stream begins with, come so much later. A stream holds its slot all the while;
    a plain answer has been made by then."""

def slow_tokens(
    *,
    at: Literal["after_headers", "before_end"] | Mapping[str, Any] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
    factor: str = ...,
) -> Fault:
    """From the moment given the gaps between the tokens of a stream are so many times as long. The slot is held all the
    while. A plain answer, whose tokens nobody sees, is delayed by `slow_first_token`."""

def stall(
    *,
    at: Literal["arrival", "before_headers"] | Literal["after_headers", "before_end"] | Mapping[str, Any] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
    for_: str | None = ...,
    pings: str | None = ...,
    comments: str | None = ...,
) -> Fault:
    """Content stops at the moment given, for a time or for ever. The stall is on the way to the client: the slot is
    given back, as the service has done its part."""

def stream_error(
    *,
    at: Literal["after_headers", "before_end"] | Mapping[str, Any] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
    type: Literal[
        "overloaded_error",
        "api_error",
        "rate_limit_error",
        "timeout_error",
        "invalid_request_error",
        "authentication_error",
        "billing_error",
        "permission_error",
        "not_found_error",
        "conflict_error",
        "request_too_large",
    ] = ...,
) -> Fault:
    """The stream breaks off with an error event of the type given."""

def tls_reset(
    *,
    at: Literal["arrival"] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
) -> Fault:
    """A new connection is accepted, and reset in answer to the client's first word of TLS. Connections that are open
    are not affected."""

def tls_stall(
    *,
    at: Literal["arrival"] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
) -> Fault:
    """A new connection is accepted, and the client's first word of TLS never answered, so that it meets its connect
    timeout. Connections that are open are not affected."""

def trickle(
    *,
    at: Literal["before_headers"] | Literal["after_headers", "before_end"] | Mapping[str, Any] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
    bytes: str = ...,
    every: str = ...,
) -> Fault:
    """From the moment given so many bytes come every so often, the head among them if it has not come. No read takes
    long enough for a timeout. The slot is given back, as the service has done its part."""

def truncate(
    *,
    at: Literal["after_headers", "before_end"] | Mapping[str, Any] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
) -> Fault:
    """The body of a stream ends at the moment given."""

def upload_stall(
    *,
    at: Literal["upload"] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
) -> Fault:
    """Of the request the server reads the headers and nothing more, and never answers. A client whose prompt is larger
    than the buffers between the two meets its write timeout, any other its read timeout. The service does not hear of
    the request. A phase that `hits` what is in flight silences requests that have not arrived yet."""

def wrong_length(
    *,
    at: Literal["before_headers"] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
    excess: str = ...,
) -> Fault:
    """The head announces more bytes than come before the connection is closed, or fewer. A stream has no
    length."""

def wrong_type(
    *,
    at: Literal["before_headers"] = ...,
    share: str = ...,
    per: Literal["attempt", "call", "client", "endpoint"] | Mapping[str, Any] = ...,
    where: Mapping[str, Any] | None = ...,
    content_type: Literal["none"] | str = ...,
) -> Fault:
    """The answer is as it should be, but for the type that is said of it."""
