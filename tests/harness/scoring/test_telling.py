"""The call that is shown of each scenario: the one that tells the clients apart, as each of them had it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from brownout.harness.plan import Plan
from brownout.harness.results import RunFile
from brownout.harness.run import run
from brownout.harness.sources import client, scenario

from .. import tiny


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return tiny.plan(tmp_path_factory.mktemp("files"), seeds=2)


@pytest.fixture(scope="module")
def found(plan: Plan) -> RunFile:
    return run(plan).file


def test_it_tells_the_clients_apart(found: RunFile) -> None:
    """In the storm one client is answered and the other not. It is one call under one seed, the best client first."""
    storm = [each for each in found.waterfalls if each.scenario == "storm"]
    assert [each.client for each in storm] == [standing.client for standing in found.standings]
    assert [each.is_good for each in storm] == [True, False]
    assert {(each.call, each.seed, each.deadline) for each in storm} == {(storm[0].call, 1, 20.0)}


def test_its_requests_are_those_of_the_run(plan: Plan, found: RunFile) -> None:
    """As the table of requests has them, from the moment the call was meant."""
    results = run(plan)
    attempts, calls = results.attempts(), results.calls()
    for each in found.waterfalls:
        client_number, call = each.call.split(".")
        whose = f"scenario == '{each.scenario}' and client == '{each.client}' and seed == {each.seed}"
        here = f"{whose} and client_number == {client_number} and call == {call}"
        rows, meant = attempts.query(here), calls.query(here)["intended"].item()
        assert [one.begins for one in each.tries] == pytest.approx(list(rows["started"] - meant), abs=1e-3)
        assert [one.first_text is None for one in each.tries] == list(rows["first_text"].isna())


def test_nothing_is_told_where_there_is_nothing_to_tell(tmp_path: Path) -> None:
    """Every call took one request and was answered."""
    tiny.write(tmp_path)
    calm = [scenario(str(tmp_path / "calm.yaml"))]
    patient = client(str(tmp_path / "patient.yaml"))
    twin = replace(patient, value=patient.value.model_copy(update={"name": "same"}))
    assert run(Plan(calm, [patient, twin], (1,))).file.waterfalls == []


EARLY = """\
name: early
layers: [{retry: {retries: 2, backoff: {base: 10ms, jitter: none}, retry_after: ignore}}, {sdk: {max_retries: 0}}]
"""


def test_a_retry_that_comes_too_early_is_seen(tmp_path: Path) -> None:
    """By how much it was before retry-after allowed."""
    tiny.write(tmp_path)
    (tmp_path / "early.yaml").write_text(EARLY, encoding="utf-8")
    storm = [scenario(str(tmp_path / "storm.yaml"))]
    found = run(Plan(storm, [client(str(tmp_path / "early.yaml"))], (1,))).file
    assert any(one.early > 1.0 for each in found.waterfalls for one in each.tries)
