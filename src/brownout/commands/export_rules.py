"""`brownout export --to`: alert rules as files for Prometheus, promtool and Grafana."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from brownout.harness.alerts.exporting import RULES, dashboard, proofs
from brownout.harness.alerts.exporting import rules as rule_file

from .rules import load_rules
from .writing import tell, writing


def export_rules(named: Sequence[str], to: str, out: Path | None) -> None:
    """Print what is one file, or write it; tests are several, beside the rules that they test. Exits 2 for rules that
    are none, and for two of one name, as their series would be."""
    files = [source.value for source in load_rules(named)]
    if to == "promtool":
        if out is None:
            raise click.UsageError("--to promtool writes several files: name a folder with --out")
        _write({out / name: text for name, text in ({RULES: rule_file(files)} | proofs(files)).items()})
        return
    text = rule_file(files) if to == "prometheus" else dashboard(files)
    if out is None:
        tell(text.removesuffix("\n"))
    else:
        _write({out: text})


def _write(texts: Mapping[Path, str]) -> None:
    for path, text in texts.items():
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        tell(f"Wrote {path}")
