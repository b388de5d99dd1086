"""A log of calls in each format, and what it says of a service."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.latencies.log import LogError, read
from brownout.harness.latencies.model import applied, model
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
    assert found.quantiles["p99"].startswith("beyond what was waited for")


def test_a_scenario_may_have_the_latency_of_a_log(tmp_path: Path) -> None:
    frame().to_csv(tmp_path / "log.csv", index=False)
    found = model(read(tmp_path / "log.csv"))
    calm = applied(scenario("calm").value, found)
    assert calm.server.latency.first_token.at(0.5) == pytest.approx(FIRST, rel=0.1)  # type: ignore[union-attr]
    hang = calm.timeline[0].faults[-1]
    assert hang.kind == "no_answer"
    assert hang.share == pytest.approx(found.hangs, abs=1e-4)
    short, long = (found.read_timeout(tokens) for tokens in (200, 4000))
    assert short is not None
    assert long is not None
    assert GAP * 4000 < long < 2.5 * GAP * 4000
    assert short < long


def test_failures_are_no_latencies(tmp_path: Path) -> None:
    log = frame(100)
    log.loc[:9, "outcome"] = "overloaded_error"
    log.to_csv(tmp_path / "log.csv", index=False)
    assert read(tmp_path / "log.csv").left_out == 10


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("latency,outcome\n1,ok\n", 'column "latency" does not say its unit: call it "latency_s" or "latency_ms"'),
        ("a,b\n1,2\n", 'expected a column "latency_s" or "latency_ms", got a, b'),
        ("latency_s\nsoon\n", 'row 1: latency_s: expected a number, got "soon"'),
        ("latency_s\n-1\n", "row 1: expected a latency of more than 0"),
        ("latency_s\n", "there is no call in it"),
        ("", "is no csv"),
    ],
)
def test_what_is_no_log_is_told(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LogError) as raised:
        read(path)
    assert says in str(raised.value)
    with pytest.raises(LogError, match=r"expected \.csv, \.jsonl or \.parquet"):
        read(tmp_path / "log.xlsx")


@given(data=st.binary(max_size=200), ending=st.sampled_from(["csv", "jsonl", "parquet"]))
def test_any_bytes_are_a_log_or_refused(data: bytes, ending: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("logs") / f"log.{ending}"
    path.write_bytes(data)
    try:
        found = read(path)
    except LogError:
        return
    assert all(math.isfinite(call.latency.seconds) for call in found.calls)
