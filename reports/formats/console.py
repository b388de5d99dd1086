"""Plain text for a terminal: verdict first. Uses no colour codes, so that a log shows it as well."""

from __future__ import annotations

from textwrap import fill

from ..report import Report
from ..table import Table

FILE_NAME = "report.txt"
_WIDTH = 110


def render(report: Report) -> str:
    """The whole report."""
    document = report.document
    parts = [fill(document.verdict, _WIDTH)]
    parts += [_table(table) for table in document.tables if not table.is_detail]
    parts += [fill(f"Note: {note}", _WIDTH, subsequent_indent="      ") for note in document.notes]
    return "\n\n".join(parts) + "\n"


def _table(table: Table) -> str:
    lines = [table.columns, *table.rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(table.columns))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    marks = ["  ", *("* " if row[0] in table.best else "  " for row in table.rows)]
    return "\n".join([table.title, *(mark + line for mark, line in zip(marks, text, strict=True))])
