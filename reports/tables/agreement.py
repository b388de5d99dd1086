"""The simulator against the wire."""

from __future__ import annotations

from collections.abc import Sequence

from brownout.harness.agreement import Agreement

from .. import words
from ..table import Table


def agreement(found: Sequence[Agreement]) -> Table:
    """The simulator against the wire."""
    return Table(
        "The simulator and the real SDK",
        "The same files, seed and sample, once in the simulator and once with the official SDK over real sockets. So "
        "small a sample has other figures than the tables above: what counts is how far the two agree.",
        ("scenario, client", "goodput, sim", "goodput, wire", "p50, sim", "p50, wire", "requests, sim",
         "requests, wire"),
        tuple(
            (
                f"{each.scenario}, {each.client}",
                *map(words.percent, each.goodput),
                *(words.of("p50(latency)", value) for value in each.p50),
                *(f"{count:,}" for count in each.attempts),
            )
            for each in found
        ),
    )  # fmt: skip
