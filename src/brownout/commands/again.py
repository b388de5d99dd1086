"""Commands that do it again: a whole run, what is left of it, or the one call that shows why it failed."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Sequence
from pathlib import Path

from brownout.harness import again
from brownout.harness.cells import Job
from brownout.harness.objectives import parse
from brownout.harness.plan import Plan
from brownout.harness.program import Command, Contestant
from brownout.harness.results import Cell, Verdict
from brownout.harness.sources import Source

from . import usual


def command(plan: Plan) -> str:
    """The command that makes the same run, from the same folder."""
    words = ["brownout", "run" if plan.kind == "objectives" else "compare"]
    words += [word for source in plan.scenarios for word in ("-s", source.named)]
    words += [word for source in plan.clients for word in _named(source)]
    words += _how(plan, "--seeds", str(len(plan.seeds)), "--first-seed", str(plan.seeds[0]))
    for scenario, weight in plan.weights.items():
        words += ["--weight", f"{scenario}={again.number(weight)}"]
    words += ["--ablate", plan.ablate] if plan.ablate else []
    words += ["--gate", plan.gate] if plan.gate else []
    return shlex.join(words)


def whole(plan: Plan, out: Path, formats: Sequence[str]) -> str:
    """The same run, written where this one was, and as what."""
    where = ["--out", str(out)] if out != usual.OUT else []
    return _joined(plan.command, [*where, *_formats(formats)])


def _formats(formats: Sequence[str]) -> list[str]:
    """Those that were asked for, if they are others than usual."""
    return [word for name in formats for word in ("--format", name)] if tuple(formats) != usual.FORMATS else []


def _joined(command: str, words: Sequence[str]) -> str:
    return " ".join(filter(None, (command, shlex.join(words))))


def _named(source: Source[Contestant]) -> list[str]:
    return again.contestant(source.named, is_command=isinstance(source.value, Command))


def _how(plan: Plan, *seeds: str) -> list[str]:
    return again.how(plan.backend, plan.scale, plan.sample, plan.is_lean, *seeds)


def rest(plan: Plan, out: Path | None, formats: Sequence[str], done: int) -> str:
    """How to go on with what is kept, on a line of its own; nothing where nothing is."""
    if out is None or not done:
        return ""
    words = ["--out", str(out)] + (["--records", str(plan.records)] if plan.records is not None else [])
    command = _joined(plan.command, [*words, *_formats(formats), "--resume"])
    return f"\n{done} of {plan.size} runs are kept. Go on with: {command}"


def dropped(plan: Plan, left: Collection[str]) -> str:
    """What has become of the cells with these keys, which an interrupted run had left. Raises `Unplayable`."""
    same = len({job.key for job in plan.jobs()} & set(left))
    runs = "1 run" if len(left) == 1 else f"{len(left):,} runs"
    was = f"{runs} that an interrupted one had left {'was' if len(left) == 1 else 'were'} dropped"
    if not same:
        return f"{was}: of another scenario, client, setting or version."
    of_them = ("it" if same == 1 else "them") if same == len(left) else f"{same:,} of them"
    return f"{was}; --resume would have gone on from {of_them}."


def alone(plan: Plan, jobs: Sequence[Job]) -> str:
    """How to play the first of these in one process and see what becomes of it, on a line of its own: without touching
    what is kept."""
    if not jobs:
        return ""
    job = jobs[0]
    scenario = next(source.named for source in plan.scenarios if source.value.name == job.scenario.name)
    found = [_named(source) for source in plan.clients if source.value.name == job.client.name]
    words = ["brownout", "compare", "-s", scenario]
    words += found[0] if found else [word for source in plan.clients for word in _named(source)]
    words += _how(plan, "--first-seed", str(job.seed))
    words += [] if found else ["--ablate", plan.ablate]  # it is one of those without a layer
    words += ["--seeds", "1", "--out", "out/alone"] if plan.is_lean else ["--explain", "worst"]
    return f"\nAlone: {shlex.join(words)}"


def worst_call(plan: Plan, cells: Sequence[Cell], missed: Verdict) -> str:
    """The command that shows what a call went through, under the seed that missed the objective by most."""
    objective = parse(missed.objective)
    _, seed = min(
        (objective.margin(cell.metrics[missed.metric]), cell.seed)
        for cell in cells
        if (cell.scenario, cell.client) == (missed.scenario, missed.client) and missed.metric in cell.metrics
    )
    scenario = next(source.named for source in plan.scenarios if source.value.name == missed.scenario)
    client = next(_named(source) for source in plan.clients if source.value.name == missed.client)
    words = ["brownout", "run", "-s", scenario, *client, *_how(plan, "--first-seed", str(seed))]
    return shlex.join([*words, "--explain", "worst"])
