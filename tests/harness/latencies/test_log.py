"""A log of calls in each format, and what it says of a service."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.latencies.applied import applied
from brownout.harness.latencies.calls import Read
from brownout.harness.latencies.log import LogError, read
from brownout.harness.latencies.model import model
from brownout.harness.sources import scenario

FIRST, GAP = 0.9, 0.016


def frame(count: int = 600, limit: float = 60.0, hangs: float = 0.03) -> pd.DataFrame:
    """A service whose first token takes 0.9 s and each token 16 ms, in the middle."""
    draws = np.random.default_rng(7)
    first = FIRST * np.exp(0.4 * draws.standard_normal(count))
    tokens = draws.integers(50, 800, count)
    whole = first + tokens * GAP * np.exp(0.2 * draws.standard_normal(count))
    is_cut = (draws.random(count) < hangs) | (whole > limit)
    return pd.DataFrame(
        {
            "latency_s": np.where(is_cut, limit, whole),
            "ttft_ms": np.where(is_cut, np.nan, 1000 * first),
            "output_tokens": np.where(is_cut, 0, tokens),
            "outcome": np.where(is_cut, "timeout", "ok"),
        }
    )


WRITE = {
    "csv": lambda frame, path: frame.to_csv(path, index=False),
    "jsonl": lambda frame, path: frame.to_json(path, orient="records", lines=True),
    "parquet": lambda frame, path: frame.to_parquet(path),
}


@pytest.mark.parametrize("ending", WRITE)
def test_every_format_says_the_same(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"log.{ending}"
    WRITE[ending](frame(), path)
    found = model(read(path))
    assert (found.calls, found.left_out) == (600, 0)
    assert found.first_token is not None
    assert found.token_gap is not None
    assert found.first_token.median.mean == pytest.approx(FIRST, rel=0.1)
    assert found.token_gap.median.mean == pytest.approx(GAP, rel=0.1)
    assert found.hangs == pytest.approx(found.given_up / found.calls, abs=0.005)
    assert found.quantiles["p99"].value is None
    assert found.quantiles["p99"].refused == ""


def test_a_scenario_may_have_the_latency_of_a_log(tmp_path: Path) -> None:
    frame().to_csv(tmp_path / "log.csv", index=False)
    found = model(read(tmp_path / "log.csv"))
    calm = applied(scenario("calm").value, found)
    assert calm.server.latency.first_token.at(0.5) == pytest.approx(FIRST, rel=0.1)  # type: ignore[union-attr]
    hang = calm.timeline[0].faults[-1]
    assert hang.kind == "no_answer"
    assert hang.share == pytest.approx(found.hangs, abs=1e-4)
    short, long = (found.read_timeout(tokens) for tokens in (200, 4000))
    assert GAP * 4000 < long.mean < 2.5 * GAP * 4000
    assert short.mean < long.mean
    assert found.streamed() is not None


def test_output_tokens_alone_are_enough(tmp_path: Path) -> None:
    """The scenario then has answers that take as long as those of the log."""
    frame(2000).drop(columns="ttft_ms").to_csv(tmp_path / "log.csv", index=False)
    found = model(read(tmp_path / "log.csv"))
    assert (found.first_token, found.token_gap, found.streamed()) == (None, None, None)
    assert found.output_tokens is not None
    assert found.output_tokens.median == pytest.approx(425, rel=0.1)
    calm = applied(scenario("calm").value, found)
    first, gap = calm.server.latency.first_token, calm.server.latency.token_gap
    assert gap.at(0.5) == pytest.approx(GAP, rel=0.1)  # type: ignore[union-attr]
    draws = np.random.default_rng(1).random((2000, 2))
    tokens = np.random.default_rng(2).integers(50, 800, 2000)
    played = [first.at(u) + n * gap.at(v) for (u, v), n in zip(draws, tokens, strict=True)]  # type: ignore[union-attr]
    whole = [call.latency.seconds for call in read(tmp_path / "log.csv").calls if call.latency.is_whole]
    for q in (0.1, 0.5, 0.9, 0.99):
        assert np.quantile(played, q) == pytest.approx(np.quantile(whole, q), rel=0.1)


def test_a_log_that_says_too_little_is_told(tmp_path: Path) -> None:
    """Without lengths, with one length, and with latencies that have nothing to do with them."""
    without = frame(200).drop(columns=["ttft_ms", "output_tokens"])
    same = frame(200).drop(columns="ttft_ms").assign(output_tokens=100)
    other = frame(200).drop(columns="ttft_ms")
    other["latency_s"] = np.random.default_rng(3).permutation(other["latency_s"])
    two = frame(400).drop(columns="ttft_ms")
    two.loc[two.index % 2 == 0, "latency_s"] /= 20.0
    for log, says in (
        (without, "too few data: 20 calls that ended with output_tokens are needed, there are 0"),
        (same, "too few data: every answer has 100 output tokens; what a token takes can only be told from"),
        (other, "too few data: what a token takes cannot be told; the answers differ too little in length, or"),
        (two, "latency by length fits badly: "),
    ):
        log.to_csv(tmp_path / "log.csv", index=False)
        found = model(read(tmp_path / "log.csv"))
        assert found.unfitted.startswith(says)
        with pytest.raises(ValueError, match=says[:20]):
            found.read_timeout(1024)
        with pytest.raises(ValueError, match=says[:20]):
            applied(scenario("calm").value, found)


def test_failures_are_no_latencies(tmp_path: Path) -> None:
    log = frame(100)
    log.loc[:9, "outcome"] = "overloaded_error"
    log.to_csv(tmp_path / "log.csv", index=False)
    assert read(tmp_path / "log.csv").left_out == 10


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("latency,outcome\n1,ok\n", 'column "latency" does not say its unit: call it "latency_s" or "latency_ms"'),
        ("latency_s;outcome\n1,5;ok\n", "expected columns separated by commas, got semicolons: save it with commas"),
        ("latency_s\toutcome\n1\tok\n", "expected columns separated by commas, got tabs: save it with commas"),
        ("a,b\n1,2\n", 'expected a column "latency_s" or "latency_ms", got a, b'),
        ("latency_s\nsoon\n", 'row 1: latency_s: expected a number, got "soon"'),
        ("latency_s\n-1\n", "row 1: expected a latency of more than 0"),
        ("latency_s\ninf\n", 'row 1: latency_s: expected a number, got "inf"'),
        ("latency_s,output_tokens\n1,-5\n", 'row 1: output_tokens: expected a count, got "-5.0"'),
        ("latency_s\n", "there is no call in it"),
        ("", "is empty"),
        (" \n\n", "is empty"),
    ],
)
def test_what_is_no_log_is_told(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LogError) as raised:
        read(path)
    assert says in str(raised.value)
    with pytest.raises(LogError, match=r"expected \.csv, \.jsonl, \.parquet, or \.json of OpenTelemetry"):
        read(tmp_path / "log.xlsx")


def test_a_log_says_what_was_read_of_it(tmp_path: Path) -> None:
    """And where nothing says how calls ended, that all of them count as answered; a limit that many met is striking."""
    path = tmp_path / "log.csv"
    text = "first_token_ms,latency_ms,completion,limit,status\n500,2000,128,1024,ok\n"
    path.write_text(text, encoding="utf-8")
    assert read(path).read == Read(("latency_ms", "first_token_ms", "status"), ("completion", "limit"), ())
    log = frame().rename(columns={"outcome": "state"})
    log.to_csv(path, index=False)
    found = read(path).read
    assert found is not None
    assert found.used == ("latency_s", "ttft_ms", "output_tokens")
    assert found.unused == ("state",)
    cut = (log["latency_s"] == 60.0).sum()
    assert found.doubts == (
        "every call counts as answered: no column outcome, status or result",
        f"{cut} calls ({cut / 600:.1%}) take exactly 60 s, the longest time of all: they look like timeouts",
    )
    log.assign(latency_s=log["latency_s"].clip(upper=40.0).round()).to_csv(path, index=False)
    assert len(read(path).read.doubts) == 2  # type: ignore[union-attr]
    log[log["latency_s"] < 60.0].assign(latency_s=lambda each: (each["latency_s"] / 4).round() + 1).to_csv(path)
    assert len(read(path).read.doubts) == 1  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "field"),
    [("time_to_first_token_ms", "first_token"), ("total_time_ms", "latency"), ("total_seconds", "latency")],
)
def test_usual_names_are_read(name: str, field: str, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    row = {"latency_ms": 2000, "first_token_ms": 500, "outcome": "ok"}
    del row[f"{field}_ms"]
    pd.DataFrame([{**row, name: 2 if name.endswith("_seconds") else 700}]).to_csv(path, index=False)
    [call] = read(path).calls
    assert call.first_token is not None
    assert 0.4 < call.first_token < call.latency.seconds <= 2.0


def test_columns_may_be_named(tmp_path: Path) -> None:
    """By the field; of a time the name says the unit, or what stands behind it."""
    path = tmp_path / "log.csv"
    usual = frame()
    usual.to_csv(path, index=False)
    before = read(path)
    names = {"latency_s": "total", "ttft_ms": "begun_ms", "output_tokens": "completion", "outcome": "state"}
    usual.rename(columns=names).assign(latency_s=1.0).to_csv(path, index=False)
    named = {
        "latency": "total:s",
        "first_token": "begun_ms",
        "output_tokens": "completion",
        "outcome": "state",
    }
    after = read(path, named)
    assert after.calls == before.calls
    assert after.read == Read(("total", "begun_ms", "completion", "state"), ("latency_s",), ())
    for wrong, says in (
        ({"latency": "total"}, 'column "total" does not say its unit: write latency=total:ms'),
        ({"latency": "whole_ms"}, 'there is no column "whole_ms" for latency; there are total, begun_ms'),
        ({"outcome": "total:s"}, 'there is no column "total:s" for outcome'),
        ({"wait": "total"}, '"wait" is none of what columns are named for: latency, first_token, '),
    ):
        with pytest.raises(LogError) as raised:
            read(path, wrong)
        assert says in str(raised.value)
    traces = tmp_path / "log.json"
    traces.write_text('{"resourceSpans": []}', encoding="utf-8")
    with pytest.raises(LogError, match="traces have no columns that could be named"):
        read(traces, named)


def check(path: Path) -> None:
    """A log, or refused in a line."""
    said = ""
    try:
        assert all(0.0 < call.latency.seconds < math.inf for call in read(path).calls)
    except LogError as error:
        said = str(error)
    assert "\n" not in said


CELLS = st.one_of(
    st.sampled_from(["1", "0.5", "-1", "nan", "inf", "1e999", "", "ok", "timeout", "[]", "{}", "true", "null"]),
    st.text(max_size=5),
    st.integers(-(2**70), 2**70).map(str),
)
NAMED = st.sampled_from(["latency_s", "latency_ms", "ttft_s", "output_tokens", "max_tokens", "outcome", "else"])


@given(columns=st.lists(NAMED, min_size=1, unique=True), data=st.data(), ending=st.sampled_from(["csv", "jsonl"]))
def test_any_cells_are_a_log_or_refused_in_a_line(
    columns: list[str], data: st.DataObject, ending: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows = data.draw(st.lists(st.lists(CELLS, min_size=len(columns), max_size=len(columns)), max_size=4))
    path = tmp_path_factory.mktemp("logs") / f"log.{ending}"
    if ending == "csv":
        text = "\n".join([",".join(columns), *(",".join(row) for row in rows)])
    else:
        text = "\n".join(json.dumps(dict(zip(columns, row, strict=True))) for row in rows)
    path.write_text(text, encoding="utf-8", errors="replace")
    check(path)


@given(data=st.binary(max_size=200), ending=st.sampled_from(["csv", "jsonl", "parquet", "json"]))
def test_any_bytes_are_a_log_or_refused(data: bytes, ending: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("logs") / f"log.{ending}"
    path.write_bytes(data)
    check(path)
