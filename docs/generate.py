"""Writes the generated pages. `make docs` runs it; a test fails when a page is not what it would write."""

from __future__ import annotations

import sys
from pathlib import Path

from brownout.reports.reference import reference
from brownout.reports.stub import stub

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.contract.page import page as sdks  # noqa: E402 - one of the pages is made of the tests' tables

PAGES = {"docs/reference.md": reference, "docs/sdks.md": sdks, "src/brownout/faults.pyi": stub}

if __name__ == "__main__":
    for path, page in PAGES.items():
        (ROOT / path).write_text(page(), encoding="utf-8")
        print(f"Wrote {path}")
