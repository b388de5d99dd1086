"""What every fault looks like on a bare socket. What the SDK makes of it is a table of its own, in `tests/contract`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest

from brownout.fakes.faults import FAULTS, Fault
from brownout.fakes.faults.noop import Noop
from brownout.fakes.moments import AfterTokens

from ...loops import on_loop
from .observed import Wire, on_the_wire
from .serving import TOKENS, Fin, fault_of

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


PINGS = WHOLE_STREAM._replace(body=OPENING + 3 * DELTA + 3 * ("ping",) + 5 * DELTA + CLOSING, is_overtaken=True)

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
    Row(Fin(), "stream", Wire("closed")),
    Row(Fin(at=AfterTokens(tokens=3)), "stream", cut_off("closed", 3)),
    Row(Fin(at=AfterTokens(tokens=3)), "plain", part("closed", "50%")),
    # below HTTP; TLS is seen in `test_tls.py`
    *rows("reset_on_accept", ("stream", Wire("reset")), ("plain", Wire("reset"))),
    *rows("reset_on_accept", ("stream", Wire("reset")), ("plain", Wire("reset")), where={"clients": [0]}),
    *rows("upload_stall", ("stream", NOTHING), ("plain", NOTHING)),
)
UNSEEN = {
    kind for kind, fault in FAULTS.items() if fault.opening in ("unresolved", "tls_hangs", "tls_reset", "untrusted")
}
"""By a socket that has an address and speaks no TLS."""


def is_patient(row: Row) -> bool:
    """Whether there is something to wait for behind the silence."""
    return getattr(row.fault, "seconds", None) is not None


@pytest.mark.parametrize("row", ON_THE_WIRE, ids=str)
@on_loop
async def test_a_socket_sees_just_this(row: Row) -> None:
    """Status line, headers, events or body, and how it ended, are what the table has for the fault."""
    assert await on_the_wire(row.fault, row.how == "stream", is_patient(row)) == row.expected


def test_every_kind_is_observed() -> None:
    """A fault without a row has never been seen by anybody."""
    assert set(FAULTS) - UNSEEN - {row.fault.kind for row in ON_THE_WIRE} == set()


OBSERVED_WITHOUT = [row for row in ON_THE_WIRE if row.fault.kind != "noop"]


@pytest.mark.parametrize("row", OBSERVED_WITHOUT, ids=str)
@on_loop
async def test_a_socket_sees_the_difference(row: Row) -> None:
    """Without the fault the same observation comes out differently, so that no row passes by itself."""
    assert await on_the_wire(Noop(), row.how == "stream", is_patient(row)) != row.expected
