"""`brownout validate`: claims, and what a changed verdict does to the exit code."""

from __future__ import annotations

from pathlib import Path

from ..harness.claims.test_claims import TINY
from .command import Here


def write(verdict: str, name: str = "tiny.yaml") -> None:
    Path(name).write_text(TINY.replace("VERDICT", verdict), encoding="utf-8")


def test_a_claim_is_shown_with_its_figures(here: Here) -> None:
    write("holds")
    said = here("validate", "tiny.yaml")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("## tiny\n\n> A retry helps.\n\n**Holds.** It does.\n")
    assert "| retries | 9" in said.out
    assert said.out.endswith("1 of 1 verdicts are as stated.\n")


def test_another_verdict_than_the_stated_is_a_failure(here: Here) -> None:
    write("does not hold")
    said = here("validate", "tiny.yaml")
    assert said.code == 99
    assert said.out.endswith('0 of 1 verdicts are as stated.\ntiny: stated "does not hold", found "holds"\n')


def test_every_mistake_is_told_before_anything_is_played(here: Here) -> None:
    write("maybe", "one.yaml")
    Path("two.yaml").write_text("name: [", encoding="utf-8")
    said = here("validate", "one.yaml", "two.yaml", "jiter")
    assert (said.code, said.out) == (2, "")
    assert "one.yaml:5:10:" in said.err
    assert "two.yaml:1:" in said.err
    assert 'unknown claim "jiter", did you mean "jitter"?' in said.err
