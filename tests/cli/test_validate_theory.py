"""`brownout validate --theory`: a row for each figure, and the exit code."""

from __future__ import annotations

from dataclasses import replace

import pytest

from brownout.commands import theory
from brownout.harness.theory.model import models

from .command import Here


def test_a_model_is_shown_with_its_figures(here: Here) -> None:
    said = here("validate", "--theory", "overload-ends")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("| model | figure | theory | simulated, with 95% interval | |\n|---|")
    assert "| share answered in the end | 100.00% | 100.00% | holds |" in said.out
    assert said.out.endswith("\n1 of 1 figures hold.\n")


def test_what_does_not_hold_is_a_failure(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    model = models()["overload-ends"]
    other = replace(model, scenario=model.scenario.replace("slots: 20", "slots: 19"))
    monkeypatch.setattr(theory, "models", lambda: {"overload-ends": other})
    said = here("validate", "--theory")
    assert said.code == 99
    assert "| 0.00% | does not hold |" in said.out
    assert said.out.endswith("\n0 of 1 figures hold.\n")


def test_an_unknown_model_is_told_before_anything_is_played(here: Here) -> None:
    said = here("validate", "--theory", "mm1", "mm2c")
    assert (said.code, said.out) == (2, "")
    assert 'unknown model "mm2c"' in said.err
