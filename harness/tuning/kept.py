"""What was played is kept, so that a search that was interrupted goes on from there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple


class Run(NamedTuple):
    """One run of one candidate. Metrics in base units; None where one has no meaning."""

    values: dict[str, float | None]
    calls: int
    """That were simulated, those of the same run without faults included."""


class Kept:
    """Runs by their keys, a line of JSON each: a line that a kill has cut off is played again."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._runs: dict[str, Run] = {}
        if path is not None and path.exists():
            text = path.read_text(encoding="utf-8", errors="replace")
            if not text.endswith("\n"):
                path.write_text(text[: text.rfind("\n") + 1], encoding="utf-8")
            for line in text.splitlines():
                try:
                    key, values, calls = json.loads(line)
                    self._runs[key] = Run(dict(values), int(calls))
                except (TypeError, ValueError):
                    continue

    def get(self, key: str, names: Sequence[str]) -> Run | None:
        """None, too, where a search for something else has not measured all of that."""
        run = self._runs.get(key)
        return run if run is not None and run.values.keys() >= set(names) else None

    def add(self, key: str, run: Run) -> None:
        self._runs[key] = run
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps([key, run.values, run.calls]) + "\n")
