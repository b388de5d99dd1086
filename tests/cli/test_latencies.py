"""`brownout latencies`: what a log says, and what is no log."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np

from ..harness.latencies.test_log import frame
from ..harness.latencies.test_otlp import document, of_frame
from .command import Here


def test_a_log_says_how_fast_the_service_is_and_how_long_to_wait(here: Here) -> None:
    """Quantiles and fits, then a table by length, with what is beyond all that was seen marked; the same of a trace."""
    frame(600).to_csv("calls.csv", index=False)
    Path("traces.json").write_text(json.dumps(document(*of_frame())), encoding="utf-8")
    for name in ("calls.csv", "traces.json"):
        said = here("latencies", name)
        assert (said.code, said.err) == (0, "")
        assert said.out.startswith("600 calls, ")
        assert re.search(
            r"^  n tokens     \(.* \(.* to .*\) \+ n x .* ms \(.*\)\) x lognormal, sigma ", said.out, re.MULTILINE
        )
        assert re.search(r"^      256 tokens  [\d.]+ s \([\d.]+ to [\d.]+\)$", said.out, re.MULTILINE)
        assert re.search(r"^    8,192 tokens  .*; none so long was seen, 797 at most$", said.out, re.MULTILINE)
        assert "With streaming 99% of first tokens come within " in said.out
    said = here("latencies", "calls.csv", "--max-tokens", "300", "--max-tokens", "2000")
    assert re.findall(r"^ +([\d,]+) tokens", said.out, re.MULTILINE) == ["300", "2,000"]


def test_it_says_the_same_to_machines(here: Here) -> None:
    """In base units; what there is none of is null."""
    frame(600).drop(columns="ttft_ms").to_csv("calls.csv", index=False)
    found = json.loads(here("latencies", "calls.csv", "--max-tokens", "500", "--json").out)
    assert found["calls"] == 600
    assert (found["first_token"], found["streamed"], found["refused"]) == (None, None, "")
    middle, last = found["quantiles"]["p50"], found["quantiles"]["p99"]
    assert 5.0 < middle["low"] < middle["value"] < middle["high"] < 12.0
    assert last == {"value": None, "low": None, "high": None, "refused": ""}
    assert "  p99          beyond what was waited for\n" in here("latencies", "calls.csv").out
    assert set(found["by_length"]) == {"first", "gap", "sigma", "hangs", "distance", "calls", "longest"}
    time = found["read_timeouts"]["500"]
    assert 8.0 < time["low"] < time["mean"] < time["high"] < 20.0


def test_a_quantile_may_be_known_in_part_or_refused(here: Here) -> None:
    """Of many calls that were given up, the upper bound is what is missing first; of few calls all is."""
    log = frame(600, hangs=0.045)
    log.to_csv("calls.csv", index=False)
    last = json.loads(here("latencies", "calls.csv", "--json").out)["quantiles"]["p95"]
    assert 10.0 < last["low"] < last["value"] < 20.0
    assert last["high"] is None
    assert re.search(
        r"^  p95          [\d.]+ s \([\d.]+ s to beyond what was waited for\)$",
        here("latencies", "calls.csv").out,
        re.MULTILINE,
    )
    frame(40).to_csv("calls.csv", index=False)
    found = json.loads(here("latencies", "calls.csv", "--json").out)["quantiles"]
    assert found["p50"]["value"] is not None
    why = "too few data: p99 needs at least 299 calls, there are 40"
    assert found["p99"] == {"value": None, "low": None, "high": None, "refused": why}
    assert f"  p99          {why}\n" in here("latencies", "calls.csv").out


def test_what_was_read_is_told_and_what_was_not(here: Here) -> None:
    """A column by another name changes what is found, so it may be named."""
    log = frame(600).rename(columns={"outcome": "state"})
    log.assign(region="eu").to_csv("calls.csv", index=False)
    _, reads, warns, again, *_ = here("latencies", "calls.csv").out.splitlines()
    assert reads == "read: latency_s, ttft_ms, output_tokens; not used: state, region"
    assert warns == "warning: every call counts as answered: no column outcome, status or result"
    assert re.fullmatch(r"warning: \d+ calls \(.*%\) take exactly 60 s, the longest .*: they look like timeouts", again)
    named = here("latencies", "calls.csv", "--column", "outcome=state").out.splitlines()
    assert not named[0].startswith("600 calls, 0 of them given up")
    assert named[1] == "read: latency_s, ttft_ms, output_tokens, state; not used: region"
    assert not named[2].startswith("warning")
    plain = json.loads(here("latencies", "calls.csv", "--json").out)["columns"]
    assert plain["unused"] == ["state", "region"]
    assert len(plain["doubts"]) == 2
    log.assign(**{f"x{i}": 1 for i in range(20)}).to_csv("calls.csv", index=False)
    assert here("latencies", "calls.csv").out.splitlines()[1].endswith(", x9, x10, 9 others")
    said = here("latencies", "calls.csv", "--column", "state")
    assert said.code == 2
    assert "expected latency, first_token, input_tokens, output_tokens, max_tokens or outcome, and" in said.err


def test_a_bad_fit_gives_no_timeouts(here: Here) -> None:
    """But says what was seen."""
    log = frame(600).drop(columns="ttft_ms")
    log["latency_s"] *= np.where(log.index % 2 == 0, 0.05, 1.0)
    log.to_csv("calls.csv", index=False)
    said = here("latencies", "calls.csv")
    assert said.code == 0
    assert "No read timeout can be told: latency by length fits badly: " in said.out
    assert " tokens  " not in said.out.split("No read timeout")[1]
    assert json.loads(here("latencies", "calls.csv", "--json").out)["read_timeouts"] == {}


def test_what_is_no_log_is_told_in_a_line(here: Here) -> None:
    """With exit code 2."""
    Path("broken.json").write_text("[" * 100_000, encoding="utf-8")
    Path("rows.csv").write_text("latency_s\n1\n2\n", encoding="utf-8")
    Path("folder.csv").mkdir()
    for name, says in (
        ("nowhere.csv", "nowhere.csv: cannot be read: no such file or directory"),
        ("folder.csv", "folder.csv: cannot be read: is a directory"),
        ("broken.json", "broken.json: is no JSON: "),
        ("log.xlsx", "log.xlsx: expected .csv, .jsonl, .parquet, or .json of OpenTelemetry"),
        ("rows.csv", "rows.csv: too few data: a distribution needs at least 20 calls that ended, there are 2"),
    ):
        said = here("latencies", name)
        assert (said.code, said.out) == (2, "")
        assert said.err.startswith(says)
        assert said.err.count("\n") == 1


def test_help_names_the_formats(here: Here) -> None:
    said = " ".join(here("latencies", "--help").out.split())
    for word in (".csv, .jsonl, .parquet", "OpenTelemetry", "latency_s or latency_ms", "output_tokens", "docs/tune.md"):
        assert word in said
