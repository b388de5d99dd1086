"""`brownout report`: a finished run, or the shards of one, in any format."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click

from brownout.harness import results
from brownout.harness.alerting import FILE_NAME as ALERTS_FILE
from brownout.harness.files.suggest import did_you_mean, quoted
from brownout.harness.frames import RUN_FILE
from brownout.harness.joining import join
from brownout.harness.printable import blanked
from brownout.harness.results import RunFile
from brownout.reports import drawing, pictures
from brownout.reports.formats import Rendered, html, markdown, named
from brownout.reports.report import Report
from brownout.reports.table import Chart
from brownout.reports.write import check, save

from .loading import FilesRefused
from .writing import rendering, tell, tell_report, try_out, writing

_DRAW: dict[str, Callable[[Chart], str | bytes]] = {"svg": drawing.standalone, "png": drawing.png}


def report(paths: Sequence[Path], formats: Sequence[str], out: Path | None, chart: str | None) -> None:
    """Exits 0 once it is shown or written, whatever the run has found."""
    names = list(dict.fromkeys(formats)) or ["svg" if chart is not None else "console"]
    with rendering():
        check(names)
        found = Report(_joined(paths))
        if chart is not None:
            made = _pictures(found, chart, names)
        elif out is None and names == ["console"]:
            tell_report(found)
            return
        else:
            made = ((named(name).FILE_NAME, named(name).render(found)) for name in names)
        if out is None:
            _print(names, made)
        else:
            _write(made, out)


def _joined(paths: Sequence[Path]) -> RunFile:
    """The run in these files, or in folders that have one. Raises `FilesRefused` with every problem of all of them."""
    runs, problems = [], []
    for path in paths:
        if alerts := _alerts(path):
            problems.append(alerts)
            continue
        try:
            runs.append(results.load(path / RUN_FILE if path.is_dir() else path))
        except results.RunFileError as error:
            problems.append(str(error))
    if problems:
        raise FilesRefused("\n".join(problems))
    try:
        return join(runs)
    except ValueError as error:
        raise FilesRefused(f"these runs are no parts of one: {error}") from None


def _alerts(path: Path) -> str:
    """What to say of a file that `brownout alerts` has written, or of its folder; empty for any other."""
    folder = path if path.is_dir() else path.parent
    is_meant = path.name == ALERTS_FILE or (path.is_dir() and not (path / RUN_FILE).exists())
    if not is_meant or not (folder / ALERTS_FILE).is_file():
        return ""
    pages = " and ".join(str(folder / each.FILE_NAME) for each in (markdown, html))
    return f"{path}: of `brownout alerts`, and no run: {pages} are its reports, and there is no other format"


def _pictures(found: Report, chart: str, names: Sequence[str]) -> Iterator[tuple[str, Rendered]]:
    """One chart, in one or both ways to draw it."""
    if other := [name for name in names if name not in _DRAW]:
        raise click.UsageError(f"--chart is drawn as {' or '.join(_DRAW)}, not as {other[0]}")
    charts = pictures.charts(found)
    if chart not in charts:
        raise click.UsageError(f"no chart is called {quoted(chart)}{did_you_mean(chart, charts) or '; there is none'}")
    return ((f"{chart}.{name}", _DRAW[name](charts[chart])) for name in names)


def _print(names: Sequence[str], made: Iterator[tuple[str, Rendered]]) -> None:
    """To the letter, but for what a terminal would obey: what is a file's last line end is the terminal's, too."""
    if len(names) > 1:
        raise click.UsageError(f"{len(names)} formats at once need a folder: add --out DIR")
    for _, content in made:
        if not isinstance(content, str):
            what = "bytes" if isinstance(content, bytes) else "a folder of files"
            raise click.UsageError(f"{names[0]} is {what}, and not for a terminal: add --out DIR")
        content = content.removesuffix("\n")
        tell(blanked(content, but="\n\t") if sys.stdout.isatty() else content, has_colour=True)


def _write(made: Iterator[tuple[str, Rendered]], out: Path) -> None:
    try_out(out)
    with writing(out):
        for name, content in made:
            tell(f"Wrote {save(content, out / name)}")
