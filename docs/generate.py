"""Writes the generated pages, with `--all` those that have to be played, too. `make docs` runs it; a test fails when a
page is not what it would write."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from shutil import which

from played import played, tutorials

from brownout import scenarios
from brownout.harness import sources
from brownout.harness.alerts.known import interval, known, verdict
from brownout.harness.alerts.sources import rule
from brownout.harness.alerts.study import Request, study
from brownout.harness.backends import comparison
from brownout.harness.backends.cases import CASES
from brownout.harness.claims.claim import claims
from brownout.harness.claims.trial import trial
from brownout.harness.theory.model import models
from brownout.harness.theory.trial import trial as trial_of_theory
from brownout.reports import alerts_page, backends, guide, theory
from brownout.reports.reference import reference
from brownout.reports.stub import stub

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.contract.page import page as sdks  # noqa: E402 - one of the pages is made of the tests' tables


def tried(intro: str, files: Mapping[str, Path]) -> str:
    """The guide's are half a minute's work."""
    with ProcessPoolExecutor() as pool:
        return guide.page(intro, list(pool.map(trial, claims(files.values()))))


def held_to_theory() -> str:
    """Half a minute's work."""
    with ProcessPoolExecutor() as pool:
        return theory.page([held for each in pool.map(trial_of_theory, models().values()) for held in each])


def agreement() -> str:
    """Most of a minute in real time, with nothing beside it that would make it late."""
    found: list[comparison.Comparison] = []
    for name, case in CASES.items():
        ours = comparison.played(case, "sim")
        found += comparison.virtual(name, ours, comparison.played(case, "virtual"))
        found += comparison.wire(name, case, ours, comparison.played(case, "wire"))
    return backends.page(found)


def alerts() -> str:
    """Five minutes' work, and a picture."""
    found = study(
        Request(
            [rule(name).value for name in scenarios.alerts()],
            [sources.scenario(name).value for name in scenarios.months()],
            sources.client("guide-stacked").value,
            range(1, 9),
        ),
        executor=(pool := ProcessPoolExecutor()),
    )
    cases = known()
    with pool:
        lengths = list(pool.map(_length, range(len(cases))))
    (ROOT / "docs" / alerts_page.PICTURE).write_text(alerts_page.picture(found), encoding="utf-8")
    verdicts = [verdict(case, each, len(cases)) for case, each in zip(cases, lengths, strict=True)]
    return alerts_page.page(found, list(zip(cases, map(interval, lengths), verdicts, strict=True)))


def _length(place: int) -> list[float]:
    """Of one case, in whatever process."""
    return known()[place].play()


PAGES = {"docs/reference.md": reference, "docs/sdks.md": sdks, "src/brownout/faults.pyi": stub}

SLOW = {
    "docs/guide-tested.md": partial(tried, guide.GUIDE, scenarios.guide()),
    "docs/findings.md": partial(tried, guide.LITERATURE, scenarios.literature()),
    "docs/theory.md": held_to_theory,
    "docs/agreement.md": agreement,
    "docs/alerts.md": alerts,
    **{f"docs/tutorials/{page.name}": partial(played, page) for page in tutorials()},
    **({"docs/prometheus.md": partial(played, ROOT / "docs/prometheus.md")} if which("promtool") else {}),
}

if __name__ == "__main__":
    for path, page in (PAGES | (SLOW if "--all" in sys.argv else {})).items():
        (ROOT / path).write_text(page(), encoding="utf-8")
        print(f"Wrote {path}")
