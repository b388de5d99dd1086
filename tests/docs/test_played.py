"""The pages that are played have a row for everything that would be, and nothing in them is off."""

from __future__ import annotations

from pathlib import Path

from brownout.harness.alerts.known import known
from brownout.harness.backends.cases import CASES
from brownout.harness.backends.comparison import MARGINS
from brownout.harness.theory.model import models
from brownout.reports.theory import figure_of
from brownout.scenarios import alerts, months

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_theory_has_every_figure_as_it_is_computed_now() -> None:
    rows = [line for line in (DOCS / "theory.md").read_text(encoding="utf-8").splitlines() if line.startswith("| ")][1:]
    begin = [
        f"| {model.name} | {figure.what} | {figure_of(figure.unit, figure.theory)} | "
        for model in models().values()
        for figure in model.figures
    ]
    assert len(rows) == len(begin)
    for row, beginning in zip(rows, begin, strict=True):
        assert row.startswith(beginning)
        assert row.endswith("| holds |")


def test_agreement_has_every_comparison() -> None:
    page = (DOCS / "agreement.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ")][1:]
    assert all(row.endswith("| agrees |") for row in rows)
    for name, case in CASES.items():
        assert sum(row.startswith(f"| {name} | ") for row in rows) == 2 + (1 if case.is_scripted else len(MARGINS))
        assert f"- **{name}**: {case.about}; {case.seeds} seed" in page


def test_alerts_has_every_rule_every_month_and_every_run_length() -> None:
    page = (DOCS / "alerts.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    assert all(any(row.startswith(f"| {name} | x") for row in rows) for name in alerts())
    assert all(f"`{name}`" in page for name in months())
    assert all(any(row.startswith(f"| {each.name} | {each.what} | ") for row in rows) for each in known())
    assert sum(row.endswith(" |") and " | holds | " in row for row in rows) == len(known())
