"""One self-contained page: no script, no network, light and dark."""

from __future__ import annotations

from html import escape

from ..document import Document
from ..table import Table

FILE_NAME = "report.html"

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --accent: #b45309; }
@media (prefers-color-scheme: dark) { :root { --accent: #fbbf24; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 92rem; padding: 0 1rem; }
h1 { font-size: 1.1rem; font-weight: 600; opacity: .75; }
.verdict { border-left: .3rem solid var(--accent); font-size: 1.35rem; margin: 1rem 0 2rem; padding: .2rem 1rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .2rem; }
summary { cursor: pointer; margin: .8rem 0 .2rem; opacity: .8; }
p.about { margin: 0 0 .6rem; max-width: 50rem; opacity: .8; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .8rem .35rem 0; text-align: left; vertical-align: top; }
thead th { font-size: .8rem; opacity: .75; white-space: nowrap; }
tbody th { font-weight: 400; } tbody th, td.short { white-space: nowrap; }
tr.best { background: var(--soft); } tr.best th, tr.best td { font-weight: 600; }
pre { background: var(--soft); overflow-x: auto; padding: .8rem; }
dl { display: grid; font-size: .9rem; gap: .2rem 1rem; grid-template-columns: max-content 1fr; } dd { margin: 0; }
@media print { body { margin: 0; max-width: none; } }
"""

_SHORT = 20
"""Characters below which a cell is kept on one line."""


def render(document: Document) -> str:
    """The whole page. Everything that comes from a file is escaped."""
    notes = "".join(f"<li>{escape(note)}</li>" for note in document.notes)
    facts = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in document.facts.items())
    return "\n".join(
        (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(document.title)}</title><style>{_STYLE}</style></head><body><main>",
            f'<h1>{escape(document.title)}</h1><p class="verdict">{escape(document.verdict)}</p>',
            *map(_table, document.tables),
            f"<h2>Notes</h2><ul>{notes}</ul>" if notes else "",
            f"<h2>Again</h2><pre>{escape(document.command)}</pre>" if document.command else "",
            f"<h2>How this was made</h2><dl>{facts}</dl></main></body></html>\n",
        )
    )


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in table.columns)
    body = "".join(_row(row, row[0] in table.best) for row in table.rows)
    inside = (
        f'<p class="about">{escape(table.about)}</p><div class="scroll">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
    if table.is_detail:
        return f"<details><summary>{escape(table.title)}</summary>{inside}</details>"
    return f"<section><h2>{escape(table.title)}</h2>{inside}</section>"


def _row(row: tuple[str, ...], is_best: bool) -> str:
    cells = "".join(f"<td{' class=short' if len(cell) < _SHORT else ''}>{escape(cell)}</td>" for cell in row[1:])
    return f'<tr{" class=best" if is_best else ""}><th scope="row">{escape(row[0])}</th>{cells}</tr>'
