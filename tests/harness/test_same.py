"""A/A: a client compared with itself is not told apart more often than chance allows, and one that differs is."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from brownout.harness.plan import Plan
from brownout.harness.run import run
from brownout.harness.scoring.standings import LEVEL, SCORE, compared
from brownout.harness.sources import client, scenario

from . import tiny

SEEDS = 60
TRIALS = 1000
SHORT = tiny.STORM.replace("for: 10s", "for: 5s").replace("for: 30s", "for: 10s")


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[float]]:
    """The wait of each client by seed in one short storm, played once."""
    folder = tmp_path_factory.mktemp("same")
    tiny.write(folder)
    (folder / "storm.yaml").write_text(SHORT, encoding="utf-8")
    (folder / "bold.yaml").write_text(
        tiny.PATIENT.replace("patient", "bold").replace("60s", "1300ms"), encoding="utf-8"
    )
    contestants = [*tiny.clients(folder), client(str(folder / "bold.yaml"))]
    found = run(Plan([scenario(str(folder / "storm.yaml"))], contestants, range(SEEDS))).file
    by_client: dict[str, list[float]] = {}
    for cell in found.cells:
        by_client.setdefault(cell.client, []).append(cell.metrics[SCORE])
    return by_client


def alarms(pool: list[float], clients: int, seeds: int, trials: int) -> float:
    """How often any two of so many groups of seeds of one client are told apart."""
    draw, found = Random(20261122), 0
    for _ in range(trials):
        drawn = iter(draw.sample(pool, clients * seeds))
        groups = {f"c{i}": list(islice(drawn, seeds)) for i in range(clients)}
        found += any(not pair.is_tied for pair in compared(groups))
    return found / trials


@pytest.mark.slow
@pytest.mark.parametrize("name", ["patient", "hasty"])
def test_one_client_against_itself(scores: dict[str, list[float]], name: str) -> None:
    """Of a thousand pairs of disjoint groups of seeds no more are told apart than one in twenty, be the groups of the
    fewest seeds that can tell at all, or of as many as there are by default."""
    rates = [alarms(scores[name], 2, seeds, TRIALS) for seeds in (6, 10)]
    assert sum(rates) / 2 <= LEVEL
    assert max(rates) <= LEVEL + 2 * (LEVEL / TRIALS) ** 0.5  # what a thousand trials leave open


@pytest.mark.slow
def test_one_client_against_itself_four_times(scores: dict[str, list[float]]) -> None:
    """Six pairs at once: the family keeps the level, not each pair."""
    assert alarms(scores["patient"], 4, 10, TRIALS // 2) <= LEVEL


def test_one_client_under_two_names(tmp_path: Path) -> None:
    """It met the same world: the differences are exactly 0, and neither is best."""
    plan = tiny.plan(tmp_path, seeds=6)
    (tmp_path / "twin.yaml").write_text(tiny.PATIENT.replace("name: patient", "name: twin"), encoding="utf-8")
    pair = [client(str(tmp_path / name)) for name in ("patient.yaml", "twin.yaml")]
    found = run(replace(plan, clients=pair, gate="twin")).file
    [both] = found.pairs
    assert (both.difference.value, both.difference.low, both.difference.high) == (0.0, 0.0, 0.0)
    assert (both.p, both.p_holm, both.is_tied, both.runs_needed) == (1.0, 1.0, True, None)
    assert [(each.rank, each.probability_of_best, each.is_tied_with_best) for each in found.standings] == [
        (1, 0.5, True), (1, 0.5, True)
    ]  # fmt: skip
    assert found.verdict.endswith(". twin does exactly as well.")
    assert found.gate is not None
    assert found.gate.is_met
    assert all(one.metrics == other.metrics for one, other in zip(found.rows[::2], found.rows[1::2], strict=True))


@pytest.mark.parametrize(("other", "least"), [("hasty", 1.0), ("bold", 0.8)])
def test_a_client_that_differs_is_found(scores: dict[str, list[float]], other: str, least: float) -> None:
    """Paired by seed, ten seeds do for a large difference in every trial, and for a small one in most."""
    draw, found, trials = Random(1), 0, 200
    for _ in range(trials):
        seeds = draw.sample(range(SEEDS), 10)
        [pair] = compared({name: [scores[name][seed] for seed in seeds] for name in ("patient", other)})
        found += pair.better == "patient" and not pair.is_tied
    assert found / trials >= least
