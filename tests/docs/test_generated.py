"""The generated pages are what the code would generate."""

from __future__ import annotations

from pathlib import Path

import pytest

from brownout.reports.reference import reference

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(("name", "page"), [("reference.md", reference)])
def test_page_is_up_to_date(name: str, page: object) -> None:
    """A change of a model without `make docs` is found here."""
    assert callable(page)
    assert (DOCS / name).read_text(encoding="utf-8") == page()
