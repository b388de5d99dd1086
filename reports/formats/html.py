"""One self-contained page for people: no network, light and dark, whole without scripts and without styles."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path

from .. import drawing
from ..document import Document, Section
from ..report import Shown
from ..table import Chart, Table

FILE_NAME = "report.html"

_SHORT = 24
"""Characters below which a cell, or the name of a row, is kept on one line."""
_LONG = 60
"""Characters of a word of a head from which on it is broken; and half of those of a whole head."""
_ENDLESS = 400
"""Characters that no honest name has."""
_STATIC = Path(__file__).parent.parent / "static"


def render(report: Shown) -> str:
    """The whole page. Everything that comes from a file is escaped; only our own script may run, and nothing is
    fetched: the page says so to the browser itself."""
    document = report.document
    return "\n".join(
        (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8">{_policy()}',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>{escape(document.title)}</title><style>\n{_static('report.css')}</style></head><body>",
            '<a class="skip" href="#main">Skip to the results</a>',
            f"<header><h1>{escape(document.title)}</h1>",
            f'<p class="verdict">{escape(document.verdict)}</p>',
            f'<p class="brief">{escape(_brief(document))}</p>{_contents(document)}</header>',
            '<section class="tools" id="tools" aria-label="What is shown" hidden></section>',
            f'<main id="main">{_missing(document)}{"".join(map(_section, document.sections))}{_end(document)}</main>',
            _data("clients", dict(document.colours)),
            f"<script>{_static('report.js')}</script></body></html>\n",
        )
    )


@cache
def _static(name: str) -> str:
    return (_STATIC / name).read_text(encoding="utf-8")


@cache
def _policy() -> str:
    digest = b64encode(sha256(_static("report.js").encode()).digest()).decode()
    allowed = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'"
    return f'<meta http-equiv="Content-Security-Policy" content="{allowed}">'


def _data(name: str, value: object) -> str:
    """For the script. A text cannot end the element, as it has no `<` in it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}">{text}</script>'


def _brief(document: Document) -> str:
    shown = ("backend", "seeds", "sample", "made")
    return ", ".join(f"{name}: {document.facts[name]}" for name in shown if name in document.facts)


def _contents(document: Document) -> str:
    links = [(section.name, section.title) for section in document.sections] + [("made", "How this was made")]
    items = "".join(f'<li><a href="#{name}">{escape(title)}</a></li>' for name, title in links)
    return f'<nav aria-label="Contents"><ul>{items}</ul></nav>'


def _missing(document: Document) -> str:
    if drawing.can_draw() or not any(table.chart for table in document.tables):
        return ""
    return f'<p class="missing">This page has no charts: {escape(drawing.MISSING)}. The tables hold every figure.</p>'


def _section(section: Section) -> str:
    kind = ' class="incident"' if section.name.startswith("scenario-") else ""
    tables = "".join(_table(table, has_head=table.title != section.title) for table in section.tables)
    again = "".join(f"<pre>{escape(command)}</pre>" for command in section.again)
    folded = f"<details><summary>These numbers again</summary>{again}</details>" if again else ""
    return f'<section id="{section.name}"{kind}><h2>{_name(section.title)}</h2>{tables}{folded}</section>\n'


def _table(table: Table, *, has_head: bool) -> str:
    """A chart stands above its figures; a table that has the name of its section needs no head of its own."""
    head = f"<h3>{_name(table.title)}</h3>" if has_head else ""
    about = f'<p class="about">{escape(table.about)}</p>' if table.about else ""
    if not table.is_detail:
        return f"{head}{about}{_figure(table.chart)}{_rows(table)}"
    if table.chart is None:
        return f"<details><summary>{escape(table.title)}</summary>{about}{_rows(table)}</details>"
    figures = f"<details><summary>The figures</summary>{_rows(table)}</details>"
    return f"{head}{about}{_figure(table.chart)}{figures}"


def _figure(chart: Chart | None) -> str:
    if chart is None or not drawing.can_draw():
        return ""
    hover = f' data-hover="hover-{chart.name}"' if chart.hover else ""
    data = _data(f"hover-{chart.name}", dict(chart.hover)) if chart.hover else ""
    kind = "" if chart.is_by_client else ' class="of-kinds"'
    return f"<figure{kind}{hover}>{drawing.svg(chart)}</figure>{data}"


def _rows(table: Table) -> str:
    head = "".join(f'<th scope="col"{_long(column)}>{_name(column)}</th>' for column in table.columns)
    client = table.columns.index("client") if "client" in table.columns else None
    body = "".join(_row(table, i, client) for i in range(len(table.rows)))
    return (
        f'<div class="scroll"><table border="1" cellpadding="4"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _row(table: Table, place: int, client: int | None) -> str:
    row = table.rows[place]
    kinds = ' class="best"' if row[0] in table.best else ""
    whose = f' data-client="{escape(row[client])}"' if client is not None else ""
    shades: Iterable[float | None] = table.shades[place] if table.shades else (None,) * (len(row) - 1)
    cells = "".join(
        f"<td{_classes(cell, shade)}>{_name(cell)}</td>" for cell, shade in zip(row[1:], shades, strict=True)
    )
    long = "" if len(row[0]) < _SHORT else ' class="long"'
    return f'<tr{kinds}{whose}><th scope="row"{long}>{_name(row[0])}</th>{cells}</tr>'


def _name(text: str) -> str:
    """What may be somebody's name; of one without end a few lines are shown."""
    return escape(text) if len(text) <= _ENDLESS else f'<span class="clip">{escape(text)}</span>'


def _long(name: str) -> str:
    return ' class="long"' if max(map(len, name.split()), default=0) > _LONG or len(name) > 2 * _LONG else ""


def _classes(cell: str, shade: float | None) -> str:
    kinds = ["short"] if len(cell) < _SHORT else []
    if "MISSED" in cell:
        kinds.append("missed")
    if shade is not None:
        kinds.append(f"q{sum(shade >= bound for bound in (0.5, 0.75, 0.9, 0.99))}")
    return f' class="{" ".join(kinds)}"' if kinds else ""


def _end(document: Document) -> str:
    """Notes, the command, and what it was made with."""

    def parts() -> Iterator[str]:
        yield '<section id="made"><h2>How this was made</h2>'
        if document.notes:
            yield f"<h3>Notes</h3><ul>{''.join(f'<li>{escape(note)}</li>' for note in document.notes)}</ul>"
        if document.command:
            yield f"<h3>Again</h3><pre>{escape(document.command)}</pre>"
        facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(fact)}</dd>" for name, fact in document.facts.items())
        yield f"<h3>Made with</h3><dl>{facts}</dl></section>"

    return "".join(parts())
