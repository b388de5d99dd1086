"""Tables of calls and requests: the documented columns, their types, and a blob that is data and nothing else."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from brownout.harness import tables
from brownout.harness.ledger import Ledger

from .metrics.ledgers import attempt, call, scenario, see, served

STREAM = call(8.0, intended=2.0, waited=0.5, stream=True, attempts=2)
PLAIN = call(1.0, "status", 529, who=(1, 0), intended=3.0, exception="anthropic.OverloadedError")
CENSORED = call(None, "censored", who=(1, 1), intended=4.0, stream=True)
LEDGER = Ledger(
    calls=[STREAM, PLAIN, CENSORED],
    attempts=[
        attempt(
            "gap", "gap", started=2.5, finished=5.0, status=200, tokens=3, first_text=3.0, largest_gap=2.0, shown=3
        ),
        attempt("status", who=(1, 0), started=3.0, finished=4.0, status=529, is_fresh=False),
        attempt(who=(0, 0, 1), started=6.0, finished=10.0, status=200, tokens=5, first_text=7.0, shown=5, late=2),
    ],
    journal=[
        served((0, 0), sent_tokens=3, fault="phase 1: stall"),
        served((1, 0), status=529, fault="phase 1: overload", has_fired=False),
        served((0, 0, 1), is_complete=True),
    ],
)  # fmt: skip
SEEN = see(LEDGER, scenario({"deadline": "10s", "stream": "50%", "profile": "background"}))


def rows(table: tables.Table) -> list[dict[str, Any]]:
    return [dict(zip(table, row, strict=True)) for row in zip(*(c.tolist() for c in table.values()), strict=True)]


def test_the_table_of_calls() -> None:
    """Every documented column in its order, with what the ledger and the metrics say."""
    table = tables.calls(SEEN)
    assert list(table) == list(tables.CALLS)
    stream, plain, censored = rows(table)
    assert stream == {
        "client_number": 0, "call": 0, "profile": "background", "intended": 2.0, "started": 2.5, "finished": 10.0,
        "outcome": "ok", "status": pytest.approx(np.nan, nan_ok=True), "exception": "", "deadline": 10.0,
        "stream": True, "input_tokens": 10, "tokens": 0, "attempts": 2, "latency": 8.0, "good": True, "ttft": 1.0,
        "largest_gap": 2.0, "shown": 1.0,
    }  # fmt: skip
    assert (plain["outcome"], plain["status"], plain["exception"]) == ("status", 529.0, "anthropic.OverloadedError")
    assert (plain["latency"], plain["good"]) == (np.inf, False)
    assert all(np.isnan(plain[name]) for name in ("ttft", "largest_gap", "shown"))
    assert (censored["latency"], censored["ttft"], censored["shown"]) == (np.inf, np.inf, 0.0)
    assert np.isnan(censored["finished"])
    assert np.isnan(censored["largest_gap"])


def test_the_table_of_requests() -> None:
    """The same; a request that showed no text has no silence, and what the service knows of each stands beside it."""
    table = tables.attempts(SEEN)
    assert list(table) == list(tables.ATTEMPTS)
    first, refused, second = rows(table)
    nan = pytest.approx(np.nan, nan_ok=True)
    assert first == {
        "client_number": 0, "call": 0, "attempt": 0, "branch": 0, "started": 2.5, "finished": 5.0, "outcome": "gap",
        "phase": "gap", "status": 200.0, "is_fresh": True, "tokens": 3, "first_text": 3.0, "largest_gap": 2.0,
        "shown_tokens": 3, "late_tokens": 0, "is_answer": False, "billed_input": 10, "billed_output": 3,
        "retry_after": nan, "fault": "phase 1: stall", "fault_fired": True,
    }  # fmt: skip
    assert (refused["first_text"], refused["largest_gap"], refused["phase"]) == (nan, nan, "")
    assert (refused["billed_input"], refused["is_fresh"], refused["fault_fired"]) == (0, False, False)
    assert (second["is_answer"], second["billed_output"], second["late_tokens"], second["fault"]) == (True, 5, 2, "")


def test_a_request_that_never_reached_the_service() -> None:
    """A refused connection is in nobody's journal: not billed, and of no fault."""
    [row] = rows(tables.attempts(see(Ledger(calls=[call(1.0, "connection")], attempts=[attempt("connection")]))))
    assert (row["fault"], row["fault_fired"], row["billed_input"], row["is_answer"]) == ("", False, 0, False)


