"""Charts: each is drawn, is of the page's own colours, and says in its table what it shows."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from brownout.harness.ending import ending
from brownout.harness.part import Estimate
from brownout.reports import drawing
from brownout.reports.charts import theme
from brownout.reports.charts.waterfall import _KINDS, kind_of
from brownout.reports.report import Report
from brownout.reports.table import Chart, Table

from .runs import AGREEMENT, run
from .tunings import tuned_run

TABLES = [table for table in Report(run(), AGREEMENT).document.tables if table.chart]
CHARTS = {table.chart.name: table.chart for table in TABLES if table.chart}
TUNED = {table.chart.name: table.chart for table in Report(tuned_run()).document.tables if table.chart}
EVERY = TUNED | CHARTS
each_chart = pytest.mark.parametrize("name", EVERY)


def test_there_is_a_chart_of_everything_that_has_one() -> None:
    """Standings and front; of every scenario its course, latencies, costs; of the storm one call."""
    assert list(CHARTS) == [
        "standings", "front",
        "storm-course", "storm-latency", "storm-costs", "storm-waterfall",
        "calm-course", "calm-latency", "calm-costs",
    ]  # fmt: skip
    assert len(TABLES) == len(CHARTS), "two charts have one name"
    assert list(TUNED) == ["tuned-timeouts-read", "tuned-front", *CHARTS]


@each_chart
def test_it_is_drawn(name: str) -> None:
    """As an image with words for it, in the page's ink, with nothing in it that acts or is fetched."""
    root = ET.fromstring(drawing.svg(EVERY[name]))
    assert root.attrib["role"] == "img"
    assert len(root.attrib["aria-label"]) > 30
    assert {element.tag for element in root.iter()} <= {
        "svg", "g", "path", "line", "text", "rect", "defs", "clipPath", "linearGradient", "stop", "tspan",
    }  # fmt: skip
    for element in root.iter():
        assert not {key for key in element.attrib if key.startswith("on") or "href" in key or key == "style"}
    assert any(element.attrib.get("fill") == "currentColor" for element in root.iter("text"))


@each_chart
def test_its_ids_are_its_own(name: str) -> None:
    """Several charts stand in one page."""
    text = drawing.svg(EVERY[name])
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert all(found.startswith(f"{name}-") for found in ids)
    assert set(re.findall(r"url\(#([^)]+)\)", text)) <= set(ids)


@each_chart
def test_as_a_file_it_needs_no_page(name: str) -> None:
    """White paper, dark ink, a namespace; and the same as pixels."""
    text = drawing.standalone(EVERY[name])
    assert ET.fromstring(text).tag == "{http://www.w3.org/2000/svg}svg"
    assert "currentColor" not in text
    assert drawing.png(EVERY[name], 1.0).startswith(b"\x89PNG\r\n")


def drawn_values(chart: Chart, field: str) -> set[Any]:
    """What the data of a specification has under a name, however deep."""

    def walk(part: Any) -> Any:
        if isinstance(part, dict):
            if field in part and not isinstance(part[field], dict | list):
                yield part[field]
            for each in part.values():
                yield from walk(each)
        elif isinstance(part, list):
            for each in part:
                yield from walk(each)

    return set(walk(chart.spec))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.chart.name)
def test_every_client_drawn_stands_in_its_table(table: Table) -> None:
    """Nobody who cannot see the chart misses one."""
    assert table.chart
    clients = drawn_values(table.chart, "client")
    assert clients
    assert clients <= {cell for row in table.rows for cell in row}


def test_of_a_course_everything_is_drawn() -> None:
    """Every figure of every bin in its panel, the twin's as well, and each phase with faults shaded."""
    chart = CHARTS["storm-course"]
    goodput, attempts, in_flight, breakers = chart.spec["vconcat"]
    [shade] = [layer for layer in goodput["layer"] if layer["mark"]["type"] == "rect"]
    assert shade["data"]["values"] == [{"a": 10.0, "b": 40.0, "faults": "rate_limit 50%, stall 10%"}]
    ghost, lines = [layer["data"]["values"] for layer in goodput["layer"] if layer["mark"]["type"] == "line"]
    assert [(each["t"], each["v"]) for each in lines if each["client"] == "steady"] == [
        (5.0, 1.0), (15.0, 0.834), (25.0, 0.834), (35.0, 0.834), (45.0, 1.0), (55.0, 1.0),
        (65.0, None), (75.0, None), (85.0, None),
    ]  # fmt: skip
    assert {each["v"] for each in ghost} == {1.0, None}
    for panel, last in ((attempts, 0.0), (in_flight, 0.0), (breakers, 0.0)):
        values = panel["layer"][-1]["data"]["values"]
        assert [each["v"] for each in values if each["client"] == "absent"][-1] == last
    assert {each["client"] for each in breakers["layer"][-1]["data"]["values"]} == {"absent"}


def test_a_calm_has_no_shades_and_no_ghost() -> None:
    """There is no phase with faults, and so no twin."""
    goodput = CHARTS["calm-course"].spec["vconcat"][0]
    assert not any(layer["mark"]["type"] == "rect" for layer in goodput["layer"])
    assert sum(len(layer["data"]["values"]) for layer in goodput["layer"] if layer["mark"].get("strokeDash")) == 0


def test_curves_of_latency_end_where_answers_do() -> None:
    """At the share that was answered, and level from there; the limits that a client sets are marked."""
    deadline, curves, marks = (layer["data"]["values"] for layer in CHARTS["storm-latency"].spec["layer"])
    assert deadline == [{"d": 30.0}]
    steady = [each for each in curves if each["client"] == "steady"]
    assert steady[-1]["v"] == steady[-2]["v"] == 60 / 200
    assert {(each["client"], each["limit"]) for each in marks} == {
        ("steady", "read timeout"), ("steady", "deadline"), ("hasty", "read timeout"),
    }  # fmt: skip


