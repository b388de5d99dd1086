"""The page of how far the simulator, virtual time and the wire agree: a row for each thing compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean

from brownout.harness.backends.cases import CASES
from brownout.harness.backends.comparison import SCALE, Comparison, Equal, Near
from brownout.harness.metrics import metric
from brownout.harness.scoring.verdicts import figure

HEADER = ("| case | simulator against | what | simulator | other | difference | at most | |", "|---|" + "---|" * 7)
_NAMES = {"virtual": "virtual time", "wire": "the wire"}
INTRO = f"""# How far the backends agree

The same scenario and client under the same seeds, in the simulator, with the real SDK in virtual time, and with the
real SDK over real sockets in real time, {SCALE:g} times as fast. `brownout validate --backends` plays it again, and
exits 99 if they drift apart.

In virtual time every record has to be the same, and with it every metric. On the wire, where nothing is left to chance
each call has to be the same attempt by attempt: outcomes, statuses, exceptions, connections, tokens. Where answers and
faults are drawn, the mean difference over seeds has to be within a margin, as a machine is never quite on time: it is
given with its 95% interval, shares in points of the whole, all others as a share of the simulator's figure.

"""


def page(found: Sequence[Comparison]) -> str:
    """All of it, as Markdown."""
    cases = (f"- **{name}**: {case.about}; {case.seeds} seed{'s' * (case.seeds > 1)}" for name, case in CASES.items())
    tail = [
        "",
        "## What is played",
        "",
        *cases,
        "",
        "The wire's figures are those of one machine on one day. Tests hold many more scenarios to equal records in "
        "virtual time: every fault, every layer, every budget. What the simulator is held to by mathematics: "
        "[theory.md](theory.md).",
        "",
    ]
    return INTRO + "\n".join([*HEADER, *rows(found), *tail])


def rows(found: Iterable[Comparison]) -> list[str]:
    """One for each thing compared."""
    return [_equal(each) if isinstance(each, Equal) else _near(each) for each in found]


def _equal(each: Equal) -> str:
    other = f"{len(each.differing)} differ" if each.differing else "the same"
    first = f" (the first: {each.differing[0]})".replace("|", "\\|") if each.differing else ""
    return _row(each, each.what, f"{each.compared:,}", other, f"{len(each.differing)}{first}", "0")


def _near(each: Near) -> str:
    ours, theirs = (figure(each.metric, fmean(values)) for values in (each.ours, each.theirs))
    return _row(
        each, metric(each.metric).title, ours, theirs, _difference(each), _signed(each, each.margin).lstrip("+")
    )


def _difference(each: Near) -> str:
    found = each.interval
    if found is None:
        return "without end"
    if found.low is None or found.high is None:
        return _signed(each, found.mean)
    mean, low, high = (_signed(each, value) for value in (found.mean, found.low, found.high))
    return mean if low == high else f"{mean} ({low} to {high})"


def _signed(each: Near, value: float) -> str:
    return f"{100.0 * value:+z.1f} points" if each.is_absolute else f"{value:+z.1%}"


def _row(each: Comparison, *cells: str) -> str:
    verdict = "agrees" if each.agrees else "**differs**"
    return f"| {' | '.join((each.case, _NAMES[each.other], *cells, verdict))} |"
