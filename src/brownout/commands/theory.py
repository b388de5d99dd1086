"""`brownout validate --theory`: the simulator's figures held to those that mathematics knows."""

from __future__ import annotations

from collections.abc import Sequence

import click

from brownout.harness.files.suggest import did_you_mean, quoted
from brownout.harness.sources import UnknownName
from brownout.harness.theory.model import Model, models
from brownout.harness.theory.trial import trial
from brownout.reports.theory import HEADER, rows

from .loading import every
from .playing import Missed


def theory(names: Sequence[str]) -> None:
    """Prints each figure as its model has been played. Exits 99 if one does not hold."""
    found = every(names or list(models()), _model)
    click.echo("\n".join(HEADER))
    verdicts = []
    for model in found:
        held = trial(model)
        click.echo("\n".join(rows(held)))
        verdicts += [figure.verdict() for figure in held]
    click.echo(f"\n{verdicts.count('holds')} of {len(verdicts)} figures hold.")
    if set(verdicts) != {"holds"}:
        raise Missed


def _model(named: str) -> Model:
    known = models()
    if named not in known:
        raise UnknownName(f"unknown model {quoted(named)}{did_you_mean(named, known)}")
    return known[named]
