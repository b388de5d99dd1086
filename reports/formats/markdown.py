"""A page of Markdown, for a pull request or a CI summary."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from textwrap import indent

from ..report import Report
from ..table import Table

FILE_NAME = "report.md"
_MARKUP = re.compile(r"[\\`*_<>|\[\]~#&$]|^[-+=]|(?<=\d)[.)](?= )")
"""What is markup anywhere, and what begins a list or a rule at the start of a paragraph."""


def render(report: Report) -> str:
    """The whole page."""
    document = report.document
    parts = [f"# {document.title}", f"**{_safe(document.verdict)}**"]
    parts += [_table(table) for table in document.tables]
    if document.notes:
        parts += ["## Notes", "\n".join(f"- {_safe(note)}" for note in document.notes)]
    parts += ["## How this was made", "\n".join(f"- {_safe(k)}: {_safe(v)}" for k, v in document.facts.items())]
    if document.command:
        parts += ["## Again", indent(document.command, "    ")]  # no fence: a file's name may hold one
    return "\n\n".join(parts) + "\n"


def _table(table: Table) -> str:
    lines = [_line(map(_safe, table.columns)), _line("---" for _ in table.columns)]
    for name, *cells in table.rows:
        row = [_safe(name), *map(_safe, cells)]
        lines.append(_line(f"**{cell}**" if name in table.best and cell else cell for cell in row))
    body = "\n\n".join((_safe(table.about), "\n".join(lines)))
    if table.is_detail:  # GitHub folds it away; in a line of HTML a backslash guards nothing
        return f"<details><summary>{escape(' '.join(table.title.split()))}</summary>\n\n{body}\n\n</details>"
    return f"## {_safe(table.title)}\n\n{body}"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _safe(text: str) -> str:
    """Text from a file must not become markup."""
    return _MARKUP.sub(r"\\\g<0>", " ".join(text.split()))
