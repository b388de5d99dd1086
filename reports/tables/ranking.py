"""Who is best: over all scenarios, in each, and two by two."""

from __future__ import annotations

import math
from collections.abc import Sequence

from brownout.fakes.units import format_share
from brownout.harness.results import Pair, PlayedClient, RunFile, Standing

from .. import words
from ..charts import standings as charts
from ..charts.theme import Colours
from ..table import Table


def standings(found: Sequence[Standing], colours: Colours) -> Table:
    """Who is best over all scenarios."""
    rows = tuple(
        (
            each.client,
            str(each.rank),
            words.percent(each.score.value),
            "" if i == 0 else f"{words.points(each.behind.value)} points",
            "" if i == 0 else words.point_bounds(each.behind),
            "–" if each.probability_of_best is None else words.chance(each.probability_of_best),
            words.percent(each.goodput.value),
            words.bounds("goodput", each.goodput),
            words.percent(each.wait.value),
        )
        for i, each in enumerate(found)
    )
    return Table(
        "Standings",
        "Ranked by the penalized wait: how long callers wait as a share of their deadline, and twice the deadline for "
        "a call that failed or came late; the mean over all calls, over the scenarios by their weights. "
        "Wait / deadline is the same with the deadline once. Intervals are 95% over seeds; differences are paired, as "
        "every client met the same world. Clients share a rank unless one is surely better, all pairs counted (Holm).",
        ("client", "rank", "penalized wait", "behind the first", "95% interval", "chance to be best", "goodput",
         "95% interval", "wait / deadline"),
        rows,
        frozenset(each.client for each in found if each.is_tied_with_best),
        chart=charts.ranking(found, colours),
    )  # fmt: skip


def clients(found: Sequence[PlayedClient]) -> Table:
    """What they are."""
    return Table(
        "The clients",
        "As their files say.",
        ("client", "what it is"),
        tuple((each.name, _what(each)) for each in found),
        is_detail=True,
    )


def _what(client: PlayedClient) -> str:
    members = ", ".join(f"{format_share(member.share)} {member.name}" for member in client.members)
    return " ".join(filter(None, (client.about, members and f"Of {members}."))) or "–"


def front(found: Sequence[Standing], colours: Colours) -> Table | None:
    """Goodput against its price; None where less than two clients have a price."""
    priced = [each for each in found if math.isfinite(each.cost.value)]
    if len(priced) < 2:
        return None
    return Table(
        "Goodput and its price",
        "Over all scenarios by their weights: the share of calls answered in time, and all dollars billed for each of "
        "them. On the front: no other client has more of one without less of the other; chance is not asked.",
        ("client", "goodput", "95% interval", "dollars per good call", "95% interval", "on the front"),
        tuple(
            (
                each.client,
                words.percent(each.goodput.value),
                words.bounds("goodput", each.goodput),
                words.of("cost_per_good_call", each.cost.value),
                words.bounds("cost_per_good_call", each.cost),
                "yes" if each.is_on_front else "no",
            )
            for each in found
        ),
        frozenset(each.client for each in found if each.is_on_front),
        chart=charts.front(found, colours),
    )


def ranks(run: RunFile) -> Table:
    """The rank of each client in each scenario."""
    place = {(row.scenario, row.client): row for row in run.rows}
    return Table(
        "Rank in each scenario",
        "By the same measure within the scenario, with goodput. A scenario's weight in the standings is 1 unless its "
        "head says otherwise.",
        ("client", *(_weighted(name, run.weights[name]) for name in (s.name for s in run.scenarios))),
        tuple(
            (
                each.client,
                *(
                    f"{row.rank} ({words.percent(row.metrics['goodput'].value)})"
                    for row in (place[s.name, each.client] for s in run.scenarios)
                ),
            )
            for each in run.standings
        ),
        frozenset(each.client for each in run.standings if each.is_tied_with_best),
        shades=tuple(
            tuple(place[s.name, each.client].metrics["goodput"].value for s in run.scenarios) for each in run.standings
        ),
    )


def _weighted(name: str, weight: float) -> str:
    return name if weight == 1.0 else f"{name} (weight {weight:g})"


def pairs(found: Sequence[Pair]) -> Table:
    """Every two clients."""
    return Table(
        "Every two clients",
        "How much longer the penalized wait of the second is, in points, over all scenarios. p is exact (sign "
        "flips of the seeds); Holm's counts all pairs. Seeds needed: to find a difference like this in 80% of "
        "cases.",
        ("better, worse", "points", "95% interval", "p", "p (Holm)", "tie", "seeds needed"),
        tuple(
            (
                f"{each.better}, {each.worse}",
                words.points(each.difference.value),
                words.point_bounds(each.difference),
                f"{each.p:.4f}",
                f"{each.p_holm:.4f}",
                "yes" if each.is_tied else "no",
                "–" if each.runs_needed is None else f"{each.runs_needed:,}",
            )
            for each in found
        ),
        is_detail=True,
    )
