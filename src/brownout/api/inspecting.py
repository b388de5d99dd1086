"""A closer look: what has become worse since a baseline, and what one call went through."""

from __future__ import annotations

from collections.abc import Sequence
from os import fspath
from pathlib import Path

from brownout.harness import baseline as baselines
from brownout.harness.cells import Job
from brownout.harness.explaining import find, story, title
from brownout.harness.frames import Results
from brownout.harness.plan import default_backend
from brownout.harness.program import Contestant
from brownout.harness.results import Change
from brownout.harness.results import load as load_file
from brownout.harness.rules import DEFAULTS, parse_all
from brownout.harness.scenario import Scenario
from brownout.harness.workers import observe

from .arguments import Named, contestant_of, scenario_of


def changes(results: Results, baseline: Named | Results, rules: Sequence[str] = DEFAULTS) -> list[Change]:
    """What has become worse since a baseline, the worst first: each rule for every client in every scenario that both
    have. `baseline`: a file that `--baseline` or `results.file.save` wrote, or results. `rules`: lines such as
    `p95 worse 10%` or `goodput worse 2 points`.

    A gate would fail where an `outcome` is `worse`. Raises `harness.rules.RuleError`, `harness.results.RunFileError`,
    and `harness.baseline.Incomparable` for one of another backend, sample or time scale.
    """
    before = baseline.file if isinstance(baseline, Results) else load_file(Path(baseline))
    path = "" if isinstance(baseline, Results) else fspath(baseline)
    return baselines.against(results.file, before, path, parse_all(rules)).changes


def explain(scenario: Named | Scenario, client: Named | Contestant, call: str = "worst", *, seed: int = 1) -> str:
    """What one call went through, line by line: `12.3` is call 3 of client 12, both from 0; `worst` the one that fared
    worst. Raises `harness.explaining.NoSuchCall`."""
    who = contestant_of(client).value
    seen = observe(Job(scenario_of(scenario).value, who, seed, default_backend([who]), 1.0))
    found = find(seen, call)
    return "\n".join([title(seen, found), *(f"{line.at:10.3f}  {line.what}" for line in story(seen, found))])
