"""All formats say the same, and none lets a file's text become markup."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from brownout.harness.compare import compare

from brownout.harness.results import Estimate
from brownout.reports.document import Document, document, percent_of, seconds
from brownout.reports.formats import formats
from brownout.reports.write import write

from ..harness import tiny
from .read_back import READERS, Read, from_html, from_markdown, page, rendered
from .runs import AGREEMENT, run, subject

FORMATS = formats()
each_format = pytest.mark.parametrize("name", FORMATS)

GOLDEN = """\
steady answers 91.2% of calls in time over 2 scenarios (3 seeds), 11.1 points more than hasty (95% interval
9.5 to 12.7).

Standings
  client  goodput  95% interval    behind the first  95% interval of that
* steady  91.2%    89.0% to 93.0%
  hasty   80.1%    78.0% to 82.0%  11.1 points       9.5 to 12.7
  absent  0.0%     needs 3 seeds   91.2 points       needs 3 seeds

storm
  client  goodput  95% interval    p50    p95     p99    attempts per call  timeouts        failed calls
* steady  83.4%    81.4% to 85.4%  3.1 s  17.2 s  never  1.42               gap 61, read 7  gap 60, censored 39
  hasty   61.2%    59.2% to 63.2%  2.7 s  never   never  1.10               –               status 429 233
  absent  0.0%     0.0% to 2.0%    never  never   never  0.00               –               breaker_open 600

storm: faults planned and fired
  fault                   steady     hasty      absent
  phase 2: rate_limit #1  210 / 208  180 / 180  4 / 4
  phase 2: stall #2       33 / 30    28 / 27    0 / 0

calm
  client  goodput  95% interval     p50    p95    p99    attempts per call  timeouts  failed calls
* steady  99.0%    97.0% to 100.0%  2.5 s  4.8 s  6.0 s  1.00               –         –
* hasty   99.0%    97.0% to 100.0%  2.2 s  4.5 s  5.5 s  1.00               –         –
  absent  0.0%     0.0% to 2.0%     never  never  never  0.00               –         breaker_open 600

The simulator and the real SDK
  scenario, client  goodput, sim  goodput, wire  p50, sim  p50, wire  attempts, sim  attempts, wire
  storm, steady     83.4%         80.0%          3.1 s     3.3 s      852            870
  storm, hasty      61.2%         60.0%          2.7 s     never      660            655

