"""What GitHub shows beside a pull request: errors in files at their lines, missed objectives, changes for the worse.

Printed where the environment says that GitHub's runner is listening, beside what is said anyway.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

from brownout.harness.results import RunFile
from brownout.harness.scoring.changed import said
from brownout.harness.scoring.verdicts import said as said_of_objective

MOST = 10
"""GitHub shows no more of a step; the last one counts those that are left."""

_PLACE = re.compile(r"(?P<file>.+?):(?P<line>[0-9]+):(?:(?P<col>[0-9]+):)? (?P<message>.*)")


def annotate_problems(lines: str) -> None:
    """Of files: a line a problem, `file:line:col: message`."""
    _show([_of_problem(line) for line in lines.splitlines()])


def annotate_results(file: RunFile) -> None:
    """Of a run: what was missed, and what has become worse."""
    _show(list(_of_results(file)))


def error(message: str, **properties: str) -> str:
    """One annotation, as GitHub reads it."""
    written = ",".join(f"{name}={_escaped(value, ':,')}" for name, value in properties.items())
    return f"::error {written}::{_escaped(message)}" if written else f"::error::{_escaped(message)}"


def _of_results(file: RunFile) -> Iterator[str]:
    for change in file.changes:
        if change.outcome == "worse":
            yield error(f"{said(change)}.", title="Worse than the baseline")
    if file.changes and all(each.reason == "blind" for each in file.changes):
        yield error(f"{file.changes[0].why}.", title="Nothing could have been seen")
    if file.gate is not None and not file.gate.is_met:
        yield error(f"{file.gate.client}: {file.gate.why}.", title="Gate missed")
    # Objectives that a comparison only shows are no errors.
    for each in file.objectives if file.kind == "objectives" else ():
        if each.is_met is False:
            yield error(f"{said_of_objective(each)} ({each.scenario}, {each.client})", title="Objective missed")


def _of_problem(line: str) -> str:
    found = _PLACE.fullmatch(line)
    if found is None:
        return error(line)
    place = {"file": _in_workspace(found["file"]), "line": found["line"]}
    return error(found["message"], **place, **({"col": found["col"]} if found["col"] else {}))


def _in_workspace(file: str) -> str:
    """GitHub finds files from the root of the checkout, wherever the step runs."""
    path, root = Path(file).resolve(), Path(os.environ.get("GITHUB_WORKSPACE") or ".").resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else file


def _show(found: Sequence[str]) -> None:
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return
    for line in _at_most(found):
        click.echo(line, err=True)


def _at_most(found: Sequence[str]) -> Iterable[str]:
    if len(found) <= MOST:
        return found
    return [*found[: MOST - 1], error(f"And {len(found) - MOST + 1} more.", title="More errors")]


def _escaped(text: str, more: str = "") -> str:
    """Signs that would end a value stand as their codes."""
    return "".join(f"%{ord(sign):02X}" if sign in f"%\r\n{more}" else sign for sign in text)
