"""Formats for machines say what those for people say, to the digit, and no name or figure breaks them."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brownout.harness import record_files
from brownout.harness.metrics import METRICS, metric
from brownout.harness.part import Estimate
from brownout.harness.results import Change, Row, RunFile, load
from brownout.harness.run import run as play
from brownout.reports import drawing, tidy, words
from brownout.reports.formats import CannotRender, Rendered, csv, formats, junit, named, names, openmetrics, parquet
from brownout.reports.report import Report
from brownout.reports.write import check, write

from ..harness import tiny
from .machine_readers import RAW, Case, Figure, Figures, from_csv, from_junit, from_openmetrics
from .read_back import READERS
from .runs import NEVER, run

Shown = dict[tuple[str, str, str], str]
"""By scenario ("" for all of them), client and metric: a figure as people read it."""
TITLES = {metric(name).title: name for name in METRICS}
PICTURES = {"svg", "png"}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> RunFile:
    """A run of the simulator: every metric there is, objectives met and missed and without a meaning."""
    folder = tmp_path_factory.mktemp("tiny")
    plan = tiny.plan(folder)
    tiny.objectives(folder, tiny.MISSED)
    return play(tiny.Plan(tiny.scenarios(folder), plan.clients, plan.seeds, gate="hasty", kind="objectives")).file


def from_tables(titles: Sequence[str], tables: Sequence[Sequence[Sequence[str]]], run: RunFile) -> Shown:
    """What the tables say of each metric: the overall ones, and of each scenario that with every metric, or if that is
    left out the short one."""
    by_title = dict(zip(titles, tables, strict=True))
    found: Shown = {}
    _, *standings = by_title["Standings"]
    for client, _, score, *_, goodput, _, wait in standings:
        found |= {("", client, "par2"): score, ("", client, "goodput"): goodput, ("", client, "rmst_share"): wait}
    for scenario in (each.name for each in run.scenarios):
        (_, *clients), *lines = by_title.get(f"{scenario}: every metric", [["", ""]])
        for title, *cells in lines:
            shown = zip(clients[:-1], cells, strict=False)
            found |= {(scenario, client, TITLES[title]): cell for client, cell in shown if cell != "–"}
        if not lines:
            found |= {(scenario, client, "goodput"): goodput for client, _, goodput, *_ in by_title[scenario][1:]}
    return found


def from_figures(found: Figures) -> Shown:
    """Raw figures in words: over all scenarios without bounds, as the tables have them in a column of their own."""
    return {
        place: words.of(place[2], each.value)
        if not place[0]
        else words.with_bounds(place[2], Estimate(value=each.value, low=each.low, high=each.high))
        for place, each in found.items()
        if place[2] not in tidy.ACROSS and (place[0] or place[2] != "cost_per_good_call")
    }


def from_cases(cases: Sequence[Case]) -> Shown:
    """What is said of how the clients fared."""
    return {
        (case.suite, line.partition(": ")[0], "goodput"): line.partition("goodput ")[2]
        for case in cases
        if case.name == "played"
        for line in case.said.splitlines()
    }


def shown(name: str, rendered: Rendered, run: RunFile) -> Shown:
    """Every figure of a metric in a format, in words."""
    if name in RAW:
        return from_figures(RAW[name](rendered))
    if name == "junit":
        return from_cases(from_junit(rendered))
    assert isinstance(rendered, str)
    read = READERS[name](rendered)
    return from_tables(read.titles, read.tables, run)


@pytest.mark.parametrize("name", sorted(set(names()) - PICTURES))
def test_all_formats_have_the_same_numbers(name: str, played: RunFile) -> None:
    """Every figure of every metric with its interval, in whatever format: as the document has it for all of them.
    The console and JUnit have some of them."""
    for each in (run(), played):
        report = Report(each)
        tables = report.document.tables
        whole = from_tables(
            [table.title for table in tables], [[table.columns, *table.rows] for table in tables], each
        )  # fmt: skip
        found = shown(name, named(name).render(report), each)
        assert len(found) >= len(each.rows)
        assert found.items() <= whole.items()
        assert found == whole or name in ("console", "junit")


@pytest.mark.parametrize("name", RAW)
def test_raw_figures_are_exact(name: str, played: RunFile) -> None:
    """To the last bit, infinite ones as well; and nothing is there that has no meaning."""
    truth = {
        (row.scenario, row.client, metric): Figure.of(each)
        for row in played.rows
        for metric, each in row.metrics.items()
    }
    truth |= {("", each.client, "par2"): Figure.of(each.score) for each in played.standings}
    found = RAW[name](named(name).render(Report(played)))
    assert {place: found[place] for place in truth} == truth
    assert {place for place in found if place[0] and place[2] in METRICS} == {place for place in truth if place[0]}
    assert any(each.value == NEVER for each in found.values())


def test_every_format_is_here_or_for_people() -> None:
    """A new one joins the tests of one page or the other by a reader of its own, and has a file of its own."""
    assert set(names()) == {*RAW, "junit", *PICTURES, *READERS}
    files = [module.FILE_NAME for module in formats().values()]
    assert len(set(files)) == len(files)
    assert all(module.__doc__ for module in formats().values())


def test_every_format_is_on_its_page() -> None:
    """With the file that it makes."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "reports.md").read_text(encoding="utf-8")
    lines = [line for line in page.splitlines() if line.startswith("| `")]
    for name, module in formats().items():
        [line] = [line for line in lines if f"`{name}`" in line.split("|")[1]]
        assert f"`{module.FILE_NAME}{'/' if name in PICTURES else ''}`" in line.split("|")[2]


