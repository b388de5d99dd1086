"""What a program that uses the TypeScript SDK sees of every trouble, with the SDK's own two retries.

Its timeout is for the headers alone. A body that breaks is not tried again, and one that stalls ends by nobody's limit:
the program `hangs`, until the HTTP library gives up after five minutes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from ..fakes.wire.serving import TOKENS
from .networks import Trouble
from .sdk_faults import STATUSES
from .typescript import Told


class Row(NamedTuple):
    """One trouble, how a program meets it, and what it sees; or one of what it sees, where chance decides."""

    trouble: Trouble
    how: str
    expected: Told
    otherwise: tuple[Told, ...] = ()

    def __str__(self) -> str:
        settings = "-".join(f"{key}={value}" for key, value in self.trouble.items() if key != "kind")
        return "-".join(filter(None, (self.trouble["kind"], self.how, settings)))

    def allows(self, told: Told) -> bool:
        """Whether that is what it expects."""
        return told in (self.expected, *self.otherwise)


def rows(kind: str, *seen: tuple[str, *tuple[Told, ...]], **given: Any) -> Iterable[Row]:
    """Rows of one trouble; settings as in `sdk_faults`. Of a call what it comes to, or the several things."""
    trouble = {"kind": kind, **{name.rstrip("_"): value for name, value in given.items()}}
    return [Row(trouble, how, expected, tuple(otherwise)) for how, expected, *otherwise in seen]


def both(told: Told) -> tuple[tuple[str, Told], ...]:
    return ("create", told), ("stream", told)


def status(code: int, name: str, kind: str, requests: int) -> Told:
    return Told(f"anthropic.{name}", "", code, kind, requests)


def broken(tokens: int, cause: str = "TypeError") -> Told:
    """A stream of which no message comes."""
    return Told("anthropic.AnthropicError", cause, tokens=tokens)


HEALTHY = Told(stop_reason="end_turn")
HEALTHY_STREAM = HEALTHY._replace(tokens=TOKENS)
NO_HEADERS = Told("anthropic.APIConnectionTimeoutError", requests=3)
NO_CONNECTION = Told("anthropic.APIConnectionError", "TypeError", requests=3)
HALF_A_BODY = Told("TypeError", "UND_ERR_SOCKET")
RESET_IN_A_BODY = HALF_A_BODY, HALF_A_BODY._replace(cause="ECONNRESET")
"""Node takes a reset for an end where it comes together with the last bytes."""
HANGS = Told("hangs")
SPOILED_GZIP = broken(0), HANGS
"""Node tells nobody of what it could not decompress where the end of the stream comes together with it."""
CLASSES = {"HTTPNotImplementedError": "NotImplementedError"}
"""Those that have another name than in Python."""

THROUGH_TYPESCRIPT: tuple[Row, ...] = (
    *rows("noop", ("create", HEALTHY), ("stream", HEALTHY_STREAM)),
    *rows("blackhole", *both(NO_HEADERS)),
    *rows("no_answer", *both(NO_HEADERS)),
    *rows("stall", ("create", HANGS), ("stream", HANGS._replace(tokens=3))),
    *rows("stall", *both(NO_HEADERS), at="before_headers"),
    *rows("refuse", *both(NO_CONNECTION)),
    *rows("reset_on_accept", *both(NO_CONNECTION)),
    *rows("upload_stall", *both(NO_HEADERS)),
    *rows("tls_stall", *both(NO_HEADERS)),
    *rows("tls_reset", *both(NO_CONNECTION)),
    *(
        row
        for why in ("expired", "self_signed", "wrong_host")
        for row in rows("bad_certificate", ("create", NO_CONNECTION), why=why)
    ),
    *rows("reset", *both(NO_CONNECTION)),
    *rows("reset", ("create", *RESET_IN_A_BODY), ("stream", broken(3)), at={"tokens": 3}),
    *rows("close", *both(NO_CONNECTION)),
    *rows("close", ("create", HALF_A_BODY), ("stream", broken(3)), at={"tokens": 3}),
    *rows("truncate", ("stream", broken(3, ""))),
    *rows("stream_error", ("stream", Told("anthropic.APIError", type="overloaded_error", tokens=3))),
    *rows("overload", *both(status(529, "OverloadedError", "overloaded_error", 3))),
    *rows("overload", ("create", status(529, "OverloadedError", "overloaded_error", 1)), should_retry=False),
    *rows("rate_limit", *both(status(429, "RateLimitError", "rate_limit_error", 3))),
    *rows(
        "rate_limit", ("create", status(429, "EnforcedSpendLimitReachedError", "rate_limit_error", 3)), why="spend_cap"
    ),
    *(
        row
        for text in ("0", "-1", "soon")
        for row in rows(
            "rate_limit", ("create", status(429, "RateLimitError", "rate_limit_error", 3)), retry_after_text=text
        )
    ),
    *(
        row
        for code, name, kind, times in STATUSES
        for row in rows("error", ("create", status(code, CLASSES.get(name, name), kind, times)), status=code)
    ),
    *rows("error", *both(status(503, "ServiceUnavailableError", "", 3)), status=503, body="proxy"),
    *rows("error", ("create", status(502, "InternalServerError", "", 3)), status=502, body="empty"),
    *rows("nat_death", ("create", HANGS), ("stream", HANGS._replace(tokens=3))),
    *rows("nat_death", *both(NO_HEADERS), at="arrival"),
    *rows("garbage", *both(NO_CONNECTION)),
    *rows("empty", ("create", Told("TypeError")), ("stream", broken(0, ""))),
    *rows("html_page", ("create", Told()), ("stream", broken(0, ""))),
    *rows("no_stream", ("stream", broken(0, ""))),
    *rows("wrong_length", ("create", HALF_A_BODY), excess=10),
    *rows("wrong_length", ("create", Told("SyntaxError")), excess=-5),
    *rows("corrupt_gzip", ("create", Told("TypeError", "Z_DATA_ERROR")), ("stream", *SPOILED_GZIP)),
    *rows("malformed_json", ("create", Told("SyntaxError")), ("stream", broken(3, "SyntaxError"))),
    *rows("missing_event_name", ("stream", HEALTHY_STREAM._replace(tokens=TOKENS - 1))),
    *rows("missing_event_name", ("stream", broken(0, "")), at="after_headers"),
    *rows("duplicate_event", ("stream", HEALTHY_STREAM._replace(tokens=TOKENS + 1))),
    *rows("reordered_events", ("stream", broken(0)), at="after_headers"),
    *rows("half_event", ("stream", broken(3, ""))),
    *rows("half_event", ("stream", broken(3)), then="close"),
    *rows("half_event", ("stream", HANGS._replace(tokens=3)), then="stall"),
    *rows("slow_first_token", *both(NO_HEADERS), by="24s"),
    *rows("trickle", *both(NO_HEADERS), bytes=50, every="8s"),
    *rows("bandwidth", *both(NO_HEADERS), per_second="5B"),
    *rows("slow_close", ("create", HANGS), ("stream", HANGS._replace(tokens=TOKENS))),
)
UNSEEN = frozenset({"bad_encoding", "wrong_type", "slow_tokens", "idle_close"})
"""Of bytes that are no UTF-8 it makes characters that stand for them; a slow stream it waits for; what was idle is
replaced unseen."""
ELSEWHERE = frozenset({"dns"})
"""No name is looked up here."""
