"""Which candidates are tried next: guesses and a spread over the whole range first, then what Optuna's sampler makes of
all losses so far.

It is asked in batches of a fixed size, so that nothing depends on who of a batch has finished first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .parameters import Parameter
from .space import Point, Space

BATCH = 8
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19)


def opening(space: Space, guesses: Iterable[Point]) -> list[Point]:
    """The first batch: what the client is today, guesses, and a spread over the ranges for the places left, of which
    there is one at least."""
    today = [space.current] if space.has_current else []
    first = list(dict.fromkeys(map(space.rounded, [*today, *guesses])))[: BATCH - 1]
    return list(dict.fromkeys([*first, *spread(space, 2 * BATCH)]))[:BATCH]


def spread(space: Space, count: int) -> list[Point]:
    """So many points that fill the range evenly (Halton's sequence), its middle first."""
    found = [space.middle]
    for index in range(1, count):
        shares = (_halton(index, _PRIMES[i % len(_PRIMES)]) for i in range(len(space.parameters)))
        found.append(tuple(p.at_share(share) for p, share in zip(space.parameters, shares, strict=True)))
    return list(dict.fromkeys(found))


def _halton(index: int, base: int) -> float:
    share, digit = 0.0, 1.0
    while index:
        digit /= base
        index, rest = divmod(index, base)
        share += digit * rest
    return share


class Proposer:
    """Optuna's TPE, seeded. Raises `ImportError` where Optuna is not installed."""

    def __init__(self, space: Space, seed: int) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self._optuna = optuna
        self._space = space
        self._sampler = optuna.samplers.TPESampler(seed=seed, multivariate=True, constant_liar=True, n_startup_trials=0)
        self._spaces = {p.name: self._distribution(p) for p in space.parameters}

    def _distribution(self, parameter: Parameter) -> Any:
        of = self._optuna.distributions
        if parameter.kind == "choice":
            return of.CategoricalDistribution(tuple(range(len(parameter.choices))))
        if parameter.kind == "count":
            return of.IntDistribution(int(parameter.low), int(parameter.high))
        return of.FloatDistribution(parameter.low, parameter.high, log=parameter.is_log)

    def _trial(self, point: Point, loss: float) -> Any:
        values = {
            p.name: value if p.kind in ("duration", "share") else int(value)
            for p, value in zip(self._space.parameters, point, strict=True)
        }
        return self._optuna.trial.create_trial(params=values, distributions=self._spaces, value=loss)

    def ask(self, seen: Sequence[tuple[Point, float]]) -> list[Point]:
        """A batch of points that were not seen yet, as far as there are any. `seen`: all that were, and how much worse
        each is than the best there is by now: what was found out earlier is held to another."""
        study = self._optuna.create_study(sampler=self._sampler)
        study.add_trials([self._trial(point, loss) for point, loss in seen])
        known, found = {point for point, _ in seen}, list[Point]()
        for _ in range(4 * BATCH):
            trial = study.ask(self._spaces)
            point = self._space.rounded([float(trial.params[p.name]) for p in self._space.parameters])
            if point not in known and point not in found:
                found.append(point)
            if len(found) == BATCH:
                break
        return found
