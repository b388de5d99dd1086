"""`brownout validate --backends`: a row for each comparison, and the exit code."""

from __future__ import annotations

from dataclasses import replace

import pytest

from brownout.commands import backends
from brownout.harness.backends import comparison
from brownout.harness.backends.cases import Case
from brownout.harness.metrics import Observed
from brownout.harness.results import Backend

from .command import Here


def pretend(monkeypatch: pytest.MonkeyPatch, old: str = "", new: str = "") -> None:
    """The simulator stands in for the others, with a change of the scenario, so that nobody waits."""

    def played(case: Case, backend: Backend) -> list[Observed]:
        changed = case if backend == "sim" else replace(case, text=case.text.replace(old, new))
        return comparison.played(changed, "sim")

    monkeypatch.setattr(backends, "played", played)


def test_what_agrees(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch)
    said = here("validate", "--backends")
    assert (said.code, said.err) == (0, "")
    assert "| scripted | the wire | calls, attempt by attempt | 24 | the same | 0 | 0 | agrees |" in said.out
    assert "| overload | the wire | goodput | " in said.out
    assert said.out.endswith("\n21 of 21 comparisons agree.\n")


def test_what_does_not_is_a_failure(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, "attempts: [0, 1]", "attempts: [0]")
    said = here("validate", "--backends", "scripted")
    assert said.code == 99
    assert "(the first: call " in said.out
    assert said.out.count("**differs**") == 3
    assert said.out.endswith("\n0 of 3 comparisons agree.\n")


def test_an_unknown_case_is_told_before_anything_is_played(here: Here) -> None:
    said = here("validate", "--backends", "clam")
    assert (said.code, said.out) == (2, "")
    assert 'unknown case "clam", did you mean "calm"?' in said.err
