"""The search: batches of candidates race under common seeds, and what is left in the end has met all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..client import Client
from ..files import FileError
from .playing import Stage
from .proposing import Proposer, opening
from .racing import best, mean, rungs, survivors
from .space import Point, Space

STALE = 3
"""Batches without anything better, after which there is nothing more to be found."""


@dataclass
class Found:
    """What a search has come to so far."""

    losses: dict[Point, list[float]] = field(default_factory=dict)
    """Of each candidate, under the seeds that it has met: the first of them."""
    batches: int = 0

    def finalists(self, seeds: int) -> dict[Point, list[float]]:
        """Those that have met all seeds."""
        return {point: losses for point, losses in self.losses.items() if len(losses) == seeds}

    def best(self, seeds: int) -> Point:
        """Of those. Raises `ValueError` where there are none."""
        return best(self.finalists(seeds))


class Search:
    """Looks for the point with the least loss. Seeds are 1 to `seeds`; `seed` is the sampler's."""

    def __init__(self, space: Space, stage: Stage, *, seeds: int = 16, batches: int = 12, seed: int = 1) -> None:
        self.space = space
        self.found = Found()
        self._stage = stage
        self._rungs = rungs(seeds)
        self._seeds = seeds
        self._batches = batches
        self._seed = seed

    def run(self, first: Sequence[Point] = (), progress: Callable[[Found], None] = lambda found: None) -> Found:
        """To its end. `first`: guesses that are tried before any other."""
        found = self.found
        proposer = Proposer(self.space, self._seed)
        batch = opening(self.space, first)
        stale, leader = 0, None
        while batch and found.batches < self._batches and stale < STALE:
            self._race(batch)
            found.batches += 1
            progress(found)
            now = best(found.finalists(self._seeds))
            stale, leader = (0, now) if now != leader else (stale + 1, leader)
            batch = proposer.ask(self._relative())
        return found

    def _race(self, batch: Sequence[Point]) -> None:
        """Rung by rung; who holds the record runs along, so that nobody goes on who is surely worse."""
        finalists = self.found.finalists(self._seeds)
        running = [*([best(finalists)] if finalists else []), *batch]
        for seeds in self._rungs:
            running = self._play(running, seeds)
            if not running:
                return
            losses = {point: self.found.losses[point][:seeds] for point in running}
            running = survivors(losses) if seeds < self._seeds else running

    def _play(self, points: Sequence[Point], seeds: int) -> list[Point]:
        """All of them under so many seeds, side by side. Returns those that are clients at all."""
        losses = self.found.losses
        clients = {point: self._client(point) for point in points if len(losses.get(point, ())) < seeds}
        wanted = [(repr(point), client, range(1, seeds + 1)) for point, client in clients.items() if client is not None]
        played = iter(self._stage.losses(wanted))
        losses.update((point, next(played)) for point, client in clients.items() if client is not None)
        return [point for point in points if point not in clients or clients[point] is not None]

    def _client(self, point: Point) -> Client | None:
        try:
            return self.space.client(point)
        except FileError:
            return None

    def _relative(self) -> list[tuple[Point, float]]:
        """How much worse each is than the best under the same seeds: of who left early, too, that is known well."""
        finalists = self.found.finalists(self._seeds)
        if not finalists:
            return []
        record = finalists[best(finalists)]
        return [(point, mean(losses) - mean(record[: len(losses)])) for point, losses in self.found.losses.items()]
