"""`brownout validate`: what a guide says, put to the test."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from brownout import scenarios as shipped
from brownout.harness.claims.claim import Claim, load
from brownout.harness.claims.trial import trial
from brownout.harness.files.suggest import did_you_mean, quoted
from brownout.harness.sources import UnknownName
from brownout.reports.guide import section

from .loading import every
from .playing import Missed


def validate(names: Sequence[str]) -> None:
    """Prints each claim as it has been played. Exits 99 if a verdict is not the one that its file states."""
    claims = every(names or list(shipped.claims()), _claim)
    changed = []
    for claim in claims:
        tried = trial(claim)
        click.echo(section(tried))
        if not tried.is_as_stated:
            found = tried.verdict or "undecided"
            changed.append(f"{claim.name}: stated {quoted(claim.verdict)}, found {quoted(found)}")
    click.echo("\n".join([f"{len(claims) - len(changed)} of {len(claims)} verdicts are as stated.", *changed]))
    if changed:
        raise Missed


def _claim(named: str) -> Claim:
    """One that is shipped, or a file."""
    known = shipped.claims()
    path = known.get(named) or Path(named)
    if not path.exists() and not named.endswith((".yaml", ".yml")):
        raise UnknownName(f"unknown claim {quoted(named)}{did_you_mean(named, known)}")
    return load(path)