def test_the_tidy_table_has_standings_and_rows() -> None:
    """The former have no scenario; ranks and differences stand among the metrics."""
    text = named("csv").render(Report(run()))
    assert isinstance(text, str)
    lines = text.split("\r\n")
    assert lines[:3] == [
        "scenario,client,metric,unit,value,low,high", ",steady,rank,number,1,,", ",steady,par2,share,0.114,0.09,0.13"
    ]  # fmt: skip
    assert "storm,steady,p99(latency),seconds,inf,," in lines
    assert "storm,hasty,rank,number,2,," in lines
    assert ",hasty,par2_behind,share,0.148,-0.001,0.3" in lines
    assert lines[-1] == ""


def test_json_is_a_run_file(played: RunFile, tmp_path: Path) -> None:
    """It can stand for `run.json`, as a report's origin and as a baseline, and has only lost what is drawn."""
    written = write(Report(played), tmp_path, ["json"])
    small = load(tmp_path / "report.json")
    assert small == played.slim()
    assert small.cells == played.cells
    assert written[1].stat().st_size < written[0].stat().st_size
    assert Report(small).document.verdict == Report(played).document.verdict


def test_openmetrics_as_it_is_read() -> None:
    """Units and quantiles as Prometheus wants them; bounds in a family of their own; what was judged and run."""
    text = named("openmetrics").render(Report(run()))
    assert isinstance(text, str)
    lines = text.splitlines()
    assert "# UNIT brownout_latency_seconds seconds" in lines
    for line in (
        'brownout_latency_seconds{scenario="storm",client="steady",quantile="0.99"} +Inf',
        'brownout_goodput_ratio{scenario="storm",client="hasty"} 0.612',
        'brownout_goodput_bound_ratio{scenario="storm",client="hasty",bound="high"} 0.632',
        'brownout_cost_per_good_call_dollars{scenario="storm",client="steady"} 0.0123',
        'brownout_overall_par2_ratio{client="steady"} 0.114',
        'brownout_objective_met{scenario="storm",client="steady",objective="p99(latency) <= 60s"} 0.0',
        'brownout_gate_held{client="hasty"} 0.0',
        'brownout_environment_info{name="python",version="3.11.7"} 1.0',
    ):
        assert line in lines
    assert not any("p95(ttft)" in line for line in lines)  # it has no meaning
    assert lines[-1] == "# EOF"


def test_junit_cases_are_what_was_asked() -> None:
    """Each objective and client, each scenario, the gate; a miss says limit, value and margin, a skip says why."""
    found = from_junit(named("junit").render(Report(run())))
    assert [(case.suite, case.group, case.name, case.result) for case in found] == [
        ("storm", "storm.scenario", "played", "passed"),
        ("storm", "storm.steady", "steady: goodput >= 80%", "passed"),
        ("storm", "storm.hasty", "hasty: goodput >= 60%", "passed"),
        ("storm", "storm.steady", "steady: p99(latency) <= 60s", "failure"),
        ("storm", "storm.steady", "steady: p95(ttft) <= 2s", "skipped"),
        ("storm", "storm.hasty", "hasty: cost_per_good_call <= $0.05", "failure"),
        ("calm", "calm.scenario", "played", "passed"),
        ("gate", "gate.hasty", "hasty: no other client is surely better", "failure"),
    ]
    said = {case.name: case.said for case in found}
    assert said["steady: p99(latency) <= 60s"] == "p99(latency) never, asked <= 60s; margin none"
    assert (
        said["hasty: cost_per_good_call <= $0.05"]
        == "cost_per_good_call $0.0625, asked <= $0.05; margin -$0.0125"
    )  # fmt: skip
    assert said["steady: p95(ttft) <= 2s"] == "no call streams"
    assert said["hasty: no other client is surely better"] == "steady is surely better"


