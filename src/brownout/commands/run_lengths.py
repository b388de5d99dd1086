"""`brownout validate --alerts`: how long alert rules take to fire, held to what was published."""

from __future__ import annotations

from collections.abc import Sequence

import click

from brownout.harness.alerts.known import interval, known, verdict
from brownout.harness.files.suggest import did_you_mean, quoted
from brownout.harness.sources import UnknownName
from brownout.reports.run_lengths import HEADER, row

from .loading import every
from .playing import Missed


def run_lengths(names: Sequence[str]) -> None:
    """Prints each case as it has been played. Exits 99 if one does not hold."""
    cases = known()
    kinds = list(dict.fromkeys(each.name for each in cases))

    def kind(named: str) -> str:
        if named not in kinds:
            raise UnknownName(f"no run length of {quoted(named)} is known{did_you_mean(named, kinds)}")
        return named

    wanted = every(names or kinds, kind)
    click.echo("\n".join(HEADER))
    verdicts = []
    for each in cases:
        if each.name in wanted:
            lengths = each.play()
            verdicts.append(verdict(each, lengths, len(cases)))
            click.echo(row(each, interval(lengths), verdicts[-1]))
    click.echo(f"\n{verdicts.count('holds')} of {len(verdicts)} run lengths hold.")
    if set(verdicts) != {"holds"}:
        raise Missed
