"""What can go wrong with who plays cells, and not with what is played."""

from __future__ import annotations

from collections.abc import Sequence

from ..cells import Job

TRIES = 3
"""How often one thing is tried whose worker is killed: whatever the system kills for memory once may do the next time,
and what kills every worker is reported."""
_NAMED = 5


class WorkersDied(Exception):
    """Something killed every worker that it was given to. `jobs`: which cells that were, if it was known."""

    def __init__(self, message: str, jobs: Sequence[Job] = ()) -> None:
        super().__init__(message)
        self.jobs = jobs


class NoWorkers(WorkersDied):
    """Processes end as they begin, whatever they are given."""


class ClusterError(Exception):
    """A cluster that cannot be used, or is gone."""


def lost(jobs: Sequence[Job]) -> WorkersDied:
    """What is to be said of cells that killed every worker; all others are done."""
    named = "; ".join(f"{job.scenario.name} with {job.client.name}, seed {job.seed}" for job in jobs[:_NAMED])
    more = f"; and {len(jobs) - _NAMED} more" if len(jobs) > _NAMED else ""
    return WorkersDied(
        f"every worker that played this was killed, {TRIES} of {TRIES}: {named}{more}. Too little memory? Try fewer "
        "--workers, or a smaller --sample",
        jobs,
    )
