"""The records of a cell as two Parquet files, of its calls and of its attempts, written as they come in.

`FOLDER/calls/SCENARIO/CLIENT/SEED.parquet`, and the same below `attempts`: either folder can be read as one table.
pyarrow is imported when something is read or written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from . import tables
from .tables import Table

MISSING = "Parquet needs pyarrow: pip install 'brownout[parquet]'"
_TABLES = {"calls": tables.CALLS, "attempts": tables.ATTEMPTS}
_KEY = b"brownout.key"
"""Of the cell, in a file's metadata."""


class RecordsError(Exception):
    """A folder in which records cannot be written."""


def can_write() -> bool:
    """Whether pyarrow is there."""
    return find_spec("pyarrow") is not None


class RecordFiles:
    """Where the records of one cell go."""

    def __init__(self, folder: Path, scenario: str, client: str, seed: int, key: str) -> None:
        """`key` is the cell's; names may be any text."""
        self._cell: dict[str, str | int] = {"scenario": scenario, "client": client, "seed": seed}
        self._key = key
        place = Path(quote(scenario, safe=""), quote(client, safe=""), f"{seed}.parquet")
        self._paths = {table: folder / table / place for table in _TABLES}

    def are_there(self) -> bool:
        """Whether both have been written, and of this very cell."""
        from pyarrow import ArrowException, parquet

        try:
            schemas = [parquet.read_schema(path) for path in self._paths.values()]
        except (OSError, ArrowException):
            return False
        return all((schema.metadata or {}).get(_KEY) == self._key.encode() for schema in schemas)

    @contextmanager
    def open(self) -> Iterator[Records]:
        """Both files, to be written: whole, or not at all. Raises `RecordsError`, as `Records.add` does."""
        with ExitStack() as stack:
            schemas = {table: _schema(columns, self._key) for table, columns in _TABLES.items()}
            files = [stack.enter_context(_new(path, schemas[table])) for table, path in self._paths.items()]
            yield Records(self._cell, files)


class Records:
    """Two open files that take the tables of a cell part by part: each part is a group of rows."""

    def __init__(self, cell: Mapping[str, str | int], files: Sequence[_File]) -> None:
        self._cell, self._files = cell, files

    def add(self, calls: Table, attempts: Table) -> None:
        """As `tables` makes them. A missing number, there NaN, is null."""
        import pyarrow as pa

        for file, table in zip(self._files, (calls, attempts), strict=True):
            schema = file.writer.schema
            columns = {name: [value] * len(table["call"]) for name, value in self._cell.items()} | dict(table)
            arrays = [pa.array(columns[field.name], field.type, from_pandas=True) for field in schema]
            with _in_words(file.path):
                file.writer.write_table(pa.table(arrays, schema=schema))


class _File(NamedTuple):
    path: Path
    writer: Any


def _schema(columns: Mapping[str, str], key: str) -> Any:
    import pyarrow as pa

    kinds = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    cell = [("scenario", pa.string()), ("client", pa.string()), ("seed", pa.int64())]
    return pa.schema([*cell, *((name, kinds[tables.kind(name)]) for name in columns)], {_KEY: key})


@contextmanager
def _new(path: Path, schema: Any) -> Iterator[_File]:
    """A file that takes the place of what was there when it is complete."""
    from pyarrow import parquet

    part = path.with_name(f".{path.name}.part")  # a name that readers of folders pass over
    with _in_words(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        writer = parquet.ParquetWriter(part, schema, compression="zstd")
    try:
        yield _File(path, writer)
        with _in_words(path):
            writer.close()
            part.replace(path)
    finally:
        with suppress(OSError):
            writer.close()
        part.unlink(missing_ok=True)


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """Turns what the system has against it into `RecordsError`."""
    try:
        yield
    except OSError as error:
        raise RecordsError(f"cannot write to {path}: {(error.strerror or str(error)).lower()}") from None
