"""Every figure as a typed row of Parquet, for pandas, DuckDB or a warehouse. Needs pyarrow, of the extra `parquet`."""

from __future__ import annotations

from brownout.harness.record_files import MISSING, can_write

from ..report import Report
from ..tidy import UNITS, lines
from . import CannotRender

FILE_NAME = "report.parquet"


def check() -> None:
    """Raises `CannotRender` where pyarrow is not installed."""
    if not can_write():
        raise CannotRender(MISSING)


def render(report: Report) -> bytes:
    """The rows of `report.csv` with names as they are: a scenario of null is all of them, infinite is infinite. What
    was run stands in the file's metadata."""
    check()
    import pyarrow as pa
    from pyarrow import parquet

    text, number = pa.string(), pa.float64()
    columns = {
        "scenario": (text, lambda line: line.scenario),
        "client": (text, lambda line: line.client),
        "metric": (text, lambda line: line.metric),
        "unit": (text, lambda line: UNITS[line.unit]),
        "value": (number, lambda line: line.value),
        "low": (number, lambda line: line.low),
        "high": (number, lambda line: line.high),
    }
    run = report.run
    about = {"created": run.created, "backend": run.backend, "seeds": str(run.seeds), "command": run.command}
    fields = [pa.field(name, kind, name in ("scenario", "low", "high")) for name, (kind, _) in columns.items()]
    schema = pa.schema(fields, {f"brownout.{name}": value for name, value in about.items()})
    rows = list(lines(run))
    table = pa.table([pa.array(map(of, rows), kind) for kind, of in columns.values()], schema=schema)
    out = pa.BufferOutputStream()
    parquet.write_table(table, out)
    return bytes(out.getvalue())
