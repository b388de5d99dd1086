"""The page of what the simulator is held to by theory: a row for each figure, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from brownout.harness.theory.model import Model
from brownout.harness.theory.trial import Held

HEADER = ("| model | figure | theory | simulated, with 95% interval | |", "|---|---|---|---|---|")
INTRO = """# Held to theory

What queues, losses, retries and hedges come to is known where arrivals and answers are simple enough. The simulator
plays these cases from files like anybody's, and its figures are held to the formulas: by `brownout validate --theory`,
which wrote this page, and on less traffic by the tests, which also change each model by 5% or by one slot, and want to
see it fail.

Each figure is the mean of independent runs under seeds 1, 2, 3, ..., with Student's interval; half of the interval is
at most 2% of the value. A run starts empty, and calls of its first part are left out. A figure *holds* if theory's lies
in the interval that all of them together hold in 95% of cases (Bonferroni), or within 0.1%. Prompts of one token take a
microsecond to send, the network no time.

"""


def page(held: Sequence[Held]) -> str:
    """All of it, as Markdown."""
    models = list({id(each.model): each.model for each in held}.values())
    sources = (f"- **{model.name}**: {model.says}{_own(model)}" for model in models)
    return INTRO + "\n".join(
        [
            *HEADER,
            *rows(held),
            "",
            "## Where the figures come from",
            "",
            *sources,
            "",
            "A file each in `harness/theory/models/`, with its scenario, its client and its arithmetic. How the "
            "simulator is held to the real SDK: [agreement.md](agreement.md).",
            "",
        ]
    )


def rows(held: Iterable[Held]) -> list[str]:
    """One for each figure."""
    return [_row(each) for each in held]


def _row(each: Held) -> str:
    figure, found = each.figure, each.interval
    mean, low, high = (figure_of(figure.unit, value) for value in (found.mean, found.low, found.high))
    shown = mean if low == mean == high else f"{mean} ({low} to {high})"
    return (
        f"| {each.model.name} | {figure.what} | {figure_of(figure.unit, figure.theory)} | {shown} | {each.verdict()} |"
    )


def _own(model: Model) -> str:
    return " Its client has what no file can say." if model.change is not None else ""


def figure_of(unit: Literal["%", "s", "x"], value: float | None) -> str:
    """A figure in its unit, to a thousandth."""
    assert value is not None
    return f"{value:.2%}" if unit == "%" else f"{value:.3f} s" if unit == "s" else f"{value:.3f}"
