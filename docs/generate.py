"""Writes the generated pages, with `--all` those that have to be played, too. `make docs` runs it; a test fails when a
page is not what it would write."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from played import played, tutorials

from brownout import scenarios
from brownout.harness.claims.claim import claims
from brownout.harness.claims.trial import trial
from brownout.reports import guide
from brownout.reports.reference import reference
from brownout.reports.stub import stub

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.contract.page import page as sdks  # noqa: E402 - one of the pages is made of the tests' tables


def tried(intro: str, files: Mapping[str, Path]) -> str:
    """The guide's are half a minute's work."""
    with ProcessPoolExecutor() as pool:
        return guide.page(intro, list(pool.map(trial, claims(files.values()))))


PAGES = {"docs/reference.md": reference, "docs/sdks.md": sdks, "src/brownout/faults.pyi": stub}

SLOW = {
    "docs/guide-tested.md": partial(tried, guide.GUIDE, scenarios.guide()),
    "docs/findings.md": partial(tried, guide.LITERATURE, scenarios.literature()),
    **{f"docs/tutorials/{page.name}": partial(played, page) for page in tutorials()},
}

if __name__ == "__main__":
    for path, page in (PAGES | (SLOW if "--all" in sys.argv else {})).items():
        (ROOT / path).write_text(page(), encoding="utf-8")
        print(f"Wrote {path}")
