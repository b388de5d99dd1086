"""The files a command was given: all of them are read, and all their errors told at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from brownout import scenarios as shipped
from brownout.harness.availability import problems
from brownout.harness.files import FileError, read
from brownout.harness.files.suggest import quoted
from brownout.harness.importing import NotFound
from brownout.harness.program import Contestant
from brownout.harness.scenario import Scenario
from brownout.harness.sorts import sort_of
from brownout.harness.sources import Source, UnknownName, by_command, contestant, scenario

from .annotations import annotate_problems

Found = TypeVar("Found")


def load(
    scenarios: Sequence[str], clients: Sequence[str], commands: Sequence[str] = ()
) -> tuple[list[Source[Scenario]], list[Source[Contestant]]]:
    """Raises `FilesRefused` (exit 2) naming every problem of every file, and names given twice. Not given: what is
    shipped."""
    problems: list[str] = []
    scenarios = [name for given in scenarios or shipped.incidents() for name in _scenarios_of(given)]
    if not clients and not commands:
        clients = list(shipped.clients())
    incidents = each(scenarios, scenario, problems)
    contestants = [*each(clients, contestant, problems), *each(commands, by_command, problems)]
    problems += [*_twice("scenario", incidents), *_twice("client", contestants)]
    if problems:  # a file may be given, and be a member of a fleet, too: its problems are told once
        raise FilesRefused("\n".join(dict.fromkeys("\n".join(problems).splitlines())))
    return incidents, contestants


def _twice(what: str, sources: Sequence[Source[Any]]) -> Iterator[str]:
    """A line for each name that several have, with where they are from."""
    named: dict[str, list[str]] = {}
    for source in sources:
        named.setdefault(source.value.name, []).append(source.named)
    for name, files in named.items():
        if len(files) > 1:
            yield f"two {what}s are called {quoted(name)}: {', '.join(files)}"


def _scenarios_of(given: str) -> list[str]:
    """A folder stands for the scenarios in it: what `brownout init` writes has a client beside it."""
    found = files_of(given)
    if found == [given]:
        return found
    scenarios = [name for name in found if not _is_client(name)]
    if not scenarios:
        raise NothingThere(f"no scenario in {given}, but clients: nothing ran")
    return scenarios


def _is_client(name: str) -> bool:
    """One or a fleet; not for a file that cannot be read, which is told later."""
    try:
        return sort_of(read(name)) in ("client", "fleet")
    except FileError:
        return False


def check_available(scenarios: Sequence[Source[Scenario]], backend: str, speaks_tls: bool = True) -> None:
    """Raises `FilesRefused` for faults that cannot be played there; `speaks_tls`: whether the server does."""
    if found := [line for source in scenarios for line in problems(source, backend, speaks_tls)]:
        raise FilesRefused("\n".join(found))


def files_of(given: str) -> list[str]:
    """A folder stands for the YAML files in it."""
    folder = Path(given)
    if not given or given in shipped.scenarios() or not folder.is_dir():
        return [given]
    found = sorted(str(path) for path in folder.iterdir() if path.suffix in (".yaml", ".yml"))
    if not found:
        raise NothingThere(f"no .yaml file in {given}: nothing ran")
    return found


class NothingThere(click.ClickException):
    """A folder without scenarios. Never green."""

    exit_code = 5


def each(names: Sequence[str], reader: Callable[[str], Found], problems: list[str]) -> list[Found]:
    """Those that can be read; what is wrong with the others is added to the problems."""
    found = []
    for name in dict.fromkeys(names):
        try:
            found.append(reader(name))
        except (FileError, UnknownName, NotFound) as error:
            problems.append(str(error))
    return found


def every(names: Sequence[str], reader: Callable[[str], Found]) -> list[Found]:
    """All of them. Raises `FilesRefused` naming every problem."""
    problems: list[str] = []
    found = each(names, reader, problems)
    if problems:
        raise FilesRefused("\n".join(problems))
    return found


class FilesRefused(click.ClickException):
    """Files with errors in them: the message is a line a problem, and nothing else."""

    exit_code = 2

    def show(self, file: object = None) -> None:
        click.echo(self.message, err=True)
        annotate_problems(self.message)
