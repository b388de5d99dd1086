"""One call of a scenario, the one that tells the clients apart, as it went with each; with a chart."""

from __future__ import annotations

from collections.abc import Sequence

from brownout.harness.views import Try, Waterfall

from .. import words
from ..charts import waterfall as chart
from ..charts.theme import Colours
from ..table import Table


def waterfall(found: Sequence[Waterfall], colours: Colours, of: str = "") -> Table:
    """One row a request, in the order of clients, the best first. `of`: of which calls it is, if not of all."""
    first = found[0]
    tells = "the call that tells the clients apart best" if len({each.is_good for each in found}) > 1 else (
        "no call tells the clients apart, and of those of this seed it took most requests"
    )  # fmt: skip
    return Table(
        f"{first.scenario}: one call, request by request",
        f"Call {first.call} under seed {first.seed}, meant to be answered within {first.deadline:g} s: {tells}. "
        f"{of and f'It was chosen from {of}. '}"
        "Times count from the moment it was meant to be sent.",
        ("client", "request", "sent", "ended", "how", "fault", "what became of the call"),
        tuple(row for each in found for row in _rows(each)),
        is_detail=True,
        chart=chart.chart(found, colours),
    )


def _rows(call: Waterfall) -> list[tuple[str, ...]]:
    if not call.tries:
        return [(call.client, "none", "–", "–", "–", "–", _end(call))]
    last = len(call.tries) - 1
    return [
        (
            call.client,
            str(number + 1) if not each.branch else f"{number + 1} (hedge {each.branch})",
            f"{each.begins:.2f} s",
            f"{each.ends:.2f} s",
            _how(each),
            each.fault or "–",
            _end(call) if number == last else "",
        )
        for number, each in enumerate(call.tries)
    ]


def _how(each: Try) -> str:
    early = f"; sent {each.early:.2f} s before retry-after allowed" if each.early else ""
    return each.outcome + early


def _end(call: Waterfall) -> str:
    return words.end_of(call)
