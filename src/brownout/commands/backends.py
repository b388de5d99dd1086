"""`brownout validate --backends`: the simulator, the real SDK in virtual time, and the real SDK on real sockets."""

from __future__ import annotations

from collections.abc import Sequence

import click

from brownout.harness.backends.cases import CASES
from brownout.harness.backends.comparison import Comparison, played, virtual, wire
from brownout.harness.files.suggest import did_you_mean, quoted
from brownout.harness.sources import UnknownName
from brownout.reports.backends import HEADER, rows

from .loading import every
from .playing import Missed


def backends(names: Sequence[str]) -> None:
    """Prints each comparison as its case has been played. Exits 99 if one is not as it should be."""
    cases = every(names or list(CASES), _name)
    click.echo("\n".join(HEADER))
    found: list[Comparison] = []
    for name in cases:
        case, ours = CASES[name], played(CASES[name], "sim")
        for others in (virtual(name, ours, played(case, "virtual")), wire(name, case, ours, played(case, "wire"))):
            click.echo("\n".join(rows(others)))
            found += others
    agree = sum(one.agrees for one in found)
    click.echo(f"\n{agree} of {len(found)} comparisons agree.")
    if agree < len(found):
        raise Missed


def _name(named: str) -> str:
    if named not in CASES:
        raise UnknownName(f"unknown case {quoted(named)}{did_you_mean(named, CASES)}")
    return named
