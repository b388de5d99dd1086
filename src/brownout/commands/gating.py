"""`--baseline`, `--fail-if` and `--update-baseline`: a run is held against an earlier one, and may take its place."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from brownout.harness.baseline import Incomparable, against, check
from brownout.harness.frames import RUN_FILE
from brownout.harness.metrics import METRICS
from brownout.harness.plan import Plan
from brownout.harness.results import RunFile, RunFileError, load
from brownout.harness.rules import DEFAULTS, Rule, RuleError, parse_all

from .writing import tell, try_out, writing


class BrokenBaseline(click.ClickException):
    """A file that cannot be compared with: broken, or played in another way."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class AgainstBaseline:
    """What a run is held against. `before` is None where there is no baseline yet."""

    path: Path
    rules: Sequence[Rule]
    before: RunFile | None
    is_updated: bool

    def judged(self, file: RunFile) -> RunFile:
        """The run with its changes."""
        if self.before is not None:
            return against(file, self.before, str(self.path), self.rules)
        if file.kind == "comparison" or file.objectives:
            verdict = f"{file.verdict} There is no baseline at {self.path} yet: this run becomes one."
        else:
            verdict = f"NOTHING TO COMPARE WITH YET: there is no baseline at {self.path}."
        return file.model_copy(update={"verdict": verdict})

    def keep(self, file: RunFile) -> None:
        """Save the run as the baseline where there is none, or where it was asked for."""
        if self.before is not None and not self.is_updated:
            return
        with writing(self.path.parent):
            file.slim().save(self.path)
        if self.before is None:
            tell(f"No baseline at {self.path}: saved this run as one")
        else:
            tell(f"Saved this run as the baseline {self.path}")


def words(baseline: Path | None, fail_if: Sequence[str]) -> str:
    """The options as they were given, for a command that does it again."""
    if baseline is None:
        return ""
    given = [word for rule in fail_if for word in ("--fail-if", rule)]
    return f" {shlex.join(['--baseline', str(baseline), *given])}"


def against_baseline(
    path: Path | None, fail_if: Sequence[str], is_updated: bool, plan: Plan, out: Path
) -> AgainstBaseline | None:
    """Before anything is played. Raises usage errors and `BrokenBaseline`, with exit code 2."""
    if path is None:
        for option, is_given in (("--fail-if", bool(fail_if)), ("--update-baseline", is_updated)):
            if is_given:
                raise click.UsageError(f"{option} needs --baseline, a file to compare with")
        return None
    if path.resolve() == (out / RUN_FILE).resolve():
        raise click.UsageError(f"--baseline {path}: every run overwrites that file; keep the baseline elsewhere")
    if not path.parent.is_dir():  # a mistyped path would find no baseline, and pass, for ever
        raise click.UsageError(f"--baseline {path}: there is no folder {path.parent}")
    try:
        rules = parse_all(fail_if or DEFAULTS)
    except RuleError as error:
        raise click.UsageError(f"--fail-if {error}") from None
    _check_measured(rules, plan)
    before = _before(path, plan)
    if before is None or is_updated:
        try_out(path.parent)
    return AgainstBaseline(path, rules, before, is_updated)


def _check_measured(rules: Sequence[Rule], plan: Plan) -> None:
    """A quantile that no report shows is measured where an objective names it."""
    named = {objective.metric for scenario in plan.played_scenarios for objective in scenario.objectives}
    for rule in rules:
        if rule.metric not in METRICS and rule.metric not in named:
            raise click.UsageError(
                f'--fail-if "{rule}": {rule.metric} is measured only where an objective of the scenario names it'
            )


def _before(path: Path, plan: Plan) -> RunFile | None:
    if not path.exists():
        return None
    try:
        before = load(path)
        check(before, plan.backend, plan.sample, plan.scale)
    except RunFileError as error:
        raise BrokenBaseline(str(error)) from None
    except Incomparable as error:
        raise BrokenBaseline(f"{path}: {error}") from None
    return before
