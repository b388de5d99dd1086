"""`brownout export`: a client file as a program of your own."""

from __future__ import annotations

from pathlib import Path

import click

from brownout.harness import sources
from brownout.harness.exporting import NotExportable
from brownout.harness.exporting import export as exported
from brownout.harness.files import FileError

from .loading import FilesRefused
from .writing import print_or_write


def export(named: str, to: str, out: Path | None, profile: str) -> None:
    """Print it, or write it to a file. Exits 2 for a client that has something for which there is no code."""
    try:
        text = exported(sources.client(named).value, to, profile=profile, named=named)
    except (FileError, sources.UnknownName) as error:
        raise FilesRefused(str(error)) from None
    except NotExportable as error:
        raise click.UsageError(str(error)) from None
    print_or_write(text, out)
