"""What a program that uses the SDK sees of every trouble: one table for all networks and both generations of the SDK.

The outcomes are those measured on real sockets, with the SDK's own two retries.
"""

from __future__ import annotations

import atexit
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from brownout.fakes.faults import FAULTS
from brownout.harness.certificates import make

from ..fakes.wire.serving import TOKENS
from .networks import Case, Network, Style, Trouble
from .program import How, Seen

ONLY_IN_2 = {
    f"anthropic.{newer}": f"anthropic.{older}"
    for newer, older in {
        "PaymentRequiredError": "APIStatusError",
        "RequestTimeoutError": "APIStatusError",
        "ContentTooLargeError": "RequestTooLargeError",
        "HTTPNotImplementedError": "InternalServerError",
        "ServiceUnavailableError": "InternalServerError",
        "GatewayTimeoutError": "InternalServerError",
        "EnforcedSpendLimitReachedError": "RateLimitError",
    }.items()
}
"""Classes of 2.x, and what 0.x raises instead."""


UNDER_TLS = ("tls_hangs", "tls_reset", "untrusted")


def takes_tls(trouble: Trouble) -> bool:
    """Whether nobody meets the trouble who speaks without."""
    kind = trouble["kind"]
    return kind == "tls" or (kind in FAULTS and FAULTS[kind].opening in UNDER_TLS)


class Row(NamedTuple):
    """One trouble, how a program meets it, and what SDK 2.x makes of it; `older` says what 0.x does otherwise."""

    trouble: Trouble
    how: How
    expected: Seen
    older: dict[str, Any] = {}  # noqa: RUF012 - a default that nobody changes
    networks: tuple[Network, ...] = ("wire", "virtual")

    def __str__(self) -> str:
        settings = "-".join(f"{key}={value}" for key, value in self.trouble.items() if key != "kind")
        return "-".join(filter(None, (self.trouble["kind"], self.how, settings)))

    @property
    def played(self) -> Iterable[tuple[Network, Style]]:
        """Every way to play it: on each network by the asynchronous SDK and by the blocking one."""
        for network in self.networks:
            yield from ((network, "async"), (network, "blocking"))
            if network == "virtual":
                yield network, "blocking, no loop"

    @property
    def read_timeout(self) -> float:
        """Seconds, as short as what is waited for allows; where nothing is, longer than any machine is busy."""
        if "Timeout" in self.expected.raised:
            return 10.0
        return 20.0 if self.expected.outlasted else 600.0

    @property
    def is_secure(self) -> bool:
        return takes_tls(self.trouble)

    def case(self, network: Network, style: Style) -> Case:
        """In one of the ways to play it."""
        shown = certificates() if self.is_secure and network == "wire" else ""
        return Case(
            self.trouble,
            self.how,
            network,
            style,
            self.read_timeout,
            self.is_secure,
            certificates=shown,
        )

    def seen_by(self, major: str) -> Seen:
        """What that generation of the SDK makes of it. 0.x stands on httpx, whose names are the same."""
        if major == "2":
            return self.expected
        raised, cause = self.expected.raised, self.expected.cause
        for newer in ("httpx2", "httpcore2"):
            raised, cause = (name.replace(f"{newer}.", f"{newer[:-1]}.") for name in (raised, cause))
        raised = ONLY_IN_2.get(raised, raised)
        return self.expected._replace(**{"raised": raised, "cause": cause, **self.older})


@cache
def certificates() -> str:
    """A folder with some, until the process ends."""
    folder = TemporaryDirectory(prefix="brownout-test-")
    atexit.register(folder.cleanup)
    make(Path(folder.name))
    return folder.name


def rows(kind: str, *pairs: tuple[How, Seen], **given: Any) -> Iterable[Row]:
    """Rows of one trouble; its settings under their names in a file, with an underscore where Python needs one."""
    trouble = {"kind": kind, **{name.rstrip("_"): value for name, value in given.items()}}
    return [Row(trouble, how, expected) for how, expected in pairs]


def on(networks: tuple[Network, ...], of: Iterable[Row]) -> Iterable[Row]:
    return [row._replace(networks=networks) for row in of]


HEALTHY = Seen(stop_reason="end_turn")
HEALTHY_STREAM = HEALTHY._replace(tokens=TOKENS)
LARGE: How = "create large"
TWICE: How = "create twice"
BESIDE: How = "create beside an open stream"
TWO_CALLS = HEALTHY._replace(requests=2)


