"""What every fault looks like: on a bare socket, and to a program that uses the SDK. Both tables are data.

The outcomes of the SDK are those measured against a server made for the purpose, with SDK 2.12 and its two retries.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from brownout.fakes.faults import FAULTS, Fault
from brownout.fakes.faults.noop import Noop
from brownout.fakes.moments import AfterTokens
from brownout.fakes.plan import CLOSE, RELEASE, Plan

from .observed import How, Seen, Wire, on_the_wire, through_the_sdk
from .serving import TOKENS, fault_of, on_loop


class Fin(Fault):
    """FIN at the moment given: of the ways to break off, the one that no registered fault takes."""

    kind: Literal["fin"] = "fin"

    def instead(self, rest: Plan) -> Plan:
        return (RELEASE, CLOSE)


# -- on the wire

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
)


def is_patient(row: Row) -> bool:
    """Whether there is something to wait for behind the silence."""
    return getattr(row.fault, "seconds", None) is not None


@pytest.mark.parametrize("row", ON_THE_WIRE, ids=str)
@on_loop
async def test_a_socket_sees_just_this(row: Row) -> None:
    """Status line, headers, events or body, and how it ended, are what the table has for the fault."""
    assert await on_the_wire(row.fault, row.how == "stream", is_patient(row)) == row.expected


# -- through the SDK

HEALTHY = Seen(stop_reason="end_turn")
HEALTHY_STREAM = HEALTHY._replace(tokens=TOKENS)
TIMEOUT = Seen("anthropic.APITimeoutError", requests=3)
CONNECTION = Seen("anthropic.APIConnectionError", requests=3)
BOTH: tuple[How, ...] = ("create", "stream")
ALL: tuple[How, ...] = (*BOTH, "create in a thread", "stream in a thread")


def status(name: str, code: int, kind: str, requests: int) -> Seen:
    return Seen(f"anthropic.{name}", code, kind, requests)


THROUGH_THE_SDK: tuple[Row, ...] = (
    *rows("noop", ("create", HEALTHY), ("stream", HEALTHY_STREAM)),
    *rows("noop", ("create in a thread", HEALTHY), ("stream in a thread", HEALTHY_STREAM)),
    # no connection; no headers, where only some cannot connect
    *rows("blackhole", *((how, TIMEOUT) for how in ALL)),
    *rows("blackhole", ("create", TIMEOUT), where={"clients": [0, 1, 2]}),
    # no headers; half a body that stalls
    *rows("no_answer", *((how, TIMEOUT) for how in BOTH)),
    *rows("stall", ("create", TIMEOUT), ("create in a thread", TIMEOUT)),
    *rows("stall", ("stream", TIMEOUT), at="before_headers"),
    # the stall in a stream escapes the SDK's own errors, and is not tried again
    *rows("stall", *((how, Seen("httpx2.ReadTimeout", tokens=3)) for how in ("stream", "stream in a thread"))),
    *rows("stall", ("stream", HEALTHY_STREAM._replace(outlasted=True)), for_="50s", pings="2s"),
    # RST and FIN: before the headers and in a plain body tried again, in a stream raw
    *rows("refuse", *((how, CONNECTION) for how in ALL)),
    *rows("refuse", ("create", CONNECTION), where={"clients": [0]}),
    *rows("reset", *((how, CONNECTION) for how in BOTH)),
    *rows("reset", ("create", CONNECTION), ("create in a thread", CONNECTION), at={"tokens": 3}),
    *rows("reset", ("create", CONNECTION), at="before_end"),
    *rows(
        "reset",
        *((how, Seen("httpx2.ReadError", tokens=3)) for how in ("stream", "stream in a thread")),
        at={"tokens": 3},
    ),
    *rows("reset", ("stream", Seen("httpx2.ReadError")), at="after_headers"),
    *(Row(Fin(), how, CONNECTION) for how in BOTH),
    Row(Fin(at=AfterTokens(tokens=3)), "create", CONNECTION),
    Row(Fin(at=AfterTokens(tokens=3)), "stream", Seen("httpx2.RemoteProtocolError", tokens=3)),
    # a stream that ends too early is a success
    *rows("truncate", *((how, Seen(tokens=3)) for how in ("stream", "stream in a thread"))),
    *rows("truncate", ("stream", Seen("builtins.AssertionError")), at="after_headers"),
    # an error inside a stream carries status 200
    *rows("stream_error", ("stream", status("APIStatusError", 200, "overloaded_error", 1)._replace(tokens=3))),
    *rows(
        "stream_error", ("stream", status("APIStatusError", 200, "api_error", 1)), type="api_error", at="after_headers"
    ),
    # statuses
    *rows("overload", *((how, status("OverloadedError", 529, "overloaded_error", 3)) for how in ALL)),
    *rows("overload", ("create", status("OverloadedError", 529, "overloaded_error", 1)), should_retry=False),
    *rows("rate_limit", *((how, status("RateLimitError", 429, "rate_limit_error", 3)) for how in BOTH)),
    *rows("rate_limit", ("create", status("RateLimitError", 429, "rate_limit_error", 3)), should_retry=True),
    *rows("rate_limit", ("stream", status("RateLimitError", 429, "rate_limit_error", 1)), should_retry=False),
)


def read_timeout(expected: Seen) -> float:
    """As short as what is waited for allows, in real seconds; where nothing is, longer than any machine is busy."""
    if "Timeout" in expected.raised:
        return 0.5
    return 1.0 if expected.outlasted else 30.0


@pytest.mark.parametrize("row", THROUGH_THE_SDK, ids=str)
@on_loop
async def test_the_sdk_makes_this_of_it(row: Row) -> None:
    """The exception, the number of requests and the tokens that came before are those measured for the fault."""
    assert await through_the_sdk(row.fault, row.how, read_timeout(row.expected)) == row.expected


# -- of the tables themselves


@pytest.mark.parametrize("table", [ON_THE_WIRE, THROUGH_THE_SDK], ids=["wire", "sdk"])
def test_every_kind_is_observed(table: tuple[Row, ...]) -> None:
    """A fault without a row in either table has never been seen by anybody."""
    assert set(FAULTS) - {row.fault.kind for row in table} == set()


OBSERVED_WITHOUT = [row for row in ON_THE_WIRE if row.fault.kind != "noop"]


@pytest.mark.parametrize("row", OBSERVED_WITHOUT, ids=str)
@on_loop
async def test_a_socket_sees_the_difference(row: Row) -> None:
    """Without the fault the same observation comes out differently, so that no row passes by itself."""
    assert await on_the_wire(Noop(), row.how == "stream", is_patient(row)) != row.expected


@pytest.mark.parametrize("row", [row for row in THROUGH_THE_SDK if row.fault.kind != "noop"], ids=str)
@on_loop
async def test_the_sdk_sees_the_difference(row: Row) -> None:
    """Without the fault the SDK's caller is told something else."""
    assert await through_the_sdk(Noop(), row.how, read_timeout(row.expected)) != row.expected
