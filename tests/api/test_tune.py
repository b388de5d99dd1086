"""`brownout.tune`: the same as the command, as objects."""

from __future__ import annotations

from pathlib import Path

import pytest

import brownout
from brownout.harness.files import FileError, loads

from ..cli.test_tune import INCIDENT, OPEN


def test_what_is_found_can_be_compared_at_once(tmp_path: Path) -> None:
    path, out = tmp_path / "open.yaml", tmp_path / "out"
    path.write_text(OPEN, encoding="utf-8")
    incident = loads(INCIDENT, brownout.Scenario)
    found = brownout.tune(path, [incident], against="no-retry", seeds=3, batches=1, folder=out)
    assert found.client == loads(found.text, brownout.Client)
    assert found.tuning.instead_of == "no-retry"
    assert found.results is not None
    assert brownout.load(out).verdict == found.results.verdict
    kept = (out / "tune.jsonl").read_bytes()
    again = brownout.tune(path, [incident], against="no-retry", seeds=3, batches=1, folder=out, resume=True)
    assert again.tuning == found.tuning
    assert (out / "tune.jsonl").read_bytes() == kept
    results = brownout.compare([incident], [found.client, "no-retry"], seeds=2)
    assert {client.name for client in results.file.clients} == {"mine", "no-retry"}


def test_mistakes_are_errors_with_their_place(tmp_path: Path) -> None:
    path = tmp_path / "open.yaml"
    path.write_text(OPEN.replace("1s..60s", "60s..1s"), encoding="utf-8")
    with pytest.raises(FileError, match=r"open.yaml:3:18: the range"):
        brownout.tune(path, ["calm"])
    path.write_text(OPEN, encoding="utf-8")
    with pytest.raises(ValueError, match='there is no metric "goodputt"'):
        brownout.tune(path, ["calm"], goal="goodputt")


def test_a_value_may_be_opened_from_outside() -> None:
    incident = loads(INCIDENT, brownout.Scenario)
    found = brownout.tune("no-retry", [incident], open=["timeouts.read=1s..60s"], seeds=2, batches=1)
    assert found.client.timeouts.read == found.point[0]
    assert loads(found.text, brownout.Client) == found.client
    with pytest.raises(ValueError, match=r'no value of "no-retry", did you mean "timeouts.read"'):
        brownout.tune("no-retry", [incident], open=["timeouts.reed"])
