"""`brownout.latencies`: the same as the command, as objects."""

from __future__ import annotations

from pathlib import Path

import pytest

import brownout
from brownout.harness.files import loads
from brownout.harness.latencies.log import LogError

from ..cli.test_tune import INCIDENT, OPEN
from ..harness.latencies.test_log import frame


def test_a_log_says_how_long_to_wait(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    frame(600).to_csv(path, index=False)
    found = brownout.latencies(path)
    time = found.read_timeout(1024)
    assert time.low is not None
    assert 16.0 < time.low < time.mean
    frame(600).rename(columns={"outcome": "state"}).to_csv(path, index=False)
    assert brownout.latencies(path).given_up == 0
    assert brownout.latencies(path, columns={"outcome": "state"}).by_length == found.by_length
    with pytest.raises(LogError, match=r"expected \.csv, \.jsonl"):
        brownout.latencies("calls.txt")


def test_tuning_takes_a_log_or_what_it_says(tmp_path: Path) -> None:
    """With the same result, which is another than without."""
    log, path = tmp_path / "calls.csv", tmp_path / "open.yaml"
    frame(600).to_csv(log, index=False)
    path.write_text(OPEN, encoding="utf-8")
    incident = loads(INCIDENT, brownout.Scenario)
    by_path, by_model, without = (
        brownout.tune(path, [incident], seeds=2, batches=1, latencies=given)
        for given in (log, brownout.latencies(log), None)
    )
    assert by_path.client == by_model.client
    assert by_path.tuning.curves == by_model.tuning.curves != without.tuning.curves
