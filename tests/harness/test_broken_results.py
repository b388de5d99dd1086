"""A `run.json` that somebody changed: it is refused in a printable line, or every report can be made of it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from brownout.harness.joining import join
from brownout.harness.results import Baseline, Cell, Change, PlayedScenario, RunFile, RunFileError, load
from brownout.reports.formats import named, names
from brownout.reports.report import Report

from ..reports.runs import estimate, run

DRAWN = {"html", "svg", "png"}
"""Formats that draw, which takes long."""
CHANGE = Change(
    scenario="storm", client="steady", rule="p95 worse 10%", metric="p95(latency)", baseline=estimate(20.0),
    now=estimate(26.0), change=0.3, unit="%", low=0.2, high=0.4, p_holm=0.01, smallest=0.2, runs_needed=None,
    outcome="worse", reason="sure", why="surely worse; 10% are allowed",
)  # fmt: skip
CELL = Cell(
    key="k", scenario="storm", client="steady", seed=1, calls=10, attempts=12, metrics={"goodput": 0.5}, absent={},
    outcomes={"ok": 5, "gap": 5}, timeouts={"gap": 5}, faults={}, transitions={}, lateness=0.0,
)  # fmt: skip
BASELINE = Baseline(path="b.json", created="2026-01-01T00:00:00+00:00", seeds=[1, 2], is_paired=True)
WHOLE: dict[str, Any] = json.loads(run(baseline=BASELINE, changes=[CHANGE], cells=[CELL]).model_dump_json())
Place = tuple[str | int, ...]


def places(value: Any, here: Place = ()) -> Iterator[Place]:
    """Of everything in it, the outermost first."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield (*here, key)
        yield from places(each, (*here, key))


PLACES = list(places(WHOLE))
GONE = object()
ODD = [
    GONE, None, True, 0, -1, 1.5, 2, 10**30, -(10**30), 1e300, -1e300, 1e17, -1e17, float("nan"), float("inf"),
    float("-inf"), "Infinity", "-Infinity", "NaN", "", "nobody", "\x1b]0;x\x07", "a\n::error::b", "\ud800", "\u2028",
    [], {}, [None], [""], [0.5], {"x": 1}, {"\x1b[2J": "x"},
]  # fmt: skip


def changed(place: Place, value: object) -> dict[str, Any]:
    """The run with something else in one place."""
    found = copy.deepcopy(WHOLE)
    inner: Any = found
    for key in place[:-1]:
        inner = inner[key]
    if value is GONE:
        del inner[place[-1]]
    else:
        inner[place[-1]] = value
    return found


def loaded(data: object, folder: Path) -> RunFile | None:
    """Or refused in one printable line."""
    path = folder / "run.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    try:
        return load(path)
    except RunFileError as error:
        message = str(error)
    assert message.isprintable()
    assert message.startswith(f"{path}: ")
    return None


def refusal(data: object, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(folder)
    Path("run.json").write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(RunFileError) as caught:
        load(Path("run.json"))
    return str(caught.value)


def rendered(found: RunFile) -> None:
    """In every format that draws nothing."""
    for name in names():
        if name not in DRAWN:
            assert named(name).render(Report(found))


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(PLACES), st.sampled_from(ODD))
@example(("seeds",), [])
@example(("seeds", 6), 10**15)
@example(("standings",), [])
@example(("rows",), [])
@example(("scenarios", 0, "deadlines"), [])
def test_whatever_is_changed_is_refused_or_shown(tmp_path: Path, place: Place, value: object) -> None:
    found = loaded(changed(place, value), tmp_path)
    if found is not None:
        rendered(found)


def test_the_whole_is_taken(tmp_path: Path) -> None:
    """As it is."""
    found = loaded(WHOLE, tmp_path)
    assert found is not None
    rendered(found)