def change(outcome: Literal["held", "worse", "unsure"], why: str) -> Change:
    before, now = Estimate(value=0.9), Estimate(value=0.8)
    return Change(
        scenario="calm", client="steady", rule=f"goodput worse {len(outcome)} points", metric="goodput",
        baseline=before, now=now, change=0.1, unit="points", low=None, high=None, p_holm=0.01, smallest=None,
        runs_needed=None, outcome=outcome, why=why, reason="blind" if why == "blind" else "allowed",
    )  # fmt: skip


def test_changes_are_cases_too() -> None:
    """Of their scenario. What is not sure counts neither for nor against, and says so."""
    changes = [change("worse", "10.0 points worse"), change("unsure", "may be chance"), change("held", "as it was")]
    blind = from_junit(junit.render(Report(run(changes=[change("held", "blind")]))))
    assert [case.result for case in blind if case.said == "blind"] == ["skipped"]
    report = Report(run(changes=changes))
    cases = from_junit(junit.render(report))
    calm = [case for case in cases if case.suite == "calm" and case.name != "played"]
    assert calm == [
        Case(
            "calm",
            "calm.steady",
            "steady: goodput worse 5 points (since the baseline)",
            "failure",
            "goodput went from 90.0% to 80.0%: 10.0 points worse",
        ),
        Case("calm", "calm.steady", "steady: goodput worse 6 points (since the baseline)", "skipped", "may be chance"),
        Case("calm", "calm.steady", "steady: goodput worse 4 points (since the baseline)", "passed", "as it was"),
    ]
    lines = str(openmetrics.render(report)).splitlines()
    labels = 'scenario="calm",client="steady",rule="goodput worse 5 points"'
    assert [
        f'brownout_change{{{labels},brownout_change="{state}"}} {value}'
        for state, value in (("held", "0.0"), ("worse", "1.0"), ("unsure", "0.0"))
    ] == [line for line in lines if f"brownout_change{{{labels}" in line]
    assert len(from_openmetrics("\n".join(lines) + "\n")) == len(from_openmetrics(openmetrics.render(Report(run()))))


SCHEMA: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": (set(), {"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors"},
        {"time", "skipped", "timestamp", "hostname", "id", "package"},
        {"properties", "testcase", "system-out", "system-err"},
    ),
    "properties": (set(), set(), {"property"}),
    "property": ({"name", "value"}, set(), set()),
    "testcase": ({"name"}, {"classname", "time"}, {"skipped", "error", "failure", "system-out", "system-err"}),
    "skipped": (set(), {"type", "message"}, set()),
    "failure": (set(), {"type", "message"}, set()),
    "system-out": (set(), set(), set()),
}
"""What Jenkins's xunit plugin checks by (its junit-10): attributes that must and that may be there, and children."""


def check_schema(element: ET.Element) -> None:
    must, may, children = SCHEMA[element.tag]
    assert must <= element.attrib.keys() <= must | may
    assert {child.tag for child in element} <= children
    if element.tag in ("testsuite", "testsuites"):
        cases = list(element.iter("testcase"))
        counted = {"failures": "failure", "errors": "error", "skipped": "skipped"}
        for attribute in counted.keys() & element.attrib.keys():
            assert element.get(attribute) == str(sum(case.find(counted[attribute]) is not None for case in cases))
        assert element.get("tests") == str(len(cases))
    for child in element:
        check_schema(child)


def test_junit_keeps_to_the_schema(played: RunFile) -> None:
    """Attributes, children, and counts that are right."""
    judged = run(changes=[change("worse", "more"), change("unsure", "perhaps"), change("held", "as it was")])
    for each in (run(), played, run(objectives=[], gate=None), judged):
        text = junit.render(Report(each))
        check_schema(ET.fromstring(text))
    [suite, *_] = ET.fromstring(junit.render(Report(run())))
    assert suite.get("timestamp") == "2026-01-02T03:04:05"
    properties = {each.get("name"): each.get("value") for each in suite.iter("property")}
    assert properties.items() >= {"seeds": "1 to 7", "backend": "sim", "command": run().command}.items()


NAMES = st.text(min_size=1, max_size=12) | st.text("=+-@'\"\\,;\n\r\t\x00\x1b\ufffe]]>&<%{}", min_size=1, max_size=8)
FIGURES = st.floats(allow_nan=False)


