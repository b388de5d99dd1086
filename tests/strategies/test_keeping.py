"""Incidents made in Python: shown as code that makes them again, and kept as files that mean the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import brownout
from brownout import faults
from brownout.faults import overload, phase, rate_limit, stall
from brownout.harness.files import loads
from brownout.harness.scenario import Scenario
from brownout.harness.sources import fingerprint
from brownout.scenarios import incidents as shipped
from brownout.strategies import as_yaml, incident, incidents

EITHER = st.one_of(incidents(), incidents(recovers=False))


@given(EITHER)
@example(incident())
@example(incident(phase("1s")))
@example(incident(phase("1m"), recovers=False))
@example(incident(phase("1m30.5s", stall(at={"tokens": 3})), phase("1m")))
def test_it_is_shown_as_the_code_that_makes_it(incident: Scenario) -> None:
    names = {**vars(faults), "incident": globals()["incident"]}
    again = eval(repr(incident), names)
    assert again == incident
    assert repr(again) == repr(incident) == str(incident)


def test_a_long_one_is_shown_phase_by_phase() -> None:
    long = incident(phase("10s", overload(share="50%", per={"window": "1s"})), phase("1h", stall(), hits="idle"))
    assert repr(long).splitlines() == [
        "incident(",
        "    phase('10s', overload(share='50%', per={'window': '1s'})),",
        "    phase('1h', stall(), hits='idle'),",
        ")",
    ]


@settings(max_examples=40)
@given(EITHER)
def test_a_file_means_the_same(incident: Scenario) -> None:
    assert fingerprint(loads(as_yaml(incident), Scenario)) == fingerprint(incident)


@pytest.mark.parametrize("name", shipped())
def test_so_does_that_of_any_scenario(name: str) -> None:
    scenario = brownout.scenario(name)
    assert loads(as_yaml(scenario), Scenario) == scenario


def test_what_equals_a_default_is_written_where_its_absence_means_something_else() -> None:
    """Not given, the deadline of a job in the background is longer than that of a call."""
    data = incident(phase("1s")).model_dump(mode="json", by_alias=True)
    data["workload"]["calls"] |= {"profile": "background", "deadline": "90s"}
    scenario = Scenario.model_validate(data)
    assert loads(as_yaml(scenario), Scenario) == scenario


def test_it_is_as_somebody_might_have_written_it() -> None:
    kept = incident(phase("10s", rate_limit(retry_after="5s"), hits=["in_flight", "idle"]))
    assert as_yaml(kept, name="found") == (
        "name: found\n"
        "workload:\n"
        "  clients: 1\n"
        "  arrivals: {kind: closed}\n"
        "  calls: {stream: 50%, output_tokens: 20}\n"
        "server:\n"
        "  latency: {round_trip: 10ms, first_token: 200ms, token_gap: 10ms}\n"
        "timeline:\n"
        "- for: 10s\n"
        "  faults:\n"
        "  - {kind: rate_limit, retry_after: 5s}\n"
        "  hits: [idle, in_flight]\n"
        "- {for: 1m}\n"
    )


def test_a_kept_file_is_played(tmp_path: Path) -> None:
    (tmp_path / "found.yaml").write_text(as_yaml(incident(phase("10s", overload()))), encoding="utf-8")
    assert brownout.scenario(tmp_path / "found.yaml").timeline[0].faults == (overload(),)
    with brownout.virtual(tmp_path / "found.yaml") as service:
        assert list(service.faults) == ["phase 1: overload"]


@pytest.mark.parametrize(
    ("made", "error", "message"),
    [
        (lambda: incident(overload()), ValueError, "expected phases, got Overload"),  # type: ignore[arg-type]
        (lambda: incident(phase("1s", overload(), stall())), ValidationError, "never reached"),
        (lambda: incident(phase("0s")), ValidationError, "greater than 0"),
        (lambda: as_yaml(incident(), name="Found It"), ValidationError, "small letters, digits and hyphens"),
    ],
)
def test_what_no_scenario_could_be_is_refused(made: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        made()


def test_without_hypothesis_it_says_what_to_install() -> None:
    """And whatever else tests need does without."""
    code = (
        "import sys\n"
        "sys.modules['hypothesis'] = None\n"
        "import brownout.faults, brownout.harness.testing.incidents, brownout.harness.testing.service\n"
        "try: import brownout.strategies\n"
        "except ImportError as error: print(error)\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told == "brownout.strategies needs Hypothesis: pip install 'brownout[test]'\n"
