"""Every figure as a row of CSV (RFC 4180), for a spreadsheet or a script."""

from __future__ import annotations

import csv
from io import StringIO

from ..report import Report
from ..tidy import UNITS, lines

FILE_NAME = "report.csv"
COLUMNS = ("scenario", "client", "metric", "unit", "value", "low", "high")
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")  # noqa: RUF001 - Excel reads these, too
"""The last begins none: doubled like the others, it can be told from one that was added."""


def render(report: Report) -> str:
    """A head and a row a figure. The overall standings have no scenario; what never happens is `inf`; a bound that
    there is not is empty."""
    found = StringIO()
    write = csv.writer(found).writerow  # a comma, quotes where they are needed, \r\n: RFC 4180 to the letter
    write(COLUMNS)
    for line in lines(report.run):
        texts = map(plain, (line.scenario or "", line.client, line.metric))
        write((*texts, UNITS[line.unit], *map(_number, (line.value, line.low, line.high))))
    return found.getvalue()


def plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula: a name that could begin one gets an apostrophe in front, which
    to a spreadsheet means text. Taking one apostrophe off gives the name back. Figures need none: they are numbers."""
    return f"'{text}" if text.startswith(_BEGINS_A_FORMULA) else text


def _number(value: float | None) -> str:
    """As short as it can be read back exactly."""
    return "" if value is None else repr(value)
