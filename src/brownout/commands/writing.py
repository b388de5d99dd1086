"""The folder for results. It is tried before the work begins, so that no run of an hour is lost to a typing mistake."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

import click


class CannotWrite(click.ClickException):
    """The folder, or the disk, refuses."""

    exit_code = 2


def try_out(folder: Path) -> None:
    """Make the folder, and see that something can be written there. Raises `CannotWrite`."""
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=folder).close()


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turns what the system has against it into `CannotWrite`."""
    try:
        yield
    except OSError as error:
        raise CannotWrite(f"cannot write to {folder}: {(error.strerror or str(error)).lower()}") from None


def tell(text: str) -> None:
    """Print it; whoever reads may stop reading (`| head`), which changes neither the files nor the exit code."""
    try:
        click.echo(text)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
