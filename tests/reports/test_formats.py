"""All formats say the same, and none lets a file's text become markup."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from brownout.harness import sources
from brownout.harness.plan import Plan
from brownout.harness.results import Gate
from brownout.harness.run import run as play
from brownout.reports import words
from brownout.reports.document import Document, document
from brownout.reports.formats import named
from brownout.reports.report import Report
from brownout.reports.write import write
from brownout.scenarios import clients, incidents

from ..harness import tiny
from .read_back import READERS, Read, from_html, from_markdown, page, rendered
from .runs import AGREEMENT, client, run
from .runs import scenario as incident

FORMATS = {name: named(name) for name in ("console", "html", "markdown")}
"""Those for people."""
each_format = pytest.mark.parametrize("name", FORMATS)

GOLDEN = (Path(__file__).parent / "golden.txt").read_text(encoding="utf-8")


def test_the_console_report_as_it_is() -> None:
    """To the letter, so that a change of it is seen."""
    assert FORMATS["console"].render(Report(run(), AGREEMENT)) == GOLDEN


@each_format
def test_a_format_is_documented_and_complete(name: str) -> None:
    """One module: a docstring, `render`, and the name of a file that no other format has."""
    module = FORMATS[name]
    assert module.__doc__
    assert module.FILE_NAME.startswith("report.")
    assert [each.FILE_NAME for each in FORMATS.values()].count(module.FILE_NAME) == 1
    assert module.render(Report(run())).endswith("\n")


def test_every_format_is_read_back_below() -> None:
    """A new format joins the tests of this page by a reader of its own."""
    assert READERS.keys() == FORMATS.keys()


def told(page: Document, *, with_details: bool = True) -> Read:
    """The document itself, as a reader of it would see it."""
    shown = [table for table in page.tables if with_details or not table.is_detail]
    tables = [[list(table.columns), *(list(row) for row in table.rows)] for table in shown]
    return Read(page.verdict, [table.title for table in shown], tables, list(page.notes))


def said(page: Document, name: str) -> Read:
    """What a format of it has to say: on the console no details."""
    return told(page, with_details=name != "console")


@each_format
def test_all_formats_show_the_same(name: str) -> None:
    """Verdict, every cell of every table, every note: cell by cell, and so every number."""
    report = Report(run(), AGREEMENT)
    read = READERS[name](FORMATS[name].render(report))
    assert read == said(report.document, name)
    assert len(read.numbers()) > 100


@each_format
def test_all_formats_show_the_same_of_a_real_run(name: str, tmp_path: Path) -> None:
    """The same for a run that was played, with objectives, a gate and an ablation."""
    tiny.objectives(tmp_path, tiny.MISSED)
    plan = tiny.plan(tmp_path)
    tiny.objectives(tmp_path, tiny.MISSED)
    found = play(replace(plan, scenarios=tiny.scenarios(tmp_path), gate="hasty", ablate="patient")).file
    report = Report(found)
    assert READERS[name](FORMATS[name].render(report)).numbers() == said(report.document, name).numbers()
    assert report.document.verdict.endswith(found.verdict)


@each_format
def test_a_report_of_the_least_there_can_be(name: str) -> None:
    """One client, one scenario without faults, one seed, no notes, no command."""
    small = run()
    least = small.model_copy(
        update={
            "seeds": [7],
            "scenarios": small.scenarios[1:],
            "clients": small.clients[:1],
            "standings": small.standings[:1],
            "rows": [row for row in small.rows if (row.scenario, row.client) == ("calm", "steady")],
            "gate": None,
            "objectives": [],
            "pairs": [],
            "layers": [],
            "waterfalls": [],
            "notes": [],
            "command": "",
        }
    )
    page = document(least)
    assert page.facts["seeds"] == "7"
    assert [table.title for table in page.tables] == [
        "calm", "calm: through time", "calm: how long calls took", "calm: load, waste and recovery",
        "calm: every metric",
    ]  # fmt: skip
    assert READERS[name](FORMATS[name].render(Report(least))) == said(page, name)


@each_format
def test_the_verdict_comes_first(name: str) -> None:
    """Before any table, and of a gate before all else."""
    page = document(run())
    text = FORMATS[name].render(Report(run())).replace("\n", " ")
    assert page.verdict.startswith("GATE MISSED for hasty: steady is surely better. steady holds best over 2 scenarios")
    start = text.index("GATE MISSED")
    assert all(
        text.find(table.title, start) > start for table in page.tables if name != "console" or not table.is_detail
    )
    assert start == 0 or name != "console"
    assert document(run(kind="objectives", gate=None)).title == "Brownout: do the objectives hold"


def test_details_are_folded_where_that_can_be_done() -> None:
    """Every metric, faults and pairs, and the figures of charts: behind a summary, and on the terminal not at all."""
    page = document(run())
    details = [table for table in page.tables if table.is_detail]
    assert [table.title for table in details if not table.chart] == [
        "The clients", "storm: every metric", "storm: faults planned and fired", "calm: every metric",
        "Every two clients",
    ]  # fmt: skip
    assert [table.title for table in details if table.chart] == [
        "storm: through time", "storm: how long calls took", "storm: load, waste and recovery",
        "storm: one call, request by request",
        "calm: through time", "calm: how long calls took", "calm: load, waste and recovery",
    ]  # fmt: skip
    html, markdown = (FORMATS[name].render(Report(run())) for name in ("html", "markdown"))
    folded = re.findall(r"<details><summary>(.*?)</summary>", html)
    assert [each for each in folded if each != "These numbers again"] == [
        "The figures" if table.chart else table.title for table in details
    ]
    assert re.findall(r"<details><summary>(.*?)</summary>", markdown) == [table.title for table in details]
    for text in (html, markdown):
        assert text.count("</details>") == text.count("<details>")
    console = FORMATS["console"].render(Report(run()))
    assert not any(f"{table.title}\n" in console for table in details)


def test_what_was_missed_stands_first() -> None:
    """Then what was met, then what has no meaning; nothing is met surely by accident."""
    [table] = [table for table in document(run(kind="objectives")).tables if table.title == "Every objective"]
    assert [row[3] for row in table.rows] == ["MISSED", "MISSED, not sure", "met", "met, not sure", "no meaning"]
    assert [row[6] for row in table.rows] == ["none", "-$0.0125", "3.4 points", "1.2 points", "–"]


def test_no_line_of_the_console_is_absurdly_wide(tmp_path: Path) -> None:
    """With the names that are shipped, and storms in which calls fail in many ways."""
    given = [sources.scenario(name) for name in incidents()], [sources.client(name) for name in clients()]
    plan = Plan(*given, seeds=(1, 2), sample=0.05, gate=given[1][0].value.name, ablate=given[1][-1].value.name)
    text = FORMATS["console"].render(Report(play(plan).file))
    assert max(map(len, text.splitlines())) <= 150


def test_written_files_are_those_asked_for(tmp_path: Path) -> None:
    """The truth first, then each format under its own name; the folder is made."""
    folder = tmp_path / "new" / "out"
    written = write(Report(run(), AGREEMENT), folder, FORMATS)
    assert [path.name for path in written] == ["run.json", *(module.FILE_NAME for module in FORMATS.values())]
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in written)
    for path, name in zip(written[1:], FORMATS, strict=True):
        assert path.read_text(encoding="utf-8") == FORMATS[name].render(Report(run(), AGREEMENT))


HOSTILE = [
    "<script>alert(1)</script>",
    "</style></title></main><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)" x=\'',
    "&lt;b&gt; &amp; &#60;i&#62;",
    "a | b || c |",
    "| --- | --- |",
    "`code` ``more`` ```",
    "```\nfence\n```",
    "~~~",
    "# a heading",
    "Setext\n===",
    "- a list",
    "+ a list",
    "12. a list",
    "3) a list",
    "> a quote",
    "---",
    "***",
    "**bold** __bold__ *it* _it_ ~~gone~~",
    "[text](https://example.com) ![image](https://example.com/a.png) <https://example.com>",
    "[1]: https://example.com",
    "back\\slash \\| \\` \\",
    "one\n\n\ntwo\r\nthree",
    "    four blanks",
    "<!-- a comment",
    "<details><summary>",
]


def hostile(text: str) -> Report:
    """A report with such a text wherever one can come from a file, or from a `run.json` of somebody else."""
    plain = run()
    fault = {text: plain.rows[0].faults["phase 2: stall #2"]}
    renamed = {"storm": text, "hasty": text}
    return Report(
        plain.model_copy(
            update={
                "verdict": f"{text} answers all",
                "scenarios": [incident(text, text, text), incident("calm", f"about {text}")],
                "clients": [client(text, text)],
                "standings": [
                    each.model_copy(update={"client": renamed.get(each.client, each.client)})
                    for each in plain.standings
                ],
                "rows": [
                    row.model_copy(
                        update={
                            "scenario": renamed.get(row.scenario, row.scenario),
                            "client": renamed.get(row.client, row.client),
                            "faults": fault,
                            "outcomes": {text: 3},
                            "timeouts": {text: 2},
                        }
                    )
                    for row in plain.rows
                ],
                "gate": Gate(client=text, is_met=True, why=text, smallest_difference=None),
                "weights": {text: 2.0, "calm": 1.0},
                "objectives": [
                    each.model_copy(update={"scenario": text, "client": text, "why": text}) for each in plain.objectives
                ],
                "pairs": [each.model_copy(update={"better": text}) for each in plain.pairs],
                "layers": [
                    each.model_copy(
                        update={
                            "client": text,
                            "left_out": text if each.left_out == "hedge" else each.left_out,
                            "scenario": renamed.get(each.scenario, each.scenario),
                        }
                    )
                    for each in plain.layers
                ],
                "notes": [text],
                "environment": {"python": text},
                "command": f"brownout compare -s '{text}'",
            }
        )
    )


def flat(text: str) -> str:
    return " ".join(text.split())


def flattened(read: Read) -> Read:
    """With every run of blanks and line ends as one blank: how a browser shows it."""
    tables = [[[flat(cell) for cell in row] for row in table] for table in read.tables]
    return Read(flat(read.verdict), [*map(flat, read.titles)], tables, [*map(flat, read.notes)])


@pytest.mark.parametrize("text", HOSTILE)
def test_html_shows_hostile_text_as_text(text: str) -> None:
    """No tag or attribute comes of it, and it is read as it was written."""
    html = FORMATS["html"].render(hostile(text))
    harmless = FORMATS["html"].render(hostile("harmless"))
    assert [tag for tag, _ in page(html).tags] == [tag for tag, _ in page(harmless).tags]
    assert {frozenset(attributes) for _, attributes in page(html).tags} == {
        frozenset(attributes) for _, attributes in page(harmless).tags
    }
    assert flattened(from_html(html)) == flattened(told(hostile(text).document))


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_shows_hostile_text_as_text(text: str) -> None:
    """Rendered with HTML let through, the page has the same elements as with a harmless text, and the same words."""
    markdown, harmless = (FORMATS["markdown"].render(hostile(each)) for each in (text, "harmless"))
    assert [tag for tag, _ in page(rendered(markdown)).tags] == [tag for tag, _ in page(rendered(harmless)).tags]
    assert flattened(from_markdown(markdown)) == flattened(told(hostile(text).document))


def test_the_page_needs_nothing_but_itself() -> None:
    """No event handler, nothing that a browser would fetch, no address at all; one script, which the page's own policy
    names by its hash, and beside it only data."""
    html = FORMATS["html"].render(Report(run(), AGREEMENT))
    tags = page(html).tags
    assert not {tag for tag, _ in tags} & {"link", "img", "iframe", "object", "embed", "base", "form", "image", "use"}
    names = {name for _, attributes in tags for name in attributes}
    assert not {name for name in names if name.startswith(("on", "src")) or name in ("style", "xlink:href", "action")}
    ids = {f"#{found['id']}" for _, found in tags if found.get("id")}
    assert {found["href"] for tag, found in tags if tag == "a"} <= ids
    scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    policies = [found["content"] for tag, found in tags if tag == "meta" and found.get("http-equiv")]
    [script], [policy] = scripts, policies
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'"
    data = re.findall(r'<script type="application/json" id="[a-z-]+">(.*?)</script>', html)
    assert len(data) + 1 == sum(tag == "script" for tag, _ in tags)
    assert all(json.loads(each) for each in data)
    assert not re.search(r"https?:|[^:]//\w|@import|javascript:|data:", html.replace(script, ""))
    assert html.startswith("<!doctype html>")
    assert "prefers-color-scheme: dark" in html


def test_a_scenario_and_a_client_of_one_name_keep_their_words() -> None:
    """Each table and fact has the about of its own file."""
    page = document(
        run(scenarios=[incident("storm", "An incident."), incident("calm", "")], clients=[client("storm", "A client.")])
    )
    [storm] = [table for table in page.tables if table.title == "storm"]
    assert storm.about == "An incident."
    assert page.facts["client storm"] == "A client."


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("goodput", 0.0, "0.0%"),
        ("goodput", 0.1234, "12.3%"),
        ("goodput", 0.9996, "100.0%"),
        ("par2", 1.374, "137.4%"),
        ("p95(latency)", float("inf"), "never"),
        ("p95(latency)", 0.04, "0.0 s"),
        ("time_to_recover", 12.34, "12.3 s"),
        ("rmst", 600.0, "600.0 s"),
        ("amplification", 1.5, "1.50"),
        ("cost_per_good_call", 0.0123, "$0.0123"),
        ("late_tokens", 12345.6, "12,345.6"),
    ],
)
def test_figures_as_people_read_them(name: str, value: float, text: str) -> None:
    """In their unit; infinite is `never`, and the bound of a share stays within what is possible."""
    assert words.of(name, value) == text


@pytest.mark.parametrize(
    ("kinds", "text"),
    [
        ({}, "–"),
        ({"gap": 1200}, "gap 1,200"),
        ({"a": 5, "b": 4, "c": 3, "d": 2}, "a 5, b 4, c 3, d 2"),
        ({"a": 5, "b": 4, "c": 3, "d": 2, "e": 1}, "a 5, b 4, c 3, 2 others 3"),
    ],
)
def test_counts_of_many_kinds(kinds: dict[str, int], text: str) -> None:
    """The most frequent by name, the rest as one sum, and never a rest of one."""
    assert words.counts(kinds) == text


def test_a_sample_is_told_as_it_was_given() -> None:
    """In percent, exactly; the whole is not worth a word."""
    assert document(run(sample=0.0125)).facts["sample"] == "1.25% of the clients"
    assert "sample" not in document(run(sample=1.0)).facts
