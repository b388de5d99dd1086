"""Results as tidy data frames: one row a metric, a call, an HTTP request. pandas is imported when one is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from . import results, store, tables
from .results import RunFile
from .store import Played

if TYPE_CHECKING:
    import pandas as pd

RUN_FILE = "run.json"


class Results:
    """A finished run: `file` holds everything that reports show; the frames hold what it was made from.

    Of lean runs the frames hold a sample: `kept` of each cell says how many calls, each with all its attempts. The
    columns of `calls()` and `attempts()` are `tables.CALLS` and `tables.ATTEMPTS`, after `scenario`, `client` and
    `seed`.
    """

    def __init__(self, file: RunFile, played: Sequence[Played]) -> None:
        self.file = file
        self._played = played

    @property
    def verdict(self) -> str:
        """The answer in a sentence."""
        return self.file.verdict

    def metrics(self) -> pd.DataFrame:
        """One row a run and metric: scenario, client, seed, metric, value in base units (seconds, a share of one),
        absent. `absent` says why where the value is NaN; infinite is what never happened."""
        import pandas as pd

        return pd.DataFrame(
            [
                (cell.scenario, cell.client, cell.seed, name, value, why)
                for cell in self.file.cells
                for name, value, why in (
                    *((name, value, "") for name, value in cell.metrics.items()),
                    *((name, float("nan"), why) for name, why in cell.absent.items()),
                )
            ],
            columns=["scenario", "client", "seed", "metric", "value", "absent"],
        )

    def calls(self) -> pd.DataFrame:
        """One row a call of the application."""
        return self._frame(tables.CALLS, lambda played: played.calls)

    def attempts(self) -> pd.DataFrame:
        """One row an HTTP request."""
        return self._frame(tables.ATTEMPTS, lambda played: played.attempts)

    def _frame(self, columns: Mapping[str, str], blob: Callable[[Played], bytes]) -> pd.DataFrame:
        import pandas as pd

        parts = []
        for played in self._played:
            part = pd.DataFrame(tables.unpack(blob(played), columns))
            for at, name in enumerate(("scenario", "client", "seed")):
                part.insert(at, name, getattr(played.cell, name))
            parts.append(part)
        whole = pd.concat(parts, ignore_index=True)
        return whole.astype({name: "category" for name in ("scenario", "client", *_REPEATED) if name in whole})


_REPEATED = ("profile", "outcome", "exception", "phase", "fault")
"""Columns of few different texts."""


def load(folder: Path) -> Results:
    """The results that a run wrote into a folder. Raises `results.RunFileError` or `store.StoreError`."""
    file = results.load(folder / RUN_FILE)
    return Results(file, list(store.read(folder / store.FILE_NAME, [cell.key for cell in file.cells])))
