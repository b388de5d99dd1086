"""What a backend cannot play is refused before anything is played, with the place in the file and what can play it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import brownout
from brownout.fakes.faults import FAULTS
from brownout.harness import sources
from brownout.harness.availability import problems, unavailable
from brownout.harness.cells import BACKENDS
from brownout.harness.files import loads
from brownout.harness.scenario import Scenario

FILE = """\
name: outage
workload: {clients: 2, limit: 1, arrivals: {kind: steady, rate: 4/s}}
timeline:
  - for: 2s
    faults:
      - {kind: overload, share: 50%}
      - {kind: FAULT}
  - for: 2s
    faults: [{kind: FAULT}]
"""
DNS = FILE.replace("FAULT", "dns")
TLS = FILE.replace("FAULT", "tls_stall")
NAMES = (
    "dns is not available on wire: the fake is reached by its address, and names are the client's machine's to resolve"
)


@pytest.mark.parametrize("backend", BACKENDS)
def test_of_all_faults_the_wire_lacks_one(backend: str) -> None:
    """Everything else is played on every backend, where TLS is spoken."""
    examples = [fault.model_validate(fault.example) for fault in FAULTS.values()]
    lacking = {fault.kind for fault in examples if unavailable(fault, backend)}
    assert lacking == ({"dns"} if backend == "wire" else set())
    without = {fault.kind for fault in examples if unavailable(fault, backend, speaks_tls=False)}
    assert without - lacking == {"tls_stall", "tls_reset", "bad_certificate"}


def test_each_place_in_a_file_is_told(tmp_path: Path) -> None:
    """Line and column of every fault that cannot be played, in the file's order."""
    path = tmp_path / "outage.yaml"
    path.write_text(DNS)
    found = problems(sources.scenario(str(path)), "wire")
    assert found == [f"{path}:{line}:{column}: {NAMES}; sim and virtual can" for line, column in ((7, 9), (9, 14))]
    assert problems(sources.scenario(str(path)), "virtual") == []


def test_a_scenario_of_python_code_has_no_place(tmp_path: Path) -> None:
    """Its name and the phase stand for it."""
    with pytest.raises(ValueError, match=r"^backend wire: outage: phase 1: dns is not available"):
        brownout.compare([loads(DNS, Scenario)], ["sdk-defaults"], backend="wire", seeds=1)


def test_tls_on_the_wire_needs_trustme(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says what to install."""
    monkeypatch.setitem(sys.modules, "trustme", None)
    with pytest.raises(ValueError, match="outage has a fault of TLS, and needs trustme"):
        brownout.compare([loads(TLS, Scenario)], ["sdk-defaults"], backend="wire", seeds=1)
