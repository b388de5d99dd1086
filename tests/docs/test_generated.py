"""The generated pages are what the code would generate."""

from __future__ import annotations

from pathlib import Path

import pytest

from brownout.reports.reference import reference
from brownout.reports.stub import stub

from ..contract.page import page as sdks

ROOT = Path(__file__).parents[2]


PAGES = {"docs/reference.md": reference, "docs/sdks.md": sdks, "src/brownout/faults.pyi": stub}


@pytest.mark.parametrize(("name", "page"), PAGES.items(), ids=list(PAGES))
def test_page_is_up_to_date(name: str, page: object) -> None:
    """A change of a model without `make docs` is found here."""
    assert callable(page)
    assert (ROOT / name).read_text(encoding="utf-8") == page()
