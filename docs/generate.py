"""Writes the generated pages. `make docs` runs it; a test fails when a page is not what it would write."""

from __future__ import annotations

from pathlib import Path

from brownout.reports.reference import reference
from brownout.reports.stub import stub

ROOT = Path(__file__).parents[1]
PAGES = {"docs/reference.md": reference, "src/brownout/faults.pyi": stub}

if __name__ == "__main__":
    for path, page in PAGES.items():
        (ROOT / path).write_text(page(), encoding="utf-8")
        print(f"Wrote {path}")
