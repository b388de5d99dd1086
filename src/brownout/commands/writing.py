"""The folder for results. It is tried before the work begins, so that no run of an hour is lost to a typing mistake."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

import click

from brownout.reports.formats import CannotRender, console
from brownout.reports.report import Report, Shown
from brownout.reports.terminal import Terminal
from brownout.reports.write import write


class CannotWrite(click.ClickException):
    """The folder, or the disk, refuses."""

    exit_code = 2


def try_out(folder: Path) -> None:
    """Make the folder, and see that something can be written there. Raises `CannotWrite`."""
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=folder).close()


def tell_report(report: Shown) -> None:
    """Print the report as the terminal can show it."""
    terminal = Terminal.of(sys.stdout, os.environ)
    tell(console.render(report, terminal), has_colour=terminal.has_colour)


def write_report(report: Report, folder: Path, formats: Iterable[str]) -> None:
    """Write it, and say what was written. Raises `CannotWrite`."""
    with writing(folder):
        written = write(report, folder, formats)
    for path in written:
        tell(f"Wrote {path}")


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turns what the system has against writing there into `CannotWrite`."""
    try:
        yield
    except OSError as error:
        raise CannotWrite(f"cannot write to {path}: {(error.strerror or str(error)).lower()}") from None


def print_or_write(text: str, out: Path | None) -> None:
    """Print what is a file's text, or write it to that file and say so. Raises `CannotWrite`."""
    if out is None:
        tell(text.removesuffix("\n"))
        return
    with writing(out):
        out.write_text(text, encoding="utf-8")
    tell(f"Wrote {out}")


@contextmanager
def rendering() -> Iterator[None]:
    """Turns a library that is missing into an error of usage, which says how to get it."""
    try:
        yield
    except CannotRender as error:
        raise click.UsageError(str(error)) from None


def tell(text: str, *, has_colour: bool | None = None) -> None:
    """Print it, with its colours if the terminal has some or `has_colour` says so. Whoever reads may stop reading
    (`| head`), which changes neither the files nor the exit code."""
    try:
        click.echo(text, color=has_colour)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