Note: storm: the fault of phase 2: stall #2 never fired for absent
"""


def test_the_console_report_as_it_is() -> None:
    """To the letter, so that a change of it is seen."""
    assert FORMATS["console"].render(document(run(), AGREEMENT)) == GOLDEN


@each_format
def test_a_format_is_documented_and_complete(name: str) -> None:
    """One module: a docstring, `render`, and the name of a file that no other format has."""
    module = FORMATS[name]
    assert module.__doc__
    assert module.FILE_NAME.startswith("report.")
    assert [each.FILE_NAME for each in FORMATS.values()].count(module.FILE_NAME) == 1
    assert module.render(document(run())).endswith("\n")


def test_every_format_is_read_back_below() -> None:
    """A new format joins the tests of this page by a reader of its own."""
    assert READERS.keys() == FORMATS.keys()


def told(page: Document) -> Read:
    """The document itself, as a reader of it would see it."""
    tables = [[list(table.columns), *(list(row) for row in table.rows)] for table in page.tables]
    return Read(page.verdict, [table.title for table in page.tables], tables, list(page.notes))


@each_format
def test_all_formats_show_the_same(name: str) -> None:
    """Verdict, every cell of every table, every note: cell by cell, and so every number."""
    page = document(run(), AGREEMENT)
    read = READERS[name](FORMATS[name].render(page))
    assert read == told(page)
    assert len(read.numbers()) > 100


@each_format
def test_all_formats_show_the_same_of_a_real_run(name: str, tmp_path: Path) -> None:
    """The same for a comparison that was played."""
    page = document(compare(tiny.plan(tmp_path)))
    assert READERS[name](FORMATS[name].render(page)).numbers() == told(page).numbers()


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
            "notes": [],
            "command": "",
        }
    )
    page = document(least)
    assert page.facts["seeds"] == "7"
    assert READERS[name](FORMATS[name].render(page)) == told(page)


def test_written_files_are_those_asked_for(tmp_path: Path) -> None:
    """The truth first, then each format under its own name; the folder is made."""
    folder = tmp_path / "new" / "out"
    written = write(run(), folder, FORMATS, AGREEMENT)
    assert [path.name for path in written] == ["run.json", *(module.FILE_NAME for module in FORMATS.values())]
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in written)
    for path, name in zip(written[1:], FORMATS, strict=True):
        assert path.read_text(encoding="utf-8") == FORMATS[name].render(document(run(), AGREEMENT))


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


def hostile(text: str) -> Document:
    """A report with such a text wherever one can come from a file, or from a `run.json` of somebody else."""
    plain = run()
    fault = {text: plain.rows[0].faults["phase 2: stall #2"]}
    renamed = {"storm": text, "hasty": text}
    return document(
        plain.model_copy(
            update={
                "verdict": f"{text} answers all",
                "scenarios": [subject(text, text), subject("calm", f"about {text}")],
                "clients": [subject(text, text)],
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
    assert flattened(from_html(html)) == flattened(told(hostile(text)))


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_shows_hostile_text_as_text(text: str) -> None:
    """Rendered with HTML let through, the page has the same elements as with a harmless text, and the same words."""
    markdown, harmless = (FORMATS["markdown"].render(hostile(each)) for each in (text, "harmless"))
    assert [tag for tag, _ in page(rendered(markdown)).tags] == [tag for tag, _ in page(rendered(harmless)).tags]
    assert flattened(from_markdown(markdown)) == flattened(told(hostile(text)))


def test_the_page_needs_nothing_but_itself() -> None:
    """No script, no event handler, nothing that a browser would fetch, no address at all."""
    html = FORMATS["html"].render(document(run(), AGREEMENT))
    tags = page(html).tags
    assert not {tag for tag, _ in tags} & {"script", "link", "img", "iframe", "object", "embed", "base", "form", "svg"}
    names = {name for _, attributes in tags for name in attributes}
    assert names <= {"lang", "charset", "name", "content", "class", "scope"}
    assert not re.search(r"https?:|//\w|url\(|@import|javascript:|data:", html)
    assert html.startswith("<!doctype html>")
    assert "prefers-color-scheme: dark" in html


def test_a_scenario_and_a_client_of_one_name_keep_their_words() -> None:
    """Each table and fact has the about of its own file."""
    page = document(
        run(scenarios=[subject("storm", "An incident."), subject("calm", "")], clients=[subject("storm", "A client.")])
    )
    [storm] = [table for table in page.tables if table.title == "storm"]
    assert storm.about == "An incident."
    assert page.facts["client storm"] == "A client."


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0.0%"), (0.1234, "12.3%"), (0.9996, "100.0%"), (1.0, "100.0%"), (1.03, "100.0%"), (-0.02, "0.0%")],
)
def test_shares_stay_within_what_is_possible(value: float, text: str) -> None:
    """The bound of an interval may lie beyond 100%; a reader need not wonder at it."""
    assert percent_of(value) == text


@pytest.mark.parametrize(("value", "text"), [(None, "never"), (0.04, "0.0 s"), (12.34, "12.3 s"), (600.0, "600.0 s")])
def test_seconds(value: float | None, text: str) -> None:
    """Infinite is `never`."""
    assert seconds(Estimate(value=value)) == text


def test_a_sample_is_told_as_it_was_given() -> None:
    """In percent, exactly; the whole is not worth a word."""
    assert document(run(sample=0.0125)).facts["sample"] == "1.25% of the clients"
    assert "sample" not in document(run(sample=1.0)).facts
