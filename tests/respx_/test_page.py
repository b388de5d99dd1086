"""The page on backends."""

from __future__ import annotations

from ..docs.test_examples import run_page


def test_its_examples_run() -> None:
    """And what they assert is so."""
    run_page("docs/which-backend.md")
