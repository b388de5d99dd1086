"""Loads the YAML files users write into models, and says all that is wrong with one at once.

A file becomes a tree that knows its lines and columns (`yaml12`), a model validates the tree's
plain data, and what the model complains about is found again in the tree and said in people's
words (`explain`, `messages`). Nothing here knows a schema of ours; those are pydantic models,
elsewhere. No YAML tag ever builds an object, and no file, however hostile, takes more than a few
seconds.
"""

from .errors import FileError, LocatedError, LocatedErrors, Problem
from .loading import Document, load, loads, parse, read
from .published import json_schema
from .registered import by_kind, one_key

__all__ = [
    "Document",
    "FileError",
    "LocatedError",
    "LocatedErrors",
    "Problem",
    "by_kind",
    "json_schema",
    "load",
    "loads",
    "one_key",
    "parse",
    "read",
]
