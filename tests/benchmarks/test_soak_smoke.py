"""The soak of the server: nothing is left of a short one. Says nothing about memory."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from .quick import results_of


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_nothing_is_left_of_a_crowd(tmp_path: Path) -> None:
    results = results_of("soak", tmp_path / "bench.json")
    assert results["soak.ends.whole"]["median"] > 0
    assert results["soak.growth"]["median"] > 0