@st.composite
def strange(draw: st.DrawFn) -> RunFile:
    """A run with any names and any figures."""
    scenario, one, other = draw(st.tuples(NAMES, NAMES, NAMES).filter(lambda found: len(set(found)) == 3))
    renamed = {"storm": scenario, "steady": one, "hasty": other}

    def named_anew(part: Any, **more: Any) -> Any:
        names = {
            key: renamed[value]
            for key in ("scenario", "client", "name")
            if (value := getattr(part, key, "")) in renamed
        }
        return part.model_copy(update=names | more)

    def row(found: Row) -> Row:
        metrics = {name: Estimate(value=draw(FIGURES), low=draw(FIGURES), high=draw(FIGURES)) for name in found.metrics}
        return named_anew(found, metrics=metrics)

    plain = run()
    return plain.model_copy(
        update={
            "scenarios": [named_anew(each) for each in plain.scenarios],
            "clients": [named_anew(each) for each in plain.clients],
            "objectives": [named_anew(each, why=draw(NAMES)) for each in plain.objectives],
            "standings": [named_anew(each) for each in plain.standings],
            "rows": [row(each) for each in plain.rows if each.scenario == "storm"],
            "gate": named_anew(plain.gate, why=draw(NAMES)),
            "command": draw(NAMES),
            "environment": {draw(NAMES): draw(NAMES)},
        }
    )  # fmt: skip


@pytest.mark.parametrize("name", RAW)
@settings(deadline=None, max_examples=40)
@given(found=strange())
def test_any_name_and_figure_is_read_back(name: str, found: RunFile) -> None:
    """As it was, infinite ones included."""
    read = RAW[name](named(name).render(Report(found)))
    for row in found.rows:
        for metric_name, each in row.metrics.items():
            assert read[row.scenario, row.client, metric_name] == Figure.of(each)


@settings(deadline=None, max_examples=40)
@given(found=strange())
def test_any_name_is_a_case(found: RunFile) -> None:
    """In a document that keeps to the schema; what XML cannot say is told as pytest tells it."""
    text = junit.render(Report(found))
    check_schema(ET.fromstring(text))
    cases = from_junit(text)
    assert {case.suite for case in cases} >= {junit._clean(each.name) for each in found.scenarios}
    for each in found.objectives:
        group = junit._clean(f"{each.scenario}.{each.client}")
        assert any(case.group == group and case.name.endswith(f": {each.objective}") for case in cases)


@given(NAMES)
def test_no_cell_is_a_formula(name: str) -> None:
    """Whatever somebody is called; and the name can be had back."""
    cell = csv.plain(name)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert cell.removeprefix("'") == name


def test_numbers_stay_numbers() -> None:
    """A difference below zero begins with a minus, and nobody has put anything in front."""
    assert from_csv(csv.render(Report(run())))["", "hasty", "par2_behind"].low == -0.001


def test_what_is_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that brings it, before anything is rendered."""

    def nothing(name: str) -> None:
        return None

    monkeypatch.setattr(record_files, "find_spec", nothing)
    monkeypatch.setattr(drawing, "find_spec", nothing)
    check(["csv", "html", "junit"])
    for name, extra in (("parquet", "parquet"), ("svg", "report"), ("png", "report")):
        for attempt in (lambda name=name: check([name]), lambda name=name: named(name).render(Report(run()))):
            with pytest.raises(CannotRender, match=rf"pip install 'brownout\[{extra}\]'"):
                attempt()


def test_parquet_is_typed_and_says_what_was_run() -> None:
    """So that nobody guesses; only what may be missing may be null."""
    from io import BytesIO

    import pyarrow.parquet

    table = pyarrow.parquet.read_table(BytesIO(parquet.render(Report(run()))))
    assert [(each.name, str(each.type), each.nullable) for each in table.schema] == [
        ("scenario", "string", True), ("client", "string", False), ("metric", "string", False),
        ("unit", "string", False), ("value", "double", False), ("low", "double", True), ("high", "double", True),
    ]  # fmt: skip
    assert table.schema.metadata[b"brownout.command"].decode() == run().command
    assert table.num_rows == len(list(tidy.lines(run())))


@pytest.mark.parametrize(("name", "begins"), [("svg", b"<svg "), ("png", b"\x89PNG\r\n")])
def test_every_chart_is_a_file(name: str, begins: bytes, tmp_path: Path) -> None:
    """Of its name, in a folder."""
    report = Report(run())
    _, folder = write(report, tmp_path, [name])
    charts = [table.chart.name for table in report.document.tables if table.chart is not None]
    assert len(charts) > 5
    assert sorted(path.name for path in folder.iterdir()) == sorted(f"{chart}.{name}" for chart in charts)
    assert all(path.read_bytes().startswith(begins) for path in folder.iterdir())
    if name == "svg":
        assert all(ET.parse(path).getroot().tag.endswith("svg") for path in folder.iterdir())
