"""The page `docs/sdks.md`, made of the tables that the tests hold the SDKs to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from brownout.fakes.faults import FAULTS

from ..sdk.older import VERSION as OLDER
from ..sdk.typescript import VERSION as TYPESCRIPT
from .approximations import APPROXIMATIONS, CONNECT, READ, Met
from .networks import Trouble
from .program import Seen
from .sdk_faults import THROUGH_THE_SDK, Row
from .typescript import Told
from .typescript_faults import THROUGH_TYPESCRIPT

HEAD = "\n".join(
    [
        "# What the SDKs do",
        "",
        "For each fault what a program gets that uses an SDK as it comes, with its own two retries: what is raised and "
        "by what it was caused, and how many requests were sent. A row is a test: on real sockets and in virtual time "
        f"with the Python SDK, asynchronous and blocking, of the 2.x line and of 0.x ({OLDER}); on real sockets with "
        f"the TypeScript SDK ({TYPESCRIPT}). This page is made of the tests' tables.",
        "",
        "In Python the read timeout is 10 to 20 s; in TypeScript there is one of 20 s for the headers alone. *Hangs*: "
        "nobody's limit ends it, but for five minutes of the HTTP library's own. A plain call is `messages.create`, a "
        "stream `messages.stream` read to its end. `httpx` stands for httpx2 where the SDK is of the 2.x line. An "
        "`AttributeError` is the program's: it was given a page as a text. Of two things with an *or*, either is seen: "
        "it goes by whether the end comes together with what is before it.",
        "",
        "| fault | call | Python 2.x | Python 0.x | TypeScript |",
        "|---|---|---|---|---|",
        "",
    ]
)
APPROXIMATED = "\n".join(
    [
        "",
        "## What an approximation changes",
        "",
        "A fault below HTTP that is for everybody is faithful. Where it is for some clients or calls (`where`; `share` "
        "per call or client; of `refuse` and `blackhole` any `share`), a fake that cannot tell whose connection it is "
        "does it to their first request instead. What one attempt then comes to, of a Python client that waits "
        "{connect:g} s for a connection and {read:g} s for bytes; with the SDK's defaults these are 5 s and 600 s, so "
        "that a blackhole for some lasts 120 times as long as one for all. The SDK tries all of these again.",
        "",
        "| fault | for everybody | approximated | on |",
        "|---|---|---|---|",
    ]
)
_CALLS = {"create": "plain", "stream": "stream", "create twice": "the second of two"}


def page() -> str:
    """All of it."""
    theirs = {(_key(row.trouble), row.how): (row.expected, *row.otherwise) for row in THROUGH_TYPESCRIPT}
    lines = []
    for row in sorted(_shown(), key=lambda row: row.trouble["kind"]):
        told = theirs.get((_key(row.trouble), row.how), ())
        newer, older = (_told(row.seen_by(major)) for major in ("2", "0"))
        cells = [
            _fault(row.trouble),
            _CALLS[row.how],
            newer,
            "the same" if older == newer else older,
            ", or ".join(_told(each) for each in told),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return HEAD + "\n".join(lines) + "\n" + _approximations()


def _approximations() -> str:
    """The second table."""
    rows = (
        f"| `{row.kind}` | {_met(row.faithful)} | {_met(row.approximated)} | {', '.join(row.networks)} |"
        for row in APPROXIMATIONS
    )
    return "\n".join([APPROXIMATED.format(connect=CONNECT, read=READ), *rows]) + "\n"


def _met(met: Met) -> str:
    return f"`httpx.{met.error}` " + (f"after {met.seconds:g} s" if met.seconds else "at once")


def _shown() -> Iterable[Row]:
    """One row for each fault and call; others of the table are about threads, pools and who is let in."""
    seen = set()
    for row in THROUGH_THE_SDK:
        key = (_key(row.trouble), row.how)
        if row.trouble["kind"] in FAULTS and row.how in _CALLS and "where" not in row.trouble and key not in seen:
            seen.add(key)
            yield row


def _key(trouble: Trouble) -> str:
    return repr(sorted(trouble.items(), key=str))


def _fault(trouble: Mapping[str, Any]) -> str:
    settings = ", ".join(f"{key}: {_plain(value)}" for key, value in trouble.items() if key != "kind")
    return f"`{trouble['kind']}`" + (f" `{settings}`" if settings else "")


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {each}" for key, each in value.items()) + "}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _told(seen: Seen | Told) -> str:
    requests = "1 request" if seen.requests == 1 else f"{seen.requests} requests"
    texts = f", after {seen.tokens} texts" if seen.tokens and seen.stop_reason is None else ""
    if seen.raised == "hangs":
        return f"hangs{texts}, {requests}"
    if seen.raised:
        is_told = seen.cause and not _short(seen.raised).startswith("httpx.")  # whose own cause says no more
        cause = f" caused by `{_short(seen.cause)}`" if is_told else ""
        status = f" (status {seen.status})" if seen.status == 200 else ""
        return f"`{_short(seen.raised)}`{status}{cause}{texts}, {requests}"
    if seen.stop_reason is not None:
        late = ", however long it takes" if getattr(seen, "outlasted", False) else ""
        return f"an answer{late}{_more(seen.tokens)}, {requests}"
    return f"**no error**, no `stop_reason`{texts}, {requests}"


def _more(tokens: int) -> str:
    """What is wrong with the text of an answer of eight."""
    if tokens in (0, 8):
        return ""
    return " **without a text of it**" if tokens < 8 else " **with a text told twice**"


def _short(name: str) -> str:
    return name.removeprefix("anthropic.").removeprefix("builtins.").replace("httpx2.", "httpx.")
