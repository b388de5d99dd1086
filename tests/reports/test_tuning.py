"""What tuning recommends, in every format; and that what does not hang together is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from brownout.harness.part import Estimate
from brownout.harness.results import RunFile, RunFileError, load
from brownout.reports import words
from brownout.reports.document import document
from brownout.reports.report import Report
from brownout.reports.tuned import tuned_text

from .read_back import READERS, page
from .runs import estimate
from .test_formats import FORMATS, HOSTILE, each_format, said
from .tunings import tuned_run, tuning


@each_format
def test_all_formats_say_what_to_set(name: str) -> None:
    """Verdict first, every figure of every curve."""
    report = Report(tuned_run())
    read = READERS[name](FORMATS[name].render(report))
    assert read == said(report.document, name)
    assert read.verdict.startswith("Set timeouts.read 20s, retry.backoff.jitter full.")
    assert read.titles[0] == "What to set"


def test_how_far_a_value_may_be_moved_and_what_its_ends_cost() -> None:
    [table, *_] = document(tuned_run()).tables
    read, jitter = table.rows
    assert read == ("timeouts.read", "20s", "10s to 20s", "5s: 46.8 points worse", "40s: 26.8 points worse")
    assert jitter == ("retry.backoff.jitter", "full", "full", "–", "–")


def test_where_more_than_one_in_twenty_fails_the_mean_wait_stands_for_the_percentile() -> None:
    [curve] = [table for table in document(tuned_run()).tables if table.title == "timeouts.read"]
    assert "mean wait" in curve.columns
    assert "p95 latency" not in curve.columns


def test_what_misses_a_limit_is_marked() -> None:
    """Before it is said to be worse."""
    run = tuned_run()
    limited = run.model_copy(update={"tuning": tuning(limits=("goodput >= 75%",))})
    [curve] = [table for table in document(limited).tables if table.title == "timeouts.read"]
    assert [row[-1] for row in curve.rows] == ["misses goodput >= 75%", "", "best", "misses goodput >= 75%"]


def test_the_recommended_one_is_on_the_chart_though_it_is_not_on_the_front() -> None:
    [table] = [each for each in document(tuned_run()).tables if each.chart and each.chart.name == "tuned-front"]
    assert [row[0] for row in table.rows] == ["A", "B", "recommended"]
    assert table.chart is not None
    assert [each["name"] for each in table.chart.spec["data"]["values"]] == ["A", "B", "recommended"]


def test_the_text_is_the_same_story() -> None:
    """With a word for a simulator that is not to be trusted."""
    first, second, third, *rest = tuned_text(tuning()).splitlines()
    assert first == (
        "timeouts.read 20s, retry.backoff.jitter full: penalized wait 33.2% (23.2% to 43.2%), 14.8 points better than "
        "hasty."
    )
    assert second == "Better by: goodput 22.2 points, mean wait -1.5 s."
    assert third.endswith("THE REAL SDK DIFFERS: 0.5 in virtual time, 0.34 in the simulator.")
    assert "timeouts.read: nothing speaks against 10s to 20s" in rest


@pytest.mark.parametrize(
    ("gain", "is_sure", "limits", "says"),
    [
        (
            estimate(0.009, 0.001, 0.02),
            False,
            (),
            "not surely better than hasty: the difference of 0.9 points may be chance",
        ),
        (estimate(0.009, -0.001, 0.02), False, ("goodput >= 75%",), "not surely better than hasty"),
        (estimate(0.0, 0.0, 0.0), False, (), "exactly as good as hasty"),
        (Estimate(value=0.0), False, ("goodput >= 75%",), "exactly as good as hasty"),
        (estimate(-0.009, -0.02, -0.001), True, (), "0.9 points worse than hasty"),
    ],
)
def test_what_is_not_surely_better_is_not_said_to_be(
    gain: Estimate, is_sure: bool, limits: tuple[str, ...], says: str
) -> None:
    """By the rule of the verdict, whatever the interval alone says; the same is a case of its own."""
    found = tuning(limits=limits).model_copy(update={"gain": gain, "is_sure": is_sure, "sure_gains": []})
    first, second, *_ = tuned_text(found).splitlines()
    assert first.endswith(f", {says}.")
    assert second.startswith("40 candidates")
    run = tuned_run().model_copy(update={"tuning": found})
    [gains] = [table for table in document(run).tables if table.title.startswith("What it gains")]
    assert any("*" in str(row[1]) for row in gains.rows) == (is_sure and not limits)


def test_what_rounds_to_nothing_has_no_sign() -> None:
    assert [words.margin("cost_per_good_call", by) for by in (-0.00001, -0.0001)] == ["$0.0000", "-$0.0001"]
    assert [words.margin("rmst", by) for by in (-0.01, -0.1)] == ["0.0 s", "-0.1 s"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_choice_of_strangers_is_text(text: str) -> None:
    html, harmless = (FORMATS["html"].render(Report(tuned_run(each).mended())) for each in (text, "harmless"))
    assert [tag for tag, _ in page(html).tags] == [tag for tag, _ in page(harmless).tags]


def _without(*path: str | int) -> Callable[[Any], None]:
    def remove(data: Any) -> None:
        for step in path[:-1]:
            data = data[step]
        del data[path[-1]]

    return remove


def _with(value: Any, *path: str | int) -> Callable[[Any], None]:
    def put(data: Any) -> None:
        for step in path[:-1]:
            data = data[step]
        data[path[-1]] = value

    return put


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_with("nobody", "client"), 'tuning: no client "nobody"'),
        (_with("nobody", "instead_of"), 'tuning: no client "nobody"'),
        (_with("beauty", "goal"), 'tuning: unknown metric "beauty"'),
        (_with(["beauty > 1"], "limits"), "tuning.limits"),
        (_with("6s", "curves", 0, "low"), "expected values of its steps"),
        (_with(False, "curves", 0, "steps", 2, "is_best"), "expected one that is the best"),
        (_with([], "curves", 0, "steps"), "steps"),
        (_without("front", 0, "metrics", "goodput"), "expected goodput and cost_per_good_call"),
        (_with(1.5, "curves", 0, "steps", 0, "position"), "position"),
    ],
)
def test_what_does_not_hang_together_is_refused(tmp_path: Path, change: Callable[[Any], None], says: str) -> None:
    """In one line, before anything is drawn of it."""
    data = tuned_run().model_dump()
    change(data["tuning"])
    path = tmp_path / "run.json"
    broken = RunFile.model_construct(**data)
    path.write_text(broken.model_dump_json(warnings=False), encoding="utf-8")
    with pytest.raises(RunFileError, match=r".") as error:
        load(path)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_what_hangs_together_is_not(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    tuned_run().save(path)
    assert load(path) == tuned_run()
