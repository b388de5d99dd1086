"""A run that is measured part by part: of what is over nothing is left but what it came to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .observed import Observed
from .tally import TALLIES, Found, Mergeable, Tally

if TYPE_CHECKING:
    from ..program import Contestant
    from ..scenario import Scenario


class Folded:
    """The totals of a run, as far as its parts have come. Each call is in one part, with all that belongs to it."""

    def __init__(
        self,
        scenario: Scenario,
        client: Contestant,
        twin_of_it: Folded | None = None,
        tallies: Iterable[Tally[Any]] = TALLIES,
    ) -> None:
        """`tallies`: all that will be asked for."""
        self.scenario, self.client, self.twin_of_it = scenario, client, twin_of_it
        self._tallies = tuple(tallies)
        self._totals: dict[Tally[Any], Mergeable] = {}

    def add(self, part: Observed) -> None:
        """Parts come in the order of their watermarks."""
        for tally in self._tallies:
            found, before = part.total(tally), self._totals.get(tally)
            self._totals[tally] = found if before is None else before.plus(found)

    def total(self, tally: Tally[Found]) -> Found:
        """What it comes to over all parts so far. Raises `KeyError` for what was not to be asked for."""
        found: Found = self._totals[tally]  # type: ignore[assignment]  # what this very tally has found
        return found
