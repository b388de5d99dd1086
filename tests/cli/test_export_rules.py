"""`brownout export --to`: rules by name or file, printed or written, and what does not go together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from brownout.harness.alerts.exporting import dashboard, proofs, rules
from brownout.harness.alerts.sources import rule
from brownout.scenarios import alerts

from .command import Here

OWN = "name: mine\nrule: {kind: threshold, of: failures, above: 5%}\n"


def test_rules_are_printed_or_written(here: Here) -> None:
    """The same either way; by name, by file, in the order in which they are named."""
    Path("mine.yaml").write_text(OWN, encoding="utf-8")
    printed = here("export", "-r", "mine.yaml", "-r", "drift", "--to", "prometheus")
    assert (printed.code, printed.err) == (0, "")
    assert printed.out == rules([rule("mine.yaml").value, rule("drift").value])
    written = here("export", "-r", "mine.yaml", "-r", "drift", "--to", "prometheus", "-o", "new/rules.yml")
    assert written == (0, "Wrote new/rules.yml\n", "")
    assert Path("new/rules.yml").read_text(encoding="utf-8") == printed.out


def test_all_that_are_shipped(here: Here) -> None:
    """If none is named."""
    shipped = [rule(name).value for name in alerts()]
    said = here("export", "--to", "grafana", "--out", "dashboard.json")
    assert said == (0, "Wrote dashboard.json\n", "")
    assert Path("dashboard.json").read_text(encoding="utf-8") == dashboard(shipped)
    assert json.loads(dashboard(shipped))["panels"]


def test_tests_are_written_beside_the_rules_that_they_test(here: Here) -> None:
    said = here("export", "-r", "burn-rate", "-r", "drift", "--to", "promtool", "--out", "checks")
    assert said.out == "Wrote checks/rules.yml\nWrote checks/every_1m_test.yml\nWrote checks/every_6h_test.yml\n"
    files = [rule("burn-rate").value, rule("drift").value]
    written = {path.name: path.read_text(encoding="utf-8") for path in Path("checks").iterdir()}
    assert written == {"rules.yml": rules(files)} | proofs(files)


@pytest.mark.parametrize(
    ("words", "why"),
    {
        ("--to", "prometheus", "-r", "burn-rat"): 'unknown rule "burn-rat", did you mean "burn-rate"?',
        ("--to", "prometheus", "-r", "wrong.yaml"): "wrong.yaml:2:",
        ("--to", "prometheus", "-r", "mine.yaml", "-r", "again.yaml"): 'two rules are called "mine"',
        ("--to", "datadog"): "is not one of",
        ("--to", "promtool"): "name a folder with --out",
        ("--to", "grafana", "budgeted"): "do not go with it",
        ("--to", "grafana", "--as", "python"): "do not go with it",
        ("--to", "grafana", "--profile", "chat"): "do not go with it",
        ("--rule", "drift"): "--rule goes with --to",
        ("budgeted", "--as", "python", "--rule", "drift"): "--rule goes with --to",
        ("--as", "python"): "expected a CLIENT with --as, or --to for alert rules",
        (): "expected a CLIENT with --as, or --to for alert rules",
        ("--to", "prometheus", "-o", "mine.yaml/rules.yml"): "cannot write",
        ("--to", "prometheus", "-o", "."): "cannot write",
    }.items(),
)
def test_mistakes_are_told(here: Here, words: tuple[str, ...], why: str) -> None:
    for name in ("mine", "again"):
        Path(f"{name}.yaml").write_text(OWN, encoding="utf-8")
    Path("wrong.yaml").write_text(OWN.replace("threshold", "treshold"), encoding="utf-8")
    said = here("export", *words)
    assert (said.code, said.out) == (2, "")
    assert why in said.err
