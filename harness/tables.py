"""A run's calls and attempts as columns: what is kept of every cell, and what data frames are made of."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from .metrics import Observed
from .records import CallRecord

Column = npt.NDArray[Any]
Table = Mapping[str, Column]
"""Name -> column; all of one length. Text is fixed-width, a missing number NaN."""

CALLS: dict[str, str] = {
    "client_number": "which of the scenario's clients called, from 0",
    "call": "its n-th call, from 0",
    "profile": "the kind of call",
    "intended": "when the call was meant to be sent, in seconds of the scenario",
    "started": "when it was",
    "finished": "when it ended; NaN if it was still going on at the end of the run",
    "outcome": "`ok`, or what it ended with",
    "status": "of the service's error; NaN for none",
    "exception": "what the caller got, `module.Class`",
    "deadline": "seconds from `intended`",
    "stream": "whether it streamed",
    "input_tokens": "of the prompt",
    "tokens": "content events received by the attempt that decided",
    "attempts": "HTTP requests sent for it",
    "latency": "seconds from `intended` to the whole answer; infinite without one",
    "good": "whether that was of use: by the deadline, and as fluent as asked",
    "ttft": "seconds from `intended` to the first text the caller saw; infinite without one, NaN for plain calls",
    "largest_gap": "the longest silence within a stream, in seconds; NaN where no text came",
    "shown": "share of the answer shown by the deadline; NaN for plain calls",
}
"""The columns of the table of calls, and what they hold."""
ATTEMPTS: dict[str, str] = {
    "client_number": "as in the table of calls",
    "call": "as in the table of calls",
    "attempt": "its n-th attempt on its branch, from 0",
    "branch": "0, or the number of the hedge",
    "started": "when it was sent, in seconds of the scenario",
    "finished": "when it ended",
    "outcome": "`ok`, or what it ended with",
    "phase": "where it failed: connect, write, read, pool, stream or gap; empty where it did not",
    "status": "of the answer; NaN for none",
    "is_fresh": "whether a connection was opened for it",
    "tokens": "content events received",
    "first_text": "when the first of them came; NaN for none",
    "largest_gap": "the longest silence from then on, in seconds; NaN where no text came",
    "shown_tokens": "content events received by the call's deadline",
    "late_tokens": "content events received after the caller had left",
    "is_answer": "whether its answer is the one the caller got; what is billed of the others is waste",
    "billed_input": "tokens of the prompt that are billed",
    "billed_output": "tokens of the answer that are billed",
    "retry_after": "seconds that the service asked to wait; NaN where it did not",
    "fault": "the fault that was meant for it, empty for none",
    "fault_fired": "whether that took effect",
}
"""The columns of the table of attempts, and what they hold."""


def calls(seen: Observed) -> dict[str, Column]:
    """One row a call, in the order of the ledger."""
    rows = [
        (
            call.client,
            call.call,
            seen.kind_of(call).profile,
            call.intended,
            call.started,
            call.finished,
            call.outcome,
            call.status,
            call.exception,
            call.deadline,
            call.stream,
            call.input_tokens,
            call.tokens,
            call.attempts,
            taken,
            good,
            *_of_stream(seen, call),
        )
        for call, taken, good in zip(seen.ledger.calls, seen.latencies, seen.good, strict=True)
    ]
    return _columns(CALLS, rows)


def _of_stream(seen: Observed, call: CallRecord) -> tuple[float | None, ...]:
    """What only streams have: time to first text, largest gap, share shown."""
    return (seen.ttft(call), seen.largest_gap(call), seen.shown(call)) if call.stream else (None, None, None)


def attempts(seen: Observed) -> dict[str, Column]:
    """One row an HTTP request, in the order of the ledger."""
    billing = seen.scenario.server.billing
    rows = []
    for each in seen.ledger.attempts:
        at = seen.served.get(each.who)
        gap = None if each.first_text is None else each.largest_gap
        service = (*billing.tokens(at), at.retry_after, at.fault or "", at.has_fired) if at else (0, 0, None, "", False)
        rows.append(
            (
                *each.who, each.started, each.finished, each.outcome, each.phase or "", each.status, each.is_fresh,
                each.tokens, each.first_text, gap, each.shown, each.late, each.who in seen.answers, *service,
            )
        )  # fmt: skip
    return _columns(ATTEMPTS, rows)


_TEXT = frozenset({"profile", "outcome", "exception", "phase", "fault"})
_WHOLE = frozenset(
    {
        "client_number",
        "call",
        "attempt",
        "branch",
        "input_tokens",
        "attempts",
        "tokens",
        "shown_tokens",
        "late_tokens",
        "billed_input",
        "billed_output",
    }
)
_TRUTH = frozenset({"stream", "good", "is_fresh", "is_answer", "fault_fired"})


def _columns(names: Mapping[str, str], rows: list[tuple[Any, ...]]) -> dict[str, Column]:
    columns: Any = zip(*rows, strict=True) if rows else ((),) * len(names)
    return {name: np.array(column, dtype=kind(name)) for name, column in zip(names, columns, strict=True)}


def kind(name: str) -> type:
    """What a column holds: `str`, `int`, `float` or `bool`."""
    if name in _TEXT:
        return str
    if name in _WHOLE:
        return int
    return bool if name in _TRUTH else float


def pack(table: Table) -> bytes:
    """As one compressed blob."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **table)
    return buffer.getvalue()


def unpack(blob: bytes, names: Iterable[str]) -> dict[str, Column]:
    """The columns named, of a blob. A blob is data: nothing in it is run. Raises `ValueError` or `KeyError` for one
    that is none of ours."""
    try:
        with np.load(io.BytesIO(blob), allow_pickle=False) as columns:
            return {name: columns[name] for name in names}
    except (KeyError, ValueError):
        raise
    except Exception as error:  # whatever a broken archive makes those raise that read it
        raise ValueError(f"not a table: {error}") from None
