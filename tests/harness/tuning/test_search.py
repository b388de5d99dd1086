"""A search gives one answer: in whatever processes, and after whatever interruption."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from brownout.harness.files import loads, parse
from brownout.harness.scenario import Scenario
from brownout.harness.sources import Source
from brownout.harness.tuning.goal import Goal
from brownout.harness.tuning.guessing import guesses
from brownout.harness.tuning.kept import Kept
from brownout.harness.tuning.playing import Stage, processes
from brownout.harness.tuning.proposing import BATCH
from brownout.harness.tuning.racing import best, mean
from brownout.harness.tuning.result import Tuned
from brownout.harness.tuning.search import Found, Search
from brownout.harness.tuning.space import Space
from brownout.harness.tuning.tune import Progress, tune

SPACE = Space.of(
    parse("""
name: mine
timeouts: {read: {tune: 1s..60s}}
layers:
  - retry: {retries: {tune: 0..4}, backoff: {base: 1s, jitter: {tune: [full, none]}}, on: [timeout]}
  - sdk: {max_retries: 0}
""")
)
SCENARIO = loads(
    """
name: some-hang
workload: {clients: 5, arrivals: {kind: poisson, rate: 2/s}, calls: {deadline: 30s, output_tokens: 100}}
timeline: [{for: 20s, faults: [{kind: no_answer, share: 20%}]}]
""",
    Scenario,
)
SEEDS = 4


def searched(path: Path | None = None, workers: int = 1) -> Found:
    with processes(workers) as executor:
        stage = Stage([SCENARIO], Goal.parse("par2"), Kept(path), executor)
        return Search(SPACE, stage, seeds=SEEDS, batches=3).run(guesses(SPACE, stage))


FOUND = searched()


def test_it_finds_what_helps() -> None:
    """With a fifth of the requests hanging, and answers of 2.7 s: a short timeout, and retries."""
    read, retries, _ = best(FOUND.finalists(SEEDS))
    assert 2.7 < read < 12.0
    assert retries >= 2


def test_two_processes_find_the_same() -> None:
    assert searched(workers=2) == FOUND


@pytest.mark.parametrize("kept", [0.0, 0.4, 1.0])
def test_an_interrupted_search_comes_to_the_same(tmp_path: Path, kept: float) -> None:
    """Cut off in the middle of a line, as a kill may. What it has cost is counted as ever."""
    path = tmp_path / "tune.jsonl"
    assert searched(path) == FOUND
    data = path.read_bytes()
    path.write_bytes(data[: int(kept * len(data))])
    assert searched(path) == FOUND
    assert {line.split(b",")[0] for line in path.read_bytes().splitlines()} >= {
        line.split(b",")[0] for line in data.splitlines()
    }


def test_the_record_only_falls() -> None:
    """And who holds it has met every seed."""
    records: list[float] = []
    stage = Stage([SCENARIO], Goal.parse("par2"), Kept())
    Search(SPACE, stage, seeds=SEEDS, batches=3).run(
        progress=lambda found: records.append(min(map(mean, found.finalists(SEEDS).values())))
    )
    assert records == sorted(records, reverse=True)


def test_a_limit_goes_before_the_goal() -> None:
    """Of what is kept within it, the best: without retries there is one request for a call."""
    goal = Goal.parse("par2", ["amplification <= 1"])
    found = Search(SPACE, Stage([SCENARIO], goal, Kept()), seeds=SEEDS, batches=3).run()
    assert best(found.finalists(SEEDS))[1] == 0.0


def test_more_may_be_better() -> None:
    goal = Goal.parse("goodput")
    assert goal.loss({"goodput": 0.9}) < goal.loss({"goodput": 0.8})


def tuned(**changes: Any) -> Tuned:
    given: dict[str, Any] = {"seeds": SEEDS, "batches": 1, "verifies": False} | changes
    return tune(SPACE, [Source(SCENARIO, "", "")], Goal.parse("par2"), **given)


def test_who_is_interrupted_has_the_best_so_far() -> None:
    """Once something has met every seed, and at once: nothing more is played."""
    told: list[Progress] = []

    def stop(progress: Progress) -> None:
        told.append(progress)
        raise KeyboardInterrupt

    result = tuned(progress=stop)
    assert not result.tuning.is_whole
    assert result.tuning.candidates == BATCH
    assert result.tuning.loss.low is not None
    assert result.tuning.curves == result.tuning.front == []
    assert result.results is None
    assert [each.doing for each in told] == ["searching"]


@pytest.mark.parametrize("at", ["explaining", "verifying", "comparing"])
def test_it_may_be_interrupted_at_any_time(at: str) -> None:
    """What is known by then is told."""

    def stop(progress: Progress) -> None:
        if progress.doing == at:
            raise KeyboardInterrupt

    result = tuned(progress=stop, verifies=True)
    assert not result.tuning.is_whole
    assert bool(result.tuning.curves) == (at != "explaining")
    assert bool(result.tuning.verified) == (at == "comparing")


def test_an_interruption_before_anything_is_one() -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stage, "losses", stop)
        with pytest.raises(KeyboardInterrupt):
            tuned()


def test_the_real_sdk_comes_to_the_same() -> None:
    """For the best first, and for who is not surely worse."""
    result = tuned(verifies=True)
    first, *_ = result.tuning.verified
    assert first.values == result.tuning.values
    assert all(each.agrees for each in result.tuning.verified)
    assert first.simulated > 0.0
