"""Text for a terminal or a log: verdict first, tables as wide as there is room, and courses as sparklines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import fill, wrap

from brownout.harness.printable import blanked

from ..report import Shown
from ..sparkline import lines
from ..table import Sparks, Table
from ..terminal import Terminal

FILE_NAME = "report.txt"
_GAP = 2
"""Blanks between columns, and before the first, where a star may stand."""
_PLAIN = Terminal()


def render(report: Shown, terminal: Terminal = _PLAIN) -> str:
    """The whole report."""
    document = report.document
    parts = [_verdict(blanked(document.verdict), terminal)]
    for table in document.tables:
        if table.chart is not None and table.chart.sparks is not None:
            parts.append(_sparks(table.chart.sparks, terminal))
        elif not table.is_detail:
            parts.append(_table(table, terminal))
    notes = (f"Note: {blanked(note)}" for note in document.notes)
    parts += [fill(note, terminal.width, subsequent_indent="      ") for note in notes]
    return terminal.told("\n\n".join(parts) + "\n")


def _verdict(verdict: str, terminal: Terminal) -> str:
    text = fill(verdict, terminal.width)
    for word, style in (
        ("FAIL", "fail"),
        ("GATE MISSED", "fail"),
        ("PASS", "pass"),
        ("GATE held", "pass"),
        ("GATE UNDECIDED", "fail"),
    ):
        if text.startswith(word):
            return terminal.styled(word, style) + text.removeprefix(word)
    return text


def _table(table: Table, terminal: Terminal) -> str:
    return "\n".join([*_title(table.title, terminal), *_blocks(table, terminal)])


def _title(title: str, terminal: Terminal) -> list[str]:
    text = blanked(title)
    return [text] if terminal.limit is None else wrap(text, terminal.limit)


def _blocks(table: Table, terminal: Terminal) -> Iterator[str]:
    """As many columns side by side as there is room for; the others below, each time with the names again."""
    rows = [tuple(map(blanked, row)) for row in (table.columns, *table.rows)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(table.columns))]
    if terminal.limit is not None:
        room = terminal.limit - _GAP
        widths[0] = min(widths[0], max(room // 2, 8))
        widths = [widths[0], *(min(width, room - widths[0] - _GAP) for width in widths[1:])]
    for columns in _packed(table.columns, widths, terminal.limit):
        shown = [widths[0], *(widths[column] for column in columns)]
        for i, row in enumerate(rows):
            cells = [row[0], *(row[column] for column in columns)]
            is_best = i > 0 and table.rows[i - 1][0] in table.best
            style = "best" if is_best else "missed" if i and any("MISSED" in cell for cell in cells) else ""
            for line in _line(cells, shown):
                yield terminal.styled(("* " if is_best else "  ") + line, style)


def _packed(heads: Sequence[str], widths: Sequence[int], limit: int | None) -> Iterator[list[int]]:
    """Which columns stand side by side, the first, which all share, left out. An interval stays with its figure."""
    block: list[int] = []
    used = first = _GAP + widths[0]
    for columns in _units(heads):
        width = sum(_GAP + widths[column] for column in columns)
        if block and limit is not None and used + width > limit:
            yield block
            block, used = [], first
        block += columns
        used += width
        if limit is not None and used > limit and len(columns) > 1:  # not even alone
            yield block[:-1]
            block, used = block[-1:], first + _GAP + widths[columns[-1]]
    yield block


def _units(heads: Sequence[str]) -> Iterator[list[int]]:
    """Columns that are read together."""
    unit: list[int] = []
    for column in range(1, len(heads)):
        if unit and heads[column] != "95% interval":
            yield unit
            unit = []
        unit.append(column)
    yield unit


def _line(cells: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    """A row; of more than one line where a cell is wider than its column."""
    folded = [
        [cell] if len(cell) <= width else wrap(cell, width) or [""] for cell, width in zip(cells, widths, strict=True)
    ]
    for i in range(max(map(len, folded))):
        parts = (each[i] if i < len(each) else "" for each in folded)
        yield (" " * _GAP).join(part.ljust(width) for part, width in zip(parts, widths, strict=True)).rstrip()


def _sparks(sparks: Sparks, terminal: Terminal) -> str:
    shown = (f"  {blanked(line)}" for line in lines(sparks, terminal))
    return "\n".join([*_title(sparks.title, terminal), *shown])
