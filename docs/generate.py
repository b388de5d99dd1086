"""Writes the generated pages. `make docs` runs it; a test fails when a page is not what it would write."""

from __future__ import annotations

from pathlib import Path

from brownout.reports.reference import reference

HERE = Path(__file__).parent
PAGES = {HERE / "reference.md": reference}

if __name__ == "__main__":
    for path, page in PAGES.items():
        path.write_text(page(), encoding="utf-8")
        print(f"Wrote {path.relative_to(HERE.parent)}")
