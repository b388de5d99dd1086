"""What every fault looks like on a bare socket. What the SDK makes of it is a table of its own, in `tests/contract`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest

from brownout.fakes.faults import FAULTS, Fault
from brownout.fakes.faults.noop import Noop

from ...loops import on_loop
from .observed import Wire, on_the_wire
from .serving import TOKENS, fault_of

OK, OVERLOADED, TOO_MANY = "HTTP/1.1 200 OK", "HTTP/1.1 529 Overloaded", "HTTP/1.1 429 Too Many Requests"
JSON = {"content-type": "application/json", "request-id": "req", "cache-control": "no-cache"}
SSE = JSON | {"content-type": "text/event-stream; charset=utf-8", "transfer-encoding": "chunked"}
OPENING = ("message_start", "content_block_start", "ping")
CLOSING = ("content_block_stop", "message_delta", "message_stop")
DELTA = ("content_block_delta",)


def error(kind: str, message: str) -> tuple[str]:
    return (f'{{"type": "error", "error": {{"type": "{kind}", "message": "{message}"}}, "request_id": "req"}}',)


OVERLOAD = error("overloaded_error", "Overloaded")
RATE_LIMIT = error(
    "rate_limit_error", "This request would exceed your organization's rate limit. Please try again later."
)

WHOLE_STREAM = Wire("whole", OK, SSE, OPENING + TOKENS * DELTA + CLOSING)
WHOLE_ANSWER = Wire("whole", OK, JSON, ("100%",))
NOTHING = Wire("silent", is_overtaken=True)


@dataclass(frozen=True)
class Row:
    """One fault, on a streaming or a plain request, and what is observed of it."""

    fault: Fault
    how: Any
    expected: Any

    def __str__(self) -> str:
        settings = self.fault.model_dump(exclude_defaults=True, by_alias=True, mode="json")
        named = "-".join(f"{key}={value}" for key, value in settings.items() if key != "kind")
        return f"{self.fault.kind}-{self.how}" + (f"-{named}" if named else "")


def rows(kind: str, *pairs: tuple[Any, Any], **given: Any) -> Iterable[Row]:
    fault = fault_of({"kind": kind, **{name.rstrip("_"): value for name, value in given.items()}})
    return [Row(fault, how, expected) for how, expected in pairs]


def cut_off(end: str, tokens: int) -> Wire:
    """A stream after so many tokens."""
    return Wire(end, OK, SSE, OPENING + tokens * DELTA, is_overtaken=end == "silent")


def part(end: str, share: str) -> Wire:
    """A plain answer after that share of its bytes."""
    return Wire(end, OK, JSON, (share,), is_overtaken=end == "silent")


def spoilt(*events: str, of: int = 1) -> Wire:
    """A stream whose fourth token, or the next few, came like this."""
    return Wire("whole", OK, SSE, (*OPENING, *3 * DELTA, *events, *(TOKENS - 3 - of) * DELTA, *CLOSING))


def odd(what: str) -> Wire:
    return spoilt(f"content_block_delta, {what}")


def half(end: str) -> Wire:
    return Wire(end, OK, SSE, (*OPENING, *3 * DELTA, "half of an event"), is_overtaken=end == "silent")


BOTH = ("stream", "plain")
LATE_STREAM, LATE_ANSWER = (each._replace(is_overtaken=True) for each in (WHOLE_STREAM, WHOLE_ANSWER))
WITHOUT_LENGTH = Wire("closed", OK, JSON | {"connection": "close"}, ("100%",), is_overtaken=True)
HTML = {"content-type": "text/html", "cache-control": "no-cache"}
GZIP = {"content-encoding": "gzip"}
PAGE = ("page",)
INTERNAL, TIMED_OUT = error("api_error", "Internal server error"), error("timeout_error", "Request timed out")
SPENT = (
    '{"type": "error", "error": {"type": "rate_limit_error", "message": "You have reached your API usage limits: your '
    "organization has crossed its monthly API usage threshold, set based on your organization's API tier. You will "
    'regain access on the first of next month at 00:00 UTC.", "details": {"error_code": '
    '"enforced_spend_limit_reached"}}, "request_id": "req"}',
)
PINGS = WHOLE_STREAM._replace(body=OPENING + 3 * DELTA + 3 * ("ping",) + 5 * DELTA + CLOSING, is_overtaken=True)
COMMENTS = PINGS._replace(body=tuple("comment" if i in (6, 7, 8) else name for i, name in enumerate(PINGS.body)))

ON_THE_WIRE: tuple[Row, ...] = (
    *rows("noop", ("stream", WHOLE_STREAM), ("plain", WHOLE_ANSWER)),
    *rows("blackhole", ("stream", Wire("unreachable")), ("plain", Wire("unreachable"))),
    *rows("blackhole", ("stream", NOTHING), ("plain", NOTHING), where={"clients": [0]}),
    *rows("no_answer", ("stream", NOTHING), ("plain", NOTHING)),
    *rows("no_answer", ("stream", NOTHING), ("plain", NOTHING), at="before_headers"),
    *rows("overload", *((how, Wire("whole", OVERLOADED, JSON, OVERLOAD)) for how in ("stream", "plain"))),
    *rows("overload", ("plain", Wire("whole", OVERLOADED, JSON, OVERLOAD)), at="before_headers"),
    *rows(
        "overload",
        ("stream", Wire("whole", OVERLOADED, JSON | {"retry-after": "0.25", "x-should-retry": "false"}, OVERLOAD)),
        retry_after="5s",
        should_retry=False,
    ),
    *rows("rate_limit", ("stream", Wire("whole", TOO_MANY, JSON, RATE_LIMIT))),
    *rows(
        "rate_limit", ("plain", Wire("whole", TOO_MANY, JSON | {"retry-after": "1.5"}, RATE_LIMIT)), retry_after="30s"
    ),
    *rows(
        "rate_limit",
        ("plain", Wire("whole", TOO_MANY, JSON | {"x-should-retry": "true"}, RATE_LIMIT)),
        should_retry=True,
    ),
    *rows("refuse", ("stream", Wire("refused")), ("plain", Wire("refused"))),
    *rows("refuse", ("stream", Wire("reset")), ("plain", Wire("reset")), where={"clients": [0]}),
    *rows("reset", ("stream", Wire("reset")), ("plain", Wire("reset"))),
    *rows("reset", ("stream", Wire("reset")), ("plain", Wire("reset")), at="before_headers"),
    *rows("reset", ("stream", Wire("reset", OK, SSE)), ("plain", part("reset", "0%")), at="after_headers"),
    *rows("reset", ("stream", cut_off("reset", 3)), ("plain", part("reset", "50%")), at={"tokens": 3}),
    *rows("reset", ("stream", cut_off("reset", 2)), ("plain", part("reset", "25%")), at={"fraction": "25%"}),
    *rows("reset", ("stream", cut_off("reset", 8)), at={"fraction": "100%"}),
    *rows("reset", ("stream", Wire("reset", OK, SSE, WHOLE_STREAM.body[:-1])), at="before_end"),
    *rows("stall", ("stream", cut_off("silent", 3)), ("plain", part("silent", "50%"))),
    *rows("stall", ("stream", NOTHING), ("plain", NOTHING), at="arrival"),
    *rows("stall", ("stream", NOTHING), ("plain", NOTHING), at="before_headers", pings="1s"),
    *rows("stall", ("stream", PINGS), at={"tokens": 3}, for_="10s", pings="3s"),
    *rows("stall", ("plain", WHOLE_ANSWER._replace(is_overtaken=True)), for_="24s", pings="3s"),
    *rows("stream_error", ("stream", Wire("whole", OK, SSE, (*OPENING, *3 * DELTA, "error: overloaded_error")))),
    *rows(
        "stream_error", ("stream", Wire("whole", OK, SSE, ("error: api_error",))), at="after_headers", type="api_error"
    ),
    *rows("truncate", ("stream", cut_off("whole", 3))),
    *rows("truncate", ("stream", Wire("whole", OK, SSE)), at="after_headers"),
    *rows("truncate", ("stream", Wire("whole", OK, SSE, WHOLE_STREAM.body[:-1])), at="before_end"),
    *rows("close", ("stream", Wire("closed")), ("plain", Wire("closed"))),
    *rows("close", ("stream", cut_off("closed", 3)), ("plain", part("closed", "50%")), at={"tokens": 3}),
    *rows("close", ("stream", Wire("closed", OK, SSE)), ("plain", part("closed", "0%")), at="after_headers"),
    *rows("close", ("stream", Wire("closed", OK, SSE, WHOLE_STREAM.body[:-1])), at="before_end"),
    *rows("nat_death", ("stream", cut_off("silent", 3)), ("plain", part("silent", "50%"))),
    *rows("nat_death", ("stream", NOTHING), ("plain", NOTHING), at="arrival"),
    # statuses, of the service's and of a proxy's
    *rows("error", *((how, Wire("whole", "HTTP/1.1 500 Internal Server Error", JSON, INTERNAL)) for how in BOTH)),
    *rows(
        "error",
        ("plain", Wire("whole", "HTTP/1.1 504 Gateway Timeout", JSON, TIMED_OUT)),
        status=504,
        at="before_headers",
    ),
    *rows("error", ("plain", Wire("whole", "HTTP/1.1 503 Service Unavailable", HTML, PAGE)), status=503, body="proxy"),
    *rows("error", ("stream", Wire("whole", "HTTP/1.1 502 Bad Gateway", HTML)), status=502, body="empty"),
    *rows("rate_limit", ("plain", Wire("whole", TOO_MANY, JSON, SPENT)), why="spend_cap"),
    *rows(
        "rate_limit",
        ("plain", Wire("whole", TOO_MANY, JSON | {"retry-after-ms": "1500"}, RATE_LIMIT)),
        retry_after="30s",
        retry_after_as="ms",
    ),
    *rows(
        "rate_limit",
        ("plain", Wire("whole", TOO_MANY, JSON | {"retry-after": "-1"}, RATE_LIMIT)),
        retry_after_text="-1",
    ),
    # a success that is none
    *rows("garbage", *((how, Wire("closed", "no HTTP")) for how in BOTH)),
    *rows("empty", ("stream", Wire("whole", OK, SSE)), ("plain", Wire("whole", OK, JSON))),
    *rows("html_page", *((how, Wire("whole", OK, HTML, PAGE)) for how in BOTH)),
    *rows("no_stream", ("stream", WHOLE_ANSWER)),
    *rows(
        "wrong_type",
        ("stream", WHOLE_STREAM._replace(headers=SSE | {"content-type": "text/plain"})),
        ("plain", WHOLE_ANSWER._replace(headers=JSON | {"content-type": "text/plain"})),
    ),
    *rows(
        "wrong_type",
        ("plain", WHOLE_ANSWER._replace(headers={name: JSON[name] for name in JSON if name != "content-type"})),
        content_type="none",
    ),
    *rows("wrong_length", ("plain", Wire("closed", OK, JSON, ("-10 bytes",))), excess=10),
    *rows("wrong_length", ("plain", Wire("whole", OK, JSON, ("+5 bytes",))), excess=-5),
    *rows("corrupt_gzip", ("stream", Wire("whole", OK, SSE | GZIP, ("no gzip",)))),
    *rows("corrupt_gzip", ("plain", Wire("whole", OK, JSON | GZIP, ("no gzip",)))),
    # content that is not as it should be
    *rows("malformed_json", ("stream", odd("no JSON")), ("plain", Wire("whole", OK, JSON, ("no JSON",)))),
    *rows("bad_encoding", ("stream", odd("no UTF-8")), ("plain", Wire("whole", OK, JSON, ("no UTF-8",)))),
    *rows("missing_event_name", ("stream", spoilt("content_block_delta without a name"))),
    *rows(
        "missing_event_name",
        ("stream", Wire("whole", OK, SSE, (*WHOLE_STREAM.body[:-1], "message_stop without a name"))),
        at="before_end",
    ),
    *rows("duplicate_event", ("stream", spoilt("content_block_delta", "content_block_delta, again"))),
    *rows(
        "reordered_events", ("stream", spoilt("content_block_delta, too early", "content_block_delta, too late", of=2))
    ),
    *rows(
        "reordered_events",
        ("stream", Wire("whole", OK, SSE, (OPENING[1], OPENING[0], *WHOLE_STREAM.body[2:]))),
        at="after_headers",
    ),
    *rows("half_event", ("stream", half("whole"))),
    *rows("half_event", ("stream", half("closed")), then="close"),
    *rows("half_event", ("stream", half("reset")), then="reset"),
    *rows("half_event", ("stream", half("silent")), then="stall"),
    # the right answer at the wrong pace
    *rows("slow_first_token", ("stream", LATE_STREAM), ("plain", LATE_ANSWER), by="24s"),
    *rows("slow_tokens", ("stream", LATE_STREAM), factor=100),
    *rows("trickle", ("stream", LATE_STREAM), ("plain", LATE_ANSWER), bytes=250, every="8s"),
    *rows("stall", ("stream", COMMENTS), at={"tokens": 3}, for_="10s", comments="3s"),
    *rows("slow_close", ("stream", LATE_STREAM), for_="24s"),
    *rows("slow_close", ("plain", WITHOUT_LENGTH), for_="24s"),
    # below HTTP; TLS is seen in `test_tls.py`
    *rows("reset_on_accept", ("stream", Wire("reset")), ("plain", Wire("reset"))),
    *rows("reset_on_accept", ("stream", Wire("reset")), ("plain", Wire("reset")), where={"clients": [0]}),
    *rows("upload_stall", ("stream", NOTHING), ("plain", NOTHING)),
)
"""What becomes of a connection once its answer is over, `idle_close`, is not seen here: one request is sent. Nor is
`bandwidth`, which is `trickle` with pauses that are too short to be told from a machine that is busy."""
UNSEEN = {
    kind for kind, fault in FAULTS.items() if fault.opening in ("unresolved", "tls_hangs", "tls_reset", "untrusted")
}
"""By a socket that has an address and speaks no TLS."""


def is_patient(row: Row) -> bool:
    """Whether there is something to wait for behind the silence."""
    return row.expected.is_overtaken and row.expected.end in ("whole", "closed")


@pytest.mark.parametrize("row", ON_THE_WIRE, ids=str)
@on_loop
async def test_a_socket_sees_just_this(row: Row) -> None:
    """Status line, headers, events or body, and how it ended, are what the table has for the fault."""
    assert await on_the_wire(row.fault, row.how == "stream", is_patient(row)) == row.expected


def test_every_kind_is_observed() -> None:
    """A fault without a row has never been seen by anybody."""
    assert set(FAULTS) - UNSEEN - {row.fault.kind for row in ON_THE_WIRE} == {"bandwidth", "idle_close"}


OBSERVED_WITHOUT = [row for row in ON_THE_WIRE if row.fault.kind != "noop"]


@pytest.mark.parametrize("row", OBSERVED_WITHOUT, ids=str)
@on_loop
async def test_a_socket_sees_the_difference(row: Row) -> None:
    """Without the fault the same observation comes out differently, so that no row passes by itself."""
    assert await on_the_wire(Noop(), row.how == "stream", is_patient(row)) != row.expected
