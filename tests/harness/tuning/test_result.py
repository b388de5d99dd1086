"""Why the best is the best: curves, what it gains, the front; and that all of it hangs together."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.client import Client
from brownout.harness.files import loads, parse
from brownout.harness.results import load
from brownout.harness.sources import Source, client
from brownout.harness.tuning.front import Worth, undominated
from brownout.harness.tuning.goal import Goal
from brownout.harness.tuning.kept import Kept
from brownout.harness.tuning.racing import mean
from brownout.harness.tuning.result import Tuned
from brownout.harness.tuning.tune import save, tune
from brownout.reports.document import document
from brownout.reports.tuned import headline, tuned_text

from .test_search import SCENARIO, SEEDS, SPACE, Stage

AGAINST = client("no-retry")


@pytest.fixture(scope="module")
def result() -> Tuned:
    return tune(
        SPACE,
        [Source(SCENARIO, "", "")],
        Goal.parse("par2"),
        against=AGAINST,
        seeds=SEEDS,
        batches=2,
        verifies=False,
    )


def test_a_curve_for_each_value(result: Tuned) -> None:
    """With the best on it, which is as good as any; and where it begins to matter."""
    read, retries, jitter = result.tuning.curves
    assert [curve.name for curve in result.tuning.curves] == list(result.tuning.values)
    assert [step.value for step in jitter.steps] == ["full", "none"]
    assert [step.value for step in retries.steps] == ["0", "1", "2", "3", "4"]
    for curve in result.tuning.curves:
        best = next(step for step in curve.steps if step.is_best)
        assert best.value == result.tuning.values[curve.name]
        assert best.loss.value == pytest.approx(min(step.loss.value for step in curve.steps))
        assert not best.is_worse
        assert curve.is_ordered == (curve is not jitter)
    assert read.steps[0].is_worse
    assert read.steps[-1].is_worse
    assert all(one.position < other.position for one, other in pairwise(read.steps))
    assert retries.steps[0].metrics["goodput"].value < retries.steps[-1].metrics["goodput"].value


def test_a_curve_has_the_goal_as_it_is(result: Tuned) -> None:
    """The loss and nothing else: a penalized wait of 200% is not cut to a share."""
    steps = [step for curve in result.tuning.curves for step in curve.steps]
    assert max(step.loss.value for step in steps) > 1.5
    for step in steps:
        assert step.metrics["par2"].value == pytest.approx(step.loss.value)


def test_short_timeouts_cut_off_what_would_have_been_answered(result: Tuned) -> None:
    """And long ones do not."""
    read = result.tuning.curves[0]
    shares = [step.metrics["false_timeout_rate"].value for step in read.steps]
    assert shares[0] > 0.5
    assert shares[-1] == 0.0
    assert all(one >= other for one, other in pairwise(shares))


def test_who_is_sure_to_be_worse_is_held_to_few_seeds_and_to_the_same_level(result: Tuned) -> None:
    """As much is added as the best has more under all of them."""
    stage = Stage([SCENARIO], Goal.parse("par2"), Kept())
    worst = result.tuning.curves[0].steps[0]
    point = (1.0, *result.point[1:])
    few, best = stage.losses([(repr(p), SPACE.client(p), range(1, SEEDS + 1)) for p in (point, result.point)])
    assert worst.loss.value == pytest.approx(mean(few))
    assert worst.loss.value > mean(best)


def test_what_it_gains_is_paired_and_in_units_that_people_have(result: Tuned) -> None:
    assert result.results is not None
    tuning, rows = result.tuning, {row.client: row.metrics for row in result.results.file.rows}
    assert tuning.instead_of == "no-retry"
    assert tuning.gain is not None
    mine, other = rows["mine"], rows["no-retry"]
    assert tuning.gain.value == pytest.approx(other["par2"].value - mine["par2"].value)
    assert tuning.gains["goodput"].value == pytest.approx(mine["goodput"].value - other["goodput"].value)
    assert tuning.gains["rmst"].value == pytest.approx(other["rmst"].value - mine["rmst"].value)
    assert tuning.gains["goodput"].low is not None
    assert tuning.gains["goodput"].low > 0.0


def test_what_is_sure_is_what_the_verdict_is_sure_of(result: Tuned) -> None:
    """Four seeds are too few for anything, whatever the intervals say; six may do."""
    few = result.tuning
    assert few.gain is not None
    assert few.gain.low is not None
    assert few.gain.low > 0.0
    assert not few.is_sure
    assert few.sure_gains == []
    many = tune(SPACE, [Source(SCENARIO, "", "")], Goal.parse("par2"), against=AGAINST, seeds=6, batches=1)
    assert many.results is not None
    assert many.tuning.is_sure
    assert "goodput" in many.tuning.sure_gains
    for each in (result, many):
        assert each.results is not None
        assert any(not pair.is_tied for pair in each.results.file.pairs) == each.tuning.is_sure


FLAT = """
name: flat
timeouts: {connect: {tune: 4s..8sNOW}, read: {tune: 1s..30s}}
layers:
  - retry: {retries: 2, backoff: {base: 1s, jitter: {tune: [full, equal, none]NOW2}}, on: [overloaded]}
  - sdk: {max_retries: 0}
