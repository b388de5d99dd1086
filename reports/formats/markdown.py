"""A page of Markdown, for a pull request or a CI summary."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from textwrap import indent

from ..report import Shown
from ..table import Table

FILE_NAME = "report.md"
STEP_SUMMARY = 1_000_000
"""Bytes: GitHub takes a summary of 1 MiB from each step, and drops what is longer altogether."""
_NOTICE = 200
"""Bytes of what is said of tables left out, and more."""
_MARKUP = re.compile(r"[\\`*_<>|\[\]~#&$]|^[-+=]|(?<=\d)[.)](?= )")
"""What is markup anywhere, and what begins a list or a rule at the start of a paragraph."""


def render(report: Shown, limit: int = STEP_SUMMARY) -> str:
    """The whole page, in no more than `limit` bytes: of tables that find no room details are left out first."""
    document = report.document
    ends = ["## How this was made", "\n".join(f"- {_safe(k)}: {_safe(v)}" for k, v in document.facts.items())]
    if document.notes:
        ends = ["## Notes", "\n".join(f"- {_safe(note)}" for note in document.notes), *ends]
    if document.command:
        ends += ["## Again", indent(document.command, "    ")]  # no fence: a file's name may hold one
    head = [f"# {document.title}", f"**{_safe(document.verdict)}**"]
    room = limit - len("\n\n".join([*head, *ends]).encode()) - _NOTICE
    tables = _fitting(document.tables, room)
    left_out = len(document.tables) - len(tables)
    if left_out:
        head.append(f"{left_out} of {len(document.tables)} tables found no room here; `run.json` has every figure.")
    text = "\n\n".join([*head, *tables, *ends]) + "\n"
    return text if len(text.encode()) <= limit else _cut(text, limit)


def _fitting(tables: Sequence[Table], room: int) -> list[str]:
    """As many as there is room for, in their order."""
    written = [_table(table) for table in tables]
    kept = set()
    for i in sorted(range(len(tables)), key=lambda i: tables[i].is_detail):
        size = len(written[i].encode()) + 2
        if size > room:
            continue
        kept.add(i)
        room -= size
    return [text for i, text in enumerate(written) if i in kept]


def _cut(text: str, limit: int) -> str:
    """What is too long even without a table."""
    end = "\n\n(cut)\n"
    return text.encode()[: limit - len(end)].decode(errors="ignore") + end


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
