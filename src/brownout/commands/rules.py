"""The alert rules that a command was given."""

from __future__ import annotations

from collections.abc import Sequence

from brownout import scenarios as shipped
from brownout.harness.alerts.file import RuleFile
from brownout.harness.alerts.sources import rule
from brownout.harness.files.suggest import quoted
from brownout.harness.sources import Source

from .loading import FilesRefused, every, files_of


def load_rules(named: Sequence[str]) -> list[Source[RuleFile]]:
    """All that are shipped, if none is named. Raises `FilesRefused` naming every problem, and for two of one name."""
    found = every([each for given in named or shipped.alerts() for each in files_of(given)], rule)
    names = [source.value.name for source in found]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise FilesRefused(f"two rules are called {quoted(twice)}")
    return found
