"""The generated pages are what the code would generate."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel

from brownout.harness.policies.budgets import BUDGETS
from brownout.harness.policies.layers import LAYERS
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


@pytest.mark.parametrize(
    ("title", "registry"), [("budget: {{kind: {}}}", BUDGETS), ("{}", LAYERS)], ids=["budgets", "layers"]
)
def test_every_key_has_a_row(title: str, registry: dict[str, type[BaseModel]]) -> None:
    """Those too that are called as one that all faults have."""
    page = reference()
    for name, model in registry.items():
        part = page.partition(f"\n### `{title.format(name)}`\n")[2].partition("\n### ")[0]
        keys = {field.alias or key for key, field in model.model_fields.items()} - {"kind"}
        assert keys == {line.split("`")[1] for line in part.splitlines() if line.startswith("| `")}, name


def test_a_stack_is_told_as_layers() -> None:
    """With a pointer to them, which leads to a heading of the page."""
    page = reference()
    assert page.count("| `layers` | a list of [layers](#layers-outermost-first-in-a-file) |") == 2
    assert "\n## Layers, outermost first in a file\n" in page