@pytest.mark.parametrize("of", [tables.calls, tables.attempts])
def test_columns_keep_their_types_however_few_the_rows(of: Callable[[Any], tables.Table]) -> None:
    """Text is fixed-width text, counts are whole, truth is truth, the rest floats; no column holds objects."""
    for seen in (SEEN, see(Ledger()), see(LEDGER)):
        for name, column in of(seen).items():
            assert column.dtype.kind in "Uifb", name
    kinds = {name: column.dtype.kind for name, column in of(SEEN).items()}
    assert {name: column.dtype.kind for name, column in of(see(Ledger())).items()} == kinds


COLUMN = st.one_of(
    hnp.arrays(np.float64, 3, elements=st.floats()),
    hnp.arrays(np.int64, 3),
    hnp.arrays(np.bool_, 3),
    hnp.arrays(hnp.unicode_string_dtypes(max_len=8), 3),
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*tables.CALLS, *tables.ATTEMPTS]), COLUMN))
def test_what_is_packed_is_unpacked(table: dict[str, tables.Column]) -> None:
    """To the last bit, NaN and infinity too, and with the same types."""
    found = tables.unpack(tables.pack(table), tuple(table))
    assert list(found) == list(table)
    for name, column in table.items():
        assert found[name].dtype == column.dtype
        np.testing.assert_array_equal(found[name], column)


def test_the_same_table_is_the_same_blob() -> None:
    """No time of day in it, so that results can be compared by their bytes."""
    assert tables.pack(tables.calls(SEEN)) == tables.pack(tables.calls(SEEN))


def test_only_the_columns_named_are_read() -> None:
    """And one that is not there is an error."""
    blob = tables.pack(tables.calls(SEEN))
    assert list(tables.unpack(blob, ("latency", "good"))) == ["latency", "good"]
    with pytest.raises(KeyError):
        tables.unpack(blob, ("latency", "colour"))


class Bomb:
    """Goes off when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (pytest.fail, ("a pickled object was run",))


def objects() -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, latency=np.array([Bomb()], dtype=object))
    return buffer.getvalue()


def one_array() -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(3))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "blob",
    [objects(), pickle.dumps(Bomb()), one_array(), b"", b"PK\x03\x04", b"latency", tables.pack({})[:-3]],
    ids=["objects in an archive", "a pickle", "an array", "nothing", "a torn archive", "text", "cut off"],
)
def test_what_is_no_table_of_ours_is_refused(blob: bytes) -> None:
    """With an error, and without running anything that is in it."""
    with pytest.raises(ValueError):  # noqa: PT011
        tables.unpack(blob, ("latency",))


def test_objects_are_not_packed_either() -> None:
    """A column of objects is a defect of ours."""
    with pytest.raises(ValueError, match=r"[Oo]bject"):
        tables.pack({"latency": np.array([{}], dtype=object)})


@settings(deadline=None)
@given(st.integers(0, 10_000), st.binary(max_size=8))
def test_a_damaged_blob_is_an_error_or_a_table(at: int, instead: bytes) -> None:
    """Never another exception, whichever of its bytes are others."""
    blob = tables.pack(tables.attempts(SEEN))
    start = at % len(blob)
    try:
        found = tables.unpack(blob[:start] + instead + blob[start + len(instead) :], tables.ATTEMPTS)
    except (ValueError, KeyError):
        return
    assert list(found) == list(tables.ATTEMPTS)
