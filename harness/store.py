"""Finished cells, kept in SQLite as they finish: a killed run loses at most the cells it was at.

A cell's key is a hash of everything its result depends on, so that a run that goes on takes only what it would have
played itself. What is in the file is data: JSON and arrays, never objects.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from .results import Cell

FILE_NAME = "cells.sqlite"
_FORMAT = 3
_TABLES = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS cells (
    key TEXT PRIMARY KEY, cell TEXT NOT NULL, calls BLOB NOT NULL, attempts BLOB NOT NULL, course BLOB NOT NULL,
    samples BLOB NOT NULL
) STRICT, WITHOUT ROWID;
"""
_SELECT = "SELECT cell, calls, attempts, course, samples FROM cells WHERE key = ?"


@dataclass(frozen=True, slots=True)
class Played:
    """A finished cell, with its tables as `tables.pack` made them: calls, attempts, and its course through time. Where
    the calls are but a sample, `samples` has the histograms of all of them; else it is empty."""

    cell: Cell
    calls: bytes
    attempts: bytes
    course: bytes
    samples: bytes = b""


class StoreError(Exception):
    """A file of results that cannot be used."""


class Store:
    """One file of finished cells. Closed by `with`."""

    def __init__(self, path: Path, *, is_new: bool) -> None:
        """Opens the file, empty if `is_new`. Raises `StoreError` when another run is using it, or it is no such file.

        The database is held for this process alone until it is closed, or the process ends however it ends.
        """
        self.path = path
        with _in_words(path):
            self._db = sqlite3.connect(path, timeout=0.5, isolation_level=None)
        try:
            try:
                self._open(is_new)
            except sqlite3.DatabaseError as error:
                if not is_new or "malformed" not in str(error):
                    raise StoreError(f"{path}: {_words(error)}") from None
                self._db.close()  # a broken one: nothing in it can be lost
                for name in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
                    name.unlink(missing_ok=True)
                self._db = sqlite3.connect(path, timeout=0.5, isolation_level=None)
                self._open(is_new)
            if self.once("format", str(_FORMAT)) != str(_FORMAT):
                raise StoreError(f"{path}: written by another version; leave out --resume to begin anew")
        except StoreError:
            self._db.close()
            raise

    def _open(self, is_new: bool) -> None:
        self._db.execute("PRAGMA locking_mode=EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")  # survives kill -9; a power cut may cost the last cells
        self._db.execute("BEGIN EXCLUSIVE")
        if is_new:
            self._db.execute("DROP TABLE IF EXISTS cells")
            self._db.execute("DROP TABLE IF EXISTS meta")
        for statement in _TABLES.split(";"):
            self._db.execute(statement)
        self._db.execute("COMMIT")
        if is_new:
            self._db.execute("VACUUM")

    def once(self, name: str, value: str) -> str:
        """The value kept under a name; `value` itself if there was none yet."""
        with _in_words(self.path):
            self._db.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (name, value))
            return str(self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()[0])

    def put(self, played: Played) -> None:
        """Keep a finished cell; it is there once this returns. Raises `StoreError` where the disk refuses."""
        cell = played.cell
        row = (cell.key, cell.model_dump_json(), played.calls, played.attempts, played.course, played.samples)
        with _in_words(self.path):
            self._db.execute("INSERT OR REPLACE INTO cells VALUES (?, ?, ?, ?, ?, ?)", row)

    def __contains__(self, key: str) -> bool:
        """Whether the cell with that key was finished."""
        with _in_words(self.path):
            return self._db.execute("SELECT 1 FROM cells WHERE key = ?", (key,)).fetchone() is not None

    def get(self, key: str) -> Played | None:
        """The cell with that key, if it was finished. Raises `StoreError` for one that cannot be read."""
        with _in_words(self.path):
            row = self._db.execute(_SELECT, (key,)).fetchone()
        return None if row is None else _played(self.path, *row)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(sqlite3.Error):  # one file, which can be read without writing anything beside it
            self._db.execute("PRAGMA journal_mode=DELETE")
        self._db.close()


def unfinished(path: Path) -> list[str]:
    """The keys of the cells that a run has left which did not come to its end; none of a file that cannot be read."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=0.5)) as db:
            if db.execute("SELECT 1 FROM meta WHERE name = 'finished'").fetchone():
                return []
            return [key for (key,) in db.execute("SELECT key FROM cells")]
    except sqlite3.Error:
        return []


def read(path: Path, keys: Sequence[str]) -> Iterator[Played]:
    """The cells with those keys, from a file that nobody is writing. Raises `StoreError` if one is not there."""
    with (
        _in_words(path),
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=0.5)) as db,
    ):
        for key in keys:
            row = db.execute(_SELECT, (key,)).fetchone()
            if row is None:
                raise StoreError(f"{path}: the cell {key} of this run is not there")
            yield _played(path, *row)


def _played(path: Path, cell: str, *tables: bytes) -> Played:
    try:
        return Played(Cell.model_validate_json(cell), *tables)
    except ValueError as error:
        raise StoreError(f"{path}: not a cell of this version: {error}") from None


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """Turns what SQLite has against it into `StoreError`."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"{path}: {_words(error)}") from None


def _words(error: sqlite3.Error) -> str:
    if "locked" in str(error):
        return "another run is writing there"
    if "not a database" in str(error):
        return "not a file of results"
    return str(error)
