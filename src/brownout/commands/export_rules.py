"""`brownout export --to`: alert rules as files for Prometheus, promtool and Grafana."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from brownout import scenarios as shipped
from brownout.harness.alerts.exporting import RULES, dashboard, proofs
from brownout.harness.alerts.exporting import rules as rule_file
from brownout.harness.alerts.file import RuleFile
from brownout.harness.alerts.sources import rule
from brownout.harness.files.suggest import quoted

from .loading import FilesRefused, every, files_of
from .writing import tell, writing


def export_rules(named: Sequence[str], to: str, out: Path | None) -> None:
    """Print what is one file, or write it; tests are several, beside the rules that they test. Exits 2 for rules that
    are none, and for two of one name, as their series would be."""
    sources = every([each for given in named or shipped.alerts() for each in files_of(given)], rule)
    files = _apart([source.value for source in sources])
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


def _apart(files: list[RuleFile]) -> list[RuleFile]:
    names = [file.name for file in files]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise FilesRefused(f"two rules are called {quoted(twice)}")
    return files


def _write(texts: Mapping[Path, str]) -> None:
    for path, text in texts.items():
        with writing(path.parent):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        tell(f"Wrote {path}")
