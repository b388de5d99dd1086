"""Writes a comparison into a folder: `run.json`, and each format asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from brownout.harness.agreement import Agreement
from brownout.harness.results import RunFile

from .document import document
from .formats import formats


def write(
    run: RunFile, folder: Path, names: Iterable[str] = ("markdown", "html"), agreement: Sequence[Agreement] = ()
) -> list[Path]:
    """Returns the files written, the truth first. Raises `OSError` when the folder cannot be written."""
    truth = folder / "run.json"
    run.save(truth)
    page, known, written = document(run, agreement), formats(), [truth]
    for name in names:
        path = folder / known[name].FILE_NAME
        path.write_text(known[name].render(page), encoding="utf-8")
        written.append(path)
    return written
