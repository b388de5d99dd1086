"""`brownout latencies`: what a log of calls says."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from brownout.harness.latencies.log import LogError, read
from brownout.harness.latencies.model import Model, model
from brownout.reports.latencies import LENGTHS, latencies_plain, latencies_text

from .loading import FilesRefused
from .writing import tell


def latencies(path: Path, columns: tuple[tuple[str, str], ...], max_tokens: tuple[int, ...], as_json: bool) -> None:
    """Exits 2 for a file that cannot be read, is no log, or has too few calls."""
    found, lengths = logged(path, columns), max_tokens or LENGTHS
    if as_json:
        tell(json.dumps(latencies_plain(found, lengths), indent=2, ensure_ascii=False, allow_nan=False))
    else:
        tell(latencies_text(found, lengths).rstrip("\n"))


def logged(path: Path, columns: Iterable[tuple[str, str]]) -> Model:
    """Raises `FilesRefused` (exit 2) with one line."""
    try:
        return model(read(path, dict(columns)))
    except OSError as error:
        raise FilesRefused(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from None
    except LogError as error:  # names the file itself
        raise FilesRefused(str(error)) from None
    except ValueError as error:
        raise FilesRefused(f"{path}: {error}") from None
