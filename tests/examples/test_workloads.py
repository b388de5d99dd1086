"""The example scenarios with workloads of several groups, and of a trace."""

from __future__ import annotations

from pathlib import Path

import pytest

import brownout

FOLDER = Path(__file__).parents[2] / "examples/workloads"


@pytest.mark.parametrize("name", ["office", "replay"])
def test_the_example_is_played_and_its_objectives_are_met(name: str) -> None:
    """By the SDK as it comes."""
    results = brownout.run([FOLDER / f"{name}.yaml"], ["sdk-defaults"], seeds=3)
    assert [verdict.is_met for verdict in results.file.objectives] == [True]
    assert all(cell.calls > 500 for cell in results.file.cells)