"""
"""In a scenario in which nobody fails to connect, and nothing is overloaded, two of these make no difference."""


def flat(now: str = "", jitter: str = "", against: Source[Client] | None = None, **more: Any) -> Tuned:
    document = parse(FLAT.replace("NOW2", jitter).replace("NOW", now))
    given: dict[str, Any] = {"seeds": 2, "batches": 1, "verifies": False} | more
    return tune(document, [Source(SCENARIO, "", "")], Goal.parse("par2"), against=against, **given)


def test_what_was_left_as_it_is_gains_nothing() -> None:
    """And is not said to be better, or worse."""
    document = parse("name: flat\ntimeouts: {connect: {tune: 4s..8s, now: 7.3s}}\nlayers: [{sdk: {max_retries: 0}}]")
    found = tune(document, [Source(SCENARIO, "", "")], Goal.parse("par2"), seeds=2, batches=1, verifies=False)
    assert found.tuning.values == {"timeouts.connect": "7.3s"}
    assert headline(found.tuning).endswith(", exactly as good as flat-before.")


def test_a_value_that_makes_no_difference_is_left_as_it_was() -> None:
    """As the file says, else as the client compared with has it; else it is a usual one."""
    layers = "[{retry: {backoff: {jitter: none}, on: [timeout]}}, sdk]"
    other = loads(f"name: other\ntimeouts: {{connect: 7.1s}}\nlayers: {layers}", Client)
    source = Source(other, "", "")
    for has, connect, jitter in (
        ({"now": ", now: 7.3s", "jitter": ", now: equal", "against": source}, "7.3s", "equal"),
        ({"against": source}, "7.1s", "none"),
        ({"now": ", now: 20s", "against": source}, "5s", "none"),
        ({}, "5s", "full"),
    ):
        found = flat(**has).tuning  # type: ignore[arg-type]
        curves = {curve.name: curve for curve in found.curves}
        assert (found.values["timeouts.connect"], found.values["retry.backoff.jitter"]) == (connect, jitter)
        assert curves["timeouts.connect"].is_level
        assert not curves["timeouts.read"].is_level
        assert curves["timeouts.connect"].best.value == connect
        told = "timeouts.connect: makes no difference in what was played" + (": left as it was" * (connect != "5s"))
        assert told in tuned_text(found).splitlines()


def test_what_is_left_is_the_same_in_two_processes_and_after_an_interruption(tmp_path: Path) -> None:
    one, two = (flat(", now: 7.3s", workers=workers, folder=tmp_path / str(workers)).tuning for workers in (1, 2))
    again = flat(", now: 7.3s", folder=tmp_path / "1", resume=True).tuning
    assert one == two == again


def test_the_report_says_what_makes_no_difference() -> None:
    found = flat(", now: 7.3s")
    assert found.results is not None
    [table, *_] = document(found.results.file).tables
    assert table.rows[0] == (
        "timeouts.connect", "7.3s", "makes no difference in what was played: left as it was", "–", "–",
    )  # fmt: skip


def test_the_front_has_nobody_whom_the_best_beats(result: Tuned) -> None:
    worth = [(each.metrics["cost_per_good_call"].value, each.metrics["goodput"].value) for each in result.tuning.front]
    assert worth[-1][1] >= result.tuning.metrics["goodput"].value
    assert worth[0][0] <= result.tuning.metrics["cost_per_good_call"].value


SHARES = st.floats(0.0, 1.0)


@given(st.lists(st.tuples(SHARES, SHARES), min_size=1))
def test_nobody_on_a_front_is_beaten_and_nobody_else_is_not(pairs: list[tuple[float, float]]) -> None:
    """In both at once, by whoever is there."""
    everybody = [Worth(goodput, cost, (float(i),)) for i, (goodput, cost) in enumerate(pairs)]
    front = undominated(everybody)

    def is_beaten(one: Worth) -> bool:
        others = ((each.goodput - one.goodput, one.cost - each.cost) for each in everybody)
        return any(up >= 0.0 and down >= 0.0 and (up > 0.0 or down > 0.0) for up, down in others)

    assert not any(map(is_beaten, front))
    assert {each[:2] for each in everybody if not is_beaten(each)} == {each[:2] for each in front}
    assert front == sorted(front, key=lambda each: each.cost)


def test_it_is_kept_whole(result: Tuned, tmp_path: Path) -> None:
    client_file, run_file = save(result, tmp_path)
    assert load(run_file).tuning == result.tuning
    assert result.tuning.is_whole
    assert client_file.read_text(encoding="utf-8") == result.text


def test_the_middle_of_the_ranges_is_what_it_is_compared_with_where_there_is_nothing() -> None:
    result = tune(SPACE, [Source(SCENARIO, "", "")], Goal.parse("par2"), seeds=2, batches=1, verifies=False)
    assert result.tuning.instead_of == "mine-middle"
    assert result.results is not None
    assert {each.name for each in result.results.file.clients} == {"mine", "mine-middle"}
