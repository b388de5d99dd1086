"""Traces: calls that somebody has recorded, as tables. They are files of strangers: read as data, within limits, and
whatever is wrong with one is one sentence that names file, row and column."""

from .columns import FORMATS, Columns
from .errors import TraceError
from .reading import read
from .replay import Rows

__all__ = ["FORMATS", "Columns", "Rows", "TraceError", "read"]