def test_what_never_happens_is_said_and_not_drawn() -> None:
    """An infinite figure is no place on an axis: a word stands there, for that client alone."""
    never = run()
    rows = [
        row.model_copy(update={"metrics": row.metrics | {"time_to_recover": Estimate(value=float("inf"))}})
        if row.client == "hasty" else row
        for row in never.rows
    ]  # fmt: skip
    tables = Report(never.model_copy(update={"rows": rows})).document.tables
    [chart] = [table.chart for table in tables if table.chart and table.chart.name == "storm-costs"]
    recovery = chart.spec["hconcat"][-1]
    assert {each["client"]: each["value"] for each in recovery["data"]["values"]} == {"steady": 12.5, "hasty": None}
    assert drawing.svg(chart).count(">never<") == 1
    assert ">never<" not in drawing.svg(CHARTS["storm-costs"])
    assert "absent" not in {each["client"] for each in CHARTS["front"].spec["data"]["values"]}


CROWD = [f"client-{i}" for i in range(12)]


def crowd() -> Report:
    """A dozen clients, the first of them the best."""
    plain = run()
    row, standing = plain.rows[0], plain.standings[0]
    return Report(
        plain.model_copy(
            update={
                "clients": [plain.clients[0].model_copy(update={"name": name}) for name in CROWD],
                "rows": [
                    row.model_copy(update={"client": name, "scenario": scenario.name})
                    for scenario in plain.scenarios for name in CROWD
                ],
                "standings": [standing.model_copy(update={"client": name}) for name in CROWD],
                "waterfalls": [plain.waterfalls[0].model_copy(update={"client": name}) for name in CROWD],
                "objectives": [], "pairs": [], "layers": [], "gate": None,
            }
        )
    )  # fmt: skip


def test_of_a_crowd_the_best_eight_are_drawn() -> None:
    """Each has a colour of its own, and the chart says that there are more; the table has all of them."""
    document = crowd().document
    assert list(document.colours) == CROWD[:8]
    assert len(set(document.colours.values())) == 8
    for table in document.tables:
        if table.chart and table.chart.name.startswith("storm-"):
            assert drawn_values(table.chart, "client") == set(CROWD[:8])
            assert "The best 8 of 12 clients are shown." in table.chart.says
            assert set(CROWD) <= {cell for row in table.rows for cell in row}


EVIL = [
    "\x00\x1b[2J\x0b",
    'a role="',
    '" id="x" onload="alert(1)',
    "currentColor",
    "url(#clip0)",
    "<b>&amp;",
    "n" * 10_000,
    "\ud800 alone",
    "日本語 עברית 🌊",
]


@pytest.mark.parametrize("name", EVIL, ids=lambda name: ascii(name[:20]))
def test_names_of_strangers_are_drawn_as_text(name: str) -> None:
    """Whatever looks like markup, cannot be said in XML, or has no end: the picture is whole, as it would be."""
    plain = run()
    renamed = {"steady": name}
    rows = [row.model_copy(update={"client": renamed.get(row.client, row.client)}) for row in plain.rows]
    standings = [each.model_copy(update={"client": renamed.get(each.client, each.client)}) for each in plain.standings]
    calls = [each.model_copy(update={"client": renamed.get(each.client, each.client)}) for each in plain.waterfalls]
    clients = [each.model_copy(update={"name": renamed.get(each.name, each.name)}) for each in plain.clients]
    changed = plain.model_copy(update={"rows": rows, "standings": standings, "waterfalls": calls, "clients": clients})
    charts = {table.chart.name: table.chart for table in Report(changed).document.tables if table.chart}
    assert charts.keys() == CHARTS.keys()
    for which, chart in charts.items():
        found, usual = ET.fromstring(drawing.svg(chart)), ET.fromstring(drawing.svg(CHARTS[which]))
        assert [element.tag for element in found.iter("path")] == [element.tag for element in usual.iter("path")]
        assert {key for each in found.iter() for key in each.attrib} == {
            key for each in usual.iter() for key in each.attrib
        }
        assert drawing.png(chart, 0.5).startswith(b"\x89PNG")


PHASES = ("connect", "write", "pool", "read", "")
OUTCOMES = ("ok", "status", "timeout", "stream_timeout", "gap", "cancelled", "connection", "stream_broken",
            "stream_error", "truncated", "raised", "unanswered")  # fmt: skip


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("phase", PHASES)
def test_every_ending_has_a_colour(outcome: str, phase: str) -> None:
    """And what a client's own limit ended is never taken for the service's doing."""
    kind = kind_of(ending(outcome, phase, 429))
    assert kind in _KINDS
    assert (kind == "limit of the client") is (outcome in ("timeout", "stream_timeout", "gap"))


def contrast(colour: str, paper: str) -> float:
    """As WCAG 2 has it."""

    def luminance(text: str) -> float:
        parts = [int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(colour), luminance(paper)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colour", [*theme._PALETTE, *_KINDS.values()])
def test_colours_hold_on_both_papers(colour: str) -> None:
    """3 to 1, which WCAG asks of what is drawn."""
    assert contrast(colour, "#ffffff") >= 3.0
    assert contrast(colour, "#16181d") >= 3.0


def test_without_the_library_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every table is there, no chart is, and how to get them is."""
    from brownout.reports.formats import html

    monkeypatch.setattr(drawing, "can_draw", lambda: False)
    text = html.render(Report(run()))
    assert "<svg" not in text
    assert "pip install" in text
    assert text.count("<table") == len(Report(run()).document.tables)