def both(seen: Seen) -> tuple[tuple[How, Seen], ...]:
    return ("create", seen), ("stream", seen)


def timeout(cause: str, connections: int = 0, requests: int = 3) -> Seen:
    return Seen("anthropic.APITimeoutError", f"httpx2.{cause}", requests=requests, connections=connections)


def broken(cause: str, connections: int = 0) -> Seen:
    return Seen("anthropic.APIConnectionError", f"httpx2.{cause}", requests=3, connections=connections)


def raw(name: str, tokens: int = 0) -> Seen:
    return Seen(f"httpx2.{name}", f"httpcore2.{name}", tokens=tokens)


def status(name: str, code: int, kind: str, requests: int, connections: int = 1) -> Seen:
    return Seen(f"anthropic.{name}", "", code, kind, requests, connections)


def in_stream(kind: str) -> Seen:
    return status("APIStatusError", 200, kind, 1)


def overloaded(requests: int, connections: int = 1) -> Seen:
    return status("OverloadedError", 529, "overloaded_error", requests, connections)


def too_many(requests: int, connections: int = 1) -> Seen:
    return status("RateLimitError", 429, "rate_limit_error", requests, connections)


STATUSES = (
    (400, "BadRequestError", "invalid_request_error", 1),
    (401, "AuthenticationError", "authentication_error", 1),
    (402, "PaymentRequiredError", "billing_error", 1),
    (403, "PermissionDeniedError", "permission_error", 1),
    (404, "NotFoundError", "not_found_error", 1),
    (408, "RequestTimeoutError", "invalid_request_error", 3),
    (409, "ConflictError", "conflict_error", 3),
    (413, "ContentTooLargeError", "request_too_large", 1),
    (422, "UnprocessableEntityError", "invalid_request_error", 1),
    (429, "RateLimitError", "rate_limit_error", 3),
    (500, "InternalServerError", "api_error", 3),
    (501, "HTTPNotImplementedError", "api_error", 3),
    (502, "InternalServerError", "api_error", 3),
    (503, "ServiceUnavailableError", "api_error", 3),
    (504, "GatewayTimeoutError", "timeout_error", 3),
    (529, "OverloadedError", "overloaded_error", 3),
)
SPENT = status("EnforcedSpendLimitReachedError", 429, "rate_limit_error", 3)
NO_GZIP = Seen("httpx2.DecodingError", "zlib.error")
NO_UTF8 = Seen("builtins.UnicodeDecodeError", tokens=3)
WAITS = too_many(3, 3)._replace(outlasted=True)

