"""What the console report makes of the terminal it goes to."""

from __future__ import annotations

import io
import os
import pty
import re
from collections.abc import Iterator
from typing import TextIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.reports.formats import console
from brownout.reports.report import Report
from brownout.reports.sparkline import lines
from brownout.reports.table import Sparks
from brownout.reports.terminal import Terminal

from .runs import AGREEMENT, run

REPORT = Report(run(), AGREEMENT)
SGR = re.compile(r"\033\[[0-9;]*m")
SPARKS = Sparks("storm", {"one": [1.0, 0.5, 0.0, None], "other": [1.0, 1.0, 1.0, None]}, [False, True, True, False])


@pytest.fixture
def stream() -> Iterator[TextIO]:
    """A terminal of its own."""
    leader, follower = pty.openpty()
    with open(follower, "w", encoding="utf-8") as found:  # noqa: PTH123 - no path, a terminal
        yield found
    os.close(leader)


def words(text: str) -> list[str]:
    """What is said, whatever its layout: the names and heads that stand in every block are there once or more."""
    return sorted(set(re.findall(r"[\w.%$-]+", text)))


@pytest.mark.parametrize("width", [30, 40, 60, 80, 100, 200])
def test_no_line_is_wider_than_the_terminal_and_nothing_is_lost(width: int) -> None:
    """Columns that find no room stand below; what is wider than a line by itself is broken."""
    text = console.render(REPORT, Terminal(min(width, 110), width))
    assert max(map(len, text.splitlines())) <= width
    if width >= 60:
        assert words(text) == words(console.render(REPORT))


def test_names_of_strangers_do_not_drive_the_terminal() -> None:
    """Escape sequences, ends of lines and tabs in names and texts are blanks."""
    evil = "\033[2J\r\n\t\x07evil"
    renamed = {"steady": evil}
    plain = run(notes=[evil], verdict=evil)
    rows = [row.model_copy(update={"client": renamed.get(row.client, row.client)}) for row in plain.rows]
    standings = [each.model_copy(update={"client": renamed.get(each.client, each.client)}) for each in plain.standings]
    scenarios = [plain.scenarios[0].model_copy(update={"about": evil}), *plain.scenarios[1:]]
    report = Report(plain.model_copy(update={"rows": rows, "standings": standings, "scenarios": scenarios}))
    text = console.render(report)
    assert "evil" in text
    assert not re.search(r"[^\n -~–▁-█▒…]", text)
    assert len(text.splitlines()) == len(console.render(Report(run(notes=["x"], verdict="x"))).splitlines())


def test_colours_change_no_word() -> None:
    """The verdict's first word, the best rows and what was missed are stressed, and the text is the same."""
    text = console.render(REPORT, Terminal(has_colour=True))
    assert text.startswith("\033[31;1mGATE MISSED\033[0m for hasty")
    assert SGR.sub("", text) == console.render(REPORT)
    assert len(SGR.findall(text)) > 10


def test_a_terminal_without_unicode_gets_ascii() -> None:
    """Every character has one that stands for it."""
    text = console.render(REPORT, Terminal(has_unicode=False))
    assert text.isascii()
    assert "?" not in text.replace(" ?", "").replace("MISSED ?", "")
    assert re.search(r"faults +!!!\n", text)


def obeyed(text: str) -> list[str]:
    """Lines that GitHub's runner takes for commands: see ActionCommand.cs of actions/runner."""
    return [line for line in text.splitlines() if SGR.sub("", line).strip().startswith("::") or "##[" in line]


@pytest.mark.parametrize("has_colour", [True, False])
def test_no_line_is_a_command_to_github(has_colour: bool) -> None:
    """Whatever the names and notes; elsewhere they are shown as they are."""
    evil = "::error::x ##[error]y " + "and more words " * 6 + "::warning::z " * 30
    plain = run(notes=[evil], verdict=evil, gate=None)
    rows = [row.model_copy(update={"client": row.client.replace("steady", "::stop::a")}) for row in plain.rows]
    scenarios = [each.model_copy(update={"about": evil}) for each in plain.scenarios]
    standings = [
        each.model_copy(update={"client": each.client.replace("steady", "::stop::a")}) for each in plain.standings
    ]
    report = Report(plain.model_copy(update={"rows": rows, "standings": standings, "scenarios": scenarios}))
    text = console.render(report, Terminal(has_colour=has_colour, is_github=True))
    assert obeyed(text) == []
    assert text.startswith(": :error::x # #[error]y")
    assert len(obeyed(console.render(report, Terminal(has_colour=has_colour)))) > 3


def test_github_says_so() -> None:
    for environ, is_github in (({"GITHUB_ACTIONS": "true"}, True), ({"GITHUB_ACTIONS": ""}, False), ({}, False)):
        assert Terminal.of(io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), environ).is_github is is_github


@pytest.mark.parametrize(
    ("environ", "has_colour"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm", "NO_COLOR": ""}, True),
        ({"TERM": "dumb"}, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_of_a_terminal(stream: TextIO, environ: dict[str, str], has_colour: bool) -> None:
    """As NO_COLOR, FORCE_COLOR and TERM say; lines have a limit."""
    found = Terminal.of(stream, environ)
    assert found.has_colour is has_colour
    assert found.limit is not None


def test_of_a_file() -> None:
    """No colours unless they are asked for, lines as long as they are, and the characters of its encoding."""
    assert Terminal.of(io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), {}) == Terminal()
    assert Terminal.of(io.TextIOWrapper(io.BytesIO(), encoding="ascii"), {}) == Terminal(has_unicode=False)
    assert Terminal.of(io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), {"FORCE_COLOR": "1"}).has_colour


def test_sparklines() -> None:
    """A bar a bin, under marks of what is wrong."""
    assert lines(SPARKS, Terminal()) == ["faults   ▒▒", "one     █▅▁", "other   ███"]
    assert lines(SPARKS, Terminal(has_unicode=False)) == ["faults   !!", "one     #=_", "other   ###"]


@given(st.lists(st.none() | st.floats(0.0, 1.0), min_size=1, max_size=300), st.integers(30, 200), st.text(max_size=200))
def test_sparklines_fit(series: list[float | None], width: int, name: str) -> None:
    """Whatever the series: no line is too long, and each has a bar for every part that has a share."""
    found = lines(Sparks("", {name: series}, [True] * len(series)), Terminal(width, width))
    assert all(len(line) <= width for line in found)
    assert len(found) == 2
