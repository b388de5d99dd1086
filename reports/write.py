"""Writes a report into a folder: `run.json`, and each format asked for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from .formats import Rendered, named
from .report import Report


def write(report: Report, folder: Path, names: Iterable[str] = ("markdown", "html")) -> list[Path]:
    """Returns the files written, the truth first; of a format that is a folder the folder. Raises `OSError` when
    something cannot be written, `formats.CannotRender` where a library is missing."""
    truth = folder / "run.json"
    report.run.save(truth)
    return [truth, *(save(named(name).render(report), folder / named(name).FILE_NAME) for name in names)]


def check(names: Iterable[str]) -> None:
    """Raises `formats.CannotRender` for a format whose library is missing: before an hour's run rather than after."""
    for name in names:
        getattr(named(name), "check", lambda: None)()


def save(rendered: Rendered, path: Path) -> Path:
    """Write what a format has made, into a file or a folder of files; return that."""
    if isinstance(rendered, str):
        path.write_text(rendered, encoding="utf-8", newline="")  # line ends are the format's own
    elif isinstance(rendered, bytes):
        path.write_bytes(rendered)
    else:
        path.mkdir(parents=True, exist_ok=True)
        for name, content in rendered.items():
            save(content, path / name)
    return path
