"""Finding the values of a client: by search, and by a log of the calls that it makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING

from brownout.harness import sources
from brownout.harness.client import Client
from brownout.harness.scenario import Scenario
from brownout.harness.sources import Source
from brownout.harness.workers import given

from .arguments import Named, client_of, each_of, scenario_of

if TYPE_CHECKING:
    from brownout.harness.latencies.model import Model
    from brownout.harness.tuning.result import Tuned


def tune(
    client: Named,
    scenarios: Iterable[Named | Scenario],
    *,
    open: Iterable[str] = (),
    goal: str = "par2",
    limits: Iterable[str] = (),
    weights: Mapping[str, float] | None = None,
    against: Named | Client | None = None,
    latencies: Named | Model | None = None,
    seeds: int = 16,
    batches: int = 12,
    seed: int = 1,
    sample: float = 1.0,
    workers: int = 1,
    cluster: str | Executor | None = None,
    folder: Named | None = None,
    resume: bool = False,
) -> Tuned:
    """The values that a client file leaves open, `{tune: 15s..180s}`, at which it holds best: `Tuned.client` has them,
    `Tuned.text` is the file with them in it, and `Tuned.tuning` says why: what they gain over `against` (not given:
    what is there today, `{tune: 15s..180s, now: 60s}`, or the middle of the ranges), how far each may be moved, the
    front of goodput and its price. `Tuned.results` compares both clients in the same scenarios, as `compare` does.

    `open`: what the file does not leave open and is searched, too, `timeouts.read` or `retry.retries=1..8`. `goal`: a
    metric, to be as small or as large as is better. `limits`: objectives that have to be kept. `latencies`: a
    log of your calls, or what `latencies` says of it: the service is then as fast as that. `seeds`: how many runs the
    best is judged by; `batches`: how many times eight candidates are tried at the most. `seed`: of the search.
    `folder`: where `client.yaml` and `run.json` are written, and every run is kept, to go on from there with `resume`.
    With more than one of `workers` a script needs its `if __name__ == "__main__":`. `cluster`: as for `compare`.

    Raises `ImportError` without Optuna (`brownout[tune]`), `ValueError` for goals that make no sense, and as `scenario`
    does for files.
    """
    from brownout.harness.tuning.goal import Goal
    from brownout.harness.tuning.opening import opened
    from brownout.harness.tuning.tune import save
    from brownout.harness.tuning.tune import tune as search

    if resume and folder is None:
        raise ValueError("resume: goes on from a folder, and there is none")
    with given(cluster) as executor:
        found = search(
            opened(sources.client_document(fspath(client)), open),
            _as_logged(each_of(scenarios, scenario_of), latencies),
            Goal.parse(goal, limits, weights),
            against=None if against is None else client_of(against),
            seeds=seeds,
            batches=batches,
            seed=seed,
            sample=sample,
            workers=workers,
            folder=None if folder is None else Path(folder),
            resume=resume,
            executor=executor,
        )
    if folder is not None:
        save(found, Path(folder))
    return found


def latencies(path: Named, columns: Mapping[str, str] | None = None) -> Model:
    """What a log of your calls says of the service: `read_timeout(max_tokens)` is how long an answer takes, with its
    interval, `hanging` the share that never ends, `by_length`, `first_token` and `token_gap` are the fits.

    `path`: a table with a row a call (.csv, .jsonl, .parquet), or OpenTelemetry's (.json, .jsonl); docs/tune.md has the
    names, beside which `columns` gives others, `{"latency": "total_ms", "outcome": "state"}`. Raises
    `harness.latencies.log.LogError`, a `ValueError`, for what is no log, `ValueError` for too few calls, and `OSError`.
    """
    from brownout.harness.latencies.log import read
    from brownout.harness.latencies.model import model

    return model(read(Path(path), columns or {}))


def _as_logged(scenarios: list[Source[Scenario]], given: Named | Model | None) -> list[Source[Scenario]]:
    if given is None:
        return scenarios
    from brownout.harness.latencies.applied import as_logged

    return as_logged(scenarios, latencies(given) if isinstance(given, str | PathLike) else given)