MEMBER = {"name": "old", "sha256": "0" * 64, "share": 0.5}
MEMBER_ROW = {"name": "old", "clients": 2, "metrics": {}}


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (("sample",), 0, "sample: Input should be greater than 0"),
        (("sample",), 1.5, "sample: Input should be less than or equal to 1"),
        (("seeds",), [], "seeds: List should have at least 1 item after validation, not 0"),
        (("seeds", 1), 1, 'seeds: "1" is there 2 times'),
        (("scenarios", 0, "deadlines"), [], "scenarios.0.deadlines: List should have at least 1 item"),
        (("scenarios", 0, "horizon"), 0.0, "scenarios.0.horizon: Input should be greater than 0"),
        (("scenarios", 0, "end"), 59.0, "scenarios.0: end: expected no less than the horizon"),
        (("scenarios", 1, "name"), "storm", 'scenarios: "storm" is there 2 times'),
        (("weights", "calm"), GONE, "weights: expected one of each scenario, and no others"),
        (("rows", 1), GONE, 'rows: none of "hasty" in "storm"'),
        (("rows", 1, "client"), "steady", 'rows: "storm" "steady" is there 2 times'),
        (("rows", 1, "client"), "nobody", 'rows.1: "nobody" was not compared in "storm"'),
        (("rows", 0, "metrics", "goodputt"), {"value": 1.0}, 'rows.0.metrics: unknown metric "goodputt"'),
        (("clients", 0, "members"), [MEMBER, MEMBER], 'clients: members of "steady": "old" is there 2 times'),
        (("rows", 0, "members"), [MEMBER_ROW], 'rows.0.members: not those of "steady"'),
        (("standings", 0, "client"), "nobody", 'standings: no client "nobody"'),
        (("standings", 0, "probability_of_best"), 1.5, "standings.0.probability_of_best: Input should be less than"),
        (("pairs", 2, "worse"), "nobody", 'pairs.2: no client "nobody"'),
        (("gate", "client"), "nobody", 'gate: no client "nobody"'),
        (("objectives", 0, "client"), "nobody", 'objectives.0: "nobody" was not compared in "storm"'),
        (("objectives", 0, "objective"), "goodput", 'objectives.0: "goodput": '),
        (("objectives", 0, "metric"), "p95(ttft)", 'objectives.0: "goodput >= 80%" is not of "p95(ttft)"'),
        (("objectives", 0, "margin"), None, "objectives.0: judged, and has no value or no margin"),
        (("changes", 0, "rule"), "p95 10%", 'changes.0: "p95 10%": expected a metric'),
        (("changes", 0, "unit"), "s", 'changes.0: "p95 worse 10%" is not of "p95(latency)" in s'),
        (("changes", 0, "scenario"), "nowhere", 'changes.0: "steady" was not compared in "nowhere"'),
        (("layers", 0, "client"), "nobody", 'layers.0: no client "nobody"'),
        (("layers", 1, "scenario"), "nowhere", 'layers.1: no scenario "nowhere"'),
        (("waterfalls", 1, "client"), "nobody", 'waterfalls.1: no client "nobody"'),
        (("cells", 0, "seed"), 99, 'cells.0: "steady" was not played in "storm" under seed 99'),
        (("cells", 0, "metrics", "no"), 1.0, 'cells.0.metrics: unknown metric "no"'),
        (("verdict",), "\x1b[2J", "verdict: expected text without control characters"),
        (("notes",), ["fine", "\ud800"], "notes: expected text without control characters"),
        (("environment", "\x1b"), "x", "environment: expected text without control characters"),
        (("waterfalls", 0, "outcome"), "\x9b2J", "waterfalls.0.outcome: expected text without control characters"),
        (("cells", 0, "lateness"), 1e300, "cells.0.lateness: expected a number of at most 1e+18"),
        (("\x1b]0;x",), 1, "\\x1b]0;x: Extra inputs are not permitted"),
        (("schema_version",), "\x1b]0;x", "expected schema_version 3, got '\\x1b]0;x'"),
    ],
)
def test_what_does_not_hang_together(
    place: Place, value: object, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Says where, and what."""
    found = refusal(changed(place, value), tmp_path, monkeypatch)
    assert found.startswith(f"run.json: {message}")
    assert found.isprintable()


def test_a_run_of_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = {
        key: [] for key in ("standings", "rows", "pairs", "objectives", "changes", "layers", "waterfalls", "cells")
    }
    found = refusal(WHOLE | empty | {"gate": None}, tmp_path, monkeypatch)
    assert found == "run.json: standings: nobody was compared in anything"


def test_no_error_obeys_the_name_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(RunFileError, match=r"\\x1b\]0;x\.json: no such file") as caught:
        load(tmp_path / "\x1b]0;x.json")
    assert str(caught.value).isprintable()


def test_our_own_text_is_mended(tmp_path: Path) -> None:
    """A name of a folder, or what a scenario is about, must not make a file that cannot be read again."""
    made = run(command="brownout compare -c '\x1b]0;x\udc80.yaml'\nbrownout run", notes=["tab\tand\nline"])
    made.save(tmp_path / "run.json")
    read = load(tmp_path / "run.json")
    assert read.command == "brownout compare -c '\ufffd]0;x\ufffd.yaml'\nbrownout run"
    assert read == made.model_copy(update={"command": read.command})
    assert made.mended() == read
    assert read.mended() is read


def renamed(name: str) -> Callable[[PlayedScenario], PlayedScenario]:
    return lambda scenario: scenario.model_copy(update={"name": name})


def test_what_keeps_runs_apart_is_printable() -> None:
    """Whatever the runs hold."""
    one = run()
    for other in (
        one.model_copy(update={"environment": {"\x1b[2J": "\n::error::"}}),
        one.model_copy(update={"scenarios": [one.scenarios[0].model_copy(update={"about": "x"})]}),
        one.model_copy(update={"scenarios": [renamed("\x1b]0;x\x07")(one.scenarios[0])]}),
    ):
        with pytest.raises(ValueError, match=r".") as caught:
            join([one, other])
        assert str(caught.value).isprintable()
