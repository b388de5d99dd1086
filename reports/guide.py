"""The page of the guide that was tested: each claim with its verdict, the figures that it follows from, and what to do
instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from brownout.harness.claims.claim import Claim
from brownout.harness.claims.facts import Side
from brownout.harness.claims.trial import Tried
from brownout.harness.metrics import metric
from brownout.harness.scoring.verdicts import figure

from .slug import slug

GUIDE = """# The guide, tested

There is a guide to timeouts with the Claude API that many follow. Each row is one thing that it says, in our words,
put to the test: played in the simulator, or in virtual time where it is about code, under several seeds. The verdict
follows from the figures by the conditions that stand below them, each of which has to hold at 95%; a test fails when
one changes.

*Holds in part*: right about one thing, and not about another. A verdict is one about the scenarios that it was found
in. Where yours is another, copy the claim's file from `scenarios/guide/` and change it, and run
`brownout validate my-claim.yaml`.
"""
LITERATURE = """# Findings, played again

What the literature on overload has found, as scenarios: each with its verdict and the figures that it follows from. A
test fails when one changes. `brownout validate budgets-against-metastability` plays it; copy the file from
`scenarios/literature/` to see whether it holds for your load and your client.

Metastable: the trouble is over, the load is what it was, and the service does not come back, as retries keep it where
it is.
"""
_YES = {True: "yes", False: "no", None: "open"}


def page(intro: str, tried: Sequence[Tried]) -> str:
    """All of it, as Markdown."""
    return "\n".join([summary(intro, (each.claim for each in tried)), *map(section, tried)])


def summary(intro: str, claims: Iterable[Claim]) -> str:
    """What it is, and a row for each claim."""
    rows = [
        f"| {claim.area} | [{_line(claim.says)}](#{slug(claim.name)}) | **{claim.verdict}** | {_line(claim.instead)} |"
        for claim in claims
    ]
    return "\n".join([intro, "| | it says | verdict | instead |", "|---|---|---|---|", *rows, ""])


def section(tried: Tried) -> str:
    """One claim."""
    claim = tried.claim
    parts = [
        f"## {claim.name}",
        "",
        f"> {_line(claim.says)}",
        "",
        f"**{_stated(tried)}** {_line(claim.because)}",
        "",
        *_table(tried),
        "",
        f"Instead: {_line(claim.instead)}",
        "",
        f"{claim.seeds} seeds, means with 95% intervals. What decided:",
        "",
        *_facts(tried),
        "",
        f"Again: `brownout validate {claim.name}`",
        "",
    ]
    return "\n".join(parts)


def _stated(tried: Tried) -> str:
    return f"{(tried.verdict or 'undecided').capitalize()}."


def _table(tried: Tried) -> Iterator[str]:
    claim = tried.claim
    several = len(claim.scenarios) > 1
    titles = [metric(name).title for name in claim.shows]
    yield f"| {'scenario | ' * several}client | {' | '.join(titles)} |"
    yield "|---" * (several + 1 + len(titles)) + "|"
    for scenario in claim.scenarios:
        for client in claim.players:
            cells = [_figure(tried, Side(name, client, scenario.name)) for name in claim.shows]
            where = f"{scenario.name} | " * several
            yield f"| {where}{client} | {' | '.join(cells)} |"


def _figure(tried: Tried, side: Side) -> str:
    found = tried.estimate(side)
    if found is None:
        return "-"
    value = _said(side.metric, found.value)
    if found.low is None or found.high is None:
        return value
    low, high = (_said(side.metric, bound) for bound in (found.low, found.high))
    return value if low == high == value else f"{value} ({low} to {high})"


def _said(name: str, value: float) -> str:
    is_short = metric(name).unit == "s" and 0.0 < value < 0.1
    return f"{1000.0 * value:.0f} ms" if is_short else figure(name, value)


def _facts(tried: Tried) -> Iterator[str]:
    for verdict, facts in tried.claim.facts().items():
        for fact in facts:
            yield f"- *{verdict}* if `{fact.text}`: {_YES[tried.is_true(fact)]}"


def _line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
