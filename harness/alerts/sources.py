"""Alert rules by what a user calls them: the name of one that is shipped, or a file of their own."""

from __future__ import annotations

from brownout import scenarios as shipped

from ..sources import Source, loaded
from .file import RuleFile


def rule(named: str) -> Source[RuleFile]:
    """Raises `UnknownName` or `files.FileError`."""
    return loaded(named, shipped.alerts(), RuleFile, "rule")