THROUGH_THE_SDK: tuple[Row, ...] = (
    *rows("noop", ("create", HEALTHY), ("stream", HEALTHY_STREAM), (LARGE, HEALTHY)),
    # no connection; no headers, where only some cannot connect
    *rows("blackhole", *both(timeout("ConnectTimeout"))),
    *rows("blackhole", ("create", timeout("ReadTimeout")), where={"clients": [0, 1, 2]}),
    # no headers; half a body that stalls
    *rows("no_answer", *both(timeout("ReadTimeout"))),
    *rows("stall", ("create", timeout("ReadTimeout", 3))),
    *rows("stall", ("stream", timeout("ReadTimeout")), at="before_headers"),
    # the stall in a stream escapes the SDK's own errors, and is not tried again
    *rows("stall", ("stream", raw("ReadTimeout", 3))),
    *rows("stall", ("stream", HEALTHY_STREAM._replace(outlasted=True)), for_="50s", pings="2s"),
    # RST and FIN: before the headers and in a plain body tried again, in a stream raw
    *rows("refuse", *both(broken("ConnectError"))),
    *rows("refuse", ("create", broken("ReadError")), where={"clients": [0]}),
    *rows("reset", *both(broken("ReadError"))),
    *rows("reset", ("create", broken("ReadError", 3)), at={"tokens": 3}),
    *rows("reset", ("create", broken("ReadError", 3)), at="before_end"),
    *rows("reset", ("stream", raw("ReadError", 3)), at={"tokens": 3}),
    *rows("reset", ("stream", raw("ReadError")), at="after_headers"),
    *rows("close", *both(broken("RemoteProtocolError"))),
    *rows("close", ("create", broken("RemoteProtocolError", 3)), at={"tokens": 3}),
    *rows("close", ("create", broken("RemoteProtocolError", 3)), at="before_end"),
    *rows("close", ("stream", raw("RemoteProtocolError", 3)), at={"tokens": 3}),
    *rows("close", ("stream", raw("RemoteProtocolError", TOKENS)), at="before_end"),
    # a stream that ends too early is a success
    *rows("truncate", ("stream", Seen(tokens=3))),
    *rows("truncate", ("stream", Seen("builtins.AssertionError")), at="after_headers"),
    # an error inside a stream carries status 200
    *rows("stream_error", ("stream", in_stream("overloaded_error")._replace(tokens=3))),
    *rows("stream_error", ("stream", in_stream("api_error")), type="api_error", at="after_headers"),
    # statuses: the body is read before the next attempt, and the connection used again, of a plain answer but no stream
    *rows("overload", ("create", overloaded(3)), ("stream", overloaded(3, 3))),
    *rows("overload", ("create", overloaded(1)), should_retry=False),
    *rows("rate_limit", ("create", too_many(3)), ("stream", too_many(3, 3))),
    *rows("rate_limit", ("create", too_many(3)), should_retry=True),
    *rows("rate_limit", ("stream", too_many(1)), should_retry=False),
    # what the service asks for is waited, by 0.x only up to a minute; meanwhile the pool lets go of the connection.
    # Virtual only: scaled to the wall clock, neither that minute nor the pool's five seconds would be reached.
    *on(("virtual",), rows("rate_limit", ("create", WAITS), retry_after="30s")),
    *(
        row._replace(older={"outlasted": False, "connections": 1})
        for row in on(("virtual",), rows("rate_limit", ("create", WAITS), retry_after="90s"))
    ),
    # TLS: no request is sent at all
    *on(("virtual",), rows("tls", *both(broken("ConnectError")), tls="fails")),
    *on(("virtual",), rows("tls", *both(timeout("ConnectTimeout")), tls="hangs")),
    # an idle connection that the server has ended is replaced unseen
    *rows("noop", (TWICE, TWO_CALLS)),
    *rows("idle_closed", (TWICE, TWO_CALLS._replace(connections=2))),
    *rows("idle_reset", (TWICE, TWO_CALLS._replace(connections=2))),
    # or, if it does so as the next request comes, after that one has failed
    *rows("idle_close", (TWICE, TWO_CALLS._replace(requests=3, connections=2))),
    *rows("idle_close", (TWICE, TWO_CALLS._replace(requests=3, connections=2)), late="150ms", by="rst"),
    *on(("virtual",), rows("idle_close", (TWICE, TWO_CALLS._replace(connections=2)), after="500ms")),
    # a stream that nobody reads keeps its connection
    *rows("noop", (BESIDE, TWO_CALLS._replace(connections=2))),
    *rows("small_pool", (BESIDE, timeout("PoolTimeout", 1, 4)), connections=1),
    # a status for each class of error; the service's words or a proxy's, what it is goes by the status
    *(
        row
        for code, name, kind, times in STATUSES
        for row in rows("error", ("create", status(name, code, kind, times)), status=code)
    ),
    *rows(
        "error",
        ("create", status("ServiceUnavailableError", 503, "", 3)),
        ("stream", status("ServiceUnavailableError", 503, "", 3, 3)),
        status=503,
        body="proxy",
    ),
    *rows("error", ("create", status("InternalServerError", 502, "", 3)), status=502, body="empty"),
    # the month's money is spent, and the SDK tries again all the same
    *rows("rate_limit", ("create", SPENT), why="spend_cap"),
    *rows("rate_limit", ("create", too_many(3)), why="acceleration"),
    # what is no time to wait is none; milliseconds and dates are obeyed as seconds are
    *(
        row
        for text in ("0", "-1", "soon")
        for row in rows("rate_limit", ("create", too_many(3)), retry_after_text=text)
    ),
    *on(("virtual",), rows("rate_limit", ("create", WAITS), retry_after="30s", retry_after_as="ms")),
    *on(("virtual",), rows("rate_limit", ("create", WAITS), retry_after="30s", retry_after_as="date")),
    # the network has forgotten a connection
    *rows("nat_death", ("create", timeout("ReadTimeout", 3)), ("stream", raw("ReadTimeout", 3))),
    *rows("nat_death", *both(timeout("ReadTimeout")), at="arrival"),
    # a success that is none: what the program gets are the errors of parsers, or a text; nothing is tried again
    *rows("garbage", *both(broken("RemoteProtocolError"))),
    *rows("empty", ("create", Seen("json.JSONDecodeError"))),
    *rows("empty", ("stream", Seen("builtins.AssertionError"))),
    *rows("html_page", ("create", Seen("builtins.AttributeError"))),
    *rows("html_page", ("stream", Seen("builtins.AssertionError"))),
    *rows("no_stream", ("stream", Seen("builtins.AssertionError"))),
    *rows("wrong_length", ("create", broken("RemoteProtocolError", 3)), excess=10),
    *rows("wrong_length", ("create", Seen("json.JSONDecodeError")), excess=-5),
    *rows("corrupt_gzip", ("create", broken("DecodingError", 3))),
    *rows("corrupt_gzip", ("stream", NO_GZIP)),
    *rows("malformed_json", ("create", Seen("json.JSONDecodeError"))),
    *rows("malformed_json", ("stream", Seen("json.JSONDecodeError", tokens=3))),
    *rows("malformed_json", ("stream", Seen("json.JSONDecodeError", tokens=TOKENS)), at="before_end"),
    *rows("bad_encoding", ("create", Seen("builtins.UnicodeDecodeError"))),
    *rows("bad_encoding", ("stream", NO_UTF8)),
    # events that are passed over, or told twice: nobody notices but who reads the text
    *rows("missing_event_name", ("stream", HEALTHY_STREAM._replace(tokens=TOKENS - 1))),
    *(
        row._replace(older={"raised": "builtins.RuntimeError", "tokens": 0})
        for row in rows(
            "missing_event_name", ("stream", Seen("builtins.AssertionError", tokens=TOKENS)), at="after_headers"
        )
    ),
    *rows("duplicate_event", ("stream", HEALTHY_STREAM._replace(tokens=TOKENS + 1))),
    *(
        row._replace(older={"raised": "builtins.RuntimeError"})
        for row in rows("reordered_events", ("stream", Seen("builtins.IndexError")), at="after_headers")
    ),
    *rows("half_event", ("stream", Seen(tokens=3))),
    *rows("half_event", ("stream", raw("RemoteProtocolError", 3)), then="close"),
    *rows("half_event", ("stream", raw("ReadError", 3)), then="reset"),
    *rows("half_event", ("stream", raw("ReadTimeout", 3)), then="stall"),
    # as long as something comes nothing times out, however little it is
    *rows("stall", ("stream", HEALTHY_STREAM._replace(outlasted=True)), for_="50s", comments="2s"),
    *rows("slow_first_token", *both(timeout("ReadTimeout")), by="12s"),
    *rows("slow_tokens", ("stream", HEALTHY_STREAM._replace(outlasted=True)), factor=500),
    *rows("trickle", ("create", HEALTHY._replace(outlasted=True)), bytes=90, every="8s"),
    *rows("trickle", ("stream", HEALTHY_STREAM._replace(outlasted=True)), bytes=400, every="4s"),
    *rows("trickle", *both(timeout("ReadTimeout")), bytes=200, every="12s"),
    *rows("bandwidth", ("stream", HEALTHY_STREAM._replace(outlasted=True)), per_second="40B"),
    # the end of a body that is whole
    *rows("slow_close", ("create", timeout("ReadTimeout", 3)), ("stream", raw("ReadTimeout", TOKENS))),
    # below HTTP: a name that is not found; a resolver that takes longer than the client waits
    *on(("virtual",), rows("dns", *both(broken("ConnectError")))),
    *on(("virtual",), rows("dns", *both(broken("ConnectError")), after="2s")),
    *on(("virtual",), rows("dns", *both(timeout("ConnectTimeout")), after="30s")),
    # an open connection that is no good; TLS that does not come about
    *rows("reset_on_accept", *both(broken("ReadError"))),
    *rows("reset_on_accept", ("create", broken("ReadError")), where={"clients": [0]}),
    *rows("tls_stall", *both(timeout("ConnectTimeout"))),
    *rows("tls_reset", *both(broken("ConnectError"))),
    *rows("bad_certificate", *both(broken("ConnectError"))),
    *rows("bad_certificate", *both(broken("ConnectError")), why="self_signed"),
    *rows("bad_certificate", *both(broken("ConnectError")), why="wrong_host"),
    # what fits into the buffers has been sent, as far as the client can tell
    *rows("upload_stall", *both(timeout("ReadTimeout"))),
    *rows("upload_stall", (LARGE, timeout("WriteTimeout"))),
)
"""`wrong_type`, events in another order later on, and a stream whose last event has no name are taken as they come."""
